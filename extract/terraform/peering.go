package terraform

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/extract/terraform/iam"
	"drawbridge/graph"
)

// joined are networks that a peering connection or a transit gateway joins, with
// the resource that does.
type joined struct {
	networks []string // IDs
	by       *resource
}

// readPeering joins two networks.
func readPeering(b *builder, r *resource) {
	b.join(r, b.networksNamed(r, "vpc_id", "peer_vpc_id"))
}

// readTransitAttachment joins a network with all others at the gateway.
func readTransitAttachment(b *builder, r *resource) {
	for _, gateway := range b.named(r.Body.Get("transit_gateway_id")) {
		networks := b.networksNamed(r, "vpc_id")
		if len(networks) == 0 {
			networks = b.networksOfSubnets(r)
		}
		b.joinAt(gateway, networks)
	}
}

// joinAt joins networks with all others at a hub.
func (b *builder) joinAt(hub *resource, networks []string) {
	for i := range b.joined {
		if b.joined[i].by == hub {
			b.joined[i].networks = append(b.joined[i].networks, networks...)
			return
		}
	}
	b.joined = append(b.joined, joined{networks, hub})
}

func (b *builder) networksNamed(r *resource, attrs ...string) []string {
	var out []string
	for _, attr := range attrs {
		for _, n := range b.named(r.Body.Get(attr)) {
			if n.row.role == network {
				out = append(out, b.makeNetwork(n))
			}
		}
	}
	return out
}

func (b *builder) networksOfSubnets(r *resource) []string {
	for _, s := range b.subnetsOf(r.uses[placesInSubnet]) {
		if s.network != "" {
			return []string{s.network}
		}
	}
	return nil
}

func (b *builder) join(r *resource, networks []string) {
	if len(networks) == 2 && networks[0] != networks[1] {
		b.joined = append(b.joined, joined{networks, r})
		for _, id := range networks {
			b.addPart(id, r)
		}
	}
}

// throughPeering permits what a rule's ranges let in from networks that are joined
// with the one that a guarded component stands in.
func (b *builder) throughPeering(rule *groupRule, guarded []*component, inside map[string][]*component) {
	for _, to := range guarded {
		home := b.networkAround(to)
		for _, j := range b.joined {
			if !slices.Contains(j.networks, home) {
				continue
			}
			for _, other := range j.networks {
				if other == home || !rule.letsIn(b.rangesOf(other)) || len(inside[other]) > maxPermitted {
					continue
				}
				for _, from := range inside[other] {
					f := rule.opens()
					f.Basis = graph.Permitted
					b.flow(from, to, f, rule.evidence, at(j.by, "joins their networks"))
				}
			}
		}
	}
}

// networkAround returns the ID of the network that a component stands in, "" for none.
func (b *builder) networkAround(c *component) string {
	for _, key := range c.subnets {
		if s := b.nets.subnets[key]; s != nil {
			return s.network
		}
	}
	for id, steps := c.Boundary, 0; b.nets.byID[id] != nil && steps < maxNesting; id, steps = b.nets.byID[id].Parent, steps+1 {
		if b.nets.byID[id].Kind == graph.BoundaryNetwork {
			return id
		}
	}
	return ""
}

