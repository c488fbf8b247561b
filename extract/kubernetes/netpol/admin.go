package netpol

import (
	"fmt"
	"net/netip"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drawbridge/extract/kubernetes/manifest"
)

// adminGroup is the API group of the policies of administrators. It is no part of the
// module k8s.io/api; the types are of version v1alpha1:
// https://network-policy-api.sigs.k8s.io/reference/spec/
const adminGroup = "policy.networking.k8s.io"

// adminTiers are the kinds that are evaluated.
var adminTiers = map[string]tier{"AdminNetworkPolicy": admin, "BaselineAdminNetworkPolicy": baseline}

// maxPriority is the highest number that AdminNetworkPolicy.spec.priority takes.
const maxPriority = 1000

type adminSpec struct {
	Priority *int        `json:"priority"`
	Subject  adminPeer   `json:"subject"`
	Ingress  []adminRule `json:"ingress"`
	Egress   []adminRule `json:"egress"`
}

type adminRule struct {
	Action string      `json:"action"`
	From   []adminPeer `json:"from"`
	To     []adminPeer `json:"to"`
	Ports  []adminPort `json:"ports"`
}

type adminPeer struct {
	Namespaces *metav1.LabelSelector `json:"namespaces"`
	Pods       *struct {
		NamespaceSelector metav1.LabelSelector `json:"namespaceSelector"`
		PodSelector       metav1.LabelSelector `json:"podSelector"`
	} `json:"pods"`
	Networks    []string              `json:"networks"`
	Nodes       *metav1.LabelSelector `json:"nodes"`
	DomainNames []string              `json:"domainNames"`
}

type adminPort struct {
	PortNumber *struct {
		Protocol string `json:"protocol"`
		Port     int    `json:"port"`
	} `json:"portNumber"`
	PortRange *struct {
		Protocol string `json:"protocol"`
		Start    int    `json:"start"`
		End      int    `json:"end"`
	} `json:"portRange"`
	NamedPort *string `json:"namedPort"`
}

func (pr *policyReader) adminPolicy(o *manifest.Object, t tier) {
	var spec adminSpec
	if err := o.Decode(&spec, "spec"); err != nil {
		pr.refuse(o, err.Error(), "spec")
		return
	}
	p := &policy{object: o, tier: t, isolates: [2]bool{Ingress: len(spec.Ingress) > 0, Egress: len(spec.Egress) > 0}}
	if t == admin {
		switch {
		case spec.Priority == nil:
			pr.refuse(o, "an AdminNetworkPolicy needs a priority", "spec", "priority")
		case *spec.Priority < 0 || *spec.Priority > maxPriority:
			pr.refuse(o, fmt.Sprintf("priority %d is not between 0 and %d", *spec.Priority, maxPriority), "spec", "priority")
		default:
			p.priority = *spec.Priority
		}
	}
	subject, ok := pr.adminPeer(p, spec.Subject, "spec", "subject")
	if !ok {
		pr.refuse(o, "a subject is either namespaces or pods", "spec", "subject")
	}
	p.subject = subject
	for i, r := range spec.Ingress {
		pr.adminRule(p, Ingress, i, r, r.From)
	}
	for i, r := range spec.Egress {
		pr.adminRule(p, Egress, i, r, r.To)
	}
	pr.policies = append(pr.policies, p)
}

