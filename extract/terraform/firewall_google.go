package terraform

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// firewall is a group of rules for the machines of a network.
type firewall struct {
	group    string // address, of the security group that holds its rules
	tags     map[string]bool
	accounts []*component // the service accounts that machines run as
	named    bool         // accounts or secure tags are named, be they known or not
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

// firewallRule is one rule in the words that rules of networks and of policies share.
type firewallRule struct {
	r       *resource
	place   *eval.Block // of its evidence
	allows  bool
	sources eval.Value // ranges of addresses
	// tags and accounts select machines that may call: those of the same network.
	tags, accounts eval.Value
	unknown        bool // sources of a sort that is not evaluated
	priority       int
}

// readFirewall is the semantic of a network's firewall rule: it guards the machines of
// the network that have its tags or run as its accounts, all where it names none.
func readFirewall(b *builder, r *resource) {
	if r.Body.Get("disabled").Truth(graph.No) == graph.Yes {
		return
	}
	if d, _ := r.Body.Get("direction").Text(); strings.EqualFold(d, "EGRESS") {
		b.readWayOut(r)
		return
	}
	network := b.networkOf([]eval.Value{r.Body.Get("network")})
	f := firewall{
		group: r.Address, tags: textsOf(r.Body.Get("target_tags")),
		accounts: b.targets(r.Body.Get("target_service_accounts")), named: r.Body.Get("target_service_accounts").IsSet(),
	}
	rule := firewallRule{
		r: r, sources: r.Body.Get("source_ranges"), tags: r.Body.Get("source_tags"), accounts: r.Body.Get("source_service_accounts"), priority: 1000,
	}
	if n, ok := r.Body.Get("priority").Int(); ok {
		rule.priority = n
	}
	for _, kind := range []string{"allow", "deny"} {
		rule.allows = kind == "allow"
		for _, block := range r.Body.BlocksOf(kind) {
			rule.place = block
			b.addFirewallRule(&f, network, rule, block, "protocol")
		}
	}
	b.firewalls[network] = append(b.firewalls[network], f)
}

// addFirewallRule adds what a rule says of one protocol, which a block names with its
// ports, to a firewall.
func (b *builder) addFirewallRule(f *firewall, network string, rule firewallRule, block *eval.Block, protocolAttr string) {
	protocol, _ := block.Get(protocolAttr).Text()
	protocol = normalProtocol(protocol)
	group := b.securityGroup(f.group)
	add := func(from, to int, known bool) {
		g := b.groupRuleOf(network, rule, protocol, from, to)
		if rule.allows {
			if known {
				group.rules = append(group.rules, g)
			}
			return
		}
		g.ports = known
		f.denials = append(f.denials, denial{g, true})
	}
	ports := block.Get("ports").Elements()
	if len(ports) == 0 {
		add(0, 65535, true)
	}
	for _, p := range ports {
		text, _ := p.Text()
		from, to, ok := portRange(text)
		add(from, to, ok)
	}
}

func (b *builder) groupRuleOf(network string, rule firewallRule, protocol string, from, to int) groupRule {
	g := groupRule{protocol: protocol, from: from, to: to, ports: true, priority: rule.priority, unknown: rule.unknown}
	for _, e := range rule.sources.Elements() {
		switch s, ok := e.Literal(); {
		case !ok:
			g.unknown = true
		case isAnywhere(s):
			g.internet = append(g.internet, s)
		default:
			g.cidrs = append(g.cidrs, s)
		}
	}
	if rule.allows {
		for _, tag := range sortedKeys(textsOf(rule.tags)) {
			g.groups = append(g.groups, b.selection(network, "machines tagged "+tag, func(c *component) bool { return hasTag(c, map[string]bool{tag: true}) }))
		}
		for _, a := range b.targets(rule.accounts) {
			g.groups = append(g.groups, b.selection(network, "machines that run as "+a.Name, func(c *component) bool { return slices.Contains(c.roles, a.Address) }))
		}
	}
	place := rule.place.Source
	if place.IsZero() {
		place = rule.r.Source
	}
	g.evidence = graph.EvidenceAt(place, rule.r.Address, "firewall rule lets in "+g.describe())
	return g
}

// selection names the machines of a network for which a condition holds, as a group
// that rules let in. They are found once all machines are placed.
func (b *builder) selection(network, name string, holds func(*component) bool) string {
	for i := range b.selections {
		switch s := &b.selections[i]; {
		case s.name != name:
		case s.network == network:
			return name
		default: // the same tag in another network is another group
			return b.selection(network, name+" in "+network, holds)
		}
	}
	b.selections = append(b.selections, selection{network, name, holds})
	return name
}

// selection are machines of a network that firewall rules let in.
type selection struct {
	network, name string
	holds         func(*component) bool
}

// textsOf returns the known texts of a collection.
func textsOf(v eval.Value) map[string]bool {
	out := map[string]bool{}
	for _, e := range v.Elements() {
		if s, ok := e.Text(); ok {
			out[s] = true
		}
	}
	return out
}

// firewallPolicyTypes are the types of policies with the attribute of their rules and
// associations that names the policy.
var firewallPolicyTypes = []struct {
	rule, association string
	outer             bool // before the rules of networks, on folders and organizations
}{
	{"google_compute_firewall_policy_rule", "google_compute_firewall_policy_association", true},
	{"google_compute_network_firewall_policy_rule", "google_compute_network_firewall_policy_association", false},
	{"google_compute_region_network_firewall_policy_rule", "google_compute_region_network_firewall_policy_association", false},
}

// firewallPolicies gives networks the rules of the policies that are associated with
// them. Google Cloud documentation, "Firewall policy rule evaluation order": those of
// folders and organizations come before the rules of a network, and those of
// the network's own policy after them, unless the network says otherwise.
func (b *builder) firewallPolicies() {
	for _, t := range firewallPolicyTypes {
		attached := map[*resource][]string{} // a policy's networks
		for _, r := range b.byType[t.association] {
			for _, policy := range b.named(r.Body.Get("firewall_policy")) {
				for _, network := range b.networksUnder(r.Body.Get("attachment_target")) {
					attached[policy] = append(attached[policy], network)
					b.addPart(network, r)
				}
			}
		}
		for _, r := range b.byType[t.rule] {
			for _, policy := range b.named(r.Body.Get("firewall_policy")) {
				for _, network := range attached[policy] {
					b.policyRule(r, r.Body, network, t.outer)
				}
			}
		}
		for _, policy := range b.byType[strings.TrimSuffix(t.rule, "_rule")+"_with_rules"] {
			for _, network := range attached[policy] {
				for _, block := range policy.Body.BlocksOf("rule") {
					b.policyRule(policy, block, network, t.outer)
				}
			}
		}
	}
}

// networksUnder returns the networks that a value names, or those of the projects under
// the folder that it names.
func (b *builder) networksUnder(v eval.Value) []string {
	if id := b.networkOf([]eval.Value{v}); id != "" {
		return []string{id}
	}
	unit := b.unitNamed(v)
	if unit == "" {
		return nil
	}
	var out []string
	for _, r := range b.byType["google_compute_network"] {
		if id := b.makeNetwork(r); b.insideUnit(id, unit) == graph.Yes {
			out = append(out, id)
		}
	}
	return out
}

// afterClassic is added to the priorities of policies, which have numbers of their own.
const afterClassic = 1 << 32

func (b *builder) policyRule(r *resource, block *eval.Block, network string, outer bool) {
	if block.Get("disabled").Truth(graph.No) == graph.Yes {
		return
	}
	if d, _ := block.Get("direction").Text(); strings.EqualFold(d, "EGRESS") {
		b.waysOut[network] = append(b.waysOut[network], wayOut{priority: math.MinInt}) // policies are not evaluated on the way out
		return
	}
	action, _ := block.Get("action").Text()
	if action != "allow" && action != "deny" {
		return // handed on to what comes after
	}
	priority, _ := block.Get("priority").Int()
	before := outer
	if order, ok := b.attributeOfNetwork(network, "network_firewall_policy_enforcement_order").Text(); ok && order == "BEFORE_CLASSIC_FIREWALL" {
		before = true
	}
	if before {
		priority -= afterClassic
	} else {
		priority += afterClassic
	}
	f := firewall{
		group:    fmt.Sprintf("%s %d in %s", r.Address, priority, network), // priorities are unique
		accounts: b.targets(block.Get("target_service_accounts")),
		named:    block.Get("target_service_accounts").IsSet() || len(block.BlocksOf("target_secure_tags")) > 0,
	}
	for _, match := range block.BlocksOf("match") {
		rule := firewallRule{
			r: r, place: match, allows: action == "allow", sources: match.Get("src_ip_ranges"), priority: priority,
			unknown: match.Get("src_address_groups").IsSet() || match.Get("src_fqdns").IsSet() || match.Get("src_region_codes").IsSet() || match.Get("src_threat_intelligences").IsSet(),
		}
		for _, l4 := range append(match.BlocksOf("layer4_configs"), match.BlocksOf("layer4_config")...) {
			b.addFirewallRule(&f, network, rule, l4, "ip_protocol")
		}
	}
	b.firewalls[network] = append(b.firewalls[network], f)
}

// attributeOfNetwork returns an attribute of the network that a boundary was made of.
func (b *builder) attributeOfNetwork(network, name string) eval.Value {
	if bd := b.nets.byID[network]; bd != nil {
		if r := b.byAddress[bd.Address]; r != nil {
			return r.Body.Get(name)
		}
	}
	return eval.Value{}
}

// guardByFirewalls gives machines the firewall rules of their network, and finds those
// that rules let in by their tags or accounts. It returns the latter by the names of
// their selections.
func (b *builder) guardByFirewalls() map[string][]*component {
	b.firewallPolicies()
	if len(b.firewalls) == 0 {
		return nil
	}
	selected := map[string][]*component{}
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
		for _, s := range b.selections {
			if s.network == network && s.holds(c) {
				selected[s.name] = append(selected[s.name], c)
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
	return selected
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
