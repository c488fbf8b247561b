package terraform

import (
	"encoding/json"
	"slices"
	"strings"

	"drawbridge/graph"
)

// readUserPool says whether anyone may make an account in a pool: unless only
// administrators do, which is not the default.
func readUserPool(b *builder, r *resource) {
	v := r.Body.Get("admin_create_user_config.allow_admin_create_user_only")
	why := "allow_admin_create_user_only is not set, which means false: anyone may sign up"
	if v.IsSet() {
		why = propWhy("allow_admin_create_user_only", v, graph.Unknown)
	}
	r.self.Set(graph.PropSelfSignUp, v.Truth(graph.No).Not(), atValue(r, v, why))
}

// readUserPoolClient finds custom attributes that users may write by themselves:
// applications decide by them, for nobody keeps them for nothing.
func readUserPoolClient(b *builder, r *resource) {
	for _, c := range r.owners {
		for _, v := range r.Body.Get("write_attributes").Elements() {
			name, ok := v.Text()
			if _, custom := strings.CutPrefix(name, "custom:"); ok && custom {
				c.Set(graph.PropWritableClaims, graph.Yes, atValue(r, v, "write_attributes lets users change "+name+" themselves"))
			}
		}
	}
}

// readIdentityPool connects an identity pool with the user pools whose users get
// sessions from it.
func readIdentityPool(b *builder, r *resource) {
	for _, attr := range []string{"cognito_identity_providers.provider_name", "cognito_identity_providers.client_id"} {
		for _, v := range r.Body.All(attr) {
			for _, pool := range b.targets(v) {
				if pool.Technology == graph.TechIdentity {
					b.grant(pool, r.self, "its users get sessions", graph.AbilityInvoke, false, atValue(r, v, "users of the pool get sessions"))
				}
			}
		}
	}
}

// readCollectionPolicy is the semantic of a network policy of search collections.
func readCollectionPolicy(b *builder, r *resource) {
	if kind, _ := r.Body.Get("type").Text(); kind != "network" {
		return
	}
	v := r.Body.Get("policy")
	text, _ := v.Text()
	var policies []struct {
		Rules           []struct{ Resource []string }
		AllowFromPublic bool
	}
	if json.Unmarshal([]byte(text), &policies) != nil {
		return
	}
	for _, p := range policies {
		for _, rule := range p.Rules {
			for _, pattern := range rule.Resource {
				_, name, _ := strings.Cut(pattern, "/")
				for _, other := range b.byType["aws_opensearchserverless_collection"] {
					if other.self == nil || !slices.Contains(literalNames(other), name) {
						continue
					}
					other.self.Set(graph.PropPublicAddress, graph.Of(p.AllowFromPublic), atValue(r, v, "AllowFromPublic in its network policy"))
				}
			}
		}
	}
}
