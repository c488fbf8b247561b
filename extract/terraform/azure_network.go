package terraform

import (
	"cmp"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readInterface says whether a machine has a public address, by its interface.
func readInterface(_ *builder, r *resource) {
	blocks := r.Body.BlocksOf("ip_configuration")
	for _, block := range blocks {
		v := block.Get("public_ip_address_id")
		for _, c := range r.owners {
			switch {
			case v.IsSet() && !v.IsNull():
				c.Set(graph.PropPublicAddress, graph.Yes, atValue(r, v, "its interface has a public address"))
			case c.Is(graph.PropPublicAddress) == graph.Unknown:
				c.Set(graph.PropPublicAddress, graph.No, at(r, "its interface has no public address"))
			}
		}
	}
}

// readScaleSet reads the interfaces of a scale set: its public address, and the pools
// that its machines are members of.
func readScaleSet(b *builder, r *resource) {
	for _, name := range []string{"network_interface", "network_profile"} {
		for _, block := range r.Body.BlocksOf(name) {
			for _, conf := range block.BlocksOf("ip_configuration") {
				public := len(conf.BlocksOf("public_ip_address"))+len(conf.BlocksOf("public_ip_address_configuration")) > 0
				if public || r.self.Is(graph.PropPublicAddress) == graph.Unknown {
					why := "its interfaces have no public addresses"
					if public {
						why = "its interfaces have public addresses"
					}
					r.self.Set(graph.PropPublicAddress, graph.Of(public), atValue(r, conf.Get("name"), why))
				}
				b.attachOwner(r, conf.Get("load_balancer_backend_address_pool_ids"), eval.Value{})
				for _, nat := range conf.Get("load_balancer_inbound_nat_rules_ids").Elements() {
					for _, pool := range b.named(nat) {
						b.translate(pool, r.self, atValue(r, nat, "NAT pool of the load balancer"))
					}
				}
				for _, e := range conf.Get("application_gateway_backend_address_pool_ids").Elements() {
					b.behindGateway(r, e, r.owners)
				}
				for _, e := range conf.Get("application_security_group_ids").Elements() {
					for _, g := range b.named(e) {
						if g.row.role == guard {
							r.self.groups = append(r.self.groups, g.Address)
						}
					}
				}
			}
		}
	}
}

// readMachineLogins says whether a machine lets people in by a password.
func readMachineLogins(_ *builder, r *resource) {
	for _, path := range []string{"disable_password_authentication", "os_profile_linux_config.disable_password_authentication"} {
		if v := r.Body.Get(path); v.IsSet() && v.Truth(graph.Unknown) == graph.No {
			r.self.Set(graph.PropPasswordLogin, graph.Yes, atValue(r, v, lastStep(path)+" is false"))
		} else if v.IsSet() && v.Truth(graph.Unknown) == graph.Yes {
			r.self.Set(graph.PropPasswordLogin, graph.No, atValue(r, v, lastStep(path)+" is true"))
		}
	}
}

// isWindows reports whether a machine's type or configuration says that it runs Windows.
func isWindows(r *resource) bool {
	return strings.Contains(r.Type, "windows") || len(r.Body.BlocksOf("os_profile_windows_config")) > 0
}

// readVirtualPeering joins two networks.
func readVirtualPeering(b *builder, r *resource) {
	b.join(r, b.networksNamed(r, "virtual_network_name", "remote_virtual_network_id"))
}

// readHubConnection joins a network with all others at the hub.
func readHubConnection(b *builder, r *resource) {
	for _, hub := range b.named(r.Body.Get("virtual_hub_id")) {
		b.joinAt(hub, b.networksNamed(r, "remote_virtual_network_id"))
	}
}

// readConnectivity joins the networks of a group that a network manager connects.
func readConnectivity(b *builder, r *resource) {
	networks := b.networksNamed(r, "hub.resource_id")
	for _, v := range r.Body.All("applies_to_group.network_group_id") {
		for _, group := range b.named(v) {
			for _, m := range b.byType["azurerm_network_manager_static_member"] {
				if slices.Contains(b.named(m.Body.Get("network_group_id")), group) {
					networks = append(networks, b.networksNamed(m, "target_virtual_network_id")...)
				}
			}
		}
	}
	if len(networks) > 1 {
		b.joined = append(b.joined, joined{networks, r})
		for _, id := range networks {
			b.addPart(id, r)
		}
	}
}

// readZoneLink makes a zone of private names a part of the network that asks it.
func readZoneLink(b *builder, r *resource) {
	id := b.networkOf(r.uses[placesInNetwork])
	b.addPart(id, r)
	for _, zone := range b.named(r.Body.Get("private_dns_zone_name")) {
		b.addPart(id, zone)
	}
}

// readSubnetPart makes what gives a subnet its ways out a part of its network.
func readSubnetPart(b *builder, r *resource) {
	for _, s := range b.named(r.Body.Get("subnet_id")) {
		if own := b.nets.subnets[s.Address]; own != nil && own.boundary != nil {
			own.boundary.Parts = append(own.boundary.Parts, r.Address)
			for _, table := range b.named(r.Body.Get("route_table_id")) {
				own.boundary.Parts = append(own.boundary.Parts, table.Address)
				b.routeThrough(table, own)
			}
			for _, gateway := range b.targets(r.Body.Get("nat_gateway_id")) {
				if gateway.Boundary == "" || b.nets.byID[gateway.Boundary] != nil && b.nets.byID[gateway.Boundary].Kind != graph.BoundarySubnet {
					gateway.Boundary = cmp.Or(own.network, gateway.Boundary)
				}
			}
		}
	}
}

// routeThrough makes the flows of what stands in a subnet to the appliance that its
// table sends traffic through, the default route first.
func (b *builder) routeThrough(table *resource, s *subnet) {
	blocks := table.Body.BlocksOf("route")
	for _, r := range b.byType["azurerm_route"] {
		if slices.Contains(b.named(r.Body.Get("route_table_name")), table) {
			blocks = append(blocks, r.Body)
		}
	}
	for _, block := range blocks {
		if hop, _ := block.Get("next_hop_type").Literal(); !strings.EqualFold(hop, "VirtualAppliance") {
			continue
		}
		to, _ := block.Get("address_prefix").Text()
		why, carries := "a route of its subnet leads through it to "+readable(to), "traffic to other networks"
		if to == "0.0.0.0/0" {
			s.filtered = true
			why, carries = "the default route of its subnet leads through it", "outgoing traffic"
		}
		v := block.Get("next_hop_in_ip_address")
		for _, appliance := range b.atPrivateAddress(v) {
			made := 0
			for _, from := range b.order {
				if !slices.Contains(from.subnets, s.key) || from.Kind != graph.Process || from == appliance {
					continue
				}
				if made++; made > maxPermitted {
					break
				}
				b.flow(from, appliance, graph.Flow{Protocol: "ip", Carries: carries}, atValue(table, v, why))
			}
		}
	}
}

// atPrivateAddress returns what has an address: by reference, or by the address that it
// is given in the root.
func (b *builder) atPrivateAddress(v eval.Value) []*component {
	if found := b.targets(v); len(found) > 0 {
		return found
	}
	text, ok := v.Literal()
	if !ok {
		return nil
	}
	for _, c := range b.order {
		for _, r := range c.resources {
			for _, path := range []string{"ip_configuration.private_ip_address", "frontend_ip_configuration.private_ip_address"} {
				for _, own := range r.Body.All(path) {
					if s, ok := own.Literal(); ok && s == text {
						return []*component{c}
					}
				}
			}
		}
	}
	return nil
}

// readFirewallTranslations makes the flows of addresses that a firewall translates: from
// the internet to the firewall, and from there to what is behind it.
func readFirewallTranslations(b *builder, r *resource) {
	firewalls := b.targets(r.Body.Get("azure_firewall_name"))
	for _, policy := range b.named(r.Body.Get("firewall_policy_id")) {
		for _, f := range b.byType["azurerm_firewall"] {
			if f.self != nil && slices.Contains(b.named(f.Body.Get("firewall_policy_id")), policy) {
				firewalls = append(firewalls, f.self)
			}
		}
	}
	rules := r.Body.BlocksOf("nat_rule_collection.rule")
	if r.Type == "azurerm_firewall_nat_rule_collection" {
		rules = r.Body.BlocksOf("rule")
	}
	for _, fw := range firewalls {
		fw.Parts = append(fw.Parts, r.Address)
		for _, rule := range rules {
			b.translation(r, fw, rule)
		}
	}
}

func (b *builder) translation(r *resource, fw *component, rule *eval.Block) {
	source := groupRule{}
	for _, e := range rule.Get("source_addresses").Elements() {
		source.addPrefix(b, e)
	}
	to := rule.Get("translated_address")
	back, _ := rule.Get("translated_port").Int()
	for _, p := range rule.Get("destination_ports").Elements() {
		text, _ := p.Text()
		port, _, ok := portRange(text)
		if !ok {
			continue
		}
		f := graph.Flow{Protocol: protocolOfPort(port), Port: port, Peers: source.peers()}
		if len(source.internet) == 0 && !source.unknown {
			f.Basis, f.Peers = graph.Permitted, source.cidrs
		}
		b.flow(b.internet(), fw, f, atValue(r, to, "firewall translates its address at port "+text))
		if back == 0 {
			back = port
		}
		for _, c := range b.atPrivateAddress(to) {
			b.flow(fw, c, graph.Flow{Protocol: protocolOfPort(back), Port: back}, atValue(r, to, "firewall passes port "+text+" on to it"))
		}
	}
}

// readFirewallInstance makes a firewall's policy a part of it.
func readFirewallInstance(b *builder, r *resource) {
	for _, policy := range b.named(r.Body.Get("firewall_policy_id")) {
		r.self.Parts = append(r.self.Parts, policy.Address)
	}
	if len(r.Body.All("ip_configuration.public_ip_address_id")) > 0 {
		r.self.Set(graph.PropPublicAddress, graph.Yes, at(r, "it has a public address"))
	}
}

// readBastion is the semantic of a host that people reach machines through: with a
// browser from the internet, from there by ssh and rdp.
func readBastion(b *builder, r *resource) {
	r.self.Set(graph.PropPublicAddress, graph.Yes, at(r, "it has a public address"))
	r.self.Set(graph.PropAuthenticated, graph.Yes, at(r, "users sign in with Entra"))
	b.flow(b.internet(), r.self, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.Yes, Peers: []string{"0.0.0.0/0"}}, at(r, "users come in from the internet"))
	network := b.networkAround(r.self)
	made := 0
	for _, c := range b.order {
		if c.Technology != graph.TechServer || network == "" || b.networkAround(c) != network {
			continue
		}
		if made++; made > maxPermitted {
			return
		}
		f := graph.Flow{Protocol: "ssh", Port: 22, Basis: graph.Permitted}
		if slices.ContainsFunc(c.resources, isWindows) {
			f.Protocol, f.Port = "rdp", 3389
		}
		b.flow(r.self, c, f, at(r, "reaches the machines of its network"))
	}
}

