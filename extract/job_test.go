package extract

import (
	"io/fs"
	"strings"
	"testing"

	"drawbridge/graph"
)

func TestAPanicCostsOnlyWhatWasRead(t *testing.T) {
	list := []job{
		{"the Terraform root a", graph.Source{File: "a"}, nil, func(fs.FS) *graph.Graph {
			var g *graph.Graph
			return &graph.Graph{Notes: g.Notes}
		}},
		{"the Terraform root b", graph.Source{File: "b"}, nil, func(fs.FS) *graph.Graph {
			return &graph.Graph{Components: []*graph.Component{{ID: "b"}}}
		}},
	}
	g := Merge(inParallel(nil, list, false)...)
	if len(g.Components) != 1 || len(g.Notes) != 1 {
		t.Fatalf("got\n%swant component b and one note", graph.Format(g))
	}
	n := g.Notes[0]
	if n.Code != "internal-error" || n.File != "a" || !strings.Contains(n.Message, "the Terraform root a failed in drawbridge/extract.TestAPanic") {
		t.Errorf("note %+v", n)
	}
}
