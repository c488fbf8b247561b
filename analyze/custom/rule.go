package custom

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"drawbridge/analyze/rules"
	"drawbridge/graph"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// Rule is a rule as a user writes it.
type Rule struct {
	// ID is a few words with hyphens; decisions on findings name it.
	ID string `json:"id"`
	// Of is the sort of element that it looks at: component, flow, boundary or grant.
	Of string `json:"of"`
	// When is the condition, a CEL expression over one element.
	When string `json:"when"`
	// Title and Threat are texts with CEL expressions in braces: "Bucket {name} is old".
	Title  string `json:"title"`
	Threat string `json:"threat"`
	// Severity, or Likelihood and Impact (1 to 5) that give it.
	Severity    string   `json:"severity,omitempty"`
	Likelihood  int      `json:"likelihood,omitempty"`
	Impact      int      `json:"impact,omitempty"`
	STRIDE      []string `json:"stride"`
	CWE         []int    `json:"cwe,omitempty"`
	Mitigations []string `json:"mitigations,omitempty"`
	// Verify is how a tester proves it, FalseIf what would make it no weakness.
	Verify     string   `json:"verify,omitempty"`
	FalseIf    string   `json:"false-if,omitempty"`
	References []string `json:"references,omitempty"`
	// Bad and Good are small models in which it finds something, and nothing.
	Bad  []Example `json:"bad,omitempty"`
	Good []Example `json:"good,omitempty"`
}

// Compiled is a rule that makes sense.
type Compiled struct {
	Rule
	Source        graph.Source // where it was written
	when          *expression
	stride        []graph.STRIDE
	factors       []graph.Factor
	title, threat []part
}

// part is a piece of a text: words as they stand, or an expression.
type part struct {
	words string
	value *expression
}

var idPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// rated are likelihood and impact for rules that give a severity alone.
var rated = map[graph.Severity][2]int{
	graph.Info: {1, 1}, graph.Low: {1, 3}, graph.Medium: {2, 3}, graph.High: {3, 4}, graph.Critical: {4, 5},
}

// Compile checks a rule.
func Compile(r Rule, at graph.Source) (*Compiled, *Error) {
	wrong := func(field, format string, args ...any) (*Compiled, *Error) {
		return nil, &Error{Field: field, Message: fmt.Sprintf(format, args...)}
	}
	of := nounNamed(r.Of)
	severity := graph.Severity(r.Severity)
	switch {
	case !idPattern.MatchString(r.ID):
		return wrong("id", "id %q must be made of small letters, digits and hyphens", r.ID)
	case rules.ByID(r.ID) != nil:
		return wrong("id", "%q is a rule of drawbridge's own; choose another id", r.ID)
	case of == nil || of.name == "finding":
		return wrong("of", "of %q is none of %s", r.Of, listed(Nouns()[:len(vocabulary)-1]))
	case r.Title == "" || r.Threat == "":
		return wrong("", "title and threat must both be there")
	case r.Severity == "" && (r.Likelihood == 0 || r.Impact == 0):
		return wrong("", "it needs a severity, or likelihood and impact")
	case r.Severity != "" && r.Likelihood+r.Impact != 0:
		return wrong("severity", "severity follows from likelihood and impact: leave one of both out")
	case r.Severity != "" && severity.Rank() < 0:
		return wrong("severity", "severity %q is none of %s", r.Severity, listed(words(graph.Severities)))
	case r.Severity == "" && (r.Likelihood < 1 || r.Likelihood > 5 || r.Impact < 1 || r.Impact > 5):
		return wrong("likelihood", "likelihood and impact are 1 to 5 each")
	case len(r.STRIDE) == 0:
		return wrong("stride", "stride must name one of %s", listed(words(graph.STRIDECategories)))
	}
	var stride []graph.STRIDE
	for _, s := range r.STRIDE {
		if !slices.Contains(graph.STRIDECategories, graph.STRIDE(s)) {
			return wrong("stride", "stride %q is none of %s", s, listed(words(graph.STRIDECategories)))
		}
		stride = append(stride, graph.STRIDE(s))
	}
	if r.Severity != "" {
		r.Likelihood, r.Impact = rated[severity][0], rated[severity][1]
	}
	c := &Compiled{Rule: r, Source: at, stride: slices.Clip(stride), factors: []graph.Factor{
		{Name: "weakness", Effect: r.Likelihood, Why: "as the rule says"}, {Name: "consequence", Effect: r.Impact, Why: "as the rule says"},
	}}
	var mistake *Error
	if c.when, mistake = compile(of, r.When, cel.BoolType); mistake != nil {
		mistake.Field = "when"
		return nil, mistake
	}
	if c.title, mistake = template(of, r.Title); mistake != nil {
		mistake.Field = "title"
		return nil, mistake
	}
	if c.threat, mistake = template(of, r.Threat); mistake != nil {
		mistake.Field = "threat"
		return nil, mistake
	}
	for _, list := range []struct {
		key      string
		examples []Example
	}{{"bad", r.Bad}, {"good", r.Good}} {
		for i, e := range list.examples {
			if _, err := e.Graph(); err != nil {
				return wrong(list.key, "example %d: %v", i+1, err)
			}
		}
	}
	return c, nil
}

