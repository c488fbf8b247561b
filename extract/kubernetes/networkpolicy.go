package kubernetes

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// policy is a NetworkPolicy. Here it is taken as present or absent, and as a
// statement of its author: a rule that names both ends by their labels tells
// that the one is meant to call the other. What policies permit is evaluated elsewhere.
type policy struct {
	object    *manifest.Object
	namespace string
	spec      networkingv1.NetworkPolicySpec
	selector  labels.Selector
}

func readNetworkPolicy(c *cluster, o *manifest.Object) {
	p := &policy{object: o, namespace: o.Namespace}
	c.decode(&p.spec, o, "spec")
	var err error
	if p.selector, err = metav1.LabelSelectorAsSelector(&p.spec.PodSelector); err != nil {
		c.note("invalid-field", o, fmt.Sprintf("podSelector does not select: %v", err), "", "spec", "podSelector")
		return
	}
	c.policies = append(c.policies, p)
}

func (p *policy) selects(w *workload) bool {
	return w.namespace == p.namespace && p.selector.Matches(w.labels())
}

// idlePolicy is a policy that selects nothing.
type idlePolicy struct {
	in       *graph.Boundary
	at       graph.Source
	evidence graph.Evidence
}

// tellIdle records the policies that select nothing in any of several clusters: where one
// variant of an application leaves a workload out, its policy stays behind on purpose.
func tellIdle(clusters []*cluster) {
	governing := map[graph.Source]bool{}
	for _, c := range clusters {
		for _, at := range c.governing {
			governing[at] = true
		}
	}
	for _, c := range clusters {
		for _, p := range c.idle {
			if !governing[p.at] {
				p.in.Add(graph.PropIdlePolicy, graph.Yes, p.evidence)
			}
		}
	}
}

func (c *cluster) linkPolicies() {
	for _, p := range c.policies {
		b := c.namespace(p.namespace)
		if b.Is(graph.PropPolicyPresent) != graph.Yes {
			b.Set(graph.PropPolicyPresent, graph.Yes, because("NetworkPolicy "+p.object.Name+" governs pods of the namespace", p.object))
		}
		switch {
		case slices.ContainsFunc(c.byNamespace[p.namespace], p.selects):
			c.governing = append(c.governing, at(p.object))
		case len(c.byNamespace[p.namespace]) > 0 && !p.selector.Empty():
			e := because(fmt.Sprintf("NetworkPolicy %s selects no workload of the namespace: %s", p.object.Name, p.selector), p.object, "spec", "podSelector")
			e.Fix = "correct `spec.podSelector` in " + address(p.object)
			c.idle = append(c.idle, idlePolicy{b, at(p.object), e})
		}
		c.intents(p)
	}
	byNamespace := map[string][]*policy{}
	for _, p := range c.policies {
		byNamespace[p.namespace] = append(byNamespace[p.namespace], p)
	}
	for _, w := range c.workloads {
		policies := slices.DeleteFunc(slices.Clone(byNamespace[w.namespace]), func(p *policy) bool { return !p.selects(w) })
		if len(policies) == 0 {
			w.component.Set(graph.PropPolicyPresent, graph.No, w.because("no NetworkPolicy of the input selects its pods", w.field("metadata", "labels")...))
			continue
		}
		w.component.Set(graph.PropPolicyPresent, graph.Yes, because("NetworkPolicy "+policies[0].object.Name+" selects its pods", policies[0].object, "spec", "podSelector"))
		for _, p := range policies {
			w.component.Parts = append(w.component.Parts, address(p.object))
		}
	}
}

// markUngoverned records the namespaces that hold no policy. Of those whose workloads
// are declared elsewhere nothing is known: their policies may stand there too. What lies in
// one without policy may call any address, as it may after a first policy on ingress only.
func (c *cluster) markUngoverned() {
	for _, b := range c.namespaces {
		if b.Is(graph.PropPolicyPresent) == graph.Unknown && !b.Source.IsZero() {
			b.Set(graph.PropPolicyPresent, graph.No, graph.EvidenceAt(b.Source, "Namespace/"+b.Name, "no NetworkPolicy of the input is in this namespace"))
		}
	}
	for _, w := range c.workloads {
		if c.namespace(w.namespace).Is(graph.PropPolicyPresent) == graph.No {
			w.component.Set(graph.PropOpenEgress, graph.Yes, w.because("no network policy keeps it from calling any address at any port", w.field("spec")...))
		}
	}
}

