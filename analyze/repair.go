package analyze

import (
	"fmt"
	"slices"
	"strings"

	"drawbridge/graph"
)

// The codes of the notes that repairing a graph leaves behind. All of them tell
// of a mistake in what made the graph, or in a graph that was edited by hand.
const (
	codeRepeated   = "repeated-id"
	codeDangling   = "dangling-reference"
	codeCyclicTree = "boundary-cycle"
)

// repair makes references hold: it drops repeated identifiers, flows and grants
// whose ends don't exist, and cuts boundaries that don't exist or that lie within
// themselves. Each repair leaves a note.
func repair(g *graph.Graph) {
	r := repairs{g}
	g.Components = unique(r, "component", g.Components, func(c *graph.Component) (string, graph.Source, string) { return c.ID, c.Source, c.Address })
	g.Boundaries = unique(r, "boundary", g.Boundaries, func(b *graph.Boundary) (string, graph.Source, string) { return b.ID, b.Source, b.Address })
	for _, f := range g.Flows {
		if f.ID == "" {
			f.ID = graph.FlowID(f.From, f.To, f.Protocol, f.Port, f.Basis)
		}
	}
	g.Flows = unique(r, "flow", g.Flows, func(f *graph.Flow) (string, graph.Source, string) { s, a := first(f.Evidence); return f.ID, s, a })
	for _, a := range g.Grants {
		if a.ID == "" {
			a.ID = graph.GrantID(a.From, a.To, a.How)
		}
	}
	g.Grants = unique(r, "grant", g.Grants, func(a *graph.Grant) (string, graph.Source, string) {
		s, addr := first(a.Evidence)
		return a.ID, s, addr
	})

	x := graph.NewIndex(g)
	g.Flows = slices.DeleteFunc(g.Flows, func(f *graph.Flow) bool { return r.dangles(x, "flow", f.ID, f.From, f.To, f.Evidence) })
	g.Grants = slices.DeleteFunc(g.Grants, func(a *graph.Grant) bool { return r.dangles(x, "grant", a.ID, a.From, a.To, a.Evidence) })
	for _, c := range g.Components {
		if c.Boundary != "" && x.Boundary[c.Boundary] == nil {
			r.note(codeDangling, c.Source, c.Address, "component %s lies in boundary %s, which does not exist; it is placed outside of all", c.ID, c.Boundary)
			c.Boundary = ""
		}
	}
	for _, b := range g.Boundaries {
		if b.Parent != "" && x.Boundary[b.Parent] == nil {
			r.note(codeDangling, b.Source, b.Address, "boundary %s lies in boundary %s, which does not exist; it is placed outside of all", b.ID, b.Parent)
			b.Parent = ""
		}
	}
	r.cutCycles(x)
}

type repairs struct{ g *graph.Graph }

func (r repairs) note(code string, at graph.Source, address, format string, args ...any) {
	r.g.Notes = append(r.g.Notes, graph.Note{Code: code, Source: at, Address: address, Message: fmt.Sprintf(format, args...)})
}

// unique keeps the first of the elements with the same identifier. What has none
// can't be referred to, and would be taken for the outside of all.
func unique[T any](r repairs, what string, all []T, identify func(T) (id string, at graph.Source, address string)) []T {
	seen := make(map[string]bool, len(all))
	return slices.DeleteFunc(all, func(e T) bool {
		id, at, address := identify(e)
		if id == "" {
			r.note(codeRepeated, at, address, "a %s has no identifier; it is left out", what)
			return true
		}
		if seen[id] {
			r.note(codeRepeated, at, address, "there are two of the %s %s; the second is left out", what, id)
			return true
		}
		seen[id] = true
		return false
	})
}

func (r repairs) dangles(x *graph.Index, what, id, from, to string, why []graph.Evidence) bool {
	var missing []string
	for _, end := range []string{from, to} {
		if x.Component[end] == nil {
			missing = append(missing, fmt.Sprintf("%q", end))
		}
	}
	if len(missing) == 0 {
		return false
	}
	at, address := first(why)
	r.note(codeDangling, at, address, "%s %s is left out: there is no component %s", what, id, strings.Join(missing, " and "))
	return true
}

// cutCycles takes the parent of one boundary in each cycle, the one with the
// least identifier, so that the outcome does not depend on where the walk began.
// Each boundary has one parent, so a walk upwards meets at most one cycle.
func (r repairs) cutCycles(x *graph.Index) {
	walked := make(map[string]int, len(r.g.Boundaries)) // by ID, the number of the walk that came by
	for i, b := range r.g.Boundaries {
		at := b
		for ; at != nil && walked[at.ID] == 0; at = x.Boundary[at.Parent] {
			walked[at.ID] = i + 1
		}
		if at == nil || walked[at.ID] != i+1 {
			continue // came out at a root, or to where an earlier walk was
		}
		least := at
		for m := x.Boundary[at.Parent]; m != at; m = x.Boundary[m.Parent] {
			if m.ID < least.ID {
				least = m
			}
		}
		r.note(codeCyclicTree, least.Source, least.Address, "boundary %s lies within itself through %s; it is placed outside of all", least.ID, least.Parent)
		least.Parent = ""
	}
}

// first returns the place and address of the first evidence, zero where there is none.
func first(e []graph.Evidence) (graph.Source, string) {
	if len(e) == 0 {
		return graph.Source{}, ""
	}
	return e[0].Source(), e[0].Address
}
