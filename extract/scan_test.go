package extract

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

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

func TestScanReadsModulesBesideTheScannedRoot(t *testing.T) {
	dir := t.TempDir()
	files := fstest.MapFS{
		".git/HEAD":            {Data: []byte("ref: refs/heads/main")},
		"live/main.tf":         {Data: []byte(`module "logs" { source = "../modules/logs" }`)},
		"modules/logs/main.tf": {Data: []byte(`resource "aws_s3_bucket" "logs" {}`)},
	}
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	g, err := Scan([]string{filepath.Join(dir, "live")}, Options{Exclude: []string{"none/**"}, LetPanic: true})
	if err != nil {
		t.Fatal(err)
	}
	c := graph.NewIndex(g).Component["module.logs.aws_s3_bucket.logs"]
	if c == nil || c.Source.File != "../modules/logs/main.tf" {
		t.Errorf("the module's bucket is %+v, want it at ../modules/logs/main.tf, in\n%s", c, graph.Format(g))
	}
}
