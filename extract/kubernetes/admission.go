package kubernetes

import (
	"cmp"
	"fmt"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// What the API server calls: webhooks that admit or change objects, and servers of
// further APIs. https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/

// calledBack is a Service or URL that the API server calls.
type calledBack struct {
	URL     string        `json:"url"`
	Service *calledTarget `json:"service"`
}

type calledTarget struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Port      int    `json:"port"`
}

func readWebhooks(c *cluster, o *manifest.Object) {
	var hooks []struct {
		Name         string     `json:"name"`
		ClientConfig calledBack `json:"clientConfig"`
	}
	c.decode(&hooks, o, "webhooks")
	c.later(func() {
		for i, h := range hooks {
			c.callBack(o, h.ClientConfig, "webhook "+h.Name, "webhooks", i, "clientConfig")
		}
	})
}

// readConversion reads the webhook by which the objects of a kind change their version.
func readConversion(c *cluster, o *manifest.Object) {
	var called calledBack
	path := []any{"spec", "conversion", "webhook", "clientConfig"}
	if !o.Has(path...) {
		return
	}
	c.decode(&called, o, path...)
	c.later(func() { c.callBack(o, called, "conversion webhook of "+o.Name, path...) })
}

func readAPIService(c *cluster, o *manifest.Object) {
	var target *calledTarget
	c.decode(&target, o, "spec", "service")
	if target == nil {
		return // served by the API server itself
	}
	c.later(func() { c.callBack(o, calledBack{Service: target}, "API "+o.Name, "spec", "service") })
}

// callBack draws the flow from the API server, which is always encrypted.
func (c *cluster) callBack(o *manifest.Object, to calledBack, what string, path ...any) {
	use := call{protocol: "https", encrypted: graph.Yes, basis: graph.Declared}
	switch {
	case to.Service != nil:
		s := c.find(to.Service.Name, cmp.Or(to.Service.Namespace, o.Namespace, "default"))
		if s == nil {
			c.note("unresolved-backend", o, fmt.Sprintf("%s is Service %s, which the input does not have", what, to.Service.Name), "scan it together with the Service", path...)
			return
		}
		use.port = cmp.Or(to.Service.Port, 443)
		use.evidence = []graph.Evidence{because(fmt.Sprintf("%s is Service %s", what, s.name), o, path...)}
		c.connect(c.apiServer(), s, use)
	case to.URL != "":
		for _, m := range located(to.URL) {
			use.port = m.port
			use.evidence = []graph.Evidence{because(what+" is "+m.String(), o, path...)}
			if s := c.find(m.host, o.Namespace); s != nil {
				c.connect(c.apiServer(), s, use)
			} else if isOutside(m.host) {
				c.connectExternal(c.apiServer(), m.host, use)
			}
		}
	}
}
