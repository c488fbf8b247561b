package netpol

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// Peer is one end of a connection: a workload, the ingress controller, a range of
// addresses outside of the cluster, or in an exposure a set of pods that need not exist.
type Peer struct {
	// Name is "namespace/name[Kind]", [IngressController], or the words of an
	// exposure; "" for a range.
	Name  string
	Range Range
}

// String returns the name, or "ip:10.0.0.0/8".
func (p Peer) String() string {
	if p.Name != "" {
		return p.Name
	}
	return "ip:" + p.Range.String()
}

// Connection is what is permitted from one peer to another. It is never empty.
type Connection struct {
	Src, Dst Peer
	Conns    Conns
	// Unknown is true where a policy of a kind that is not evaluated governs an end:
	// Conns is then what the others would permit.
	Unknown bool
}

// Query narrows what is asked. The zero value asks for everything.
type Query struct {
	// Workloads and Peers are names: "name", "namespace/name" or
	// "namespace/name[Kind]", or [IngressController]. A connection is asked for where
	// one end is one of Workloads and the other one of Peers; none means any.
	Workloads, Peers []string
	// Directions are those as seen from the workloads; none means both.
	Directions []Direction
	// Conns narrows the connections, where it is not empty.
	Conns Conns
}

// matches tells whether a name means a workload.
func (w *Workload) matches(name string) bool {
	return name == w.Name || name == w.Namespace+"/"+w.Name || name == w.String()
}

// Unmatched lists the names of a query that mean nothing in the input.
func (e *Evaluator) Unmatched(q Query) []string {
	var out []string
	for _, name := range slices.Concat(q.Workloads, q.Peers) {
		if name != IngressController && !slices.ContainsFunc(e.workloads, func(w *Workload) bool { return w.matches(name) }) {
			out = append(out, name)
		}
	}
	return out
}

// focus is a query with its names looked up.
type focus struct {
	workloads, peers                bitset // nil for any
	controllerAsked, controllerPeer bool
	asked                           [2]bool // by direction
	conns                           setID
}

func (e *Evaluator) focus(q Query) *focus {
	f := &focus{conns: all, asked: [2]bool{len(q.Directions) == 0, len(q.Directions) == 0}}
	f.workloads, f.controllerAsked = e.named(q.Workloads)
	f.peers, f.controllerPeer = e.named(q.Peers)
	for _, d := range q.Directions {
		f.asked[d] = true
	}
	if !q.Conns.IsEmpty() {
		f.conns = e.sets.id(q.Conns)
	}
	return f
}

func (e *Evaluator) named(names []string) (set bitset, controller bool) {
	if len(names) == 0 {
		return nil, true
	}
	set = newBitset(len(e.workloads))
	for _, name := range names {
		controller = controller || name == IngressController
		for i, w := range e.workloads {
			if w.matches(name) {
				set.add(i)
			}
		}
	}
	return set, controller
}

func (f *focus) isWorkload(i int) bool { return f.workloads == nil || f.workloads.has(i) }
func (f *focus) isPeer(i int) bool     { return f.peers == nil || f.peers.has(i) }

// pair tells whether a connection between two workloads is asked for.
func (f *focus) pair(src, dst int) bool {
	return f.asked[Egress] && f.isWorkload(src) && f.isPeer(dst) || f.asked[Ingress] && f.isWorkload(dst) && f.isPeer(src)
}

// outside tells whether connections of a workload with addresses are asked for.
func (f *focus) outside(d Direction, i int) bool {
	return f.asked[d] && f.isWorkload(i) && f.peers == nil
}

// controller tells whether a connection from the ingress controller is asked for.
func (f *focus) controller(dst int) bool {
	return f.asked[Ingress] && f.isWorkload(dst) && f.controllerPeer ||
		f.asked[Egress] && f.workloads != nil && f.controllerAsked && f.isPeer(dst)
}

