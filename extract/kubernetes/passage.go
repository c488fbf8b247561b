package kubernetes

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/extract/kubernetes/netpol"
	"drawbridge/graph"
)

// readPolicy is for the policies that only package netpol reads. It says itself which
// of their kinds it does not evaluate.
func readPolicy(*cluster, *manifest.Object) {}

// judgePassages asks for each flow whether network policy lets it through. Without
// any policy nothing is said: all flows pass.
func (c *cluster) judgePassages() {
	if !slices.ContainsFunc(c.set.objects, func(o *manifest.Object) bool {
		row, _ := c.table.lookup(o)
		return row.policy
	}) {
		return
	}
	first := slices.DeleteFunc(slices.Clone(c.set.objects), func(o *manifest.Object) bool { return c.set.byID[idOf(o)] != o })
	e, refused := netpol.Read(first)
	for _, r := range refused {
		c.g.Notes = append(c.g.Notes, graph.Note{
			Code: "invalid-policy", Source: r.Source, Address: r.Address,
			Message: r.Reason, Next: "mend it: what it governs is not known",
		})
	}
	c.noteUnevaluated(first)
	j := judge{c, e, map[string]*workload{}}
	for _, w := range c.workloads {
		j.workloads[w.component.ID] = w
	}
	for _, id := range slices.Sorted(maps.Keys(c.flows)) {
		j.flow(c.flows[id])
	}
	j.openEgress()
	j.compareWithNeed()
}

// openEgress tells of the workloads of governed namespaces whether policy lets them call
// any address at any port.
func (j judge) openEgress() {
	for _, w := range j.cluster.workloads {
		if j.namespace(w.namespace).Is(graph.PropPolicyPresent) != graph.Yes {
			continue // that nothing governs it is told of the namespace
		}
		from, ok := j.policies.End(w.namespace, w.object.Kind, w.object.Name)
		if !ok {
			continue
		}
		switch passage, _ := j.policies.Passage(from, netpol.Anywhere(), netpol.TCP, 0); passage {
		case graph.Allowed:
			e := w.because("network policy lets it call any address at any port", w.field("spec")...)
			e.Fix = "name in `spec.egress` of a NetworkPolicy what " + w.component.Address + " calls"
			w.component.Set(graph.PropOpenEgress, graph.Yes, e)
		case graph.Blocked:
			w.component.Set(graph.PropOpenEgress, graph.No, w.because("network policy keeps it from the internet", w.field("spec")...))
		}
	}
}

// noteUnevaluated tells of each kind of policy that is not evaluated, at its first object.
func (c *cluster) noteUnevaluated(objects []*manifest.Object) {
	told := map[string]bool{}
	for _, o := range objects {
		if kind := o.GroupKind().String(); netpol.IsUnevaluated(o) && !told[kind] {
			told[kind] = true
			c.note("unevaluated-policy", o, fmt.Sprintf("policies of the kind %s are not evaluated: whether flows that they may govern pass is not known", kind), "")
		}
	}
}

// judge tells what the policies of a cluster make of its flows.
type judge struct {
	*cluster
	policies  *netpol.Evaluator
	workloads map[string]*workload // by component ID
}

func (j judge) flow(f *graph.Flow) {
	from, ok := j.end(f.From, true)
	if !ok {
		return
	}
	to, ok := j.end(f.To, false)
	if !ok {
		return
	}
	for i, p := range j.portsOf(f) {
		passage, evidence := j.policies.Passage(from, to, p.protocol, p.number)
		if i > 0 && passage != f.Passage {
			f.Passage = graph.PassageUnknown // Services lead the same port to several ones
			return
		}
		if f.Passage = passage; passage == graph.PassageUnknown {
			return
		}
		f.Evidence = append(f.Evidence, slices.DeleteFunc(evidence, func(e graph.Evidence) bool {
			return e.Address == j.components[f.From].Address || e.Address == j.components[f.To].Address // that nothing governs it
		})...)
	}
}

// portsOf are the ports that a flow has for policy.
func (j judge) portsOf(f *graph.Flow) []podPort {
	if w := j.workloads[f.To]; w != nil {
		return w.podPorts(f.Port)
	}
	return []podPort{{netpol.TCP, f.Port}}
}

// end is what policy sees of a component; false for what no policy is about, such
// as the file system of a node.
func (j judge) end(id string, caller bool) (netpol.End, bool) {
	if w := j.workloads[id]; w != nil {
		return j.policies.End(w.namespace, w.object.Kind, w.object.Name)
	}
	k := j.components[id]
	switch {
	case id == graph.InternetID:
		return netpol.Anywhere(), true
	case k.Name == nodeHost:
		return netpol.End{}, false
	case k.Kind == graph.External && !caller:
		if a, err := netip.ParseAddr(id); err == nil {
			return netpol.Outside(a), true
		}
		return netpol.SomeHost(), true
	case k.Technology == graph.TechIngress && caller:
		return netpol.Stranger(), true
	}
	return netpol.End{}, false
}

// podPort is a port of pods, 0 where it is not known.
type podPort struct {
	protocol netpol.Protocol
	number   int
}

// podPorts are the ports of the pods that a caller reaches by a port of their
// Services: policy is about the former. A port that no Service has is one of the pods.
func (w *workload) podPorts(number int) []podPort {
	var out []podPort
	for _, s := range w.services {
		if s.spec.ClusterIP == corev1.ClusterIPNone {
			continue
		}
		for _, p := range s.spec.Ports {
			if int(p.Port) != number {
				continue
			}
			if target, ok := w.target(p); ok && !slices.Contains(out, target) {
				out = append(out, target)
			}
		}
	}
	if len(out) == 0 {
		return []podPort{{w.transport(number), number}}
	}
	return out
}

// target is the port of the pods that a Service's port leads to; false where they
// have none of the name that it gives.
func (w *workload) target(p corev1.ServicePort) (podPort, bool) {
	protocol, _ := netpol.ParseProtocol(string(cmp.Or(p.Protocol, corev1.ProtocolTCP)))
	if p.TargetPort.Type == intstr.Int {
		return podPort{protocol, cmp.Or(p.TargetPort.IntValue(), int(p.Port))}, true
	}
	for _, k := range w.containers() {
		for _, q := range k.Ports {
			if q.Name == p.TargetPort.StrVal {
				return podPort{protocol, int(q.ContainerPort)}, true
			}
		}
	}
	return podPort{}, false
}

// leadingTo finds the port of a Service that leads to a port of a workload's pods, by
// its number or name; nil for none.
func (s *service) leadingTo(w *workload, number int, name string) *corev1.ServicePort {
	for i, p := range s.spec.Ports {
		if target, ok := w.target(p); ok && number != 0 && target.number == number {
			return &s.spec.Ports[i]
		}
	}
	return s.port(number, name)
}

// transport is the protocol of a port of the pods, TCP where they do not list it.
func (w *workload) transport(number int) netpol.Protocol {
	for _, k := range w.containers() {
		for _, p := range k.Ports {
			if protocol, ok := netpol.ParseProtocol(string(p.Protocol)); ok && int(p.ContainerPort) == number {
				return protocol
			}
		}
	}
	return netpol.TCP
}
