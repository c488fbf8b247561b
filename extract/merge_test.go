package extract

import (
	"path/filepath"
	"testing"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

func TestMerge(t *testing.T) {
	names, err := filepath.Glob("testdata/merge/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, a, "want", string(graph.Format(Merge(graphs(t, a)...))))
		})
	}
}

// graphs parses the files of an archive but for "want".
func graphs(t *testing.T, a *txtar.Archive) []*graph.Graph {
	t.Helper()
	var out []*graph.Graph
	for _, f := range a.Files {
		if f.Name == "want" {
			continue
		}
		g, err := graph.Parse(f.Data)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		out = append(out, g)
	}
	return out
}

func TestMergeOfOneIsThatOne(t *testing.T) {
	a, err := txtar.ParseFile("testdata/merge/shared.txtar")
	if err != nil {
		t.Fatal(err)
	}
	g := graphs(t, a)[1]
	want := string(graph.Format(g))
	if diff := cmp.Diff(want, string(graph.Format(Merge(g)))); diff != "" {
		t.Errorf("Merge(g) (-g +got):\n%s", diff)
	}
	again := Merge(graphs(t, a)[1], graphs(t, a)[1])
	again.Coverage = g.Coverage // adds up
	if diff := cmp.Diff(want, string(graph.Format(again))); diff != "" {
		t.Errorf("Merge(g, g) (-g +got):\n%s", diff)
	}
	if diff := cmp.Diff("", string(graph.Format(Merge()))); diff != "" {
		t.Errorf("Merge of nothing (-want +got):\n%s", diff)
	}
}
