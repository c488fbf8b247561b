package extract

import (
	"fmt"
	"runtime"
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
