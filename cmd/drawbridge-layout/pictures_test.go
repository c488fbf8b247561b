package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"drawbridge/cmd/internal/cli"
)

var update = flag.Bool("update", false, "rewrite the pictures of the README")

// TestMain makes the test's own program the layout program, where it is called so.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "drawbridge-layout" {
		os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// The README shows pictures of the examples as they are drawn now: what stands in them is
// the same. Where it stands is no test's affair, for a change of the layout moves it.
func TestPicturesOfTheReadme(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	programs := t.TempDir()
	if err := os.Symlink(self, filepath.Join(programs, "drawbridge-layout")); err != nil {
		t.Skipf("the test can't call itself: %v", err)
	}
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range []string{"three-tier", "shop"} {
		for _, theme := range []string{"light", "dark"} {
			name := filepath.Join(top, "testdata", "pictures", example+"-"+theme+".svg")
			drawn := filepath.Join(t.TempDir(), "drawn.svg")
			var out bytes.Buffer
			p := cli.Process{Stdout: &out, Stderr: &out, Dir: top, Env: []string{"PATH=" + programs}}
			if status := cli.Main([]string{"scan", "-o", drawn, "--theme", theme, "testdata/" + example}, p); status != 0 {
				t.Fatalf("status %d: %s", status, &out)
			}
			got, err := os.ReadFile(drawn)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, got, 0o666); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(texts(got), texts(want)) {
				t.Errorf("testdata/pictures/%s is stale: make update", filepath.Base(name))
			}
		}
	}
}

// texts are what is written in a picture, sorted.
func texts(svg []byte) []string {
	var out []string
	for _, m := range regexp.MustCompile(`<text[^>]*>([^<]*)</text>`).FindAllSubmatch(svg, -1) {
		out = append(out, string(m[1]))
	}
	slices.Sort(out)
	return out
}
