package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	"go.yaml.in/yaml/v3"
)

// readRestAPI opens an API to the internet unless it is private to networks.
func readRestAPI(b *builder, r *resource) {
	private := false
	for _, v := range r.Body.All("endpoint_configuration.types") {
		for _, e := range v.Elements() {
			if s, _ := e.Text(); s == "PRIVATE" {
				private = true
			}
		}
	}
	if private {
		r.self.Set(graph.PropPublic, graph.No, at(r, "endpoint is private to networks"))
		return
	}
	b.publicEndpoint(r, at(r, "API endpoint is public"))
	// An OpenAPI body holds its integrations: x-amazon-apigateway-integration.
	for _, attr := range []string{"body"} {
		for _, ref := range b.bodyTargets(r, r.Body.Get(attr)) {
			b.flow(r.self, ref.to, graph.Flow{}, ref.evidence)
		}
	}
}

func (b *builder) bodyTargets(r *resource, v eval.Value) []reference {
	if !v.IsSet() {
		return nil
	}
	s := &referenceScan{b: b, r: r, seen: map[*component]bool{}}
	s.value("API definition", v, 0)
	text, _ := v.Text()
	s.integrations(text, v)
	if strings.Contains(text, "EventBridge-PutEvents") && !slices.ContainsFunc(s.out, func(ref reference) bool { return ref.to.Technology == graph.TechEventBus }) {
		s.add(b.defaultBus(), "API definition", v, "events")
	}
	return s.out
}

// integrations reads the extensions of an OpenAPI document, in JSON or YAML, for
// hosts and private links that requests are handed to.
func (s *referenceScan) integrations(text string, v eval.Value) {
	if !strings.Contains(text, "x-amazon-apigateway-integration") {
		return
	}
	var doc any
	if yaml.Unmarshal([]byte(text), &doc) != nil { // JSON is YAML
		return
	}
	if t := strings.TrimSpace(text); t[0] != '{' {
		s.document("API definition", doc, v, 0)
	}
	s.integration("", doc, v, 0)
}

func (s *referenceScan) integration(name string, doc any, v eval.Value, depth int) {
	if depth > 4*maxNesting {
		return
	}
	switch x := doc.(type) {
	case map[string]any:
		uri, _ := x["uri"].(string)
		link, _ := x["connectionId"].(string)
		if name != "x-amazon-apigateway-integration" {
			uri, link = "", ""
		}
		if link != "" {
			s.leaf("connectionId", link, v)
		} else {
			s.add(s.b.outsideURL(uri, "HTTP endpoint", v.Source), "API definition", v, "")
		}
		for _, k := range sortedKeys(x) {
			s.integration(k, x[k], v, depth+1)
		}
	case []any:
		for _, e := range x {
			s.integration(name, e, v, depth+1)
		}
	}
}

// publicEndpoint says that a managed endpoint stands on the internet.
func (b *builder) publicEndpoint(r *resource, evidence ...graph.Evidence) {
	for _, c := range r.owners {
		c.Set(graph.PropPublicAddress, graph.Yes, evidence[0])
		b.flow(b.internet(), c, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Peers: []string{"0.0.0.0/0"}}, evidence...)
	}
}

// readHTTPAPI opens an HTTP or WebSocket API, which always has a public endpoint
// unless its default one is disabled and no domain stands before it.
func readHTTPAPI(b *builder, r *resource) {
	if r.Body.Get("disable_execute_api_endpoint").Truth(graph.No) == graph.Yes {
		r.self.Set(graph.PropPublicAddress, graph.Unknown, atValue(r, r.Body.Get("disable_execute_api_endpoint"), "default endpoint is disabled"))
	} else {
		b.publicEndpoint(r, at(r, "API endpoint is public"))
	}
	// target is the quick way to one integration.
	for _, v := range []eval.Value{r.Body.Get("target"), r.Body.Get("body")} {
		for _, ref := range b.bodyTargets(r, v) {
			b.flow(r.self, ref.to, graph.Flow{Basis: graph.Declared}, ref.evidence)
		}
	}
}

