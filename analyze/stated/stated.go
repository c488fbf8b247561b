// Package stated brings what people say of a model together with what was derived from
// code: before analysis they add, rename, classify, hand over and remove elements; after
// it they switch and re-rate rules, and decide on findings.
//
// What a person says beats what was derived, and every element that it made or changed
// has evidence that names the place where it was said. What matches nothing, and what is
// past its date, becomes a note. The package reads no files: package config does.
//
// Start reading at [Model]; the decisions are in decide.go.
package stated

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"drawbridge/analyze/asset"
	"drawbridge/graph"
)

// Model is what is said of the elements of a model.
type Model struct {
	// Ours is what the boundary is called around what no scope holds.
	Ours       string
	Scopes     []Part // that others own: one external entity takes the place of each
	Components []Component
	Boundaries []Boundary
	Flows      []Flow
}

// Component changes the components that a pattern matches, makes one of several, or adds one.
type Component struct {
	Match string // pattern of addresses; "" for one that is added or merged
	// Merge are patterns of what is one component: the first that they match stays.
	Merge []string
	// ID, Kind, Technology and Boundary are those of a component that is added.
	ID         string
	Kind       graph.Kind
	Technology graph.Technology
	Boundary   string
	// Name renames, Classification says how sensitive its data is, Tags are added.
	Name           string
	Classification string
	Tags           map[string]string
	Properties     map[graph.Property]graph.Truth
	Remove         bool
	Source         graph.Source
}

// Boundary changes the boundaries that a pattern matches.
type Boundary struct {
	Match      string
	Name       string
	Properties map[graph.Property]graph.Truth
	Source     graph.Source
}

// Flow adds a flow, changes what is known of one, or removes it.
type Flow struct {
	From, To      string // patterns of addresses
	Protocol      string
	Port          int
	Encrypted     graph.Truth
	Authenticated graph.Truth
	Carries       string
	Peers         []string // the address ranges that it is opened to
	Remove        bool
	Source        graph.Source
}

// classificationTag is the tag that a stated classification becomes.
const classificationTag = "classification"

// Apply changes a model that was read and not yet analyzed.
func Apply(g *graph.Graph, m Model) {
	handed := false
	for _, s := range m.Scopes {
		handed = scope(g, s) || handed
	}
	if handed {
		encloseWith(g, m.Ours, graph.Source{})
	}
	for _, c := range m.Components {
		component(g, c)
	}
	for _, b := range m.Boundaries {
		boundary(g, b)
	}
	for _, f := range m.Flows {
		flow(g, f)
	}
	g.Sort()
}

// said is the evidence that a person said something.
func said(at graph.Source, why string) graph.Evidence { return graph.EvidenceAt(at, "", why) }

func unmatched(g *graph.Graph, at graph.Source, what string) {
	g.Notes = append(g.Notes, graph.Note{
		Code: "unused-statement", Source: at, Message: what + " matches nothing in the model",
		Next: "compare it with the addresses in the report, or take it out",
	})
}

// Pattern compiles a pattern of addresses: "*" stands for any characters. It matches
// whole addresses only: what lies in a module is "module.NAME.*".
func Pattern(pattern string) *regexp.Regexp {
	parts := strings.Split(pattern, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`^(?:` + strings.Join(parts, ".*") + `)$`)
}

// names reports whether a pattern means a component: by its address, by its identifier, by
// the address of a part of it, or by its name where that is all that was written.
func names(p *regexp.Regexp, c *graph.Component) bool {
	return p.MatchString(c.Address) || p.MatchString(c.ID) || p.MatchString(c.Name) || slices.ContainsFunc(c.Parts, p.MatchString)
}

func matching(g *graph.Graph, pattern string) []*graph.Component {
	p := Pattern(pattern)
	var exact, out []*graph.Component
	for _, c := range g.Components {
		if c.ID == pattern || c.Address == pattern {
			exact = append(exact, c)
		}
		if names(p, c) {
			out = append(out, c)
		}
	}
	if len(exact) > 0 { // a name that happens to be another's address is not meant
		return exact
	}
	return out
}

// scope hands over what a scope holds, and reports whether that is anything.
func scope(g *graph.Graph, p Part) bool {
	h := newHolder(g, []Part{p})
	others := map[string]outside{}
	for _, c := range g.Components {
		if name, at := h.of(c); name != "" && c.ID != graph.InternetID {
			others[c.ID] = outside{name, at}
		}
	}
	if len(others) == 0 {
		unmatched(g, p.Source, "scope "+p.Name)
		return false
	}
	handOver(g, others)
	return true
}

