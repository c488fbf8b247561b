package extract

import (
	"path/filepath"
	"testing"

	"drawbridge/graph"

	"golang.org/x/tools/txtar"
)

// TestCarried runs testdata/carried/*.txtar: trees of which both readers know a part,
// and the graph of all in a last file called "want". Raw attributes are left out of it.
func TestCarried(t *testing.T) {
	names, err := filepath.Glob("testdata/carried/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files, _ := tree(t, a)
			delete(files, "want")
			g, err := Dir(files, Options{LetPanic: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range g.Components {
				c.Attributes, c.Tags, c.Properties = nil, nil, nil
			}
			for _, b := range g.Boundaries {
				b.Attributes = nil
			}
			golden(t, name, a, "want", string(graph.Format(g)))
		})
	}
}
