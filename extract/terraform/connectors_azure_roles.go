package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// azureRole says what a built-in role lets its holder do. Azure documentation,
// "Azure built-in roles".
type azureRole struct {
	name string
	does graph.Ability
	on   graph.Technology // the only kind that it is about, "" for any
}

// azureRoles holds the roles whose name alone doesn't tell, sorted.
var azureRoles = []azureRole{
	{"AcrPull", graph.AbilityRead, graph.TechRegistry},
	{"AcrPush", graph.AbilityWrite, graph.TechRegistry},
	{"Azure Event Hubs Data Receiver", graph.AbilityRead, graph.TechStream},
	{"Azure Event Hubs Data Sender", graph.AbilityWrite, graph.TechStream},
	{"Azure Service Bus Data Receiver", graph.AbilityRead, graph.TechQueue},
	{"Azure Service Bus Data Sender", graph.AbilityWrite, graph.TechQueue},
	{"Azure Kubernetes Service Cluster Admin Role", graph.AbilityAdminister, graph.TechCluster},
	{"Azure Kubernetes Service Cluster User Role", graph.AbilityInvoke, graph.TechCluster},
	{"Data Factory Contributor", graph.AbilityExecute, graph.TechETL}, // a pipeline is code that runs as the factory
	{"Key Vault Administrator", graph.AbilityAdminister, graph.TechSecret},
	{"Key Vault Certificates Officer", graph.AbilityReadSecret, graph.TechSecret},
	{"Key Vault Crypto Officer", graph.AbilityReadSecret, graph.TechSecret},
	{"Key Vault Crypto User", graph.AbilityReadSecret, graph.TechSecret},
	{"Key Vault Reader", graph.AbilityOther, graph.TechSecret},
	{"Key Vault Secrets Officer", graph.AbilityReadSecret, graph.TechSecret},
	{"Key Vault Secrets User", graph.AbilityReadSecret, graph.TechSecret},
	{"Logic App Contributor", graph.AbilityExecute, graph.TechWorkflow},
	{"Managed Identity Contributor", graph.AbilityAdminister, graph.TechRole},
	{"Managed Identity Operator", graph.AbilityPass, graph.TechRole},
	{"Reader", graph.AbilityOther, ""},
	{"Storage Blob Data Contributor", graph.AbilityWrite, graph.TechObject},
	{"Storage Blob Data Owner", graph.AbilityWrite, graph.TechObject},
	{"Storage Blob Data Reader", graph.AbilityRead, graph.TechObject},
	{"Storage Queue Data Contributor", graph.AbilityWrite, graph.TechObject},
	{"Storage Table Data Contributor", graph.AbilityWrite, graph.TechObject},
	{"User Access Administrator", graph.AbilityAdminister, ""},
	{"Virtual Machine Administrator Login", graph.AbilityExecute, graph.TechServer},
	{"Virtual Machine Contributor", graph.AbilityExecute, graph.TechServer},
	{"Virtual Machine User Login", graph.AbilityExecute, graph.TechServer},
	{"Website Contributor", graph.AbilityExecute, graph.TechWebApp},
}

func azureAbility(role string) (graph.Ability, graph.Technology) {
	for _, known := range azureRoles {
		if strings.EqualFold(known.name, role) {
			return known.does, known.on
		}
	}
	switch word := role[strings.LastIndexByte(role, ' ')+1:]; strings.ToLower(word) {
	case "owner", "contributor", "administrator":
		return graph.AbilityAdminister, ""
	case "reader":
		return graph.AbilityRead, ""
	case "user":
		return graph.AbilityInvoke, ""
	}
	return graph.AbilityOther, ""
}

// readRoleAssignment is the semantic of a role that a principal has on a scope: a
// resource, or a group or subscription with all that is in it.
func readRoleAssignment(b *builder, r *resource) {
	role, ok := r.Body.Get("role_definition_name").Text()
	does, kind := azureAbility(role)
	wildcard := false
	if !ok {
		var definition *resource
		for _, d := range b.named(r.Body.Get("role_definition_id")) {
			definition = d
		}
		if definition == nil || definition.Mode == eval.Data {
			return
		}
		role, does, wildcard = customRole(definition)
	}
	scope := r.Body.Get("scope")
	for _, who := range b.azurePrincipals(r.Body.Get("principal_id")) {
		who.Parts = append(who.Parts, r.Address)
		for _, on := range b.named(scope) {
			switch c := b.componentOf(on); {
			case c != nil:
				b.grant(who, c, role, does, wildcard, at(r, "role assignment"))
				b.given = append(b.given, givenRole{who: who, to: c, does: does, evidence: at(r, role+" is given to it")})
			case on.row.role == grouping:
				b.grantInGroup(who, on, role, does, kind, at(r, "role assignment on the whole group"))
			}
		}
		if text, ok := scope.Text(); ok && wholeSubscription(text) && does == graph.AbilityAdminister {
			who.Set(graph.PropAdmin, graph.Yes, at(r, role+" on the whole subscription"))
		}
	}
}

