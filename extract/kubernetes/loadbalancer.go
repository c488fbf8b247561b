package kubernetes

import (
	"cmp"
	"slices"
	"strings"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// What annotations, and the parameters of a class, tell a cloud's load balancer: whether
// the internet comes to it at all, from which addresses, and what stands before it.

func readIngressClass(c *cluster, o *manifest.Object) { c.ingressClasses[o.Name] = o }

func readIngressParams(c *cluster, o *manifest.Object) { c.classParams[o.Name] = o }

// The controllers that make AWS load balancers of Ingresses.
var albControllers = []string{"ingress.k8s.aws/alb", "eks.amazonaws.com/alb"}

func classOf(o *manifest.Object, class string) string {
	return cmp.Or(class, o.Annotations["kubernetes.io/ingress.class"])
}

// isALB tells whether the AWS load balancer controller serves an Ingress.
func (c *cluster) isALB(o *manifest.Object, class string) bool {
	class = classOf(o, class)
	if class == "alb" {
		return true
	}
	var controller string
	if ic := c.ingressClasses[class]; ic != nil {
		c.decode(&controller, ic, "spec", "controller")
	}
	return slices.Contains(albControllers, controller)
}

// paramsOf returns the IngressClassParams that hold for an Ingress, nil for none. Where the
// class is not in the input, the only ones are meant.
func (c *cluster) paramsOf(o *manifest.Object, class string) *manifest.Object {
	if !c.isALB(o, class) {
		return nil
	}
	if ic := c.ingressClasses[classOf(o, class)]; ic != nil {
		var name string
		c.decode(&name, ic, "spec", "parameters", "name")
		return c.classParams[name]
	}
	for _, params := range c.classParams {
		if len(c.classParams) == 1 {
			return params
		}
	}
	return nil
}

// isKeptInside tells whether a load balancer has no address on the internet. Those of the
// AWS controller have none unless they are asked for, by the parameters of the class over
// the annotation:
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#scheme
func (c *cluster) isKeptInside(o *manifest.Object, class string, params *manifest.Object) bool {
	if !c.isALB(o, class) {
		return internal(o) != ""
	}
	var scheme string
	if params != nil {
		c.decode(&scheme, params, "spec", "scheme")
	}
	return cmp.Or(scheme, o.Annotations["alb.ingress.kubernetes.io/scheme"]) != "internet-facing"
}

// sourceRanges are the annotations that list the addresses which may come in.
var sourceRanges = []string{
	"alb.ingress.kubernetes.io/inbound-cidrs",
	"nginx.ingress.kubernetes.io/allowlist-source-range",
	"nginx.ingress.kubernetes.io/whitelist-source-range",
	"haproxy.org/allow-list",
	"haproxy-ingress.github.io/allowlist-source-range",
	"service.beta.kubernetes.io/load-balancer-source-ranges",
	"service.beta.kubernetes.io/azure-allowed-ip-ranges",
}

// securityGroups are the annotations that name groups whose rules say who may come in:
// what those are the manifests do not tell.
var securityGroups = []string{
	"alb.ingress.kubernetes.io/security-groups",
	"service.beta.kubernetes.io/aws-load-balancer-security-groups",
}

// admitted returns the address ranges that an object lets in, with the reason; none where
// all are.
func admitted(o, params *manifest.Object) ([]string, []graph.Evidence) {
	if params != nil {
		var ranges []string
		if params.Decode(&ranges, "spec", "inboundCIDRs") == nil && len(ranges) > 0 {
			return ranges, []graph.Evidence{because("the parameters of its class list the addresses that may come in", params, "spec", "inboundCIDRs")}
		}
	}
	for _, name := range sourceRanges {
		var ranges []string
		for r := range strings.SplitSeq(o.Annotations[name], ",") {
			if r = strings.TrimSpace(r); r != "" {
				ranges = append(ranges, r)
			}
		}
		if len(ranges) > 0 {
			return ranges, []graph.Evidence{because("annotation "+name+" lists the addresses that may come in", o, "metadata", "annotations", name)}
		}
	}
	for _, name := range securityGroups {
		if o.Annotations[name] != "" {
			return []string{graph.PeersUnknown}, []graph.Evidence{because("the rules of the security groups of annotation "+name+" say who may come in", o, "metadata", "annotations", name)}
		}
	}
	return nil, nil
}

// firewalls are the annotations that put a web application firewall before a load balancer.
var firewalls = []string{
	"alb.ingress.kubernetes.io/wafv2-acl-arn", "alb.ingress.kubernetes.io/wafv2-acl-name", "alb.ingress.kubernetes.io/waf-acl-id",
	"appgw.ingress.kubernetes.io/waf-policy-for-path",
}

// firewallOf returns why a web application firewall stands before an Ingress, the zero
// value where nothing says so.
func firewallOf(o, params *manifest.Object) graph.Evidence {
	for _, name := range firewalls {
		if o.Annotations[name] != "" {
			return because("annotation "+name+" puts a web application firewall before it", o, "metadata", "annotations", name)
		}
	}
	for _, field := range []string{"wafv2AclArn", "wafv2AclName"} {
		if params != nil && params.Has("spec", field) {
			return because("the parameters of its class put a web application firewall before it", params, "spec", field)
		}
	}
	return graph.Evidence{}
}

// gateControls are the annotations that make a gate ask its callers who they are, or hold them to a rate.
// https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/
var gateControls = []struct {
	property    graph.Property
	why         string
	annotations []string
}{
	{graph.PropAuthenticated, "has callers asked who they are", []string{
		"alb.ingress.kubernetes.io/auth-idp-cognito", "alb.ingress.kubernetes.io/auth-idp-oidc",
		"nginx.ingress.kubernetes.io/auth-tls-secret", "nginx.ingress.kubernetes.io/auth-type", "nginx.ingress.kubernetes.io/auth-url",
	}},
	{graph.PropRateLimited, "holds callers to a rate", []string{
		"nginx.ingress.kubernetes.io/limit-connections", "nginx.ingress.kubernetes.io/limit-rpm", "nginx.ingress.kubernetes.io/limit-rps",
	}},
}

// guard records what stands before a way in: a firewall, and what its annotations ask for. A
// gate has a control if each of its ways has.
func (c *cluster) guard(gate *graph.Component, firewall graph.Evidence, o *manifest.Object) {
	c.guardBy(gate, graph.PropFirewalled, firewall)
	for _, control := range gateControls {
		var e graph.Evidence
		for _, name := range control.annotations {
			if e.Why == "" && o.Annotations[name] != "" {
				e = because("annotation "+name+" "+control.why, o, "metadata", "annotations", name)
			}
		}
		c.guardBy(gate, control.property, e)
	}
}

func (c *cluster) guardBy(gate *graph.Component, p graph.Property, why graph.Evidence) {
	k := gateControl{gate.ID, p}
	c.guarded[k] = append(c.guarded[k], why)
	all := c.guarded[k]
	switch {
	case slices.ContainsFunc(all, func(e graph.Evidence) bool { return e.Why == "" }):
		if len(all) > 1 || p == graph.PropFirewalled {
			delete(gate.Properties, p)
		}
	default:
		gate.Set(p, graph.Yes, all[0])
	}
}

// gateControl is a control at a gate, by the gate's ID.
type gateControl struct {
	gate     string
	property graph.Property
}
