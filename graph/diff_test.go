package graph

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/tools/txtar"
)

// TestDiff runs testdata/diff/*.txtar: models "base" and "head" differ by "want".
func TestDiff(t *testing.T) {
	files, err := filepath.Glob("testdata/diff/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c := Diff(parseModel(t, archive.Files[0].Data), parseModel(t, archive.Files[1].Data))
			got := describe(c)
			if *update {
				archive.Files = append(archive.Files[:2], txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(archive.Files[2].Data), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func parseModel(t testing.TB, text []byte) *Graph {
	t.Helper()
	g, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// describe writes a change as lines for a golden.
func describe(c *Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "verdict %s\n", c.Verdict())
	for _, d := range c.Deltas {
		fmt.Fprintf(&b, "%s %s %s (%s)\n", d.Kind, d.Change, d.ID, d.Effect)
		for _, f := range d.Fields {
			fmt.Fprintf(&b, "\t%s %q -> %q\n", f.Field, f.Base, f.Head)
		}
		if len(d.BaseAt)+len(d.HeadAt) > 0 {
			fmt.Fprintf(&b, "\tat %v -> %v\n", d.BaseAt, d.HeadAt)
		}
	}
	for _, r := range c.Renames {
		fmt.Fprintf(&b, "rename %s -> %s: %s\n", r.Base, r.Head, r.Why)
	}
	for _, g := range c.Gaps {
		fmt.Fprintf(&b, "gap %s %s base=%v head=%v %v\n", g.Note.Code, g.Name(), g.InBase, g.InHead, g.Inputs)
	}
	return b.String()
}

// mirrored are the deltas without their order and with both sides exchanged.
func mirrored(c *Change) []string {
	change := map[DeltaChange]DeltaChange{Added: Removed, Removed: Added, Changed: Changed}
	var out []string
	for _, d := range c.Deltas {
		base, head := d.BaseID, d.ID
		if d.Change == Removed {
			head = ""
		}
		line := fmt.Sprintf("%s %s %q %q %v %v", d.Kind, change[d.Change], head, base, d.HeadAt, d.BaseAt)
		for _, f := range d.Fields {
			line += fmt.Sprintf(" %s %q %q", f.Field, f.Head, f.Base)
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

func plain(c *Change) []string {
	var out []string
	for _, d := range c.Deltas {
		base, head := d.BaseID, d.ID
		if d.Change == Removed {
			head = ""
		}
		line := fmt.Sprintf("%s %s %q %q %v %v", d.Kind, d.Change, base, head, d.BaseAt, d.HeadAt)
		for _, f := range d.Fields {
			line += fmt.Sprintf(" %s %q %q", f.Field, f.Base, f.Head)
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

func checkMirror(t *testing.T, a, b *Graph) {
	t.Helper()
	for _, g := range []*Graph{a, b} {
		if c := Diff(g, g); len(c.Deltas) > 0 || c.Verdict() != NoEffect {
			t.Fatalf("a model differs from itself:\n%s", describe(c))
		}
	}
	there, back := Diff(a, b), Diff(b, a)
	if diff := cmp.Diff(plain(there), mirrored(back)); diff != "" {
		t.Fatalf("the way back is no mirror (-there +back):\n%s\n%s\n%s", diff, Format(a), Format(b))
	}
	if (there.Verdict() == NoEffect) != (len(there.Deltas) == 0) {
		t.Fatalf("verdict %q with %d deltas", there.Verdict(), len(there.Deltas))
	}
}

func TestDiffMirrors(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 7))
		checkMirror(t, randomGraph(r), randomGraph(r))
	}
}

func FuzzDiff(f *testing.F) {
	files, err := filepath.Glob("testdata/diff/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data, archive.Files[1].Data)
	}
	f.Fuzz(func(t *testing.T, base, head []byte) {
		a, err := Parse(base)
		if err != nil {
			t.Skip()
		}
		b, err := Parse(head)
		if err != nil {
			t.Skip()
		}
		checkMirror(t, a, b)
	})
}

func TestChangeSchemaAcceptsWhatIsWritten(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(ChangeSchema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("change.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := compiler.Compile("change.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	_, g := full(t)
	for name, c := range map[string]*Change{"empty": Diff(g, g), "added": Diff(&Graph{}, g), "removed": Diff(g, &Graph{})} {
		var b bytes.Buffer
		if err := WriteChangeJSON(&b, c); err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(&b)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkDiff(b *testing.B) {
	base, head := bigGraph(10_000), bigGraph(10_000)
	for b.Loop() {
		if c := Diff(base, head); len(c.Deltas) > 0 {
			b.Fatal(c.Verdict())
		}
	}
}
