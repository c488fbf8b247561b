package kubernetes

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"drawbridge/graph"
)

var update = flag.Bool("update", false, "write the expectations of testdata anew")

const wantFile = "want"

// hidden are the details of the text form that a case shows only where its
// comment asks for them ("show: properties"), so that most stay about components and flows.
var hidden = map[string]string{
	"properties": "\tproperty ", "attributes": "\tattribute ", "tags": "\ttag ", "labels": "\tlabel ",
}

// TestRead runs the cases of testdata: the first line of each is the sentence
// under test, its files are the input, and "want" is the graph's text form.
func TestRead(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			g := read(archive, Options{})
			got := string(brief(graph.Format(g), string(archive.Comment)))
			if again := string(brief(graph.Format(read(archive, Options{})), string(archive.Comment))); again != got {
				t.Errorf("two runs differ (-first +second):\n%s", cmp.Diff(got, again))
			}
			want := ""
			for _, f := range archive.Files {
				if f.Name == wantFile {
					want = string(f.Data)
				}
			}
			if *update {
				archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == wantFile })
				archive.Files = append(archive.Files, txtar.File{Name: wantFile, Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
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

func read(archive *txtar.Archive, opt Options) *graph.Graph {
	fsys := fstest.MapFS{}
	for _, f := range archive.Files {
		if f.Name != wantFile {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return Read(fsys, manifestsOf(fsys), opt)
}

// manifestsOf lists the files that package extract would hand over.
func manifestsOf(fsys fs.FS) []string {
	var out []string
	_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(".yaml.yml.json", filepath.Ext(name)) {
			out = append(out, name)
		}
		return nil
	})
	return out
}

// brief leaves out the details that the comment does not ask for.
func brief(text []byte, comment string) []byte {
	var out []byte
	_, show, _ := strings.Cut(comment, "show:")
	for line := range bytes.Lines(text) {
		keep := true
		for name, prefix := range hidden {
			if bytes.HasPrefix(line, []byte(prefix)) && !strings.Contains(show, name) {
				keep = false
			}
		}
		if keep {
			out = append(out, line...)
		}
	}
	return out
}

// FuzzRead holds that no manifest makes the reader panic, and that reading one
// twice gives the same bytes.
func FuzzRead(f *testing.F) {
	// What libraries do in parallel and in the order of maps makes the coverage of one input
	// differ from run to run, so that nearly each looks new and none gets smaller: a minute
	// would be spent on each.
	if limit := flag.Lookup("test.fuzzminimizetime"); limit != nil && limit.Value.String() == limit.DefValue {
		if err := limit.Value.Set("10x"); err != nil {
			f.Fatal(err)
		}
	}
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var all []byte
		for _, input := range archive.Files {
			if input.Name != wantFile {
				all = append(append(all, "---\n"...), input.Data...)
			}
		}
		f.Add(all)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		fsys := fstest.MapFS{"d/f.yaml": {Data: content}}
		opt := Options{Nodes: 10_000}
		first := graph.Format(Read(fsys, []string{"d/f.yaml"}, opt))
		second := graph.Format(Read(fsys, []string{"d/f.yaml"}, opt))
		if !bytes.Equal(first, second) {
			t.Errorf("two runs differ (-first +second):\n%s", cmp.Diff(string(first), string(second)))
		}
	})
}
