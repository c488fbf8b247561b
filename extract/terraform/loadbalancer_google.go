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
	"backend_service", "backend.group", "bucket_name", "cloud_run.service", "cloud_function.function", "app_engine.service", "instances", "instance",
	"network_endpoints.instance", "target_service",
}

// endpointMembers are the types whose instances name the group that they are members of,
// with the attribute that does.
var endpointMembers = []struct{ typ, group string }{
	{"google_compute_global_network_endpoint", "global_network_endpoint_group"},
	{"google_compute_instance_group_membership", "instance_group"},
	{"google_compute_network_endpoint", "network_endpoint_group"},
	{"google_compute_network_endpoints", "network_endpoint_group"},
	{"google_compute_region_network_endpoint", "region_network_endpoint_group"},
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
	authenticated := graph.Unknown
	switch {
	case len(walk.signedIn) > 0 && len(walk.anonymous) == 0:
		authenticated = graph.Yes
		r.self.Set(graph.PropAuthenticated, graph.Yes, walk.signedIn[0])
	case len(walk.signedIn) > 0:
		authenticated = graph.No
	}
	if walk.private {
		r.self.Label = "Private Service Connect endpoint"
	}
	switch {
	case len(walk.filtered) > 0 && len(walk.open) == 0:
		r.self.Set(graph.PropFirewalled, graph.Yes, walk.filtered[0])
		if len(walk.policies) == 1 { // of several each may say another thing
			limitedBy(b, r.self, walk.policies[0], "rule.rate_limit_options.rate_limit_threshold.count")
		}
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
	b.flow(b.internet(), r.self, graph.Flow{Protocol: protocol, Port: port, Encrypted: encrypted, Authenticated: authenticated, Peers: []string{"0.0.0.0/0"}}, at(r, "forwarding rule takes connections from the internet"))
}

// forwarding walks along the parts of one load balancer.
type forwarding struct {
	b        *builder
	from     *component
	met      map[*resource]bool
	filtered []graph.Evidence // of backend services with a policy that filters requests
	policies []eval.Value     // these policies
	open     []graph.Evidence // of those without
	// signedIn are those where the platform asks who calls before it passes requests on
	// (Identity-Aware Proxy), anonymous those where it does not.
	signedIn, anonymous []graph.Evidence
	// private is set where it leads to what another network's service is attached by.
	private bool
}

func (w *forwarding) follow(r *resource, way []graph.Evidence) {
	if policy := r.Body.Get("security_policy"); !policy.IsNull() {
		w.filtered = append(w.filtered, atValue(r, policy, "a security policy filters requests"))
		w.policies = append(w.policies, policy)
	} else if strings.HasSuffix(r.Type, "_backend_service") {
		w.open = append(w.open, at(r, "security_policy is not set, which means that nothing filters requests"))
	}
	if strings.HasSuffix(r.Type, "_backend_service") {
		if proxy := r.Body.BlocksOf("iap"); len(proxy) > 0 && proxy[0].Get("enabled").Truth(graph.Yes) == graph.Yes {
			w.signedIn = append(w.signedIn, at(r, "callers sign in at the Identity-Aware Proxy"))
		} else {
			w.anonymous = append(w.anonymous, at(r, "iap is not set"))
		}
	}
	w.private = w.private || r.Type == "google_compute_service_attachment"
	for _, path := range googleHops {
		for _, v := range r.Body.All(path) {
			w.hop(r, v, way)
		}
	}
	if strings.HasSuffix(r.Type, "_group") {
		w.members(r, way)
	}
}

// members follows what names a group as its own.
func (w *forwarding) members(group *resource, way []graph.Evidence) {
	for _, m := range endpointMembers {
		for _, r := range w.b.byType[m.typ] {
			if w.met[r] || !slices.Contains(w.b.named(r.Body.Get(m.group)), group) {
				continue
			}
			w.met[r] = true
			way := append(slices.Clone(way), at(r, "is in the group"))
			w.follow(r, way)
			if v := r.Body.Get("fqdn"); v.IsSet() {
				if host, ok := v.Literal(); ok {
					if c := w.b.outsideURL("https://"+strings.TrimSuffix(host, "."), "HTTP endpoint", v.Source); c != nil {
						w.b.flow(w.from, c, graph.Flow{}, append(way, atValue(r, v, "load balancer leads on"))...)
					}
				}
			}
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

// readModuleWebBalancer opens the load balancer that the registry's module makes: by
// http unless it is told not to, by https where it is given certificates.
func readModuleWebBalancer(b *builder, r *resource) {
	scheme := r.Body.Get("load_balancing_scheme")
	switch s, known := scheme.Literal(); {
	case scheme.IsSet() && !known:
		return
	case strings.HasPrefix(s, "INTERNAL"):
		r.self.Set(graph.PropPublicAddress, graph.No, atValue(r, scheme, "its scheme is "+s))
		return
	}
	r.self.Set(graph.PropPublicAddress, graph.Yes, at(r, "load balancers are external unless their scheme says otherwise"))
	open := func(protocol string, port int, why string) {
		b.flow(b.internet(), r.self, graph.Flow{Protocol: protocol, Port: port, Peers: []string{"0.0.0.0/0"}}, at(r, why))
	}
	if r.Body.Get("ssl").Truth(graph.No) == graph.Yes {
		open("https", 443, "ssl is true")
	}
	if r.Body.Get("http_forward").Truth(graph.Yes) == graph.Yes && r.Body.Get("https_redirect").Truth(graph.No) != graph.Yes {
		open("http", 80, "http_forward is not set to false")
	}
}
