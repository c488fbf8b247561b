package cli

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestExamplesForCI: what others copy parses strictly, names files that the script
// writes, is pinned, may only read, and hands no name of a branch to a shell as a command.
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
