package graph

import (
	"net/netip"
	"slices"
)

// compareRanges tells of the address ranges that a flow is opened to whether the head
// lets in what the base did not, and whether it keeps out what the base let in. No
// ranges at all are no limit. Of ranges that the input leaves open only the whole
// internet can be told apart.
func compareRanges(base, head []string) (wider, narrower bool) {
	if slices.Contains(base, PeersUnknown) || slices.Contains(head, PeersUnknown) {
		return isUnlimited(head) && !isUnlimited(base), isUnlimited(base) && !isUnlimited(head)
	}
	return !covers(base, head), !covers(head, base)
}

func isUnlimited(ranges []string) bool {
	return len(ranges) == 0 || slices.ContainsFunc(ranges, func(r string) bool {
		p, err := netip.ParsePrefix(r)
		return err == nil && p.Bits() == 0
	})
}

// covers reports whether all inner ranges lie in outer ones, each in one of them.
func covers(outer, inner []string) bool {
	if len(outer) == 0 {
		return true
	}
	return len(inner) > 0 && !slices.ContainsFunc(inner, func(in string) bool {
		return !slices.ContainsFunc(outer, func(out string) bool { return out == in || contains(out, in) })
	})
}

func contains(outer, inner string) bool {
	o, err := netip.ParsePrefix(outer)
	if err != nil {
		return false
	}
	i, err := netip.ParsePrefix(inner)
	return err == nil && o.Bits() <= i.Bits() && o.Masked().Contains(i.Addr())
}