// readVPNGateway opens a gateway to those who dial in.
func readVPNGateway(b *builder, r *resource) {
	if len(r.Body.All("ip_configuration.public_ip_address_id")) > 0 {
		r.self.Set(graph.PropPublicAddress, graph.Yes, at(r, "it has a public address"))
	}
	if len(r.Body.BlocksOf("vpn_client_configuration")) > 0 || r.Type == "azurerm_point_to_site_vpn_gateway" {
		b.flow(b.internet(), r.self, graph.Flow{Protocol: "ipsec", Encrypted: graph.Yes, Authenticated: graph.Yes, Peers: []string{"0.0.0.0/0"}}, at(r, "users dial in from the internet"))
	}
}

// readWatcherLog says whether what a flow log watches is recorded.
func readWatcherLog(b *builder, r *resource) {
	if kept := r.Body.Get("retention_policy.enabled"); kept.Truth(graph.Unknown) == graph.No {
		// The days count for nothing: records are kept until somebody deletes them.
		r.self.Set(graph.PropRetained, graph.Unknown, atValue(r, kept, "no retention is enabled"))
	}
	v := r.Body.Get("enabled")
	on := v.Truth(graph.Unknown)
	if on == graph.Unknown {
		return
	}
	mark := func(bd *graph.Boundary) {
		if bd != nil {
			bd.Set(graph.PropLogged, on, atValue(r, v, "its flow log is "+map[graph.Truth]string{graph.Yes: "on", graph.No: "off"}[on]))
		}
	}
	for _, n := range b.named(r.Body.Get("target_resource_id")) {
		switch {
		case n.row.role == network:
			mark(b.nets.byID[b.nets.network[n.Address]])
		case b.nets.subnets[n.Address] != nil:
			mark(b.nets.subnets[n.Address].boundary)
		}
	}
	for _, attr := range []string{"network_security_group_id", "target_resource_id"} {
		for _, g := range b.named(r.Body.Get(attr)) {
			for _, key := range sortedKeys(b.guardsOf) {
				if s := b.nets.subnets[key]; s != nil && slices.Contains(b.guardsOf[key], g.Address) {
					mark(s.boundary)
				}
			}
		}
	}
}

