package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each command has a page with what its help says, in which no text is taken for a request.
func TestManualPages(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if status := Main([]string{"man", dir}, Process{Stdout: &out, Stderr: &out, Dir: dir}); status != statusOK {
		t.Fatalf("status %d: %s", status, &out)
	}
	request := regexp.MustCompile(`(?m)^[.'](\S*)`)
	known := map[string]bool{"TH": true, "SH": true, "B": true, "TP": true, "PP": true, "nf": true, "fi": true}
	for _, c := range manCommands(rootCommand(Process{})) {
		page, err := os.ReadFile(filepath.Join(dir, manName(c)+".1"))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, m := range request.FindAllStringSubmatch(string(page), -1) {
			if !known[m[1]] {
				t.Errorf("%s: %q is a request", manName(c), m[0])
			}
		}
		if !strings.Contains(string(page), roff(c.Short)) {
			t.Errorf("%s: the page lacks what the command is for", manName(c))
		}
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		if os.Getenv("DRAWBRIDGE_NO_SKIP") != "" {
			t.Fatal(err)
		}
		t.Skip("groff is not installed: the pages were not set")
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil || len(pages) < 10 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	set, err := exec.CommandContext(t.Context(), groff, append([]string{"-ww", "-man", "-Tutf8"}, pages...)...).CombinedOutput()
	if err != nil || strings.Contains(string(set), "warning:") {
		t.Errorf("groff: %v\n%.2000s", err, set)
	}
}
