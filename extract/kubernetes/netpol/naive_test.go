package netpol

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drawbridge/extract/kubernetes/manifest"
)

// world is a small cluster in the types of the API.
type world struct {
	namespaces []corev1.Namespace
	pods       []corev1.Pod
	policies   []networkingv1.NetworkPolicy
	admin      []adminObject
}

type adminObject struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              adminSpec `json:"spec"`
}

// naive answers for one pair and one port at a time, by reading every policy
// again as the documentation of the API words it.
func (w *world) naive(src, dst any, protocol corev1.Protocol, port int) bool {
	if from, ok := src.(*corev1.Pod); ok && !w.side(Egress, from, dst, dst, protocol, port) {
		return false
	}
	if to, ok := dst.(*corev1.Pod); ok && !w.side(Ingress, to, src, dst, protocol, port) {
		return false
	}
	return true
}

func (w *world) side(d Direction, subject *corev1.Pod, other, dst any, protocol corev1.Protocol, port int) bool {
	if verdict := w.adminVerdict("AdminNetworkPolicy", d, subject, other, dst, protocol, port); verdict == "Allow" || verdict == "Deny" {
		return verdict == "Allow"
	}
	isolated := false
	for _, p := range w.policies {
		if p.Namespace != subject.Namespace || !matches(&p.Spec.PodSelector, subject.Labels) || !naiveIsolates(p, d) {
			continue
		}
		isolated = true
		if d == Ingress {
			for _, r := range p.Spec.Ingress {
				if w.isPeer(p.Namespace, r.From, other) && isPort(r.Ports, dst, protocol, port) {
					return true
				}
			}
			continue
		}
		for _, r := range p.Spec.Egress {
			if w.isPeer(p.Namespace, r.To, other) && isPort(r.Ports, dst, protocol, port) {
				return true
			}
		}
	}
	if isolated {
		return false
	}
	return w.adminVerdict("BaselineAdminNetworkPolicy", d, subject, other, dst, protocol, port) != "Deny"
}

func naiveIsolates(p networkingv1.NetworkPolicy, d Direction) bool {
	if len(p.Spec.PolicyTypes) == 0 {
		return d == Ingress || len(p.Spec.Egress) > 0
	}
	return slices.Contains(p.Spec.PolicyTypes, [...]networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}[d])
}

func matches(s *metav1.LabelSelector, set map[string]string) bool {
	selector, err := metav1.LabelSelectorAsSelector(s)
	return err == nil && selector.Matches(labels.Set(set))
}

func (w *world) namespaceLabels(name string) map[string]string {
	out := map[string]string{"kubernetes.io/metadata.name": name}
	for _, ns := range w.namespaces {
		if ns.Name == name {
			for k, v := range ns.Labels {
				out[k] = v
			}
		}
	}
	return out
}

func (w *world) isPeer(namespace string, peers []networkingv1.NetworkPolicyPeer, other any) bool {
	if len(peers) == 0 {
		return true
	}
	for _, p := range peers {
		switch other := other.(type) {
		case netip.Addr:
			if p.IPBlock != nil && inBlock(p.IPBlock.CIDR, other) && !slices.ContainsFunc(p.IPBlock.Except, func(c string) bool { return inBlock(c, other) }) {
				return true
			}
		case *corev1.Pod:
			if p.IPBlock != nil || p.PodSelector != nil && !matches(p.PodSelector, other.Labels) {
				continue
			}
			if p.NamespaceSelector == nil && other.Namespace == namespace ||
				p.NamespaceSelector != nil && matches(p.NamespaceSelector, w.namespaceLabels(other.Namespace)) {
				return true
			}
		}
	}
	return false
}

func inBlock(cidr string, a netip.Addr) bool { return netip.MustParsePrefix(cidr).Contains(a) }

func isPort(ports []networkingv1.NetworkPolicyPort, dst any, protocol corev1.Protocol, port int) bool {
	if len(ports) == 0 {
		return true
	}
	for _, p := range ports {
		if p.Protocol == nil && protocol != corev1.ProtocolTCP || p.Protocol != nil && *p.Protocol != protocol {
			continue
		}
		switch {
		case p.Port == nil:
			return true
		case p.Port.Type == intstr.String:
			if isNamed(dst, p.Port.StrVal, protocol, port) {
				return true
			}
		case p.EndPort == nil && port == p.Port.IntValue(), p.EndPort != nil && port >= p.Port.IntValue() && port <= int(*p.EndPort):
			return true
		}
	}
	return false
}

