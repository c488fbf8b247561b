package graph

import (
	"maps"
	"slices"
)

// Clone returns a copy that shares nothing with the graph which anybody changes in place.
func (g *Graph) Clone() *Graph {
	out := *g
	out.Components = cloned(g.Components, func(c *Component) {
		c.Parts, c.ExposedBy, c.Stated = slices.Clone(c.Parts), slices.Clone(c.ExposedBy), slices.Clone(c.Stated)
		c.Properties, c.Attributes, c.Tags = maps.Clone(c.Properties), maps.Clone(c.Attributes), maps.Clone(c.Tags)
	})
	out.Boundaries = cloned(g.Boundaries, func(b *Boundary) {
		b.Parts = slices.Clone(b.Parts)
		b.Properties, b.Attributes = maps.Clone(b.Properties), maps.Clone(b.Attributes)
	})
	// The further reasons of a fact are replaced as a whole, never changed in place.
	out.Flows = cloned(g.Flows, func(f *Flow) {
		f.Peers, f.Evidence, f.Crosses, f.Controls = slices.Clone(f.Peers), slices.Clone(f.Evidence), slices.Clone(f.Crosses), slices.Clone(f.Controls)
	})
	out.Grants = cloned(g.Grants, func(r *Grant) { r.Evidence = slices.Clone(r.Evidence) })
	out.Findings = cloned(g.Findings, func(f *Finding) {
		f.Factors, f.STRIDE, f.CWE = slices.Clone(f.Factors), slices.Clone(f.STRIDE), slices.Clone(f.CWE)
		f.References, f.Mitigations, f.Evidence = slices.Clone(f.References), slices.Clone(f.Mitigations), slices.Clone(f.Evidence)
	})
	out.Paths = cloned(g.Paths, func(p *Path) { p.Steps = slices.Clone(p.Steps) })
	out.Questions = cloned(g.Questions, func(*Question) {})
	out.Notes, out.Moved, out.Decisions = slices.Clone(g.Notes), slices.Clone(g.Moved), slices.Clone(g.Decisions)
	out.Coverage = slices.Clone(g.Coverage)
	for i := range out.Coverage {
		out.Coverage[i].UnknownTypes = maps.Clone(out.Coverage[i].UnknownTypes)
	}
	return &out
}

// cloned copies the elements of a list, and with own what they refer to.
func cloned[T any](list []*T, own func(*T)) []*T {
	if list == nil {
		return nil
	}
	elements, out := make([]T, len(list)), make([]*T, len(list))
	for i, v := range list {
		elements[i] = *v
		out[i] = &elements[i]
		own(out[i])
	}
	return out
}
