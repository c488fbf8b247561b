package netpol

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// Direction is the way of a connection as seen from the pod that a policy governs.
type Direction int

// The directions.
const (
	Ingress Direction = iota
	Egress
)

// Directions lists both.
var Directions = [...]Direction{Ingress, Egress}

// String returns "ingress" or "egress".
func (d Direction) String() string { return [...]string{"ingress", "egress"}[d] }

// field is the name of a direction's rules, peers the one of a rule's peers.
func (d Direction) peers() string { return [...]string{"from", "to"}[d] }

// ParseDirection takes "ingress" or "egress".
func ParseDirection(s string) (Direction, bool) {
	for _, d := range Directions {
		if d.String() == s {
			return d, true
		}
	}
	return 0, false
}

// policy is what governs pods: a subject, and rules by direction.
type policy struct {
	object    *manifest.Object
	namespace string // "" for one of the whole cluster
	subject   peer
	tier      tier
	priority  int     // within the admin tier, lower ones first
	isolates  [2]bool // by direction: it governs; what no rule of a NetworkPolicy allows is blocked
	rules     [2][]*rule

	selects bitset // of workloads; filled in by bind
	classes []int  // filled in by link
}

// address is how a policy is called in evidence.
func (p *policy) address() string { return address(p.object) }

// rule permits connections with its peers, or does otherwise by its action.
type rule struct {
	policy    *policy
	direction Direction
	action    action
	path      []any // where it stands in the policy
	// anyone is true for a rule that names no peers: every pod and address is one.
	anyone    bool
	peers     []peer
	addresses []Range // sorted
	ports     Conns
	// named are ports that each destination resolves by its own names.
	named []portName

	pods     bitset // the workloads among the peers; filled in by bind
	classes  []int  // filled in by link
	portsID  setID
	resolved map[int]setID // by class, where there are named ports
}

// number counts the rules of a policy and a direction from 1.
func (r *rule) number() int { return slices.Index(r.policy.rules[r.direction], r) + 1 }

func (r *rule) source() graph.Source { return at(r.policy.object, r.path...) }

// peer is a set of pods, whether they exist or not: those with some labels in
// namespaces with some labels.
type peer struct {
	namespaces, pods *metav1.LabelSelector // never nil
	inNamespaces     labels.Selector
	withLabels       labels.Selector
}

// netpolGroups are the API groups that NetworkPolicy is or was of.
var netpolGroups = []string{networkingv1.GroupName, "extensions"}

// policyReader collects policies, and why some are refused.
type policyReader struct {
	policies []*policy
	refused  []*Refusal
	notes    []graph.Note
	byName   map[string]*manifest.Object
}

func (pr *policyReader) refuse(o *manifest.Object, reason string, path ...any) {
	pr.refused = append(pr.refused, refuse(o, reason, path...))
}

func (pr *policyReader) note(o *manifest.Object, message string, path ...any) {
	pr.notes = append(pr.notes, graph.Note{Code: "incomplete", Source: at(o, path...), Address: address(o), Message: message})
}

// readPolicies returns the policies sorted by address. Those that are refused are not
// among them.
func readPolicies(objects []*manifest.Object) *policyReader {
	pr := &policyReader{byName: map[string]*manifest.Object{}}
	for _, o := range objects {
		tier, isAdmin := adminTiers[o.Kind]
		switch {
		case o.Kind == "NetworkPolicy" && slices.Contains(netpolGroups, o.Group):
			if pr.isNew(o) {
				pr.networkPolicy(o)
			}
		case isAdmin && o.Group == adminGroup:
			if pr.isNew(o) {
				pr.adminPolicy(o, tier)
			}
		}
	}
	pr.policies = slices.DeleteFunc(pr.policies, func(p *policy) bool {
		return slices.ContainsFunc(pr.refused, func(r *Refusal) bool { return r.Address == p.address() })
	})
	slices.SortFunc(pr.policies, func(a, b *policy) int { return strings.Compare(a.address(), b.address()) })
	return pr
}

// isNew tells the first object of a name from its repetitions. Of two that differ, nobody
// knows which one the cluster will have.
func (pr *policyReader) isNew(o *manifest.Object) bool {
	first := pr.byName[address(o)]
	switch {
	case first == nil:
		pr.byName[address(o)] = o
		return true
	case !first.Same(o):
		pr.refuse(o, fmt.Sprintf("another policy of this name, with other rules, is at %s", at(first)), "metadata", "name")
	}
	return false
}

func (pr *policyReader) networkPolicy(o *manifest.Object) {
	var spec networkingv1.NetworkPolicySpec
	if err := o.Decode(&spec, "spec"); err != nil {
		pr.refuse(o, err.Error(), "spec")
		return
	}
	p := &policy{object: o, namespace: namespaceOf(o)}
	p.subject = pr.peer(p, &spec.PodSelector, nil, []any{"spec", "podSelector"}, nil)
	p.isolates = pr.policyTypes(o, &spec)
	for i, r := range spec.Ingress {
		pr.rule(p, Ingress, i, r.From, r.Ports)
	}
	for i, r := range spec.Egress {
		pr.rule(p, Egress, i, r.To, r.Ports)
	}
	pr.policies = append(pr.policies, p)
}

// policyTypes tells which directions a policy isolates. Without the field, it is
// ingress, and egress where there is an egress rule.
func (pr *policyReader) policyTypes(o *manifest.Object, spec *networkingv1.NetworkPolicySpec) (isolates [2]bool) {
	if len(spec.PolicyTypes) == 0 {
		return [2]bool{Ingress: true, Egress: len(spec.Egress) > 0}
	}
	for i, t := range spec.PolicyTypes {
		d, ok := ParseDirection(strings.ToLower(string(t)))
		if !ok || string(t) == strings.ToLower(string(t)) {
			pr.refuse(o, fmt.Sprintf("policy type %q is neither Ingress nor Egress", t), "spec", "policyTypes", i)
			continue
		}
		isolates[d] = true
	}
	return isolates
}

