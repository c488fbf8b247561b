package netpol

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Protocol is a transport protocol that policy tells apart.
type Protocol int

// The protocols, in the order in which sets list them.
const (
	SCTP Protocol = iota
	TCP
	UDP
	protocols
)

var protocolNames = [protocols]corev1.Protocol{corev1.ProtocolSCTP, corev1.ProtocolTCP, corev1.ProtocolUDP}

func (p Protocol) String() string { return string(protocolNames[p]) }

// ParseProtocol takes the name of a protocol in any case.
func ParseProtocol(name string) (Protocol, bool) {
	i := slices.Index(protocolNames[:], corev1.Protocol(strings.ToUpper(name)))
	return Protocol(i), i >= 0
}

// PortRange is an interval of ports, both ends in it.
type PortRange struct{ From, To int }

const (
	firstPort = 1
	lastPort  = 65535
)

// Conns is a set of connections: ports by protocol. The zero value is empty.
type Conns struct {
	ports [protocols][]PortRange // sorted, with a gap between any two
	// names are ports that have no number, because no pod is known that they could
	// be resolved on. They are sorted, and none is where all ports of the protocol are.
	names [protocols][]string
	// words are what Strings returns, where they were made before: one list for all that
	// is the same set of one table.
	words []string
}

// All is the set of all connections.
func All() Conns {
	var c Conns
	for p := range c.ports {
		c.ports[p] = []PortRange{{firstPort, lastPort}}
	}
	return c
}

// Port is the set of one port, or of a range of them.
func Port(p Protocol, from, to int) Conns {
	var c Conns
	c.ports[p] = []PortRange{{from, to}}
	return c
}

func namedPort(p Protocol, name string) Conns {
	var c Conns
	c.names[p] = []string{name}
	return c
}

// IsEmpty tells whether nothing is in the set.
func (c Conns) IsEmpty() bool {
	for p := range c.ports {
		if len(c.ports[p])+len(c.names[p]) > 0 {
			return false
		}
	}
	return true
}

// IsAll tells whether every connection is in the set.
func (c Conns) IsAll() bool {
	for p := range c.ports {
		if !c.whole(p) {
			return false
		}
	}
	return true
}

func (c Conns) whole(p int) bool {
	return len(c.ports[p]) == 1 && c.ports[p][0] == PortRange{firstPort, lastPort}
}

// Contains tells whether a port is in the set.
func (c Conns) Contains(p Protocol, port int) bool {
	return slices.ContainsFunc(c.ports[p], func(r PortRange) bool { return r.From <= port && port <= r.To })
}

func (c Conns) equal(d Conns) bool { return slices.Equal(c.Strings(), d.Strings()) }

// Union is what is in either set.
func (c Conns) Union(d Conns) Conns {
	var out Conns
	for p := range out.ports {
		out.ports[p] = joinRanges(append(slices.Clone(c.ports[p]), d.ports[p]...))
		if names := append(slices.Clone(c.names[p]), d.names[p]...); !out.whole(p) && len(names) > 0 {
			slices.Sort(names)
			out.names[p] = slices.Compact(names)
		}
	}
	return out
}

// Intersect is what is in both sets. A named port is in both where the other
// holds its name, or all ports of the protocol.
func (c Conns) Intersect(d Conns) Conns {
	var out Conns
	for p := range out.ports {
		for _, r := range c.ports[p] {
			for _, s := range d.ports[p] {
				if both := (PortRange{max(r.From, s.From), min(r.To, s.To)}); both.From <= both.To {
					out.ports[p] = append(out.ports[p], both)
				}
			}
		}
		for _, name := range c.names[p] {
			if d.whole(p) || slices.Contains(d.names[p], name) {
				out.names[p] = append(out.names[p], name)
			}
		}
		if c.whole(p) {
			out.names[p] = append(out.names[p], d.names[p]...)
		}
	}
	return out
}

