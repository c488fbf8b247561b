package paths_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drawbridge/analyze"
	"drawbridge/analyze/paths"
	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite expectations")

// TestFind runs testdata/*.txtar: a graph "in", the paths in it "want", and where
// there is a file "options", what they begin and end at, in lines "from ID" and "to ID".
func TestFind(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var opt paths.Options
			for _, f := range a.Files {
				if f.Name != "options" {
					continue
				}
				for line := range strings.Lines(string(f.Data)) {
					switch way, id, _ := strings.Cut(strings.TrimSpace(line), " "); way {
					case "from":
						opt.From = append(opt.From, id)
					case "to":
						opt.To = append(opt.To, id)
					}
				}
			}
			g, err := graph.Parse(a.Files[0].Data)
			if err != nil {
				t.Fatal(err)
			}
			analyze.Run(g)
			if len(g.Notes) > 0 {
				t.Errorf("the graph had to be repaired: %v", g.Notes)
			}
			got := graph.Format(&graph.Graph{Paths: paths.Find(g, opt)})
			want := &a.Files[len(a.Files)-1]
			if *update {
				want.Data = got
				if err := os.WriteFile(file, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want.Data), string(got)); diff != "" {
				t.Errorf("paths (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEntriesAreBounded(t *testing.T) {
	g := &graph.Graph{}
	for i := range 30 {
		c := &graph.Component{ID: "user/" + string(rune('A'+i)), Kind: graph.Identity}
		c.Set(graph.PropStaticCredential, graph.Yes, graph.Evidence{})
		g.Components = append(g.Components, c)
	}
	g.Components = append(g.Components, &graph.Component{ID: graph.InternetID, Kind: graph.External})
	got := paths.Entries(g)
	if len(got) != 20 || got[0] != graph.InternetID {
		t.Errorf("Entries = %q", got)
	}
}
