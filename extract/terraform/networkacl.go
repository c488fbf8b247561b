package terraform

import (
	"net/netip"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// networkACL is the stateless filter at a subnet's edge: the rule with the lowest
// number that matches decides, and nothing matches by default.
type networkACL struct {
	rules []aclRule
}

// aclRule is one rule on what comes in.
type aclRule struct {
	number   int
	allows   bool
	from, to int
	anyone   bool // it is for every address
	known    bool // false where its ports, addresses or effect can't be known
}

// networkACLs are the filters of a root.
type networkACLs struct {
	byAddress map[string]*networkACL
	ofSubnet  map[string]string // addresses of subnets to those of their filters
	ofNetwork map[string]string // the filter of subnets without one, by the network's ID
}

func newNetworkACLs() networkACLs {
	return networkACLs{map[string]*networkACL{}, map[string]string{}, map[string]string{}}
}

func (n *networkACLs) at(address string) *networkACL {
	if n.byAddress[address] == nil {
		n.byAddress[address] = &networkACL{}
	}
	return n.byAddress[address]
}

// readNetworkACL is the semantic of a filter with rules inside. The default one of
// a network loses the rules that AWS gave it, once terraform has it.
func readNetworkACL(b *builder, r *resource) {
	acl := b.acls.at(r.Address)
	for _, block := range r.Body.BlocksOf("ingress") {
		acl.add(block, "rule_no", "action")
	}
	for _, v := range r.Body.Get("subnet_ids").Elements() {
		for _, s := range b.named(v) {
			b.acls.ofSubnet[s.Address] = r.Address
		}
	}
	if v := r.Body.Get("default_network_acl_id"); v.IsSet() {
		id := b.networkOf([]eval.Value{v})
		b.acls.ofNetwork[id] = r.Address
		b.addPart(id, r)
	}
	b.addPart(b.networkOf(r.uses[placesInNetwork]), r)
}

// readNetworkACLRule is the semantic of a rule of its own.
func readNetworkACLRule(b *builder, r *resource) {
	if r.Body.Get("egress").Truth(graph.No) == graph.Yes {
		return
	}
	for _, owner := range b.named(r.Body.Get("network_acl_id")) {
		b.acls.at(owner.Address).add(r.Body, "rule_number", "rule_action")
		b.addPart(b.networkOf(owner.uses[placesInNetwork]), r)
	}
}

// readNetworkACLAssociation puts a subnet behind a filter.
func readNetworkACLAssociation(b *builder, r *resource) {
	for _, owner := range b.named(r.Body.Get("network_acl_id")) {
		for _, s := range b.named(r.Body.Get("subnet_id")) {
			b.acls.ofSubnet[s.Address] = owner.Address
		}
	}
}

func (a *networkACL) add(block *eval.Block, number, action string) {
	rule := aclRule{known: true}
	n, ok := block.Get(number).Int()
	rule.number, rule.known = n, ok
	effect, ok := block.Get(action).Text()
	rule.allows, rule.known = effect == "allow", rule.known && ok
	protocol, _ := block.Get("protocol").Text()
	from, okFrom := block.Get("from_port").Int()
	to, okTo := block.Get("to_port").Int()
	switch normalProtocol(protocol) {
	case "-1":
		from, to = 0, 65535
	case "tcp":
		rule.known = rule.known && okFrom && okTo
	default:
		return // says nothing of connections
	}
	rule.from, rule.to = from, to
	for _, attr := range []string{"cidr_block", "ipv6_cidr_block"} {
		v := block.Get(attr)
		s, ok := v.Literal()
		if v.IsSet() && !v.IsNull() && !ok {
			rule.known = false
		}
		rule.anyone = rule.anyone || isAnywhere(s)
	}
	a.rules = append(a.rules, rule)
}

// refuses reports whether the internet certainly can't reach any of the ports.
func (a *networkACL) refuses(from, to int) bool {
	rules := slices.Clone(a.rules)
	slices.SortStableFunc(rules, func(x, y aclRule) int { return x.number - y.number })
	for _, r := range rules {
		switch {
		case !r.known:
			return false
		case r.to < from || to < r.from, r.allows && !r.anyone:
			continue // an allowed range is not the internet
		case r.allows:
			return false
		case r.anyone && r.from <= from && to <= r.to:
			return true
		}
	}
	return true
}

// refusedByACL reports whether the filters of all subnets that a component stands
// in keep a flow from the internet out.
func (b *builder) refusedByACL(c *component, f *graph.Flow) bool {
	from, to := f.Port, max(f.Port, f.PortEnd)
	if to == 0 || len(c.subnets) == 0 {
		return false
	}
	for _, key := range c.subnets {
		address, ok := b.acls.ofSubnet[key]
		if s := b.nets.subnets[key]; !ok && s != nil {
			address, ok = b.acls.ofNetwork[s.network]
		}
		if !ok || !b.acls.byAddress[address].refuses(from, to) {
			return false
		}
	}
	return true
}

// prefixList adds what a list of ranges lets in to a rule.
func (rule *groupRule) prefixList(b *builder, v eval.Value) {
	for _, list := range b.named(v) {
		if list.Mode == eval.Data {
			name, _ := list.Body.Get("name").Text()
			rule.cidrs = append(rule.cidrs, "prefix list "+strings.TrimPrefix(name, "com.amazonaws."))
			continue
		}
		for _, e := range list.Body.All("entry.cidr") {
			rule.addRange(b, e)
		}
		for _, e := range b.byType["aws_ec2_managed_prefix_list_entry"] {
			if slices.Contains(b.named(e.Body.Get("prefix_list_id")), list) {
				rule.addRange(b, e.Body.Get("cidr"))
			}
		}
	}
	if s, ok := v.Literal(); ok && s != "" {
		rule.cidrs = append(rule.cidrs, "prefix list "+s)
	}
}

// addRange adds an address range, which may hold several separated by commas. A text
// that is none is taken for one that is replaced when the root is applied: nothing
// else would be accepted.
func (rule *groupRule) addRange(b *builder, v eval.Value) {
	s, ok := v.Text()
	if !ok || strings.Contains(s, "⟦") {
		if !derivesFromNetwork(b, v) {
			rule.leaveOpen(v)
		}
		return
	}
	for one := range strings.SplitSeq(s, ",") {
		if one = strings.TrimSpace(one); isAnywhere(one) {
			rule.internet = append(rule.internet, one)
		} else if isRange(one) {
			rule.cidrs = append(rule.cidrs, one)
		} else if one != "" {
			rule.unknown = true
		}
	}
}

func isRange(text string) bool {
	if _, err := netip.ParsePrefix(text); err == nil {
		return true
	}
	_, err := netip.ParseAddr(text)
	return err == nil
}
