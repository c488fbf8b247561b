package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// service is a Service with the workloads behind it.
type service struct {
	object          *manifest.Object
	namespace, name string
	spec            corev1.ServiceSpec
	targets         []*workload
	// standIn is the component that stands for what no workload of the input serves.
	standIn *graph.Component
}

func readService(c *cluster, o *manifest.Object) {
	s := &service{object: o, namespace: o.Namespace, name: o.Name}
	c.decode(&s.spec, o, "spec")
	c.services[key{s.namespace, s.name}] = s
}

// selectPods finds the workloads of each Service, and opens those to the
// internet that have an address there.
func (c *cluster) selectPods() {
	for _, w := range c.workloads {
		c.byNamespace[w.namespace] = append(c.byNamespace[w.namespace], w)
	}
	for _, k := range sortedKeys(c.services) {
		s := c.services[k]
		if len(s.spec.Selector) > 0 {
			selector := labels.SelectorFromSet(s.spec.Selector)
			for _, w := range c.byNamespace[s.namespace] {
				if selector.Matches(w.labels()) {
					s.targets = append(s.targets, w)
				}
			}
			for _, w := range c.operated {
				if w.namespace == s.namespace && selector.Matches(w.labels()) {
					s.targets = append(s.targets, w)
				}
			}
		}
		for _, w := range s.targets {
			w.services = append(w.services, s)
			if s.object != w.object {
				w.component.Parts = append(w.component.Parts, address(s.object))
			}
		}
		c.expose(s)
	}
}

// keptInside lists the annotations that keep a load balancer within its network,
// each with the values that do so, as the providers' controllers document them.
var keptInside = map[string][]string{
	"service.beta.kubernetes.io/aws-load-balancer-internal":          {"true", "0.0.0.0/0"},
	"service.beta.kubernetes.io/aws-load-balancer-scheme":            {"internal"},
	"alb.ingress.kubernetes.io/scheme":                               {"internal"},
	"service.beta.kubernetes.io/azure-load-balancer-internal":        {"true"},
	"networking.gke.io/load-balancer-type":                           {"Internal"},
	"cloud.google.com/load-balancer-type":                            {"Internal"},
	"kubernetes.io/ingress.class":                                    {"gce-internal"},
	"appgw.ingress.kubernetes.io/use-private-ip":                     {"true"},
	"service.beta.kubernetes.io/openstack-internal-load-balancer":    {"true"},
	"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": {"private"},
}

// internal tells which annotation keeps an object inside, "" for none.
func internal(o *manifest.Object) string {
	var found []string
	for name, values := range keptInside {
		if slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, o.Annotations[name]) }) {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return slices.Min(found)
}

// byAWSController tells whether the AWS load balancer controller serves a Service. It
// keeps inside what asks for no scheme, other than the cloud's own controller:
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
func (s *service) byAWSController() bool {
	kind := s.object.Annotations["service.beta.kubernetes.io/aws-load-balancer-type"]
	class := s.spec.LoadBalancerClass
	return kind == "external" || kind == "nlb-ip" || class != nil && *class == "service.k8s.aws/nlb"
}

func (s *service) isInternal() bool {
	if internal(s.object) != "" {
		return true
	}
	scheme := s.object.Annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"]
	return s.byAWSController() && scheme == "" && s.object.Annotations["service.beta.kubernetes.io/aws-load-balancer-internal"] == ""
}

// externalDNS is the annotation by which ExternalDNS publishes an address.
const externalDNS = "external-dns.alpha.kubernetes.io/hostname"

// published is the evidence that an object has a public name; none where it has not.
func published(o *manifest.Object) []graph.Evidence {
	name := o.Annotations[externalDNS]
	if name == "" {
		return nil
	}
	return []graph.Evidence{because("ExternalDNS publishes it as "+name, o, "metadata", "annotations", externalDNS)}
}

// expose draws the way from the internet to a Service of type LoadBalancer or
// NodePort, one flow a port.
func (c *cluster) expose(s *service) {
	if s.spec.Type != corev1.ServiceTypeLoadBalancer && s.spec.Type != corev1.ServiceTypeNodePort {
		return
	}
	if s.spec.Type == corev1.ServiceTypeLoadBalancer && s.isInternal() {
		return
	}
	c.later(func() {
		peers, why := admitted(s.object, nil)
		if len(s.spec.LoadBalancerSourceRanges) > 0 {
			peers, why = s.spec.LoadBalancerSourceRanges, nil
		}
		for i, p := range s.spec.Ports {
			c.connect(c.internet(), s, call{
				port: int(p.Port), basis: graph.Declared, peers: peers,
				evidence: append(slices.Concat(published(s.object), why),
					because(fmt.Sprintf("Service %s is of type %s", s.name, s.spec.Type), s.object, "spec", "type"),
					because(fmt.Sprintf("it opens port %d", p.Port), s.object, "spec", "ports", i, "port"),
				),
			})
		}
		for _, w := range s.targets {
			w.component.Set(graph.PropPublicAddress, graph.Yes, because(fmt.Sprintf("Service %s is of type %s", s.name, s.spec.Type), s.object, "spec", "type"))
		}
	})
}

// call is what is known of a use of a Service, by its caller's side.
type call struct {
	port          int    // 0 where not told
	portName      string // where the port is told by name
	protocol      string // "" where not told
	encrypted     graph.Truth
	authenticated graph.Truth
	basis         graph.Basis
	peers         []string
	evidence      []graph.Evidence
}

