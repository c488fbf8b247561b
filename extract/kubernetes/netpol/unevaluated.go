package netpol

import (
	"slices"

	"drawbridge/extract/kubernetes/manifest"
)

// unevaluated is a policy that is not evaluated, because its kind is not known well
// enough or because it is refused. What it might govern is unknown, whatever the
// others say.
type unevaluated struct {
	object    *manifest.Object
	namespace string // "" for one of the whole cluster
	why       string
}

func (u unevaluated) governs(w *Workload) bool {
	return u.namespace == "" || u.namespace == w.Namespace
}

// unevaluatedKinds are the kinds of policy on connections that are not evaluated,
// by "group/kind"; true for those of the whole cluster. Policies on secondary
// networks are left out: they say nothing of the first.
var unevaluatedKinds = map[string]bool{
	"cilium.io/CiliumNetworkPolicy":                 false,
	"cilium.io/CiliumClusterwideNetworkPolicy":      true,
	"crd.projectcalico.org/NetworkPolicy":           false,
	"crd.projectcalico.org/GlobalNetworkPolicy":     true,
	"projectcalico.org/NetworkPolicy":               false,
	"projectcalico.org/GlobalNetworkPolicy":         true,
	"crd.antrea.io/NetworkPolicy":                   false,
	"crd.antrea.io/ClusterNetworkPolicy":            true,
	"policy.networking.k8s.io/ClusterNetworkPolicy": true,
	"k8s.ovn.org/EgressFirewall":                    false,
	"network.openshift.io/EgressNetworkPolicy":      false,
	"security.istio.io/AuthorizationPolicy":         false,
	"networking.gke.io/FQDNNetworkPolicy":           false,
	"vpcresources.k8s.aws/SecurityGroupPolicy":      false,
}

// IsUnevaluated tells whether an object is a policy of a kind that is not evaluated.
func IsUnevaluated(o *manifest.Object) bool {
	_, ok := unevaluatedKinds[o.Group+"/"+o.Kind]
	return ok
}

func readUnevaluated(objects []*manifest.Object, refused []*Refusal) []unevaluated {
	var out []unevaluated
	add := func(o *manifest.Object, why string) {
		u := unevaluated{o, namespaceOf(o), why}
		if isClusterWide(o) {
			u.namespace = ""
		}
		out = append(out, u)
	}
	for _, o := range objects {
		if IsUnevaluated(o) {
			add(o, "policies of the kind "+o.Kind+" are not evaluated")
		}
	}
	for _, r := range refused {
		add(r.object, "it is not valid: "+r.Reason)
	}
	return out
}

// HasUnknown tells whether there are workloads of which nobody knows what policy
// makes of them.
func (e *Evaluator) HasUnknown() bool { return slices.Contains(e.unknown, true) }
