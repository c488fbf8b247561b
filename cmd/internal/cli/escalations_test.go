package cli

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"drawbridge/analyze/paths"
	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestEscalations scans what testdata/escalations/*.txtar holds: documented ways by which
// an identity gets more than it was given. Each folder is one way, read together
// with the folder common; what is called attacker is held, and the best that it
// leads to stands in the file want, with the shortest way there. Folders whose names begin
// with "not-" are no ways, though they look like some.
func TestEscalations(t *testing.T) {
	files, err := filepath.Glob("testdata/escalations/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			cases := map[string][]txtar.File{}
			var names []string
			want := -1
			for i, f := range a.Files {
				dir, base := path.Split(f.Name)
				if dir == "" {
					want = i
					continue
				}
				if cases[dir] == nil {
					names = append(names, dir)
				}
				cases[dir] = append(cases[dir], txtar.File{Name: base, Data: f.Data})
			}
			var got strings.Builder
			for _, name := range names {
				if name == "common/" {
					continue
				}
				found := bestPaths(t, append(cases["common/"], cases[name]...))
				fmt.Fprintf(&got, "%s\n%s", strings.TrimSuffix(name, "/"), found)
				if isNone := strings.HasPrefix(name, "not-"); isNone != (found == "  nothing\n") {
					t.Errorf("%s leads to\n%s", name, found)
				}
			}
			if want < 0 {
				a.Files = append(a.Files, txtar.File{Name: "want"})
				want = len(a.Files) - 1
			}
			if *update {
				a.Files[want].Data = []byte(got.String())
				writeFile(t, file, string(txtar.Format(a)))
				return
			}
			if diff := cmp.Diff(string(a.Files[want].Data), got.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// bestPaths tells the paths from the attacker to what is worth most.
func bestPaths(t *testing.T, files []txtar.File) string {
	dir := t.TempDir()
	for _, f := range files {
		writeFile(t, filepath.Join(dir, f.Name), string(f.Data))
	}
	g, err := graph.ReadJSON(bytes.NewBufferString(run(t, dir, statusOK, "scan", "--format", "json", ".")))
	if err != nil {
		t.Fatal(err)
	}
	x := graph.NewIndex(g)
	var from []string
	for _, c := range g.Components {
		if !strings.HasSuffix(strings.ReplaceAll(c.Address, "/", "."), ".attacker") {
			continue
		}
		if c.Is(graph.PropAdmin) == graph.Yes {
			return "  attacker: " + c.Properties[graph.PropAdmin].Evidence.Why + "\n"
		}
		if c.Is(graph.PropWildcardPolicy) == graph.Yes {
			return "  attacker: " + c.Properties[graph.PropWildcardPolicy].Evidence.Why + "\n"
		}
		from = append(from, c.ID)
	}
	if len(from) == 0 {
		return "  nothing, for there is no attacker\n"
	}
	found := paths.Find(g, paths.Options{From: from})
	best := 0
	for _, p := range found {
		best = max(best, p.Worth)
	}
	for _, p := range found {
		if p.Worth < best || p.Worth < 4 {
			continue
		}
		var out strings.Builder
		for _, s := range p.Steps {
			fmt.Fprintf(&out, "  %s %s\n", x.Component[s.From].Name, s.How)
		}
		return out.String()
	}
	return "  nothing\n"
}
