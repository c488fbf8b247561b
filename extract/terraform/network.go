package terraform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// securityGroup is a set of rules on what may reach those that it guards.
type securityGroup struct {
	rules   []groupRule
	denials []denial
	// egress are the reasons why what the group stands around may call any address at any port.
	egress []graph.Evidence
	// out are the rules on what may be called, of platforms that let out what no rule denies.
	out []wayOut
}

// groupRule is one ingress rule.
type groupRule struct {
	protocol string // "tcp", "udp", "icmp", "-1" for all
	from, to int    // ports, both included
	ports    bool   // false where they are not known
	internet []string
	cidrs    []string
	unknown  bool // the ranges are not known
	// openBy are the variables without a value that would tell the ranges.
	openBy   []string
	groups   []string
	self     bool
	priority int // where rules have one, see [afterDenials]
	// network is set for all in the network and in those that it is joined with.
	network bool
	// toGroups and toRanges limit whom of those that the group stands around it is for.
	toGroups, toRanges []string
	// inside is set where ranges name what stands in the root's own subnets.
	inside   bool
	evidence graph.Evidence
	also     []graph.Evidence // of the rules that have to let it in, too
}

// readSecurityGroup is the semantic of a security group with rules inside.
func readSecurityGroup(b *builder, r *resource) {
	g := b.securityGroup(r.Address)
	for _, block := range r.Body.BlocksOf("ingress") {
		g.add(b, r, block)
	}
	for _, block := range r.Body.BlocksOf("egress") {
		g.addEgress(r, block)
	}
	if r.Mode == eval.MissingModule {
		g.addNamed(r)
		for _, path := range []string{"ingress_with_source_security_group_id", "computed_ingress_with_source_security_group_id", "ingress_with_cidr_blocks"} {
			for _, block := range r.Body.BlocksOf(path) {
				g.add(b, r, block)
			}
		}
	}
}

// namedRule takes apart the rule names of the registry's module: "http-80-tcp",
// "all-all", "ssh-tcp".
func namedRule(name string) (protocol string, port int, ok bool) {
	parts := strings.Split(name, "-")
	protocol = parts[len(parts)-1]
	if protocol == "all" {
		return "-1", 0, true
	}
	for _, p := range parts {
		if n, err := strconv.Atoi(p); err == nil {
			return protocol, n, true
		}
	}
	port, ok = map[string]int{"ssh": 22, "rdp": 3389, "mysql": 3306, "postgresql": 5432, "redis": 6379, "memcached": 11211, "nfs": 2049, "http": 80, "https": 443, "mssql": 1433, "mongodb": 27017}[parts[0]]
	return protocol, port, ok
}

// addNamed reads ingress_rules and ingress_cidr_blocks of the registry's module.
func (g *securityGroup) addNamed(r *resource) {
	v := r.Body.Get("ingress_rules")
	for _, e := range v.Elements() {
		name, _ := e.Text()
		protocol, port, ok := namedRule(name)
		if !ok {
			continue
		}
		rule := groupRule{protocol: protocol, from: port, to: port, ports: true}
		if protocol == "-1" {
			rule.to = 65535
		}
		for _, attr := range []string{"ingress_cidr_blocks", "ingress_ipv6_cidr_blocks"} {
			for _, c := range r.Body.Get(attr).Elements() {
				s, ok := c.Literal()
				switch {
				case !ok:
					rule.unknown = true
				case isAnywhere(s):
					rule.internet = append(rule.internet, s)
				default:
					rule.cidrs = append(rule.cidrs, s)
				}
			}
		}
		rule.evidence = atValue(r, v, "security group rule lets in "+rule.describe())
		g.rules = append(g.rules, rule)
	}
}

// readGroupRule is the semantic of a rule of its own.
func readGroupRule(b *builder, r *resource) {
	if t, _ := r.Body.Get("type").Text(); t == "egress" {
		readEgressRule(b, r)
		return
	}
	for _, owner := range b.named(r.Body.Get("security_group_id")) {
		if owner.row.role == guard {
			b.securityGroup(owner.Address).add(b, r, r.Body)
		}
	}
}

