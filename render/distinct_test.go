package render

import (
	"testing"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
)

func TestDistinct(t *testing.T) {
	g := &graph.Graph{Boundaries: []*graph.Boundary{
		{ID: "a/prod:account", Name: "Cloud", Kind: graph.BoundaryAccount, Address: "account"},
		{ID: "b/prod:account", Name: "Cloud", Kind: graph.BoundaryAccount, Address: "account"},
		{ID: "account", Name: "Cloud", Kind: graph.BoundaryAccount, Address: "account"},
		{ID: "a/prod:net[0]", Name: "main", Kind: graph.BoundaryNetwork, Parent: "a/prod:account", Address: "net[0]"},
		{ID: "a/prod:net[1]", Name: "main", Kind: graph.BoundaryNetwork, Parent: "a/prod:account", Address: "net[1]"},
		{ID: "b/prod:net[0]", Name: "main", Kind: graph.BoundaryNetwork, Parent: "b/prod:account", Address: "net[0]"},
	}}
	var got []string
	for _, b := range distinct(g).Boundaries {
		got = append(got, b.Name)
	}
	want := []string{"Cloud · a/prod", "Cloud · b/prod", "Cloud · account", "main · net[0]", "main · net[1]", "main"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the names (-want +got):\n%s", diff)
	}
	if g.Boundaries[0].Name != "Cloud" {
		t.Error("it changed what it was given")
	}
	if one := (&graph.Graph{Boundaries: g.Boundaries[3:4]}); distinct(one) != one {
		t.Error("it copied what has nothing to tell apart")
	}
}
