// Package explain tells why something in an analyzed graph is what it is, from its
// evidence, and what would change it: a component with its exposure, a flow with its
// crossings, a boundary with its trust, a finding with its severity.
//
// It finds out nothing new and writes no format. Start reading at [Of].
package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

// Explanation is what is to be told of one thing, in sections in the order of reading.
type Explanation struct {
	// Kind is component, flow, boundary, grant or finding.
	Kind     string    `json:"kind"`
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Sections []Section `json:"sections"`
}

// Section is one part of an explanation.
type Section struct {
	Title string `json:"title"`
	Lines []Line `json:"lines"`
}

// Line is one statement, with the place that it rests on where there is one.
type Line struct {
	Text   string       `json:"text"`
	Source graph.Source `json:"source,omitzero"`
}

// mostListed bounds the flows and findings of one section.
const mostListed = 30

// Of explains what a name means: the badge of a finding (by finding ID in badges), an
// identifier, an address, or a name that only one thing has.
func Of(g *graph.Graph, badges map[string]string, name string) (*Explanation, error) {
	e := &explainer{graph: g, Index: graph.NewIndex(g), badges: badges}
	for _, f := range g.Findings {
		if f.ID == name || badges[f.ID] != "" && strings.EqualFold(badges[f.ID], name) {
			return e.finding(f), nil
		}
	}
	for _, f := range g.Flows {
		if f.ID == name {
			return e.flow(f), nil
		}
	}
	for _, r := range g.Grants {
		if r.ID == name {
			return e.grant(r), nil
		}
	}
	var exact, named []func() *Explanation
	var ids []string
	meet := func(id string, isExact, isNamed bool, tell func() *Explanation) {
		switch {
		case isExact:
			exact = append(exact, tell)
		case isNamed:
			named = append(named, tell)
			ids = append(ids, id)
		}
	}
	for _, c := range g.Components {
		if c.ID == name { // before what it is a part of
			return e.component(c), nil
		}
		meet(c.ID, c.Address == name || slices.Contains(c.Parts, name), c.Name == name, func() *Explanation { return e.component(c) })
	}
	for _, b := range g.Boundaries {
		meet(b.ID, b.ID == name || b.Address == name || slices.Contains(b.Parts, name), b.Name == name, func() *Explanation { return e.boundary(b) })
	}
	switch {
	case len(exact) > 0:
		return exact[0](), nil
	case len(named) == 1:
		return named[0](), nil
	case len(named) > 1:
		return nil, fmt.Errorf("%d things are called %s (%s); give the address of one", len(named), name, strings.Join(ids, ", "))
	}
	return nil, fmt.Errorf("nothing has the badge, identifier, address or name %s; 'drawbridge query true' lists components, and 'drawbridge query --of finding true' findings", name)
}

type explainer struct {
	graph *graph.Graph
	*graph.Index
	badges map[string]string
}

func (x *Explanation) section(title string, lines ...Line) {
	if len(lines) > 0 {
		x.Sections = append(x.Sections, Section{title, lines})
	}
}

func because(list []graph.Evidence) []Line {
	var out []Line
	for _, e := range list {
		text := e.Why
		if e.Address != "" {
			text = e.Address + ": " + text
		}
		out = append(out, Line{text, e.Source()})
	}
	return out
}

func linef(format string, args ...any) Line { return Line{Text: fmt.Sprintf(format, args...)} }

func (e *explainer) component(c *graph.Component) *Explanation {
	x := &Explanation{Kind: "component", ID: c.ID, Title: called(c)}
	what := Line{Text: string(c.Kind), Source: c.Source}
	if c.Technology != "" {
		what.Text += ", " + string(c.Technology)
	}
	if c.Label != "" {
		what.Text += " (" + c.Label + ")"
	}
	lines := []Line{what, linef("address %s", c.Address)}
	for _, p := range c.Parts {
		lines = append(lines, linef("%s is folded into it", p))
	}
	x.section("What it is", lines...)
	x.section("What people stated", because(c.Stated)...)
	x.section("Where it stands", e.around(c.Boundary)...)
	e.exposure(x, c)
	x.section("What is established", properties(c.Properties)...)
	x.section("Flows to it", flows(e.In[c.ID])...)
	x.section("Flows from it", flows(e.Out[c.ID])...)
	x.section("Findings", e.findings(c.ID)...)
	return x
}

func called(c *graph.Component) string {
	if c.Name == "" {
		return c.ID
	}
	return c.Name
}

// around are the boundaries around something, the innermost first.
func (e *explainer) around(id string) []Line {
	var out []Line
	for _, b := range e.Ancestors(id) {
		out = append(out, trust(b))
	}
	if len(out) == 0 {
		out = append(out, linef("outside of all boundaries"))
	}
	return out
}