// Minus is what is in the set and not in the other.
func (c Conns) Minus(d Conns) Conns {
	var out Conns
	for p := range out.ports {
		for _, r := range c.ports[p] {
			for _, s := range d.ports[p] {
				if s.To < r.From || s.From > r.To {
					continue
				}
				if s.From > r.From {
					out.ports[p] = append(out.ports[p], PortRange{r.From, s.From - 1})
				}
				r.From = s.To + 1
			}
			if r.From <= r.To {
				out.ports[p] = append(out.ports[p], r)
			}
		}
		for _, name := range c.names[p] {
			if !d.whole(p) && !slices.Contains(d.names[p], name) {
				out.names[p] = append(out.names[p], name)
			}
		}
	}
	return out
}

// joinRanges sorts ranges and joins those that touch.
func joinRanges(ranges []PortRange) []PortRange {
	slices.SortFunc(ranges, func(a, b PortRange) int { return cmp.Or(a.From-b.From, a.To-b.To) })
	out := ranges[:0]
	for _, r := range ranges {
		if n := len(out); n > 0 && r.From <= out[n-1].To+1 {
			out[n-1].To = max(out[n-1].To, r.To)
			continue
		}
		out = append(out, r)
	}
	return out
}

// Strings lists the set: "ALL", or "TCP" for all ports of a protocol, "TCP 80",
// "TCP 80-90", "TCP http" for a port that has no number. It is empty for the empty set.
func (c Conns) Strings() []string {
	if c.words != nil {
		return c.words
	}
	if c.IsAll() {
		return []string{"ALL"}
	}
	out := []string{}
	for p := range c.ports {
		name := Protocol(p).String()
		if c.whole(p) {
			out = append(out, name)
			continue
		}
		for _, r := range c.ports[p] {
			out = append(out, name+" "+r.String())
		}
		for _, n := range c.names[p] {
			out = append(out, name+" "+n)
		}
	}
	return out
}

// String returns the set on one line, "none" for the empty one.
func (c Conns) String() string {
	if c.IsEmpty() {
		return "none"
	}
	return strings.Join(c.Strings(), ", ")
}

// String returns "80" or "80-90".
func (r PortRange) String() string {
	if r.From == r.To {
		return strconv.Itoa(r.From)
	}
	return fmt.Sprintf("%d-%d", r.From, r.To)
}

// A setID stands for a set of connections, so that equal sets are found equal,
// and joined again, at the cost of a look-up.
type setID int32

const (
	none setID = iota
	all
)

// setTable gives sets their numbers.
type setTable struct {
	sets []Conns
	ids  map[string]setID
	memo map[operation]setID
}

type operation struct {
	op   byte
	a, b setID
}

func newSetTable() *setTable {
	t := &setTable{ids: map[string]setID{}, memo: map[operation]setID{}}
	t.id(Conns{})
	t.id(All())
	return t
}

func (t *setTable) id(c Conns) setID {
	words := c.Strings()
	key := strings.Join(words, ",")
	if id, ok := t.ids[key]; ok {
		return id
	}
	id := setID(len(t.sets))
	c.words = slices.Clip(words)
	t.sets = append(t.sets, c)
	t.ids[key] = id
	return id
}

func (t *setTable) conns(id setID) Conns { return t.sets[id] }

func (t *setTable) union(a, b setID) setID {
	switch {
	case a == b, b == none, a == all:
		return a
	case a == none, b == all:
		return b
	}
	return t.apply(operation{'|', min(a, b), max(a, b)}, Conns.Union)
}

func (t *setTable) intersect(a, b setID) setID {
	switch {
	case a == b, b == all, a == none:
		return a
	case a == all, b == none:
		return b
	}
	return t.apply(operation{'&', min(a, b), max(a, b)}, Conns.Intersect)
}

func (t *setTable) minus(a, b setID) setID {
	switch {
	case a == b, a == none, b == all:
		return none
	case b == none:
		return a
	}
	return t.apply(operation{'-', a, b}, Conns.Minus)
}

func (t *setTable) apply(o operation, f func(Conns, Conns) Conns) setID {
	id, ok := t.memo[o]
	if !ok {
		id = t.id(f(t.sets[o.a], t.sets[o.b]))
		t.memo[o] = id
	}
	return id
}