// readMethod is the semantic of a REST method or an HTTP route: whether callers
// must say who they are. One open method makes the API open.
func readMethod(b *builder, r *resource) {
	v := r.Body.Get("authorization")
	if !v.IsSet() {
		v = r.Body.Get("authorization_type")
	}
	kind, ok := v.Text()
	if !ok && v.IsSet() {
		return
	}
	if verb, _ := r.Body.Get("http_method").Text(); verb == "OPTIONS" {
		return // preflight requests never carry credentials
	}
	key := r.Body.Get("api_key_required").Truth(graph.No)
	for _, c := range r.owners {
		if kind == "" || kind == "NONE" {
			why := "method asks for no authorization"
			if key == graph.Yes {
				why = "method asks for no authorization but a key that all callers share"
			}
			c.Set(graph.PropAuthenticated, graph.No, atValue(r, v, why))
			b.openMethods[c] = append(b.openMethods[c], atValue(r, v, why))
			continue
		}
		if c.Is(graph.PropAuthenticated) == graph.Unknown {
			c.Set(graph.PropAuthenticated, graph.Yes, atValue(r, v, "method asks for "+kind))
		}
	}
}

// callOpenMethods tells of each method that asks for nothing, on the flow from the
// internet that reaches it.
func (b *builder) callOpenMethods() {
	for c, methods := range b.openMethods {
		if claims := b.flows[[2]string{graph.InternetID, c.ID}]; len(claims) > 0 {
			claims[0].flow.Evidence = append(claims[0].flow.Evidence, methods...)
		}
	}
}

// readIntegration is the semantic of what an API hands requests to: a function, a
// service's action, a load balancer, or a host.
func readIntegration(b *builder, r *resource) {
	uri := r.Body.Get("uri")
	if !uri.IsSet() {
		uri = r.Body.Get("integration_uri")
	}
	var to []*component
	seen := map[*component]bool{}
	add := func(list []*component) {
		for _, c := range list {
			if c != nil && !seen[c] && !owns(r, c) {
				seen[c] = true
				to = append(to, c)
			}
		}
	}
	link, _ := r.Body.Get("connection_type").Text()
	add(b.targets(uri))
	if len(to) == 0 && link == "VPC_LINK" {
		add(b.targets(r.Body.Get("connection_id")))
	}
	for _, attr := range []string{"request_templates", "request_parameters"} {
		for _, ref := range b.bodyTargets(r, r.Body.Get(attr)) {
			add([]*component{ref.to})
		}
	}
	action, _ := uri.Text()
	subtype, _ := r.Body.Get("integration_subtype").Text()
	if len(to) == 0 && (strings.Contains(action, ":events:action/PutEvents") || strings.HasPrefix(subtype, "EventBridge-")) {
		add([]*component{b.defaultBus()})
	}
	if len(to) == 0 && link != "VPC_LINK" {
		add([]*component{b.outsideURL(action, "HTTP endpoint", uri.Source)})
	}
	for _, from := range r.owners {
		for _, c := range to {
			f := graph.Flow{}
			if c.Technology == graph.TechFunction {
				f.Protocol, f.Port, f.Encrypted = "https", 443, graph.Yes
			}
			b.flow(from, c, f, atValue(r, uri, "API hands requests to it"))
		}
	}
}

func owns(r *resource, c *component) bool {
	for _, o := range r.owners {
		if o == c {
			return true
		}
	}
	return false
}

// readAuthorizer connects an API with what checks its callers.
func readAuthorizer(b *builder, r *resource) {
	for _, attr := range []string{"authorizer_uri", "provider_arns", "jwt_configuration.issuer"} {
		for _, v := range r.Body.All(attr) {
			for _, to := range b.reached(v, "identity provider") {
				for _, from := range r.owners {
					b.flow(from, to, graph.Flow{Protocol: "https", Port: 443, Carries: "credentials"}, atValue(r, v, "authorizer of the API"))
				}
			}
		}
	}
}

// readSignInProvider is the semantic of who signs users in for a pool.
func readSignInProvider(b *builder, r *resource) {
	v := r.Body.Get("provider_name")
	name, ok := v.Literal()
	if !ok {
		name, ok = r.Body.Get("provider_type").Literal()
	}
	if !ok {
		return
	}
	to := b.outside(b.id("sign-in/"+name), name, "identity provider", graph.TechIdentity, v.Source)
	for _, from := range r.owners {
		b.flow(from, to, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Carries: "sign-in"}, atValue(r, v, "users of the pool sign in there"))
	}
}

