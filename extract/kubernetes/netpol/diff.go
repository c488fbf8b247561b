package netpol

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// Change is a connection that is not permitted as it was.
type Change struct {
	Src, Dst      Peer
	Before, After Conns
	// Unknown is true where a policy of a kind that is not evaluated governs an end,
	// before or after.
	Unknown bool
}

// Type returns "added", "removed" or "changed".
func (c Change) Type() string {
	switch {
	case c.Before.IsEmpty():
		return "added"
	case c.After.IsEmpty():
		return "removed"
	}
	return "changed"
}

// Diff lists what is permitted otherwise, by workload. Workloads are the same where
// their names are. The connections of one workload at a time are held.
func Diff(before, after *Evaluator) []Change {
	// Addresses of a family that only one side is about are open on the other.
	families := max(len(before.families), len(after.families))
	before.coverFamilies(families)
	after.coverFamilies(families)
	names := map[string]bool{}
	for _, e := range []*Evaluator{before, after} {
		for name := range e.byName {
			names[name] = true
		}
	}
	var out []Change
	for _, name := range slices.Sorted(maps.Keys(names)) {
		a, b := before.of(name), after.of(name)
		for i := range a {
			out = append(out, changes(a[i], b[i])...)
		}
	}
	return out
}

// of returns the connections that leave a workload, and those that come to it from
// what is no workload. Both are empty where there is no such workload.
func (e *Evaluator) of(name string) (out [2][]Connection) {
	i, ok := e.byName[name]
	if !ok {
		return out
	}
	f := e.focus(Query{})
	for way, rows := range [][]func(*focus, int, func(Connection) bool) bool{{e.leaving}, {e.fromController, e.fromOutside}} {
		for _, row := range rows {
			row(f, i, func(c Connection) bool { out[way] = append(out[way], c); return true })
		}
	}
	return out
}

// changes compares connections that have one end in common.
func changes(before, after []Connection) []Change {
	byPeers := map[[2]string]*Change{}
	var order [][2]string
	var ranges [2][]Connection
	for i, rows := range [][]Connection{before, after} {
		for _, c := range rows {
			if c.Src.Name == "" || c.Dst.Name == "" {
				ranges[i] = append(ranges[i], c)
				continue
			}
			key := [2]string{c.Src.Name, c.Dst.Name}
			if byPeers[key] == nil {
				byPeers[key] = &Change{Src: c.Src, Dst: c.Dst}
				order = append(order, key)
			}
			byPeers[key].take(i, c)
		}
	}
	slices.SortFunc(order, func(a, b [2]string) int { return strings.Compare(a[0]+" "+a[1], b[0]+" "+b[1]) })
	var out []Change
	for _, key := range order {
		out = append(out, *byPeers[key])
	}
	out = append(out, rangeChanges(ranges)...)
	return slices.DeleteFunc(out, func(c Change) bool { return c.Before.equal(c.After) })
}

func (c *Change) take(side int, from Connection) {
	c.Unknown = c.Unknown || from.Unknown
	if side == 0 {
		c.Before = from.Conns
	} else {
		c.After = from.Conns
	}
}

// rangeChanges compares connections with addresses, piece by piece, and joins the
// pieces that changed alike.
func rangeChanges(sides [2][]Connection) []Change {
	var starts []netip.Addr
	for _, rows := range sides {
		for _, c := range rows {
			starts = append(starts, c.outside().From)
			if next := c.outside().To.Next(); next.IsValid() {
				starts = append(starts, next)
			}
		}
	}
	slices.SortFunc(starts, netip.Addr.Compare)
	var out []Change
	for _, from := range slices.Compact(starts) {
		var piece Change
		for i, rows := range sides {
			j, found := slices.BinarySearchFunc(rows, from, func(c Connection, a netip.Addr) int { return c.outside().From.Compare(a) })
			if !found {
				j--
			}
			if j < 0 || !rows[j].outside().Contains(from) {
				continue
			}
			piece.Src, piece.Dst = rows[j].Src, rows[j].Dst
			piece.take(i, rows[j])
		}
		if piece.Src == piece.Dst {
			continue // nothing on either side
		}
		piece.setRange(Range{from, pieceEnd(sides, from)})
		if n := len(out); n > 0 && out[n-1].joins(piece) {
			out[n-1].setRange(Range{out[n-1].outside().From, piece.outside().To})
			continue
		}
		out = append(out, piece)
	}
	return out
}

// pieceEnd is the last address before either side changes.
func pieceEnd(sides [2][]Connection, from netip.Addr) netip.Addr {
	end := allIPv4.To
	if from.Is6() {
		end = allIPv6.To
	}
	for _, rows := range sides {
		for _, c := range rows {
			r := c.outside()
			if r.Contains(from) && r.To.Less(end) {
				end = r.To
			}
			if from.Less(r.From) && r.From.BitLen() == from.BitLen() && r.From.Prev().Less(end) {
				end = r.From.Prev()
			}
		}
	}
	return end
}

func (c Connection) outside() Range { return Change{Src: c.Src, Dst: c.Dst}.outside() }

func (c Change) outside() Range {
	if c.Src.Name == "" {
		return c.Src.Range
	}
	return c.Dst.Range
}

func (c *Change) setRange(r Range) {
	if c.Src.Name == "" {
		c.Src.Range = r
	} else {
		c.Dst.Range = r
	}
}

// joins tells whether a change goes on in the next piece.
func (c Change) joins(next Change) bool {
	return next.outside().follows(c.outside()) && c.Before.equal(next.Before) && c.After.equal(next.After) && c.Unknown == next.Unknown
}
