package netpol

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"drawbridge/graph"
)

// Passage tells what policy makes of a flow: allowed, blocked or unknown, with the
// policies that decide. A port of 0 is one that is not known. What workloads in the
// network of their node may do is undefined as soon as a policy selects them. It is
// unknown, too, where it hangs on the labels of a [Stranger], on the address of
// [SomeHost], or on whether a call from [Anywhere] arrives with the private address of a
// load balancer or node that passes it on.
func (e *Evaluator) Passage(from, to End, protocol Protocol, port int) (graph.Passage, []graph.Evidence) {
	passage, evidence := e.passage(from, to, protocol, port)
	seenAs := map[endKind]endKind{ofStranger: ofAnyPod, anywhere: ofHost}
	switch kind, ok := seenAs[from.kind]; {
	case ok:
		if other, why := e.passage(End{kind: kind}, to, protocol, port); other != passage {
			return graph.PassageUnknown, why
		}
	case to.kind == ofHost && passage == graph.Allowed && !e.everywhere(from, protocol, port):
		return graph.PassageUnknown, evidence
	}
	return passage, evidence
}

func (e *Evaluator) passage(from, to End, protocol Protocol, port int) (graph.Passage, []graph.Evidence) {
	within := All()
	if port != 0 {
		within = Port(protocol, port, port)
	}
	x := e.Explain(from, to, within)
	var evidence, blocking []graph.Evidence
	for _, side := range x.Sides {
		if undecided := e.undecided(side); len(undecided) > 0 {
			return graph.PassageUnknown, undecided
		}
		evidence = append(evidence, side.Evidence...)
		if side.Conns.IsEmpty() {
			blocking = append(blocking, side.Evidence...)
		}
	}
	switch {
	case len(blocking) > 0:
		return graph.Blocked, blocking
	case x.Conns.IsEmpty():
		return graph.Blocked, evidence
	case port == 0 && !x.Conns.whole(int(protocol)):
		return graph.PassageUnknown, evidence
	}
	return graph.Allowed, evidence
}

// everywhere tells whether a workload may reach each address outside.
func (e *Evaluator) everywhere(from End, protocol Protocol, port int) bool {
	if from.kind != ofWorkload {
		return true
	}
	asked := e.sets.id(Port(protocol, cmp.Or(port, firstPort), cmp.Or(port, lastPort)))
	permitted := e.outside(Egress, from.workload)
	for _, segment := range e.segments(Egress, from.workload) {
		if !slices.ContainsFunc(permitted, func(a addressConns) bool {
			return a.Contains(segment.From) && e.sets.minus(asked, a.conns) == none
		}) {
			return false
		}
	}
	return true
}

// isPrivate tells whether no address of a range is one of the internet.
func isPrivate(r Range) bool {
	return slices.ContainsFunc(private, func(p Range) bool { return p.Contains(r.From) && p.Contains(r.To) })
}

func arePrivate(all []Range) bool {
	return !slices.ContainsFunc(all, func(r Range) bool { return !isPrivate(r) })
}

// private are the ranges of RFC 1918, RFC 6598 and RFC 4193, and those of the
// machine and the link itself.
var private = []Range{
	rangeOf(netip.MustParsePrefix("10.0.0.0/8")), rangeOf(netip.MustParsePrefix("172.16.0.0/12")), rangeOf(netip.MustParsePrefix("192.168.0.0/16")),
	rangeOf(netip.MustParsePrefix("100.64.0.0/10")), rangeOf(netip.MustParsePrefix("fc00::/7")),
	rangeOf(netip.MustParsePrefix("127.0.0.0/8")), rangeOf(netip.MustParsePrefix("169.254.0.0/16")), rangeOf(netip.MustParsePrefix("fe80::/10")),
}

// undecided tells why a side cannot be known.
func (e *Evaluator) undecided(side Side) []graph.Evidence {
	var out []graph.Evidence
	for _, u := range e.unevaluated {
		if u.governs(side.Workload) {
			out = append(out, graph.EvidenceAt(at(u.object), address(u.object), fmt.Sprintf("may govern %s, which is not known: %s", side.Workload, u.why)))
		}
	}
	if c := side.Workload.contradiction; c != nil {
		out = append(out, graph.EvidenceAt(c.Source, c.Address, c.Reason))
	}
	if i := e.byName[side.Workload.String()]; side.Workload.onHost && len(e.governing(side.Direction, i)) > 0 {
		out = append(out, graph.EvidenceAt(side.Workload.Source, address(side.Workload.object), "what a policy does to a pod in the network of its node is undefined"))
	}
	return out
}
