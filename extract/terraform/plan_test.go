package terraform_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"drawbridge/extract/terraform"
	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestReadPlan runs testdata/plan/*.txtar: Terraform files, a plan of them, the state
// after it, and in what their graphs differ from that of the files: with the files
// beside the plan, and from the plan and the state alone, where places are left out.
func TestReadPlan(t *testing.T) {
	files, err := filepath.Glob("testdata/plan/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			input := fstest.MapFS{}
			for _, f := range a.Files {
				input[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			alone := fstest.MapFS{"plan.json": input["plan.json"], "state.json": input["state.json"]}
			source := lines(terraform.Read(input, ".", terraform.Options{}))
			from := func(fsys fs.FS, file string) []string {
				g, _ := terraform.ReadPlan(fsys, file, "", terraform.Options{})
				return lines(g)
			}
			got := map[string]string{
				"beside": differences(source, from(input, "plan.json")),
				"alone":  differences(withoutPlaces(source), withoutPlaces(from(alone, "plan.json"))),
				"state":  differences(withoutPlaces(source), withoutPlaces(from(alone, "state.json"))),
			}
			if *update {
				a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { _, ok := got[f.Name]; return ok })
				for _, name := range []string{"beside", "alone", "state"} {
					a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(got[name])})
				}
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for name, text := range got {
				f := input[name]
				if f == nil {
					t.Fatalf("no file %s", name)
				}
				if diff := cmp.Diff(string(f.Data), text); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

// lines returns the lines of a graph's text, each with the element that it belongs
// to. Raw attributes and the counts of what was read are left out.
func lines(g *graph.Graph) []string {
	for _, c := range g.Components {
		c.Attributes = nil
	}
	for _, b := range g.Boundaries {
		b.Attributes = nil
	}
	g.Coverage = nil
	var out []string
	var element string
	for line := range strings.Lines(string(graph.Format(g))) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "\t") {
			line = element + ": " + strings.TrimSpace(line)
		} else if element = line; line == "" {
			continue
		}
		out = append(out, line)
	}
	return out
}

var place = regexp.MustCompile(`\b(queue/)?(main\.tf|plan\.json|state\.json)(:\d+)?`)

func withoutPlaces(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = place.ReplaceAllString(line, "FILE")
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// differences lists the lines that only one of two texts has.
func differences(a, b []string) string {
	var out strings.Builder
	for _, line := range a {
		if !slices.Contains(b, line) {
			fmt.Fprintln(&out, "-", line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			fmt.Fprintln(&out, "+", line)
		}
	}
	return out.String()
}
