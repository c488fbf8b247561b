package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// ingressSpec is what we use of an Ingress, in the shape of networking/v1 and in
// that of the beta versions, which many repositories still hold.
type ingressSpec struct {
	IngressClassName string          `json:"ingressClassName"`
	DefaultBackend   *ingressBackend `json:"defaultBackend"`
	Backend          *ingressBackend `json:"backend"` // beta
	TLS              []ingressTLS    `json:"tls"`
	Rules            []ingressRule   `json:"rules"`
}

type ingressTLS struct {
	Hosts []string `json:"hosts"`
}

type ingressRule struct {
	Host string `json:"host"`
	HTTP struct {
		Paths []struct {
			Path    string         `json:"path"`
			Backend ingressBackend `json:"backend"`
		} `json:"paths"`
	} `json:"http"`
}

type ingressBackend struct {
	Service *struct {
		Name string      `json:"name"`
		Port backendPort `json:"port"`
	} `json:"service"`
	ServiceName string `json:"serviceName"` // beta
	ServicePort any    `json:"servicePort"` // beta: a number or a name
}

type backendPort struct {
	Number int    `json:"number"`
	Name   string `json:"name"`
}

// target returns the Service's name and port in either shape.
func (b ingressBackend) target() (name string, port backendPort) {
	if b.Service != nil {
		return b.Service.Name, b.Service.Port
	}
	switch p := b.ServicePort.(type) {
	case float64:
		port.Number = int(p)
	case string:
		port.Name = p
	}
	return b.ServiceName, port
}

func readIngress(c *cluster, o *manifest.Object) {
	var spec ingressSpec
	c.decode(&spec, o, "spec")
	c.namespace(o.Namespace)
	c.later(func() { c.linkIngress(o, spec) })
}

func (c *cluster) linkIngress(o *manifest.Object, spec ingressSpec) {
	controller := c.controller(o, spec.IngressClassName)
	controller.Parts = append(controller.Parts, address(o))
	// https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#custom-max-body-size
	const bodySize = "nginx.ingress.kubernetes.io/proxy-body-size"
	if size, ok := o.Annotations[bodySize]; ok {
		e := because("annotation "+bodySize+" is "+size, o, "metadata", "annotations", bodySize)
		if size == "0" {
			e.Fix = "set `" + bodySize + "` to the largest honest size in " + address(o)
		}
		controller.Add(graph.PropSizeLimited, graph.Of(size != "0"), e)
	}
	params := c.paramsOf(o, spec.IngressClassName)
	if !c.isKeptInside(o, spec.IngressClassName, params) {
		c.enterIngress(controller, o, spec, params)
		c.guard(controller, firewallOf(o, params), o)
	}
	for _, b := range []struct {
		backend *ingressBackend
		field   string
	}{{spec.DefaultBackend, "defaultBackend"}, {spec.Backend, "backend"}} {
		if b.backend != nil {
			c.routeIngress(controller, o, "", *b.backend, "by default", "spec", b.field)
		}
	}
	for i, r := range spec.Rules {
		for j, p := range r.HTTP.Paths {
			c.routeIngress(controller, o, r.Host, p.Backend, "for "+cmp.Or(r.Host, "any host")+cmp.Or(p.Path, "/"), "spec", "rules", i, "http", "paths", j, "backend")
		}
	}
}

// controller is what serves an Ingress: the ingress controller of the input whose
// image is called like the class, or the only one where no class is given; else
// one outside of the input that the class names.
func (c *cluster) controller(o *manifest.Object, class string) *graph.Component {
	path := []any{"spec", "ingressClassName"}
	if class == "" {
		class, path = o.Annotations["kubernetes.io/ingress.class"], []any{"metadata", "annotations", "kubernetes.io/ingress.class"}
	}
	var own []*workload
	for _, w := range c.workloads {
		if w.component.Technology == graph.TechIngress && strings.Contains(parseImage(w.main().Image).tail(2), class) {
			own = append(own, w)
		}
	}
	if len(own) == 1 {
		return own[0].component
	}
	name := "ingress-controller"
	if class != "" {
		name = "ingress-" + class
	}
	return c.gate(name, "ingress controller", at(o, path...))
}