func isNamed(dst any, name string, protocol corev1.Protocol, port int) bool {
	pod, ok := dst.(*corev1.Pod)
	return ok && slices.ContainsFunc(pod.Spec.Containers[0].Ports, func(p corev1.ContainerPort) bool {
		return p.Name == name && p.Protocol == protocol && int(p.ContainerPort) == port
	})
}

// adminVerdict is the action of the first rule of a tier that matches, "" for none.
func (w *world) adminVerdict(kind string, d Direction, subject *corev1.Pod, other, dst any, protocol corev1.Protocol, port int) string {
	var policies []adminObject
	for _, p := range w.admin {
		if p.Kind == kind && w.isAdminPeer(p.Spec.Subject, subject) {
			policies = append(policies, p)
		}
	}
	slices.SortFunc(policies, func(a, b adminObject) int { return *a.Spec.Priority - *b.Spec.Priority })
	for _, p := range policies {
		for _, r := range [...][]adminRule{p.Spec.Ingress, p.Spec.Egress}[d] {
			if slices.ContainsFunc(append(r.From, r.To...), func(p adminPeer) bool { return w.isAdminPeer(p, other) }) && isAdminPort(r.Ports, dst, protocol, port) {
				return r.Action
			}
		}
	}
	return ""
}

func (w *world) isAdminPeer(p adminPeer, other any) bool {
	switch other := other.(type) {
	case netip.Addr:
		return slices.ContainsFunc(p.Networks, func(c string) bool { return inBlock(c, other) })
	case *corev1.Pod:
		if len(p.Networks) > 0 {
			return slices.Contains(p.Networks, "0.0.0.0/0")
		}
		if p.Namespaces != nil {
			return matches(p.Namespaces, w.namespaceLabels(other.Namespace))
		}
		return matches(&p.Pods.NamespaceSelector, w.namespaceLabels(other.Namespace)) && matches(&p.Pods.PodSelector, other.Labels)
	}
	return false
}

func isAdminPort(ports []adminPort, dst any, protocol corev1.Protocol, port int) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(p adminPort) bool {
		switch {
		case p.PortNumber != nil:
			return p.PortNumber.Protocol == string(protocol) && p.PortNumber.Port == port
		case p.PortRange != nil:
			return p.PortRange.Protocol == string(protocol) && p.PortRange.Start <= port && port <= p.PortRange.End
		}
		return isNamed(dst, *p.NamedPort, protocol, port)
	})
}

// What is asked of both evaluators: every port that a random world can name and its
// neighbours, and the addresses around the ends of its blocks.
var (
	probePorts     = [...]int{1, 79, 80, 81, 82, 83, 84, 65535}
	probeAddresses = addresses("0.0.0.0", "9.255.255.255", "10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.7", "10.0.0.8",
		"10.0.0.255", "10.0.1.0", "255.255.255.255", "::", "2001:db8::", "2001:db8::3", "2001:db8::4", "ffff::")
	randomBlocks = [...]string{"10.0.0.0/29", "10.0.0.0/30", "10.0.0.4/30", "10.0.0.2/31", "10.0.0.0/24", "0.0.0.0/0", "2001:db8::/126", "::/0"}
)

func addresses(texts ...string) (out []netip.Addr) {
	for _, t := range texts {
		out = append(out, netip.MustParseAddr(t))
	}
	return out
}

// dice makes random worlds out of few words, so that much of it meets.
type dice struct{ *rand.Rand }

func (d dice) one(of ...string) string { return of[d.IntN(len(of))] }
func (d dice) often() bool             { return d.IntN(3) > 0 }
func (d dice) seldom() bool            { return d.IntN(4) == 0 }

