package terraform

import (
	"math"
	"strconv"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readNetworkSecurityGroup is the semantic of a group with rules inside.
func readNetworkSecurityGroup(b *builder, r *resource) {
	g := b.securityGroup(r.Address)
	for _, block := range r.Body.BlocksOf("security_rule") {
		g.addAzure(r, block)
	}
}

// readNetworkSecurityRule is the semantic of a rule of its own.
func readNetworkSecurityRule(b *builder, r *resource) {
	for _, owner := range b.named(r.Body.Get("network_security_group_name")) {
		b.securityGroup(owner.Address).addAzure(r, r.Body)
	}
}

func (g *securityGroup) addAzure(r *resource, block *eval.Block) {
	direction, _ := block.Get("direction").Text()
	access, _ := block.Get("access").Text()
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
		rule := groupRule{protocol: normalProtocol(protocol), from: from, to: to, ports: ok, priority: priority}
		everyone := false
		for _, source := range append(block.Get("source_address_prefixes").Elements(), block.Get("source_address_prefix").Elements()...) {
			switch s, ok := source.Literal(); {
			case !ok:
				rule.unknown = true
			case s == "*", strings.EqualFold(s, "Internet"), strings.EqualFold(s, "Any"), isAnywhere(s):
				rule.internet = append(rule.internet, "0.0.0.0/0")
				everyone = everyone || !strings.EqualFold(s, "Internet")
			default:
				rule.cidrs = append(rule.cidrs, s)
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

// readGroupAssociation puts a group around what stands in a subnet, or behind an interface.
func readGroupAssociation(b *builder, r *resource) {
	for _, g := range b.named(r.Body.Get("network_security_group_id")) {
		for _, c := range b.targets(r.Body.Get("network_interface_id")) {
			c.groups = append(c.groups, g.Address)
		}
		for _, s := range b.named(r.Body.Get("subnet_id")) {
			b.groupsOfSubnet[s.Address] = append(b.groupsOfSubnet[s.Address], g.Address)
		}
	}
}

// guardBySubnets gives components the groups of the subnets that they stand in.
func (b *builder) guardBySubnets() {
	if len(b.groupsOfSubnet) == 0 {
		return
	}
	for _, c := range b.order {
		for _, key := range c.subnets {
			c.groups = append(c.groups, b.groupsOfSubnet[key]...)
		}
	}
}

// readInterface gives a machine the public address of its interface.
func readInterface(b *builder, r *resource) {
	for _, v := range r.Body.All("ip_configuration.public_ip_address_id") {
		for _, c := range r.owners {
			c.Set(graph.PropPublicAddress, graph.Yes, atValue(r, v, "its interface has a public address"))
		}
	}
}

// readAzureEndpoint opens what has a public endpoint by default, unless public
// access is off, or network rules stand before it.
func readAzureEndpoint(b *builder, r *resource) {
	if r.self.Is(graph.PropPublicAddress) == graph.No {
		return
	}
	for _, rules := range []string{"network_acls", "network_rules"} {
		for _, block := range r.Body.BlocksOf(rules) {
			if action, _ := block.Get("default_action").Text(); !strings.EqualFold(action, "Allow") {
				r.self.Set(graph.PropPublicAddress, graph.No, atValue(r, block.Get("default_action"), rules+" deny by default"))
				return
			}
		}
	}
	r.self.Set(graph.PropPublicAddress, graph.Yes, at(r, "its endpoint is on the internet"))
	protocol, port := spoken(r.self)
	if port == 0 {
		protocol, port = "https", 443
	}
	b.flow(b.internet(), r.self, graph.Flow{Protocol: protocol, Port: port, Peers: []string{"0.0.0.0/0"}}, at(r, "its endpoint is on the internet and no network rules stand before it"))
}

// readServerFirewall is the semantic of a database server's firewall rule: without
// any the server lets nobody in.
func readServerFirewall(b *builder, r *resource) {
	start, _ := r.Body.Get("start_ip_address").Literal()
	end, _ := r.Body.Get("end_ip_address").Literal()
	if start != "0.0.0.0" || end != "255.255.255.255" {
		return
	}
	for _, c := range r.owners {
		protocol, port := spoken(c)
		b.flow(b.internet(), c, graph.Flow{Protocol: protocol, Port: port, Peers: []string{"0.0.0.0/0"}}, at(r, "firewall rule lets in every address"))
	}
}

// readManagedCluster decides how a managed cluster's API is reached.
func readManagedCluster(b *builder, r *resource) {
	if r.self.Is(graph.PropPublicAddress) != graph.Yes {
		return
	}
	ranges := append(r.Body.All("api_server_authorized_ip_ranges"), r.Body.All("api_server_access_profile.authorized_ip_ranges")...)
	var each []eval.Value
	for _, v := range ranges {
		each = append(each, v.Elements()...)
	}
	b.openToRanges(r, each, len(each) == 0, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.Yes}, "API endpoint is public")
}

// readAlertPolicy is the semantic of a policy on what a server warns of: switched off,
// or with warnings left out, attacks go unseen.
func readAlertPolicy(_ *builder, r *resource) {
	state, left := r.Body.Get("state"), r.Body.Get("disabled_alerts")
	for _, c := range r.owners {
		switch s, known := state.Literal(); {
		case known && s == "Disabled":
			c.Set(graph.PropMonitored, graph.No, atValue(r, state, "its alert policy is off"))
		case len(left.Elements()) > 0:
			c.Set(graph.PropMonitored, graph.No, atValue(r, left, "its alert policy leaves warnings out"))
		case known && s == "Enabled":
			c.Set(graph.PropMonitored, graph.Yes, atValue(r, state, "its alert policy is on"))
		}
	}
}