// privateEndpoint is a way to a service from inside of a network.
type privateEndpoint struct {
	network string
	by      *resource
}

// hasPrivateEndpoint reports whether a way to a component from a network was made.
func (b *builder) hasPrivateEndpoint(c *component) bool {
	b.findPrivateEndpoints()
	return len(b.privateEndpoints[c]) > 0
}

func (b *builder) findPrivateEndpoints() {
	if b.privateEndpoints != nil {
		return
	}
	b.privateEndpoints = map[*component][]privateEndpoint{}
	for _, r := range b.byType["azurerm_private_endpoint"] {
		network := ""
		for _, s := range b.subnetsOf(r.uses[placesInSubnet]) {
			network = s.network
		}
		for _, v := range r.Body.All("private_service_connection.private_connection_resource_id") {
			for _, c := range b.targets(v) {
				b.privateEndpoints[c] = append(b.privateEndpoints[c], privateEndpoint{network, r})
			}
		}
	}
}

// readPrivateEndpoint makes an endpoint a part of the service that it leads to, and of
// the subnet that it stands in.
func readPrivateEndpoint(b *builder, r *resource) {
	for _, v := range r.Body.All("private_service_connection.private_connection_resource_id") {
		for _, c := range b.targets(v) {
			c.Parts = append(c.Parts, r.Address)
		}
	}
	for _, s := range b.subnetsOf(r.uses[placesInSubnet]) {
		if s.root().boundary != nil {
			s.root().boundary.Parts = append(s.root().boundary.Parts, r.Address)
		}
	}
}

// throughPrivateEndpoints adds to flows the endpoint that keeps them inside of the
// caller's network, or of one that is joined with it.
func (b *builder) throughPrivateEndpoints() {
	if len(b.byType["azurerm_private_endpoint"]) == 0 {
		return
	}
	b.findPrivateEndpoints()
	for key, claims := range b.flows {
		from, to := b.comps[key[0]], b.comps[key[1]]
		if from == nil || to == nil {
			continue
		}
		home := b.networkAround(from)
		for _, e := range b.privateEndpoints[to] {
			if home != "" && (e.network == home || b.areJoined(home, e.network)) {
				claims[0].flow.Evidence = append(claims[0].flow.Evidence, at(e.by, "a private endpoint keeps it inside of the network"))
				b.onPrivateAddress(key, to, at(e.by, "a private endpoint in the network of its callers leads to it"))
				break
			}
		}
	}
}

func (b *builder) areJoined(x, y string) bool {
	return slices.ContainsFunc(b.joined, func(j joined) bool { return slices.Contains(j.networks, x) && slices.Contains(j.networks, y) })
}
