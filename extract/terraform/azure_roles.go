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

// azureRoles holds the roles in use whose name alone doesn't tell, sorted.
var azureRoles = []azureRole{
	{"AcrDelete", graph.AbilityWrite, graph.TechRegistry},
	{"AcrImageSigner", graph.AbilityOther, graph.TechRegistry},
	{"AcrPull", graph.AbilityRead, graph.TechRegistry},
	{"AcrPush", graph.AbilityWrite, graph.TechRegistry},
	{"App Configuration Data Owner", graph.AbilityWrite, graph.TechConfig},
	{"App Configuration Data Reader", graph.AbilityRead, graph.TechConfig},
	{"Automation Contributor", graph.AbilityExecute, graph.TechJob},
	{"Automation Job Operator", graph.AbilityExecute, graph.TechJob},
	{"Automation Operator", graph.AbilityExecute, graph.TechJob},
	{"Azure Event Hubs Data Owner", graph.AbilityWrite, graph.TechStream},
	{"Azure Event Hubs Data Receiver", graph.AbilityRead, graph.TechStream},
	{"Azure Event Hubs Data Sender", graph.AbilityWrite, graph.TechStream},
	{"Azure Kubernetes Service Cluster Admin Role", graph.AbilityAdminister, graph.TechCluster},
	{"Azure Kubernetes Service Cluster User Role", graph.AbilityInvoke, graph.TechCluster},
	{"Azure Kubernetes Service Contributor Role", graph.AbilityAdminister, graph.TechCluster},
	{"Azure Kubernetes Service RBAC Admin", graph.AbilityAdminister, graph.TechCluster},
	{"Azure Kubernetes Service RBAC Cluster Admin", graph.AbilityAdminister, graph.TechCluster},
	{"Azure Kubernetes Service RBAC Reader", graph.AbilityOther, graph.TechCluster},
	{"Azure Kubernetes Service RBAC Writer", graph.AbilityExecute, graph.TechCluster},
	{"Azure Service Bus Data Owner", graph.AbilityWrite, graph.TechQueue},
	{"Azure Service Bus Data Receiver", graph.AbilityRead, graph.TechQueue},
	{"Azure Service Bus Data Sender", graph.AbilityWrite, graph.TechQueue},
	{"Backup Contributor", graph.AbilityAdminister, graph.TechSnapshot},
	{"Backup Operator", graph.AbilityOther, graph.TechSnapshot},
	{"Backup Reader", graph.AbilityOther, graph.TechSnapshot},
	{"Cognitive Services Contributor", graph.AbilityAdminister, graph.TechML},
	{"Cognitive Services OpenAI Contributor", graph.AbilityInvoke, graph.TechML},
	{"Cognitive Services OpenAI User", graph.AbilityInvoke, graph.TechML},
	{"Cognitive Services User", graph.AbilityInvoke, graph.TechML},
	{"Contributor", graph.AbilityAdminister, ""},
	{"Cosmos DB Account Reader Role", graph.AbilityOther, graph.TechNoSQL},
	{"Cosmos DB Built-in Data Contributor", graph.AbilityWrite, graph.TechNoSQL},
	{"Cosmos DB Built-in Data Reader", graph.AbilityRead, graph.TechNoSQL},
	{"Cosmos DB Operator", graph.AbilityOther, graph.TechNoSQL},
	{"Data Factory Contributor", graph.AbilityExecute, graph.TechETL}, // a pipeline is code that runs as the factory
	{"Desktop Virtualization User", graph.AbilityInvoke, graph.TechServer},
	{"DocumentDB Account Contributor", graph.AbilityAdminister, graph.TechNoSQL}, // lists the account's keys
	{"EventGrid Contributor", graph.AbilityAdminister, graph.TechEventBus},
	{"EventGrid Data Sender", graph.AbilityWrite, graph.TechEventBus},
	{"Key Vault Administrator", graph.AbilityReadSecret, graph.TechSecret},
	{"Key Vault Certificate User", graph.AbilityReadSecret, graph.TechSecret},
	{"Key Vault Certificates Officer", graph.AbilityReadSecret, graph.TechSecret},
	{"Key Vault Contributor", graph.AbilityAdminister, graph.TechSecret},
	{"Key Vault Crypto Officer", graph.AbilityReadSecret, graph.TechSecret},
	{"Key Vault Crypto Service Encryption User", graph.AbilityReadSecret, graph.TechSecret},
	{"Key Vault Crypto User", graph.AbilityReadSecret, graph.TechSecret},
	{"Key Vault Data Access Administrator", graph.AbilityAdminister, graph.TechSecret},
	{"Key Vault Reader", graph.AbilityOther, graph.TechSecret},
	{"Key Vault Secrets Officer", graph.AbilityReadSecret, graph.TechSecret},
	{"Key Vault Secrets User", graph.AbilityReadSecret, graph.TechSecret},
	{"Log Analytics Contributor", graph.AbilityAdminister, graph.TechLog},
	{"Log Analytics Reader", graph.AbilityRead, graph.TechLog},
	{"Logic App Contributor", graph.AbilityExecute, graph.TechWorkflow},
	{"Logic App Operator", graph.AbilityOther, graph.TechWorkflow},
	{"Managed Identity Contributor", graph.AbilityAdminister, graph.TechRole},
	{"Managed Identity Operator", graph.AbilityPass, graph.TechRole},
	{"Monitoring Contributor", graph.AbilityOther, graph.TechMonitoring},
	{"Monitoring Metrics Publisher", graph.AbilityWrite, graph.TechMonitoring},
	{"Monitoring Reader", graph.AbilityOther, graph.TechMonitoring},
	{"Network Contributor", graph.AbilityOther, graph.TechFirewall},
	{"Owner", graph.AbilityAdminister, ""},
	{"Private DNS Zone Contributor", graph.AbilityOther, graph.TechDNS},
	{"Reader", graph.AbilityOther, ""},
	{"Reader and Data Access", graph.AbilityRead, graph.TechObject}, // lists the account's keys
	{"Redis Cache Contributor", graph.AbilityAdminister, graph.TechCache},
	{"Role Based Access Control Administrator", graph.AbilityAdminister, ""},
	{"SQL DB Contributor", graph.AbilityOther, graph.TechSQL},
	{"SQL Security Manager", graph.AbilityAdminister, graph.TechSQL},
	{"SQL Server Contributor", graph.AbilityAdminister, graph.TechSQL},
	{"Search Index Data Contributor", graph.AbilityWrite, graph.TechSearch},
	{"Search Index Data Reader", graph.AbilityRead, graph.TechSearch},
	{"Search Service Contributor", graph.AbilityAdminister, graph.TechSearch},
	{"Security Admin", graph.AbilityOther, graph.TechMonitoring},
	{"Security Reader", graph.AbilityOther, graph.TechMonitoring},
	{"Storage Account Contributor", graph.AbilityAdminister, graph.TechObject}, // lists the account's keys
	{"Storage Account Key Operator Service Role", graph.AbilityRead, graph.TechObject},
	{"Storage Blob Data Contributor", graph.AbilityWrite, graph.TechObject},
	{"Storage Blob Data Owner", graph.AbilityWrite, graph.TechObject},
	{"Storage Blob Data Reader", graph.AbilityRead, graph.TechObject},
	{"Storage Blob Delegator", graph.AbilityRead, graph.TechObject},
	{"Storage File Data Privileged Contributor", graph.AbilityWrite, graph.TechObject},
	{"Storage File Data SMB Share Contributor", graph.AbilityWrite, graph.TechObject},
	{"Storage File Data SMB Share Elevated Contributor", graph.AbilityWrite, graph.TechObject},
	{"Storage File Data SMB Share Reader", graph.AbilityRead, graph.TechObject},
	{"Storage Queue Data Contributor", graph.AbilityWrite, graph.TechObject},
	{"Storage Queue Data Message Processor", graph.AbilityRead, graph.TechObject},
	{"Storage Queue Data Message Sender", graph.AbilityWrite, graph.TechObject},
	{"Storage Queue Data Reader", graph.AbilityRead, graph.TechObject},
	{"Storage Table Data Contributor", graph.AbilityWrite, graph.TechObject},
	{"Storage Table Data Reader", graph.AbilityRead, graph.TechObject},
	{"User Access Administrator", graph.AbilityAdminister, ""},
	{"Virtual Machine Administrator Login", graph.AbilityExecute, graph.TechServer},
	{"Virtual Machine Contributor", graph.AbilityExecute, graph.TechServer},
	{"Virtual Machine User Login", graph.AbilityExecute, graph.TechServer},
	{"Web Plan Contributor", graph.AbilityOther, graph.TechWebApp},
	{"Website Contributor", graph.AbilityExecute, graph.TechWebApp},
}