// Connections yields what is permitted, by source: the workloads in their order,
// then the ingress controller, then addresses. They are made as they are asked for:
// without policy there is one for each pair of workloads. No workload has one with itself.
func (e *Evaluator) Connections(q Query) iter.Seq[Connection] {
	f := e.focus(q)
	return func(yield func(Connection) bool) {
		for i := range e.workloads {
			if !e.leaving(f, i, yield) {
				return
			}
		}
		for i := range e.workloads {
			if !e.fromController(f, i, yield) {
				return
			}
		}
		for i := range e.workloads {
			if !e.fromOutside(f, i, yield) {
				return
			}
		}
	}
}

// leaving yields the connections from a workload; false where the caller has enough.
func (e *Evaluator) leaving(f *focus, i int, yield func(Connection) bool) bool {
	src := Peer{Name: e.names[i]}
	if f.asked[Egress] && f.isWorkload(i) || f.asked[Ingress] && f.isPeer(i) {
		row := e.outOf(e.classOf[i])
		for j := range e.workloads {
			id := e.sets.intersect(row[e.classOf[j]], f.conns)
			if id == none || i == j || !f.pair(i, j) {
				continue
			}
			if !yield(Connection{src, Peer{Name: e.names[j]}, e.sets.conns(id), e.unknown[i] || e.unknown[j]}) {
				return false
			}
		}
	}
	if !f.outside(Egress, i) {
		return true
	}
	for _, a := range e.outside(Egress, i) {
		if id := e.sets.intersect(a.conns, f.conns); id != none && !yield(Connection{src, Peer{Range: a.Range}, e.sets.conns(id), e.unknown[i]}) {
			return false
		}
	}
	return true
}

func (e *Evaluator) fromOutside(f *focus, i int, yield func(Connection) bool) bool {
	if !f.outside(Ingress, i) {
		return true
	}
	for _, a := range e.outside(Ingress, i) {
		if id := e.sets.intersect(a.conns, f.conns); id != none && !yield(Connection{Peer{Range: a.Range}, Peer{Name: e.names[i]}, e.sets.conns(id), e.unknown[i]}) {
			return false
		}
	}
	return true
}

func (e *Evaluator) fromController(f *focus, i int, yield func(Connection) bool) bool {
	if !f.controller(i) {
		return true
	}
	id := e.sets.intersect(e.controller(i), f.conns)
	return id == none || yield(Connection{Peer{Name: IngressController}, Peer{Name: e.names[i]}, e.sets.conns(id), e.unknown[i]})
}

// controller is what the ingress controller may reach of a workload: what leads
// there, as far as policy lets in a pod without labels from a namespace of its own.
func (e *Evaluator) controller(workload int) setID {
	leads := none
	for _, entry := range e.entriesTo[workload] {
		leads = e.sets.union(leads, e.sets.id(entry.conns))
	}
	if leads == none {
		return none
	}
	permitted := e.permitted(question{
		direction: Ingress, workload: workload,
		matches: (*rule).matchesStranger,
		ports:   func(r *rule) setID { return e.portsAt(r, workload) },
	})
	return e.sets.intersect(leads, permitted)
}

// matchesStranger tells whether a pod of which nothing is known is a peer.
func (r *rule) matchesStranger() bool {
	return r.anyone || slices.ContainsFunc(r.peers, func(p peer) bool {
		return p.inNamespaces.Matches(labels.Set{}) && p.withLabels.Matches(labels.Set{})
	})
}

// ParseConn takes the notation of a query: "tcp-80", "udp-53-60", "sctp".
func ParseConn(s string) (Conns, error) {
	name, ports, ranged := strings.Cut(s, "-")
	protocol, ok := ParseProtocol(name)
	if !ok {
		return Conns{}, fmt.Errorf("connection %q: %q is none of tcp, udp, sctp", s, name)
	}
	if !ranged {
		return Port(protocol, firstPort, lastPort), nil
	}
	first, last, ok := strings.Cut(ports, "-")
	if !ok {
		last = first
	}
	from, errFrom := strconv.Atoi(first)
	to, errTo := strconv.Atoi(last)
	if errFrom != nil || errTo != nil || from < firstPort || to > lastPort || from > to {
		return Conns{}, fmt.Errorf("connection %q is not written as tcp-80 or tcp-80-90", s)
	}
	return Port(protocol, from, to), nil
}
