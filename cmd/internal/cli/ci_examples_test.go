package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// TestExamplesForCI: what others copy parses strictly, names files that the script
// writes, is pinned, may only read, and hands no name of a branch to a shell as a command.
// Where DRAWBRIDGE_CI_SCHEMAS names a folder with the platforms' own schemas (github-actions.json,
// github-workflows.json, gitlab-ci.json, as python-jsonschema/check-jsonschema collects them), the
// files are valid against those, too.
func TestExamplesForCI(t *testing.T) {
	top := "../../.."
	files, err := filepath.Glob(filepath.Join(top, ".ci/examples/*.yml"))
	if err != nil || len(files) < 2 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range append(files, filepath.Join(top, "action.yml"), filepath.Join(top, ".pre-commit-hooks.yaml")) {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := yaml.UnmarshalStrict(src, &v); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		text := string(src)
		if strings.Contains(text, "pull_request_target:") || strings.Contains(text, "on: pull_request_target") {
			t.Errorf("%s runs with a token on code that nobody has looked at", file)
		}
		for _, m := range regexp.MustCompile(`(?m)^\s*-? ?uses: (\S+)`).FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`@([0-9a-f]{40}|COMMIT)$`).MatchString(m[1]) {
				t.Errorf("%s: %s is not pinned to a commit", file, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`(?m)^\s*-? ?run: (.*)$`).FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "${{") {
				t.Errorf("%s: a value is a part of a command: %s", file, m[1])
			}
		}
		for _, name := range regexp.MustCompile(`threat-model/(\S+)`).FindAllStringSubmatch(text, -1) {
			known := slices.ContainsFunc(diffFormats, func(f diffFormat) bool { return f.usual && f.fileName() == path.Clean(name[1]) })
			if !known {
				t.Errorf("%s: the script writes no %s", file, name[1])
			}
		}
	}
	if folder := os.Getenv("DRAWBRIDGE_CI_SCHEMAS"); folder != "" {
		for file, schema := range map[string]string{
			"action.yml": "github-actions.json", ".ci/examples/github.yml": "github-workflows.json", ".github/workflows/ci.yml": "github-workflows.json",
			".ci/examples/gitlab.yml": "gitlab-ci.json",
		} {
			validateYAML(t, filepath.Join(top, file), filepath.Join(folder, schema))
		}
	}
	github, err := os.ReadFile(filepath.Join(top, ".ci/examples/github.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"permissions:\n  contents: read\n", "persist-credentials: false", "fetch-depth: 0", "on: pull_request\n"} {
		if !strings.Contains(string(github), want) {
			t.Errorf("the example for GitHub has no %q", want)
		}
	}
}

func validateYAML(t *testing.T, file, schema string) {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := yamlv3.Unmarshal(src, &doc); err != nil { // to which "on" is a name, as to the platform
		t.Fatal(err)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Errorf("%s: %v", file, err)
	} else {
		t.Logf("%s is valid against %s", file, filepath.Base(schema))
	}
}

// TestPreCommitHook: pre-commit reads the definition as a list of hooks, and the command that
// a hook runs exists with the flags that it has.
func TestPreCommitHook(t *testing.T) {
	src, err := os.ReadFile("../../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var hooks []struct {
		ID            string   `json:"id"`
		Name          string   `json:"name"`
		Description   string   `json:"description"`
		Entry         string   `json:"entry"`
		Args          []string `json:"args"`
		Language      string   `json:"language"`
		Files         string   `json:"files"`
		PassFilenames *bool    `json:"pass_filenames"`
		RequireSerial bool     `json:"require_serial"`
	}
	if err := yaml.UnmarshalStrict(src, &hooks); err != nil {
		t.Fatal(err)
	}
	if len(hooks) != 1 || hooks[0].ID == "" || hooks[0].Name == "" || hooks[0].Language != "golang" || hooks[0].PassFilenames == nil || *hooks[0].PassFilenames {
		t.Fatalf("%+v", hooks)
	}
	h := hooks[0]
	files, err := regexp.Compile(h.Files)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"a/main.tf": true, "x.tofu": true, "prod.tfvars": true, "k8s/web.yml": true, "web.yaml": true, "README.md": false, "main.go": false} {
		if files.MatchString(name) != want {
			t.Errorf("%s: want %v", name, want)
		}
	}
	r := newTestRepository(t)
	r.write("main.tf", queue("a"))
	r.commit("one")
	command := strings.Fields(h.Entry)
	if command[0] != "drawbridge" {
		t.Errorf("it runs %q", h.Entry)
	}
	args := append(command[1:], h.Args...)
	r.write("main.tf", queue("a")+queue("b"))
	r.git("add", "-A")
	run(t, r.dir, statusOK, args...)
	r.write("public.tf", publicBucket)
	r.git("add", "-A")
	run(t, r.dir, statusFindings, args...)
}

const publicBucket = `resource "aws_s3_bucket" "b" { bucket = "b" }
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${aws_s3_bucket.b.arn}/*" }] })
}
`
