package render

import "drawbridge/graph"

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
