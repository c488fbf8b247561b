package render

import (
	"math"
	"slices"

	"drawbridge/graph"
)

// chainWeights gives each arrow its weight for layout: the way in from the
// internet (from all callers where the internet is not there) is drawn as straight
// as it can be, everything else gives way.
func chainWeights(v *view) map[*arrow]int {
	const (
		first, least = 10, 5 // on the chain, falling with the distance
		other        = 1
	)
	from := map[*box][]*arrow{}
	for _, a := range v.arrows {
		from[a.from] = append(from[a.from], a)
	}
	var queue []*box
	for _, b := range v.boxes {
		if b.id == elementID("c-", graph.InternetID) {
			queue = append(queue, b)
		}
	}
	if len(queue) == 0 {
		for _, b := range v.boxes {
			if b.caller {
				queue = append(queue, b)
			}
		}
	}
	weights := map[*arrow]int{}
	distance := map[*box]int{}
	for _, b := range queue {
		distance[b] = 0
	}
	for ; len(queue) > 0; queue = queue[1:] {
		b := queue[0]
		for _, a := range from[b] {
			if _, seen := distance[a.to]; seen {
				continue
			}
			distance[a.to] = distance[b] + 1
			weights[a] = max(first-distance[b], least)
			queue = append(queue, a.to)
		}
	}
	for _, a := range v.arrows {
		switch {
		case weights[a] > 0:
		case a.from.caller && distance[a.to] > 1:
			// A caller that reaches far in must not pull its target out to the edge.
			weights[a] = 0
		default:
			weights[a] = other
		}
	}
	return weights
}

// shelves finds the boundaries that directly hold nothing but stores which others
// call: drawn in one column they read as one tier.
func shelves(v *view) map[string]bool {
	const most = 6
	sends, receives := map[*box]bool{}, map[*box]bool{}
	for _, a := range v.arrows {
		sends[a.from], receives[a.to] = true, true
	}
	count, other := map[string]int{}, map[string]bool{}
	for _, b := range v.boxes {
		if b.frame == "" {
			continue
		}
		count[b.frame]++
		if b.shape != storeShape || sends[b] || !receives[b] {
			other[b.frame] = true
		}
	}
	out := map[string]bool{}
	for frame, n := range count {
		out[frame] = n > 1 && n <= most && !other[frame]
	}
	return out
}

// invisible is an edge that is not drawn and only holds boxes in place.
type invisible struct {
	from, to *box
	weight   int
}

// gridHints sets the boxes without any arrow in rows within their boundary. Left
// alone, all of them would stand in one tall column.
func gridHints(v *view) []invisible {
	joined := map[*box]bool{}
	for _, a := range v.arrows {
		joined[a.from], joined[a.to] = true, true
	}
	lonely := map[string][]*box{}
	for _, b := range v.boxes {
		if !joined[b] {
			lonely[b.frame] = append(lonely[b.frame], b)
		}
	}
	var out []invisible
	for _, frame := range sortedKeys(lonely) {
		boxes := lonely[frame]
		columns := gridColumns(len(boxes))
		for i := range boxes {
			if (i+1)%columns != 0 && i+1 < len(boxes) {
				out = append(out, invisible{boxes[i], boxes[i+1], 1})
			}
		}
	}
	return out
}

// gridColumns makes a grid of n boxes a good deal wider than high, as screens are,
// though a column with its distance to the next is several times as wide as a row.
func gridColumns(n int) int {
	return max(1, int(math.Round(math.Sqrt(float64(n)*1.1))))
}

// islandHints sets boundaries that no flow joins with anything else side by side.
// Left alone, they would all start at the left edge and pile up.
func islandHints(v *view, grid []invisible) []invisible {
	const widest = 8 // columns in a row of islands
	columns := longestPaths(v, grid)
	parent := map[string]string{}
	for _, f := range v.frames {
		parent[f.boundary.ID] = f.boundary.Parent
	}
	inside := map[string][]*box{} // by boundary, at any depth
	for _, b := range v.boxes {
		for id := range around(b.frame, parent) {
			inside[id] = append(inside[id], b)
		}
	}
	open := map[string]bool{} // some flow leaves or enters it
	for _, a := range v.arrows {
		from, to := around(a.from.frame, parent), around(a.to.frame, parent)
		for id := range from {
			open[id] = open[id] || !to[id]
		}
		for id := range to {
			open[id] = open[id] || !from[id]
		}
	}
	var out []invisible
	used := map[string]int{}     // columns of the row so far, by parent
	last := map[string][]*box{}  // the island before in that row
	for _, f := range v.frames { // parents before children, then by ID
		id := f.boundary.ID
		if open[id] {
			continue
		}
		width := 0
		for _, b := range inside[id] {
			width = max(width, columns[b]+1)
		}
		p := parent[id]
		if used[p] > 0 && used[p]+width <= widest {
			out = append(out, sideBySide(last[p], inside[id], columns)...)
			used[p] += width
		} else {
			used[p] = width
		}
		last[p] = inside[id]
	}
	return out
}

// around lists a boundary and all around it.
func around(id string, parent map[string]string) map[string]bool {
	out := map[string]bool{}
	for id != "" && !out[id] {
		out[id] = true
		id = parent[id]
	}
	return out
}

// sideBySide holds every box that starts the right island behind one that ends the
// left.
func sideBySide(left, right []*box, columns map[*box]int) []invisible {
	end := slices.MaxFunc(left, func(a, b *box) int { return columns[a] - columns[b] })
	var out []invisible
	for _, b := range right {
		if columns[b] == 0 {
			out = append(out, invisible{end, b, 0})
		}
	}
	return out
}

// longestPaths tells how far right each box will stand: about what Graphviz makes
// of it. A flow that closes a cycle is left out.
func longestPaths(v *view, grid []invisible) map[*box]int {
	before := map[*box][]*box{}
	for _, a := range v.arrows {
		before[a.to] = append(before[a.to], a.from)
	}
	for _, g := range grid {
		before[g.to] = append(before[g.to], g.from)
	}
	columns := make(map[*box]int, len(v.boxes))
	visiting := map[*box]bool{}
	var visit func(b *box) int
	visit = func(b *box) int {
		if n, done := columns[b]; done {
			return n
		}
		visiting[b] = true
		n := 0
		for _, p := range before[b] {
			if !visiting[p] {
				n = max(n, visit(p)+1)
			}
		}
		visiting[b] = false
		columns[b] = n
		return n
	}
	for _, b := range v.boxes {
		visit(b)
	}
	return columns
}
