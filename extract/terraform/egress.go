package terraform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readEgressRule is the semantic of a rule of its own that lets out.
func readEgressRule(b *builder, r *resource) {
	for _, owner := range b.named(r.Body.Get("security_group_id")) {
		if owner.row.role == guard {
			b.securityGroup(owner.Address).addEgress(r, r.Body)
		}
	}
}

// addEgress records a rule that lets out all traffic to every address.
func (g *securityGroup) addEgress(r *resource, block *eval.Block) {
	protocol, _ := block.Get("protocol").Text()
	if protocol == "" {
		protocol, _ = block.Get("ip_protocol").Text()
	}
	from, okFrom := block.Get("from_port").Int()
	to, okTo := block.Get("to_port").Int()
	everyPort := normalProtocol(protocol) == "-1" && protocol != "" || normalProtocol(protocol) == "tcp" && okFrom && okTo && from <= 1 && to == 65535
	if !everyPort {
		return
	}
	for _, attr := range []string{"cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"} {
		for _, e := range block.Get(attr).Elements() {
			if s, ok := e.Literal(); ok && isAnywhere(s) {
				why := atValue(r, e, "a rule of its security group lets out all traffic to "+s)
				why.Fix = "let out to named addresses, groups or prefix lists only in " + r.Address
				g.egress = append(g.egress, why)
				return
			}
		}
	}
}

// wayOut is a rule on what may be called, on a platform that lets out what no rule denies.
type wayOut struct {
	priority int
	known    bool // false where what it covers, or whether it comes first, is not known
	allows   bool
	// anywhere is set for a rule about all addresses outside, and everything for one that
	// covers all ports and protocols besides.
	anywhere, everything bool
	targets              *firewall // the machines that it is for, nil for all
	evidence             graph.Evidence
}

// letsOut decides by rules in their order whether something may call every address at every
// port. What no rule decides the platform lets out, which is what byDefault says.
func letsOut(rules []wayOut, meant func(*wayOut) bool, byDefault graph.Evidence) (graph.Truth, graph.Evidence) {
	rules = slices.Clone(rules)
	slices.SortStableFunc(rules, func(x, y wayOut) int {
		if x.priority == y.priority && x.allows != y.allows { // a denial comes first
			if x.allows {
				return 1
			}
			return -1
		}
		return cmp.Compare(x.priority, y.priority)
	})
	for i := range rules {
		switch r := &rules[i]; {
		case !meant(r):
		case !r.known:
			return graph.Unknown, graph.Evidence{}
		case r.anywhere && r.everything && r.allows:
			return graph.Yes, r.evidence
		case r.anywhere && r.everything:
			return graph.No, r.evidence
		}
	}
	return graph.Yes, byDefault
}

// readWayOut is the semantic of a network's firewall rule on what its machines may call.
// Google Cloud documentation, "VPC firewall rules": implied rules, priorities.
func (b *builder) readWayOut(r *resource) {
	priority, ordered := r.Body.Get("priority").Int()
	if v := r.Body.Get("priority"); !v.IsSet() || v.IsNull() {
		priority, ordered = 1000, true
	}
	out := wayOut{
		priority: priority, known: ordered, anywhere: !r.Body.Get("destination_ranges").IsSet(),
		targets: &firewall{
			tags: textsOf(r.Body.Get("target_tags")), accounts: b.targets(r.Body.Get("target_service_accounts")), named: r.Body.Get("target_service_accounts").IsSet(),
		},
	}
	for _, e := range r.Body.Get("destination_ranges").Elements() {
		s, ok := e.Literal()
		out.known = out.known && ok
		out.anywhere = out.anywhere || isAnywhere(s)
	}
	network := b.networkOf([]eval.Value{r.Body.Get("network")})
	for _, kind := range []string{"allow", "deny"} {
		for _, block := range r.Body.BlocksOf(kind) {
			protocol, ok := block.Get("protocol").Literal()
			rule := out
			rule.known = rule.known && ok
			rule.allows, rule.everything = kind == "allow", normalProtocol(protocol) == "-1" && !block.Get("ports").IsSet()
			rule.tell(r, block)
			b.waysOut[network] = append(b.waysOut[network], rule)
		}
	}
}

// addAzureWayOut records what a security rule says of what may be called. Behind all of them
// each group lets out to the internet: Azure documentation, "Network security groups", default
// security rules.
func (g *securityGroup) addAzureWayOut(r *resource, block *eval.Block) {
	priority, ordered := block.Get("priority").Int()
	access, ok := block.Get("access").Literal()
	protocol, okProtocol := block.Get("protocol").Literal()
	rule := wayOut{priority: priority, known: ordered && ok && okProtocol, allows: strings.EqualFold(access, "Allow")}
	for _, target := range append(block.Get("destination_address_prefixes").Elements(), block.Get("destination_address_prefix").Elements()...) {
		s, ok := target.Literal()
		rule.known = rule.known && ok
		rule.anywhere = rule.anywhere || s == "*" || strings.EqualFold(s, "Any") || strings.EqualFold(s, "Internet") || isAnywhere(s)
	}
	for _, ports := range append(block.Get("destination_port_ranges").Elements(), block.Get("destination_port_range").Elements()...) {
		s, ok := ports.Literal()
		from, to, _ := portRange(s)
		rule.known = rule.known && ok
		rule.everything = rule.everything || protocol == "*" && from <= 1 && to == 65535
	}
	rule.tell(r, block)
	g.out = append(g.out, rule)
}