// azureGrantors holds the roles whose holder may give any role on the scope, sorted.
var azureGrantors = []string{"Owner", "Role Based Access Control Administrator", "User Access Administrator"}

// azureRoleIDs names roles by the identifier that each has in all tenants.
var azureRoleIDs = map[string]string{
	"00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
	"17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
	"18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
	"21090545-7ca7-4776-b22c-e363652d74d2": "Key Vault Reader",
	"2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
	"4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
	"4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
	"7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
	"8311e382-0749-4cb8-b61a-304f252e45ec": "AcrPush",
	"8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
	"974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
	"9980e02c-c2be-4d73-94e8-173b1dc7cf3c": "Virtual Machine Contributor",
	"acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
	"b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
	"b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
	"b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
	"ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
	"de139f84-1756-47ae-9be6-808fbbe84772": "Website Contributor",
	"f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
	"f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
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

// heldRole is what a role assignment gives: a role's name, and what it does to what.
type heldRole struct {
	name     string
	wildcard bool // a role of the root's own that allows everything
	does     []roleAction
	// condition is what must hold for its holder to have it, "" for nothing.
	condition string
}

// roleAction is what a role lets its holder do to one kind of component, "" for any.
type roleAction struct {
	does graph.Ability
	on   graph.Technology
}

// roleOf reads which role an assignment is of; ok is false where that can't be known.
func (b *builder) roleOf(r *resource) (role heldRole, ok bool) {
	if name, ok := r.Body.Get("role_definition_name").Text(); ok {
		does, on := azureAbility(name)
		return heldRole{name: name, does: []roleAction{{does, on}}}, true
	}
	v := r.Body.Get("role_definition_id")
	if text, ok := v.Text(); ok {
		if name := azureRoleIDs[text[strings.LastIndexByte(text, '/')+1:]]; name != "" {
			does, on := azureAbility(name)
			return heldRole{name: name, does: []roleAction{{does, on}}}, true
		}
	}
	for _, d := range b.named(v) {
		if d.Type != "azurerm_role_definition" {
			continue
		}
		if d.Mode == eval.Data {
			if name, ok := d.Body.Get("name").Text(); ok {
				does, on := azureAbility(name)
				return heldRole{name: name, does: []roleAction{{does, on}}}, true
			}
			continue
		}
		return customRole(d), true
	}
	return heldRole{}, false
}

// customActions say what operations of the resource manager mean, by their beginnings
// in lower case; the first that fits counts. Azure documentation, "Azure permissions".
var customActions = []struct {
	action string
	roleAction
}{
	{"microsoft.app/containerapps/", roleAction{graph.AbilityExecute, graph.TechContainer}},
	{"microsoft.authorization/roleassignments/write", roleAction{graph.AbilityAdminister, ""}},
	{"microsoft.authorization/roledefinitions/write", roleAction{graph.AbilityAdminister, ""}}, // of its own role, too
	{"microsoft.automation/automationaccounts/", roleAction{graph.AbilityExecute, graph.TechJob}},
	{"microsoft.compute/virtualmachines/extensions/write", roleAction{graph.AbilityExecute, graph.TechServer}},
	{"microsoft.compute/virtualmachines/runcommand", roleAction{graph.AbilityExecute, graph.TechServer}},
	{"microsoft.compute/virtualmachines/login", roleAction{graph.AbilityExecute, graph.TechServer}},
	{"microsoft.compute/virtualmachines/write", roleAction{graph.AbilityExecute, graph.TechServer}},
	{"microsoft.containerregistry/registries/pull", roleAction{graph.AbilityRead, graph.TechRegistry}},
	{"microsoft.containerregistry/registries/push", roleAction{graph.AbilityWrite, graph.TechRegistry}},
	{"microsoft.containerservice/managedclusters/listcluster", roleAction{graph.AbilityAdminister, graph.TechCluster}},
	{"microsoft.documentdb/databaseaccounts/listkeys", roleAction{graph.AbilityWrite, graph.TechNoSQL}},
	{"microsoft.eventhub/namespaces/messages/receive", roleAction{graph.AbilityRead, graph.TechStream}},
	{"microsoft.eventhub/namespaces/messages/send", roleAction{graph.AbilityWrite, graph.TechStream}},
	{"microsoft.keyvault/vaults/accesspolicies/write", roleAction{graph.AbilityAdminister, graph.TechSecret}},
	{"microsoft.keyvault/vaults/keys/decrypt", roleAction{graph.AbilityReadSecret, graph.TechSecret}},
	{"microsoft.keyvault/vaults/secrets/getsecret", roleAction{graph.AbilityReadSecret, graph.TechSecret}},
	{"microsoft.keyvault/vaults/write", roleAction{graph.AbilityAdminister, graph.TechSecret}},
	{"microsoft.managedidentity/userassignedidentities/assign", roleAction{graph.AbilityPass, graph.TechRole}},
	{"microsoft.servicebus/namespaces/messages/receive", roleAction{graph.AbilityRead, graph.TechQueue}},
	{"microsoft.servicebus/namespaces/messages/send", roleAction{graph.AbilityWrite, graph.TechQueue}},
	{"microsoft.storage/storageaccounts/blobservices/containers/blobs/read", roleAction{graph.AbilityRead, graph.TechObject}},
	{"microsoft.storage/storageaccounts/blobservices/containers/blobs/", roleAction{graph.AbilityWrite, graph.TechObject}},
	{"microsoft.storage/storageaccounts/listkeys", roleAction{graph.AbilityWrite, graph.TechObject}},
	{"microsoft.web/sites/", roleAction{graph.AbilityExecute, graph.TechWebApp}},
}

// customRole reads a role of the root's own, action by action.
func customRole(r *resource) heldRole {
	var out heldRole
	out.name, _ = r.Body.Get("name").Text()
	add := func(a roleAction) {
		if !slices.Contains(out.does, a) {
			out.does = append(out.does, a)
		}
	}
	for _, v := range append(r.Body.All("permissions.actions"), r.Body.All("permissions.data_actions")...) {
		for _, e := range v.Elements() {
			text, _ := e.Text()
			action := strings.ToLower(text)
			if action == "*" {
				out.wildcard = true
				add(roleAction{graph.AbilityAdminister, ""})
				continue
			}
			if strings.HasSuffix(action, "/read") && !strings.Contains(action, "/blobs/") && !strings.Contains(action, "/messages/") {
				add(roleAction{graph.AbilityOther, ""})
				continue
			}
			prefix, pattern := strings.CutSuffix(action, "*")
			for _, known := range customActions {
				if strings.HasPrefix(action, known.action) || pattern && prefix != "" && strings.HasPrefix(known.action, prefix) {
					add(known.roleAction)
				}
			}
		}
	}
	return out
}

// readRoleAssignment is the semantic of a role that a principal has on a scope: a
// resource, or all that is in a group, a subscription, or a group of those.
func readRoleAssignment(b *builder, r *resource) {
	role, ok := b.roleOf(r)
	if !ok {
		return
	}
	role.condition = azureCondition(r)
	scope := r.Body.Get("scope")
	for _, who := range b.azurePrincipals(r.Body.Get("principal_id")) {
		who.Parts = append(who.Parts, r.Address)
		for _, a := range role.does {
			b.startsPrograms(who, a.does, a.on)
		}
		whole := false
		if text, ok := scope.Text(); ok && wholeSubscription(text) {
			whole = true
		}
		for _, on := range b.named(scope) {
			c := b.componentOf(on)
			switch {
			case on.row.role == grouping && on.Type == "azurerm_resource_group":
				b.grantWithin(who, role, at(r, "role assignment on the whole group"), func(c *component) bool { return b.inGroup(c, on) })
			case on.row.role == administrative || strings.HasPrefix(on.Type, "azurerm_subscription"):
				whole = true
			case c != nil:
				b.grantRole(who, c, r, role)
			}
		}
		if whole {
			b.grantAbove(who, role, r)
		}
	}
}

// azureCondition returns what must hold for a role assignment, "" for nothing. Microsoft
// Learn, "What is Azure attribute-based access control".
func azureCondition(r *resource) string {
	v := r.Body.Get("condition")
	if !v.IsSet() {
		return ""
	}
	if text, ok := v.Text(); ok {
		return strings.Join(strings.Fields(readable(text)), " ")
	}
	return "a condition that the input leaves open"
}

// grantRole grants a role on one component.
func (b *builder) grantRole(who, c *component, r *resource, role heldRole) {
	does, _ := role.on(c)
	if does == "" {
		return
	}
	b.grantIf(role.condition, who, c, role.name, does, role.wildcard, at(r, "role assignment"))
	b.given = append(b.given, givenRole{who: who, to: c, does: does, evidence: at(r, role.name+" is given to it")})
}

// usesPolicies reports whether a vault's own access policies decide who reads it, and
// roles do not: the default until version 5 of the provider, which asks for an answer.
func usesPolicies(c *component) bool { return roleBased(c) == graph.No }

func roleBased(c *component) graph.Truth {
	for _, r := range c.resources {
		for _, attr := range []string{"rbac_authorization_enabled", "enable_rbac_authorization"} {
			if v := r.Body.Get(attr); v.IsSet() {
				return v.Truth(graph.Unknown)
			}
		}
	}
	return graph.Unknown
}

// grantAbove grants a role on all of a subscription or more.
func (b *builder) grantAbove(who *component, role heldRole, r *resource) {
	everything := role.wildcard || slices.ContainsFunc(role.does, func(a roleAction) bool { return a.does == graph.AbilityAdminister && a.on == "" })
	switch {
	case slices.Contains(azureGrantors, role.name), role.wildcard:
		who.Set(graph.PropAdmin, unconditional(role.condition), at(r, role.name+" on the whole subscription"))
		b.grantSelf(who, role.name, role.condition, at(r, "may give itself any role"))
		return
	case everything:
		who.Set(graph.PropAdmin, unconditional(role.condition), at(r, role.name+" on the whole subscription"))
		who.Set(graph.PropWildcardPolicy, unconditional(role.condition), at(r, role.name+" on the whole subscription"))
		return
	}
	account := b.account(r)
	b.grantWithin(who, role, at(r, "role assignment on the whole subscription"), func(c *component) bool {
		return provider(c.row.typ) == "azurerm" && len(c.resources) > 0 && b.account(c.resources[0]) == account
	})
}

// wholeSubscription reports whether a scope is a subscription or more.
func wholeSubscription(scope string) bool {
	scope = strings.Trim(scope, "/")
	return strings.HasPrefix(scope, "subscriptions/") && strings.Count(scope, "/") == 1 || strings.HasPrefix(scope, "providers/Microsoft.Management/managementGroups/")
}

// inGroup reports whether a component lies in a resource group, wherever its network does.
func (b *builder) inGroup(c *component, group *resource) bool {
	if len(c.resources) == 0 {
		return false
	}
	for _, attr := range []string{"resource_group_name", "parent_id"} {
		v := c.resources[0].Body.Get(attr)
		if slices.Contains(b.named(v), group) {
			return true
		}
		if text, ok := v.Literal(); ok && slices.Contains(literalNames(group), text) {
			return true
		}
	}
	return false
}

// grantWithin grants on all that a scope holds. A role on one kind of thing, of which the
// scope holds one, was given for that.
func (b *builder) grantWithin(who *component, role heldRole, e graph.Evidence, within func(*component) bool) {
	var data []givenRole
	made := 0
	for _, c := range b.order {
		if c == who || c.row == nil || !within(c) {
			continue
		}
		does, special := role.on(c)
		if does == "" {
			continue
		}
		if made++; made > maxWildcardGrants {
			return
		}
		b.grantIf(role.condition, who, c, role.name, does, true, e)
		if special {
			data = append(data, givenRole{who: who, to: c, does: does, evidence: e})
		}
	}
	if len(data) == 1 {
		b.given = append(b.given, data[0])
	}
}

// on returns the most that a role lets its holder do to a component, "" for nothing, and
// whether the role is about that kind of component.
func (role *heldRole) on(c *component) (best graph.Ability, special bool) {
	for _, a := range role.does {
		does := a.does
		switch {
		case a.on != "" && c.Technology != a.on && !(a.on == graph.TechWebApp && c.Technology == graph.TechFunction), a.on == graph.TechSecret && does == graph.AbilityReadSecret && usesPolicies(c):
			continue
		case c.Kind == graph.Identity && (c.Technology != graph.TechRole || !strings.HasPrefix(c.row.typ, "azurerm_")):
			continue // the directory's, not the group's
		case c.Kind == graph.Identity && does == graph.AbilityAdminister && a.on == "":
			does = graph.AbilityPass // who may change machines may also give them the identity
		case c.Kind == graph.Identity && a.on == "":
			continue
		}
		if slices.Index(abilityRank, does) > slices.Index(abilityRank, best) {
			best, special = does, a.on != ""
		}
	}
	return best, special
}

// azurePrincipals returns whom an object ID stands for: a user, a group or an
// application, or what has an identity of its own. One that a variable without a value
// names, or that another root made, is a principal too.
func (b *builder) azurePrincipals(v eval.Value) []*component {
	var out []*component
	for _, e := range v.Elements() {
		named := b.named(e)
		if len(named) == 0 {
			out = append(out, b.givenPrincipals(e)...)
		}
		for _, r := range named {
			if r.Mode == eval.Data {
				if own := b.lookedUp(r); own != nil {
					r = own
				} else {
					b.materialize(r)
				}
			}
			if c := b.componentOf(r); c != nil && (c.Kind == graph.Identity || c.Kind == graph.Process || c.row != nil && len(r.Body.BlocksOf("identity")) > 0) && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// givenPrincipals are the principals that whoever runs terraform gives by variables.
func (b *builder) givenPrincipals(v eval.Value) []*component {
	var out []*component
	for _, ref := range v.Refs() {
		if ref.Computed && strings.HasPrefix(ref.Address[strings.LastIndexByte(ref.Address, ':')+1:], "var.") {
			out = append(out, b.add(&component{kept: true, Component: &graph.Component{
				ID: b.id(ref.Address), Kind: graph.Identity, Name: lastStep(ref.Address), Technology: graph.TechRole, Label: "Principal that a variable names", Source: v.Source,
			}}))
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
				if roleBased(vault) == graph.Yes {
					continue // it does not ask its policies
				}
				e := atValue(r, block.Get("object_id"), "access policy of the vault")
				b.grant(who, vault, strings.Join(firstFew(allowed), ", "), graph.AbilityReadSecret, false, e)
				b.given = append(b.given, givenRole{who: who, to: vault, does: graph.AbilityReadSecret, evidence: e})
			}
		}
	}
}

// readCosmosRole is the semantic of a data role of a Cosmos DB account: the two built-in
// ones end with 1 for reading and 2 for writing. Azure documentation, "Azure Cosmos DB
// for NoSQL data plane security reference".
func readCosmosRole(b *builder, r *resource) {
	definition, _ := r.Body.Get("role_definition_id").Text()
	role := heldRole{name: "Cosmos DB data role", does: []roleAction{{graph.AbilityWrite, graph.TechNoSQL}}}
	if strings.HasSuffix(definition, "00000000-0000-0000-0000-000000000001") {
		role.does[0].does = graph.AbilityRead
	}
	for _, who := range b.azurePrincipals(r.Body.Get("principal_id")) {
		for _, c := range b.targets(r.Body.Get("account_name")) {
			b.grantRole(who, c, r, role)
		}
	}
}

// readCacheRole is the semantic of an access policy of a cache.
func readCacheRole(b *builder, r *resource) {
	name, _ := r.Body.Get("access_policy_name").Text()
	role := heldRole{name: name, does: []roleAction{{graph.AbilityWrite, graph.TechCache}}}
	if strings.Contains(name, "Reader") {
		role.does[0].does = graph.AbilityRead
	}
	for _, who := range b.azurePrincipals(r.Body.Get("object_id")) {
		for _, c := range b.targets(r.Body.Get("redis_cache_id")) {
			b.grantRole(who, c, r, role)
		}
	}
}

// readSynapseRole is the semantic of a role in a Synapse workspace.
func readSynapseRole(b *builder, r *resource) {
	name, _ := r.Body.Get("role_name").Text()
	role := heldRole{name: name, does: []roleAction{{graph.AbilityOther, graph.TechWarehouse}}}
	if strings.Contains(name, "Administrator") {
		role.does[0].does = graph.AbilityAdminister
	}
	for _, who := range b.azurePrincipals(r.Body.Get("principal_id")) {
		for _, c := range b.targets(r.Body.Get("synapse_workspace_id")) {
			b.grantRole(who, c, r, role)
		}
	}
}

// readServerAdministrator is the semantic of the directory's user or group that
// administers a database server.
func readServerAdministrator(b *builder, r *resource) {
	for _, path := range []string{"object_id", "azuread_administrator.object_id"} {
		for _, v := range r.Body.All(path) {
			for _, who := range b.azurePrincipals(v) {
				for _, c := range r.owners {
					b.grant(who, c, "administrator of the server", graph.AbilityAdminister, false, atValue(r, v, "administers the server"))
					b.given = append(b.given, givenRole{who: who, to: c, does: graph.AbilityWrite, evidence: atValue(r, v, "administers the server")})
				}
			}
		}
	}
}

// readMembership makes principals members of a group.
func readMembership(b *builder, r *resource) {
	v := r.Body.Get("group_object_id")
	for _, group := range b.azurePrincipals(v) {
		for _, who := range b.azurePrincipals(r.Body.Get("member_object_id")) {
			b.grant(who, group, "member of", graph.AbilityAssume, false, atValue(r, v, "member of the group"))
		}
	}
}

// readGroupMembers is the same for a group that names its members itself.
func readGroupMembers(b *builder, r *resource) {
	v := r.Body.Get("members")
	for _, who := range b.azurePrincipals(v) {
		b.grant(who, r.self, "member of", graph.AbilityAssume, false, atValue(r, v, "member of the group"))
	}
}

// readOwners is the semantic of owners: those of a group join it or let others in, those
// of an application make credentials for it. Microsoft Entra documentation, "Default user permissions".
func readOwners(b *builder, r *resource) {
	v := r.Body.Get("owners")
	for _, who := range b.azurePrincipals(v) {
		b.grant(who, r.self, "owner of", graph.AbilityAssume, false, atValue(r, v, "owns it, and so lets in whom it likes"))
	}
}

// readServicePrincipal connects an application with its principal in the tenant: who has
// the one's credentials acts as the other.
func readServicePrincipal(b *builder, r *resource) {
	for _, attr := range []string{"client_id", "application_id"} {
		v := r.Body.Get(attr)
		for _, app := range b.azurePrincipals(v) {
			if app.Technology == graph.TechRole {
				b.grant(app, r.self, "signs in as", graph.AbilityAssume, false, atValue(r, v, "its principal in the tenant"))
			}
		}
	}
}

// directoryAdmins are the roles of the directory whose holder may become any other.
// Microsoft Entra documentation, "Microsoft Entra built-in roles", by name and template.
var directoryAdmins = map[string]string{
	"62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
	"7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
	"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
	"e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
}

// readDirectoryRole is the semantic of a role in the directory itself.
func readDirectoryRole(b *builder, r *resource) {
	name := ""
	for _, attr := range []string{"role_id", "role_object_id"} {
		v := r.Body.Get(attr)
		if text, ok := v.Literal(); ok {
			name = directoryAdmins[text]
		}
		for _, role := range b.named(v) {
			name, _ = role.Body.Get("display_name").Literal()
			if id, ok := role.Body.Get("template_id").Literal(); ok {
				name = directoryAdmins[id]
			}
		}
	}
	admin := false
	for _, known := range directoryAdmins {
		admin = admin || known == name
	}
	if !admin {
		return
	}
	for _, attr := range []string{"principal_object_id", "member_object_id"} {
		for _, who := range b.azurePrincipals(r.Body.Get(attr)) {
			who.Parts = append(who.Parts, r.Address)
			who.Set(graph.PropAdmin, graph.Yes, at(r, name+" of the directory"))
			b.grant(who, who, name, graph.AbilityAdminister, false, at(r, "may give itself any role"))
		}
	}
}

// readFederation is the semantic of a credential that another issuer's tokens are: whom
// the subject names may become the identity. Accounts of a cluster stand in podidentity.go.
func readFederation(b *builder, r *resource) {
	v := r.Body.Get("issuer")
	issuer, ok := v.Literal()
	if !ok {
		return
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(issuer, "https://"), "/")
	subject, _ := r.Body.Get("subject").Text()
	if host == "" || strings.HasPrefix(subject, subjectPrefix) {
		return
	}
	from := b.outside(host, host, "identity provider", graph.TechIdentity, r.Source)
	for _, attr := range []string{"parent_id", "user_assigned_identity_id", "application_id", "application_object_id"} {
		for _, to := range b.targets(r.Body.Get(attr)) {
			wild := strings.Contains(subject, "*")
			b.grant(from, to, "assume", graph.AbilityAssume, wild, atValue(r, r.Body.Get("subject"), "federated credential trusts "+readable(subject)))
		}
	}
}

// readDelegation is the semantic of another tenant that may act in the subscription.
func readDelegation(b *builder, r *resource) {
	v := r.Body.Get("managing_tenant_id")
	tenant, ok := v.Literal()
	if !ok {
		tenant = "not known"
	}
	from := b.outside("tenant "+tenant, "tenant "+tenant, "Azure tenant", graph.TechAccount, r.Source)
	for _, block := range r.Body.BlocksOf("authorization") {
		id, _ := block.Get("role_definition_id").Text()
		name := azureRoleIDs[id[strings.LastIndexByte(id, '/')+1:]]
		if name == "" {
			continue
		}
		does, on := azureAbility(name)
		b.grantWithin(from, heldRole{name: name, does: []roleAction{{does, on}}}, atValue(r, v, "the subscription is delegated to another tenant"), func(c *component) bool {
			return provider(c.row.typ) == "azurerm"
		})
	}
}
