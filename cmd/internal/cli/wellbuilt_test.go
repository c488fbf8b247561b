package cli

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"drawbridge/graph"

	"golang.org/x/tools/txtar"
)

// TestWellBuilt scans roots and manifests that are built well, testdata/ok/*.txtar:
// nothing is told of them that is worth more than a glance, nothing is missed that
// would have been, and much is drawn.
func TestWellBuilt(t *testing.T) {
	files, err := filepath.Glob("testdata/ok/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for _, f := range a.Files {
				writeFile(t, filepath.Join(dir, f.Name), string(f.Data))
			}
			g, err := graph.ReadJSON(bytes.NewBufferString(run(t, dir, statusOK, "scan", "--format", "json", ".")))
			if err != nil {
				t.Fatal(err)
			}
			if len(g.Components) < 4 || len(g.Flows) < 3 || len(g.Notes) > 0 {
				t.Errorf("%d components, %d flows and notes %v: too little was read to say anything", len(g.Components), len(g.Flows), g.Notes)
			}
			for _, f := range g.Findings {
				if f.Severity.Rank() > graph.Low.Rank() {
					t.Errorf("found in what is built well: %s", graph.Format(&graph.Graph{Findings: []*graph.Finding{f}}))
				}
			}
		})
	}
}
