package terraform

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readAzureBalancer says whether a load balancer takes connections from the internet: by
// its frontends. Its rules are resources of their own.
func readAzureBalancer(_ *builder, r *resource) {
	readFrontends(r)
}

// readFrontends sets whether any frontend has a public address, and returns the names
// of those that have none.
func readFrontends(r *resource) (private []string) {
	public := graph.Unknown
	for _, block := range r.Body.BlocksOf("frontend_ip_configuration") {
		name, _ := block.Get("name").Text()
		v := block.Get("public_ip_address_id")
		if !v.IsSet() {
			v = block.Get("public_ip_prefix_id")
		}
		if v.IsSet() && !v.IsNull() {
			public = graph.Yes
			r.self.Set(graph.PropPublicAddress, graph.Yes, atValue(r, v, "a frontend has a public address"))
			continue
		}
		private = append(private, name)
		if public != graph.Yes {
			public = graph.No
			r.self.Set(graph.PropPublicAddress, graph.No, graph.EvidenceAt(cmp.Or(block.Source, r.Source), r.Address, "its frontends have no public address"))
		}
	}
	return private
}

// readBalancerRule is the semantic of a load balancer's rule: it listens at one port and
// sends to a pool at another, or to the member that a translation is made for.
func readBalancerRule(b *builder, r *resource) {
	port, _ := r.Body.Get("frontend_port").Int()
	if port == 0 {
		port, _ = r.Body.Get("frontend_port_start").Int()
	}
	back, _ := r.Body.Get("backend_port").Int()
	protocol := protocolOfPort(port)
	for _, c := range r.owners {
		c.listeners = append(c.listeners, listener{protocol: protocol, port: port, evidence: at(r, "load balancer listens at port "+strconv.Itoa(port))})
		for _, attr := range []string{"backend_address_pool_ids", "backend_address_pool_id"} {
			for _, g := range b.groupsNamed(r.Body.Get(attr)) {
				g.sources = append(g.sources, attached{c, back, []graph.Evidence{at(r, "rule of the load balancer sends to the pool")}})
			}
		}
	}
}

// readPoolMember attaches what has an interface to a pool.
func readPoolMember(b *builder, r *resource) {
	b.attach(r, r.Body.Get("backend_address_pool_id"), r.Body.Get("network_interface_id"), eval.Value{})
}

// readPoolAddress attaches what has an address to a pool.
func readPoolAddress(b *builder, r *resource) {
	v := r.Body.Get("ip_address")
	for _, g := range b.groupsNamed(r.Body.Get("backend_address_pool_id")) {
		for _, c := range b.atPrivateAddress(v) {
			g.members = append(g.members, attached{c, 0, []graph.Evidence{atValue(r, v, "member of the pool by its address")}})
		}
	}
}

// readNATMember makes the flow of a rule that a load balancer has for one machine.
func readNATMember(b *builder, r *resource) {
	for _, rule := range b.named(r.Body.Get("nat_rule_id")) {
		for _, to := range b.targets(r.Body.Get("network_interface_id")) {
			b.translate(rule, to, at(r, "NAT rule of the load balancer"))
		}
	}
}

func (b *builder) translate(rule *resource, to *component, e graph.Evidence) {
	back, _ := rule.Body.Get("backend_port").Int()
	for _, lb := range rule.owners {
		b.flow(lb, to, graph.Flow{Protocol: protocolOfPort(back), Port: back}, e)
	}
}

// gatewaySettings is how an application gateway speaks to a backend.
type gatewaySettings struct {
	protocol string
	port     int
}

// readApplicationGateway reads a gateway whose listeners, rules and pools are its own
// blocks, which name each other.
func readApplicationGateway(b *builder, r *resource) {
	c := r.self
	private := readFrontends(r)
	ports := map[string]int{}
	for _, block := range r.Body.BlocksOf("frontend_port") {
		name, _ := block.Get("name").Text()
		ports[name], _ = block.Get("port").Int()
	}
	redirecting := redirectingListeners(r.Body)
	settings := gatewayPools(r.Body)
	for _, block := range r.Body.BlocksOf("http_listener") {
		name, _ := block.Get("name").Text()
		frontend, _ := block.Get("frontend_ip_configuration_name").Text()
		if c.Is(graph.PropPublicAddress) == graph.Yes && len(private) > 0 && slices.Contains(private, frontend) {
			continue // reached from inside
		}
		protocol, _ := block.Get("protocol").Text()
		protocol = strings.ToLower(protocol)
		portName, _ := block.Get("frontend_port_name").Text()
		port := ports[portName]
		if port == 0 {
			port = map[string]int{"http": 80, "https": 443}[protocol]
		}
		c.listeners = append(c.listeners, listener{
			protocol: protocol, port: port, encrypted: encryptedProtocol(protocol), redirects: redirecting[name],
			evidence: graph.EvidenceAt(cmp.Or(block.Source, r.Source), r.Address, "listener at "+protocol+" "+strconv.Itoa(port)+map[bool]string{true: " that only redirects to https"}[redirecting[name]]),
		})
	}
	for _, pool := range r.Body.BlocksOf("backend_address_pool") {
		name, _ := pool.Get("name").Text()
		for _, path := range []string{"fqdns", "fqdn_list", "ip_addresses", "ip_address_list"} {
			for _, e := range pool.Get(path).Elements() {
				to := b.hosts(e)
				if len(to) == 0 {
					to = b.atPrivateAddress(e)
				}
				if host := b.addressed(e); len(to) == 0 && host != nil {
					to = append(to, host)
				}
				b.toPool(r, to, settings[name], atValue(r, e, "member of its backend pool "+readable(name)))
			}
		}
	}
	readGatewayFirewall(b, r)
}

