package kubernetes

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// What a mesh says about the workloads in it: who may call them, and that calls
// are encrypted. https://istio.io/latest/docs/reference/config/security/.

// meshPolicy is what an AuthorizationPolicy and a PeerAuthentication have in common.
type meshPolicy struct {
	Selector struct {
		MatchLabels map[string]string `json:"matchLabels"`
	} `json:"selector"`
	Action string `json:"action"`
	Rules  []struct {
		From []struct {
			Source struct {
				Principals []string `json:"principals"`
			} `json:"source"`
		} `json:"from"`
	} `json:"rules"`
	MTLS struct {
		Mode string `json:"mode"`
	} `json:"mtls"`
}

// readAuthorizationPolicy reads which identities may call a workload: as with a
// NetworkPolicy, an author who names both ends says that the one calls the other.
func readAuthorizationPolicy(c *cluster, o *manifest.Object) {
	var p meshPolicy
	c.decode(&p, o, "spec")
	if p.Action != "" && p.Action != "ALLOW" || len(p.Selector.MatchLabels) == 0 {
		return
	}
	selector := labels.SelectorFromSet(p.Selector.MatchLabels)
	c.later(func() {
		subject := one(c.byNamespace[o.Namespace], func(w *workload) bool { return selector.Matches(w.labels()) })
		for i, rule := range p.Rules {
			for j, from := range rule.From {
				for k, principal := range from.Source.Principals {
					c.admit(o, subject, principal, "spec", "rules", i, "from", j, "source", "principals", k)
				}
			}
		}
	})
}

// admit draws the flows from the workloads that run as a principal
// ("cluster.local/ns/NAMESPACE/sa/NAME"). The default account of a namespace names nobody.
func (c *cluster) admit(o *manifest.Object, subject []*workload, principal string, path ...any) {
	parts := strings.Split(principal, "/")
	if len(parts) != 5 || parts[1] != "ns" || parts[3] != "sa" || parts[4] == "default" {
		return
	}
	for _, from := range one(c.byNamespace[parts[2]], func(w *workload) bool { return w.account() == parts[4] }) {
		for _, to := range subject {
			c.drawFlow(from.component, to.component, call{basis: graph.Referenced, evidence: []graph.Evidence{
				because(fmt.Sprintf("AuthorizationPolicy %s names %s as a caller of %s", o.Name, from.object.Name, to.object.Name), o, path...),
			}}, protocol{}, to.protocol())
			c.identified = append(c.identified, identified{from.component.ID, to.component.ID})
		}
	}
}

// identified is a call that is let in by the caller's identity, which only mutual TLS shows.
// https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source
type identified struct{ from, to string }

// destinationRule tells the versions of a Service apart by labels, and how it is called.
type destinationRule struct {
	Host    string `json:"host"`
	Subsets []struct {
		Name   string            `json:"name"`
		Labels map[string]string `json:"labels"`
	} `json:"subsets"`
	TrafficPolicy struct {
		TLS struct {
			Mode string `json:"mode"`
		} `json:"tls"`
	} `json:"trafficPolicy"`
	object *manifest.Object
}

func readDestinationRule(c *cluster, o *manifest.Object) {
	r := destinationRule{object: o}
	c.decode(&r, o, "spec")
	c.destinations = append(c.destinations, r)
}

// version narrows a Service to the workloads of a subset. A subset that no rule
// of the input defines leaves it whole.
func (c *cluster) version(s *service, subset string) *service {
	for _, r := range c.destinations {
		if c.find(r.Host, r.object.Namespace) != s {
			continue
		}
		for _, v := range r.Subsets {
			if v.Name != subset {
				continue
			}
			narrow := *s
			narrow.targets = nil
			for _, w := range s.targets {
				if labels.SelectorFromSet(v.Labels).Matches(w.labels()) {
					narrow.targets = append(narrow.targets, w)
				}
			}
			if len(narrow.targets) > 0 {
				return &narrow
			}
		}
	}
	return s
}
