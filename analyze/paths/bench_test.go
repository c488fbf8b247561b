package paths_test

import (
	"fmt"
	"testing"

	"drawbridge/analyze/paths"
	"drawbridge/graph"
)

// BenchmarkFind searches 10,000 components with 100,000 flows and grants, from
// the internet and nineteen lost keys.
func BenchmarkFind(b *testing.B) {
	const n, edges = 10_000, 10
	g := &graph.Graph{Components: []*graph.Component{{ID: graph.InternetID, Kind: graph.External}}}
	id := func(i int) string { return fmt.Sprintf("c%05d", i%n) }
	for i := range n {
		c := &graph.Component{ID: id(i), Kind: graph.Process, Technology: graph.TechContainer}
		switch {
		case i%5 == 1:
			c.Kind, c.Technology = graph.Store, graph.TechSQL
		case i%5 == 2:
			c.Kind, c.Technology = graph.Identity, graph.TechRole
			c.Set(graph.PropStaticCredential, graph.Yes, graph.Evidence{})
		}
		g.Components = append(g.Components, c)
		for k := range edges {
			to := id(i*7 + k*k*31 + 1)
			if i%5 == 2 {
				g.Grants = append(g.Grants, &graph.Grant{ID: graph.GrantID(c.ID, to, fmt.Sprint(k)), From: c.ID, To: to, Does: graph.AbilityAdminister})
			} else {
				g.Flows = append(g.Flows, &graph.Flow{ID: fmt.Sprint(c.ID, k), From: c.ID, To: to, Basis: graph.Declared})
			}
		}
	}
	g.Flows = append(g.Flows, &graph.Flow{ID: "in", From: graph.InternetID, To: id(0), Basis: graph.Declared})
	g.Sort()
	for b.Loop() {
		if found := paths.Find(g, paths.Options{Most: 50}); len(found) != 50 {
			b.Fatalf("%d paths", len(found))
		}
	}
}