// connect draws the flows from a component to the workloads of a Service. What
// the caller's side does not tell comes from the Service's port, and then from
// the software behind it.
func (c *cluster) connect(from *graph.Component, s *service, use call) {
	if s.spec.Type == corev1.ServiceTypeExternalName {
		c.connectExternal(from, s.spec.ExternalName, use, because("Service "+s.name+" stands for this host", s.object, "spec", "externalName"))
		return
	}
	port := s.port(use.port, use.portName)
	if port != nil {
		use.port = int(port.Port)
	}
	if listed := c.endpoints[key{s.namespace, s.name}]; len(s.targets) == 0 && len(s.spec.Selector) == 0 && len(listed) > 0 {
		told := protocolOf(port, nil)
		for _, e := range listed {
			with := use
			with.evidence = append(slices.Clone(use.evidence), e.evidence)
			c.drawFlow(from, c.external(e.host, e.evidence.Source()), with, told, "")
		}
		return
	}
	if len(s.targets) == 0 {
		c.drawFlow(from, c.standInFor(s), use, protocolOf(port, nil), "")
		return
	}
	for _, w := range s.targets {
		with := use
		if s.object != w.object {
			with.evidence = append(slices.Clone(use.evidence), because("Service "+s.name+" selects its pods", s.object, "spec", "selector"))
		}
		c.drawFlow(from, w.component, with, protocolOf(port, w), w.protocol())
	}
}

// protocolOf is what the port of a Service says of its protocol; nothing where
// port is nil. w is the workload behind it, nil where the input has none.
func protocolOf(port *corev1.ServicePort, w *workload) protocol {
	if port == nil {
		return protocol{}
	}
	return portProtocol(port, w.portName(port))
}

// portName is the name of the container's port that a Service's port leads to.
func (w *workload) portName(port *corev1.ServicePort) string {
	if w == nil || port.TargetPort.Type == intstr.String {
		return ""
	}
	number := cmp.Or(port.TargetPort.IntVal, port.Port)
	for _, c := range w.containers() {
		for _, p := range c.Ports {
			if p.ContainerPort == number {
				return p.Name
			}
		}
	}
	return ""
}

// drawFlow draws one flow. told is what a port says of the protocol, software
// what the program behind it speaks: each counts where the caller does not tell.
func (c *cluster) drawFlow(from, to *graph.Component, use call, told protocol, software string) {
	f := graph.Flow{
		From: from.ID, To: to.ID, Protocol: use.protocol, Port: use.port, Basis: use.basis,
		Encrypted: use.encrypted, Authenticated: use.authenticated, Peers: slices.Clone(use.peers), Evidence: use.evidence,
	}
	if f.Protocol == "" {
		f.Protocol, f.Encrypted = told.name, cmp.Or(f.Encrypted, told.encrypted)
	}
	if f.Protocol == "" {
		f.Protocol = cmp.Or(software, protocolAt[f.Port])
	}
	c.settleEncryption(&f)
	c.flow(f)
}

// settleEncryption takes from a flow's protocol what no side told. What two
// workloads of a mesh send in the clear the mesh may wrap.
func (c *cluster) settleEncryption(f *graph.Flow) {
	f.Encrypted = cmp.Or(f.Encrypted, protocols[f.Protocol].encrypted)
	if f.Encrypted == graph.No && c.meshed(f.From) && c.meshed(f.To) {
		f.Encrypted = graph.Unknown
	}
}

// meshed tells whether a component lies in a namespace of a mesh.
func (c *cluster) meshed(id string) bool {
	boundary := c.components[id].Boundary
	for _, b := range c.namespaces {
		if b.ID == boundary {
			return b.Attributes["mesh"] != ""
		}
	}
	return false
}

// port finds the port that a caller means: by number, by the number of its
// target, by name, or the only one there is.
func (s *service) port(number int, name string) *corev1.ServicePort {
	ports := s.spec.Ports
	for i := range ports {
		if (number != 0 && int(ports[i].Port) == number) || (name != "" && ports[i].Name == name) {
			return &ports[i]
		}
	}
	for i := range ports {
		t := ports[i].TargetPort
		if (number != 0 && t.Type == intstr.Int && t.IntValue() == number) || (name != "" && t.Type == intstr.String && t.StrVal == name) {
			return &ports[i]
		}
	}
	if number == 0 && name == "" && len(ports) == 1 {
		return &ports[0]
	}
	return nil
}

// serves tells whether a caller that dials this port gets an answer. Behind a
// headless Service the pods answer on all of their ports.
func (s *service) serves(number int) bool {
	if s.port(number, "") != nil {
		return true
	}
	if s.spec.ClusterIP != corev1.ClusterIPNone {
		return false
	}
	for _, w := range s.targets {
		for _, c := range w.containers() {
			if slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return int(p.ContainerPort) == number }) {
				return true
			}
		}
	}
	return false
}

// standInFor makes a component for a Service whose pods are not in the input.
func (c *cluster) standInFor(s *service) *graph.Component {
	if s.standIn == nil {
		s.standIn = c.add(graph.Component{
			ID: c.prefix + address(s.object), Kind: graph.Process, Name: s.name, Label: "Service", Address: address(s.object),
			Boundary: c.namespace(s.namespace).ID, Source: at(s.object),
		})
		c.note("no-workload", s.object, fmt.Sprintf("Service %s selects no workload of the input: what serves it is not known", s.name),
			"scan it together with the workload's manifest", "spec", "selector")
	}
	return s.standIn
}
