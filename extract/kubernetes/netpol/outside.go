package netpol

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"drawbridge/extract/kubernetes/manifest"
)

// addressConns is what is permitted with a range of addresses.
type addressConns struct {
	Range
	conns setID
}

// outside returns what a workload's policies permit with addresses outside of the
// cluster, by range, without the ranges with which nothing is.
func (e *Evaluator) outside(d Direction, workload int) []addressConns {
	key := e.addressKey(d, workload)
	if found, ok := e.addresses[key]; ok {
		return found
	}
	var out []addressConns
	for _, segment := range e.segments(d, workload) {
		id := e.permitted(question{
			direction: d, workload: workload,
			matches: func(r *rule) bool { return r.anyone || holds(r.addresses, segment.From) },
			ports:   func(r *rule) setID { return e.portsOutside(d, r, workload) },
		})
		if n := len(out); n > 0 && out[n-1].conns == id && segment.follows(out[n-1].Range) {
			out[n-1].To = segment.To
		} else {
			out = append(out, addressConns{segment, id})
		}
	}
	out = slices.DeleteFunc(out, func(a addressConns) bool { return a.conns == none })
	e.addresses[key] = out
	return out
}

// portsOutside are a rule's ports for an address: one that receives has no names for its ports.
func (e *Evaluator) portsOutside(d Direction, r *rule, workload int) setID {
	if d == Egress {
		return e.sets.id(r.ports)
	}
	return e.portsAt(r, workload)
}

// addressKey is the same for workloads that the same policies govern.
func (e *Evaluator) addressKey(d Direction, workload int) string {
	key := []string{d.String()}
	for _, p := range e.governing(d, workload) {
		key = append(key, p.address())
		if d == Ingress && slices.ContainsFunc(p.rules[d], func(r *rule) bool { return len(r.named) > 0 }) {
			key = append(key, fmt.Sprint(e.classOf[workload]))
		}
	}
	return strings.Join(key, " ")
}

// segments cuts the address families wherever a rule for a workload begins or ends.
func (e *Evaluator) segments(d Direction, workload int) []Range {
	var starts []netip.Addr
	for _, f := range e.families {
		starts = append(starts, f.From)
	}
	for _, p := range e.governing(d, workload) {
		for _, r := range p.rules[d] {
			for _, a := range r.addresses {
				starts = append(starts, a.From)
				if next := a.To.Next(); next.IsValid() {
					starts = append(starts, next)
				}
			}
		}
	}
	slices.SortFunc(starts, netip.Addr.Compare)
	starts = slices.Compact(starts)
	out := make([]Range, len(starts))
	for i, from := range starts {
		to := allIPv4.To
		if from.Is6() {
			to = allIPv6.To
		}
		if i+1 < len(starts) && starts[i+1].BitLen() == from.BitLen() {
			to = starts[i+1].Prev()
		}
		out[i] = Range{from, to}
	}
	return out
}

// coverFamilies sets how many address families are told of: IPv4, then IPv6.
func (e *Evaluator) coverFamilies(n int) {
	if n != len(e.families) {
		e.families = []Range{allIPv4, allIPv6}[:n]
		e.addresses = map[string][]addressConns{}
	}
}

// usesIPv6 tells whether the input is about IPv6 at all. Where it is not, ranges of
// it would be told of every workload to no avail.
func usesIPv6(policies []*policy, objects []*manifest.Object) bool {
	for _, p := range policies {
		for r := range p.every() {
			if slices.ContainsFunc(r.addresses, func(a Range) bool { return a.From.Is6() }) {
				return true
			}
		}
	}
	return slices.ContainsFunc(objects, func(o *manifest.Object) bool {
		if o.Group != "" || o.Kind != "Service" || !o.Has("spec", "ipFamilies") {
			return false
		}
		var families []string
		return o.Decode(&families, "spec", "ipFamilies") == nil && slices.Contains(families, "IPv6")
	})
}
