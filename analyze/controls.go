package analyze

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

// setControls fills in what is established to stand in the way of each flow that crosses
// a boundary: what the flow itself shows, and what stands before its target. What is not
// established is no control.
func setControls(g *graph.Graph, x *graph.Index) {
	for _, f := range g.Flows {
		f.Controls = nil
		if len(f.Crosses) == 0 {
			continue
		}
		for _, name := range graph.ControlNames {
			if e, stands := controlOn(x, f, name); stands {
				f.Controls = append(f.Controls, graph.Control{Name: name, Evidence: e})
			}
		}
	}
}

func controlOn(x *graph.Index, f *graph.Flow, name graph.ControlName) (graph.Evidence, bool) {
	to := x.Component[f.To]
	switch name {
	case graph.ControlAuthentication:
		if f.Authenticated == graph.Yes {
			return own(f, to, graph.PropAuthenticated, "the caller shows who it is", "TLS", "as a caller", "sign"), true
		}
		return before(to, graph.PropAuthenticated)
	case graph.ControlEncryption:
		return own(f, to, graph.PropEncryptedTransit, cmp.Or(f.Protocol, "it")+" is encrypted on its way", "TLS", "as a caller"), f.Encrypted == graph.Yes
	case graph.ControlFirewall:
		return before(to, graph.PropFirewalled)
	case graph.ControlRateLimit:
		return before(to, graph.PropRateLimited)
	case graph.ControlNetworkPolicy:
		if f.Passage != graph.Allowed {
			return graph.Evidence{}, false
		}
		for _, c := range f.Crosses {
			if b := x.Boundary[c.Boundary]; c.Into && b.Is(graph.PropPolicyPresent) == graph.Yes {
				e := b.Properties[graph.PropPolicyPresent].Evidence
				e.Why = cmp.Or(e.Why, "network policy governs "+b.Name)
				return e, true
			}
		}
		return graph.Evidence{}, false
	case graph.ControlAddressList:
		if f.From != graph.InternetID || len(f.Peers) == 0 || edge.OpenToAnyone(f) || slices.Contains(f.Peers, graph.PeersUnknown) {
			return graph.Evidence{}, false
		}
		return place(f.Evidence, fmt.Sprintf("open to %s only", strings.Join(f.Peers, ", "))), true
	case graph.ControlPrivateEndpoint:
		if f.From == graph.InternetID || to.Is(graph.PropPublic) == graph.Yes {
			return graph.Evidence{}, false
		}
		return before(to, graph.PropPrivateEndpoint)
	}
	return graph.Evidence{}, false
}

// before is the evidence that a component has what its property says.
func before(c *graph.Component, p graph.Property) (graph.Evidence, bool) {
	fact := c.Properties[p]
	return fact.Evidence, fact.Value == graph.Yes
}

// own is the evidence for what a flow shows: that of its target where it says the same, else
// the flow's own that tells with one of some words.
func own(f *graph.Flow, to *graph.Component, p graph.Property, why string, telling ...string) graph.Evidence {
	if e, ok := before(to, p); ok && e.Why != "" {
		return e
	}
	for _, word := range telling {
		for _, e := range f.Evidence {
			if strings.Contains(e.Why, word) {
				e.Fix = ""
				return e
			}
		}
	}
	return place(f.Evidence, why)
}

// place is the first place among some evidence, with a reason of its own.
func place(list []graph.Evidence, why string) graph.Evidence {
	e := graph.Evidence{Why: why}
	if len(list) > 0 {
		e.File, e.Line, e.Address = list[0].File, list[0].Line, list[0].Address
	}
	return e
}
