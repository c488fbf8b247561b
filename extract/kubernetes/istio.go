package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// Istio's routing: https://istio.io/latest/docs/reference/config/networking/.

// istioGateway is a Gateway: the ports that the proxies which its selector
// picks open to the outside.
type istioGateway struct {
	object *manifest.Object
	spec   struct {
		Selector map[string]string `json:"selector"`
		Servers  []struct {
			Port struct {
				Number   int    `json:"number"`
				Protocol string `json:"protocol"`
			} `json:"port"`
			Hosts []string `json:"hosts"`
			TLS   *struct {
				Mode string `json:"mode"`
			} `json:"tls"`
		} `json:"servers"`
	}
}

type virtualServiceSpec struct {
	Gateways []string       `json:"gateways"`
	HTTP     []virtualRoute `json:"http"`
	TCP      []virtualRoute `json:"tcp"`
	TLS      []virtualRoute `json:"tls"`
}

type virtualRoute struct {
	Route []struct {
		Destination struct {
			Host   string `json:"host"`
			Subset string `json:"subset"`
			Port   struct {
				Number int `json:"number"`
			} `json:"port"`
		} `json:"destination"`
	} `json:"route"`
}

func readIstioGateway(c *cluster, o *manifest.Object) {
	g := &istioGateway{object: o}
	c.decode(&g.spec, o, "spec")
	c.istioGateways[key{o.Namespace, o.Name}] = g
	c.later(func() { c.enterIstio(g) })
}

// enterIstio draws the way from the internet. A server for hosts of a
// ServiceEntry is on the way out and is none.
func (c *cluster) enterIstio(g *istioGateway) {
	gate := c.istioGate(g)
	for i, s := range g.spec.Servers {
		if slices.ContainsFunc(s.Hosts, func(h string) bool { return c.entries[hostOf(h)] }) {
			continue
		}
		protocol := strings.ToLower(s.Port.Protocol)
		known := protocols[protocol]
		f := graph.Flow{
			From: c.internet().ID, To: gate.ID, Protocol: cmp.Or(known.name, protocol), Port: s.Port.Number, Basis: graph.Declared, Encrypted: known.encrypted,
			Evidence: []graph.Evidence{because(fmt.Sprintf("Gateway %s opens port %d for %s", g.object.Name, s.Port.Number, strings.Join(s.Hosts, ", ")), g.object, "spec", "servers", i)},
		}
		if s.TLS != nil && s.TLS.Mode != "" {
			f.Encrypted = graph.Yes
		}
		c.flow(f)
	}
}

// hostOf removes the namespace that may stand before a host.
func hostOf(h string) string { return h[strings.IndexByte(h, '/')+1:] }

// istioGate is the workload whose pods a Gateway selects, else one outside of
// the input with the name that its selector gives: istio: ingressgateway is
// the label of istio-ingressgateway.
func (c *cluster) istioGate(g *istioGateway) *graph.Component {
	selector := labels.Set(g.spec.Selector)
	if len(selector) > 0 {
		for _, w := range c.workloads {
			if selector.AsSelector().Matches(w.labels()) {
				w.component.Parts = append(w.component.Parts, address(g.object))
				return w.component
			}
		}
	}
	name := cmp.Or(selector["app"], selector["app.kubernetes.io/name"], "istio-ingressgateway")
	if v := selector["istio"]; v != "" {
		name = "istio-" + v
	}
	gate := c.gate(name, "Istio gateway", at(g.object, "spec", "selector"))
	c.meshGates[gate.ID] = true
	gate.Parts = append(gate.Parts, address(g.object))
	return gate
}

// meshGateway is the name of all sidecars together, where a VirtualService is about calls within the mesh.
const meshGateway = "mesh"

func readVirtualService(c *cluster, o *manifest.Object) {
	var spec virtualServiceSpec
	c.decode(&spec, o, "spec")
	c.later(func() {
		for i, name := range spec.Gateways {
			if name == meshGateway {
				continue
			}
			k := key{o.Namespace, name}
			if ns, n, ok := strings.Cut(name, "/"); ok {
				k = key{ns, n}
			}
			g := c.istioGateways[k]
			if g == nil {
				c.note("unresolved-gateway", o, fmt.Sprintf("VirtualService %s is served by Gateway %s, which the input does not have", o.Name, name), "scan it together with the Gateway", "spec", "gateways", i)
				continue
			}
			gate := c.istioGate(g)
			gate.Parts = append(gate.Parts, address(o))
			c.routeIstio(gate, o, "http", spec.HTTP)
			c.routeIstio(gate, o, "tcp", spec.TCP)
			c.routeIstio(gate, o, "tls", spec.TLS)
		}
	})
}

func (c *cluster) routeIstio(gate *graph.Component, o *manifest.Object, field string, routes []virtualRoute) {
	for i, r := range routes {
		for j, d := range r.Route {
			path := []any{"spec", field, i, "route", j, "destination"}
			host := strings.ToLower(d.Destination.Host)
			use := call{port: d.Destination.Port.Number, basis: graph.Declared, evidence: []graph.Evidence{because(fmt.Sprintf("VirtualService %s leads to %s", o.Name, host), o, path...)}}
			if s := c.find(host, o.Namespace); s != nil {
				c.connect(gate, c.version(s, d.Destination.Subset), use)
				continue
			}
			if c.entries[host] {
				c.connectExternal(gate, host, use)
				continue
			}
			c.note("unresolved-backend", o, fmt.Sprintf("VirtualService %s leads to %s, which the input does not have", o.Name, host), "scan it together with the Service", path...)
		}
	}
}

// find returns the Service that a host name means in a namespace, nil for none.
func (c *cluster) find(host, namespace string) *service {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, k := range candidates(parts, namespace) {
		if s := c.services[k]; s != nil {
			return s
		}
	}
	return c.byNameAlone(parts, isInside(parts))
}

// readServiceEntry reads the hosts outside of the mesh that its workloads may
// call. It does not say which of them do.
func readServiceEntry(c *cluster, o *manifest.Object) {
	var spec struct {
		Hosts    []string `json:"hosts"`
		Location string   `json:"location"`
	}
	c.decode(&spec, o, "spec")
	for i, h := range spec.Hosts {
		c.entries[h] = true
		if spec.Location != "MESH_INTERNAL" && isOutside(h) {
			c.external(h, at(o, "spec", "hosts", i))
		}
	}
}
