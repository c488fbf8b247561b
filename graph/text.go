package graph

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The text form is one record a line, with details on indented lines below it:
//
//	# a shop
//	boundary aws_subnet.data subnet in aws_vpc.main
//		property public no net.tf:12 aws_subnet.data "no route leads to an internet gateway"
//	boundary aws_vpc.main network
//	component aws_db_instance.orders store sql in aws_subnet.data
//		at data.tf:3
//		property encrypted_at_rest no data.tf:9 "storage_encrypted is false"
//	component aws_lambda_function.orders process function in aws_vpc.main
//		name orders
//		attribute environment.TABLE orders
//	component internet
//	flow aws_lambda_function.orders -> aws_db_instance.orders postgres:5432 (referenced)
//		because app.tf:7 aws_lambda_function.orders "environment variable DB_HOST holds its address"
//	flow internet -> aws_lambda_function.orders https:443
//		encrypted yes
//	grant aws_lambda_function.orders => aws_db_instance.orders rds-db:connect (read)
//	note unknown-type other.tf:1 aws_new_thing.x "the type is not known"
//		next "add a row for it"
//	coverage terraform files 4 read 9 modelled 8 unknown 1
//		unknown-type aws_new_thing 1
//
// A word ends at white space. One that holds any, or begins with a quote or with
// #, is written as a Go string. A bare - is the empty word. A # at the beginning of
// a word starts a comment. In the grammar, [x] may be left out and ... repeats:
//
//	component ID [KIND [TECHNOLOGY]] [in BOUNDARY]
//	boundary  ID [KIND] [in PARENT]
//	flow      FROM -> TO [PROTOCOL[:PORT[-END]]] [(BASIS)]
//	grant     FROM => TO HOW [(ABILITY)]
//	finding   SEVERITY RULE SUBJECT [DETAIL]
//	note      CODE [PLACE [ADDRESS]] MESSAGE
//	coverage  INPUT [(files|read|modelled|ignored|unknown) COUNT]...
//
// Details, each on a line of its own; the ones marked * may come again:
//
//	component, boundary  name, label, address, at PLACE, part WORD*, attribute NAME VALUE*,
//	                     property NAME TRUTH [[PLACE [ADDRESS]] WHY]*
//	component            replicas NUMBER, tag NAME VALUE*, exposure WORD, exposed-by ID...
//	boundary             trust LEVEL [WHY]
//	flow, grant          id WORD, because [PLACE [ADDRESS]] WHY*
//	flow                 protocol WORD, port NUMBER, port-end NUMBER, passage WORD, encrypted TRUTH,
//	                     authenticated TRUTH, carries TEXT, peer RANGE*, crosses (into|out-of) BOUNDARY*
//	grant                wildcard
//	finding              id, title, address, threat WORD, likelihood, impact NUMBER,
//	                     factor NAME EFFECT WHY*, stride WORD..., cwe NUMBER..., reference WORD*,
//	                     mitigation WORD*, because [PLACE [ADDRESS]] WHY*, status WORD [WHY]
//	note                 next TEXT
//	coverage             unknown-type TYPE COUNT*
//
// PLACE is FILE or FILE:LINE. What is left out is zero, except that a
// component's kind is process, a boundary's group, a flow's basis declared; the
// name and address of a component or boundary are its ID; the ID of a flow, grant
// or finding is the one that FlowID, GrantID or FindingID makes; and the
// component "internet" is external, of technology internet.

// Format writes a graph in its text form. Sort it first: the order of the slices
// is the order of the records.
func Format(g *Graph) []byte {
	w := &textWriter{}
	for _, b := range g.Boundaries {
		w.boundary(b)
	}
	for _, c := range g.Components {
		w.component(c)
	}
	for _, f := range g.Flows {
		w.flow(f)
	}
	for _, r := range g.Grants {
		w.grant(r)
	}
	for _, f := range g.Findings {
		w.finding(f)
	}
	for _, n := range g.Notes {
		w.note(n)
	}
	for _, c := range g.Coverage {
		w.coverage(c)
	}
	return w.Bytes()
}

