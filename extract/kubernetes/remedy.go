package kubernetes

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drawbridge/extract/kubernetes/netpol"
	"drawbridge/graph"
)

// This file holds policy against need: who may call a workload and has no reason to, and
// the policy that would permit what is needed and no more.

// need is what the model says of the calls of one workload, by direction as policy
// has it: who calls it, and whom it calls.
type need [2][]*graph.Flow

// compareWithNeed marks the workloads that policy opens to more than need them, and
// gives these and the ends of blocked flows the policy that would fix it.
func (j judge) compareWithNeed() {
	needs := map[string]*need{}
	add := func(id string, d netpol.Direction, f *graph.Flow) {
		if j.workloads[id] == nil {
			return
		}
		if needs[id] == nil {
			needs[id] = &need{}
		}
		needs[id][d] = append(needs[id][d], f)
	}
	for _, id := range slices.Sorted(maps.Keys(j.flows)) {
		if f := j.flows[id]; f.Basis != graph.Permitted {
			add(f.To, netpol.Ingress, f)
			add(f.From, netpol.Egress, f)
		}
	}
	for _, w := range j.cluster.workloads {
		n := needs[w.component.ID]
		if n == nil {
			continue
		}
		over := j.overAdmitting(w, n[netpol.Ingress])
		for _, d := range netpol.Directions {
			if d == netpol.Ingress && over || slices.ContainsFunc(n[d], func(f *graph.Flow) bool { return j.blocks(d, f) }) {
				w.component.Attributes[graph.AttributePolicy+d.String()] = j.remedy(w, d, n[d])
			}
		}
	}
}

// overAdmitting judges the callers of a workload. Where none is known, who needs it is
// told elsewhere than in the input, and nothing is said.
func (j judge) overAdmitting(w *workload, callers []*graph.Flow) bool {
	needed := map[string]bool{}
	for _, f := range callers {
		if from := j.workloads[f.From]; from != nil {
			needed[from.policyName()] = true
		}
	}
	end, known := j.policies.End(w.namespace, w.object.Kind, w.object.Name)
	if !known || len(needed) == 0 {
		return false
	}
	s, ok := j.policies.Surplus(end, needed)
	switch {
	case !ok:
	case s.Callers == 0:
		w.component.Set(graph.PropOverAdmitting, graph.No, w.because("policy lets in no workload of the input but those that are known to call it"))
	default:
		e := s.Evidence[0]
		e.Why = fmt.Sprintf("policy lets in %d of the input's workloads that nothing says need it (%s): %s", s.Callers, s.Names, e.Why)
		w.component.Set(graph.PropOverAdmitting, graph.Yes, e)
	}
	return s.Callers > 0
}

// policyName is what package netpol calls a workload.
func (w *workload) policyName() string {
	return (&netpol.Workload{Namespace: w.namespace, Name: w.object.Name, Kind: w.object.Kind}).String()
}

// blocks tells whether it is this direction's end that does not let a flow pass.
func (j judge) blocks(d netpol.Direction, f *graph.Flow) bool {
	if f.Passage != graph.Blocked {
		return false
	}
	from, fromOK := j.end(f.From, true)
	to, toOK := j.end(f.To, false)
	if !fromOK || !toOK {
		return false
	}
	for _, p := range j.portsOf(f) {
		within := netpol.All()
		if p.number != 0 {
			within = netpol.Port(p.protocol, p.number, p.number)
		}
		for _, side := range j.policies.Explain(from, to, within).Sides {
			if side.Direction == d && side.Conns.IsEmpty() {
				return true
			}
		}
	}
	return false
}

// remedy is the policy that permits what a workload needs in one direction and no
// more, as JSON in one line, which kubectl takes as it takes YAML.
func (j judge) remedy(w *workload, d netpol.Direction, flows []*graph.Flow) string {
	p := networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
		ObjectMeta: metav1.ObjectMeta{Name: w.object.Name + "-" + d.String(), Namespace: w.namespace},
	}
	p.Spec.PodSelector.MatchLabels = w.selectedBy()
	for _, f := range flows {
		peers, ports := j.peers(w, d, f), networkPorts(j.portsOf(f))
		if d == netpol.Ingress {
			p.Spec.Ingress = append(p.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: peers, Ports: ports})
			continue
		}
		p.Spec.Egress = append(p.Spec.Egress, networkingv1.NetworkPolicyEgressRule{To: peers, Ports: ports})
	}
	p.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
	if d == netpol.Egress {
		p.Spec.PolicyTypes[0] = networkingv1.PolicyTypeEgress
		udp, dns := corev1.ProtocolUDP, intstr.FromInt(53) // without names nothing is found
		p.Spec.Egress = append(p.Spec.Egress, networkingv1.NetworkPolicyEgressRule{Ports: []networkingv1.NetworkPolicyPort{{Protocol: &udp, Port: &dns}}})
	}
	out, err := json.Marshal(p)
	if err != nil {
		return "" // all of its types can be encoded
	}
	return string(out)
}

// peers are the other end of a flow; none, which means anyone, for one outside of the input.
func (j judge) peers(w *workload, d netpol.Direction, f *graph.Flow) []networkingv1.NetworkPolicyPeer {
	other := j.workloads[f.From]
	if d == netpol.Egress {
		other = j.workloads[f.To]
	}
	if other == nil {
		return nil
	}
	peer := networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{MatchLabels: other.selectedBy()}}
	if other.namespace != w.namespace {
		peer.NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: other.namespace}}
	}
	return []networkingv1.NetworkPolicyPeer{peer}
}

// networkPorts are none, which means all, where one is not known.
func networkPorts(ports []podPort) (out []networkingv1.NetworkPolicyPort) {
	for _, p := range ports {
		if p.number == 0 {
			return nil
		}
		number := intstr.FromInt(p.number)
		port := networkingv1.NetworkPolicyPort{Port: &number}
		if p.protocol != netpol.TCP {
			name := corev1.Protocol(p.protocol.String())
			port.Protocol = &name
		}
		out = append(out, port)
	}
	return out
}

// selectedBy are the labels by which a workload finds its own pods; they change less
// than all that its pods have.
func (w *workload) selectedBy() map[string]string {
	var selector metav1.LabelSelector
	_ = w.object.Decode(&selector, "spec", "selector") // where there is none of this form, the pods' labels do
	if len(selector.MatchLabels) > 0 {
		return selector.MatchLabels
	}
	return w.pod.Labels
}