func component(g *graph.Graph, s Component) {
	var found []*graph.Component
	switch {
	case len(s.Merge) > 0:
		if found = merge(g, s); found == nil {
			return
		}
	case s.Match == "":
		add(g, s)
		return
	default:
		found = matching(g, s.Match)
	}
	if len(found) == 0 {
		unmatched(g, s.Source, "component "+s.Match)
		return
	}
	if s.Remove {
		remove(g, s, found)
		return
	}
	for _, c := range found {
		s.tell(c)
	}
}

// tell brings what was said to a component.
func (s Component) tell(c *graph.Component) {
	state := func(format string, args ...any) {
		c.Stated = append(c.Stated, said(s.Source, fmt.Sprintf(format, args...)))
	}
	if s.Name != "" && s.Name != c.Name {
		state("is called %s instead of %s", s.Name, cmp.Or(c.Name, c.ID))
		c.Name = s.Name
	}
	if s.Kind != "" && s.Kind != c.Kind {
		state("is %s instead of %s", s.Kind, c.Kind)
		c.Kind = s.Kind
	}
	if s.Technology != "" && s.Technology != c.Technology {
		state("its technology is %s instead of %s", s.Technology, cmp.Or(c.Technology, "unknown"))
		c.Technology = s.Technology
	}
	tags := maps.Clone(s.Tags)
	if s.Classification != "" {
		state("%s", asset.StatedClass+s.Classification)
		if tags == nil {
			tags = map[string]string{}
		}
		tags[classificationTag] = s.Classification
	}
	for _, k := range slices.Sorted(maps.Keys(s.Tags)) {
		state("its tag %s is %s", k, s.Tags[k])
	}
	if len(tags) > 0 {
		all := maps.Clone(c.Tags)
		if all == nil {
			all = map[string]string{}
		}
		maps.Copy(all, tags)
		c.Tags = all
	}
	for _, p := range slices.Sorted(maps.Keys(s.Properties)) {
		c.Set(p, s.Properties[p], said(s.Source, "stated"))
		state("%s is %s", p, s.Properties[p])
	}
}

func boundary(g *graph.Graph, s Boundary) {
	p, found := Pattern(s.Match), false
	for _, b := range g.Boundaries {
		if !namesBoundary(p, b) {
			continue
		}
		found = true
		if s.Name != "" {
			b.Name = s.Name
		}
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			b.Set(name, s.Properties[name], said(s.Source, "stated"))
		}
	}
	if !found {
		unmatched(g, s.Source, "boundary "+s.Match)
	}
}