// Parse reads the text form and sorts what it read. The words of closed
// vocabularies are checked, so that a misspelt property in a test does not pass
// for an unknown one; references between records are not. The error names the
// line of the first mistake.
func Parse(b []byte) (*Graph, error) {
	p := &textReader{graph: &Graph{}, first: map[string]int{}}
	for text := range strings.Lines(string(b)) {
		p.number++
		words, err := splitWords(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", p.number, err)
		}
		p.words = words
		indented := text[0] == ' ' || text[0] == '\t'
		switch {
		case len(words) == 0:
		case indented:
			p.readDetail()
		default:
			p.readRecord()
		}
		if len(p.words) > 0 {
			p.failf("%q is one word too many", p.words[0])
		}
		if p.err != nil {
			return nil, p.err
		}
	}
	if p.closeRecord(); p.err != nil {
		return nil, p.err
	}
	p.graph.Sort()
	return p.graph, nil
}

// Writing.

type textWriter struct{ bytes.Buffer }

func (w *textWriter) line(words ...string) {
	w.WriteString(strings.Join(words, " "))
	w.WriteByte('\n')
}

// detail writes an indented line: a keyword that stands as it is, then words.
func (w *textWriter) detail(keyword string, words ...string) {
	w.WriteByte('\t')
	w.WriteString(keyword)
	for _, s := range words {
		w.WriteByte(' ')
		w.WriteString(quote(s))
	}
	w.WriteByte('\n')
}

// optional writes a detail unless its value is the one that Parse assumes.
func (w *textWriter) optional(keyword, value, assumed string) {
	if value != assumed {
		w.detail(keyword, value)
	}
}

func (w *textWriter) number(keyword string, n int) {
	if n != 0 {
		w.detail(keyword, strconv.Itoa(n))
	}
}

func (w *textWriter) list(keyword string, values []string) {
	for _, v := range values {
		w.detail(keyword, v)
	}
}

func (w *textWriter) pairs(keyword string, values map[string]string) {
	for _, k := range slices.Sorted(maps.Keys(values)) {
		w.detail(keyword, k, values[k])
	}
}

func (w *textWriter) evidence(list []Evidence) {
	for _, e := range list {
		w.detail("because", evidenceWords(e)...)
	}
}

func (w *textWriter) properties(facts map[Property]Fact) {
	for _, p := range slices.Sorted(maps.Keys(facts)) {
		words := []string{string(p), facts[p].Value.String()}
		if e := facts[p].Evidence; e != (Evidence{}) {
			words = append(words, evidenceWords(e)...)
		}
		w.detail("property", words...)
	}
}

func (w *textWriter) component(c *Component) {
	assumed := newComponent(c.ID)
	head := []string{"component", quote(c.ID)}
	if c.Kind != assumed.Kind || c.Technology != assumed.Technology {
		head = append(head, quote(string(c.Kind)))
		if c.Technology != "" {
			head = append(head, quote(string(c.Technology)))
		}
	}
	w.line(appendIn(head, c.Boundary)...)
	w.optional("name", c.Name, assumed.Name)
	w.optional("label", c.Label, "")
	w.optional("address", c.Address, assumed.Address)
	w.optional("at", place(c.Source), "")
	w.number("replicas", c.Replicas)
	w.list("part", c.Parts)
	w.properties(c.Properties)
	w.pairs("attribute", c.Attributes)
	w.pairs("tag", c.Tags)
	w.optional("exposure", string(c.Exposure), "")
	if len(c.ExposedBy) > 0 {
		w.detail("exposed-by", c.ExposedBy...)
	}
}

func (w *textWriter) boundary(b *Boundary) {
	assumed := newBoundary(b.ID)
	head := []string{"boundary", quote(b.ID)}
	if b.Kind != assumed.Kind {
		head = append(head, quote(string(b.Kind)))
	}
	w.line(appendIn(head, b.Parent)...)
	w.optional("name", b.Name, assumed.Name)
	w.optional("label", b.Label, "")
	w.optional("address", b.Address, assumed.Address)
	w.optional("at", place(b.Source), "")
	w.list("part", b.Parts)
	w.properties(b.Properties)
	w.pairs("attribute", b.Attributes)
	if b.TrustWhy != "" {
		w.detail("trust", strconv.Itoa(b.Trust), b.TrustWhy)
	} else {
		w.number("trust", b.Trust)
	}
}

func appendIn(head []string, outer string) []string {
	if outer == "" {
		return head
	}
	return append(head, "in", quote(outer))
}

