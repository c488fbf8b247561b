package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestControls holds testdata/controls/platforms.txtar: one directory for each platform, and in the
// last file which controls stand on its crossings, a flow a line.
func TestControls(t *testing.T) {
	file := filepath.Join("testdata", "controls", "platforms.txtar")
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := ""
	dir := t.TempDir()
	var platforms []string
	for _, f := range a.Files {
		if f.Name == "table" {
			want = string(f.Data)
			continue
		}
		platform, _, _ := strings.Cut(f.Name, "/")
		if !slices.Contains(platforms, platform) {
			platforms = append(platforms, platform)
		}
		at := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var table strings.Builder
	for _, platform := range platforms {
		g, err := graph.ReadJSON(bytes.NewBufferString(run(t, filepath.Join(dir, platform), statusOK, "scan", "--format", "json", ".")))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range g.Flows {
			for _, c := range f.Controls {
				fmt.Fprintf(&table, "%s  %s -> %s  %s: %s (%s)\n", platform, f.From, f.To, c.Name, c.Why, c.Address)
			}
		}
	}
	if *update {
		a.Files = append(slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "table" }), txtar.File{Name: "table", Data: []byte(table.String())})
		if err := os.WriteFile(file, txtar.Format(a), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, table.String()); diff != "" {
		t.Errorf("controls (-want +got):\n%s", diff)
	}
}
