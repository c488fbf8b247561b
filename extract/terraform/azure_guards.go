package terraform

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readNetworkSecurityGroup is the semantic of a group with rules inside.
func readNetworkSecurityGroup(b *builder, r *resource) {
	g := b.securityGroup(r.Address)
	for _, block := range r.Body.BlocksOf("security_rule") {
		g.addAzure(b, r, block)
	}
}

// readNetworkSecurityRule is the semantic of a rule of its own.
func readNetworkSecurityRule(b *builder, r *resource) {
	for _, owner := range b.named(r.Body.Get("network_security_group_name")) {
		if owner.row.role == guard {
			b.securityGroup(owner.Address).addAzure(b, r, r.Body)
		}
	}
}

// networkTag is the service tag of all in a virtual network and in those that it is
// joined with. Azure documentation, "Virtual network service tags".
const networkTag = "VirtualNetwork"

// priorityOfDefaults is that of the first rule that each group has by itself: what is in
// the virtual network gets in. Behind it nothing does. Azure documentation, "Network
// security groups", default security rules.
const priorityOfDefaults = 65000

func (g *securityGroup) addAzure(b *builder, r *resource, block *eval.Block) {
	direction, _ := block.Get("direction").Text()
	access, _ := block.Get("access").Text()
	if strings.EqualFold(direction, "Outbound") {
		g.addAzureWayOut(r, block)
		return
	}
	if !strings.EqualFold(direction, "Inbound") {
		return
	}
	priority, ordered := block.Get("priority").Int()
	if !ordered && strings.EqualFold(access, "Allow") {
		priority = math.MaxInt // as if last, so that nothing is said to be open that may be shut
	}
	protocol, _ := block.Get("protocol").Text()
	if protocol == "*" {
		protocol = "-1"
	}
	place := block.Source
	if place.IsZero() {
		place = r.Source
	}
	for _, ports := range append(block.Get("destination_port_ranges").Elements(), block.Get("destination_port_range").Elements()...) {
		text, _ := ports.Text()
		from, to, ok := portRange(text)
		rule := groupRule{protocol: normalProtocol(protocol), from: from, to: to, ports: ok, priority: priority, inside: true}
		everyone := false
		for _, source := range append(block.Get("source_address_prefixes").Elements(), block.Get("source_address_prefix").Elements()...) {
			everyone = rule.addPrefix(b, source) || everyone
		}
		for _, e := range block.Get("source_application_security_group_ids").Elements() {
			for _, group := range b.named(e) {
				rule.groups = append(rule.groups, group.Address)
			}
		}
		for _, e := range block.Get("destination_application_security_group_ids").Elements() {
			for _, group := range b.named(e) {
				rule.toGroups = append(rule.toGroups, group.Address)
			}
		}
		for _, target := range append(block.Get("destination_address_prefixes").Elements(), block.Get("destination_address_prefix").Elements()...) {
			if s, ok := target.Literal(); ok && isRange(s) && !isAnywhere(s) {
				rule.toRanges = append(rule.toRanges, s)
			}
		}
		switch {
		case strings.EqualFold(access, "Deny"):
			rule.unknown = rule.unknown || !ordered
			g.denials = append(g.denials, denial{rule, everyone})
		case strings.EqualFold(access, "Allow"):
			rule.evidence = graph.EvidenceAt(place, r.Address, "security rule lets in "+rule.describe())
			g.rules = append(g.rules, rule)
		}
	}
}

// addPrefix adds a source, and reports whether that is everyone, inside of the network
// and outside.
func (rule *groupRule) addPrefix(b *builder, source eval.Value) (everyone bool) {
	s, ok := source.Literal()
	switch {
	case !ok:
		if !derivesFromNetwork(b, source) {
			rule.leaveOpen(source)
		}
	case s == "*", strings.EqualFold(s, "Any"), isAnywhere(s):
		rule.internet, rule.network = append(rule.internet, "0.0.0.0/0"), true
		return true
	case strings.EqualFold(s, "Internet"):
		rule.internet = append(rule.internet, "0.0.0.0/0")
	case strings.EqualFold(s, networkTag):
		rule.network = true
	case s != "":
		rule.cidrs = append(rule.cidrs, s) // a range, or the tag of a service
	}
	return false
}

