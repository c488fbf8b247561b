package extract

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
)

// remembered is a tree of three roots, two of which share a module, and of manifests.
var remembered = map[string]string{
	"a/main.tf":      `module "q" { source = "../parts" }`,
	"b/main.tf":      "module \"q\" { source = \"../parts\" }\nresource \"aws_s3_bucket\" \"b\" { bucket = fileexists(\"${path.module}/name\") ? file(\"${path.module}/name\") : \"none\" }",
	"c/main.tf":      `resource "aws_sqs_queue" "c" { name = join("-", fileset(path.module, "queues/*")) }`,
	"c/queues/one":   "",
	"parts/queue.tf": `resource "aws_sqs_queue" "q" { name = "q" }`,
	"k8s/web.yaml":   "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers: [{name: web, image: \"web:1\"}]\n",
	"notes.txt":      "nothing",
}

func mapFS(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, content := range files {
		out[name] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
	}
	return out
}

func TestMemoryReadsAgainWhatDiffers(t *testing.T) {
	const parts = 4 // a, b, c and the manifests
	for _, c := range []struct {
		name string
		edit func(files map[string]string)
		read int // parts that are read again
	}{
		{"nothing", func(map[string]string) {}, 0},
		{"a file that no reader opens", func(f map[string]string) { f["notes.txt"] = "something" }, 0},
		{"a file of one root", func(f map[string]string) { f["c/main.tf"] += "\n# more" }, 1},
		{"a new file of one root", func(f map[string]string) { f["c/more.tf"] = "" }, 1},
		{"a removed root", func(f map[string]string) { delete(f, "a/main.tf") }, 0},
		{"the module that two roots share", func(f map[string]string) { f["parts/queue.tf"] = `resource "aws_sqs_queue" "z" {}` }, 2},
		{"a new file of the module", func(f map[string]string) { f["parts/more.tf"] = `resource "aws_sqs_queue" "z" {}` }, 2},
		{"a file that was looked for and not there", func(f map[string]string) { f["b/name"] = "new" }, 1},
		{"a file that a pattern found", func(f map[string]string) { f["c/queues/two"] = "" }, 1},
		{"a manifest", func(f map[string]string) { f["k8s/web.yaml"] = strings.ReplaceAll(f["k8s/web.yaml"], "web", "api") }, 1},
		{"another manifest", func(f map[string]string) { f["k8s/api.yaml"] = f["k8s/web.yaml"] }, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := Options{LetPanic: true, Memory: &Memory{}}
			if _, err := Dir(mapFS(remembered), opt); err != nil {
				t.Fatal(err)
			}
			after := maps.Clone(remembered)
			c.edit(after)
			checkMemory(t, opt, after)
			roots := parts
			if _, ok := after["a/main.tf"]; !ok {
				roots--
			}
			if got := roots - opt.Memory.reused; got != c.read {
				t.Errorf("%d parts were read again, want %d", got, c.read)
			}
		})
	}
}

// checkMemory compares a reading with a memory to one without.
func checkMemory(t *testing.T, opt Options, files map[string]string) {
	t.Helper()
	got, err := Dir(mapFS(files), opt)
	if err != nil {
		t.Fatal(err)
	}
	opt.Memory = nil
	want, err := Dir(mapFS(files), opt)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(graph.Format(want), graph.Format(got)); diff != "" {
		t.Fatalf("a reading with a memory gives something else (-without +with):\n%s", diff)
	}
	// Whoever has the result may change it.
	for _, c := range got.Components {
		c.Parts = append(c.Parts, "changed")
		c.Set(graph.PropPublic, graph.Yes, graph.Evidence{})
		c.Name = "changed"
	}
}

func TestMemoryOverManyEdits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	opt := Options{LetPanic: true, Memory: &Memory{}}
	files := maps.Clone(remembered)
	for i := range 60 {
		names := slices.Sorted(maps.Keys(files))
		name := names[r.IntN(len(names))]
		switch r.IntN(4) {
		case 0:
			files[name] = remembered[name] + fmt.Sprintf("\n# %d\n", i)
		case 1:
			delete(files, name)
		case 2:
			files = maps.Clone(remembered)
		default:
			files[fmt.Sprintf("%s/x%d.tf", []string{"a", "b", "shared", "d"}[r.IntN(4)], i)] = fmt.Sprintf("resource \"aws_sqs_queue\" \"x%d\" {}", i)
		}
		checkMemory(t, opt, files)
	}
}

func TestMemoryIsOfOneSetOfOptions(t *testing.T) {
	m := &Memory{}
	for range 2 {
		if _, err := Dir(mapFS(remembered), Options{Memory: m}); err != nil {
			t.Fatal(err)
		}
	}
	if m.reused == 0 {
		t.Error("nothing was remembered")
	}
	opt := Options{Memory: m}
	opt.Terraform.Eval.Workspace = "other"
	if _, err := Dir(mapFS(remembered), opt); err != nil {
		t.Fatal(err)
	}
	if m.reused != 0 {
		t.Errorf("%d results of other options were taken", m.reused)
	}
}

// TestMemoryOfLinkedRoots: what joins roots is told by files that the joined roots do
// not open, and decides about their model all the same.
func TestMemoryOfLinkedRoots(t *testing.T) {
	files := map[string]string{
		"one/main.tf": "terraform {\n  backend \"s3\" {\n    bucket = \"states\"\n    key = \"one\"\n  }\n}\nresource \"aws_sqs_queue\" \"q\" {}\noutput \"url\" { value = aws_sqs_queue.q.url }",
		"two/main.tf": "data \"terraform_remote_state\" \"one\" {\n  backend = \"s3\"\n  config = { bucket = \"states\", key = \"one\" }\n}\nresource \"aws_lambda_function\" \"f\" {\n  environment {\n    variables = { Q = data.terraform_remote_state.one.outputs.url }\n  }\n}",
	}
	opt := Options{LetPanic: true, Memory: &Memory{}}
	checkMemory(t, opt, files)
	checkMemory(t, opt, files)
	if opt.Memory.reused != 1 {
		t.Errorf("%d parts were taken, want the one of both roots", opt.Memory.reused)
	}
	for _, edit := range []func(){
		func() {
			files["one/main.tf"] = strings.ReplaceAll(files["one/main.tf"], "aws_sqs_queue", "aws_sns_topic")
		},
		func() { files["three/main.tf"] = files["one/main.tf"] }, // now two keep the state
		func() { files["one/main.tf"] = strings.ReplaceAll(files["one/main.tf"], `"one"`, `"other"`) },
	} {
		edit()
		checkMemory(t, opt, files)
	}
}
