package terragrunt_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"drawbridge/extract/terraform/eval"
	"drawbridge/extract/terraform/terragrunt"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// TestUnits reads the tree in each archive and compares what its units hold with the
// last file, "want".
func TestUnits(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			fsys, names := fstest.MapFS{}, []string{}
			want := ""
			for _, f := range a.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				fsys[f.Name] = &fstest.MapFile{Data: f.Data}
				names = append(names, f.Name)
			}
			got := dump(fsys, names)
			if *update {
				if a.Files[len(a.Files)-1].Name != "want" {
					a.Files = append(a.Files, txtar.File{Name: "want"})
				}
				a.Files[len(a.Files)-1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if again := dump(fsys, names); again != got {
				t.Errorf("a second reading differs:\n%s", cmp.Diff(got, again))
			}
		})
	}
}

func dump(fsys fs.FS, names []string) string {
	l := terragrunt.Load(fsys, names, eval.Options{})
	var b strings.Builder
	fmt.Fprintf(&b, "units %s\nmodules %s\n", strings.Join(l.Units(), " "), strings.Join(l.Modules(), " "))
	for _, r := range l.Results() {
		fmt.Fprintf(&b, "result %q\n", r.Dir)
		for _, x := range r.Resources {
			fmt.Fprintf(&b, "%s %s", x.Address, x.Source)
			if x.ModuleSource != "" {
				fmt.Fprintf(&b, " source=%s version=%s", x.ModuleSource, x.ModuleVersion)
			}
			b.WriteString("\n")
			for _, name := range x.Body.Names() {
				fmt.Fprintf(&b, "  %s = %s\n", name, show(x.Body.Attrs[name]))
			}
		}
		for _, p := range r.Providers {
			fmt.Fprintf(&b, "provider %s %s %s\n", p.Name, p.Source, show(p.Body.Get("region")))
		}
		for _, n := range r.Notes {
			fmt.Fprintf(&b, "note %s %s\n", n.Code, n)
		}
	}
	for _, n := range l.Notes() {
		fmt.Fprintf(&b, "note %s %s\n", n.Code, n)
	}
	return b.String()
}

func show(v eval.Value) string {
	s := "unknown"
	if v.IsNull() {
		s = "null"
	} else if t, ok := v.JSON(); ok {
		s = t
	}
	if v.IsSensitive() {
		s += " sensitive"
	}
	for _, r := range v.Refs() {
		s += " <" + r.Address
		if r.Attr != "" {
			s += "." + r.Attr
		}
		if r.Computed {
			s += "?"
		}
		s += ">"
	}
	return s
}

// BenchmarkUnits reads 200 units that share settings, each with its own inputs.
func BenchmarkUnits(b *testing.B) {
	fsys := fstest.MapFS{
		"root.hcl":     {Data: []byte("locals {\n  env = \"prod\"\n}\ninputs = {\n  env = local.env\n}\n")},
		"m/main.tf":    {Data: []byte("variable \"env\" {}\nvariable \"name\" {}\nresource \"aws_sqs_queue\" \"q\" {\n  name = \"${var.env}-${var.name}\"\n}\noutput \"name\" {\n  value = aws_sqs_queue.q.name\n}\n")},
		"live/env.hcl": {Data: []byte("locals {}\n")},
	}
	var names []string
	for i := range 200 {
		name := fmt.Sprintf("live/u%03d/terragrunt.hcl", i)
		fsys[name] = &fstest.MapFile{Data: fmt.Appendf(nil, "include \"root\" {\n  path = find_in_parent_folders(\"root.hcl\")\n}\nterraform {\n  source = \"../../m\"\n}\ninputs = {\n  name = \"q%d\"\n}\n", i)}
		names = append(names, name)
	}
	for b.Loop() {
		if r := terragrunt.Load(fsys, names, eval.Options{}).Results(); len(r) != 200 || len(r[7].Resources) != 1 {
			b.Fatalf("%d results", len(r))
		}
	}
}

// FuzzUnits: no input panics, and the same input gives the same result.
func FuzzUnits(f *testing.F) {
	archives, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range archives {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, x := range a.Files {
			if strings.HasSuffix(x.Name, ".hcl") {
				f.Add(x.Data, x.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, parent, unit []byte) {
		fsys := fstest.MapFS{
			"terragrunt.hcl": {Data: parent}, "a/terragrunt.hcl": {Data: unit}, "vpc/terragrunt.hcl": {Data: unit},
			"modules/m/m.tf": {Data: []byte("variable \"x\" {}\noutput \"id\" {\n value = var.x\n}\n")},
		}
		names := []string{"terragrunt.hcl", "a/terragrunt.hcl", "vpc/terragrunt.hcl"}
		if a, b := dump(fsys, names), dump(fsys, names); a != b {
			t.Errorf("two runs differ:\n%s\n%s", a, b)
		}
	})
}
