package render

import (
	"math"

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

// invisible is an edge that is not drawn and only holds boxes in a row.
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

// gridColumns makes a grid of n boxes a little wider than high: a column with its
// distance to the next is about three times as wide as a row is high.
func gridColumns(n int) int {
	return max(1, int(math.Round(math.Sqrt(float64(n)*0.8))))
}