// merge makes one component of several: the first that the patterns match stays, with
// what was established of any, and what a defender does not want of what differs. It
// returns nil where there are not two.
func merge(g *graph.Graph, s Component) []*graph.Component {
	var all []*graph.Component
	for _, pattern := range s.Merge {
		found := matching(g, pattern)
		if len(found) == 0 {
			unmatched(g, s.Source, "component "+pattern+", a part of one that is merged,")
		}
		for _, c := range found {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	if len(all) < 2 {
		if len(all) == 1 {
			unmatched(g, s.Source, "a second component to merge with "+all[0].ID)
		}
		return nil
	}
	c, x := all[0], graph.NewIndex(g)
	gone := map[string]bool{}
	var names []string
	for _, other := range all[1:] {
		gone[other.ID] = true
		names = append(names, other.Address)
		c.Parts = append(append(c.Parts, other.Address), other.Parts...)
		for _, p := range slices.Sorted(maps.Keys(other.Properties)) {
			c.Add(p, other.Is(p), other.Properties[p].Evidence)
		}
		c.Tags, c.Attributes = with(c.Tags, other.Tags), with(c.Attributes, other.Attributes)
		c.Boundary = shared(x, c.Boundary, other.Boundary)
	}
	e := said(s.Source, "is one with "+strings.Join(names, ", "))
	c.Stated = append(c.Stated, e)
	g.Components = slices.DeleteFunc(g.Components, func(c *graph.Component) bool { return gone[c.ID] })
	reroute(g, func(id string) (string, *graph.Evidence) {
		if !gone[id] {
			return id, nil
		}
		e := said(s.Source, x.Component[id].Address+" is a part of "+cmp.Or(s.Name, c.Name)+", as stated")
		return c.ID, &e
	}, func(string, string) bool { return false })
	dropEmpty(g)
	return all[:1]
}

// with adds what a map does not have yet.
func with(to, from map[string]string) map[string]string {
	out := maps.Clone(from)
	if out == nil {
		return to
	}
	maps.Copy(out, to)
	return out
}

// shared is the innermost boundary around two others, "" for none.
func shared(x *graph.Index, a, b string) string {
	around := x.Ancestors(b)
	for _, out := range x.Ancestors(a) {
		if slices.Contains(around, out) {
			return out.ID
		}
	}
	return ""
}

func add(g *graph.Graph, s Component) {
	if slices.ContainsFunc(g.Components, func(c *graph.Component) bool { return c.ID == s.ID }) {
		g.Notes = append(g.Notes, graph.Note{
			Code: "unused-statement", Source: s.Source, Message: fmt.Sprintf("component %s is in the code already: it was not added", s.ID),
			Next: "take it out, or use match to change it",
		})
		return
	}
	c := &graph.Component{
		ID: s.ID, Kind: s.Kind, Name: cmp.Or(s.Name, s.ID), Technology: s.Technology, Address: s.ID, Boundary: s.Boundary, Source: s.Source,
	}
	c.Stated = []graph.Evidence{said(s.Source, "code does not show it")}
	s.tell(c)
	if s.Boundary != "" {
		i := slices.IndexFunc(g.Boundaries, func(b *graph.Boundary) bool {
			return b.ID == s.Boundary || b.Address == s.Boundary || b.Name == s.Boundary
		})
		if i < 0 {
			unmatched(g, s.Source, "boundary "+s.Boundary)
			c.Boundary = ""
		} else {
			c.Boundary = g.Boundaries[i].ID
		}
	}
	g.Components = append(g.Components, c)
}

func remove(g *graph.Graph, s Component, list []*graph.Component) {
	gone := map[string]bool{}
	for _, c := range list {
		gone[c.ID] = true
	}
	g.Components = slices.DeleteFunc(g.Components, func(c *graph.Component) bool { return gone[c.ID] })
	g.Flows = slices.DeleteFunc(g.Flows, func(f *graph.Flow) bool { return gone[f.From] || gone[f.To] })
	g.Grants = slices.DeleteFunc(g.Grants, func(r *graph.Grant) bool { return gone[r.From] || gone[r.To] })
	left(g, s.Source, len(list), "component", s.Match)
}

// left notes what a model lacks because somebody said so.
func left(g *graph.Graph, at graph.Source, n int, what, of string) {
	are := "1 " + what + " is"
	if n > 1 {
		are = fmt.Sprintf("%d %ss are", n, what)
	}
	g.Notes = append(g.Notes, graph.Note{Code: "stated", Source: at, Message: fmt.Sprintf("%s left out, as stated: %s", are, of)})
}

// flow changes the flows that are there between two components, or adds one. What is
// not said of a flow stays as it was.
func flow(g *graph.Graph, s Flow) {
	from, to := matching(g, s.From), matching(g, s.To)
	if len(from) == 0 || len(to) == 0 {
		what := s.From
		if len(from) > 0 {
			what = s.To
		}
		unmatched(g, s.Source, fmt.Sprintf("%s, an end of a flow,", what))
		return
	}
	is := func(f *graph.Flow) bool {
		return hasID(from, f.From) && hasID(to, f.To) && (s.Protocol == "" || f.Protocol == s.Protocol) && (s.Port == 0 || f.Port == s.Port)
	}
	if s.Remove {
		before := len(g.Flows)
		if g.Flows = slices.DeleteFunc(g.Flows, is); len(g.Flows) == before {
			unmatched(g, s.Source, fmt.Sprintf("the flow from %s to %s", s.From, s.To))
			return
		}
		left(g, s.Source, before-len(g.Flows), "flow", s.From+" to "+s.To)
		return
	}
	changed := false
	for _, f := range g.Flows {
		if f.Basis != graph.Permitted && is(f) {
			s.tell(f, "is so, as stated")
			changed = true
		}
	}
	if changed {
		return
	}
	if strings.Contains(s.From+s.To, "*") { // who writes a pattern means flows that are there
		unmatched(g, s.Source, fmt.Sprintf("the flow from %s to %s", s.From, s.To))
		return
	}
	for _, a := range from {
		for _, b := range to {
			if a == b {
				continue
			}
			f := &graph.Flow{ID: graph.FlowID(a.ID, b.ID, s.Protocol, s.Port, graph.Declared), From: a.ID, To: b.ID, Protocol: s.Protocol, Port: s.Port, Basis: graph.Declared}
			s.tell(f, "stated: code does not show it")
			g.Flows = append(g.Flows, f)
		}
	}
}

func (s Flow) tell(f *graph.Flow, why string) {
	if s.Encrypted != graph.Unknown {
		f.Encrypted = s.Encrypted
	}
	if s.Authenticated != graph.Unknown {
		f.Authenticated = s.Authenticated
	}
	if s.Carries != "" {
		f.Carries = s.Carries
	}
	if len(s.Peers) > 0 {
		f.Peers = slices.Clone(s.Peers)
	}
	f.Evidence = append(f.Evidence, said(s.Source, why))
}

func hasID(list []*graph.Component, id string) bool {
	return slices.ContainsFunc(list, func(c *graph.Component) bool { return c.ID == id })
}