// intents draws the flows that a policy's author names.
func (c *cluster) intents(p *policy) {
	if p.selector.Empty() {
		return
	}
	subject := one(c.byNamespace[p.namespace], p.selects)
	if len(subject) == 0 {
		return
	}
	for i, rule := range p.spec.Ingress {
		for j, peer := range rule.From {
			for _, from := range c.named(p, peer) {
				for _, to := range subject {
					c.intent(p, from, to, rule.Ports, "spec", "ingress", i, "from", j)
				}
			}
		}
	}
	for i, rule := range p.spec.Egress {
		for j, peer := range rule.To {
			for _, to := range c.named(p, peer) {
				for _, from := range subject {
					c.intent(p, from, to, rule.Ports, "spec", "egress", i, "to", j)
				}
			}
		}
	}
}

// named returns the workloads that a peer names by their own labels.
func (c *cluster) named(p *policy, peer networkingv1.NetworkPolicyPeer) []*workload {
	if peer.PodSelector == nil {
		return nil
	}
	pods, err := metav1.LabelSelectorAsSelector(peer.PodSelector)
	if err != nil || pods.Empty() {
		return nil
	}
	matches := func(w *workload) bool { return pods.Matches(w.labels()) }
	if peer.NamespaceSelector == nil {
		return one(c.byNamespace[p.namespace], matches)
	}
	namespaces, err := metav1.LabelSelectorAsSelector(peer.NamespaceSelector)
	if err != nil {
		return nil
	}
	var within []*workload
	for _, ns := range slices.Sorted(maps.Keys(c.byNamespace)) {
		if namespaces.Matches(c.namespaceLabels(ns)) {
			within = append(within, c.byNamespace[ns]...)
		}
	}
	return one(within, matches)
}

// one returns the selected workloads where they are one thing: a single
// workload, or the versions of one behind the same Service. A selector that
// picks a class of workloads permits, it does not name.
func one(workloads []*workload, selected func(*workload) bool) []*workload {
	var out []*workload
	for _, w := range workloads {
		if selected(w) {
			out = append(out, w)
		}
	}
	if len(out) < 2 {
		return out
	}
	for _, s := range out[0].services {
		if !slices.ContainsFunc(out, func(w *workload) bool { return !slices.Contains(w.services, s) }) {
			return out
		}
	}
	return nil
}

// intent draws one such flow. A policy tells the port of the pod; a caller dials
// the Service's port that leads there.
func (c *cluster) intent(p *policy, from, to *workload, ports []networkingv1.NetworkPolicyPort, path ...any) {
	use := call{basis: graph.Referenced, evidence: []graph.Evidence{
		because(fmt.Sprintf("NetworkPolicy %s names %s as a peer of %s", p.object.Name, from.object.Name, to.object.Name), p.object, path...),
	}}
	var port *corev1.ServicePort
	if len(ports) == 1 && ports[0].Port != nil {
		name := ""
		if use.port = ports[0].Port.IntValue(); ports[0].Port.Type == intstr.String {
			use.port, name = 0, ports[0].Port.StrVal
		}
		for _, s := range to.services {
			if port = s.leadingTo(to, use.port, name); port != nil {
				use.port = int(port.Port)
				break
			}
		}
	}
	c.drawFlow(from.component, to.component, use, protocolOf(port, to), to.protocol())
}

// namespaceLabels are the labels that a namespace is selected by; every one has its name.
func (c *cluster) namespaceLabels(name string) labels.Set {
	set := labels.Set{"kubernetes.io/metadata.name": name}
	if o := c.set.byID[objectID{core, "Namespace", "", name}]; o != nil {
		for k, v := range o.Labels {
			set[k] = v
		}
	}
	return set
}