func (b *builder) securityGroup(address string) *securityGroup {
	g := b.secGroups[address]
	if g == nil {
		g = &securityGroup{}
		b.secGroups[address] = g
	}
	return g
}

// add reads an ingress rule in any of the forms that the provider has.
func (g *securityGroup) add(b *builder, r *resource, block *eval.Block) {
	place := block.Source
	if place.IsZero() {
		place = r.Source
	}
	rule := groupRule{}
	rule.protocol, _ = block.Get("protocol").Text()
	if rule.protocol == "" {
		rule.protocol, _ = block.Get("ip_protocol").Text()
	}
	rule.protocol = normalProtocol(rule.protocol)
	from, okFrom := block.Get("from_port").Int()
	to, okTo := block.Get("to_port").Int()
	rule.from, rule.to, rule.ports = from, to, okFrom && okTo
	if rule.protocol == "-1" {
		rule.from, rule.to, rule.ports = 0, 65535, true
	}
	for _, attr := range []string{"cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6", "cidr_block"} {
		for _, e := range block.Get(attr).Elements() {
			rule.addRange(b, e)
		}
	}
	for _, attr := range []string{"prefix_list_ids", "prefix_list_id"} {
		for _, e := range block.Get(attr).Elements() {
			rule.prefixList(b, e)
		}
	}
	for _, attr := range []string{"security_groups", "source_security_group_id", "referenced_security_group_id"} {
		for _, e := range block.Get(attr).Elements() {
			for _, peer := range b.named(e) {
				if peer.row.role == guard {
					rule.groups = append(rule.groups, peer.Address)
				}
			}
		}
	}
	rule.self = block.Get("self").Truth(graph.No) == graph.Yes
	rule.evidence = graph.EvidenceAt(place, r.Address, "security group rule lets in "+rule.describe())
	if rule.unknown {
		b.note(graph.Note{
			Code: "unknown-range", Source: place, Address: r.Address,
			Message: "the address ranges that this rule lets in are not known: they may be the internet",
			Next:    "give their variable a value with --var or a variable file",
		})
	}
	g.rules = append(g.rules, rule)
}

// leaveOpen records that a value leaves the ranges of a rule open.
func (r *groupRule) leaveOpen(v eval.Value) {
	r.unknown = true
	for _, ref := range v.Refs() {
		if ofVariable(ref.Address) && !slices.Contains(r.openBy, ref.Address) {
			r.openBy = append(r.openBy, ref.Address)
		}
	}
	slices.Sort(r.openBy)
}

// derivesFromNetwork reports whether an unknown range is a network's or subnet's own.
func derivesFromNetwork(b *builder, v eval.Value) bool {
	return slices.ContainsFunc(b.named(v), func(r *resource) bool { return r.row.role == network || r.row.role == subnetwork })
}

func normalProtocol(p string) string {
	switch strings.ToLower(p) {
	case "-1", "all", "":
		return "-1"
	case "6":
		return "tcp"
	case "17":
		return "udp"
	case "1":
		return "icmp"
	}
	return strings.ToLower(p)
}

func isAnywhere(cidr string) bool {
	return cidr == "0.0.0.0/0" || cidr == "::/0" || cidr == "0.0.0.0/1" || cidr == "128.0.0.0/1"
}

func (r *groupRule) describe() string {
	var who []string
	who = append(append(who, r.internet...), r.cidrs...)
	who = append(who, r.groups...)
	if r.network && len(r.internet) == 0 {
		who = append(who, "its virtual network")
	}
	if r.self {
		who = append(who, "its own members")
	}
	if r.unknown {
		who = append(who, "a range that is not known")
	}
	ports := "ports that are not known"
	switch {
	case r.protocol == "-1":
		ports = "all traffic"
	case r.ports && r.from == r.to:
		ports = r.protocol + " " + strconv.Itoa(r.from)
	case r.ports:
		ports = fmt.Sprintf("%s %d-%d", r.protocol, r.from, r.to)
	}
	return ports + " from " + strings.Join(firstFew(who), ", ")
}

