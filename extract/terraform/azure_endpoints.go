package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// admission is whom the network rules of a service let in from the internet.
type admission struct {
	// everyone is Unknown where what decides it can't be known.
	everyone graph.Truth
	ranges   []string
	open     bool // one of the ranges is all addresses
	why      graph.Evidence
	subnets  []*resource
}

// rulesOfNetwork are the blocks with rules before a service's endpoint, which say what
// happens to those that no rule names.
var rulesOfNetwork = []string{
	"network_acls", "network_rules", "network_rule_set", "network_rulesets", "network_profile.account_access", "body.properties.networkAcls", "body.properties.networkRuleSet",
}

// rangeLists are the attributes that keep all others out where they name any addresses.
var rangeLists = []string{
	"ip_range_filter", "allowed_ips", "inbound_ip_rule.ip_mask", "ingress.ip_security_restriction.ip_address_range", "site_config.ip_restriction.ip_address",
}

// admissionOf reads the network rules of a component.
func (b *builder) admissionOf(c *component) admission {
	out := admission{everyone: graph.Yes}
	for _, r := range c.resources {
		for _, path := range rulesOfNetwork {
			for _, block := range r.Body.BlocksOf(path) {
				b.readDefaultAction(&out, r, block, lastStep(path))
			}
		}
		for _, own := range []string{"_network_rules", "_network_rule_set", "_network_acl"} {
			if strings.HasSuffix(r.Type, own) {
				b.readDefaultAction(&out, r, r.Body, strings.ReplaceAll(own[1:], "_", " "))
			}
		}
		for _, path := range rangeLists {
			for _, v := range r.Body.All(path) {
				b.readRangeList(&out, r, v, path)
			}
		}
		for _, path := range []string{"virtual_network_rule.id", "site_config.ip_restriction.virtual_network_subnet_id"} {
			for _, v := range r.Body.All(path) {
				b.letSubnetsIn(&out, v)
				if strings.HasPrefix(path, "site_config") {
					b.readRangeList(&out, r, v, path)
				}
			}
		}
		if v := r.Body.Get("is_virtual_network_filter_enabled"); v.Truth(graph.No) == graph.Yes {
			out.everyone, out.why = graph.No, atValue(r, v, "only networks that it names get in")
		}
	}
	return out
}

func (b *builder) readDefaultAction(out *admission, r *resource, block *eval.Block, name string) {
	v := block.Get("default_action")
	if !v.IsSet() {
		v = block.Get("defaultAction")
	}
	action, known := v.Literal()
	switch {
	case known && strings.EqualFold(action, "Allow"), !v.IsSet() && strings.HasPrefix(r.Type, "azurerm_servicebus"), !v.IsSet() && strings.HasPrefix(r.Type, "azurerm_container_registry"):
		return // their default
	case !known && v.IsSet():
		out.everyone, out.why = graph.Unknown, atValue(r, v, name+": what happens to others is not known")
	case out.everyone != graph.Unknown:
		out.everyone, out.why = graph.No, atValue(r, v, name+" deny by default")
	}
	for _, path := range []string{"ip_rules", "ip_rule.ip_range", "ip_rule.ip_mask", "ip_rule.ip_address", "ipRules.value"} {
		for _, ranges := range block.All(path) {
			b.addRanges(out, r, ranges)
		}
	}
	for _, path := range []string{"virtual_network_subnet_ids", "virtual_network_rules.subnet_id", "virtual_network_rule.subnet_id", "network_rules.subnet_id", "virtual_network.subnet_id"} {
		for _, subnets := range block.All(path) {
			b.letSubnetsIn(out, subnets)
		}
	}
}

// readRangeList reads a list that keeps out whom it does not name. For sites it is up
// to a default that came with the provider's version 4 whether it does.
func (b *builder) readRangeList(out *admission, r *resource, v eval.Value, path string) {
	if len(v.Elements()) == 0 {
		return
	}
	name := lastStep(path)
	site := strings.HasPrefix(path, "site_config")
	if site {
		name = "ip_restriction"
		switch action, known := r.Body.Get("site_config.ip_restriction_default_action").Literal(); {
		case known && strings.EqualFold(action, "Allow"):
			return
		case !known && out.everyone == graph.Yes:
			out.everyone, out.why = graph.Unknown, atValue(r, v, "ip_restriction names addresses, and ip_restriction_default_action is not set")
		case known:
			out.everyone, out.why = graph.No, atValue(r, v, "ip_restriction keeps others out")
		}
	} else {
		out.everyone, out.why = graph.No, atValue(r, v, name+" keeps others out")
	}
	if !strings.HasSuffix(path, "subnet_id") {
		b.addRanges(out, r, v)
	}
}

