package plan_test

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
	"drawbridge/extract/terraform/plan"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// TestCases reads the first file of each archive, with those after it beside, and
// compares with the archive's last file, "want". The first line of an archive is the
// sentence under test.
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
			last := len(a.Files) - 1
			if a.Files[last].Name != "want" {
				t.Fatalf("the last file is %s, not want", a.Files[last].Name)
			}
			fsys := fstest.MapFS{}
			for _, f := range a.Files[:last] {
				fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			got := read(fsys, a.Files[0].Name)
			if *update {
				a.Files[last].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(a.Files[last].Data), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if again := read(fsys, a.Files[0].Name); again != got {
				t.Errorf("the second reading differs (-first +second)\n%s", cmp.Diff(got, again))
			}
		})
	}
}

func read(fsys fs.FS, file string) string {
	r, err := plan.Read(fsys, file, plan.Options{})
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	return dump(r)
}

// dump writes a result for reviewers: a block for each instance, each value with
// what it derives from, a question mark behind what is computed.
func dump(r *eval.Result) string {
	var b strings.Builder
	for _, x := range r.Resources {
		fmt.Fprintf(&b, "%s %s", x.Address, x.Source)
		if x.Provider != "" {
			fmt.Fprintf(&b, " provider=%s", x.Provider)
		}
		b.WriteString("\n")
		dumpBlock(&b, x.Body, "  ")
	}
	for _, p := range r.Providers {
		fmt.Fprintf(&b, "provider %s %s\n", p.Name, p.Alias)
		dumpBlock(&b, p.Body, "  ")
	}
	for _, o := range r.Outputs {
		fmt.Fprintf(&b, "output %s = %s\n", o.Name, show(eval.Value{V: o.Value}))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note %s %s\n", n.Code, n)
	}
	return b.String()
}

func dumpBlock(b *strings.Builder, body *eval.Block, indent string) {
	for _, name := range body.Names() {
		fmt.Fprintf(b, "%s%s = %s\n", indent, name, show(body.Attrs[name]))
	}
	for _, n := range body.Blocks {
		fmt.Fprintf(b, "%s%s %s\n", indent, n.Type, n.Source)
		dumpBlock(b, n, indent+"  ")
	}
}

// show writes a value with its parts' own marks where it has parts.
func show(v eval.Value) string {
	var parts []string
	if fields := v.Fields(); fields != nil {
		for _, name := range (&eval.Block{Attrs: fields}).Names() {
			parts = append(parts, name+"="+show(fields[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	u, _ := v.V.Unmark()
	if t := u.Type(); u.IsKnown() && !u.IsNull() && t.IsTupleType() {
		for _, e := range v.Elements() {
			parts = append(parts, show(e))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	s, ok := v.JSON()
	switch {
	case v.IsNull():
		s = "null"
	case !ok:
		s = "?"
	case v.IsSensitive():
		s = "(sensitive)"
	}
	var refs []string
	for _, ref := range v.Refs() {
		text := ref.Address
		if ref.Attr != "" {
			text += "." + ref.Attr
		}
		if ref.Computed {
			text += "?"
		}
		refs = append(refs, text)
	}
	if len(refs) > 0 {
		s += " <" + strings.Join(refs, " ") + ">"
	}
	return s
}