// portRange reads "22", "22-80" and "*".
func portRange(text string) (from, to int, ok bool) {
	if text == "*" {
		return 0, 65535, true
	}
	low, high, isRange := strings.Cut(text, "-")
	from, err := strconv.Atoi(strings.TrimSpace(low))
	if err != nil {
		return 0, 0, false
	}
	if !isRange {
		return from, from, true
	}
	to, err = strconv.Atoi(strings.TrimSpace(high))
	return from, to, err == nil
}

// readGroupAssociation puts a group around an interface, or a subnet.
func readGroupAssociation(b *builder, r *resource) {
	for _, g := range b.named(r.Body.Get("network_security_group_id")) {
		for _, attr := range []string{"network_interface_id", "subnet_id"} {
			for _, e := range r.Body.Get(attr).Elements() {
				for _, around := range b.named(e) {
					b.guardsOf[around.Address] = append(b.guardsOf[around.Address], g.Address)
				}
			}
		}
	}
}

// readGroupMember makes what has an interface a member of an application security group.
func readGroupMember(b *builder, r *resource) {
	for _, g := range b.named(r.Body.Get("application_security_group_id")) {
		for _, c := range b.targets(r.Body.Get("network_interface_id")) {
			c.groups = append(c.groups, g.Address)
		}
	}
}

// layers are the groups that traffic has to pass one after the other to reach a
// component through one of its interfaces; of those in one layer, one suffices.
type layers [][]string

// guardByLayers gives components the rules that are left where groups stand around
// interfaces and around subnets: both have to let traffic in. Azure documentation, "How
// network security groups filter network traffic".
func (b *builder) guardByLayers() {
	for _, c := range b.order {
		if c.row == nil || c.row.internet == notFromInternet && len(b.secGroups) == 0 || provider(c.row.typ) != "azurerm" && provider(c.row.typ) != "azapi" {
			continue
		}
		var rules []groupRule
		guarded := false
		for _, way := range b.waysTo(c) {
			left, any := b.passing(c, way)
			rules, guarded = append(rules, left...), guarded || any
		}
		if !guarded {
			if rules = openAddress(c); len(rules) == 0 {
				continue
			}
		}
		key := "what guards " + c.Address
		b.securityGroup(key).rules = rules
		c.groups = append(c.groups, key)
	}
}

// openAddress returns the rule of a public address of the basic kind, which lets all in
// where no group stands around it; the standard one lets nobody in then. Which of them
// the provider makes unasked hangs on its version. Azure documentation, "Public IP addresses".
func openAddress(c *component) []groupRule {
	for _, r := range c.resources {
		if sku, ok := r.Body.Get("sku").Literal(); r.Type == "azurerm_public_ip" && ok && strings.EqualFold(sku, "Basic") {
			return []groupRule{{
				protocol: "-1", to: 65535, ports: true, internet: []string{"0.0.0.0/0"}, network: true,
				evidence: atValue(r, r.Body.Get("sku"), "a basic address without a security group lets in all traffic"),
			}}
		}
	}
	return nil
}

// waysTo returns the layers on each way to a component: one for each interface, or
// those of its subnets.
func (b *builder) waysTo(c *component) []layers {
	var out []layers
	around := func(values []eval.Value, own []string) {
		way := layers{own}
		var groups []string
		for _, s := range b.subnetsOf(values) {
			groups = append(groups, b.guardsOf[s.key]...)
		}
		out = append(out, append(way, groups))
	}
	groupsIn := func(block *eval.Block) []string {
		var own []string
		for _, e := range block.Get("network_security_group_id").Elements() {
			for _, g := range b.named(e) {
				own = append(own, g.Address)
			}
		}
		return own
	}
	for _, r := range c.resources {
		if r.Type == "azurerm_network_interface" {
			around(r.uses[placesInSubnet], append(groupsIn(r.Body), b.guardsOf[r.Address]...))
		}
		for _, name := range []string{"network_interface", "network_profile"} {
			for _, block := range r.Body.BlocksOf(name) {
				if values := block.All("ip_configuration.subnet_id"); len(values) > 0 {
					around(values, groupsIn(block))
				}
			}
		}
	}
	if len(out) == 0 {
		var groups []string
		for _, key := range c.subnets {
			groups = append(groups, b.guardsOf[key]...)
		}
		out = append(out, layers{groups})
	}
	return out
}

