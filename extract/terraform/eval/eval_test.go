package eval_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// TestCases evaluates the files of each archive and compares what was seen with the
// archive's last file, "want". The first line of an archive is the sentence under
// test; lines that begin with "var NAME=VALUE", "var-file PATH", "env NAME=VALUE" or
// "workspace NAME"
// give inputs.
func TestCases(t *testing.T) {
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
			fsys, want := fstest.MapFS{}, -1
			for i, f := range a.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			if want < 0 {
				a.Files = append(a.Files, txtar.File{Name: "want"})
				want = len(a.Files) - 1
			}
			got := dump(eval.Root(fsys, ".", options(string(a.Comment))))
			if *update {
				a.Files[want].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(a.Files[want].Data), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func options(comment string) eval.Options {
	opt := eval.Options{Env: map[string]string{}}
	for line := range strings.Lines(comment) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, value, _ := strings.Cut(rest, "=")
		switch word {
		case "var":
			opt.Args = append(opt.Args, eval.Arg{Name: name, Text: value})
		case "var-file":
			opt.Args = append(opt.Args, eval.Arg{File: rest})
		case "env":
			opt.Env[name] = value
		case "modules":
			opt.Modules = rest
		case "workspace":
			opt.Workspace = rest
		}
	}
	return opt
}

func dump(r *eval.Result) string {
	var b strings.Builder
	for _, x := range r.Resources {
		fmt.Fprintf(&b, "%s %s", x.Address, x.Source)
		if x.Many {
			b.WriteString(" (number not known)")
		}
		if x.ModuleSource != "" {
			fmt.Fprintf(&b, " source=%s", x.ModuleSource)
		}
		b.WriteString("\n")
		dumpBlock(&b, x.Body, "  ")
	}
	for _, o := range r.Outputs {
		fmt.Fprintf(&b, "output %s = %s\n", o.Name, show(eval.Value{V: o.Value}))
	}
	for _, m := range r.Moved {
		fmt.Fprintf(&b, "moved %s to %s\n", m.From, m.To)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note %s %s\n", n.Code, n)
	}
	return b.String()
}

func dumpBlock(b *strings.Builder, x *eval.Block, indent string) {
	for _, name := range x.Names() {
		fmt.Fprintf(b, "%s%s = %s\n", indent, name, show(x.Attrs[name]))
	}
	for _, n := range x.Blocks {
		fmt.Fprintf(b, "%s%s", indent, n.Type)
		for _, l := range n.Labels {
			fmt.Fprintf(b, " %q", l)
		}
		if n.Many {
			b.WriteString(" (number not known)")
		}
		b.WriteString("\n")
		dumpBlock(b, n, indent+"  ")
	}
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
		if r.Possible {
			s += " possibly"
		}
		s += ">"
	}
	return s
}

func root(t *testing.T, text string, opt eval.Options) *eval.Result {
	t.Helper()
	return eval.Root(fstest.MapFS{"main.tf": {Data: []byte(text)}}, ".", opt)
}