// gate is a gateway that runs outside of the input. Its name is what the input calls it by.
func (c *cluster) gate(name, label string, source graph.Source) *graph.Component {
	return c.add(graph.Component{
		ID: c.prefix + name, Kind: graph.Process, Name: name, Label: label, Address: name,
		Technology: graph.TechIngress, Boundary: c.boundaryID(), Source: source,
	})
}

// enterIngress draws the way from the internet: encrypted for the hosts that
// the Ingress has certificates for. The annotations of some clouds' controllers
// bring a certificate without a tls section.
func (c *cluster) enterIngress(controller *graph.Component, o *manifest.Object, spec ingressSpec, params *manifest.Object) {
	peers, admits := admitted(o, params)
	enter := func(secure bool, why string, path ...any) {
		f := graph.Flow{From: c.internet().ID, To: controller.ID, Protocol: "http", Port: 80, Basis: graph.Declared, Encrypted: graph.No, Peers: slices.Clone(peers)}
		if secure {
			f.Protocol, f.Port, f.Encrypted = "https", 443, graph.Yes
		}
		f.Evidence = append(slices.Concat(published(o), admits), because(why, o, path...))
		c.flow(f)
	}
	for _, a := range certificateAnnotations {
		if o.Annotations[a] != "" {
			enter(true, "annotation "+a+" names a certificate", "metadata", "annotations", a)
			return
		}
	}
	if params != nil && params.Has("spec", "certificateArn") {
		enter(true, "the parameters of its class name a certificate", "spec", "ingressClassName")
		return
	}
	if len(spec.TLS) > 0 {
		enter(true, "the Ingress has TLS", "spec", "tls")
	}
	for i, r := range spec.Rules {
		covered := slices.ContainsFunc(spec.TLS, func(t ingressTLS) bool {
			return len(t.Hosts) == 0 || slices.ContainsFunc(t.Hosts, func(h string) bool { return matchesHost(h, r.Host) })
		})
		if !covered {
			enter(false, fmt.Sprintf("no tls entry covers %s", cmp.Or(r.Host, "any host")), "spec", "rules", i)
		}
	}
	if len(spec.Rules) == 0 && len(spec.TLS) == 0 {
		enter(false, "the Ingress has no TLS", "spec")
	}
}

var certificateAnnotations = []string{
	"alb.ingress.kubernetes.io/certificate-arn", "networking.gke.io/managed-certificates", "ingress.gcp.kubernetes.io/pre-shared-cert",
	"appgw.ingress.kubernetes.io/appgw-ssl-certificate",
}

// matchesHost compares a host with one that may begin with a wildcard label.
func matchesHost(pattern, host string) bool {
	if rest, ok := strings.CutPrefix(pattern, "*."); ok {
		_, domain, _ := strings.Cut(host, ".")
		return domain == rest
	}
	return pattern == host
}

func (c *cluster) routeIngress(controller *graph.Component, o *manifest.Object, host string, b ingressBackend, why string, path ...any) {
	name, port := b.target()
	if name == "" {
		return // a backend that is another resource, such as a bucket
	}
	s := c.services[key{o.Namespace, name}]
	if s == nil {
		c.note("unresolved-backend", o, fmt.Sprintf("%s %s leads to Service %s, which the input does not have", o.Kind, o.Name, name), "scan it together with the Service", path...)
		return
	}
	c.publish(host, controller, s)
	// The annotation of ingress-nginx, which other controllers took over.
	spoken := protocols[strings.ToLower(o.Annotations["nginx.ingress.kubernetes.io/backend-protocol"])]
	c.connect(controller, s, call{
		port: port.Number, portName: port.Name, protocol: spoken.name, encrypted: spoken.encrypted, basis: graph.Declared,
		evidence: []graph.Evidence{because(fmt.Sprintf("%s %s leads to Service %s %s", o.Kind, o.Name, name, why), o, path...)},
	})
}