// maxPermitted bounds the permitted flows of one rule between groups. More say
// nothing to a reader; ports still reach the flows that are known.
const maxPermitted = 64

// securityGroups makes flows from the internet where rules, address and route
// agree, and gives flows between components the ports that rules let through.
func (b *builder) securityGroups() {
	b.settlePriorities()
	selected := b.guardByFirewalls()
	b.guardByLayers()
	holders := map[string][]*component{}
	for _, c := range b.order {
		slices.Sort(c.groups)
		c.groups = slices.Compact(c.groups)
		for _, g := range c.groups {
			holders[g] = append(holders[g], c)
		}
	}
	for name, machines := range selected {
		holders[name] = machines
	}
	for _, c := range b.order {
		b.fromInternet(c)
	}
	b.idleOpenings(holders)
	b.danglingNames()
	b.openEgress()
	inside := map[string][]*component{} // the processes of each network
	if len(b.joined) > 0 {
		for _, c := range b.order {
			if id := b.networkAround(c); id != "" && c.Kind == graph.Process {
				inside[id] = append(inside[id], c)
			}
		}
	}
	subnets := b.membersOfSubnets()
	for _, addr := range sortedKeys(b.secGroups) {
		guarded := holders[addr]
		for i := range b.secGroups[addr].rules {
			rule := &b.secGroups[addr].rules[i]
			peers := rule.groups
			if rule.self {
				peers = append(slices.Clone(peers), addr)
			}
			for _, peer := range peers {
				b.permitBetween(rule, holders[peer], guarded)
			}
			b.throughPeering(rule, guarded, inside)
			b.betweenSubnets(rule, guarded, subnets)
		}
	}
}

func (b *builder) permitBetween(rule *groupRule, sources, guarded []*component) {
	if rule.protocol == "icmp" || rule.protocol == "icmpv6" {
		return
	}
	if len(sources)*len(guarded) > maxPermitted {
		b.note(graph.Note{
			Code: "limit", Source: rule.evidence.Source(), Address: rule.evidence.Address,
			Message: fmt.Sprintf("rule permits %d pairs of components; they are not listed", len(sources)*len(guarded)),
		})
		return
	}
	for _, from := range sources {
		if from.Kind == graph.Store {
			continue // a store answers, it calls nobody
		}
		for _, to := range guarded {
			f := rule.opens()
			f.Basis = graph.Permitted
			if rule.madeFor(from, to) && len(sources) <= maxMeant {
				f.Basis = graph.Referenced
			}
			b.flow(from, to, f, rule.evidence)
		}
	}
}

// maxMeant is how many members a group may have whose rule on a database's port says
// that all of them call it.
const maxMeant = 4

// madeFor reports whether a rule between two groups shows the caller's need: it opens
// the one port that a database speaks at, to a group of workloads.
func (r *groupRule) madeFor(from, to *component) bool {
	_, port := spoken(to)
	return len(r.groups) > 0 && !r.self && r.ports && r.from == r.to && r.from == port && to.Technology.IsDatabase() &&
		slices.Contains([]graph.Technology{graph.TechContainer, graph.TechFunction, graph.TechJob, graph.TechServer, graph.TechWebApp}, from.Technology)
}

// opens returns a flow with the ports that a rule lets in: none where they are not
// known, from 0 to 65535 for all.
func (r *groupRule) opens() graph.Flow {
	switch {
	case !r.ports, r.protocol == "icmp", r.protocol == "icmpv6":
		return graph.Flow{}
	case r.from == r.to:
		return graph.Flow{Port: r.from, Protocol: protocolOfPort(r.from)}
	}
	return graph.Flow{Port: r.from, PortEnd: r.to, Protocol: strings.ReplaceAll(r.protocol, "-1", "any")}
}

// fromInternet makes the flows from the internet to a component.
func (b *builder) fromInternet(c *component) {
	if c.row == nil || len(c.resources) == 0 {
		return
	}
	switch c.row.internet {
	case notFromInternet:
		return
	case managedEndpoint:
		return // its semantic has decided
	}
	reachable, why := b.reachable(c)
	open := b.openPorts(c)
	if len(open) == 0 {
		b.shutListeners(c)
		return
	}
	for _, o := range open {
		f := o.flow
		if b.refusedByACL(c, &f) {
			continue
		}
		f.Basis = graph.Declared
		f.Peers = o.peers
		if reachable != graph.Yes || o.unsure {
			f.Basis = graph.Permitted
		}
		b.flow(b.internet(), c, f, append(o.evidence, why...)...)
	}
}

