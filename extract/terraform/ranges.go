package terraform

import "net/netip"

// rangeOfText reads a range of addresses, or a single one; the zero value for anything else.
func rangeOfText(text string) netip.Prefix {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked()
	}
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen())
	}
	return netip.Prefix{}
}

func overlap(x, y string) bool {
	a, b := rangeOfText(x), rangeOfText(y)
	return a.IsValid() && b.IsValid() && a.Overlaps(b)
}

// contains reports whether all of a range lies in another.
func contains(outer, inner string) bool {
	a, b := rangeOfText(outer), rangeOfText(inner)
	return a.IsValid() && b.IsValid() && a.Bits() <= b.Bits() && a.Overlaps(b)
}

// isPrivateRange reports whether a range is one of those that networks use inside.
func isPrivateRange(text string) bool {
	p := rangeOfText(text)
	return p.IsValid() && (p.Addr().IsPrivate() || contains("100.64.0.0/10", text))
}

// subnetRanges are the attributes in which the providers keep a subnet's addresses.
var subnetRanges = []string{"address_prefixes", "address_prefix", "cidr_block", "ip_cidr_range"}

// rangesOfSubnet returns the address ranges of a subnet that are known.
func rangesOfSubnet(s *subnet) []string {
	if s == nil || s.res == nil || s.output != "" {
		return nil
	}
	var out []string
	for _, attr := range subnetRanges {
		for _, e := range s.res.Body.Get(attr).Elements() {
			if text, ok := e.Literal(); ok && rangeOfText(text).IsValid() {
				out = append(out, text)
			}
		}
	}
	return out
}