func (d dice) world() *world {
	w := &world{}
	for _, name := range []string{"a", "b", "c"}[:1+d.IntN(3)] {
		ns := corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: d.labels()}}
		if d.often() {
			w.namespaces = append(w.namespaces, ns)
		}
		for i := range 1 + d.IntN(3) {
			p := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("%s%d", name, i), Namespace: name, Labels: d.labels()}}
			p.Spec.Containers = []corev1.Container{{Name: "c", Image: "i"}}
			for _, port := range []string{"http", "dns"}[:d.IntN(3)] {
				p.Spec.Containers[0].Ports = append(p.Spec.Containers[0].Ports, corev1.ContainerPort{Name: port, ContainerPort: int32(79 + d.IntN(5)), Protocol: d.protocol()})
			}
			w.pods = append(w.pods, p)
		}
	}
	for i := range d.IntN(6) {
		w.policies = append(w.policies, d.policy(fmt.Sprintf("p%d", i)))
	}
	if d.often() {
		return w
	}
	for i := range d.IntN(3) {
		w.admin = append(w.admin, d.adminPolicy("AdminNetworkPolicy", fmt.Sprintf("p%d", i), i))
	}
	if d.often() {
		w.admin = append(w.admin, d.adminPolicy("BaselineAdminNetworkPolicy", "default", 0))
	}
	return w
}

func (d dice) labels() map[string]string {
	out := map[string]string{}
	for _, k := range []string{"app", "env", "tier"} {
		if d.often() {
			out[k] = d.one("x", "y", "z")
		}
	}
	return out
}

func (d dice) protocol() corev1.Protocol {
	return corev1.Protocol(d.one("TCP", "TCP", "UDP", "SCTP"))
}

func (d dice) selector() *metav1.LabelSelector {
	s := &metav1.LabelSelector{}
	if d.seldom() {
		return s
	}
	if d.often() {
		s.MatchLabels = map[string]string{d.one("app", "env", "tier"): d.one("x", "y", "z")}
	}
	if d.often() {
		return s
	}
	x := metav1.LabelSelectorRequirement{Key: d.one("app", "env", "tier"), Operator: metav1.LabelSelectorOperator(d.one("In", "NotIn", "Exists", "DoesNotExist"))}
	if x.Operator == "In" || x.Operator == "NotIn" {
		x.Values = []string{"x", "y", "z"}[:1+d.IntN(2)]
	}
	s.MatchExpressions = append(s.MatchExpressions, x)
	return s
}

func (d dice) policy(name string) networkingv1.NetworkPolicy {
	p := networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: d.one("a", "a", "b", "c")}}
	p.Spec.PodSelector = *d.selector()
	if d.seldom() {
		p.Spec.PolicyTypes = append(p.Spec.PolicyTypes, networkingv1.PolicyTypeIngress)
	}
	if d.seldom() {
		p.Spec.PolicyTypes = append(p.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
	}
	for range d.IntN(3) {
		p.Spec.Ingress = append(p.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: d.peers(), Ports: d.ports(true)})
	}
	for range d.IntN(3) {
		peers := d.peers()
		named := !slices.ContainsFunc(peers, func(p networkingv1.NetworkPolicyPeer) bool { return p.IPBlock != nil })
		p.Spec.Egress = append(p.Spec.Egress, networkingv1.NetworkPolicyEgressRule{To: peers, Ports: d.ports(named)})
	}
	return p
}

func (d dice) peers() (out []networkingv1.NetworkPolicyPeer) {
	for range d.IntN(3) {
		var p networkingv1.NetworkPolicyPeer
		switch d.IntN(4) {
		case 0:
			p.PodSelector = d.selector()
		case 1:
			p.NamespaceSelector = d.selector()
		case 2:
			p.PodSelector, p.NamespaceSelector = d.selector(), d.selector()
		default:
			cidr := d.one(randomBlocks[:]...)
			p.IPBlock = &networkingv1.IPBlock{CIDR: cidr}
			for _, e := range randomBlocks {
				outer, inner := netip.MustParsePrefix(cidr), netip.MustParsePrefix(e)
				if outer.Contains(inner.Addr()) && inner.Bits() > outer.Bits() && d.IntN(2) == 0 {
					p.IPBlock.Except = append(p.IPBlock.Except, e)
				}
			}
		}
		out = append(out, p)
	}
	return out
}

func (d dice) ports(named bool) (out []networkingv1.NetworkPolicyPort) {
	for range d.IntN(3) {
		var p networkingv1.NetworkPolicyPort
		if d.often() {
			protocol := d.protocol()
			p.Protocol = &protocol
		}
		switch port := intstr.FromInt(79 + d.IntN(5)); {
		case named && d.seldom():
			port = intstr.FromString(d.one("http", "dns"))
			p.Port = &port
		case d.often():
			p.Port = &port
			if d.seldom() {
				end := port.IntVal + int32(d.IntN(3))
				p.EndPort = &end
			}
		}
		out = append(out, p)
	}
	return out
}

