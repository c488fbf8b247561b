package terraform

import (
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

// openEgress tells of what runs in security groups whether they let it call any address.
func (b *builder) openEgress() {
	for _, c := range b.order {
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
