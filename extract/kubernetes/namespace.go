package kubernetes

import (
	"maps"
	"slices"
	"strings"

	"drawbridge/extract/kubernetes/manifest"
)

// podSecurity is the prefix of the labels by which the API server enforces a
// pod security standard: https://kubernetes.io/docs/concepts/security/pod-security-admission/
const podSecurity = "pod-security.kubernetes.io/"

func readNamespace(c *cluster, o *manifest.Object) {
	b := c.namespace(o.Name)
	b.Source = at(o)
	for _, label := range slices.Sorted(maps.Keys(o.Labels)) {
		if strings.HasPrefix(label, podSecurity) {
			if b.Attributes == nil {
				b.Attributes = map[string]string{}
			}
			b.Attributes[label] = o.Labels[label]
		}
	}
	if a := o.Annotations["linkerd.io/inject"]; a == "enabled" || a == "ingress" {
		c.proxied[o.Name] = true
	}
	if o.Labels["istio-injection"] == "enabled" || o.Labels["istio.io/rev"] != "" || o.Annotations["linkerd.io/inject"] == "enabled" {
		if b.Attributes == nil {
			b.Attributes = map[string]string{}
		}
		b.Attributes["mesh"] = "injected"
	}
}
