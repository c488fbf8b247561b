package kubernetes

import (
	"cmp"
	"fmt"
	"strings"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// The Gateway API: https://gateway-api.sigs.k8s.io/reference/spec/. Its kinds
// are read as the fields that we use, whatever their version.

type gatewaySpec struct {
	GatewayClassName string `json:"gatewayClassName"`
	Listeners        []struct {
		Name     string    `json:"name"`
		Port     int       `json:"port"`
		Protocol string    `json:"protocol"`
		TLS      *struct{} `json:"tls"`
	} `json:"listeners"`
}

type routeSpec struct {
	ParentRefs []struct {
		Kind      string `json:"kind"`
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"parentRefs"`
	Hostnames []string `json:"hostnames"`
	Rules     []struct {
		BackendRefs []struct {
			Kind      string `json:"kind"`
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
			Port      int    `json:"port"`
		} `json:"backendRefs"`
	} `json:"rules"`
}

func readGateway(c *cluster, o *manifest.Object) {
	var spec gatewaySpec
	c.decode(&spec, o, "spec")
	name := cmp.Or(spec.GatewayClassName, o.Name)
	gate := c.gate(name, "gateway", at(o, "spec", "gatewayClassName"))
	gate.Parts = append(gate.Parts, address(o))
	c.gateways[key{o.Namespace, o.Name}] = gate
	if isPrivateClass(spec.GatewayClassName) || internal(o) != "" {
		return
	}
	for i, l := range spec.Listeners {
		f := graph.Flow{
			From: c.internet().ID, To: gate.ID, Protocol: strings.ToLower(l.Protocol), Port: l.Port, Basis: graph.Declared,
			Evidence: []graph.Evidence{because(fmt.Sprintf("Gateway %s listens on port %d", o.Name, l.Port), o, "spec", "listeners", i)},
		}
		p := protocols[f.Protocol]
		f.Protocol, f.Encrypted = cmp.Or(p.name, f.Protocol), p.encrypted
		if l.TLS != nil {
			f.Encrypted = graph.Yes
		}
		c.flow(f)
	}
}

// isPrivateClass reports whether gateways of a class have no address on the internet, by
// its name: internal balancers of Google's ("gke-l7-rilb") and others, and Amazon's service
// network, which its own member networks reach.
func isPrivateClass(name string) bool {
	return strings.Contains(name, "internal") || strings.Contains(name, "-rilb") || name == "amazon-vpc-lattice"
}

func readRoute(c *cluster, o *manifest.Object) {
	var spec routeSpec
	c.decode(&spec, o, "spec")
	c.later(func() {
		for i, parent := range spec.ParentRefs {
			if parent.Kind != "" && parent.Kind != "Gateway" {
				continue // a Service as the parent tunes calls within the mesh
			}
			gate := c.gateways[key{cmp.Or(parent.Namespace, o.Namespace), parent.Name}]
			if gate == nil {
				gate = c.gate(parent.Name, "gateway", at(o, "spec", "parentRefs", i))
			}
			gate.Parts = append(gate.Parts, address(o))
			c.linkRoute(gate, o, spec)
		}
	})
}

func (c *cluster) linkRoute(gate *graph.Component, o *manifest.Object, spec routeSpec) {
	for i, rule := range spec.Rules {
		for j, b := range rule.BackendRefs {
			if b.Kind != "" && b.Kind != "Service" {
				continue
			}
			path := []any{"spec", "rules", i, "backendRefs", j}
			s := c.services[key{cmp.Or(b.Namespace, o.Namespace), b.Name}]
			if s == nil {
				c.note("unresolved-backend", o, fmt.Sprintf("%s %s leads to Service %s, which the input does not have", o.Kind, o.Name, b.Name), "scan it together with the Service", path...)
				continue
			}
			if to := (key{cmp.Or(b.Namespace, o.Namespace), b.Name}); !c.mayLeadTo(o, to) {
				c.note("refused-backend", o, fmt.Sprintf("%s %s leads to Service %s of namespace %s, which grants it to nobody: gateways refuse that", o.Kind, o.Name, b.Name, to.namespace),
					"add a ReferenceGrant in namespace "+to.namespace, path...)
				continue
			}
			for _, h := range spec.Hostnames {
				c.publish(h, gate, s)
			}
			use := call{port: b.Port, basis: graph.Declared, evidence: []graph.Evidence{because(fmt.Sprintf("%s %s leads to Service %s", o.Kind, o.Name, b.Name), o, path...)}}
			if o.Kind == "GRPCRoute" {
				use.protocol = "grpc"
			}
			c.connect(gate, s, use)
		}
	}
}