func (w *textWriter) flow(f *Flow) {
	head := []string{"flow", quote(f.From), "->", quote(f.To)}
	service, plain := serviceWord(f)
	if service != "" {
		head = append(head, service)
	}
	if f.Basis != Declared {
		head = append(head, "("+string(f.Basis)+")")
	}
	w.line(head...)
	w.optional("id", f.ID, FlowID(f.From, f.To, f.Protocol, f.Port, f.Basis))
	if !plain {
		w.optional("protocol", f.Protocol, "")
		w.number("port", f.Port)
		w.number("port-end", f.PortEnd)
	}
	w.optional("passage", string(f.Passage), "")
	w.optional("encrypted", f.Encrypted.String(), "unknown")
	w.optional("authenticated", f.Authenticated.String(), "unknown")
	w.optional("carries", f.Carries, "")
	w.list("peer", f.Peers)
	w.evidence(f.Evidence)
	for _, x := range f.Crosses {
		w.detail("crosses", crossingWord(x.Into), x.Boundary)
	}
}

func crossingWord(into bool) string {
	if into {
		return "into"
	}
	return "out-of"
}

func (w *textWriter) grant(r *Grant) {
	head := []string{"grant", quote(r.From), "=>", quote(r.To), quote(r.How)}
	if r.Does != "" {
		head = append(head, "("+string(r.Does)+")")
	}
	w.line(head...)
	w.optional("id", r.ID, GrantID(r.From, r.To, r.How))
	if r.Wildcard {
		w.detail("wildcard")
	}
	w.evidence(r.Evidence)
}

func (w *textWriter) finding(f *Finding) {
	head := []string{"finding", quote(string(f.Severity)), quote(f.Rule), quote(f.Subject)}
	assumed := FindingID(f.Rule, f.Subject, "")
	if detail, ok := strings.CutPrefix(f.ID, assumed+"#"); ok && detail != "" {
		head = append(head, quote(detail))
		assumed = f.ID
	}
	w.line(head...)
	w.optional("id", f.ID, assumed)
	w.optional("title", f.Title, "")
	w.optional("address", f.Address, "")
	w.number("likelihood", f.Likelihood)
	w.number("impact", f.Impact)
	for _, x := range f.Factors {
		w.detail("factor", x.Name, fmt.Sprintf("%+d", x.Effect), x.Why)
	}
	if len(f.STRIDE) > 0 {
		w.detail("stride", asStrings(f.STRIDE)...)
	}
	if len(f.CWE) > 0 {
		words := make([]string, len(f.CWE))
		for i, n := range f.CWE {
			words[i] = strconv.Itoa(n)
		}
		w.detail("cwe", words...)
	}
	w.list("reference", f.References)
	w.optional("threat", f.Threat, "")
	w.list("mitigation", f.Mitigations)
	w.evidence(f.Evidence)
	if f.StatusWhy != "" {
		w.detail("status", string(f.Status), f.StatusWhy)
	} else {
		w.optional("status", string(f.Status), "")
	}
}

func asStrings[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

func (w *textWriter) note(n Note) {
	head := []string{"note", quote(n.Code)}
	for _, s := range evidenceWords(Evidence{n.File, n.Line, n.Address, n.Message}) {
		head = append(head, quote(s))
	}
	w.line(head...)
	w.optional("next", n.Next, "")
}

func (w *textWriter) coverage(c Coverage) {
	head := []string{"coverage", quote(c.Input)}
	for _, x := range coverageCounts(&c) {
		if *x.count != 0 {
			head = append(head, x.name, strconv.Itoa(*x.count))
		}
	}
	w.line(head...)
	for _, t := range slices.Sorted(maps.Keys(c.UnknownTypes)) {
		w.detail("unknown-type", t, strconv.Itoa(c.UnknownTypes[t]))
	}
}

type coverageCount struct {
	name  string
	count *int
}

func coverageCounts(c *Coverage) []coverageCount {
	return []coverageCount{
		{"files", &c.Files}, {"read", &c.Read}, {"modelled", &c.Modelled}, {"ignored", &c.Ignored}, {"unknown", &c.Unknown},
	}
}

// Reading.

// textReader builds the graph from one line after another. Its err is the first
// mistake in the current line; after it, words are read as empty.
type textReader struct {
	graph  *Graph
	number int
	words  []string // the rest of the current line
	err    error

	detail func(keyword string) bool // reads a detail of the current record, false where it has none of that name
	close  func()                    // completes the current record
	once   map[string]bool           // the details of the current record that may not come again
	first  map[string]int            // the line of each record, by kind and ID
}

func (p *textReader) failf(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf("line %d: %w", p.number, fmt.Errorf(format, args...))
	}
	p.words = nil
}