func (pr *policyReader) rule(p *policy, d Direction, i int, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) {
	r := &rule{policy: p, direction: d, path: []any{"spec", d.String(), i}, anyone: len(peers) == 0}
	pr.ports(r, ports)
	for j, from := range peers {
		path := append(slices.Clone(r.path), d.peers(), j)
		switch {
		case from.IPBlock != nil && (from.PodSelector != nil || from.NamespaceSelector != nil):
			pr.refuse(p.object, "a peer with an ipBlock can have no podSelector or namespaceSelector beside it", path...)
		case from.IPBlock != nil:
			if d == Egress && len(r.named) > 0 {
				pr.refuse(p.object, fmt.Sprintf("the rule names the port %s, which an address of an ipBlock has no number for", r.named[0].name), path...)
			}
			r.addresses = append(r.addresses, pr.block(p.object, from.IPBlock, append(path, "ipBlock"))...)
		case from.PodSelector == nil && from.NamespaceSelector == nil:
			pr.refuse(p.object, "a peer must have a podSelector, a namespaceSelector or an ipBlock", path...)
		default:
			r.peers = append(r.peers, pr.peer(p, from.PodSelector, from.NamespaceSelector,
				append(slices.Clone(path), "podSelector"), append(slices.Clone(path), "namespaceSelector")))
		}
	}
	r.addresses = joined(r.addresses)
	p.rules[d] = append(p.rules[d], r)
}

// peer reads a pair of selectors. Without one of namespaces, the policy's own is
// meant; without one of pods, all of them.
func (pr *policyReader) peer(p *policy, pods, namespaces *metav1.LabelSelector, podPath, namespacePath []any) peer {
	if pods == nil {
		pods = &metav1.LabelSelector{}
	}
	if namespaces == nil {
		namespaces = &metav1.LabelSelector{MatchLabels: map[string]string{metadataName: p.namespace}}
	}
	return peer{
		pods: pods, withLabels: pr.selector(p.object, pods, podPath),
		namespaces: namespaces, inNamespaces: pr.selector(p.object, namespaces, namespacePath),
	}
}

func (pr *policyReader) selector(o *manifest.Object, s *metav1.LabelSelector, path []any) labels.Selector {
	for _, e := range metav1validation.ValidateLabelSelector(s, metav1validation.LabelSelectorValidationOptions{}, nil) {
		pr.refuse(o, "selector: "+e.Error(), path...)
		return labels.Nothing()
	}
	selector, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		pr.refuse(o, "selector: "+err.Error(), path...)
		return labels.Nothing()
	}
	return selector
}

func (pr *policyReader) block(o *manifest.Object, b *networkingv1.IPBlock, path []any) []Range {
	cidr, err := parseBlock(b.CIDR)
	if err != nil {
		pr.refuse(o, fmt.Sprintf("cidr %q: %v", b.CIDR, err), append(path, "cidr")...)
		return nil
	}
	var except []netip.Prefix
	for i, text := range b.Except {
		e, err := parseBlock(text)
		switch {
		case err != nil:
			pr.refuse(o, fmt.Sprintf("except %q: %v", text, err), append(slices.Clone(path), "except", i)...)
		case !cidr.Contains(e.Addr()) || e.Bits() <= cidr.Bits():
			pr.refuse(o, fmt.Sprintf("except %q is no part of %s", text, b.CIDR), append(slices.Clone(path), "except", i)...)
		default:
			except = append(except, e)
		}
	}
	return block(cidr, except)
}

func parseBlock(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, errors.New("not an address block such as 10.0.0.0/8")
	}
	return p.Masked(), nil
}

// ports reads the ports of a rule; none are all.
func (pr *policyReader) ports(r *rule, ports []networkingv1.NetworkPolicyPort) {
	if len(ports) == 0 {
		r.ports = All()
	}
	for i, port := range ports {
		refuse := func(field, format string, args ...any) {
			pr.refuse(r.policy.object, fmt.Sprintf(format, args...), append(slices.Clone(r.path), "ports", i, field)...)
		}
		protocol := TCP
		if port.Protocol != nil {
			var ok bool
			if protocol, ok = ParseProtocol(string(*port.Protocol)); !ok || string(*port.Protocol) != protocol.String() {
				refuse("protocol", "protocol %q is none of TCP, UDP, SCTP", *port.Protocol)
				continue
			}
		}
		switch {
		case port.Port == nil && port.EndPort != nil:
			refuse("endPort", "endPort needs a port that the range begins with")
		case port.Port == nil:
			r.ports = r.ports.Union(Port(protocol, firstPort, lastPort))
		case port.Port.Type == intstr.String:
			if port.EndPort != nil {
				refuse("endPort", "endPort needs a port with a number, %q is a name", port.Port.StrVal)
			} else if problems := validation.IsValidPortName(port.Port.StrVal); len(problems) > 0 {
				refuse("port", "port %q: %s", port.Port.StrVal, strings.Join(problems, "; "))
			} else {
				r.named = append(r.named, portName{protocol, port.Port.StrVal})
			}
		default:
			from, to := port.Port.IntValue(), port.Port.IntValue()
			if port.EndPort != nil {
				to = int(*port.EndPort)
			}
			if len(validation.IsValidPortNum(from)) > 0 {
				refuse("port", "port %d is not between %d and %d", from, firstPort, lastPort)
			} else if to < from || to > lastPort {
				refuse("endPort", "the ports %d to %d are no range", from, to)
			} else {
				r.ports = r.ports.Union(Port(protocol, from, to))
			}
		}
	}
}
