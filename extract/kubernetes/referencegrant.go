package kubernetes

import (
	"slices"

	"drawbridge/extract/kubernetes/manifest"
)

// referenceGrant lets routes of other namespaces lead to Services of its own:
// https://gateway-api.sigs.k8s.io/api-types/referencegrant/.
type referenceGrant struct {
	From []struct {
		Kind      string `json:"kind"`
		Namespace string `json:"namespace"`
	} `json:"from"`
	To []struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	} `json:"to"`
}

func readReferenceGrant(c *cluster, o *manifest.Object) {
	var spec referenceGrant
	c.decode(&spec, o, "spec")
	c.referenceGrants[o.Namespace] = append(c.referenceGrants[o.Namespace], spec)
}

// mayLeadTo tells whether a route may lead to a Service: to one of its own namespace
// always, to another's by that namespace's grant.
func (c *cluster) mayLeadTo(route *manifest.Object, k key) bool {
	return k.namespace == route.Namespace || slices.ContainsFunc(c.referenceGrants[k.namespace], func(g referenceGrant) bool {
		from := false
		for _, f := range g.From {
			from = from || f.Kind == route.Kind && f.Namespace == route.Namespace
		}
		for _, t := range g.To {
			if from && t.Kind == "Service" && (t.Name == "" || t.Name == k.name) {
				return true
			}
		}
		return false
	})
}
