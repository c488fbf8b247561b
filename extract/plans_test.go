package extract

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"drawbridge/extract/terraform"
	"drawbridge/graph"

	"golang.org/x/tools/txtar"
)

// TestChoose runs testdata/plans/*.txtar: files, and what is read of them. Lines of
// options that begin with "start" name starting points.
func TestChoose(t *testing.T) {
	names, err := filepath.Glob("testdata/plans/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files, starts := fstest.MapFS{}, []string(nil)
			for _, f := range a.Files {
				if f.Name != "options" {
					files[f.Name] = &fstest.MapFile{Data: f.Data}
					continue
				}
				for line := range strings.Lines(string(f.Data)) {
					starts = append(starts, strings.TrimPrefix(strings.TrimSpace(line), "start "))
				}
			}
			if starts == nil {
				starts = []string{"."}
			}
			delete(files, "want")
			found, err := walk(files, starts, Options{})
			if err != nil {
				t.Fatal(err)
			}
			manifests, records := sortOut(files, found)
			c := choose(records, starts, found.terraform, terraform.Roots(files, found.terraform))
			var b strings.Builder
			for _, root := range c.roots {
				fmt.Fprintln(&b, "root", root)
			}
			for _, p := range c.plans {
				fmt.Fprintln(&b, "plan", p.file, "for", p.dir)
			}
			for _, m := range manifests {
				fmt.Fprintln(&b, "manifest", m)
			}
			for _, n := range c.notes {
				fmt.Fprintln(&b, "note", n.Code, n)
			}
			golden(t, name, a, "want", b.String())
		})
	}
}

func TestDirSaysHowToConvertABinaryPlan(t *testing.T) {
	content := "PK\x03\x04" + strings.Repeat("\x00", 26) + "tfplan" + strings.Repeat("\x00", 20)
	names := []string{"a.tfplan", "changes", "plan.out", "tfplan", "x.bin"}
	files := fstest.MapFS{
		"main.tf": {Data: []byte(`resource "aws_sqs_queue" "q" {}`)},
		"y.bin":   {Data: []byte("PK\x03\x04" + strings.Repeat("\x00", 26) + "readme" + strings.Repeat("\x00", 20))},
	}
	for _, name := range names {
		files[name] = &fstest.MapFile{Data: []byte(content)}
	}
	g, err := Dir(files, Options{LetPanic: true})
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, name := range names {
		want = append(want, "convert it: terraform show -json "+name+" > plan.json")
	}
	for _, n := range g.Notes {
		got = append(got, n.Next)
	}
	if !slices.Equal(want, got) {
		t.Errorf("notes say %q, want %q", got, want)
	}
	if graph.NewIndex(g).Component["aws_sqs_queue.q"] == nil {
		t.Errorf("the root beside it is lost:\n%s", graph.Format(g))
	}
}

func TestLargePlansAreRead(t *testing.T) {
	plan := `{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{"resources":[
{"address":"aws_sqs_queue.q","mode":"managed","type":"aws_sqs_queue","name":"q","values":{"name":"q"},"sensitive_values":{}}]}}}`
	files := fstest.MapFS{
		"plan.json":  {Data: []byte(plan + strings.Repeat(" ", 2000))},
		"other.json": {Data: []byte("{}" + strings.Repeat(" ", 2000))},
	}
	g, err := Dir(files, Options{LetPanic: true, Limits: Limits{FileSize: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	if graph.NewIndex(g).Component["aws_sqs_queue.q"] == nil {
		t.Errorf("the plan was not read:\n%s", graph.Format(g))
	}
	if len(g.Notes) != 1 || g.Notes[0].Source.File != "other.json" {
		t.Errorf("notes %v, want one of other.json", g.Notes)
	}
}
