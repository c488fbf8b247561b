package netpol

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
)

// Range is an interval of addresses of one family, both ends in it.
type Range struct{ From, To netip.Addr }

// The whole of each address family.
var (
	allIPv4 = rangeOf(netip.MustParsePrefix("0.0.0.0/0"))
	allIPv6 = rangeOf(netip.MustParsePrefix("::/0"))
)

func rangeOf(p netip.Prefix) Range {
	p = p.Masked()
	last := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(last)*8; bit++ {
		last[bit/8] |= 0x80 >> (bit % 8)
	}
	to, _ := netip.AddrFromSlice(last)
	return Range{p.Addr(), to}
}

// String returns "10.0.0.0/8" where the range is one block, else
// "10.0.0.0-10.0.1.255".
func (r Range) String() string {
	for bits := range r.From.BitLen() + 1 {
		if p := netip.PrefixFrom(r.From, bits); rangeOf(p) == r {
			return p.String()
		}
	}
	return fmt.Sprintf("%s-%s", r.From, r.To)
}

// Contains tells whether an address is in the range.
func (r Range) Contains(a netip.Addr) bool {
	return r.From.BitLen() == a.BitLen() && r.From.Compare(a) <= 0 && a.Compare(r.To) <= 0
}

func compareRanges(a, b Range) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) }

// follows tells whether b begins right after a ends.
func (b Range) follows(a Range) bool { return a.To.Next() == b.From }

// block returns the addresses of a CIDR without those of its exceptions, sorted.
func block(cidr netip.Prefix, except []netip.Prefix) []Range {
	rest := rangeOf(cidr)
	out := []Range{}
	var cut []Range
	for _, e := range except {
		cut = append(cut, rangeOf(e))
	}
	slices.SortFunc(cut, compareRanges)
	for _, c := range cut {
		if c.To.Compare(rest.From) < 0 {
			continue // within an exception that came before
		}
		if rest.From.Compare(c.From) < 0 {
			out = append(out, Range{rest.From, c.From.Prev()})
		}
		if c.To == rest.To {
			return out
		}
		rest.From = c.To.Next()
	}
	return append(out, rest)
}

// joined sorts ranges and joins those that touch.
func joined(ranges []Range) []Range {
	slices.SortFunc(ranges, compareRanges)
	out := ranges[:0]
	for _, r := range ranges {
		if n := len(out); n > 0 && (out[n-1].Contains(r.From) || r.follows(out[n-1])) {
			if out[n-1].To.Less(r.To) {
				out[n-1].To = r.To
			}
			continue
		}
		out = append(out, r)
	}
	return out
}

// holds tells whether an address is in one of sorted ranges that do not overlap.
func holds(ranges []Range, a netip.Addr) bool {
	i, found := slices.BinarySearchFunc(ranges, a, func(r Range, a netip.Addr) int { return r.From.Compare(a) })
	return found || i > 0 && ranges[i-1].Contains(a)
}
