package netpol

import (
	"fmt"
	"net/netip"
	"slices"

	"drawbridge/graph"
)

// End is one end of a connection in question. [Evaluator.End] and [Evaluator.Named] find
// workloads; [Outside] is an address, [Anywhere] whatever public address there is,
// [SomeHost] one address that nobody knows, and [Stranger] a pod that nobody knows.
type End struct {
	kind     endKind
	workload int
	address  netip.Addr
}

type endKind int

const (
	anywhere endKind = iota
	ofWorkload
	ofAddress
	ofController
	ofHost
	ofStranger
	ofAnyPod // a stranger with whatever labels a rule asks for
)

// Anywhere is the internet, at no address in particular: what is permitted with any
// public address is.
func Anywhere() End { return End{} }

// SomeHost is a host outside of the cluster whose address is not known.
func SomeHost() End { return End{kind: ofHost} }

// Stranger is a pod of the cluster that the input does not hold.
func Stranger() End { return End{kind: ofStranger} }

// Outside is an address outside of the cluster.
func Outside(a netip.Addr) End { return End{kind: ofAddress, address: a.Unmap()} }

// End finds a workload; false where the input has none of that name.
func (e *Evaluator) End(namespace, kind, name string) (End, bool) {
	i, ok := e.byName[(&Workload{Namespace: namespace, Kind: kind, Name: name}).String()]
	return End{kind: ofWorkload, workload: i}, ok
}

// Named finds what a person calls by a name: a workload, [IngressController] or an
// address.
func (e *Evaluator) Named(name string) (End, error) {
	if name == IngressController {
		return End{kind: ofController}, nil
	}
	if a, err := netip.ParseAddr(name); err == nil {
		return Outside(a), nil
	}
	var found []int
	for i, w := range e.workloads {
		if w.matches(name) {
			found = append(found, i)
		}
	}
	switch len(found) {
	case 0:
		return End{}, fmt.Errorf("no workload is called %s, and it is no address", name)
	case 1:
		return End{kind: ofWorkload, workload: found[0]}, nil
	}
	return End{}, fmt.Errorf("%s can be %s or %s; write the whole name", name, e.workloads[found[0]], e.workloads[found[1]])
}

func (e *Evaluator) nameOf(end End) string {
	switch end.kind {
	case ofWorkload:
		return e.workloads[end.workload].String()
	case ofAddress:
		return "ip:" + end.address.String()
	case ofController:
		return IngressController
	case ofStranger, ofAnyPod:
		return "a pod that the input does not hold"
	}
	return "ip:any"
}

// Explanation tells why a connection is permitted as it is.
type Explanation struct {
	Src, Dst string
	Conns    Conns // what both ends permit
	Unknown  bool
	Sides    []Side // the egress of a source that is a workload, the ingress of a destination that is
}

// Side is what one end of a connection has to say.
type Side struct {
	Direction Direction
	Workload  *Workload
	Conns     Conns
	// Evidence are the rules that have a say, or the policies for which the
	// connection is blocked, sorted.
	Evidence []graph.Evidence
}

// Explain works out a connection from one end to the other. Where within is not empty, no
// other connections are asked for.
func (e *Evaluator) Explain(src, dst End, within Conns) Explanation {
	asked := all
	if !within.IsEmpty() {
		asked = e.sets.id(within)
	}
	out := Explanation{Src: e.nameOf(src), Dst: e.nameOf(dst)}
	id := asked
	for _, side := range []struct {
		Direction
		subject, other End
	}{{Egress, src, dst}, {Ingress, dst, src}} {
		if side.subject.kind != ofWorkload {
			continue
		}
		permitted := e.sideOf(side.Direction, side.subject.workload, side.other)
		permitted = e.sets.intersect(permitted, asked)
		out.Sides = append(out.Sides, Side{
			side.Direction, e.workloads[side.subject.workload], e.sets.conns(permitted),
			e.evidence(side.Direction, side.subject.workload, side.other, asked, permitted),
		})
		out.Unknown = out.Unknown || e.unknown[side.subject.workload]
		id = e.sets.intersect(id, permitted)
	}
	if src.kind == ofController && dst.kind == ofWorkload {
		id = e.sets.intersect(id, e.controller(dst.workload))
	}
	out.Conns = e.sets.conns(id)
	return out
}

// about is the question whether a workload and another end may connect.
func (e *Evaluator) about(d Direction, workload int, other End) question {
	q := question{direction: d, workload: workload, ports: func(r *rule) setID { return e.portsAt(r, workload) }}
	switch other.kind {
	case ofWorkload:
		q.matches = func(r *rule) bool { return r.anyone || r.pods.has(other.workload) }
		if d == Egress {
			q.ports = func(r *rule) setID { return e.portsAt(r, other.workload) }
		}
	case ofController, ofStranger:
		q.matches = (*rule).matchesStranger
	case ofAnyPod:
		q.matches = func(r *rule) bool { return r.anyone || len(r.peers) > 0 }
	case ofAddress:
		q.matches = func(r *rule) bool { return r.anyone || holds(r.addresses, other.address) }
	case ofHost:
		q.matches = func(r *rule) bool { return r.anyone || len(r.addresses) > 0 }
	default:
		q.matches = func(r *rule) bool { return r.anyone || !arePrivate(r.addresses) }
	}
	switch other.kind {
	case ofAddress, ofHost, anywhere:
		q.ports = func(r *rule) setID { return e.portsOutside(d, r, workload) }
	}
	return q
}

func (e *Evaluator) sideOf(d Direction, workload int, other End) setID {
	if other.kind != anywhere && other.kind != ofHost {
		return e.permitted(e.about(d, workload, other))
	}
	permitted := none
	for _, a := range e.outside(d, workload) {
		if other.kind == ofHost || !isPrivate(a.Range) {
			permitted = e.sets.union(permitted, a.conns)
		}
	}
	return permitted
}

// evidence names the rules that decide what is asked, and the policies for which
// nothing of it is permitted.
func (e *Evaluator) evidence(d Direction, workload int, other End, asked, permitted setID) []graph.Evidence {
	w := e.workloads[workload]
	if len(e.governing(d, workload)) == 0 {
		return []graph.Evidence{graph.EvidenceAt(w.Source, address(w.object), fmt.Sprintf("no policy governs the %s of %s", d, w))}
	}
	var out []graph.Evidence
	open := asked
	tell := func(r *rule, hit setID) {
		if hit = e.sets.intersect(hit, open); hit == none {
			return
		}
		out = append(out, graph.EvidenceAt(r.source(), r.policy.address(), fmt.Sprintf("%s rule %d %s %s", d, r.number(), r.action.verb(), e.sets.conns(hit))))
		if r.policy.tier == admin && r.action != pass {
			open = e.sets.minus(open, hit)
		}
	}
	q := e.about(d, workload, other)
	isolating := e.isolating(q)
	e.tiered(q, none, len(isolating) > 0, tell)
	for _, p := range isolating {
		for _, r := range p.rules[d] {
			if q.matches(r) {
				tell(r, q.ports(r))
			}
		}
		if permitted == none && open != none {
			out = append(out, graph.EvidenceAt(at(p.object, "spec", "podSelector"), p.address(), fmt.Sprintf("selects %s, and no %s rule of it permits this", w, d)))
		}
	}
	slices.SortStableFunc(out, func(a, b graph.Evidence) int { return a.Source().Compare(b.Source()) })
	return out
}
