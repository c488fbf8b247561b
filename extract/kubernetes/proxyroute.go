package kubernetes

import (
	"cmp"
	"fmt"

	"k8s.io/apimachinery/pkg/util/intstr"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// proxyRoute is what the own kinds of Traefik and Contour have in common:
// https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/ and
// https://projectcontour.io/docs/main/config/fundamentals/.
type proxyRoute struct {
	VirtualHost *struct {
		FQDN string    `json:"fqdn"`
		TLS  *struct{} `json:"tls"`
	} `json:"virtualhost"`
	TLS    *struct{} `json:"tls"`
	Routes []struct {
		Services []proxyTarget `json:"services"`
	} `json:"routes"`
	TCP struct {
		Services []proxyTarget `json:"services"`
	} `json:"tcpproxy"`
}

type proxyTarget struct {
	Kind      string             `json:"kind"`
	Name      string             `json:"name"`
	Namespace string             `json:"namespace"`
	Port      intstr.IntOrString `json:"port"`
}

// readProxyRoute reads how a proxy of its own kind leads calls on: the one of the input
// whose image is called like that, else one outside of it.
func readProxyRoute(proxy string) func(*cluster, *manifest.Object) {
	return func(c *cluster, o *manifest.Object) {
		var spec proxyRoute
		c.decode(&spec, o, "spec")
		c.namespace(o.Namespace)
		c.later(func() { c.linkProxyRoute(proxy, o, spec) })
	}
}

func (c *cluster) linkProxyRoute(proxy string, o *manifest.Object, spec proxyRoute) {
	gate := c.controller(o, proxy)
	gate.Parts = append(gate.Parts, address(o))
	included := o.Kind == "HTTPProxy" && spec.VirtualHost == nil // a part of another, which has the host
	if !included {
		f := graph.Flow{
			From: c.internet().ID, To: gate.ID, Protocol: "http", Port: 80, Basis: graph.Declared, Encrypted: graph.No,
			Evidence: append(published(o), because(o.Kind+" "+o.Name+" has no TLS", o, "spec")),
		}
		switch {
		case spec.TLS != nil || spec.VirtualHost != nil && spec.VirtualHost.TLS != nil:
			f.Protocol, f.Port, f.Encrypted = "https", 443, graph.Yes
			f.Evidence = append(published(o), because(o.Kind+" "+o.Name+" has TLS", o, "spec"))
		case o.Kind == "IngressRouteTCP" || o.Kind == "IngressRouteUDP":
			f.Protocol, f.Port, f.Encrypted = "", 0, graph.Unknown
			f.Evidence = append(published(o), because(o.Kind+" "+o.Name+" takes connections", o, "spec"))
		}
		c.flow(f)
	}
	lead := func(to proxyTarget, path ...any) {
		if to.Kind != "" && to.Kind != "Service" || to.Name == "" {
			return // a service of the proxy's own
		}
		s := c.services[key{cmp.Or(to.Namespace, o.Namespace), to.Name}]
		if s == nil {
			c.note("unresolved-backend", o, fmt.Sprintf("%s %s leads to Service %s, which the input does not have", o.Kind, o.Name, to.Name), "scan it together with the Service", path...)
			return
		}
		if spec.VirtualHost != nil {
			c.publish(spec.VirtualHost.FQDN, gate, s)
		}
		use := call{port: to.Port.IntValue(), basis: graph.Declared, evidence: []graph.Evidence{because(fmt.Sprintf("%s %s leads to Service %s", o.Kind, o.Name, to.Name), o, path...)}}
		if to.Port.Type == intstr.String {
			use.port, use.portName = 0, to.Port.StrVal
		}
		c.connect(gate, s, use)
	}
	for i, r := range spec.Routes {
		for j, to := range r.Services {
			lead(to, "spec", "routes", i, "services", j)
		}
	}
	for i, to := range spec.TCP.Services {
		lead(to, "spec", "tcpproxy", "services", i)
	}
}
