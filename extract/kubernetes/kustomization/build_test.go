package kustomization

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"drawbridge/extract/kubernetes/manifest"
)

var update = flag.Bool("update", false, "write the expectations of testdata anew")

const wantFile = "want"

// TestBuild runs the cases of testdata: the first line of each is the sentence
// under test, the files are the input. In "want" each value stands with its place.
func TestBuild(t *testing.T) {
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
			fsys, want := fstest.MapFS{}, ""
			for _, f := range a.Files {
				if f.Name == wantFile {
					want = string(f.Data)
					continue
				}
				fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			got := buildAll(fsys)
			if again := buildAll(fsys); again != got {
				t.Errorf("two runs differ (-first +second):\n%s", cmp.Diff(got, again))
			}
			if *update {
				a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == wantFile })
				a.Files = append(a.Files, txtar.File{Name: wantFile, Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func buildAll(fsys fs.FS) string {
	var all []string
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, name)
		}
		return nil
	})
	var out strings.Builder
	for _, dir := range Roots(fsys, all) {
		fmt.Fprintf(&out, "root %s\n", dir)
		built, notes, err := Build(fsys, dir, manifest.Limits{})
		if err != nil {
			fmt.Fprintf(&out, "error %v\n", err)
		}
		for _, o := range built.Objects {
			fmt.Fprintf(&out, "%s %s at %s:%d\n", o.Kind, o.Name, o.File, o.Line())
			var value map[string]any
			if err := o.Decode(&value); err != nil {
				fmt.Fprintf(&out, "  undecodable: %v\n", err)
			}
			leaves(&out, o, value, nil)
		}
		for _, n := range notes {
			fmt.Fprintf(&out, "note %s %s: %s\n", n.Code, n.Source, n.Message)
		}
		fmt.Fprintf(&out, "read %s\n", strings.Join(built.Read, " "))
	}
	for _, dir := range Unused(fsys, all) {
		fmt.Fprintf(&out, "unused %s\n", dir)
	}
	return out.String()
}

// leaves writes the scalars below a value, but for what says what the object is.
func leaves(out *strings.Builder, o *manifest.Object, value any, path []any) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if len(path) > 0 || key != "apiVersion" && key != "kind" {
				leaves(out, o, v[key], append(slices.Clip(path), key))
			}
		}
	case []any:
		for i := range v {
			leaves(out, o, v[i], append(slices.Clip(path), i))
		}
	default:
		fmt.Fprintf(out, "%4d| %v: %q\n", o.Line(path...), path, fmt.Sprint(v))
	}
}

// FuzzBuild holds that no kustomization makes the builder panic.
func FuzzBuild(f *testing.F) {
	f.Add("resources: [a.yaml]\nnamePrefix: p-\n", "kind: A\napiVersion: v1\nmetadata: {name: a}\n")
	f.Add("configMapGenerator: [{name: c, literals: [a=b]}]\nimages: [{name: x, newTag: y}]\n", "")
	f.Add("patches: [{target: {kind: A}, patch: '[{op: remove, path: /spec}]'}]\nresources: [a.yaml]\n", "kind: A\napiVersion: v1\nmetadata: {name: a}\nspec: {}\n")
	f.Fuzz(func(t *testing.T, k, object string) {
		fsys := fstest.MapFS{"d/kustomization.yaml": {Data: []byte(k)}, "d/a.yaml": {Data: []byte(object)}}
		_, _, _ = Build(fsys, "d", manifest.Limits{Nodes: 10_000})
	})
}
