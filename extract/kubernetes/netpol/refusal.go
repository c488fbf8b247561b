package netpol

import (
	"fmt"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// Refusal is why an input cannot be evaluated: a cluster would not accept it, or
// it leaves open what is meant.
type Refusal struct {
	Source  graph.Source
	Address string // of the object, as "namespace/Kind/name"
	Reason  string

	object *manifest.Object
}

// Error returns "file:line: address: reason".
func (r *Refusal) Error() string { return fmt.Sprintf("%s: %s: %s", r.Source, r.Address, r.Reason) }

func refuse(o *manifest.Object, reason string, path ...any) *Refusal {
	return &Refusal{Source: at(o, path...), Address: address(o), Reason: reason, object: o}
}

func address(o *manifest.Object) string {
	if isClusterWide(o) {
		return o.Kind + "/" + o.Name
	}
	return ownerKey(namespaceOf(o), o.Kind, o.Name)
}

// isClusterWide tells whether a policy is in no namespace.
func isClusterWide(o *manifest.Object) bool {
	_, isAdmin := adminTiers[o.Kind]
	return isAdmin && o.Group == adminGroup || unevaluatedKinds[o.Group+"/"+o.Kind]
}