func (p *textReader) readRecord() {
	if p.closeRecord(); p.err != nil {
		return
	}
	p.once = map[string]bool{}
	switch keyword := p.word("the kind of record"); keyword {
	case "component":
		p.component()
	case "boundary":
		p.boundary()
	case "flow":
		p.flow()
	case "grant":
		p.grant()
	case "finding":
		p.finding()
	case "note":
		p.note()
	case "coverage":
		p.coverage()
	default:
		p.failf("%q is no kind of record (component, boundary, flow, grant, finding, note, coverage)", keyword)
	}
}

func (p *textReader) closeRecord() {
	if p.close != nil {
		p.close()
	}
	p.close = nil
}

// define notes that a record stands on the given line and refuses a second one of the same ID.
func (p *textReader) define(kind, id string, number int) {
	key := kind + " " + id
	if first, ok := p.first[key]; ok && p.err == nil {
		p.err = fmt.Errorf("line %d: %s %q stands on line %d already", number, kind, id, first)
	}
	p.first[key] = number
}

// repeated lists the details that may come again in one record.
var repeated = []string{
	"part", "attribute", "tag", "property", "because", "peer", "crosses", "factor", "stride", "cwe", "reference",
	"mitigation", "unknown-type",
}

func (p *textReader) readDetail() {
	if p.detail == nil {
		p.failf("an indented line needs a record above it")
		return
	}
	keyword := p.word("a detail")
	switch {
	case p.once[keyword]:
		p.failf("%q comes twice", keyword)
	case !p.detail(keyword):
		p.failf("%q is no detail of this kind of record", keyword)
	}
	p.once[keyword] = !slices.Contains(repeated, keyword)
}

func (p *textReader) component() {
	c := newComponent(p.word("an ID"))
	p.define("component", c.ID, p.number)
	if p.has() && p.words[0] != "in" {
		c.Kind = oneOf(p, "kind", Kinds)
		c.Technology = ""
	}
	if p.has() && p.words[0] != "in" {
		c.Technology = oneOf(p, "technology", Technologies)
	}
	c.Boundary = p.in()
	p.graph.Components = append(p.graph.Components, c)
	p.detail = func(keyword string) bool {
		switch keyword {
		case "name":
			c.Name = p.word("a name")
		case "label":
			c.Label = p.word("a label")
		case "address":
			c.Address = p.word("an address")
		case "at":
			c.Source = p.place()
		case "replicas":
			c.Replicas = p.integer()
		case "part":
			c.Parts = p.append(c.Parts)
		case "property":
			p.property(&c.Properties)
		case "attribute":
			p.pair(&c.Attributes)
		case "tag":
			p.pair(&c.Tags)
		case "exposure":
			c.Exposure = oneOf(p, "exposure", Exposures)
		case "exposed-by":
			c.ExposedBy = p.append(c.ExposedBy)
		default:
			return false
		}
		return true
	}
}

// newComponent returns a component with what the text form assumes of it.
func newComponent(id string) *Component {
	c := &Component{ID: id, Kind: Process, Name: id, Address: id}
	if id == InternetID {
		c.Kind, c.Technology = External, TechInternet
	}
	return c
}

func (p *textReader) boundary() {
	b := newBoundary(p.word("an ID"))
	p.define("boundary", b.ID, p.number)
	if p.has() && p.words[0] != "in" {
		b.Kind = oneOf(p, "kind of boundary", BoundaryKinds)
	}
	b.Parent = p.in()
	p.graph.Boundaries = append(p.graph.Boundaries, b)
	p.detail = func(keyword string) bool {
		switch keyword {
		case "name":
			b.Name = p.word("a name")
		case "label":
			b.Label = p.word("a label")
		case "address":
			b.Address = p.word("an address")
		case "at":
			b.Source = p.place()
		case "part":
			b.Parts = p.append(b.Parts)
		case "property":
			p.property(&b.Properties)
		case "attribute":
			p.pair(&b.Attributes)
		case "trust":
			b.Trust = p.integer()
			if p.has() {
				b.TrustWhy = p.word("a reason")
			}
		default:
			return false
		}
		return true
	}
}

