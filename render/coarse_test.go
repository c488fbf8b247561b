package render

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// slowDot is a dot that takes very long for more than some bytes.
func slowDot(t *testing.T, most int) Layouter {
	t.Helper()
	real, err := graphviz(t).LookPath("dot")
	if err != nil {
		t.Fatal(err)
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("the program sh is not installed")
	}
	script := filepath.Join(t.TempDir(), "dot")
	text := fmt.Sprintf("#!%s\nin=$(cat)\nif [ ${#in} -gt %d ]; then exec sleep 60; fi\nprintf '%%s' \"$in\" | exec %s \"$@\"\n", sh, most, real)
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return Layouter{
		LookPath: func(name string) (string, error) {
			if name == "dot" {
				return script, nil
			}
			return "", exec.ErrNotFound
		},
		Timeout: 6 * time.Second,
	}
}

// A page whose layout takes too long is drawn coarser, and says so: in the end with one box
// for each outermost boundary.
func TestCoarserWhenItTakesTooLong(t *testing.T) {
	pages, err := Pages(large(200), Options{Title: "large"})
	if err != nil {
		t.Fatal(err)
	}
	p := pages[0]
	fewer, err := drawDOT(p.coarser(coarsest), p.palette)
	if err != nil {
		t.Fatal(err)
	}
	if len(fewer) >= len(p.DOT) {
		t.Fatalf("the coarsest view takes %d bytes, the page %d", len(fewer), len(p.DOT))
	}
	l := slowDot(t, len(fewer))
	draw := func(dot []byte, l Layouter) ([]byte, error) { return SVG(context.Background(), dot, l) }
	svg, err := p.Draw(context.Background(), l, draw)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(svg), "coarser than meant") {
		t.Error("the picture does not say that it is coarser")
	}
	// What is fast enough is drawn as it is.
	svg, err = p.Draw(context.Background(), graphviz(t), draw)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(svg), "coarser than meant") {
		t.Error("a page that was laid out in time says that it is coarser")
	}
}
