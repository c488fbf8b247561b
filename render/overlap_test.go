package render

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drawbridge/graph"
)

// overlap is a fault of a picture: of which kind, and what stands on what.
type overlap struct{ kind, what string }

func (o overlap) String() string { return o.kind + ": " + o.what }

// overlapsOf looks for what cannot be read in a finished picture: a text outside of its
// box, labels over each other, over a box, over the title of a boundary or outside of the picture, boxes over each
// other, and a box on the edge of a boundary that is not its own. texts counts what was
// looked at.
func overlapsOf(svg []byte) (faults []overlap, texts int, err error) {
	root, err := parseSVG(svg)
	if err != nil {
		return nil, 0, err
	}
	picture := root.find(func(e *element) bool { return e.attr("class") == "graph" })
	type thing struct {
		name string
		rect rect
	}
	var boxes, labels, titles, outlines []thing
	fault := func(kind, format string, args ...any) {
		faults = append(faults, overlap{kind, fmt.Sprintf(format, args...)})
	}
	for _, e := range picture.children {
		e.each(func(x *element) {
			if x.name == "text" {
				texts++
			}
		})
		switch e.attr("class") {
		case "node":
			shape, _ := bounds(e.find(isShape))
			boxes = append(boxes, thing{e.attr("id"), shape})
			e.each(func(x *element) {
				if x.name != "text" {
					return
				}
				if r, _ := bounds(x); r.overlap(shape) < r.overlap(r)-1 {
					fault("text outside of its box", "%q of %s", x.text, e.attr("id"))
				}
			})
		case "flow-label":
			r, _ := bounds(e)
			labels = append(labels, thing{e.attr("id"), r})
		case "boundary-title":
			r, _ := bounds(e)
			titles = append(titles, thing{e.find(func(x *element) bool { return x.name == "text" }).text, r})
		case "cluster":
			r, _ := bounds(e.find(isShape))
			outlines = append(outlines, thing{e.attr("id"), r})
		}
	}
	room := background(picture)
	for _, l := range labels {
		if l.rect.overlap(room) < l.rect.overlap(l.rect)-1 {
			fault("a label outside of the picture", "%s", l.name)
		}
	}
	if len(boxes) == 0 {
		return nil, texts, errors.New("no boxes")
	}
	apart := func(kind string, a, b []thing, same bool) {
		for i := range a {
			for k := range b {
				if same && k <= i {
					continue
				}
				if area := a[i].rect.overlap(b[k].rect); area > 2 {
					fault(kind, "%.0f of %s and %s", area, a[i].name, b[k].name)
				}
			}
		}
	}
	apart("boxes over each other", boxes, boxes, true)
	apart("labels over each other", labels, labels, true)
	apart("a label over a box", labels, boxes, false)
	apart("a label over a title", labels, titles, false)
	apart("titles over each other", titles, titles, true)
	apart("a title over a box", titles, boxes, false)
	for _, b := range boxes {
		for _, o := range outlines {
			if area := b.rect.overlap(o.rect); area > 2 && area < b.rect.overlap(b.rect)-2 {
				fault("a box on the edge of a boundary", "%s on %s", b.name, o.name)
			}
		}
	}
	return faults, texts, nil
}

// TestPicturesOfModels draws the saved models (of 'drawbridge baseline' or 'scan --format
// json') in the folders that DRAWBRIDGE_PICTURE_MODELS names, and tells how many faults
// are left.
func TestPicturesOfModels(t *testing.T) {
	folders := filepath.SplitList(os.Getenv("DRAWBRIDGE_PICTURE_MODELS"))
	if len(folders) == 0 {
		t.Skip("DRAWBRIDGE_PICTURE_MODELS names no folder of saved models")
	}
	l := graphviz(t)
	count := map[string]int{}
	pictures, models, texts, failed := 0, 0, 0, 0
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			g := readModel(t, file)
			if len(g.Components) == 0 {
				continue
			}
			models++
			pages, err := Pages(g, Options{Title: filepath.Base(file)})
			if err != nil {
				t.Error(err)
				continue
			}
			for _, p := range pages {
				start := time.Now()
				svg, err := SVG(context.Background(), p.DOT, l)
				if err != nil {
					failed++
					t.Errorf("%s %s: %v", file, p.Name, err)
					continue
				}
				if took := time.Since(start); took > 5*time.Second {
					t.Logf("%s %s took %s", file, p.Name, took.Round(time.Second/10))
				}
				pictures++
				faults, n, err := overlapsOf(svg)
				if err != nil && len(p.view.boxes) > 0 { // there are models of identities only
					t.Errorf("%s %s: %v", file, p.Name, err)
				}
				texts += n
				for _, f := range faults {
					count[f.kind]++
					t.Logf("%s %s: %s", strings.TrimSuffix(filepath.Base(file), ".json"), p.Name, f)
				}
			}
		}
	}
	t.Logf("%d models, %d pictures with %d texts, %d not drawn", models, pictures, texts, failed)
	left := 0
	for _, kind := range sortedKeys(count) {
		t.Logf("%d %s", count[kind], kind)
		left += count[kind]
	}
	t.Logf("%d faults are left", left)
}

func readModel(t *testing.T, file string) *graph.Graph {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() // opened for reading
	g, err := graph.ReadJSON(f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return g
}