func (d dice) adminPolicy(kind, name string, priority int) adminObject {
	out := adminObject{TypeMeta: metav1.TypeMeta{APIVersion: adminGroup + "/v1alpha1", Kind: kind}, ObjectMeta: metav1.ObjectMeta{Name: name}}
	out.Spec.Priority = &priority
	out.Spec.Subject = d.adminPeer(false)
	rule := func(egress bool) adminRule {
		r := adminRule{Action: d.one("Allow", "Deny", "Pass")}
		if kind == "BaselineAdminNetworkPolicy" {
			r.Action = d.one("Allow", "Deny")
		}
		for range d.IntN(3) {
			port := adminPort{}
			switch d.IntN(3) {
			case 0:
				text := fmt.Sprintf(`{"portNumber": {"protocol": %q, "port": %d}}`, d.protocol(), 79+d.IntN(5))
				_ = json.Unmarshal([]byte(text), &port)
			case 1:
				text := fmt.Sprintf(`{"portRange": {"protocol": %q, "start": %d, "end": %d}}`, d.protocol(), 79+d.IntN(2), 81+d.IntN(3))
				_ = json.Unmarshal([]byte(text), &port)
			default:
				name := d.one("http", "dns")
				port.NamedPort = &name
			}
			r.Ports = append(r.Ports, port)
		}
		peers := []adminPeer{d.adminPeer(egress), d.adminPeer(egress)}[:1+d.IntN(2)]
		if egress {
			r.To = peers
		} else {
			r.From = peers
		}
		return r
	}
	for range d.IntN(3) {
		out.Spec.Ingress = append(out.Spec.Ingress, rule(false))
	}
	for range d.IntN(3) {
		out.Spec.Egress = append(out.Spec.Egress, rule(true))
	}
	return out
}

func (d dice) adminPeer(egress bool) (out adminPeer) {
	switch {
	case egress && d.seldom():
		// Of a network that is a part of its family, nobody knows whether pods are in it.
		out.Networks = []string{d.one("0.0.0.0/0", "10.0.0.0/30")}
	case d.often():
		out.Namespaces = d.selector()
	default:
		text, _ := json.Marshal(map[string]any{"pods": map[string]any{"namespaceSelector": d.selector(), "podSelector": d.selector()}})
		_ = json.Unmarshal(text, &out)
	}
	return out
}

