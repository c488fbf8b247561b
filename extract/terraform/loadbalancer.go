package terraform

import (
	"cmp"
	"strconv"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// listener is a port that a load balancer takes connections at.
type listener struct {
	protocol  string // lower case
	port      int
	encrypted graph.Truth
	// redirects is set where it only sends callers on to https.
	redirects bool
	evidence  graph.Evidence
	also      []graph.Evidence
}

// targetGroup is what lies between load balancers and those that they send to.
type targetGroup struct {
	protocol string
	port     int
	evidence []graph.Evidence
	sources  []attached
	members  []attached
}

// attached is one side of a target group, with its evidence.
type attached struct {
	comp     *component
	port     int
	evidence []graph.Evidence
}

func (b *builder) group(address string) *targetGroup {
	g := b.groups[address]
	if g == nil {
		g = &targetGroup{}
		b.groups[address] = g
	}
	return g
}

// groupsNamed returns the target groups that a value names.
func (b *builder) groupsNamed(v eval.Value) []*targetGroup {
	var out []*targetGroup
	for _, e := range v.Elements() {
		for _, r := range b.named(e) {
			if r.row.role == pool {
				out = append(out, b.group(r.Address))
			}
		}
	}
	return out
}

// moduleBalancers returns the load balancers of which a value names a target
// group, where a module that is not there holds both.
func (b *builder) moduleBalancers(v eval.Value) []*component {
	var out []*component
	for _, r := range b.marked(v.Refs()) {
		if c := r.self; c != nil && r.Mode == eval.MissingModule && c.Technology == graph.TechLoadBalancer {
			out = append(out, c)
		}
	}
	return out
}

// readTargetGroup is the semantic of target groups.
func readTargetGroup(b *builder, r *resource) {
	g := b.group(r.Address)
	g.protocol, _ = r.Body.Get("protocol").Text()
	g.protocol = strings.ToLower(g.protocol)
	g.port, _ = r.Body.Get("port").Int()
	g.evidence = append(g.evidence, at(r, "target group"))
	if t, _ := r.Body.Get("target_type").Text(); t == "lambda" {
		g.protocol, g.port = "https", 0
	}
	// VPC Lattice keeps its protocol in a block.
	if p, ok := r.Body.Get("config.protocol").Text(); ok {
		g.protocol = strings.ToLower(p)
	}
}

// readListener is the semantic of a load balancer's listener: a port, and the
// target groups of its default action.
func readListener(b *builder, r *resource) {
	protocol, _ := r.Body.Get("protocol").Text()
	protocol = strings.ToLower(protocol)
	port, _ := r.Body.Get("port").Int()
	if protocol == "" {
		protocol = protocolOfPort(port)
	}
	l := listener{protocol: listenerProtocol(protocol, port), port: port, encrypted: encryptedProtocol(protocol), evidence: at(r, "listener at "+protocol+" "+strconv.Itoa(port))}
	if l.redirects = redirectsToHTTPS(r.Body); l.redirects {
		l.evidence.Why += " that only redirects to https"
	}
	for _, c := range r.owners {
		c.listeners = append(c.listeners, l)
	}
	readForward(b, r)
}

// serving returns the listeners that data passes, each with its evidence: one that
// only redirects to https is evidence of those that it redirects to.
func serving(all []listener) []listener {
	var out []listener
	var redirects []graph.Evidence
	for _, l := range all {
		if l.redirects {
			redirects = append(redirects, l.evidence)
		} else {
			out = append(out, l)
		}
	}
	for i := range out {
		if out[i].encrypted == graph.Yes {
			out[i].also = redirects
			redirects = nil
		}
	}
	if len(redirects) > 0 { // nothing to redirect to that we know of
		return all
	}
	return out
}

// listenerProtocol says what a transport protocol carries at its port.
func listenerProtocol(protocol string, port int) string {
	if protocol == "tcp" || protocol == "tcp_udp" {
		return protocolOfPort(port)
	}
	return protocol
}

func redirectsToHTTPS(body *eval.Block) bool {
	t, _ := body.Get("default_action.type").Text()
	p, _ := body.Get("default_action.redirect.protocol").Text()
	return t == "redirect" && (p == "HTTPS" || p == "#{protocol}")
}

// readForward is the semantic of what forwards to target groups: listeners and
// their rules.
func readForward(b *builder, r *resource) {
	for _, action := range []string{"default_action", "action"} {
		for _, path := range []string{".target_group_arn", ".forward.target_group.arn", ".forward.target_groups.target_group_identifier"} {
			for _, v := range r.Body.All(action + path) {
				b.forward(r, v)
			}
		}
		for _, path := range []string{".authenticate_cognito.user_pool_arn", ".authenticate_oidc.issuer"} {
			for _, v := range r.Body.All(action + path) {
				for _, idp := range b.reached(v, "identity provider") {
					for _, c := range r.owners {
						b.flow(c, idp, graph.Flow{Protocol: "https", Port: 443, Carries: "sign-in"}, atValue(r, v, "listener authenticates users"))
						c.Set(graph.PropAuthenticated, graph.Yes, atValue(r, v, "listener authenticates users"))
					}
				}
			}
		}
	}
}

func (b *builder) forward(r *resource, v eval.Value) {
	for _, g := range b.groupsNamed(v) {
		for _, c := range r.owners {
			g.sources = append(g.sources, attached{comp: c, evidence: []graph.Evidence{atValue(r, v, "forwards to the target group")}})
		}
	}
}

// attach says that what a value names is a member of the target groups that
// another value names.
func (b *builder) attach(r *resource, groups, members eval.Value, port eval.Value) {
	n, _ := port.Int()
	for _, lb := range b.moduleBalancers(groups) {
		for _, c := range b.targets(members) {
			b.flow(lb, c, graph.Flow{Port: n, Protocol: protocolOfPort(n)}, atValue(r, groups, "attached to its target group"))
		}
	}
	for _, g := range b.groupsNamed(groups) {
		to := b.targets(members)
		if c := b.addressed(members); c != nil && len(to) == 0 {
			to = append(to, c)
		}
		for _, c := range to {
			g.members = append(g.members, attached{c, n, []graph.Evidence{atValue(r, groups, "attached to the target group")}})
		}
	}
}

// attachOwner says that the component that r belongs to is a member of target groups.
func (b *builder) attachOwner(r *resource, groups eval.Value, port eval.Value) {
	n, _ := port.Int()
	for _, lb := range b.moduleBalancers(groups) {
		for _, c := range r.owners {
			b.flow(lb, c, graph.Flow{Port: n, Protocol: protocolOfPort(n)}, atValue(r, groups, "member of its target group"))
		}
	}
	for _, g := range b.groupsNamed(groups) {
		for _, c := range r.owners {
			g.members = append(g.members, attached{c, n, []graph.Evidence{atValue(r, groups, "member of the target group")}})
		}
	}
}

// readTargetAttachment is the semantic of an attachment resource.
func readTargetAttachment(b *builder, r *resource) {
	b.attach(r, r.Body.Get("target_group_arn"), r.Body.Get("target_id"), r.Body.Get("port"))
	b.attach(r, r.Body.Get("target_group_identifier"), r.Body.Get("target.id"), r.Body.Get("target.port"))
}

// readScalingAttachment attaches an autoscaling group to a target group or a classic load balancer.
func readScalingAttachment(b *builder, r *resource) {
	asg := r.Body.Get("autoscaling_group_name")
	b.attach(r, r.Body.Get("lb_target_group_arn"), asg, eval.Value{})
	b.attach(r, r.Body.Get("alb_target_group_arn"), asg, eval.Value{})
	for _, lb := range b.targets(r.Body.Get("elb")) {
		for _, c := range b.targets(asg) {
			b.classic(lb, c, at(r, "attached to the load balancer"))
		}
	}
}

// readScalingGroup reads the target groups and load balancers that a group of machines names itself.
func readScalingGroup(b *builder, r *resource) {
	b.attachOwner(r, r.Body.Get("target_group_arns"), eval.Value{})
	for _, block := range r.Body.BlocksOf("traffic_source") {
		b.attachOwner(r, block.Get("identifier"), eval.Value{})
	}
	for _, lb := range b.targets(r.Body.Get("load_balancers")) {
		for _, c := range r.owners {
			b.classic(lb, c, atValue(r, r.Body.Get("load_balancers"), "attached to the load balancer"))
		}
	}
}

// readServiceBalancers reads the load balancers of a container service.
func readServiceBalancers(b *builder, r *resource) {
	for _, block := range r.Body.BlocksOf("load_balancer") {
		b.attachOwner(r, block.Get("target_group_arn"), block.Get("container_port"))
		for _, lb := range b.targets(block.Get("elb_name")) {
			for _, c := range r.owners {
				b.classic(lb, c, atValue(r, block.Get("elb_name"), "attached to the load balancer"))
			}
		}
	}
	for _, block := range r.Body.BlocksOf("service_registries") {
		for _, registry := range b.targets(block.Get("registry_arn")) {
			for _, c := range r.owners {
				b.flow(c, registry, graph.Flow{Carries: "service registration"}, atValue(r, block.Get("registry_arn"), "registers with service discovery"))
			}
		}
	}
}

// readClassicBalancer reads a classic load balancer: its listeners and instances.
func readClassicBalancer(b *builder, r *resource) {
	for _, c := range r.owners {
		for _, block := range r.Body.BlocksOf("listener") {
			protocol, _ := block.Get("lb_protocol").Text()
			port, _ := block.Get("lb_port").Int()
			protocol = strings.ToLower(protocol)
			place := block.Source
			if place.IsZero() {
				place = r.Source
			}
			c.listeners = append(c.listeners, listener{
				protocol: listenerProtocol(protocol, port), port: port, encrypted: encryptedProtocol(protocol),
				evidence: graph.EvidenceAt(place, r.Address, "listener at "+protocol+" "+strconv.Itoa(port)),
			})
		}
		for _, v := range r.Body.All("instances") {
			for _, to := range b.targets(v) {
				b.classic(c, to, atValue(r, v, "instance of the load balancer"))
			}
		}
	}
}

// readClassicAttachment is the semantic of aws_elb_attachment.
func readClassicAttachment(b *builder, r *resource) {
	for _, lb := range b.targets(r.Body.Get("elb")) {
		for _, c := range b.targets(r.Body.Get("instance")) {
			b.classic(lb, c, at(r, "attached to the load balancer"))
		}
	}
}

// classic makes the flows from a classic load balancer to one behind it.
func (b *builder) classic(lb, to *component, evidence graph.Evidence) {
	made := false
	if len(lb.resources) > 0 {
		for _, block := range lb.resources[0].Body.BlocksOf("listener") {
			protocol, _ := block.Get("instance_protocol").Text()
			port, _ := block.Get("instance_port").Int()
			protocol = strings.ToLower(protocol)
			b.flow(lb, to, graph.Flow{Protocol: listenerProtocol(protocol, port), Port: port, Encrypted: encryptedProtocol(protocol)}, evidence)
			made = true
		}
	}
	if !made {
		b.flow(lb, to, graph.Flow{}, evidence)
	}
}

// balance makes flows of target groups: from each load balancer that forwards to
// one, to each of its members.
func (b *builder) balance() {
	for _, addr := range sortedKeys(b.groups) {
		g := b.groups[addr]
		for _, s := range g.sources {
			for _, m := range g.members {
				port := cmp.Or(m.port, s.port, g.port)
				f := graph.Flow{Protocol: listenerProtocol(g.protocol, port), Port: port, Encrypted: encryptedProtocol(g.protocol)}
				if m.comp.Technology == graph.TechFunction {
					f.Protocol, f.Port, f.Encrypted = "https", 443, graph.Yes
				}
				evidence := append(append(append([]graph.Evidence{}, s.evidence...), g.evidence...), m.evidence...)
				b.flow(s.comp, m.comp, f, evidence...)
			}
		}
	}
}
