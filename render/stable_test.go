package render

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"drawbridge/graph"
)

// places are where the boxes of a picture stand, by element ID.
func places(t *testing.T, g *graph.Graph, l Layouter) map[string]point {
	t.Helper()
	pages, err := Pages(g, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := layOut(context.Background(), pages[0], l)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]point{}
	for _, b := range pages[0].view.boxes {
		if r, ok := sheet.at[b.id]; ok {
			out[b.id] = point{(r.x0 + r.x1) / 2, (r.y0 + r.y1) / 2}
		}
	}
	return out
}

// kept is the share of pairs of boxes that stand to each other as before: left or right,
// above or below, or neither, a distance of one box counting as neither.
func kept(before, after map[string]point) (share float64, pairs int) {
	var ids []string
	for id := range before {
		if _, ok := after[id]; ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	side := func(d, least float64) int {
		switch {
		case math.Abs(d) < least:
			return 0
		case d < 0:
			return -1
		}
		return 1
	}
	opposite := func(a, b int) bool { return a*b < 0 }
	same := 0
	for i, a := range ids {
		for _, b := range ids[i+1:] {
			pairs++
			x0, y0 := before[a].x-before[b].x, before[a].y-before[b].y
			x1, y1 := after[a].x-after[b].x, after[a].y-after[b].y
			if !opposite(side(x0, 60), side(x1, 60)) && !opposite(side(y0, 25), side(y1, 25)) {
				same++
			}
		}
	}
	if pairs == 0 {
		return 1, 0
	}
	return float64(same) / float64(pairs), pairs
}

// smallChanges are ways to change a model a little; each returns the changed copy, nil
// where it can't.
var smallChanges = []struct {
	name   string
	change func(*graph.Graph) *graph.Graph
}{
	{"one added", func(g *graph.Graph) *graph.Graph {
		out := g.Clone()
		like := out.Components[len(out.Components)/2]
		added := *like
		added.ID, added.Address, added.Name = like.ID+"-added", like.Address+"_added", "added"
		out.Components = append(out.Components, &added)
		for _, f := range g.Flows {
			if f.To == like.ID {
				flow := *f
				flow.ID, flow.To = f.ID+"-added", added.ID
				out.Flows = append(out.Flows, &flow)
				break
			}
		}
		out.Sort()
		return out
	}},
	{"one removed", func(g *graph.Graph) *graph.Graph {
		out := g.Clone()
		gone := out.Components[len(out.Components)/2].ID
		out.Components = slices.DeleteFunc(out.Components, func(c *graph.Component) bool { return c.ID == gone })
		out.Flows = slices.DeleteFunc(out.Flows, func(f *graph.Flow) bool { return f.From == gone || f.To == gone })
		return out
	}},
	{"one renamed", func(g *graph.Graph) *graph.Graph {
		out := g.Clone()
		c := out.Components[len(out.Components)/3]
		c.Name += "-v2"
		return out
	}},
	{"one flow added", func(g *graph.Graph) *graph.Graph {
		out := g.Clone()
		n := len(out.Components)
		from, to := out.Components[n/4].ID, out.Components[3*n/4].ID
		if from == to {
			return nil
		}
		out.Flows = append(out.Flows, &graph.Flow{ID: "added", From: from, To: to, Protocol: "https", Port: 443, Basis: graph.Declared})
		out.Sort()
		return out
	}},
	{"one finding added", func(g *graph.Graph) *graph.Graph {
		out := g.Clone()
		out.Findings = append(out.Findings, &graph.Finding{ID: "added", Rule: "added", Severity: graph.Medium, Subject: out.Components[len(out.Components)/2].ID})
		return out
	}},
}

// A small change leaves the rest of the picture where it was. The models that
// DRAWBRIDGE_PICTURE_MODELS names are measured too.
func TestSmallChangesMoveLittle(t *testing.T) {
	l := graphviz(t)
	models := map[string]*graph.Graph{"shop": shop(), "boutique": boutique(), "large": large(200)}
	for _, folder := range filepath.SplitList(os.Getenv("DRAWBRIDGE_PICTURE_MODELS")) {
		files, err := filepath.Glob(filepath.Join(folder, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			models[filepath.Base(file)] = readModel(t, file)
		}
	}
	for _, change := range smallChanges {
		sum, n, worst, worstName := 0.0, 0, 1.0, ""
		for _, name := range sortedKeys(models) {
			g := models[name]
			if len(g.Components) < 5 {
				continue
			}
			changed := change.change(g)
			if changed == nil {
				continue
			}
			share, pairs := kept(places(t, g, l), places(t, changed, l))
			if pairs == 0 {
				continue
			}
			sum, n = sum+share, n+1
			if share < worst {
				worst, worstName = share, name
			}
		}
		t.Logf("%s: %.1f %% of pairs stand as before, mean of %d models; the least %.1f %% in %s", change.name, 100*sum/float64(n), n, 100*worst, worstName)
		if os.Getenv("DRAWBRIDGE_PICTURE_MODELS") == "" && sum/float64(n) < leastKept {
			t.Errorf("%s: only %.1f %% of pairs stand as before", change.name, 100*sum/float64(n))
		}
	}
}

// leastKept is about what is reached: less means that something stirs the picture up.
const leastKept = 0.7

func TestKept(t *testing.T) {
	at := func(xs ...float64) map[string]point {
		out := map[string]point{}
		for i, x := range xs {
			out[fmt.Sprint(i)] = point{x, 0}
		}
		return out
	}
	for _, tt := range []struct {
		before, after map[string]point
		want          float64
	}{
		{at(0, 100, 200), at(50, 150, 250), 1},
		{at(0, 100, 200), at(200, 100, 0), 0},
		{at(0, 100, 200), at(0, 200, 100), 2.0 / 3},
		{at(0, 100), at(0), 1},
	} {
		if got, _ := kept(tt.before, tt.after); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%v to %v: %f, want %f", tt.before, tt.after, got, tt.want)
		}
	}
}
