package cli

import (
	"slices"
	"strings"

	"drawbridge/graph"
)

// mostDrawnPaths bounds a picture: more of them make no picture.
const mostDrawnPaths = 12

// pathsPicture returns a model of what lies on some paths: its components with the
// boundaries around them, the flows and the grants that steps are taken on, grants as
// flows, and the findings about them.
func pathsPicture(g *graph.Graph, found []*graph.Path) *graph.Graph {
	x := graph.NewIndex(g)
	out := &graph.Graph{Paths: found[:min(len(found), mostDrawnPaths)]}
	taken := map[string]bool{} // IDs of flows and grants
	for _, p := range out.Paths {
		for _, s := range p.Steps {
			taken[s.By] = true
			for _, id := range []string{s.From, s.To} {
				c := x.Component[id]
				if c == nil || slices.Contains(out.Components, c) {
					continue
				}
				out.Components = append(out.Components, c)
				for _, b := range x.Ancestors(c.Boundary) {
					if !slices.Contains(out.Boundaries, b) {
						out.Boundaries = append(out.Boundaries, b)
					}
				}
			}
		}
	}
	for _, f := range g.Flows {
		if taken[f.ID] {
			out.Flows = append(out.Flows, f)
		}
	}
	for _, a := range g.Grants {
		if taken[a.ID] && a.From != a.To {
			out.Flows = append(out.Flows, &graph.Flow{ID: a.ID, From: a.From, To: a.To, Protocol: strings.ReplaceAll(string(a.Does), "-", " "), Basis: graph.Referenced, Evidence: a.Evidence})
		}
	}
	for _, f := range g.Findings {
		if slices.ContainsFunc(out.Components, func(c *graph.Component) bool { return c.ID == f.Subject }) {
			out.Findings = append(out.Findings, f)
		}
	}
	out.Sort()
	return out
}