// objects passes a world through its manifests.
func (w *world) objects(t testing.TB) []*manifest.Object {
	var docs []string
	add := func(apiVersion, kind string, o any) {
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		m["apiVersion"], m["kind"] = apiVersion, kind
		delete(m, "status")
		text, err = json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, string(text))
	}
	for _, ns := range w.namespaces {
		add("v1", "Namespace", ns)
	}
	for _, p := range w.pods {
		add("v1", "Pod", p)
	}
	for _, p := range w.policies {
		add("networking.k8s.io/v1", "NetworkPolicy", p)
	}
	for _, p := range w.admin {
		add(p.APIVersion, p.Kind, p)
	}
	objects, problems := manifest.Decode("world.yaml", []byte(strings.Join(docs, "\n---\n")), manifest.Limits{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return objects
}

// checkWorld compares every answer about one random world with the naive one.
func checkWorld(t *testing.T, seed uint64) {
	w := dice{rand.New(rand.NewPCG(seed, 0))}.world()
	objects := w.objects(t)
	e, err := New(objects)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	if len(e.Workloads()) != len(w.pods) {
		t.Fatalf("seed %d: %d workloads of %d pods", seed, len(e.Workloads()), len(w.pods))
	}
	got := map[[2]string][]Connection{}
	for c := range e.Connections(Query{}) {
		key := [2]string{c.Src.Name, c.Dst.Name}
		got[key] = append(got[key], c)
	}
	fail := func(src, dst string, protocol Protocol, port int, want bool) {
		var text strings.Builder
		for _, o := range objects {
			var m any
			_ = o.Decode(&m)
			doc, _ := json.Marshal(m)
			fmt.Fprintf(&text, "---\n%s\n", doc)
		}
		t.Fatalf("seed %d: %s => %s on %s %d: want %v\n%s", seed, src, dst, protocol, port, want, text.String())
	}
	podName := func(p *corev1.Pod) string { return p.Namespace + "/" + p.Name + "[Pod]" }
	for protocol := range protocols {
		for _, port := range probePorts {
			for i := range w.pods {
				a := &w.pods[i]
				end, _ := e.End(a.Namespace, "Pod", a.Name)
				for j := range w.pods {
					b := &w.pods[j]
					if i == j {
						continue
					}
					want := w.naive(a, b, protocolNames[protocol], port)
					rows := got[[2]string{podName(a), podName(b)}]
					if len(rows) > 1 || want != (len(rows) == 1 && rows[0].Conns.Contains(protocol, port)) {
						fail(podName(a), podName(b), protocol, port, want)
					}
					other, _ := e.End(b.Namespace, "Pod", b.Name)
					if passage, _ := e.Passage(end, other, protocol, port); want != (passage == "allowed") {
						fail("passage of "+podName(a), podName(b), protocol, port, want)
					}
				}
				for _, address := range probeAddresses {
					if address.Is6() && len(e.families) == 1 {
						continue
					}
					in := slices.ContainsFunc(got[[2]string{"", podName(a)}], func(c Connection) bool { return c.Src.Range.Contains(address) && c.Conns.Contains(protocol, port) })
					if want := w.naive(address, a, protocolNames[protocol], port); in != want {
						fail(address.String(), podName(a), protocol, port, want)
					}
					out := slices.ContainsFunc(got[[2]string{podName(a), ""}], func(c Connection) bool { return c.Dst.Range.Contains(address) && c.Conns.Contains(protocol, port) })
					if want := w.naive(a, address, protocolNames[protocol], port); out != want {
						fail(podName(a), address.String(), protocol, port, want)
					}
				}
			}
		}
	}
	if changes := Diff(e, e); len(changes) > 0 {
		t.Fatalf("seed %d: a world differs from itself: %v", seed, changes)
	}
	checkDiff(t, seed, w, e)
}

// checkDiff compares a world with one of the same pods and other policies.
func checkDiff(t *testing.T, seed uint64, before *world, e *Evaluator) {
	d := dice{rand.New(rand.NewPCG(seed, 1))}
	after := *before
	after.policies = append(slices.Clone(before.policies[:len(before.policies)/2]), d.policy("new"), d.policy("newer"))
	changed, err := New(after.objects(t))
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	rows := map[[2]string][]Change{}
	for _, c := range Diff(e, changed) {
		key := [2]string{c.Src.Name, c.Dst.Name}
		rows[key] = append(rows[key], c)
	}
	check := func(src, dst any, key [2]string, protocol Protocol, port int) {
		was, is := before.naive(src, dst, protocolNames[protocol], port), after.naive(src, dst, protocolNames[protocol], port)
		i := slices.IndexFunc(rows[key], func(c Change) bool {
			a, isAddress := src.(netip.Addr)
			if b, ok := dst.(netip.Addr); ok {
				a, isAddress = b, true
			}
			return !isAddress || c.outside().Contains(a)
		})
		switch {
		case i < 0 && was != is:
			t.Fatalf("seed %d: the change of %v on %s %d is missing", seed, key, protocol, port)
		case i >= 0 && (rows[key][i].Before.Contains(protocol, port) != was || rows[key][i].After.Contains(protocol, port) != is):
			t.Fatalf("seed %d: %v on %s %d went from %v to %v, not as %v", seed, key, protocol, port, was, is, rows[key][i])
		}
	}
	for protocol := range protocols {
		for _, port := range probePorts {
			for i := range before.pods {
				a := &before.pods[i]
				name := a.Namespace + "/" + a.Name + "[Pod]"
				for j := range before.pods {
					if b := &before.pods[j]; i != j {
						check(a, b, [2]string{name, b.Namespace + "/" + b.Name + "[Pod]"}, protocol, port)
					}
				}
				for _, address := range probeAddresses {
					if address.Is4() || len(e.families) == 2 {
						check(address, a, [2]string{"", name}, protocol, port)
						check(a, address, [2]string{name, ""}, protocol, port)
					}
				}
			}
		}
	}
}

func TestEvaluatorAgreesWithANaiveOne(t *testing.T) {
	for seed := range uint64(100) {
		checkWorld(t, seed)
	}
}

func FuzzEvaluator(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(checkWorld)
}