// tell gives a rule the evidence for what it decides.
func (w *wayOut) tell(r *resource, block *eval.Block) {
	place := block.Source
	if place.IsZero() {
		place = r.Source
	}
	w.evidence = graph.EvidenceAt(place, r.Address, "keeps it from calling any address at any port")
	if w.allows {
		w.evidence.Why = "lets out all traffic to every address"
		w.evidence.Fix = "let out to named addresses or services only in " + r.Address
	}
}

// outOfGoogle decides for a machine by the firewall rules of its network, where the network is made here.
func (b *builder) outOfGoogle(c *component) (graph.Truth, graph.Evidence) {
	bd := b.nets.byID[b.networkAround(c)]
	if bd == nil {
		return graph.Unknown, graph.Evidence{}
	}
	made := b.byAddress[bd.Address]
	if made == nil || made.Mode != eval.Managed {
		return graph.Unknown, graph.Evidence{}
	}
	byDefault := at(made, "no firewall rule of its network keeps it from calling any address, and what none denies is let out")
	byDefault.Fix = "add a google_compute_firewall that denies all with `direction = \"EGRESS\"`, and rules of a lower `priority` for what is called"
	return letsOut(b.waysOut[bd.ID], func(w *wayOut) bool { return w.targets == nil || w.targets.guards(c) }, byDefault)
}

// outOfAzure decides for what stands behind security groups: all on a way have to let it out.
func (b *builder) outOfAzure(c *component) (graph.Truth, graph.Evidence) {
	all := graph.Unknown
	var why graph.Evidence
	for _, key := range c.subnets {
		if s := b.nets.subnets[key]; s != nil && s.filtered {
			return graph.Unknown, why // an appliance on its default route decides
		}
	}
	for _, way := range b.waysTo(c) {
		for _, groups := range way {
			for _, address := range groups {
				r := b.byAddress[address]
				if r == nil || r.Mode != eval.Managed {
					return graph.Unknown, graph.Evidence{}
				}
				byDefault := at(r, "no rule of the security group keeps it from calling any address, and what none denies is let out to the internet")
				byDefault.Fix = fmt.Sprintf("add a `security_rule` to %s that denies with `direction = \"Outbound\"` and `destination_address_prefix = \"Internet\"`", address)
				out, e := letsOut(b.securityGroup(address).out, func(*wayOut) bool { return true }, byDefault)
				if out != graph.Yes {
					return out, e
				}
				all, why = out, e
			}
		}
	}
	return all, why
}

// openEgress tells of what runs behind rules on what may be called whether they let it call any address.
func (b *builder) openEgress() {
	for _, c := range b.order {
		if c.Kind == graph.Process && c.row != nil && runsPrograms(c.Technology) {
			out, e := graph.Unknown, graph.Evidence{}
			switch provider(c.row.typ) {
			case "google", "google-beta":
				out, e = b.outOfGoogle(c)
			case "azurerm":
				out, e = b.outOfAzure(c)
			}
			if out != graph.Unknown {
				c.Set(graph.PropOpenEgress, out, e)
				continue
			}
		}
		if c.Kind != graph.Process || len(c.groups) == 0 || !runsPrograms(c.Technology) {
			continue
		}
		known := b.givenGroups(c) <= len(c.groups)
		for _, addr := range c.groups {
			r := b.byAddress[addr]
			if r == nil || r.Type != "aws_security_group" || r.Mode != eval.Managed {
				known = false
				continue
			}
			for _, e := range b.securityGroup(addr).egress {
				c.Add(graph.PropOpenEgress, graph.Yes, e)
			}
		}
		if known && c.Is(graph.PropOpenEgress) == graph.Unknown {
			c.Set(graph.PropOpenEgress, graph.No, at(b.byAddress[c.groups[0]], "no rule of its security groups lets out to every address at every port"))
		}
	}
}

// givenGroups counts the groups that a component was given, known or not.
func (b *builder) givenGroups(c *component) int {
	n := 0
	for _, r := range c.resources {
		for _, v := range r.uses[guardedBy] {
			n += len(v.Elements())
		}
	}
	return n
}

// runsPrograms reports whether a technology is a place where a team's own programs run.
func runsPrograms(t graph.Technology) bool {
	switch t {
	case graph.TechServer, graph.TechContainer, graph.TechFunction, graph.TechJob, graph.TechWebApp:
		return true
	}
	return false
}
