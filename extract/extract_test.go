package extract

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// twoRootsAndManifests is a small tree with one of everything.
const twoRootsAndManifests = `
-- a/main.tf --
resource "aws_s3_bucket" "logs" {}
-- b/main.tf --
resource "aws_s3_bucket" "logs" {}
-- deploy/web.txt.json --
{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {
  "selector": {"matchLabels": {"app": "web"}},
  "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}
}}
-- values.yaml --
kind: of values
`

func TestDirReadsEachRootAndAllManifests(t *testing.T) {
	files, _ := tree(t, txtar.Parse([]byte(twoRootsAndManifests)))
	g, err := Dir(files, Options{LetPanic: true})
	if err != nil {
		t.Fatal(err)
	}
	index := graph.NewIndex(g)
	for id, file := range map[string]string{
		"a:aws_s3_bucket.logs":   "a/main.tf",
		"b:aws_s3_bucket.logs":   "b/main.tf",
		"default/Deployment/web": "deploy/web.txt.json",
	} {
		if c := index.Component[id]; c == nil {
			t.Errorf("no component %s in\n%s", id, graph.Format(g))
		} else if c.Source.File != file {
			t.Errorf("%s comes from %s, want %s", id, c.Source.File, file)
		}
	}
}

func TestDirGivesTheSameBytesOnAnyNumberOfCores(t *testing.T) {
	files, _ := tree(t, txtar.Parse([]byte(twoRootsAndManifests)))
	for i := range 40 {
		files[fmt.Sprintf("more%d/main.tf", i)] = &fstest.MapFile{Data: []byte(`resource "aws_sqs_queue" "q" {}`)}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want string
	for _, cores := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(cores)
		g, err := Dir(files, Options{LetPanic: true})
		if err != nil {
			t.Fatal(err)
		}
		got := string(graph.Format(g))
		if want == "" {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%d cores (-one +got):\n%s", cores, diff)
		}
	}
}

func TestDirSaysThatThereIsNothing(t *testing.T) {
	g, err := Dir(fstest.MapFS{"README.md": {}, "values.yaml": {Data: []byte("a: b")}}, Options{LetPanic: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Notes) != 1 || g.Notes[0].Code != "nothing-found" {
		t.Errorf("got\n%swant one note nothing-found", graph.Format(g))
	}
}

func TestScan(t *testing.T) {
	dir := t.TempDir()
	files, _ := tree(t, txtar.Parse([]byte(twoRootsAndManifests)))
	files["a/other.tf"] = &fstest.MapFile{Data: []byte(`resource "aws_sqs_queue" "other" {}`)}
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		paths   []string
		exclude []string
		want    []string // places of components
	}{
		{"the whole tree", []string{"."}, nil, []string{"a/main.tf", "a/other.tf", "b/main.tf", "deploy/web.txt.json"}},
		{"one directory", []string{"a"}, nil, []string{"main.tf", "other.tf"}},
		{"two directories", []string{"deploy", "b"}, nil, []string{"b/main.tf", "deploy/web.txt.json"}},
		{"one in the other", []string{"a", "."}, nil, []string{"a/main.tf", "a/other.tf", "b/main.tf", "deploy/web.txt.json"}},
		{"one file without its neighbours", []string{"a/main.tf"}, nil, []string{"main.tf"}},
		{"a file and its directory", []string{"a/main.tf", "a"}, nil, []string{"main.tf", "other.tf"}},
		{"a manifest", []string{"deploy/web.txt.json"}, nil, []string{"web.txt.json"}},
		{"without a file of a module", []string{"."}, []string{"a/other.tf"}, []string{"a/main.tf", "b/main.tf", "deploy/web.txt.json"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var paths []string
			for _, p := range tt.paths {
				paths = append(paths, filepath.Join(dir, p))
			}
			g, err := Scan(paths, Options{Exclude: tt.exclude, LetPanic: true})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range g.Components {
				if !c.Source.IsZero() {
					got = append(got, c.Source.File)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, slices.Compact(got)); diff != "" {
				t.Errorf("places (-want +got):\n%s", diff)
			}
		})
	}
}

func TestScanOfWhatIsNotThere(t *testing.T) {
	_, err := Scan([]string{filepath.Join(t.TempDir(), "absent")}, Options{})
	if err == nil || !strings.Contains(err.Error(), "absent") {
		t.Errorf("error %v, want one that names the path", err)
	}
	if _, err := Scan(nil, Options{}); err == nil {
		t.Error("no error without a path")
	}
}

func TestScanFollowsNoLinkOutOfTheTree(t *testing.T) {
	dir := t.TempDir()
	inside, outside := filepath.Join(dir, "inside"), filepath.Join(dir, "outside")
	files := fstest.MapFS{
		"inside/main.tf":  {Data: []byte(`module "m" { source = "./m" }`)},
		"outside/main.tf": {Data: []byte(`resource "aws_s3_bucket" "secret" {}`)},
	}
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{filepath.Join(inside, "m"), filepath.Join(inside, "linked.tf")} {
		target := outside
		if strings.HasSuffix(link, ".tf") {
			target = filepath.Join(outside, "main.tf")
		}
		if err := os.Symlink(target, link); err != nil {
			t.Skip("no links here:", err)
		}
	}
	g, err := Scan([]string{inside}, Options{LetPanic: true})
	if err != nil {
		t.Fatal(err)
	}
	text := string(graph.Format(g))
	if strings.Contains(text, "secret") || !strings.Contains(text, "link-outside") {
		t.Errorf("got\n%swant a note of the link and nothing of its target", text)
	}
}

func TestAPanicCostsOnlyWhatWasRead(t *testing.T) {
	list := []job{
		{"the Terraform root a", graph.Source{File: "a"}, func() *graph.Graph {
			var g *graph.Graph
			return &graph.Graph{Notes: g.Notes}
		}},
		{"the Terraform root b", graph.Source{File: "b"}, func() *graph.Graph {
			return &graph.Graph{Components: []*graph.Component{{ID: "b"}}}
		}},
	}
	g := Merge(inParallel(list, false)...)
	if len(g.Components) != 1 || len(g.Notes) != 1 {
		t.Fatalf("got\n%swant component b and one note", graph.Format(g))
	}
	n := g.Notes[0]
	if n.Code != "internal-error" || n.File != "a" || !strings.Contains(n.Message, "the Terraform root a failed in drawbridge/extract.TestAPanic") {
		t.Errorf("note %+v", n)
	}
}

func TestViewHidesFromEveryWayOfReading(t *testing.T) {
	files := fstest.MapFS{"a/x.tf": {}, "a/y.tf": {}, "b/z.tf": {}}
	v := view{files, func(name string) bool { return name == "a/y.tf" || name == "b" || strings.HasPrefix(name, "b/") }}
	if err := fstest.TestFS(v, "a/x.tf"); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"a/y.tf", "b", "b/z.tf"} {
		_, open := v.Open(name)
		_, stat := fs.Stat(v, name)
		_, file := fs.ReadFile(v, name)
		for _, err := range []error{open, stat, file} {
			if !os.IsNotExist(err) {
				t.Errorf("%s: error %v, want that it does not exist", name, err)
			}
		}
	}
}