// A cycle between locals, modules that call themselves and brackets nested without
// end all end in a note, and leave the rest standing.
func TestHostileInput(t *testing.T) {
	for name, c := range map[string]struct {
		files fstest.MapFS
		note  string
	}{
		"locals in a cycle": {fstest.MapFS{"a.tf": {Data: []byte("locals {\n a = local.b\n b = local.a\n}\nresource \"t_x\" \"x\" {\n n = local.a\n}\n")}}, "cycle"},
		"a module that calls itself": {fstest.MapFS{
			"a.tf":   {Data: []byte("module \"m\" {\n source = \"./m\"\n}\nresource \"t_x\" \"x\" {\n}\n")},
			"m/a.tf": {Data: []byte("module \"m\" {\n source = \"../m\"\n}\n")},
		}, "cycle"},
		"resources in a cycle": {fstest.MapFS{"a.tf": {Data: []byte("resource \"t_x\" \"x\" {\n n = t_x.y.id\n}\nresource \"t_x\" \"y\" {\n n = t_x.x.n\n}\n")}}, "cycle"},
		"deep brackets": {fstest.MapFS{
			"a.tf": {Data: []byte("locals {\n a = " + strings.Repeat("[", 5000) + "\n}\n")},
			"b.tf": {Data: []byte("resource \"t_x\" \"x\" {\n}\n")},
		}, "limit"},
		"a product bomb": {fstest.MapFS{"a.tf": {Data: []byte("resource \"t_x\" \"x\" {\n n = length(setproduct(range(1000), range(1000), range(1000)))\n}\n")}}, "limit"},
		"a file that does not parse": {fstest.MapFS{
			"a.tf": {Data: []byte("resource \"t_x\" {{{\n")},
			"b.tf": {Data: []byte("resource \"t_x\" \"x\" {\n}\n")},
		}, "parse-error"},
	} {
		t.Run(name, func(t *testing.T) {
			r := eval.Root(c.files, ".", eval.Options{})
			if !hasNote(r.Notes, c.note) {
				t.Errorf("no note %q in %v", c.note, r.Notes)
			}
			if r.Lookup("t_x.x") == nil {
				t.Errorf("the resource beside it is lost: %v", r.Resources)
			}
		})
	}
}

func hasNote(notes []graph.Note, code string) bool {
	for _, n := range notes {
		if n.Code == code && n.Source.File != "" {
			return true
		}
	}
	return false
}

// Counts and lengths never follow from the spelling of a token.
func TestTokenDecidesNothing(t *testing.T) {
	for _, e := range []string{
		`t_x.a.arn == "x"`, `length(t_x.a.arn)`, `length(split(":", t_x.a.arn))`, `startswith(t_x.a.arn, "t")`,
		`t_x.a.arn == t_x.a.arn ? 1 : 2`, `contains(["x"], t_x.a.arn)`, `can(regex("^z", t_x.a.arn))`, `t_x.a.arn != "" && true`,
		`{ (t_x.a.arn) = 1 }[t_x.a.id]`, `lookup({ a = 1 }, t_x.a.arn, 2)`, `!(t_x.a.arn == "")`, `[for s in ["a"] : s if s == t_x.a.arn]`,
	} {
		r := root(t, "resource \"t_x\" \"a\" {\n}\noutput \"o\" {\n value = "+e+"\n}\n", eval.Options{})
		v := eval.Value{V: r.Outputs[0].Value}
		if v.Known() {
			t.Errorf("%s is %s, want unknown", e, show(v))
		}
		if len(v.Refs()) == 0 {
			t.Errorf("%s lost its reference", e)
		}
	}
}

func TestTokens(t *testing.T) {
	address := `module.a["x"].aws_s3_bucket.b[0]`
	s := "arn:aws:s3:::" + eval.Token(address) + "/*"
	got := eval.Tokens(s)
	if len(got) != 1 || got[0].Address != address || s[got[0].End:] != "/*" {
		t.Errorf("Tokens(%q) = %+v", s, got)
	}
	if got := eval.Tokens("⟦not closed"); got != nil {
		t.Errorf("an open token: %+v", got)
	}
}

