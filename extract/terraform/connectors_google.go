package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readPublicMember is the semantic of a role binding on a resource: what everyone
// holds opens it to the internet. "allUsers" is anyone, "allAuthenticatedUsers"
// anyone who has an account at all.
func readPublicMember(b *builder, r *resource) {
	for _, attr := range []string{"member", "members", "access.special_group", "special_group"} {
		for _, v := range r.Body.All(attr) {
			for _, e := range v.Elements() {
				who, _ := e.Text()
				if who != "allUsers" && who != "allAuthenticatedUsers" {
					continue
				}
				for _, c := range r.owners {
					why := who + " may use it"
					c.Set(graph.PropPublic, graph.Yes, atValue(r, v, why))
					c.Set(graph.PropAuthenticated, graph.No, atValue(r, v, why))
					b.flow(b.internet(), c, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.No, Peers: []string{"0.0.0.0/0"}}, atValue(r, v, why))
				}
			}
		}
	}
}

// readFirewall is the semantic of a network's firewall rule: it guards the
// machines of the network that have its tags, all where it has none.
func readFirewall(b *builder, r *resource) {
	if d, _ := r.Body.Get("direction").Text(); strings.EqualFold(d, "EGRESS") || r.Body.Get("disabled").Truth(graph.No) == graph.Yes {
		return
	}
	network := b.networkOf([]eval.Value{r.Body.Get("network")})
	g := b.securityGroup(r.Address)
	for _, allow := range r.Body.BlocksOf("allow") {
		protocol, _ := allow.Get("protocol").Text()
		ports := allow.Get("ports").Elements()
		if len(ports) == 0 {
			g.rules = append(g.rules, firewallRule(r, allow, normalProtocol(protocol), 0, 65535))
		}
		for _, p := range ports {
			text, _ := p.Text()
			from, to, ok := portRange(text)
			if ok {
				g.rules = append(g.rules, firewallRule(r, allow, normalProtocol(protocol), from, to))
			}
		}
	}
	var denials []denial
	for _, deny := range r.Body.BlocksOf("deny") {
		protocol, _ := deny.Get("protocol").Text()
		ports := deny.Get("ports").Elements()
		if len(ports) == 0 {
			denials = append(denials, denial{firewallRule(r, deny, normalProtocol(protocol), 0, 65535), true})
		}
		for _, p := range ports {
			text, _ := p.Text()
			from, to, ok := portRange(text)
			d := denial{firewallRule(r, deny, normalProtocol(protocol), from, to), true}
			d.ports = ok
			denials = append(denials, d)
		}
	}
	tags := map[string]bool{}
	for _, e := range r.Body.Get("target_tags").Elements() {
		if s, ok := e.Text(); ok {
			tags[s] = true
		}
	}
	b.firewalls[network] = append(b.firewalls[network], firewall{group: r.Address, tags: tags, accounts: b.targets(r.Body.Get("target_service_accounts")), named: r.Body.Get("target_service_accounts").IsSet(), denials: denials})
}

// firewall is a group of rules for the machines of a network.
type firewall struct {
	group    string
	tags     map[string]bool
	accounts []*component // the service accounts that machines run as
	named    bool         // accounts are named, be they known or not
	denials  []denial
}

// guards reports whether a machine is among those that a firewall rule selects.
func (f *firewall) guards(c *component) bool {
	switch {
	case f.named:
		return slices.ContainsFunc(f.accounts, func(a *component) bool { return slices.Contains(c.roles, a.Address) })
	case len(f.tags) > 0:
		return hasTag(c, f.tags)
	}
	return true
}

func firewallRule(r *resource, allow *eval.Block, protocol string, from, to int) groupRule {
	rule := groupRule{protocol: protocol, from: from, to: to, ports: true, priority: 1000}
	if n, ok := r.Body.Get("priority").Int(); ok {
		rule.priority = n
	}
	for _, e := range r.Body.Get("source_ranges").Elements() {
		switch s, ok := e.Literal(); {
		case !ok:
			rule.unknown = true
		case isAnywhere(s):
			rule.internet = append(rule.internet, s)
		default:
			rule.cidrs = append(rule.cidrs, s)
		}
	}
	place := allow.Source
	if place.IsZero() {
		place = r.Source
	}
	rule.evidence = graph.EvidenceAt(place, r.Address, "firewall rule lets in "+rule.describe())
	return rule
}

// guardByFirewalls gives machines the firewall rules of their network.
func (b *builder) guardByFirewalls() {
	if len(b.firewalls) == 0 {
		return
	}
	for _, c := range b.order {
		if c.row == nil || c.Technology != graph.TechServer || provider(c.row.typ) != "google" {
			continue
		}
		network := c.Boundary
		for _, key := range c.subnets {
			if s := b.nets.subnets[key]; s != nil {
				network = s.network
			}
		}
		var denials []denial
		var around []string
		for _, f := range b.firewalls[network] {
			if f.guards(c) {
				denials = append(denials, f.denials...)
				around = append(around, f.group)
			}
		}
		for _, group := range around {
			if len(denials) > 0 { // which differ from machine to machine
				rules := afterDenials(b.securityGroup(group).rules, denials)
				group += " at " + c.Address
				b.securityGroup(group).rules = rules
			}
			c.groups = append(c.groups, group)
		}
	}
}

func hasTag(c *component, tags map[string]bool) bool {
	for _, r := range c.resources { // a group of machines has those of its template
		for _, e := range r.Body.Get("tags").Elements() {
			if s, ok := e.Text(); ok && tags[s] {
				return true
			}
		}
	}
	return false
}

// readGoogleCluster decides how a managed cluster's API is reached: from anywhere
// unless its endpoint is private or networks are authorized.
func readGoogleCluster(b *builder, r *resource) {
	if r.self.Is(graph.PropPublicAddress) != graph.Yes {
		return
	}
	b.openToRanges(r, r.Body.All("master_authorized_networks_config.cidr_blocks.cidr_block"), !r.Body.Has("master_authorized_networks_config"),
		graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.Yes}, "API endpoint is public")
}

// readGoogleSQL decides how a database instance is reached: by its authorized
// networks alone.
func readGoogleSQL(b *builder, r *resource) {
	if r.self.Is(graph.PropPublicAddress) == graph.No {
		return
	}
	protocol, port := spoken(r.self)
	b.openToRanges(r, r.Body.All("settings.ip_configuration.authorized_networks.value"), false, graph.Flow{Protocol: protocol, Port: port}, "authorized network")
}

// openToRanges makes the flow from the internet where ranges hold all of it, or
// where there are none and that means everyone.
func (b *builder) openToRanges(r *resource, ranges []eval.Value, everyone bool, f graph.Flow, why string) {
	if everyone {
		f.Peers = []string{"0.0.0.0/0"}
		b.flow(b.internet(), r.self, f, at(r, why))
		return
	}
	for _, v := range ranges {
		if s, _ := v.Literal(); isAnywhere(s) {
			f.Peers = []string{s}
			b.flow(b.internet(), r.self, f, atValue(r, v, why+" is "+s))
		}
	}
}