// newBoundary returns a boundary with what the text form assumes of it.
func newBoundary(id string) *Boundary {
	return &Boundary{ID: id, Kind: BoundaryGroup, Name: id, Address: id}
}

func (p *textReader) flow() {
	f := &Flow{Basis: Declared}
	f.From = p.word("where it comes from")
	p.literal("->")
	f.To = p.word("where it goes to")
	if p.has() && !strings.HasPrefix(p.words[0], "(") {
		p.service(f)
	}
	if p.has() {
		f.Basis = parenthesised(p, "basis", Bases)
	}
	p.graph.Flows = append(p.graph.Flows, f)
	number, id := p.number, (*string)(nil)
	p.close = func() {
		f.ID = orElse(id, FlowID(f.From, f.To, f.Protocol, f.Port, f.Basis))
		p.define("flow", f.ID, number)
	}
	p.detail = func(keyword string) bool {
		switch keyword {
		case "id":
			id = new(p.word("an ID"))
		case "protocol":
			f.Protocol = p.word("a protocol")
		case "port":
			f.Port = p.integer()
		case "port-end":
			f.PortEnd = p.integer()
		case "passage":
			f.Passage = oneOf(p, "passage", Passages)
		case "encrypted":
			f.Encrypted = p.truth()
		case "authenticated":
			f.Authenticated = p.truth()
		case "carries":
			f.Carries = p.word("what it carries")
		case "peer":
			f.Peers = p.append(f.Peers)
		case "because":
			f.Evidence = append(f.Evidence, p.evidence())
		case "crosses":
			way := oneOf(p, "way", []string{crossingWord(true), crossingWord(false)})
			f.Crosses = append(f.Crosses, Crossing{p.word("a boundary"), way == crossingWord(true)})
		default:
			return false
		}
		return true
	}
}

func orElse(s *string, other string) string {
	if s == nil {
		return other
	}
	return *s
}

