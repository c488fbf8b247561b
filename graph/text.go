package graph

import (
	"fmt"
	"regexp"
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
//	path internet ~> aws_db_instance.orders
//		worth 4 "it is a database"
//		step internet aws_lambda_function.orders "internet -> aws_lambda_function.orders https:443" 1 "calls it"
//		step aws_lambda_function.orders aws_db_instance.orders "aws_lambda_function.orders -> aws_db_instance.orders postgres:5432" 1 "connects to it"
//	question medium unauthenticated-crossing aws_lambda_function.orders
//		text "Does the function ask callers who they are?"
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
//	path      FROM ~> TO
//	question  SEVERITY RULE SUBJECT
//	note      CODE [PLACE [ADDRESS]] MESSAGE
//	coverage  INPUT [(files|read|modelled|ignored|unknown) COUNT]...
//	moved     FROM TO
//	decision  STATUS RULE ADDRESS STATE
//
// Details, each on a line of its own; the ones marked * may come again:
//
//	component, boundary  name, label, address, at PLACE, part WORD*, attribute NAME VALUE*,
//	                     property NAME TRUTH [[PLACE [ADDRESS]] WHY]* (a name comes again with further reasons),
//	component            replicas NUMBER, tag NAME VALUE*, stated [PLACE [ADDRESS]] WHY*, exposure WORD, exposed-by ID...
//	boundary             trust LEVEL [WHY]
//	flow, grant          id WORD, because [PLACE [ADDRESS]] WHY*
//	flow                 protocol WORD, port NUMBER, port-end NUMBER, passage WORD, encrypted TRUTH,
//	                     authenticated TRUTH, carries TEXT, peer RANGE*, crosses (into|out-of) BOUNDARY*,
//	                     control NAME [PLACE [ADDRESS]] WHY*
//	grant                wildcard, scope WORD
//	finding              id, title, address, threat WORD, likelihood, impact NUMBER,
//	                     factor NAME EFFECT WHY*, stride WORD..., cwe NUMBER..., reference WORD*,
//	                     mitigation WORD*, verify TEXT, false-if TEXT, because [PLACE [ADDRESS]] WHY*,
//	                     status WORD [WHY]
//	path                 id WORD, worth NUMBER [WHY], step FROM TO BY PATHS HOW [[PLACE [ADDRESS]] WHY]*
//	question             id, address, text, why, asks TEXT
//	note                 next TEXT
//	coverage             unknown-type TYPE COUNT*
//	decision             at PLACE, until WORD, reason TEXT
//
//	any                  fix TEXT, after a property, because or step: what mends the reason above it
//
// PLACE is FILE or FILE:LINE. What is left out is zero, except that a
// component's kind is process, a boundary's group, a flow's basis declared; the
// name and address of a component or boundary are its ID; the ID of a flow, grant,
// finding, path or question is the one that FlowID and its like make; and the
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
	for _, p := range g.Paths {
		w.path(p)
	}
	for _, q := range g.Questions {
		w.question(q)
	}
	for _, n := range g.Notes {
		w.note(n)
	}
	for _, c := range g.Coverage {
		w.coverage(c)
	}
	for _, m := range g.Moved {
		w.line("moved", quote(m.From), quote(m.To))
	}
	for _, d := range g.Decisions {
		w.decision(d)
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
