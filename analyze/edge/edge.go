// Package edge says what of the internet gets in: which flows from the internet
// are open to anyone, which of them arrive, and which components hand requests
// on. Exposure and the rules on exposure rest on the same answers.
//
// It does not follow chains of flows; package analyze does. Start at [Arrives].
package edge

import (
	"net/netip"
	"slices"

	"drawbridge/graph"
)

// anyoneBits is the length of prefix up to which a range of addresses counts as
// everybody: rules are split in halves to get around a check for 0.0.0.0/0, and
// 2000::/3 is all of the IPv6 addresses that are in use.
const anyoneBits = 4

// OpenToAnyone reports whether a flow from the internet is open to all of it: no
// range of addresses limits it, or one of its ranges is (nearly) all addresses.
// A range that can't be read, such as the name of a list of prefixes, limits.
func OpenToAnyone(f *graph.Flow) bool {
	if f.From != graph.InternetID {
		return false
	}
	for _, p := range f.Peers {
		if r, err := netip.ParsePrefix(p); err == nil && r.Bits() <= anyoneBits {
			return true
		}
	}
	return len(f.Peers) == 0
}

// Undecided reports whether a flow from the internet would be a way to its target if
// the ranges that it is opened to, which the input leaves open, let an attacker in.
// It is none already, and the target is not established to be out of reach.
func Undecided(x *graph.Index, f *graph.Flow, to *graph.Component) bool {
	return f.From == graph.InternetID && f.Passage != graph.Blocked && !OpenToAnyone(f) &&
		slices.Contains(f.Peers, graph.PeersUnknown) && within(x, to)
}

// Arrives reports whether a flow from the internet counts as a way to its
// target, which must not be nil.
//
// One from addresses only that the internet does not route never does. A declared or
// referenced flow does unless network policy blocks it: something was configured to be called. One to ranges that the input leaves open does not: see
// [Undecided]. A permitted one is only an open door, so it counts
// where anyone may use it and the target is not established to be out of reach: it
// is not public, has no address on the internet, or (with an address unknown)
// stands in a subnet that is not public.
func Arrives(x *graph.Index, f *graph.Flow, to *graph.Component) bool {
	if f.From != graph.InternetID || f.Passage == graph.Blocked || fromInside(f) {
		return false
	}
	if f.Basis != graph.Permitted {
		return OpenToAnyone(f) || !slices.Contains(f.Peers, graph.PeersUnknown)
	}
	return OpenToAnyone(f) && within(x, to)
}

// fromInside reports whether all ranges that a flow is opened to are of addresses that
// the internet does not route (RFC 1918, 4193 and 6598, loopback and link-local ones).
func fromInside(f *graph.Flow) bool {
	return len(f.Peers) > 0 && !slices.ContainsFunc(f.Peers, func(peer string) bool {
		r, err := netip.ParsePrefix(peer)
		return err != nil || !slices.ContainsFunc(unrouted, func(u netip.Prefix) bool {
			return u.Bits() <= r.Bits() && u.Contains(r.Addr())
		})
	})
}

var unrouted = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("::1/128"),
}

// within reports whether a component is not established to be out of the
// internet's reach.
func within(x *graph.Index, to *graph.Component) bool {
	if to.Is(graph.PropPublic) == graph.No {
		return false
	}
	switch to.Is(graph.PropPublicAddress) {
	case graph.Yes:
		return true
	case graph.No:
		return false
	}
	b := x.Boundary[to.Boundary]
	return b == nil || b.Is(graph.PropPublic) != graph.No
}

// Used reports whether a flow is one that data is taken to travel on: not merely
// permitted, and not blocked.
func Used(f *graph.Flow) bool {
	return f.Basis != graph.Permitted && f.Passage != graph.Blocked
}

// Relays reports whether what reaches one component may go on to another through
// a used flow between them. Two kinds of component call on their own account, so
// that what is sent to them goes nowhere:
//
//   - a party outside of the model has its own reasons to call; a gateway that runs
//     outside of the input does hand requests on;
//   - monitoring collects from what it watches by its own schedule; what people ask
//     of it goes on to other monitoring and to the stores that it queries only.
func Relays(from, to *graph.Component) bool {
	if from.Kind == graph.Identity {
		return false
	}
	if from.Kind == graph.External {
		switch from.Technology {
		case graph.TechIngress, graph.TechGateway, graph.TechLoadBalancer, graph.TechCDN, graph.TechFirewall:
			return true
		}
		return false
	}
	return from.Technology != graph.TechMonitoring || to.Technology == graph.TechMonitoring || to.Kind == graph.Store
}