func trust(b *graph.Boundary) Line {
	text := fmt.Sprintf("%s %s", b.Kind, b.Name)
	if b.Trust != 0 {
		text += fmt.Sprintf(", trust %d of 5: %s", b.Trust, b.TrustWhy)
	}
	return Line{text, b.Source}
}

// exposure tells how a component is reached from the internet, and all that would have
// to go for it not to be, or what is missing for it to be.
func (e *explainer) exposure(x *Explanation, c *graph.Component) {
	var change []Line
	switch c.Exposure {
	case graph.ExposureDirect:
		if public := c.Properties[graph.PropPublic]; public.Value == graph.Yes {
			change = append(change, Line{"make it not public: " + public.Evidence.Why, public.Evidence.Source()})
		}
		for _, f := range e.In[c.ID] {
			if edge.Arrives(e.Index, f, c) {
				change = append(change, Line{"take away " + f.ID + ", or limit it to ranges that are no attacker's", place(f.Evidence)})
			}
		}
	case graph.ExposureIndirect:
		for _, f := range e.In[c.ID] {
			if from := e.Component[f.From]; from != nil && exposed(from) && edge.Used(f) && edge.Relays(from, c) {
				change = append(change, Line{"take away " + f.ID, place(f.Evidence)})
			}
		}
	case graph.ExposureNone:
		x.section("Exposure: none", linef("no chain of flows leads to it from the internet"))
		x.section("What would change it", linef("a flow from the internet, or from a component that is reached from there"))
		return
	default:
		lines := []Line{linef("it can't be told whether it is reached from the internet")}
		for _, f := range e.In[c.ID] {
			if edge.Undecided(e.Index, f, c) {
				lines = append(lines, Line{"the ranges that " + f.ID + " is opened to are not known", place(f.Evidence)})
			}
		}
		x.section("Exposure: unknown", lines...)
		return
	}
	var chain []Line
	for i := 1; i < len(c.ExposedBy); i++ {
		from, to := c.ExposedBy[i-1], c.ExposedBy[i]
		step := linef("%s reaches %s", e.name(from), e.name(to))
		var standing []Line
		for _, f := range e.Out[from] {
			if f.To == to && (edge.Used(f) || from == graph.InternetID) {
				step = Line{step.Text + ": " + f.ID, place(f.Evidence)}
				if len(f.Controls) > 0 {
					standing = controls(f)
				}
				break
			}
		}
		chain = append(chain, step)
		for _, s := range standing {
			chain = append(chain, Line{"control on it, " + s.Text, s.Source})
		}
	}
	if fact := c.Properties[graph.PropRelayed]; fact.Value == graph.Yes {
		chain = append(chain, Line{fact.Evidence.Why, fact.Evidence.Source()})
	}
	x.section("Exposure: "+string(c.Exposure), chain...)
	x.section("Neighbours that the internet reaches", e.exposedNeighbours(c)...)
	title := "What would change it"
	if len(change) > 1 {
		title += ", all together"
	}
	x.section(title, change...)
}

// controls are what stands in the way of a flow that crosses a boundary.
func controls(f *graph.Flow) []Line {
	var out []Line
	for _, c := range f.Controls {
		out = append(out, Line{string(c.Name) + ": " + c.Why, c.Source()})
	}
	if len(out) == 0 && len(f.Crosses) > 0 {
		out = []Line{linef("none is known")}
	}
	return out
}

// exposedNeighbours are the components that the internet reaches and that go on to c.
func (e *explainer) exposedNeighbours(c *graph.Component) []Line {
	var out []Line
	told := map[string]bool{}
	for _, f := range e.In[c.ID] {
		from := e.Component[f.From]
		if from == nil || told[f.From] || f.From == graph.InternetID || !exposed(from) || !edge.Used(f) || !edge.Relays(from, c) {
			continue
		}
		told[f.From] = true
		out = append(out, Line{fmt.Sprintf("%s, which is reached %s", called(from), reached[from.Exposure]), place(f.Evidence)})
	}
	return out
}

var reached = map[graph.Exposure]string{graph.ExposureDirect: "directly", graph.ExposureIndirect: "through others"}

func exposed(c *graph.Component) bool {
	return c.Exposure == graph.ExposureDirect || c.Exposure == graph.ExposureIndirect
}

func (e *explainer) name(id string) string {
	if c := e.Component[id]; c != nil {
		return called(c)
	}
	return id
}

// place is the first place that evidence has.
func place(list []graph.Evidence) graph.Source {
	for _, e := range list {
		if !e.Source().IsZero() {
			return e.Source()
		}
	}
	return graph.Source{}
}

func properties(facts map[graph.Property]graph.Fact) []Line {
	var out []Line
	for _, p := range slices.Sorted(maps.Keys(facts)) {
		f := facts[p]
		text := fmt.Sprintf("%s %s", p, f.Value)
		if f.Evidence.Why != "" {
			text += ": " + f.Evidence.Why
		}
		out = append(out, Line{text, f.Evidence.Source()})
	}
	return out
}

