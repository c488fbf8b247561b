package terraform

import (
	"cmp"
	"slices"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// unitKinds are the boundaries around accounts and projects, and these themselves.
var unitKinds = map[string]graph.BoundaryKind{
	"aws_organizations_account":               graph.BoundaryAccount,
	"aws_organizations_organization":          graph.BoundaryOrganization,
	"aws_organizations_organizational_unit":   graph.BoundaryGroup,
	"azurerm_management_group":                graph.BoundaryGroup,
	"azurerm_subscription":                    graph.BoundaryAccount,
	"google_folder":                           graph.BoundaryGroup,
	"google_organization":                     graph.BoundaryOrganization,
	"google_project":                          graph.BoundaryAccount,
	projectFactory:                            graph.BoundaryAccount,
	"terraform-google-modules/folders/google": graph.BoundaryGroup,
}

// unitParents are the attributes that name the unit around one, the nearest first.
var unitParents = []string{"parent_id", "parent_management_group_id", "parent", "folder_id", "org_id"}

// organizations makes the boundaries of an organization: its units and accounts.
// The accounts that provider configurations stand for find theirs in account.
func (b *builder) organizations() {
	for _, r := range b.resources {
		if isUnit(r) && r.Mode != eval.Data {
			b.unit(r)
		}
	}
	b.perimeters()
}

// isUnit reports whether an instance is a boundary around accounts, or one itself. What
// is looked up says little, but for an organization, which Terraform can't make.
func isUnit(r *resource) bool {
	return r.row != nil && r.row.role == administrative && (r.Mode != eval.Data || r.Type == "google_organization")
}

// unit makes the boundary of an organization, a unit, or an account, and returns its ID.
func (b *builder) unit(r *resource) string {
	if id := b.nets.network[r.Address]; id != "" {
		return id
	}
	id := b.id(r.Address)
	b.nets.network[r.Address] = id // before its parent, so that a cycle ends here
	bd := &graph.Boundary{
		ID: id, Kind: unitKinds[r.row.typ], Name: b.humanName(r), Label: r.row.label, Address: r.Address, Source: r.Source,
		Attributes: attributes(r.Body),
	}
	if bd.Kind != graph.BoundaryOrganization {
		bd.Parent = b.unitAround(r)
		if bd.Parent == "" && provider(r.row.typ) == "aws" {
			bd.Parent = b.organization()
		}
	}
	b.nets.byID[id] = bd
	b.g.Boundaries = append(b.g.Boundaries, bd)
	return id
}

// unitAround returns the ID of the unit that one lies in, "" for none.
func (b *builder) unitAround(r *resource) string {
	for _, attr := range unitParents {
		if id := b.unitNamed(r.Body.Get(attr)); id != "" {
			return id
		}
	}
	for _, a := range b.byType["azurerm_management_group_subscription_association"] {
		if slices.Contains(b.named(a.Body.Get("subscription_id")), r) {
			return b.unitNamed(a.Body.Get("management_group_id"))
		}
	}
	return ""
}

// unitNamed returns the ID of the first unit that a value names, "" for none.
func (b *builder) unitNamed(v eval.Value) string {
	for _, r := range b.named(v) {
		if isUnit(r) {
			return b.unit(r)
		}
	}
	return ""
}

// organization returns the ID of the organization that the root makes, "" for none.
func (b *builder) organization() string {
	for _, r := range b.byType["aws_organizations_organization"] {
		return b.unit(r)
	}
	return ""
}

// accountOfProvider returns the ID of the account that a provider configuration
// assumes a role in, or names, where the root makes that account.
func (b *builder) accountOfProvider(name, alias string) string {
	for _, p := range b.result.Providers {
		if p.Name == name && p.Alias == alias && p.Module == "" {
			return cmp.Or(b.unitNamed(p.Body.Get("assume_role.role_arn")), b.unitNamed(p.Body.Get("subscription_id")))
		}
	}
	return ""
}

// readUnitPolicy makes a policy on an organization's units a part of theirs.
func readUnitPolicy(b *builder, r *resource) {
	id := b.unitNamed(r.Body.Get("target_id"))
	if id == "" {
		return
	}
	b.addPart(id, r)
	for _, policy := range b.named(r.Body.Get("policy_id")) {
		b.addPart(id, policy)
	}
}

// readAccountAssignment is the semantic of who signs in to an account as what.
func readAccountAssignment(b *builder, r *resource) {
	v := r.Body.Get("principal_id")
	who := b.targets(v)
	if len(who) == 0 {
		who = append(who, b.outside(b.id("identity center"), "users of the identity center", "identity provider", graph.TechIdentity, r.Source))
	}
	how := "signs in as"
	target := r.Body.Get("target_id")
	if bd := b.nets.byID[b.unitNamed(target)]; bd != nil {
		how = "signs in to " + bd.Name + " as"
	} else if account, ok := target.Literal(); ok {
		how = "signs in to account " + account + " as"
	}
	for _, from := range who {
		for _, set := range b.targets(r.Body.Get("permission_set_arn")) {
			b.grant(from, set, how, graph.AbilityAssume, false, at(r, "assigned to the account"))
		}
	}
}
