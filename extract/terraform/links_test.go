package terraform_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drawbridge/extract/terraform"
	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestLink runs testdata/linked/*.txtar: several roots, and in a last file, "graph",
// which of them are one model, with their graphs.
func TestLink(t *testing.T) {
	files, err := filepath.Glob("testdata/linked/*.txtar")
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
			got := linkAll(t, a)
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
			if again := linkAll(t, a); again != got {
				t.Errorf("a second reading differs:\n%s", cmp.Diff(got, again))
			}
		})
	}
}

// besideOf reads a file "beside" of an archive: "units", and "planned DIR" in each line.
func besideOf(a *txtar.Archive) (b terraform.Beside) {
	for _, f := range a.Files {
		if f.Name != "beside" {
			continue
		}
		for line := range strings.Lines(string(f.Data)) {
			line = strings.TrimSpace(line)
			if dir, ok := strings.CutPrefix(line, "planned "); ok {
				b.Planned = append(b.Planned, terraform.Root{Dir: dir})
			}
			b.Units = b.Units || line == "units"
		}
	}
	return b
}

func linkAll(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	fsys, err := txtar.FS(a)
	if err != nil {
		t.Fatal(err)
	}
	layout := terraform.Look(fsys, names(t, fsys))
	var roots []terraform.Root
	beside := besideOf(a)
	for _, dir := range layout.Roots {
		if slices.ContainsFunc(beside.Planned, func(p terraform.Root) bool { return p.Dir == dir }) {
			continue
		}
		roots = append(roots, terraform.Root{Dir: dir})
	}
	var b strings.Builder
	for _, group := range terraform.Link(fsys, layout, roots, beside) {
		b.WriteString("# " + strings.Join(group.Names(), " + ") + "\n")
		g, _ := group.Read(fsys)
		for _, c := range g.Components {
			c.Attributes, c.Tags = nil, nil
		}
		for _, bd := range g.Boundaries {
			bd.Attributes = nil
		}
		b.Write(graph.Format(g))
	}
	return b.String()
}
