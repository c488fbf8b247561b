package extract

import (
	"path"
	"slices"
	"strings"

	"drawbridge/graph"
)

// nameApart tells boundaries apart that several units call the same, as each root does its
// account: the folder that only one unit has is added to the name.
func nameApart(g *graph.Graph) {
	type called struct {
		kind         graph.BoundaryKind
		name, parent string
	}
	like := map[called][]*graph.Boundary{}
	for _, b := range g.Boundaries {
		k := called{b.Kind, b.Name, b.Parent}
		like[k] = append(like[k], b)
	}
	for _, boundaries := range like {
		units := make([]string, len(boundaries))
		for i, b := range boundaries {
			units[i] = unitOf(b.ID)
		}
		for i, b := range boundaries {
			others := slices.Delete(slices.Clone(units), i, i+1)
			if units[i] == "" || slices.Contains(others, units[i]) {
				continue // it is the one at the top, or its unit has two of them
			}
			if len(others) > 0 {
				b.Name = withDetail(b.Name, ownFolder(units[i], others))
			}
		}
	}
}

// unitOf is the folder that an identifier begins with, "" for the top of what was scanned.
func unitOf(id string) string {
	unit, _, found := strings.Cut(id, ":")
	if !found || unit == "." {
		return ""
	}
	return unit
}

// ownFolder is the last folder of a path that no other path goes through, or where there is
// none the shortest end of the path that no other has.
func ownFolder(name string, others []string) string {
	passed := map[string]bool{}
	for _, o := range others {
		for folder := range strings.SplitSeq(o, "/") {
			passed[folder] = true
		}
	}
	for _, folder := range slices.Backward(strings.Split(name, "/")) {
		if !passed[folder] {
			return folder
		}
	}
	tail := path.Base(name)
	for rest := path.Dir(name); rest != "."; rest = path.Dir(rest) {
		if !slices.ContainsFunc(others, func(o string) bool { return o == tail || strings.HasSuffix(o, "/"+tail) }) {
			break
		}
		tail = path.Base(rest) + "/" + tail
	}
	return tail
}

// withDetail puts a detail behind a name, into the brackets where it has some.
func withDetail(name, detail string) string {
	if head, found := strings.CutSuffix(name, ")"); found && strings.Contains(head, " (") {
		return head + ", " + detail + ")"
	}
	return name + " (" + detail + ")"
}
