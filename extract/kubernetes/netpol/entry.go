package netpol

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// IngressController is the peer that stands for whatever serves Ingress objects
// and routes: a pod somewhere in the cluster of which nothing is known.
const IngressController = "ingress-controller"

// entry is a way from the ingress controller to a workload.
type entry struct {
	workload int
	conns    Conns
	object   *manifest.Object // the Ingress or Route
}

// backend is what an Ingress or a Route leads to.
type backend struct {
	service string
	port    *intstr.IntOrString // a port of the Service, by number or name; nil for all
	// target is true where the port is the one of the pods rather than the Service's.
	target bool
	path   []any
}

type entryReader struct {
	workloads []*Workload
	services  map[string]*manifest.Object
	notes     []graph.Note
}

// readEntries follows Ingress objects and Routes through the Services of their
// namespace.
func readEntries(objects []*manifest.Object, workloads []*Workload) (byWorkload map[int][]entry, notes []graph.Note) {
	er := &entryReader{workloads: workloads, services: map[string]*manifest.Object{}}
	for _, o := range objects {
		if o.Group == "" && o.Kind == "Service" {
			er.services[namespaceOf(o)+"/"+o.Name] = o
		}
	}
	byWorkload = map[int][]entry{}
	for _, o := range objects {
		var backends []backend
		switch {
		case o.Kind == "Ingress" && slices.Contains(netpolGroups, o.Group):
			backends = er.ingress(o)
		case o.Kind == "Route" && (o.Group == "route.openshift.io" || o.Group == ""):
			backends = er.route(o)
		}
		for _, b := range backends {
			for _, entry := range er.follow(o, b) {
				byWorkload[entry.workload] = append(byWorkload[entry.workload], entry)
			}
		}
	}
	return byWorkload, er.notes
}

func (er *entryReader) note(o *manifest.Object, message string, path ...any) {
	er.notes = append(er.notes, graph.Note{Code: "no-backend", Source: at(o, path...), Address: address(o), Message: message})
}

// ingressBackend is a backend in the notation of networking.k8s.io/v1, or of the
// beta versions before it.
type ingressBackend struct {
	Service *struct {
		Name string `json:"name"`
		Port struct {
			Name   string `json:"name"`
			Number int32  `json:"number"`
		} `json:"port"`
	} `json:"service"`
	ServiceName string              `json:"serviceName"`
	ServicePort *intstr.IntOrString `json:"servicePort"`
}

func (b *ingressBackend) backend(path ...any) backend {
	if b.Service == nil {
		return backend{service: b.ServiceName, port: b.ServicePort, path: path}
	}
	port := intstr.FromInt32(b.Service.Port.Number)
	if b.Service.Port.Name != "" {
		port = intstr.FromString(b.Service.Port.Name)
	}
	return backend{service: b.Service.Name, port: &port, path: path}
}

func (er *entryReader) ingress(o *manifest.Object) []backend {
	var spec struct {
		DefaultBackend *ingressBackend `json:"defaultBackend"`
		Backend        *ingressBackend `json:"backend"`
		Rules          []struct {
			HTTP *struct {
				Paths []struct {
					Backend ingressBackend `json:"backend"`
				} `json:"paths"`
			} `json:"http"`
		} `json:"rules"`
	}
	if err := o.Decode(&spec, "spec"); err != nil {
		er.note(o, err.Error(), "spec")
	}
	var out []backend
	if b := spec.DefaultBackend; b != nil {
		out = append(out, b.backend("spec", "defaultBackend"))
	}
	if b := spec.Backend; b != nil {
		out = append(out, b.backend("spec", "backend"))
	}
	for i, rule := range spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for j, p := range rule.HTTP.Paths {
			out = append(out, p.Backend.backend("spec", "rules", i, "http", "paths", j, "backend"))
		}
	}
	return slices.DeleteFunc(out, func(b backend) bool { return b.service == "" }) // a resource backend is no workload
}