// shutListeners tells of a gateway that has a public address and listens, and whose groups,
// which stand around its subnet rather than being its own, let nobody in.
func (b *builder) shutListeners(c *component) {
	if provider(c.row.typ) != "azurerm" || c.Is(graph.PropPublicAddress) != graph.Yes {
		return
	}
	for _, l := range serving(c.listeners) {
		f := graph.Flow{Protocol: l.protocol, Port: l.port, Encrypted: l.encrypted, Passage: graph.Blocked, Peers: []string{"0.0.0.0/0"}}
		b.flow(b.internet(), c, f, l.evidence, at(c.resources[0], "no rule of the security groups on its way lets the internet in"))
	}
}

// reachable tells whether the internet has an address and a way to a component.
func (b *builder) reachable(c *component) (graph.Truth, []graph.Evidence) {
	address := c.Is(graph.PropPublicAddress)
	var why []graph.Evidence
	if f, ok := c.Properties[graph.PropPublicAddress]; ok && f.Value == graph.Yes {
		why = append(why, f.Evidence)
	}
	place, whyPlace := b.publicPlace(c)
	if address == graph.Yes && place == graph.No {
		return graph.No, nil
	}
	if place == graph.Yes && !whyPlace.Source().IsZero() {
		why = append(why, whyPlace)
	}
	return address, why
}

// openPort is a port that lets the internet in.
type openPort struct {
	flow     graph.Flow
	peers    []string
	evidence []graph.Evidence
	unsure   bool // the groups that could stand in the way are not known
}

// openPorts joins rules that let the internet in with the listeners that there are.
func (b *builder) openPorts(c *component) []openPort {
	var rules []*groupRule
	known := len(c.groups) > 0
	for _, addr := range c.groups {
		g := b.secGroups[addr]
		if g == nil {
			continue
		}
		for i := range g.rules {
			if r := &g.rules[i]; len(r.internet) > 0 || r.unknown {
				rules = append(rules, r)
			}
		}
	}
	var out []openPort
	if c.row.internet == byListener && len(c.listeners) > 0 {
		for _, l := range serving(c.listeners) {
			f := graph.Flow{Protocol: l.protocol, Port: l.port, Encrypted: l.encrypted}
			if !known {
				// Without a security group of its own nothing stands in the way.
				out = append(out, openPort{flow: f, peers: []string{"0.0.0.0/0"}, evidence: append([]graph.Evidence{l.evidence}, l.also...), unsure: b.hasUnknownGroups(c)})
				continue
			}
			for _, r := range rules {
				if r.covers(l.port) {
					out = append(out, openPort{flow: f, peers: r.peers(), evidence: slices.Concat([]graph.Evidence{l.evidence, r.evidence}, r.also, l.also)})
				}
			}
		}
		return out
	}
	for _, r := range rules {
		if r.protocol == "icmp" || r.protocol == "icmpv6" {
			continue
		}
		out = append(out, openPort{flow: r.opens(), peers: r.peers(), evidence: append([]graph.Evidence{r.evidence}, r.also...)})
	}
	return out
}

// peers returns whom of the internet a rule lets in.
func (r *groupRule) peers() []string {
	if len(r.internet) == 0 && r.unknown {
		return append([]string{graph.PeersUnknown}, r.openBy...)
	}
	return r.internet
}

// hasUnknownGroups reports whether security groups were given that can't be known.
func (b *builder) hasUnknownGroups(c *component) bool {
	for _, r := range c.resources {
		for _, v := range r.uses[guardedBy] {
			if len(v.Elements()) > 0 {
				return true
			}
		}
	}
	return false
}

func (r *groupRule) covers(port int) bool {
	return !r.ports || (r.from <= port && port <= r.to)
}
