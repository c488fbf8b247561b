package terraform_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drawbridge/extract/terraform"
	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestReadUnits runs testdata/units/*.txtar: Terragrunt units, and in a last file,
// "graph", the roots beside them and the units' graphs.
func TestReadUnits(t *testing.T) {
	files, err := filepath.Glob("testdata/units/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			last := len(a.Files) - 1
			want := ""
			if a.Files[last].Name == "graph" {
				want = string(a.Files[last].Data)
				a.Files = a.Files[:last]
			}
			fsys, err := txtar.FS(a)
			if err != nil {
				t.Fatal(err)
			}
			got := "# roots: " + strings.Join(terraform.Roots(fsys, names(t, fsys)), " ") + "\n"
			graphs, _ := terraform.ReadUnits(fsys, names(t, fsys), terraform.Options{})
			for _, g := range graphs {
				for _, c := range g.Components {
					c.Attributes, c.Tags = nil, nil
				}
				for _, bd := range g.Boundaries {
					bd.Attributes = nil
				}
				got += string(graph.Format(g))
			}
			if *update {
				a.Files = append(a.Files, txtar.File{Name: "graph", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("graph (-want +got):\n%s", diff)
			}
		})
	}
}