func (er *entryReader) route(o *manifest.Object) []backend {
	type target struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	}
	var spec struct {
		To                target   `json:"to"`
		AlternateBackends []target `json:"alternateBackends"`
		Port              *struct {
			TargetPort intstr.IntOrString `json:"targetPort"`
		} `json:"port"`
	}
	if err := o.Decode(&spec, "spec"); err != nil {
		er.note(o, err.Error(), "spec")
	}
	var port *intstr.IntOrString
	if spec.Port != nil {
		port = &spec.Port.TargetPort
	}
	out := []backend{{spec.To.Name, port, true, []any{"spec", "to"}}}
	for i, t := range spec.AlternateBackends {
		out = append(out, backend{t.Name, port, true, []any{"spec", "alternateBackends", i}})
	}
	return slices.DeleteFunc(out, func(b backend) bool { return b.service == "" })
}

// follow leads from a backend to the workloads behind its Service.
func (er *entryReader) follow(o *manifest.Object, b backend) []entry {
	service := er.services[namespaceOf(o)+"/"+b.service]
	if service == nil {
		er.note(o, fmt.Sprintf("%s %s leads to the Service %s, which is not in the input", o.Kind, o.Name, b.service), b.path...)
		return nil
	}
	var spec struct {
		Selector map[string]string    `json:"selector"`
		Ports    []corev1.ServicePort `json:"ports"`
	}
	if err := service.Decode(&spec, "spec"); err != nil {
		er.note(service, err.Error(), "spec")
	}
	if len(spec.Selector) == 0 {
		return nil // what is behind it is written elsewhere, or lies outside
	}
	ports := b.among(spec.Ports)
	if len(ports) == 0 {
		er.note(o, fmt.Sprintf("%s %s leads to a port that the Service %s does not have", o.Kind, o.Name, b.service), b.path...)
	}
	selector := labels.SelectorFromSet(spec.Selector)
	var out []entry
	for i, w := range er.workloads {
		if w.Namespace != namespaceOf(o) || !selector.Matches(w.labels) {
			continue
		}
		for _, p := range ports {
			if conns := w.target(p); !conns.IsEmpty() {
				out = append(out, entry{i, conns, o})
			}
		}
	}
	return out
}

// among returns the ports of its Service that a backend leads to. An ingress
// controller speaks TCP to its backends.
func (b backend) among(ports []corev1.ServicePort) []corev1.ServicePort {
	ports = slices.DeleteFunc(slices.Clone(ports), func(p corev1.ServicePort) bool {
		return cmp.Or(p.Protocol, corev1.ProtocolTCP) != corev1.ProtocolTCP
	})
	if b.port == nil {
		return ports
	}
	var own, target []corev1.ServicePort
	for _, p := range ports {
		if *b.port == intstr.FromInt32(p.Port) || b.port.Type == intstr.String && b.port.StrVal == p.Name {
			own = append(own, p)
		}
		if *b.port == p.TargetPort || *b.port == intstr.FromInt32(p.Port) && p.TargetPort == (intstr.IntOrString{}) {
			target = append(target, p)
		}
	}
	switch {
	case b.target && len(target) > 0, len(own) == 0:
		// A Route means the port of the pods. Of an Ingress, ingress-nginx takes it
		// where the Service has no port of that number.
		return target
	}
	return own
}

// target is what the port of a Service is on the pods of a workload.
func (w *Workload) target(p corev1.ServicePort) Conns {
	if p.TargetPort.Type == intstr.String {
		return w.resolve(portName{TCP, p.TargetPort.StrVal})
	}
	number := int(cmp.Or(p.TargetPort.IntVal, p.Port))
	if number < firstPort || number > lastPort {
		return Conns{}
	}
	return Port(TCP, number, number)
}

// resolve returns the numbers that a named port has on a workload.
func (w *Workload) resolve(name portName) Conns {
	var out Conns
	for _, n := range w.ports[name] {
		out = out.Union(Port(name.protocol, n, n))
	}
	return out
}