// rangesOf returns the known address ranges of a network: its own, or those of its
// subnets where networks of its platform have none.
func (b *builder) rangesOf(id string) []netip.Prefix {
	bd := b.nets.byID[id]
	if bd == nil {
		return nil
	}
	var out []netip.Prefix
	for _, attr := range []string{"cidr_block", "address_space.0"} {
		if p, err := netip.ParsePrefix(bd.Attributes[attr]); err == nil {
			out = append(out, p)
		}
	}
	for _, key := range sortedKeys(b.nets.subnets) {
		s := b.nets.subnets[key]
		if s.network != id {
			continue
		}
		text, _ := s.res.Body.Get("ip_cidr_range").Literal()
		if p, err := netip.ParsePrefix(text); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// subnetMembers are those who stand in a subnet, with its ranges.
type subnetMembers struct {
	ranges  []netip.Prefix
	members []*component
}

// membersOfSubnets returns who stands in each subnet whose ranges are known, in the order
// of addresses.
func (b *builder) membersOfSubnets() []subnetMembers {
	at := map[string]int{}
	var out []subnetMembers
	for _, key := range sortedKeys(b.nets.subnets) {
		var ranges []netip.Prefix
		for _, text := range rangesOfSubnet(b.nets.subnets[key]) {
			ranges = append(ranges, rangeOfText(text))
		}
		if len(ranges) > 0 {
			at[key] = len(out)
			out = append(out, subnetMembers{ranges: ranges})
		}
	}
	for _, c := range b.order {
		if c.Kind != graph.Process && c.Kind != graph.Store {
			continue
		}
		for _, key := range c.subnets {
			if i, ok := at[key]; ok {
				out[i].members = append(out[i].members, c)
			}
		}
	}
	return out
}

// betweenSubnets permits what a rule's ranges let in from those that stand in the root's
// own subnets of that range.
func (b *builder) betweenSubnets(rule *groupRule, guarded []*component, subnets []subnetMembers) {
	if !rule.inside || len(rule.cidrs) == 0 || len(guarded) == 0 {
		return
	}
	var sources []*component
	for _, text := range rule.cidrs {
		r := rangeOfText(text)
		if !r.IsValid() {
			continue
		}
		for _, s := range subnets {
			if !slices.ContainsFunc(s.ranges, r.Overlaps) {
				continue
			}
			for _, c := range s.members {
				if !slices.Contains(sources, c) {
					sources = append(sources, c)
				}
			}
		}
	}
	b.permitBetween(rule, sources, guarded)
}

// letsIn reports whether a rule's ranges overlap with others.
func (rule *groupRule) letsIn(network []netip.Prefix) bool {
	return slices.ContainsFunc(rule.cidrs, func(text string) bool {
		p, err := netip.ParsePrefix(text)
		return err == nil && slices.ContainsFunc(network, p.Overlaps)
	})
}

// networkEndpoints adds to flows within the platform the endpoint that keeps them
// inside of the caller's network.
func (b *builder) networkEndpoints() {
	defer b.allPrivate()
	b.throughPrivateEndpoints()
	b.throughPrivateAddresses()
	endpoints := map[string]*resource{} // by network and service
	policies := b.endpointPolicies()
	for _, r := range b.byType["aws_vpc_endpoint"] {
		name, _ := r.Body.Get("service_name").Text()
		for _, id := range b.networksNamed(r, "vpc_id") {
			b.addPart(id, r)
			endpoints[id+" "+endpointService(name)] = r
		}
	}
	if len(endpoints) == 0 {
		return
	}
	for key, claims := range b.flows {
		from, to := b.comps[key[0]], b.comps[key[1]]
		if from == nil || to == nil || len(from.subnets) == 0 {
			continue
		}
		if r := endpoints[b.networkAround(from)+" "+serviceOf(to)]; r != nil {
			claims[0].flow.Evidence = append(claims[0].flow.Evidence, at(r, "an endpoint keeps it inside of the network"))
			b.onPrivateAddress(key, to, at(r, "an endpoint in the network of its callers leads to it"))
			for _, p := range policies[r] {
				if b.letsThrough(p.doc, to) != graph.No {
					continue
				}
				for _, c := range claims {
					c.flow.Passage = graph.Blocked
				}
				claims[0].flow.Evidence = append(claims[0].flow.Evidence, p.evidence("policy of the endpoint names other resources only"))
			}
		}
	}
}

// onPrivateAddress records that a flow stays on a private address of its caller's network.
func (b *builder) onPrivateAddress(key [2]string, to *component, why graph.Evidence) {
	if b.private[to] == nil {
		b.private[to] = map[[2]string]graph.Evidence{}
	}
	b.private[to][key] = why
}

// throughPrivateAddresses finds the callers of databases that have an address in the caller's network.
func (b *builder) throughPrivateAddresses() {
	for _, to := range b.order {
		if to.row == nil || provider(to.row.typ) != "google" || len(to.resources) == 0 {
			continue
		}
		v := to.resources[0].Body.Get("settings.ip_configuration.private_network")
		if !v.IsSet() {
			continue
		}
		network := b.networkOf([]eval.Value{v})
		for key := range b.flows {
			if from := b.comps[key[0]]; network != "" && key[1] == to.ID && from != nil && b.networkAround(from) == network {
				b.onPrivateAddress(key, to, atValue(to.resources[0], v, "it has an address in the network of its callers"))
			}
		}
	}
}

// allPrivate tells of what all of its callers but the internet reach on a private address.
func (b *builder) allPrivate() {
	for to, flows := range b.private {
		all := true
		for key := range b.flows {
			if key[1] == to.ID && key[0] != graph.InternetID {
				_, private := flows[key]
				all = all && private
			}
		}
		if !all {
			continue
		}
		var why []graph.Evidence
		for _, e := range flows {
			why = append(why, e)
		}
		slices.SortFunc(why, func(x, y graph.Evidence) int {
			return cmp.Or(x.Source().Compare(y.Source()), strings.Compare(x.Address, y.Address))
		})
		to.Set(graph.PropPrivateEndpoint, graph.Yes, why[0])
	}
}

// endpointPolicies returns the policies of endpoints that can be known. Without one
// an endpoint lets everything through.
func (b *builder) endpointPolicies() map[*resource][]policy {
	out := map[*resource][]policy{}
	add := func(endpoint, holder *resource) {
		v := holder.Body.Get("policy")
		if doc := b.document(v); doc != nil && doc.Complete() {
			out[endpoint] = append(out[endpoint], policy{doc: doc, holder: holder, value: v})
		}
	}
	for _, r := range b.byType["aws_vpc_endpoint"] {
		add(r, r)
	}
	for _, r := range b.byType["aws_vpc_endpoint_policy"] {
		for _, endpoint := range b.named(r.Body.Get("vpc_endpoint_id")) {
			add(endpoint, r)
		}
	}
	return out
}

// letsThrough reports whether an endpoint's policy names a component. It is No only
// where each resource that the policy allows is known, and is another.
func (b *builder) letsThrough(doc *iam.Document, to *component) graph.Truth {
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Effect != iam.Allow {
			continue
		}
		for _, t := range s.Targets() {
			named := b.policyTargets(t)
			switch {
			case t.Except, t.Kind != iam.TargetARN && len(named) == 0, t.Broad, slices.Contains(named, to):
				return graph.Unknown
			case len(named) == 0 && strings.ContainsAny(t.ARN.Resource, "⟦*?") && !strings.HasSuffix(t.ARN.Resource, "/*"):
				return graph.Unknown
			case len(named) == 0 && (len(to.resources) == 0 || len(literalNames(to.resources[0])) == 0):
				return graph.Unknown // it may have that name
			}
		}
	}
	return graph.No
}

// endpointService returns the service part of ARNs for the name of an endpoint's
// service: "com.amazonaws.eu-west-1.ecr.dkr".
func endpointService(name string) string {
	parts := strings.Split(name, ".")
	if len(parts) < 4 {
		return ""
	}
	switch parts[3] {
	case "kinesis-streams":
		return "kinesis"
	case "kinesis-firehose":
		return "firehose"
	case "execute-api":
		return "apigateway"
	}
	return parts[3]
}