func TestOptionsShapeAndCompute(t *testing.T) {
	r := root(t, "data \"t_doc\" \"d\" {\n  x = \"1\"\n}\nresource \"t_x\" \"a\" {\n}\noutput \"o\" {\n  value = \"${data.t_doc.d.json} ${t_x.a.arn}\"\n}\n", eval.Options{
		Shape: func(_ eval.Mode, typ, attr string) eval.Shape { return eval.Shape{Format: attr + "/" + typ + "/%s"} },
		Compute: map[string]func(*eval.Resource) map[string]cty.Value{
			"t_doc": func(r *eval.Resource) map[string]cty.Value {
				s, _ := r.Body.Get("x").Text()
				return map[string]cty.Value{"json": cty.StringVal("doc" + s)}
			},
		},
	})
	want := `"doc1 arn/t_x/⟦t_x.a⟧" <data.t_doc.d.json> <t_x.a.arn?>`
	if got := show(eval.Value{V: r.Outputs[0].Value}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// FuzzRoot: no input panics, and the same input gives the same result.
// circles are roots that include themselves, as a module, a template, a variable file
// or text, and such that nest deeply. FuzzRoot makes the files that they name of them.
var circles = []string{
	`locals { a = [for x in range(1000) : range(1000)] }
output "b" { value = setproduct(local.a, local.a, flatten(local.a)) }`,
	`locals {
  a = "aaaaaaaaaaaaaaaa"
  b = join(local.a, [for i in range(1000) : local.a])
  c = join(local.b, [for i in range(1000) : local.b])
  d = jsonencode([local.c, local.c, { for i in range(1000) : i => local.c }])
}`,
	`module "self" { source = "./" }
module "dot" { source = "." }
module "m" {
  source = "./m"
  x      = module.m.y
  count  = 100
}`,
	`module "m" { source = "./up" }`,
	`output "a" { value = templatefile("main.tf", { path = "main.tf", a = file("main.tf") }) }
output "b" { value = file("main.tf") }`,
	`output "a" { value = templatestring(file("main.tf"), { x = templatefile("main.tf", {}) }) }`,
	`a = file("terraform.tfvars")
variable "a" {}
b = var.a`,
	`resource "t_x" "a" {
  for_each = { for i in range(1000) : i => range(1000) }
  dynamic "b" {
    for_each = each.value
    content {
      dynamic "c" {
        for_each = range(1000)
        content {
          v = range(b.value)
        }
      }
    }
  }
}`,
	`locals {
  l0 = [1, 1]
  l1 = [local.l0, local.l0, local.l0, local.l0, local.l0, local.l0, local.l0, local.l0]
  l2 = [local.l1, local.l1, local.l1, local.l1, local.l1, local.l1, local.l1, local.l1]
  l3 = [local.l2, local.l2, local.l2, local.l2, local.l2, local.l2, local.l2, local.l2]
  l4 = [local.l3, local.l3, local.l3, local.l3, local.l3, local.l3, local.l3, local.l3]
  l5 = [local.l4, local.l4, local.l4, local.l4, local.l4, local.l4, local.l4, local.l4]
  l7 = flatten([local.l5, local.l5])
}
variable "i" { type = number }
output "o" { value = [local.l7[var.i], element(local.l5, var.i), format("%1000000d", 1), pow(9, pow(9, 9)), substr("x", 0, 1e9)] }`,
	`output "deep" { value = ` + strings.Repeat("[", 900) + strings.Repeat("]", 900) + ` }`,
	`output "deep" { value = ` + strings.Repeat("true ? ", 400) + "1" + strings.Repeat(" : 2", 400) + ` }`,
	`output "deep" { value = "` + strings.Repeat("${\"", 300) + strings.Repeat("\"}", 300) + `" }`,
}

func FuzzRoot(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, x := range a.Files {
			if strings.HasSuffix(x.Name, ".tf") {
				f.Add(x.Data)
			}
		}
	}
	for _, text := range circles {
		f.Add([]byte(text))
	}
	for _, name := range []string{"a range", "a product", "a wide format", "a long number"} { // the quick ones
		f.Add([]byte(bombs[name]))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		run := func(name string) string {
			fsys := fstest.MapFS{
				name: {Data: src}, "terraform.tfvars": {Data: src},
				"m/m.tf":   {Data: []byte("variable \"x\" {}\noutput \"y\" {\n value = var.x\n}\n")},
				"up/up.tf": {Data: []byte("module \"top\" {\n source = \"../\"\n}\n")},
			}
			return dump(eval.Root(fsys, ".", eval.Options{Limits: eval.Limits{Instances: 100}}))
		}
		if a, b := run("main.tf"), run("main.tf"); a != b {
			t.Errorf("two runs differ:\n%s\n%s", a, b)
		}
		run("main.tf.json")
	})
}
