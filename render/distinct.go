package render

import (
	"cmp"
	"slices"
	"strings"

	"drawbridge/graph"
)

// distinct is a graph in which boundaries of the same kind and name, side by side, are told
// apart: by the folder that each was read from ("AWS account · staging"), or else by
// their addresses. What differs from g is a copy.
func distinct(g *graph.Graph) *graph.Graph {
	type place struct{ parent, kind, name string }
	alike := map[place][]int{}
	for i, b := range g.Boundaries {
		p := place{b.Parent, boundaryWord(b), b.Name}
		alike[p] = append(alike[p], i)
	}
	out := g
	for _, list := range alike {
		if len(list) == 1 {
			continue
		}
		if out == g {
			shallow := *g
			shallow.Boundaries = slices.Clone(g.Boundaries)
			out = &shallow
		}
		var folders, addresses []string
		for _, i := range list {
			b := g.Boundaries[i]
			folders, addresses = append(folders, folderOf(b)), append(addresses, cmp.Or(b.Address, b.ID))
		}
		tell := shortestEnds(folders)
		if tell == nil {
			tell = addresses
		}
		for at, i := range list {
			b := *g.Boundaries[i]
			b.Name = strings.TrimSuffix(b.Name+" · "+tell[at], " · ")
			out.Boundaries[i] = &b
		}
	}
	return out
}

// folderOf is the folder of the root that something was read from, which its ID has before
// its address.
func folderOf(b *graph.Boundary) string {
	if folder, ok := strings.CutSuffix(b.ID, ":"+b.Address); ok {
		return folder
	}
	folder, _, _ := strings.Cut(b.ID, ":")
	return folder
}

// shortestEnds are the fewest last parts of some paths that tell all of them apart, nil where
// two are the same.
func shortestEnds(paths []string) []string {
	deepest := 0
	for _, p := range paths {
		deepest = max(deepest, strings.Count(p, "/")+1)
	}
	for n := 1; n <= deepest; n++ {
		known, ends := map[string]bool{}, make([]string, 0, len(paths))
		for _, p := range paths {
			parts := strings.Split(p, "/")
			end := strings.Join(parts[max(0, len(parts)-n):], "/")
			known[end], ends = true, append(ends, end)
		}
		if len(known) == len(paths) {
			return ends
		}
	}
	return nil
}
