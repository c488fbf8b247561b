package analyze

import (
	"fmt"
	"strings"

	"drawbridge/graph"
)

// setTrust rates each boundary from 1, what anyone can get at, to 5, what nothing
// but its own data lives in. Exposure must be filled in before.
//
//	organization, account, region, group   3
//	cluster    2 where its control plane is public, 4 where it is not, else 3
//	network    2 where it has a route to the internet, 4 where it has none, else 3
//	subnet     1 where it also hands out public addresses, 2 where it is public,
//	           4 where it is not, 5 where nothing but data stores is in it, else 3
//	namespace  2 without network policy, 4 with it, 5 where nothing but data stores
//	           is in it, else 3; one less where the internet reaches into it directly
//	host       3
//
// The last word is with what is inside: what holds a directly exposed component is
// never rated above 3.
func setTrust(g *graph.Graph) {
	held := contents(g)
	for _, b := range g.Boundaries {
		b.Trust, b.TrustWhy = trust(b, held[b.ID])
	}
}

// content is what stands directly inside a boundary or in a boundary within it.
type content struct {
	stores, others int
	exposed        string // the first component that is directly exposed, by name
}

func contents(g *graph.Graph) map[string]*content {
	parent := make(map[string]string, len(g.Boundaries))
	held := make(map[string]*content, len(g.Boundaries))
	for _, b := range g.Boundaries {
		parent[b.ID] = b.Parent
		held[b.ID] = &content{}
	}
	for _, c := range g.Components {
		for id := c.Boundary; id != ""; id = parent[id] {
			in := held[id]
			if c.Kind == graph.Store {
				in.stores++
			} else if c.Kind != graph.Identity {
				in.others++
			}
			if c.Exposure == graph.ExposureDirect && in.exposed == "" {
				in.exposed = c.Name
			}
		}
	}
	return held
}

func trust(b *graph.Boundary, in *content) (level int, why string) {
	dataOnly := in.stores > 0 && in.others == 0
	var reasons []string
	because := func(l int, format string, args ...any) {
		level = l
		reasons = append(reasons, fmt.Sprintf(format, args...))
	}
	public := b.Is(graph.PropPublic)
	switch b.Kind {
	case graph.BoundaryCluster:
		switch public {
		case graph.Yes:
			because(2, "its control plane is open to the internet")
		case graph.No:
			because(4, "its control plane is closed to the internet")
		default:
			because(3, "a cluster, its control plane's exposure unknown")
		}
	case graph.BoundaryNetwork:
		switch public {
		case graph.Yes:
			because(2, "has a route to the internet")
		case graph.No:
			because(4, "has no route to the internet")
		default:
			because(3, "a network, its routes unknown")
		}
	case graph.BoundarySubnet:
		switch {
		case public == graph.Yes && b.Is(graph.PropPublicAddress) == graph.Yes:
			because(1, "has a route from the internet and hands out public addresses")
		case public == graph.Yes:
			because(2, "has a route from the internet")
		case dataOnly:
			because(5, "holds nothing but data stores")
		case public == graph.No:
			because(4, "has no route from the internet")
		default:
			because(3, "a subnet, its routes unknown")
		}
	case graph.BoundaryNamespace:
		switch policy := b.Is(graph.PropPolicyPresent); {
		case policy == graph.No:
			because(2, "no network policy governs it")
		case policy == graph.Yes && dataOnly:
			because(5, "network policy governs it and it holds nothing but data stores")
		case policy == graph.Yes:
			because(4, "network policy governs it")
		default:
			because(3, "a namespace, its network policy unknown")
		}
		if in.exposed != "" {
			because(level-1, "%s in it is exposed to the internet", in.exposed)
		}
	default:
		because(3, "the base level of this kind of boundary")
	}
	if in.exposed != "" && level > 3 {
		because(3, "%s in it is exposed to the internet", in.exposed)
	}
	return level, strings.Join(reasons, "; ")
}
