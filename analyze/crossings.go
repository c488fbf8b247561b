package analyze

import (
	"slices"

	"drawbridge/graph"
)

// setCrossings fills in which boundaries each flow crosses: those around its
// start from the innermost out, up to the one that also holds its end, then those
// around its end from the outermost in. A component without a boundary, the
// internet first of all, is outside of all of them.
func setCrossings(g *graph.Graph, x *graph.Index) {
	around := make(map[string][]*graph.Boundary, len(g.Boundaries))
	for _, b := range g.Boundaries {
		around[b.ID] = x.Ancestors(b.ID)
	}
	for _, f := range g.Flows {
		f.Crosses = crossings(around[x.Component[f.From].Boundary], around[x.Component[f.To].Boundary])
	}
}

// crossings takes the boundaries around both ends, innermost first. Where both
// share a boundary they share all that is around it, so the shared ones are the
// common end of the two lists.
func crossings(from, to []*graph.Boundary) []graph.Crossing {
	for len(from) > 0 && len(to) > 0 && from[len(from)-1] == to[len(to)-1] {
		from, to = from[:len(from)-1], to[:len(to)-1]
	}
	var out []graph.Crossing
	for _, b := range from {
		out = append(out, graph.Crossing{Boundary: b.ID})
	}
	for _, b := range slices.Backward(to) {
		out = append(out, graph.Crossing{Boundary: b.ID, Into: true})
	}
	return out
}