// redirectingListeners returns the listeners of a gateway, by their names, whose rules only
// send callers on to https: to a listener that speaks it, or to a URL.
func redirectingListeners(body *eval.Block) map[string]bool {
	speaks := map[string]string{}
	for _, l := range body.BlocksOf("http_listener") {
		name, _ := l.Get("name").Text()
		protocol, _ := l.Get("protocol").Text()
		speaks[name] = strings.ToLower(protocol)
	}
	secure := map[string]bool{} // redirections, by name
	for _, to := range body.BlocksOf("redirect_configuration") {
		name, _ := to.Get("name").Text()
		target, _ := to.Get("target_listener_name").Text()
		url, _ := to.Get("target_url").Text()
		secure[name] = speaks[target] == "https" || strings.HasPrefix(url, "https:")
	}
	byDefault := map[string]string{} // of maps of paths
	for _, m := range body.BlocksOf("url_path_map") {
		name, _ := m.Get("name").Text()
		byDefault[name], _ = m.Get("default_redirect_configuration_name").Text()
	}
	out := map[string]bool{}
	for _, rule := range body.BlocksOf("request_routing_rule") {
		to, _ := rule.Get("redirect_configuration_name").Text()
		if paths, ok := rule.Get("url_path_map_name").Text(); ok && to == "" {
			to = byDefault[paths]
		}
		listener, _ := rule.Get("http_listener_name").Text()
		out[listener] = to != "" && secure[to]
	}
	return out
}

// gatewayPools returns the settings that rules and paths give each pool, by its name.
func gatewayPools(body *eval.Block) map[string][]gatewaySettings {
	named := map[string]gatewaySettings{}
	for _, block := range body.BlocksOf("backend_http_settings") {
		name, _ := block.Get("name").Text()
		protocol, _ := block.Get("protocol").Text()
		port, _ := block.Get("port").Int()
		named[name] = gatewaySettings{strings.ToLower(protocol), port}
	}
	out := map[string][]gatewaySettings{}
	add := func(block *eval.Block, prefix string) {
		pool, _ := block.Get(prefix + "backend_address_pool_name").Text()
		name, _ := block.Get(prefix + "backend_http_settings_name").Text()
		if s, ok := named[name]; ok && pool != "" {
			out[pool] = append(out[pool], s)
		}
	}
	for _, rule := range body.BlocksOf("request_routing_rule") {
		add(rule, "")
	}
	for _, m := range body.BlocksOf("url_path_map") {
		add(m, "default_")
		for _, rule := range m.BlocksOf("path_rule") {
			add(rule, "")
		}
	}
	return out
}

// toPool makes the flows from a gateway to the members of a pool.
func (b *builder) toPool(r *resource, members []*component, settings []gatewaySettings, e graph.Evidence) {
	for _, to := range members {
		if len(settings) == 0 {
			b.flow(r.self, to, graph.Flow{Protocol: "http"}, e)
		}
		for _, s := range settings {
			b.flow(r.self, to, graph.Flow{Protocol: s.protocol, Port: s.port, Encrypted: encryptedProtocol(s.protocol)}, e)
		}
	}
}

// readGatewayMember makes what has an interface a member of a gateway's pool.
func readGatewayMember(b *builder, r *resource) {
	b.behindGateway(r, r.Body.Get("backend_address_pool_id"), b.targets(r.Body.Get("network_interface_id")))
}

// behindGateway makes the flows of a gateway whose pool a value names to members. Which
// of its pools the value names, only the gateway knows: one of one is certain.
func (b *builder) behindGateway(r *resource, pool eval.Value, members []*component) {
	for _, gateway := range b.marked(pool.Refs()) {
		if gateway.self == nil || gateway.Type != "azurerm_application_gateway" {
			continue
		}
		pools := gatewayPools(gateway.Body)
		var settings []gatewaySettings
		for _, name := range sortedKeys(pools) {
			if len(pools) == 1 {
				settings = pools[name]
			}
		}
		b.toPool(gateway, members, settings, atValue(r, pool, "member of a backend pool of the gateway"))
	}
}