// servicePattern matches protocol and ports in one word.
var servicePattern = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9+._/-]*)?(?::([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?)?$`)

// serviceWord returns protocol and ports of a flow as one word, "" for none;
// plain is false where they do not fit into one and need details.
func serviceWord(f *Flow) (word string, plain bool) {
	word = f.Protocol
	if f.Port != 0 {
		word += ":" + strconv.Itoa(f.Port)
	}
	if f.PortEnd != 0 {
		word += "-" + strconv.Itoa(f.PortEnd)
	}
	m := servicePattern.FindStringSubmatch(word)
	if m == nil || m[1] != f.Protocol || m[2] == "" && f.Port != 0 || m[3] == "" && f.PortEnd != 0 {
		return "", false
	}
	return word, true
}

func (p *textReader) service(f *Flow) {
	word := p.word("a protocol")
	m := servicePattern.FindStringSubmatch(word)
	if m == nil {
		p.failf("%q is no protocol, :port or protocol:port", word)
		return
	}
	f.Protocol = m[1]
	f.Port, _ = strconv.Atoi(m[2])    // digits or nothing, which is 0
	f.PortEnd, _ = strconv.Atoi(m[3]) // likewise
}

func (p *textReader) grant() {
	r := &Grant{}
	r.From = p.word("who holds it")
	p.literal("=>")
	r.To = p.word("what it is for")
	r.How = p.word("the permission")
	if p.has() {
		r.Does = parenthesised(p, "ability", Abilities)
	}
	p.graph.Grants = append(p.graph.Grants, r)
	number, id := p.number, (*string)(nil)
	p.close = func() {
		r.ID = orElse(id, GrantID(r.From, r.To, r.How))
		p.define("grant", r.ID, number)
	}
	p.detail = func(keyword string) bool {
		switch keyword {
		case "id":
			id = new(p.word("an ID"))
		case "wildcard":
			r.Wildcard = true
		case "because":
			r.Evidence = append(r.Evidence, p.evidence())
		default:
			return false
		}
		return true
	}
}

func (p *textReader) finding() {
	f := &Finding{Severity: oneOf(p, "severity", Severities), Rule: p.word("a rule"), Subject: p.word("a subject")}
	assumed := FindingID(f.Rule, f.Subject, "")
	if p.has() {
		assumed = FindingID(f.Rule, f.Subject, p.word("a detail"))
	}
	p.graph.Findings = append(p.graph.Findings, f)
	number, id := p.number, (*string)(nil)
	p.close = func() {
		f.ID = orElse(id, assumed)
		p.define("finding", f.ID, number)
	}
	p.detail = func(keyword string) bool {
		switch keyword {
		case "id":
			id = new(p.word("an ID"))
		case "title":
			f.Title = p.word("a title")
		case "address":
			f.Address = p.word("an address")
		case "likelihood":
			f.Likelihood = p.integer()
		case "impact":
			f.Impact = p.integer()
		case "factor":
			f.Factors = append(f.Factors, Factor{Name: p.word("a name"), Effect: p.integer(), Why: p.word("a reason")})
		case "stride":
			for first := true; first || p.has(); first = false {
				f.STRIDE = append(f.STRIDE, oneOf(p, "category", STRIDECategories))
			}
		case "cwe":
			for first := true; first || p.has(); first = false {
				f.CWE = append(f.CWE, p.integer())
			}
		case "reference":
			f.References = p.append(f.References)
		case "threat":
			f.Threat = p.word("a threat")
		case "mitigation":
			f.Mitigations = p.append(f.Mitigations)
		case "because":
			f.Evidence = append(f.Evidence, p.evidence())
		case "status":
			f.Status = oneOf(p, "status", Statuses)
			if p.has() {
				f.StatusWhy = p.word("a reason")
			}
		default:
			return false
		}
		return true
	}
}

func (p *textReader) note() {
	code, e := p.word("a code"), p.evidence()
	n := Note{Code: code, Source: e.Source(), Address: e.Address, Message: e.Why}
	p.close = func() { p.graph.Notes = append(p.graph.Notes, n) }
	p.detail = func(keyword string) bool {
		if keyword != "next" {
			return false
		}
		n.Next = p.word("what to do")
		return true
	}
}

func (p *textReader) coverage() {
	c := Coverage{Input: p.word("a kind of input")}
	p.define("coverage", c.Input, p.number)
	counts := coverageCounts(&c)
	for p.has() {
		name := p.word("a count")
		i := slices.IndexFunc(counts, func(x coverageCount) bool { return x.name == name })
		if i < 0 {
			p.failf("%q is nothing that is counted", name)
			return
		}
		*counts[i].count = p.integer()
	}
	p.close = func() { p.graph.Coverage = append(p.graph.Coverage, c) }
	p.detail = func(keyword string) bool {
		if keyword != "unknown-type" {
			return false
		}
		name, count := p.word("a type"), p.integer()
		put(p, &c.UnknownTypes, name, count)
		return true
	}
}

// has reports whether words are left in the line.
func (p *textReader) has() bool { return len(p.words) > 0 }

// word takes the next word; what names it in the message where there is none.
func (p *textReader) word(what string) string {
	if !p.has() {
		p.failf("%s is missing", what)
		return ""
	}
	w := p.words[0]
	p.words = p.words[1:]
	return w
}

func (p *textReader) append(list []string) []string {
	list = append(list, p.word("a word"))
	for p.has() {
		list = append(list, p.word("a word"))
	}
	return list
}

func (p *textReader) literal(want string) {
	if got := p.word(want); got != want {
		p.failf("%q stands where %s is expected", got, want)
	}
}

func (p *textReader) in() string {
	if !p.has() {
		return ""
	}
	p.literal("in")
	return p.word("a boundary")
}

func (p *textReader) integer() int {
	w := p.word("a number")
	n, err := strconv.Atoi(w)
	if err != nil {
		p.failf("%q is no number", w)
	}
	return n
}

func (p *textReader) truth() Truth {
	t, err := ParseTruth(p.word("a truth"))
	if err != nil {
		p.failf("%w", err)
	}
	return t
}

func (p *textReader) place() Source {
	s, err := parsePlace(p.word("a place"))
	if err != nil {
		p.failf("%w", err)
	}
	return s
}

// evidence takes the rest of the line: a reason, with place and address before it.
func (p *textReader) evidence() Evidence {
	var e Evidence
	if len(p.words) > 1 {
		s := p.place()
		e.File, e.Line = s.File, s.Line
	}
	if len(p.words) > 1 {
		e.Address = p.word("an address")
	}
	e.Why = p.word("a reason")
	return e
}

func (p *textReader) property(facts *map[Property]Fact) {
	name := oneOf(p, "property", Properties)
	f := Fact{Value: p.truth()}
	if p.has() {
		f.Evidence = p.evidence()
	}
	put(p, facts, name, f)
}

func (p *textReader) pair(values *map[string]string) {
	name, value := p.word("a name"), p.word("a value")
	put(p, values, name, value)
}

func put[K ~string, V any](p *textReader, m *map[K]V, key K, value V) {
	if _, ok := (*m)[key]; ok {
		p.failf("%q comes twice", key)
	}
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[key] = value
}

// oneOf takes a word of a closed vocabulary. The empty word is in all of them.
func oneOf[T ~string](p *textReader, what string, known []T) T {
	return checked(p, what, known, p.word("the "+what))
}

func parenthesised[T ~string](p *textReader, what string, known []T) T {
	w := p.word("the " + what)
	if len(w) < 2 || w[0] != '(' || w[len(w)-1] != ')' {
		p.failf("%q stands where the %s is expected, in parentheses", w, what)
		return ""
	}
	return checked(p, what, known, w[1:len(w)-1])
}

func checked[T ~string](p *textReader, what string, known []T, w string) T {
	if w != "" && !slices.Contains(known, T(w)) {
		p.failf("%q is no known %s (%s)", w, what, strings.Join(asStrings(known), ", "))
	}
	return T(w)
}

// Words.

// quote writes a word so that splitWords reads it back.
func quote(s string) string {
	switch {
	case s == "":
		return "-"
	case s == "-" || strings.ContainsRune("\"`#", rune(s[0])) || !utf8.ValidString(s) || strings.ContainsFunc(s, needsQuote):
		return strconv.Quote(s)
	}
	return s
}