func (b *builder) addRanges(out *admission, r *resource, v eval.Value) {
	for _, e := range v.Elements() {
		text, ok := e.Literal()
		if !ok {
			if out.everyone == graph.No {
				out.everyone, out.why = graph.Unknown, atValue(r, e, "the address ranges that it lets in are not known")
			}
			continue
		}
		for one := range strings.SplitSeq(text, ",") {
			if one = strings.TrimSpace(one); one != "" {
				out.ranges = append(out.ranges, one)
				out.open = out.open || isAnywhere(one)
			}
		}
	}
}

func (b *builder) letSubnetsIn(out *admission, v eval.Value) {
	for _, e := range v.Elements() {
		for _, s := range b.named(e) {
			if s.row.role == subnetwork && !slices.Contains(out.subnets, s) {
				out.subnets = append(out.subnets, s)
			}
		}
	}
}

// readAzureEndpoint opens what has a public endpoint by default, unless public
// access is off, or network rules stand before it.
func readAzureEndpoint(b *builder, r *resource) {
	protocol, port := spoken(r.self)
	if port == 0 {
		protocol, port = "https", 443
	}
	b.openEndpoint(r, graph.Flow{Protocol: protocol, Port: port})
}

// openEndpoint makes the flow from the internet to a service's endpoint, as far as its
// network rules admit it.
func (b *builder) openEndpoint(r *resource, f graph.Flow) {
	c := r.self
	a := b.admissionOf(c)
	b.flowsOfSubnets(c, a.subnets, f)
	if v := r.Body.Get("subnet_id"); v.IsSet() && !v.IsNull() {
		c.Set(graph.PropPublicAddress, graph.No, atValue(r, v, "it stands in a subnet, which means no public endpoint"))
		return
	}
	declared, stated := c.Properties[graph.PropPublicAddress]
	switch {
	case c.Is(graph.PropPublicAddress) == graph.No:
		return
	case stated && declared.Value == graph.Unknown && r.row.decides(graph.PropPublicAddress):
		f.Peers = []string{graph.PeersUnknown}
		b.flow(b.internet(), c, f, declared.Evidence)
		return
	case a.everyone == graph.Yes || a.open:
		c.Set(graph.PropPublicAddress, graph.Yes, at(r, "its endpoint is on the internet"))
		f.Peers = []string{"0.0.0.0/0"}
		b.flow(b.internet(), c, f, at(r, "its endpoint is on the internet and no network rules stand before it"))
	case a.everyone == graph.Unknown:
		f.Peers = []string{graph.PeersUnknown}
		b.flow(b.internet(), c, f, a.why)
	case len(a.ranges) > 0:
		c.Set(graph.PropPublicAddress, graph.Yes, at(r, "its endpoint is on the internet"))
		c.Set(graph.PropPublic, graph.No, a.why)
		f.Peers, f.Basis = a.ranges, graph.Permitted
		b.flow(b.internet(), c, f, a.why)
	default:
		c.Set(graph.PropPublicAddress, graph.No, a.why)
	}
}

// decides reports whether a row names what decides a property.
func (r *row) decides(p graph.Property) bool {
	return slices.ContainsFunc(r.props, func(x prop) bool { return x.property == p && x.test != always })
}

// flowsOfSubnets permits what stands in subnets that a service's rules let in.
func (b *builder) flowsOfSubnets(to *component, subnets []*resource, f graph.Flow) {
	for _, s := range subnets {
		made := 0
		for _, from := range b.order {
			if from == to || !slices.Contains(from.subnets, s.Address) || from.Kind != graph.Process {
				continue
			}
			if made++; made > maxPermitted {
				break
			}
			f := f
			f.Basis = graph.Permitted
			b.flow(from, to, f, at(s, "network rules of "+to.Name+" let its subnet in"))
		}
	}
}