// readGatewayFirewall says whether a gateway filters requests: by a block of its own or a
// policy, which may also only tell of attacks.
func readGatewayFirewall(b *builder, r *resource) {
	c := r.self
	for _, v := range append(r.Body.All("firewall_policy_id"), r.Body.All("http_listener.firewall_policy_id")...) {
		if !v.IsSet() || v.IsNull() {
			continue
		}
		c.Set(graph.PropFirewalled, graph.Yes, atValue(r, v, "a firewall policy filters requests"))
		limitedBy(b, c, v, "custom_rules.rate_limit_threshold")
		for _, policy := range b.named(v) {
			c.Parts = append(c.Parts, policy.Address)
			if mode := policy.Body.Get("policy_settings.mode"); onlyDetects(mode) {
				c.Set(graph.PropFirewalled, graph.No, atValue(policy, mode, "its firewall policy only tells of attacks: mode is Detection"))
			}
			if on := policy.Body.Get("policy_settings.enabled"); on.Truth(graph.Yes) == graph.No {
				c.Set(graph.PropFirewalled, graph.No, atValue(policy, on, "its firewall policy is off"))
			}
		}
		return
	}
	blocks := r.Body.BlocksOf("waf_configuration") // one at most
	if len(blocks) == 0 {
		c.Set(graph.PropFirewalled, graph.No, at(r, "no waf_configuration and no firewall_policy_id"))
		return
	}
	mode, on := blocks[0].Get("firewall_mode"), blocks[0].Get("enabled")
	switch {
	case on.Truth(graph.Yes) == graph.No:
		c.Set(graph.PropFirewalled, graph.No, atValue(r, on, "waf_configuration.enabled is false"))
	case onlyDetects(mode):
		c.Set(graph.PropFirewalled, graph.No, atValue(r, mode, "its firewall only tells of attacks: firewall_mode is Detection"))
	default:
		c.Set(graph.PropFirewalled, graph.Yes, atValue(r, mode, "waf_configuration filters requests"))
	}
}

func onlyDetects(mode eval.Value) bool {
	s, _ := mode.Literal()
	return strings.EqualFold(s, "Detection")
}

// readEdge is the semantic of what stands on the internet's edge before all else.
func readEdge(b *builder, r *resource) {
	c := r.self
	c.Set(graph.PropPublicAddress, graph.Yes, at(r, "its endpoint is on the internet"))
	if c.Is(graph.PropFirewalled) == graph.Unknown && r.Type == "azurerm_cdn_frontdoor_profile" {
		c.Set(graph.PropFirewalled, graph.No, at(r, "no security policy filters its requests"))
	}
	for _, policy := range c.resources {
		for _, v := range policy.Body.All("security_policies.firewall.cdn_frontdoor_firewall_policy_id") {
			b.edgePolicy(c, v)
		}
	}
	for _, v := range r.Body.All("frontend_endpoint.web_application_firewall_policy_link_id") {
		b.edgePolicy(c, v)
	}
	b.flow(b.internet(), c, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Peers: []string{"0.0.0.0/0"}}, at(r, "its endpoint is on the internet"))
	for _, v := range append(r.Body.All("origin.host_name"), append(r.Body.All("backend_pool.backend.address"), r.Body.All("backend_pool.backend.host_header")...)...) {
		b.originFlows(r, c, v)
	}
}

func (b *builder) edgePolicy(c *component, v eval.Value) {
	for _, policy := range b.named(v) {
		c.Parts = append(c.Parts, policy.Address)
		if mode := policy.Body.Get("mode"); onlyDetects(mode) {
			c.Set(graph.PropFirewalled, graph.No, atValue(policy, mode, "its firewall policy only tells of attacks: mode is Detection"))
		}
		if on := policy.Body.Get("enabled"); on.Truth(graph.Yes) == graph.No {
			c.Set(graph.PropFirewalled, graph.No, atValue(policy, on, "its firewall policy is off"))
		}
	}
}

// readOrigin is the semantic of an origin that is a resource of its own.
func readOrigin(attrs ...string) semantic {
	return func(b *builder, r *resource) {
		for _, attr := range attrs {
			for _, v := range r.Body.All(attr) {
				for _, c := range r.owners {
					b.originFlows(r, c, v)
				}
			}
		}
	}
}

func (b *builder) originFlows(r *resource, from *component, v eval.Value) {
	for _, to := range b.hosts(v) {
		b.flow(from, to, graph.Flow{Protocol: "https", Port: 443}, atValue(r, v, "sends requests on to it"))
	}
}

// hosts returns what a host name leads to: a component of the root, else the host
// outside of the platform that it is.
func (b *builder) hosts(v eval.Value) []*component {
	if own := b.targets(v); len(own) > 0 {
		return own
	}
	text, ok := v.Literal()
	if !ok || strings.Contains(text, "/") {
		return b.reached(v, "HTTP endpoint")
	}
	if c := b.outsideURL("https://"+text, "HTTP endpoint", v.Source); c != nil {
		return []*component{c}
	}
	return nil
}

// readTrafficManager answers questions for a name from the internet.
func readTrafficManager(b *builder, r *resource) {
	b.flow(b.internet(), r.self, graph.Flow{Protocol: "dns", Port: 53, Peers: []string{"0.0.0.0/0"}}, at(r, "clients ask it for a name"))
}
