package extract

import (
	"io/fs"
	"strings"
	"testing"

	"drawbridge/graph"
)

func TestAPanicCostsOnlyWhatWasRead(t *testing.T) {
	list := []job{
		{"the Terraform root a", graph.Source{File: "a"}, nil, func(fs.FS) reading {
			var g *graph.Graph
			return reading{Graph: &graph.Graph{Notes: g.Notes}}
		}},
		{"the Terraform root b", graph.Source{File: "b"}, nil, func(fs.FS) reading {
			return reading{Graph: &graph.Graph{Components: []*graph.Component{{ID: "b"}}}}
		}},
	}
	var graphs []*graph.Graph
	for _, r := range inParallel(nil, list, false) {
		graphs = append(graphs, r.Graph)
	}
	g := Merge(graphs...)
	if len(g.Components) != 1 || len(g.Notes) != 1 {
		t.Fatalf("got\n%swant component b and one note", graph.Format(g))
	}
	n := g.Notes[0]
	if n.Code != "internal-error" || n.File != "a" || !strings.Contains(n.Message, "the Terraform root a failed in drawbridge/extract.TestAPanic") {
		t.Errorf("note %+v", n)
	}
}
