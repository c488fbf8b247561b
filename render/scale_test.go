package render

import (
	"context"
	"fmt"
	"testing"
	"time"

	"drawbridge/graph"
)

// flat is n components that no boundary divides, each calling some others.
func flat(n int) *graph.Graph {
	s := &sample{}
	s.component("internet|external||Internet|||")
	for i := range n {
		s.component(fmt.Sprintf("c%04d|process|Service|component-%c%d||", i, 'a'+i%26, i))
		if i == 0 {
			s.flow("internet|c0000|https|443|yes")
			continue
		}
		s.flow(fmt.Sprintf("c%04d|c%04d|https|443|yes", i/2, i))
		s.flow(fmt.Sprintf("c%04d|c%04d|http|80|no", i, (i*7+3)%n))
	}
	return s.done()
}

// Every picture of a graph is one that can be read, and laid out in time, whatever its
// size, with boundaries and without.
func TestPicturesStaySmall(t *testing.T) {
	sizes := []int{40, 600}
	if !testing.Short() {
		sizes = append(sizes, 5000)
	}
	for _, n := range sizes {
		for name, g := range map[string]*graph.Graph{"nested": large(n), "flat": flat(n)} {
			pages, err := Pages(g, Options{})
			if err != nil {
				t.Fatal(err)
			}
			covered := map[string]bool{}
			for _, p := range pages {
				if boxes := len(p.view.boxes); boxes > 2*mostComponents+mostBoxes {
					t.Errorf("%s %d: page %s has %d boxes", name, n, p.Name, boxes)
				}
				if arrows := len(p.view.arrows); arrows > mostDrawn {
					t.Errorf("%s %d: page %s has %d arrows", name, n, p.Name, arrows)
				}
				for _, id := range shown(p) {
					covered[id] = true
				}
			}
			if len(covered) != n+1 {
				t.Errorf("%s %d: the pages show %d components", name, n, len(covered))
			}
		}
	}
}

func TestPicturesAreLaidOutInTime(t *testing.T) {
	l := graphviz(t)
	for _, n := range []int{40, 600, 5000} {
		for name, g := range map[string]*graph.Graph{"nested": large(n), "flat": flat(n)} {
			start := time.Now()
			pages, err := Pages(g, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := SVG(context.Background(), pages[0].DOT, l); err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			t.Logf("%s %d: %d pages, the first after %s", name, n, len(pages), took.Round(10*time.Millisecond))
			if took > 30*time.Second {
				t.Errorf("%s %d took %s", name, n, took)
			}
		}
	}
}

// The time from a model to its first picture.
func BenchmarkPicture(b *testing.B) {
	l := graphviz(b)
	for _, n := range []int{50, 200, 1000, 5000} {
		g := large(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				pages, err := Pages(g, Options{})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := SVG(context.Background(), pages[0].DOT, l); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
