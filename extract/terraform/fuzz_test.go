package terraform_test

import (
	"bytes"
	"path/filepath"
	"testing"
	"testing/fstest"

	"drawbridge/extract/terraform"
	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	"golang.org/x/tools/txtar"
)

// FuzzRead holds the reading of any file to: no panic, the same bytes twice, and
// flows and grants between components that are there.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(a.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		fsys := fstest.MapFS{"main.tf": {Data: text}}
		terraform.Roots(fsys, []string{"main.tf"})
		opt := terraform.Options{Eval: eval.Options{Limits: eval.Limits{Instances: 50, Depth: 5}}}
		g := terraform.Read(fsys, ".", opt)
		if again := terraform.Read(fsys, ".", opt); !bytes.Equal(graph.Format(g), graph.Format(again)) {
			t.Error("a second reading differs")
		}
		x := graph.NewIndex(g)
		for _, fl := range g.Flows {
			if x.Component[fl.From] == nil || x.Component[fl.To] == nil {
				t.Errorf("flow %s has an end that is not there", fl.ID)
			}
		}
		for _, gr := range g.Grants {
			if x.Component[gr.From] == nil || x.Component[gr.To] == nil {
				t.Errorf("grant %s has an end that is not there", gr.ID)
			}
		}
		for _, c := range g.Components {
			if c.Boundary != "" && x.Boundary[c.Boundary] == nil {
				t.Errorf("%s is in a boundary that is not there: %s", c.ID, c.Boundary)
			}
		}
	})
}