// readServerEndpoint is the semantic of a database server: its endpoint is on the
// internet, and its firewall rules say who is let in. Without a rule it lets in nobody.
func readServerEndpoint(b *builder, r *resource) {
	c := r.self
	protocol, port := spoken(c)
	f := graph.Flow{Protocol: protocol, Port: port}
	var subnets []*resource
	rules := 0
	for _, rule := range c.resources {
		switch {
		case strings.HasSuffix(rule.Type, "_virtual_network_rule"):
			rules++
			subnets = append(subnets, b.named(rule.Body.Get("subnet_id"))...)
		case strings.HasSuffix(rule.Type, "_firewall_rule"):
			rules++
		}
	}
	b.flowsOfSubnets(c, slices.DeleteFunc(subnets, func(s *resource) bool { return s.row.role != subnetwork }), f)
	public := c.Properties[graph.PropPublicAddress]
	switch {
	case c.Is(graph.PropPublicAddress) == graph.No:
		return
	case rules == 0 && b.hasPrivateEndpoint(c):
		return
	case rules == 0:
		f.Peers, f.Passage = []string{"0.0.0.0/0"}, graph.Blocked
		b.flow(b.internet(), c, f, public.Evidence, at(r, "its endpoint is on the internet, and no firewall rule lets anybody in"))
		return
	case c.Is(graph.PropPublicAddress) == graph.Unknown && r.row.decides(graph.PropPublicAddress) && public.Evidence.Why != "":
		f.Peers = []string{graph.PeersUnknown}
		b.flow(b.internet(), c, f, public.Evidence)
		return
	}
	for _, rule := range c.resources {
		if strings.HasSuffix(rule.Type, "_firewall_rule") {
			b.serverRule(c, rule, f)
		}
	}
}

// serverRule is one rule of a database server's firewall, a range of addresses. The one
// that begins and ends with 0.0.0.0 lets in whatever runs in Azure, of anyone's.
func (b *builder) serverRule(c *component, r *resource, f graph.Flow) {
	attr := func(names ...string) (eval.Value, string, bool) {
		for _, name := range names {
			if v := r.Body.Get(name); v.IsSet() {
				text, ok := v.Literal()
				return v, text, ok
			}
		}
		return eval.Value{}, "", false
	}
	v, start, known := attr("start_ip_address", "start_ip")
	_, end, both := attr("end_ip_address", "end_ip")
	switch {
	case !known || !both:
		f.Peers = []string{graph.PeersUnknown}
		b.flow(b.internet(), c, f, atValue(r, v, "the addresses that the firewall rule lets in are not known"))
	case start == "0.0.0.0" && end == "255.255.255.255":
		c.Set(graph.PropPublic, graph.Yes, at(r, "firewall rule lets in every address"))
		f.Peers = []string{"0.0.0.0/0"}
		b.flow(b.internet(), c, f, at(r, "firewall rule lets in every address"))
	case start == "0.0.0.0" && end == "0.0.0.0":
		f.Peers, f.Basis = []string{"AzureCloud"}, graph.Permitted
		b.flow(b.internet(), c, f, at(r, "firewall rule lets in whatever runs in Azure, of other tenants too"))
	case isPrivateRange(start) && isPrivateRange(end):
		// no address of the internet's
	default:
		f.Peers, f.Basis = []string{start + "-" + end}, graph.Permitted
		if start == end {
			f.Peers = []string{start}
		}
		b.flow(b.internet(), c, f, at(r, "firewall rule lets in "+f.Peers[0]))
	}
}

// readFlexibleServer is the semantic of servers that stand in a subnet of their own, or
// else have a public endpoint.
func readFlexibleServer(b *builder, r *resource) {
	if v := r.Body.Get("delegated_subnet_id"); v.IsSet() && !v.IsNull() {
		r.self.Set(graph.PropPublicAddress, graph.No, atValue(r, v, "it stands in a subnet, which means no public endpoint"))
		return
	}
	if access, ok := r.Body.Get("public_network_access").Literal(); ok {
		r.self.Set(graph.PropPublicAddress, graph.Of(strings.EqualFold(access, "Enabled")), atValue(r, r.Body.Get("public_network_access"), "public_network_access is "+access))
	} else if r.self.Is(graph.PropPublicAddress) == graph.Unknown && !r.Body.Get("public_network_access_enabled").IsSet() && !r.Body.Get("public_network_access").IsSet() {
		r.self.Set(graph.PropPublicAddress, graph.Yes, at(r, "no delegated_subnet_id, which means a public endpoint"))
	}
	readServerEndpoint(b, r)
}

