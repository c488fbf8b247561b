package analyze

import (
	"slices"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

// Expose fills in how each component can be reached from the internet, and nothing else:
// what a part of a model can't tell once the rest is taken away. The graph is repaired
// and sorted for it.
func Expose(g *graph.Graph) {
	repair(g)
	g.Sort()
	setExposure(g, graph.NewIndex(g))
}

// setExposure fills in how each component can be reached from the internet, and
// by the shortest chain of which components.
//
//   - Direct: a flow from the internet arrives (see [edge.Arrives]), or the
//     component is established to be public. An address on the internet alone does
//     not expose: nothing says that anything gets through to it.
//   - Indirect: a chain of used flows leads on from a directly exposed component,
//     over components that hand on what they get (see [edge.Relays]), or what is before
//     it is not in the model and known to hand on what the internet sends.
//     Flows point the way that a request or event travels, so a queue that triggers
//     a function exposes the function to whatever fills the queue. Grants are no
//     flows: what an identity may do is not what the internet can send.
//   - None: no such chain.
//   - Unknown: the internet itself, and identities, which are used from wherever
//     their credentials are; what there is a chain to if ranges that the input leaves
//     open let the internet in.
//
// It is a search in breadth over components and flows in the order of their
// identifiers, so that of equally short chains the same one is told each time.
func setExposure(g *graph.Graph, x *graph.Index) {
	queue := make([]*graph.Component, 0, len(g.Components))
	from := map[string]string{} // the component before, by ID
	for _, c := range g.Components {
		c.Exposure, c.ExposedBy = graph.ExposureNone, nil
		switch {
		case c.ID == graph.InternetID || c.Kind == graph.Identity:
			c.Exposure = graph.ExposureUnknown
		case exposedDirectly(x, c):
			c.Exposure = graph.ExposureDirect
			from[c.ID] = graph.InternetID
			queue = append(queue, c)
		}
	}
	for _, c := range g.Components {
		if c.Exposure == graph.ExposureNone && c.Is(graph.PropRelayed) == graph.Yes {
			c.Exposure = graph.ExposureIndirect
			from[c.ID] = graph.InternetID
			queue = append(queue, c)
		}
	}
	for i := 0; i < len(queue); i++ {
		at := queue[i]
		at.ExposedBy = chain(from, at.ID)
		for _, f := range x.Out[at.ID] {
			to := x.Component[f.To]
			if to.Exposure != graph.ExposureNone || !edge.Used(f) || !edge.Relays(at, to) {
				continue
			}
			to.Exposure = graph.ExposureIndirect
			from[to.ID] = at.ID
			queue = append(queue, to)
		}
	}
	setUndecided(g, x)
}

// setUndecided marks as unknown what would be exposed if ranges that the input
// leaves open let the internet in.
func setUndecided(g *graph.Graph, x *graph.Index) {
	var queue []*graph.Component
	reach := func(c *graph.Component) {
		if c.Exposure == graph.ExposureNone {
			c.Exposure = graph.ExposureUnknown
			queue = append(queue, c)
		}
	}
	for _, f := range x.Out[graph.InternetID] {
		if to := x.Component[f.To]; edge.Undecided(x, f, to) {
			reach(to)
		}
	}
	for i := 0; i < len(queue); i++ {
		for _, f := range x.Out[queue[i].ID] {
			if to := x.Component[f.To]; edge.Used(f) && edge.Relays(queue[i], to) {
				reach(to)
			}
		}
	}
}

func exposedDirectly(x *graph.Index, c *graph.Component) bool {
	if c.Is(graph.PropPublic) == graph.Yes {
		return true
	}
	return slices.ContainsFunc(x.In[c.ID], func(f *graph.Flow) bool { return edge.Arrives(x, f, c) })
}

// chain walks back from a component to the internet and returns the way there.
func chain(from map[string]string, id string) []string {
	out := []string{id}
	for id != graph.InternetID {
		id = from[id]
		out = append(out, id)
	}
	slices.Reverse(out)
	return out
}
