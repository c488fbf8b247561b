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
	"fmt"
	"regexp"
	"slices"
	"strings"

	"drawbridge/graph"
)

// Model is what is said of the elements of a model.
type Model struct {
	Scopes     []Scope
	Components []Component
	Flows      []Flow
}

// Scope is a part that another team owns: one external entity takes its place.
type Scope struct {
	Name string
	// Match are patterns of addresses, Tags are tags that all must be there, Folders are
	// directories of the code. A component belongs to the scope if any of the three says so.
	Match   []string
	Tags    map[string]string
	Folders []string
	Source  graph.Source
}

// Component changes the components that a pattern matches, or adds one.
type Component struct {
	Match string // pattern of addresses; "" for one that is added
	// ID, Kind, Technology and Boundary are those of a component that is added.
	ID         string
	Kind       graph.Kind
	Technology graph.Technology
	Boundary   string
	// Name renames, Classification says how sensitive its data is, Tags are added.
	Name           string
	Classification string
	Tags           map[string]string
	Remove         bool
	Source         graph.Source
}

// Flow adds a flow, changes what is known of one, or removes it.
type Flow struct {
	From, To      string // patterns of addresses
	Protocol      string
	Port          int
	Encrypted     graph.Truth
	Authenticated graph.Truth
	Carries       string
	Remove        bool
	Source        graph.Source
}

// classificationTag is the tag that a stated classification becomes.
const classificationTag = "classification"

// Apply changes a model that was read and not yet analyzed.
func Apply(g *graph.Graph, m Model) {
	for _, s := range m.Scopes {
		handOver(g, s)
	}
	for _, c := range m.Components {
		component(g, c)
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

// handOver replaces what a scope holds by one external entity. Flows with the rest lead
// to and from it; what goes on inside is its owner's.
func handOver(g *graph.Graph, s Scope) {
	var patterns []*regexp.Regexp
	for _, m := range s.Match {
		patterns = append(patterns, Pattern(m))
	}
	id := "scope:" + s.Name
	owned := map[string]bool{}
	var parts []string
	g.Components = slices.DeleteFunc(g.Components, func(c *graph.Component) bool {
		if c.ID == graph.InternetID || !s.holds(c, patterns) {
			return false
		}
		owned[c.ID] = true
		parts = append(parts, c.Address)
		parts = append(parts, c.Parts...)
		return true
	})
	if len(owned) == 0 {
		unmatched(g, s.Source, "scope "+s.Name)
		return
	}
	g.Components = append(g.Components, &graph.Component{
		ID: id, Kind: graph.External, Name: s.Name, Label: "Other team", Address: id, Parts: parts, Source: s.Source,
	})
	end := func(x string) string {
		if owned[x] {
			return id
		}
		return x
	}
	merged := map[string]*graph.Flow{}
	var flows []*graph.Flow
	for _, f := range g.Flows {
		from, to := end(f.From), end(f.To)
		if from != f.From || to != f.To {
			if from == to || from == graph.InternetID && to == id { // its owner's affair
				continue
			}
			f.From, f.To = from, to
			f.ID = graph.FlowID(from, to, f.Protocol, f.Port, f.Basis)
			f.Evidence = append(f.Evidence, said(s.Source, "belongs to "+s.Name+", as stated"))
		}
		if have := merged[f.ID]; have != nil {
			have.Evidence = append(have.Evidence, f.Evidence...)
			have.Encrypted, have.Authenticated = weaker(have.Encrypted, f.Encrypted), weaker(have.Authenticated, f.Authenticated)
			continue
		}
		merged[f.ID] = f
		flows = append(flows, f)
	}
	g.Flows = flows
	g.Grants = slices.DeleteFunc(g.Grants, func(r *graph.Grant) bool { return owned[r.From] || owned[r.To] })
}

func (s Scope) holds(c *graph.Component, patterns []*regexp.Regexp) bool {
	if slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return names(p, c) }) {
		return true
	}
	for _, dir := range s.Folders {
		if dir = strings.TrimSuffix(dir, "/"); dir == "." || strings.HasPrefix(c.Source.File, dir+"/") {
			return true
		}
	}
	for k, v := range s.Tags {
		if c.Tags[k] != v {
			return false
		}
	}
	return len(s.Tags) > 0
}

// weaker is the worse of two answers: No, then Unknown.
func weaker(a, b graph.Truth) graph.Truth {
	for _, t := range []graph.Truth{graph.No, graph.Unknown} {
		if a == t || b == t {
			return t
		}
	}
	return graph.Yes
}

func component(g *graph.Graph, s Component) {
	if s.Match == "" {
		add(g, s)
		return
	}
	found := matching(g, s.Match)
	if len(found) == 0 {
		unmatched(g, s.Source, "component "+s.Match)
		return
	}
	if s.Remove {
		remove(g, found)
		return
	}
	for _, c := range found {
		if s.Name != "" {
			c.Name = s.Name
		}
		tags := map[string]string{}
		for k, v := range c.Tags {
			tags[k] = v
		}
		for k, v := range s.Tags {
			tags[k] = v
		}
		if s.Classification != "" {
			tags[classificationTag] = s.Classification
		}
		if len(tags) > 0 {
			c.Tags = tags
		}
	}
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
		ID: s.ID, Kind: s.Kind, Name: s.Name, Technology: s.Technology, Address: s.ID, Boundary: s.Boundary, Source: s.Source, Tags: s.Tags,
	}
	if c.Name == "" {
		c.Name = s.ID
	}
	if s.Classification != "" {
		c.Tags = map[string]string{classificationTag: s.Classification}
		for k, v := range s.Tags {
			c.Tags[k] = v
		}
	}
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

func remove(g *graph.Graph, list []*graph.Component) {
	gone := map[string]bool{}
	for _, c := range list {
		gone[c.ID] = true
	}
	g.Components = slices.DeleteFunc(g.Components, func(c *graph.Component) bool { return gone[c.ID] })
	g.Flows = slices.DeleteFunc(g.Flows, func(f *graph.Flow) bool { return gone[f.From] || gone[f.To] })
	g.Grants = slices.DeleteFunc(g.Grants, func(r *graph.Grant) bool { return gone[r.From] || gone[r.To] })
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
		}
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
	f.Evidence = append(f.Evidence, said(s.Source, why))
}

func hasID(list []*graph.Component, id string) bool {
	return slices.ContainsFunc(list, func(c *graph.Component) bool { return c.ID == id })
}