// readManagedInstance is the semantic of a managed instance, which stands in a subnet
// and may have a public endpoint beside: its port is 3342, and security groups guard it.
func readManagedInstance(b *builder, r *resource) {
	if r.self.Is(graph.PropPublicAddress) == graph.Yes {
		f := graph.Flow{Protocol: "mssql", Port: 3342, Peers: []string{graph.PeersUnknown}}
		b.flow(b.internet(), r.self, f, r.self.Properties[graph.PropPublicAddress].Evidence, at(r, "the security group of its subnet says who is let in"))
	}
}

// readServerSetting is the semantic of a server's settings, of which some take
// protection away.
func readServerSetting(_ *builder, r *resource) {
	name, _ := r.Body.Get("name").Literal()
	v := r.Body.Get("value")
	value, ok := v.Literal()
	if !ok {
		return
	}
	off := strings.EqualFold(value, "off") || value == "0"
	for _, c := range r.owners {
		switch name {
		case "require_secure_transport", "require_secure_transport.enabled":
			c.Set(graph.PropEncryptedTransit, graph.Of(!off), atValue(r, v, name+" is "+value))
		case "connection_throttling", "connection_throttle.enable":
			e := atValue(r, v, name+" is "+value)
			if off {
				e.Fix = "set `value = \"on\"` in " + r.Address
			}
			c.Set(graph.PropRateLimited, graph.Of(!off), e)
		case "log_checkpoints", "log_connections", "audit_log_enabled", "logfiles.download_enable":
			if off {
				e := atValue(r, v, name+" is "+value)
				e.Fix = "set `value = \"on\"` in " + r.Address
				c.Add(graph.PropLogged, graph.No, e)
			} else if c.Is(graph.PropLogged) == graph.Unknown {
				c.Set(graph.PropLogged, graph.Yes, atValue(r, v, name+" is "+value))
			}
		}
	}
}

// readManagedCluster decides how a managed cluster's API is reached.
func readManagedCluster(b *builder, r *resource) {
	for _, v := range r.Body.All("ingress_application_gateway.gateway_id") {
		for _, gateway := range b.targets(v) {
			b.flow(gateway, r.self, graph.Flow{Protocol: "http", Carries: "requests to pods"}, atValue(r, v, "application gateway is the cluster's ingress"))
		}
	}
	if v := r.Body.Get("local_account_disabled"); v.Truth(graph.No) == graph.Yes {
		r.self.Set(graph.PropStaticCredential, graph.No, atValue(r, v, "local_account_disabled is true"))
	}
	switch r.self.Is(graph.PropPublicAddress) {
	case graph.No:
		return
	case graph.Unknown:
		b.flow(b.internet(), r.self, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.Yes, Peers: []string{graph.PeersUnknown}}, at(r, "whether its API endpoint is public is not known"))
		return
	}
	f := graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.Yes}
	a := admission{everyone: graph.Yes}
	for _, path := range []string{"api_server_authorized_ip_ranges", "api_server_access_profile.authorized_ip_ranges"} {
		for _, v := range r.Body.All(path) {
			if len(v.Elements()) > 0 {
				a.everyone, a.why = graph.No, atValue(r, v, "authorized_ip_ranges keep others out")
				b.addRanges(&a, r, v)
			}
		}
	}
	switch {
	case a.everyone == graph.Yes || a.open:
		f.Peers = []string{"0.0.0.0/0"}
		b.flow(b.internet(), r.self, f, at(r, "API endpoint is public"))
	case a.everyone == graph.Unknown:
		f.Peers = []string{graph.PeersUnknown}
		b.flow(b.internet(), r.self, f, a.why)
	default:
		r.self.Set(graph.PropPublic, graph.No, a.why)
		f.Peers, f.Basis = a.ranges, graph.Permitted
		b.flow(b.internet(), r.self, f, a.why)
	}
}

// readContainerIngress decides how a container app is reached: by nobody without an
// ingress, by its environment alone unless that is external.
func readContainerIngress(b *builder, r *resource) {
	external := r.Body.Get("ingress.external_enabled")
	switch {
	case len(r.Body.BlocksOf("ingress")) == 0:
		r.self.Set(graph.PropPublicAddress, graph.No, at(r, "it has no ingress"))
		return
	case external.Truth(graph.No) == graph.No:
		r.self.Set(graph.PropPublicAddress, graph.No, atValue(r, external, "external_enabled is "+map[bool]string{true: "false", false: "not set, which means false"}[external.IsSet()]))
		return
	}
	for _, environment := range b.named(r.Body.Get("container_app_environment_id")) {
		if v := environment.Body.Get("internal_load_balancer_enabled"); v.Truth(graph.No) == graph.Yes {
			r.self.Set(graph.PropPublicAddress, graph.No, atValue(environment, v, "its environment's load balancer is internal"))
			return
		}
	}
	if external.Truth(graph.No) == graph.Unknown {
		b.flow(b.internet(), r.self, graph.Flow{Protocol: "https", Port: 443, Peers: []string{graph.PeersUnknown}}, atValue(r, external, "whether its ingress is external is not known"))
		return
	}
	readAzureEndpoint(b, r)
}