func needsQuote(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// splitWords cuts a line into words and drops its comment.
func splitWords(s string) ([]string, error) {
	var words []string
	for {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		if s == "" || s[0] == '#' {
			return words, nil
		}
		if s[0] != '"' && s[0] != '`' {
			w := s
			if end := strings.IndexFunc(s, unicode.IsSpace); end >= 0 {
				w = s[:end]
			}
			s = s[len(w):]
			if w == "-" {
				w = ""
			}
			words = append(words, w)
			continue
		}
		quoted, err := strconv.QuotedPrefix(s)
		if err != nil {
			return nil, fmt.Errorf("a quoted word does not end or has a bad escape: %s", strings.TrimSpace(s))
		}
		w, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, fmt.Errorf("quoted word %s: %w", quoted, err)
		}
		s = s[len(quoted):]
		if r, _ := utf8.DecodeRuneInString(s); s != "" && !unicode.IsSpace(r) {
			return nil, fmt.Errorf("white space is missing after %s", quoted)
		}
		words = append(words, w)
	}
}

var placePattern = regexp.MustCompile(`^(?s:(.*)):(-?[0-9]+)$`)

// place writes a source as FILE or FILE:LINE, "" for the zero value.
func place(s Source) string {
	if s.Line == 0 && !placePattern.MatchString(s.File) {
		return s.File
	}
	return s.File + ":" + strconv.Itoa(s.Line)
}

func parsePlace(s string) (Source, error) {
	m := placePattern.FindStringSubmatch(s)
	if m == nil {
		return Source{File: s}, nil
	}
	n, err := strconv.Atoi(m[2])
	if err != nil {
		return Source{}, fmt.Errorf("%q has no line number that is possible", s)
	}
	return Source{File: m[1], Line: n}, nil
}

// evidenceWords returns evidence without the words that are empty at its front.
func evidenceWords(e Evidence) []string {
	switch at := place(e.Source()); {
	case e.Address != "":
		return []string{at, e.Address, e.Why}
	case at != "":
		return []string{at, e.Why}
	}
	return []string{e.Why}
}