// passing returns the rules that let traffic pass all layers of one way, and whether
// there is any layer at all.
func (b *builder) passing(c *component, way layers) (rules []groupRule, guarded bool) {
	for _, groups := range way {
		if len(groups) == 0 {
			continue
		}
		var layer []groupRule
		for _, address := range groups {
			layer = append(layer, b.rulesFor(c, b.securityGroup(address))...)
		}
		if !guarded {
			rules, guarded = layer, true
			continue
		}
		var both []groupRule
		for i := range rules {
			for j := range layer {
				if r, ok := rules[i].and(&layer[j]); ok {
					both = append(both, r)
				}
			}
		}
		rules = both
	}
	return rules, guarded
}

// rulesFor returns what a group lets in to one of those around whom it stands: the rules
// whose destination it may be, the one that every group has, and less the denials.
func (b *builder) rulesFor(c *component, g *securityGroup) []groupRule {
	var rules []groupRule
	for _, rule := range g.rules {
		if b.meant(c, &rule) {
			rules = append(rules, rule)
		}
	}
	rules = append(rules, groupRule{protocol: "-1", to: 65535, ports: true, network: true, priority: priorityOfDefaults, inside: true})
	var denials []denial
	for _, d := range g.denials {
		if b.meant(c, &d.groupRule) {
			denials = append(denials, d)
		}
	}
	return afterDenials(rules, denials)
}

// meant reports whether a component may be the destination of a rule.
func (b *builder) meant(c *component, rule *groupRule) bool {
	if len(rule.toGroups) > 0 && !slices.ContainsFunc(rule.toGroups, func(g string) bool { return slices.Contains(c.groups, g) }) {
		return false
	}
	if len(rule.toRanges) == 0 {
		return true
	}
	known := false
	for _, key := range c.subnets {
		for _, own := range rangesOfSubnet(b.nets.subnets[key]) {
			known = true
			if slices.ContainsFunc(rule.toRanges, func(r string) bool { return overlap(r, own) }) {
				return true
			}
		}
	}
	return !known
}

// and returns what both of two rules let in.
func (rule *groupRule) and(other *groupRule) (groupRule, bool) {
	out := *rule
	out.also = append(slices.Clone(rule.also), other.also...)
	if !other.evidence.Source().IsZero() {
		if rule.evidence.Source().IsZero() {
			out.evidence = other.evidence
		} else {
			out.also = append(out.also, other.evidence)
		}
	}
	switch {
	case rule.protocol == "-1":
		out.protocol = other.protocol
	case other.protocol != "-1" && other.protocol != rule.protocol:
		return out, false
	}
	out.ports = rule.ports && other.ports
	if out.ports {
		out.from, out.to = max(rule.from, other.from), min(rule.to, other.to)
		if out.from > out.to {
			return out, false
		}
	}
	out.network = rule.network && other.network
	out.internet = nil
	if len(rule.internet) > 0 && len(other.internet) > 0 {
		out.internet = rule.internet
	}
	out.unknown = rule.unknown && other.letsAny() || other.unknown && rule.letsAny()
	out.openBy = append(slices.Clone(rule.openBy), other.openBy...)
	out.cidrs = append(other.covered(rule.cidrs), rule.covered(other.cidrs)...)
	slices.Sort(out.cidrs)
	out.cidrs = slices.Compact(out.cidrs)
	out.groups = nil
	for _, g := range append(slices.Clone(rule.groups), other.groups...) {
		ownsIt := func(r *groupRule) bool { return slices.Contains(r.groups, g) || r.network || len(r.cidrs) > 0 }
		if ownsIt(rule) && ownsIt(other) && !slices.Contains(out.groups, g) {
			out.groups = append(out.groups, g)
		}
	}
	return out, out.letsAny()
}

func (rule *groupRule) letsAny() bool {
	return rule.network || rule.unknown || rule.self || len(rule.internet)+len(rule.cidrs)+len(rule.groups) > 0
}

// covered returns those of ranges, and tags of services, that a rule lets in as a whole.
func (rule *groupRule) covered(ranges []string) []string {
	var out []string
	for _, r := range ranges {
		inside := isPrivateRange(r)
		switch {
		case inside && rule.network, !inside && len(rule.internet) > 0, len(rule.internet) > 0 && rule.network,
			slices.ContainsFunc(rule.cidrs, func(own string) bool { return own == r || contains(own, r) }):
			out = append(out, r)
		}
	}
	return out
}