func flows(list []*graph.Flow) []Line {
	var out []Line
	for i, f := range list {
		if i == mostListed {
			return append(out, linef("and %d more", len(list)-i))
		}
		out = append(out, Line{f.ID, place(f.Evidence)})
	}
	return out
}

// findings are those about something, with their badges.
func (e *explainer) findings(subject string) []Line {
	var out []Line
	for _, f := range e.graph.Findings {
		if f.Subject != subject {
			continue
		}
		text := fmt.Sprintf("%s: %s (%s)", f.Severity, f.Title, f.ID)
		if b := e.badges[f.ID]; b != "" {
			text = b + " " + text
		}
		if f.Settled() {
			text += ", " + string(f.Status)
		}
		out = append(out, Line{text, place(f.Evidence)})
	}
	return out
}

// bases say what it means that a flow rests on something.
var bases = map[graph.Basis]string{
	graph.Declared:   "a connector says so; it goes away with what is told below",
	graph.Referenced: "the configuration of one side names the other; it goes away with what is told below",
	graph.Permitted:  "a rule allows it, and nothing says that it is used: it is not drawn, and does not make others exposed",
}

func (e *explainer) flow(f *graph.Flow) *Explanation {
	x := &Explanation{Kind: "flow", ID: f.ID, Title: e.name(f.From) + " to " + e.name(f.To)}
	x.section("What it rests on: "+string(f.Basis), append([]Line{linef("%s", bases[f.Basis])}, because(f.Evidence)...)...)
	state := []Line{linef("encrypted: %s", f.Encrypted), linef("callers are asked who they are: %s", f.Authenticated)}
	if f.Passage != graph.PassageUnknown {
		state = append(state, linef("network policy: %s", f.Passage))
	}
	if len(f.Peers) > 0 {
		state = append(state, linef("open to %s", strings.Join(f.Peers, ", ")))
	}
	x.section("What is known of it", state...)
	var crossings []Line
	for _, c := range f.Crosses {
		word := "out of "
		if c.Into {
			word = "into "
		}
		if b := e.Boundary[c.Boundary]; b != nil {
			line := trust(b)
			crossings = append(crossings, Line{word + line.Text, line.Source})
		}
	}
	if len(crossings) == 0 {
		crossings = []Line{linef("none: both ends stand in the same one, or in none")}
	}
	x.section("Boundaries that it crosses", crossings...)
	x.section("Controls on the way", controls(f)...)
	x.section("Findings", e.findings(f.ID)...)
	return x
}

func (e *explainer) boundary(b *graph.Boundary) *Explanation {
	x := &Explanation{Kind: "boundary", ID: b.ID, Title: b.Name}
	x.section("What it is", Line{fmt.Sprintf("%s %s", b.Kind, b.Address), b.Source})
	x.section("Where it stands, itself first", e.around(b.ID)...)
	x.section("What is established", properties(b.Properties)...)
	var in []Line
	for _, inner := range e.graph.Boundaries {
		if inner.Parent == b.ID {
			in = append(in, Line{inner.Name + " (" + string(inner.Kind) + ")", inner.Source})
		}
	}
	for _, c := range e.graph.Components {
		if c.Boundary == b.ID {
			in = append(in, Line{called(c) + " (" + string(c.Kind) + ")", c.Source})
		}
	}
	if len(in) > mostListed {
		in = append(in[:mostListed], linef("and %d more", len(in)-mostListed))
	}
	x.section("What stands in it", in...)
	var crossing []Line
	for _, f := range e.graph.Flows {
		for _, c := range f.Crosses {
			if c.Boundary != b.ID {
				continue
			}
			word := "out of it: "
			if c.Into {
				word = "into it: "
			}
			line := word + f.ID
			if f.Encrypted == graph.No {
				line += ", unencrypted"
			}
			crossing = append(crossing, Line{line, place(f.Evidence)})
		}
	}
	if len(crossing) > mostListed {
		crossing = append(crossing[:mostListed], linef("and %d more", len(crossing)-mostListed))
	}
	x.section("What crosses it", crossing...)
	x.section("Findings", e.findings(b.ID)...)
	return x
}

func (e *explainer) grant(r *graph.Grant) *Explanation {
	x := &Explanation{Kind: "grant", ID: r.ID, Title: e.name(r.From) + " may " + r.How + " on " + e.name(r.To)}
	x.section("What it allows", linef("%s", r.Does))
	if r.Condition != "" {
		x.section("Under which condition", linef("%s", r.Condition))
	}
	x.section("What it rests on", because(r.Evidence)...)
	x.section("Findings", e.findings(r.ID)...)
	return x
}
