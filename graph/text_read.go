package graph

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

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
	fix    func(text string) bool    // mends the reason that was read last, false where that has a fix
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
	case "path":
		p.path()
	case "question":
		p.question()
	case "note":
		p.note()
	case "coverage":
		p.coverage()
	case "moved":
		p.moved()
	case "decision":
		p.decision()
	default:
		p.failf("%q is no kind of record (component, boundary, flow, grant, finding, path, question, note, coverage, moved, decision)", keyword)
	}
}

func (p *textReader) closeRecord() {
	if p.close != nil {
		p.close()
	}
	p.close, p.fix = nil, nil
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
	"part", "attribute", "tag", "property", "stated", "because", "peer", "crosses", "control", "factor", "stride", "cwe", "reference",
	"mitigation", "step", "unknown-type", "fix",
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
	case keyword == "fix":
		if p.fix == nil || !p.fix(p.word("a text")) {
			p.failf("a fix needs a reason above it, which has none yet")
		}
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
		case "stated":
			p.because(&c.Stated)
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
			p.because(&f.Evidence)
		case "crosses":
			way := oneOf(p, "way", []string{crossingWord(true), crossingWord(false)})
			f.Crosses = append(f.Crosses, Crossing{p.word("a boundary"), way == crossingWord(true)})
		case "control":
			f.Controls = append(f.Controls, Control{oneOf(p, "control", ControlNames), p.evidence()})
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
		case "scope":
			r.Scope = p.word("what it is limited to")
		case "condition":
			r.Condition = p.word("what must hold")
		case "because":
			p.because(&r.Evidence)
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
		case "verify":
			f.Verify = p.word("a text")
		case "false-if":
			f.FalseIf = p.word("a text")
		case "because":
			p.because(&f.Evidence)
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

func (p *textReader) path() {
	a := &Path{From: p.word("where it begins")}
	p.literal("~>")
	a.To = p.word("where it ends")
	p.graph.Paths = append(p.graph.Paths, a)
	number, id := p.number, (*string)(nil)
	p.close = func() {
		a.ID = orElse(id, PathID(a.From, a.To))
		p.define("path", a.ID, number)
	}
	p.detail = func(keyword string) bool {
		switch keyword {
		case "id":
			id = new(p.word("an ID"))
		case "worth":
			a.Worth = p.integer()
			if p.has() {
				a.Why = p.word("a reason")
			}
		case "step":
			a.Steps = append(a.Steps, p.step())
			p.mends(&a.Steps[len(a.Steps)-1].Evidence)
		default:
			return false
		}
		return true
	}
}

func (p *textReader) step() Step {
	s := Step{From: p.word("where it comes from"), To: p.word("where it goes to"), By: p.word("what it is taken on"), Paths: p.integer(), How: p.word("what is done")}
	if p.has() {
		s.Evidence = p.evidence()
	}
	return s
}

func (p *textReader) question() {
	q := &Question{Severity: oneOf(p, "severity", Severities), Rule: p.word("a rule"), Subject: p.word("a subject")}
	p.graph.Questions = append(p.graph.Questions, q)
	number, id := p.number, (*string)(nil)
	p.close = func() {
		q.ID = orElse(id, QuestionID(q.Rule, q.Subject))
		p.define("question", q.ID, number)
	}
	p.detail = func(keyword string) bool {
		switch keyword {
		case "id":
			id = new(p.word("an ID"))
		case "address":
			q.Address = p.word("an address")
		case "text":
			q.Text = p.word("the question")
		case "why":
			q.Why = p.word("a reason")
		case "asks":
			q.Asks = p.word("what is asked for")
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

func (p *textReader) moved() {
	m := Move{From: p.word("an ID")}
	m.To = p.word("an ID")
	p.graph.Moved = append(p.graph.Moved, m)
	p.detail = func(string) bool { return false }
}

func (p *textReader) decision() {
	d := Decision{Status: oneOf(p, "status", Statuses), Rule: p.word("a rule"), Address: p.word("an address"), State: oneOf(p, "state", DecisionStates)}
	p.close = func() { p.graph.Decisions = append(p.graph.Decisions, d) }
	p.detail = func(keyword string) bool {
		switch keyword {
		case "at":
			d.Source = p.place()
		case "until":
			d.Until = p.word("a date")
		case "date":
			d.Date = p.word("a date")
		case "owner":
			d.Owner = p.word("who decided")
		case "ticket":
			d.Ticket = p.word("a ticket")
		case "reason":
			d.Reason = p.word("a reason")
		default:
			return false
		}
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
	have, again := (*facts)[name]
	if again && (have.Value != f.Value || f.Evidence == (Evidence{}) || have.Evidence == (Evidence{})) {
		p.failf("%q comes twice, and not as a further reason", name)
		return
	}
	if again {
		have.Also = append(have.Also, f.Evidence)
		f = have
	}
	if *facts == nil {
		*facts = map[Property]Fact{}
	}
	(*facts)[name] = f
	p.fix = func(text string) bool {
		f := (*facts)[name]
		at := &f.Evidence
		if n := len(f.Also); n > 0 {
			at = &f.Also[n-1]
		}
		free := at.Fix == ""
		at.Fix = text
		(*facts)[name] = f
		return free
	}
}

// because takes a reason into a list.
func (p *textReader) because(list *[]Evidence) {
	*list = append(*list, p.evidence())
	p.mends(&(*list)[len(*list)-1])
}

// mends says which reason a fix that follows belongs to.
func (p *textReader) mends(at *Evidence) {
	p.fix = func(text string) bool {
		free := at.Fix == ""
		at.Fix = text
		return free
	}
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