// readFunctionURL opens a function to the internet.
func readFunctionURL(b *builder, r *resource) {
	kind, ok := r.Body.Get("authorization_type").Text()
	auth := graph.Unknown
	if ok {
		auth = graph.Of(kind != "NONE")
	}
	for _, c := range r.owners {
		c.Set(graph.PropPublicAddress, graph.Yes, at(r, "function has a URL on the internet"))
		c.Set(graph.PropAuthenticated, auth, atValue(r, r.Body.Get("authorization_type"), "function URL asks for "+kind))
		b.flow(b.internet(), c, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: auth, Peers: []string{"0.0.0.0/0"}}, at(r, "function has a URL on the internet"))
	}
}

// readDistribution is the semantic of a CDN: its origins, and what it asks of viewers.
func readDistribution(b *builder, r *resource) {
	plain := graph.Unknown
	for _, path := range []string{"default_cache_behavior", "ordered_cache_behavior"} {
		for _, block := range r.Body.BlocksOf(path) {
			switch s, ok := block.Get("viewer_protocol_policy").Text(); {
			case ok && s == "allow-all":
				plain = graph.Yes
				r.self.Set(graph.PropEncryptedTransit, graph.No, atValue(r, block.Get("viewer_protocol_policy"), "viewers may use http"))
			case ok && plain == graph.Unknown:
				plain = graph.No
				r.self.Set(graph.PropEncryptedTransit, graph.Yes, atValue(r, block.Get("viewer_protocol_policy"), "viewers are held to https"))
			}
			for _, assoc := range []string{"lambda_function_association.lambda_arn", "function_association.function_arn"} {
				for _, v := range block.All(assoc) {
					for _, to := range b.targets(v) {
						b.flow(r.self, to, graph.Flow{Carries: "requests"}, atValue(r, v, "function at the edge"))
					}
				}
			}
		}
	}
	r.self.Set(graph.PropPublicAddress, graph.Yes, at(r, "distribution serves the internet"))
	in := graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Peers: []string{"0.0.0.0/0"}}
	if plain == graph.Yes {
		in.Protocol, in.Port, in.Encrypted = "http", 80, graph.No
	}
	b.flow(b.internet(), r.self, in, at(r, "distribution serves the internet"))
	for _, origin := range r.Body.BlocksOf("origin") {
		v := origin.Get("domain_name")
		to := b.targets(v)
		if text, ok := v.Literal(); ok && len(to) == 0 && strings.Contains(text, ".") {
			to = append(to, b.outside(text, text, "origin", graph.TechSaaS, v.Source))
		}
		f := graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes}
		switch policy, _ := origin.Get("custom_origin_config.origin_protocol_policy").Text(); policy {
		case "http-only":
			f.Protocol, f.Port, f.Encrypted = "http", 80, graph.No
		case "match-viewer":
			f.Protocol, f.Port, f.Encrypted = in.Protocol, in.Port, in.Encrypted
		}
		for _, c := range to {
			b.flow(r.self, c, f, atValue(r, v, "origin of the distribution"))
		}
	}
	if v := r.Body.Get("web_acl_id"); v.IsSet() && !v.IsNull() {
		r.self.Set(graph.PropFirewalled, graph.Yes, atValue(r, v, "web ACL stands before it"))
		limitedBy(b, r.self, v, "rule.statement.rate_based_statement.limit")
	} else {
		r.self.Set(graph.PropFirewalled, graph.No, at(r, "no web ACL is set"))
	}
}

// readWebACLAssociation puts a web application firewall before what it is associated with.
func readWebACLAssociation(b *builder, r *resource) {
	for _, c := range b.targets(r.Body.Get("resource_arn")) {
		c.Set(graph.PropFirewalled, graph.Yes, at(r, "web ACL is associated with it"))
		limitedBy(b, c, r.Body.Get("web_acl_arn"), "rule.statement.rate_based_statement.limit")
	}
}

// limitedBy says that callers are held to a rate where a firewall's policy has a rule for it.
func limitedBy(b *builder, c *component, policies eval.Value, attr string) {
	for _, policy := range b.named(policies) {
		for _, v := range policy.Body.All(attr) {
			if v.IsSet() && !v.IsNull() {
				c.Set(graph.PropRateLimited, graph.Yes, atValue(policy, v, "a rule of its firewall limits how often somebody may call"))
				return
			}
		}
	}
}