// template cuts a text into words and the expressions that stand in braces.
func template(of *noun, text string) ([]part, *Error) {
	var out []part
	rest := text
	for {
		words, after, found := strings.Cut(rest, "{")
		if words != "" {
			out = append(out, part{words: words})
		}
		if !found {
			return out, nil
		}
		start := utf8.RuneCountInString(text[:len(text)-len(after)])
		end := closing(after)
		if end < 0 {
			return nil, &Error{Line: 1, Column: start, Message: "a brace is not closed"}
		}
		env, err := environments[of.name]()
		if err != nil {
			return nil, &Error{Message: err.Error()}
		}
		inner := after[:end]
		// Numbers are told as text.
		if checked, issues := env.Compile(inner); issues.Err() == nil && checked.OutputType().IsExactType(cel.IntType) {
			inner = "string(" + inner + ")"
		}
		e, mistake := compile(of, inner, cel.StringType)
		if mistake != nil {
			if mistake.Line == 1 {
				mistake.Column += start
			}
			return nil, mistake
		}
		out = append(out, part{value: e})
		rest = after[end+1:]
	}
}

// closing finds the brace that ends an expression, -1 for none. Braces in texts and
// inner ones don't.
func closing(s string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			depth++
		case c == '}' && depth == 0:
			return i
		case c == '}':
			depth--
		}
	}
	return -1
}

func fill(parts []part, n *node) string {
	var room [256]byte
	b := room[:0]
	for _, p := range parts {
		if p.value == nil {
			b = append(b, p.words...)
			continue
		}
		v, err := p.value.eval(n)
		if text, ok := v.(types.String); ok && err == nil {
			b = append(b, text...)
		} else {
			b = append(b, "(unknown)"...)
		}
	}
	return string(b)
}

// Run gives the findings of rules in a graph that was analyzed, and notes on rules that
// could not be evaluated in full. Both are in no particular order.
func Run(g *graph.Graph, list []*Compiled) (findings []*graph.Finding, notes []graph.Note) {
	m := newModel(g)
	for _, r := range list {
		failed, first := 0, ""
		for _, n := range r.when.candidates(m) {
			if !r.when.mayHold(n) {
				continue
			}
			v, err := r.when.eval(n)
			switch {
			case err != nil:
				if failed++; first == "" {
					first = fmt.Sprintf("%s: %v", n.id(), err)
				}
			case v == types.True:
				findings = append(findings, r.finding(n))
			}
		}
		if failed > 0 {
			notes = append(notes, graph.Note{
				Code: "rule-failed", Source: r.Source, Message: fmt.Sprintf("rule %s could not be evaluated %d times, first for %s", r.ID, failed, first),
				Next: "mend its condition",
			})
		}
	}
	return findings, notes
}

// candidates are the elements that an expression may be true for, as the index tells by
// the test that the fewest pass, in the graph's order.
func (e *expression) candidates(m *model) []*node {
	out := m.all(e.of.name)
	for _, t := range e.narrow {
		groups := m.group(e.of.name, t.attribute)
		passing, count := [][]*node{}, 0
		for _, v := range t.values {
			passing, count = append(passing, groups[v]), count+len(groups[v])
		}
		if t.key != "" && e.failing { // the lack of a key may hide a failure, or not
			passing, count = append(passing, groups[unknown]), count+len(groups[unknown])
		}
		if count < len(out) {
			if out = slices.Concat(passing...); len(passing) > 1 {
				slices.SortFunc(out, func(a, b *node) int { return a.at - b.at })
			}
		}
	}
	return out
}

// finding is what a rule has to say of an element. Findings of one rule share the lists
// that don't depend on it: there may be very many.
func (r *Compiled) finding(n *node) *graph.Finding {
	id := n.id()
	f := &graph.Finding{
		ID: graph.FindingID(r.ID, id, ""), Rule: r.ID, Title: fill(r.title, n), Subject: id, Threat: fill(r.threat, n),
		Likelihood: r.Likelihood, Impact: r.Impact, Severity: rules.SeverityOf(r.Likelihood, r.Impact), Factors: r.factors, STRIDE: r.stride,
		CWE: slices.Clip(r.CWE), Mitigations: slices.Clip(r.Mitigations), Verify: r.Verify, FalseIf: r.FalseIf, References: slices.Clip(r.References), Status: graph.Open,
	}
	var facts map[graph.Property]graph.Fact
	switch {
	case n.c != nil:
		f.Address, facts = cmp.Or(n.c.Address, n.c.ID), n.c.Properties
		f.Evidence = append(f.Evidence, graph.EvidenceAt(n.c.Source, n.c.Address, "is what the rule looks for"))
	case n.b != nil:
		f.Address, facts = cmp.Or(n.b.Address, n.b.ID), n.b.Properties
		f.Evidence = append(f.Evidence, graph.EvidenceAt(n.b.Source, n.b.Address, "is what the rule looks for"))
	case n.f != nil:
		f.Address, f.Evidence = n.m.addressOf(n.f.To, n.f.Evidence), slices.Clone(n.f.Evidence)
	case n.g != nil:
		f.Address, f.Evidence = n.m.addressOf(n.g.From, n.g.Evidence), slices.Clone(n.g.Evidence)
	}
	for _, p := range r.when.properties {
		for _, e := range facts[p.property].Evidences() {
			if e.Fix != "" {
				f.Mitigations = append(f.Mitigations, strings.ToUpper(e.Fix[:1])+e.Fix[1:]+".")
			}
			e.Fix = "" // the mitigations quote it
			f.Evidence = append(f.Evidence, e)
		}
	}
	return f
}

// addressOf is the address of what to change for a flow or grant: the first that its
// evidence names, else that of one of its ends.
func (m *model) addressOf(end string, evidence []graph.Evidence) string {
	for _, e := range evidence {
		if e.Address != "" {
			return e.Address
		}
	}
	if c := m.index.Component[end]; c != nil && c.Address != "" {
		return c.Address
	}
	return end
}

func listed(words []string) string { return strings.Join(words, ", ") }

// keys are the keys of a map in order.
func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
