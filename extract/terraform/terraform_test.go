package terraform_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drawbridge/extract/terraform"
	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected graphs in testdata")

// TestRead runs testdata/*.txtar: Terraform files, and the graphs of their roots
// in a last file called "graph". Raw attributes and tags are left out of it.
func TestRead(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := ""
			a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool {
				if f.Name == "graph" {
					want = string(f.Data)
				}
				return f.Name == "graph"
			})
			got := readAll(t, a)
			if *update {
				a.Files = append(a.Files, txtar.File{Name: "graph", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("graph (-want +got):\n%s", diff)
			}
			if again := readAll(t, a); again != got {
				t.Errorf("a second reading differs:\n%s", cmp.Diff(got, again))
			}
		})
	}
}

func readAll(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	fsys, err := txtar.FS(a)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, root := range terraform.Roots(fsys, names(t, fsys)) {
		g := terraform.Read(fsys, root, terraform.Options{})
		for _, c := range g.Components {
			c.Attributes, c.Tags = nil, nil
		}
		for _, bd := range g.Boundaries {
			bd.Attributes = nil
		}
		b.Write(graph.Format(g))
	}
	return b.String()
}

func names(t *testing.T, fsys fs.FS) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAttributes(t *testing.T) {
	fsys, err := txtar.FS(txtar.Parse([]byte(`
-- main.tf --
variable "password" {
  sensitive = true
  default   = "hunter22"
}
resource "aws_sqs_queue" "q" {}
resource "aws_lambda_function" "f" {
  function_name = "f"
  tags          = { team = "shop" }
  environment {
    variables = {
      QUEUE    = aws_sqs_queue.q.arn
      PASSWORD = var.password
      MODE     = "fast"
    }
  }
  vpc_config {
    subnet_ids = ["subnet-1", "subnet-2"]
  }
}
`)))
	if err != nil {
		t.Fatal(err)
	}
	g := terraform.Read(fsys, ".", terraform.Options{})
	f := graph.NewIndex(g).Component["aws_lambda_function.f"]
	want := map[string]string{
		"environment.variables.MODE":     "fast",
		"environment.variables.PASSWORD": "(sensitive)",
		"environment.variables.QUEUE":    "arn:aws:sqs:REGION:ACCOUNT:${aws_sqs_queue.q}",
		"function_name":                  "f",
		"vpc_config.subnet_ids.0":        "subnet-1",
		"vpc_config.subnet_ids.1":        "subnet-2",
	}
	if diff := cmp.Diff(want, f.Attributes); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"team": "shop"}, f.Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

func TestRoots(t *testing.T) {
	for _, tc := range []struct {
		about, files string
		want         []string
	}{
		{"a called directory is no root", `
-- main.tf --
module "a" { source = "./modules/a" }
-- modules/a/main.tf --
module "b" { source = "../b" }
-- modules/b/main.tf --
resource "null_resource" "x" {}
`, []string{"."}},
		{"a module that nobody calls is one", `
-- env/prod/main.tf --
module "a" { source = "../../modules/a" }
-- modules/a/main.tf --
-- modules/c/main.tf.json --
{"resource": {}}
`, []string{"env/prod", "modules/c"}},
		{"a call from an example counts, a registry source does not", `
-- examples/simple/main.tofu --
module "it" { source = "../../" }
module "other" { source = "hashicorp/consul/aws" }
-- main.tf --
-- README.md --
`, []string{"examples/simple"}},
		{"a call in JSON counts, a file that does not parse is still part of a root", `
-- a/main.tf.json --
{"module": {"x": {"source": "../b"}}}
-- b/main.tf --
-- c/main.tf --
resource "aws_instance" {
`, []string{"a", "c"}},
	} {
		t.Run(tc.about, func(t *testing.T) {
			fsys, err := txtar.FS(txtar.Parse([]byte(tc.files)))
			if err != nil {
				t.Fatal(err)
			}
			got := terraform.Roots(fsys, names(t, fsys))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("roots (-want +got):\n%s", diff)
			}
		})
	}
}