func (pr *policyReader) adminRule(p *policy, d Direction, i int, spec adminRule, peers []adminPeer) {
	r := &rule{policy: p, direction: d, path: []any{"spec", d.String(), i}}
	actions := map[string]action{"Allow": allow, "Deny": deny, "Pass": pass}
	var ok bool
	if r.action, ok = actions[spec.Action]; !ok || r.action == pass && p.tier == baseline {
		pr.refuse(p.object, fmt.Sprintf("action %q is none of those of the kind %s", spec.Action, p.object.Kind), append(slices.Clone(r.path), "action")...)
	}
	if len(peers) == 0 {
		pr.refuse(p.object, fmt.Sprintf("a rule needs a peer in its field %s", d.peers()), r.path...)
	}
	pr.adminPorts(r, spec.Ports)
	for j, from := range peers {
		path := append(slices.Clone(r.path), d.peers(), j)
		peer, ok := pr.adminPeer(p, from, path...)
		switch {
		case ok:
			r.peers = append(r.peers, peer)
		case d == Ingress:
			pr.refuse(p.object, "a peer is either namespaces or pods", path...)
		case len(from.Networks) > 0:
			pr.networks(r, from.Networks, path)
		case from.Nodes != nil, len(from.DomainNames) > 0:
			pr.note(p.object, "what nodes and domain names are called by address is not known: the peer is left out", path...)
		default:
			pr.refuse(p.object, "a peer is one of namespaces, pods, nodes, networks, domainNames", path...)
		}
	}
	r.addresses = joined(r.addresses)
	p.rules[d] = append(p.rules[d], r)
}

func (pr *policyReader) adminPeer(p *policy, spec adminPeer, path ...any) (peer, bool) {
	switch {
	case spec.Namespaces != nil && spec.Pods == nil:
		return pr.peer(p, nil, spec.Namespaces, nil, append(slices.Clone(path), "namespaces")), true
	case spec.Namespaces == nil && spec.Pods != nil:
		path = append(slices.Clone(path), "pods")
		return pr.peer(p, &spec.Pods.PodSelector, &spec.Pods.NamespaceSelector,
			append(slices.Clone(path), "podSelector"), append(slices.Clone(path), "namespaceSelector")), true
	}
	return pr.peer(p, nil, &metav1.LabelSelector{}, nil, nil), false
}

// networks are addresses, those of pods too. Which addresses pods have is not
// known, but all of a family holds them.
func (pr *policyReader) networks(r *rule, networks []string, path []any) {
	for i, text := range networks {
		cidr, err := parseBlock(text)
		if err != nil {
			pr.refuse(r.policy.object, fmt.Sprintf("network %q: %v", text, err), append(slices.Clone(path), "networks", i)...)
			continue
		}
		r.addresses = append(r.addresses, block(cidr, []netip.Prefix{})...)
		if cidr.Bits() == 0 {
			r.peers = append(r.peers, pr.peer(r.policy, nil, &metav1.LabelSelector{}, nil, nil))
		}
	}
}

func (pr *policyReader) adminPorts(r *rule, ports []adminPort) {
	if len(ports) == 0 {
		r.ports = All()
	}
	for i, port := range ports {
		path := append(slices.Clone(r.path), "ports", i)
		switch {
		case port.PortNumber != nil:
			pr.adminRange(r, port.PortNumber.Protocol, port.PortNumber.Port, port.PortNumber.Port, path)
		case port.PortRange != nil:
			pr.adminRange(r, port.PortRange.Protocol, port.PortRange.Start, port.PortRange.End, path)
		case port.NamedPort != nil:
			for protocol := range protocols {
				r.named = append(r.named, portName{protocol, *port.NamedPort})
			}
		default:
			pr.refuse(r.policy.object, "a port is one of portNumber, portRange, namedPort", path...)
		}
	}
}

func (pr *policyReader) adminRange(r *rule, protocol string, from, to int, path []any) {
	if protocol == "" {
		protocol = TCP.String()
	}
	p, ok := ParseProtocol(protocol)
	switch {
	case !ok:
		pr.refuse(r.policy.object, fmt.Sprintf("protocol %q is none of TCP, UDP, SCTP", protocol), path...)
	case from < firstPort || to > lastPort || from > to:
		pr.refuse(r.policy.object, fmt.Sprintf("the ports %d to %d are no range", from, to), path...)
	default:
		r.ports = r.ports.Union(Port(p, from, to))
	}
}