// wholeSubscription reports whether a scope is a subscription or more.
func wholeSubscription(scope string) bool {
	scope = strings.Trim(scope, "/")
	return strings.HasPrefix(scope, "subscriptions/") && strings.Count(scope, "/") == 1 || strings.HasPrefix(scope, "providers/Microsoft.Management/managementGroups/")
}

// customRole reads a role of the root's own: what the strongest of its actions does.
func customRole(r *resource) (name string, does graph.Ability, wildcard bool) {
	name, _ = r.Body.Get("name").Text()
	does = graph.AbilityOther
	for _, v := range append(r.Body.All("permissions.actions"), r.Body.All("permissions.data_actions")...) {
		for _, e := range v.Elements() {
			action, _ := e.Text()
			switch {
			case action == "*", strings.HasSuffix(action, "/*"), strings.HasSuffix(action, "/write"), strings.HasSuffix(action, "/action"):
				does, wildcard = graph.AbilityAdminister, wildcard || action == "*"
			case strings.HasSuffix(action, "/read") && does == graph.AbilityOther:
				does = graph.AbilityRead
			}
		}
	}
	return name, does, wildcard
}

// grantInGroup grants on all that stands in a resource group.
func (b *builder) grantInGroup(who *component, group *resource, role string, does graph.Ability, kind graph.Technology, e graph.Evidence) {
	id := b.makeNetwork(group)
	made := 0
	for _, c := range b.order {
		if c.Boundary != id || c == who || c.Kind == graph.Identity || kind != "" && c.Technology != kind {
			continue
		}
		if made++; made > maxWildcardGrants {
			return
		}
		b.grant(who, c, role, does, true, e)
	}
}

// azurePrincipals returns whom an object ID stands for: a user, a group or an
// application, or what has an identity of its own.
func (b *builder) azurePrincipals(v eval.Value) []*component {
	var out []*component
	for _, r := range b.named(v) {
		if r.Mode == eval.Data {
			r = b.lookedUp(r)
		}
		if r == nil {
			continue
		}
		if c := b.componentOf(r); c != nil && c.Kind != graph.Store && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// lookedUp returns the instance of this root that a data source looks up by name,
// nil where it is another's.
func (b *builder) lookedUp(data *resource) *resource {
	for _, name := range data.Body.Names() {
		for _, ref := range data.Body.Attrs[name].Refs() {
			for _, r := range b.at(ref.Address) {
				if r.Type == data.Type && r.Mode == eval.Managed {
					return r
				}
			}
		}
	}
	return nil
}

// readVaultPolicy is the semantic of an access policy of a key vault, be it a
// resource or a block of the vault.
func readVaultPolicy(b *builder, r *resource) {
	blocks := []*eval.Block{r.Body}
	if r.self != nil {
		blocks = r.Body.BlocksOf("access_policy")
	}
	for _, block := range blocks {
		var allowed []string
		for _, attr := range []string{"secret_permissions", "key_permissions", "certificate_permissions"} {
			for _, e := range block.Get(attr).Elements() {
				p, _ := e.Text()
				switch strings.ToLower(p) {
				case "get", "decrypt", "unwrapkey", "sign", "backup":
					allowed = append(allowed, strings.TrimSuffix(attr, "_permissions")+" "+strings.ToLower(p))
				}
			}
		}
		if len(allowed) == 0 {
			continue
		}
		for _, who := range b.azurePrincipals(block.Get("object_id")) {
			for _, vault := range r.owners {
				b.grant(who, vault, strings.Join(firstFew(allowed), ", "), graph.AbilityReadSecret, false, atValue(r, block.Get("object_id"), "access policy of the vault"))
			}
		}
	}
}
