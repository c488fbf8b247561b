package terraform

import (
	"slices"
	"strconv"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// googleHops are the attributes that lead from one part of a load balancer to the
// next: forwarding rule, proxy, URL map, backend service, group of endpoints.
var googleHops = []string{
	"target", "url_map", "default_service", "path_matcher.default_service", "path_matcher.path_rule.service", "path_matcher.route_rules.service",
	"backend_service", "backend.group", "bucket_name", "cloud_run.service", "cloud_function.function", "instances", "instance",
}

// readForwardingRule is the semantic of the rule that a load balancer begins with: it
// takes connections from where its scheme says, and passes them to what its parts end at.
func readForwardingRule(b *builder, r *resource) {
	protocol := "tcp"
	if p, ok := r.Body.Get("ip_protocol").Literal(); ok {
		protocol = strings.ToLower(p)
	}
	encrypted := graph.Unknown
	walk := forwarding{b: b, from: r.self, met: map[*resource]bool{r: true}}
	for _, attr := range []string{"target", "backend_service"} {
		for _, next := range b.named(r.Body.Get(attr)) {
			switch {
			case strings.HasSuffix(next.Type, "_target_https_proxy"):
				protocol, encrypted = "https", graph.Yes
			case strings.HasSuffix(next.Type, "_target_ssl_proxy"):
				protocol, encrypted = "tls", graph.Yes
			case strings.HasSuffix(next.Type, "_target_http_proxy"):
				protocol, encrypted = "http", graph.No
			}
		}
	}
	walk.follow(r, nil)
	switch {
	case len(walk.filtered) > 0 && len(walk.open) == 0:
		r.self.Set(graph.PropFirewalled, graph.Yes, walk.filtered[0])
	case len(walk.filtered) == 0 && len(walk.open) > 0:
		r.self.Set(graph.PropFirewalled, graph.No, walk.open[0])
	}
	scheme := r.Body.Get("load_balancing_scheme")
	switch s, known := scheme.Literal(); {
	case !known && !scheme.IsNull(), known && s == "":
		return // not known, or a private endpoint of a service elsewhere
	case strings.HasPrefix(s, "INTERNAL"):
		r.self.Set(graph.PropPublicAddress, graph.No, atValue(r, scheme, "its scheme is "+s))
		return
	}
	r.self.Set(graph.PropPublicAddress, graph.Yes, at(r, "load balancers are external unless their scheme says otherwise"))
	port := 0
	for _, attr := range []string{"port_range", "ports"} {
		for _, v := range r.Body.Get(attr).Elements() {
			text, _ := v.Text()
			low, _, _ := strings.Cut(text, "-")
			if n, err := strconv.Atoi(low); err == nil && port == 0 {
				port = n
			}
		}
	}
	b.flow(b.internet(), r.self, graph.Flow{Protocol: protocol, Port: port, Encrypted: encrypted, Peers: []string{"0.0.0.0/0"}}, at(r, "forwarding rule takes connections from the internet"))
}

// forwarding walks along the parts of one load balancer.
type forwarding struct {
	b        *builder
	from     *component
	met      map[*resource]bool
	filtered []graph.Evidence // of backend services with a policy that filters requests
	open     []graph.Evidence // of those without
}

func (w *forwarding) follow(r *resource, way []graph.Evidence) {
	if policy := r.Body.Get("security_policy"); !policy.IsNull() {
		w.filtered = append(w.filtered, atValue(r, policy, "a security policy filters requests"))
	} else if strings.HasSuffix(r.Type, "_backend_service") {
		w.open = append(w.open, at(r, "security_policy is not set, which means that nothing filters requests"))
	}
	for _, path := range googleHops {
		for _, v := range r.Body.All(path) {
			w.hop(r, v, way)
		}
	}
}

func (w *forwarding) hop(r *resource, v eval.Value, way []graph.Evidence) {
	way = append(slices.Clone(way), atValue(r, v, "load balancer leads on"))
	reached := false
	for _, e := range v.Elements() {
		for _, next := range w.b.named(e) {
			c := w.b.componentOf(next)
			switch {
			case c != nil && c != w.from:
				reached = true
				protocol, port := spoken(c)
				w.b.flow(w.from, c, graph.Flow{Protocol: protocol, Port: port}, way...)
			case c == nil && !w.met[next]:
				reached, w.met[next] = true, true
				w.follow(next, way)
			}
		}
	}
	if reached {
		return
	}
	for _, c := range w.b.targets(v) { // by its written name
		if c != w.from {
			w.b.flow(w.from, c, graph.Flow{}, way...)
		}
	}
}