// readContainerGroup decides how container instances are reached: they have a public
// address by default.
func readContainerGroup(b *builder, r *resource) {
	v := r.Body.Get("ip_address_type")
	switch kind, known := v.Literal(); {
	case v.IsSet() && !known:
		return
	case known && !strings.EqualFold(kind, "Public"):
		r.self.Set(graph.PropPublicAddress, graph.No, atValue(r, v, "ip_address_type is "+kind))
		return
	}
	r.self.Set(graph.PropPublicAddress, graph.Yes, atValue(r, v, "ip_address_type "+unsetOr(v.IsSet(), "is not set, which means Public")))
	for _, path := range []string{"exposed_port.port", "container.ports.port"} {
		for _, p := range r.Body.All(path) {
			if port, ok := p.Int(); ok {
				b.flow(b.internet(), r.self, graph.Flow{Protocol: protocolOfPort(port), Port: port, Peers: []string{"0.0.0.0/0"}}, atValue(r, p, "port of a container with a public address"))
			}
		}
	}
}

// readStorageContainer finds containers that anyone may read.
func readStorageContainer(b *builder, r *resource) {
	v := r.Body.Get("container_access_type")
	kind, known := v.Literal()
	for _, c := range r.owners {
		switch {
		case v.IsSet() && !known:
		case !v.IsSet() || strings.EqualFold(kind, "private"):
			if c.Is(graph.PropPublic) == graph.Unknown {
				c.Set(graph.PropPublic, graph.No, atValue(r, v, "container_access_type "+unsetOr(v.IsSet(), "is not set, which means private")))
			}
		case b.forbidsPublicItems(c):
			// the account's setting wins
		default:
			c.Set(graph.PropPublic, graph.Yes, atValue(r, v, "container_access_type is "+kind))
			b.flow(b.internet(), c, graph.Flow{Protocol: "https", Port: 443, Authenticated: graph.No, Peers: []string{"0.0.0.0/0"}}, atValue(r, v, "container_access_type is "+kind))
		}
	}
}

func (b *builder) forbidsPublicItems(c *component) bool {
	return slices.ContainsFunc(c.resources, func(r *resource) bool {
		for _, attr := range []string{"allow_nested_items_to_be_public", "allow_blob_public_access", "public_network_access_enabled"} {
			if r.Body.Get(attr).Truth(graph.Yes) == graph.No {
				return true
			}
		}
		return false
	})
}

// readStaticWebsite opens an account that serves pages to everyone.
func readStaticWebsite(b *builder, r *resource) {
	if r.row.role != detail && len(r.Body.BlocksOf("static_website")) == 0 {
		return
	}
	for _, c := range r.owners {
		if c.Is(graph.PropPublicAddress) == graph.No {
			continue
		}
		c.Set(graph.PropPublic, graph.Yes, at(r, "serves a static website"))
		b.flow(b.internet(), c, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.No, Peers: []string{"0.0.0.0/0"}}, at(r, "serves a static website"))
	}
}

// readAlertPolicy is the semantic of a policy on what a server warns of: switched off,
// or with warnings left out, attacks go unseen.
func readAlertPolicy(_ *builder, r *resource) {
	state, left := r.Body.Get("state"), r.Body.Get("disabled_alerts")
	var alerts []string
	for _, v := range left.Elements() {
		if s, ok := v.Literal(); ok && s != "" {
			alerts = append(alerts, s)
		}
	}
	for _, c := range r.owners {
		switch s, known := state.Literal(); {
		case known && s == "Disabled":
			c.Set(graph.PropMonitored, graph.No, atValue(r, state, "its alert policy is off"))
		case len(alerts) > 0:
			c.Set(graph.PropMonitored, graph.No, atValue(r, left, "its alert policy leaves out "+strings.Join(alerts, ", ")))
		case known && s == "Enabled":
			c.Set(graph.PropMonitored, graph.Yes, atValue(r, state, "its alert policy is on"))
		}
	}
}
