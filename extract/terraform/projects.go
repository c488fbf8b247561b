package terraform

import (
	"cmp"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// projectFactory is the registry's module that most organizations make projects with.
const projectFactory = "terraform-google-modules/project-factory/google"

// projectAround returns the ID of the project that an instance names as its own: one
// that the root makes, or one of several that it names. "" leaves it in its provider's.
func (b *builder) projectAround(r *resource, label string, place graph.Source) string {
	v := ownProject(r)
	if id := b.unitNamed(v); id != "" {
		return id
	}
	name := projectText(v)
	if name == "" || len(b.projects()) < 2 || name == b.providerProject(r) {
		return ""
	}
	address := "provider.google/" + name
	id := b.id(address)
	if b.nets.byID[id] == nil {
		bd := &graph.Boundary{ID: id, Kind: graph.BoundaryAccount, Name: strings.TrimPrefix(name, "var."), Label: label, Address: address, Source: place}
		if b.result.Environment != "" {
			bd.Name += " (" + b.result.Environment + ")"
		}
		b.nets.byID[id] = bd
		b.g.Boundaries = append(b.g.Boundaries, bd)
	}
	return id
}

// ownProject is the attribute by which an instance names its project; modules spell
// it in two ways.
func ownProject(r *resource) eval.Value {
	v := r.Body.Get("project")
	if v.IsNull() && r.Mode == eval.MissingModule {
		return r.Body.Get("project_id")
	}
	return v
}

// projectText is a project's name as it is written, "" where that says nothing: what
// was looked up may be any.
func projectText(v eval.Value) string {
	s, ok := v.Text()
	if !ok {
		if refs := v.Refs(); len(refs) == 1 && ofVariable(refs[0].Address) {
			return refs[0].Address // of no declared type
		}
		return ""
	}
	for _, place := range eval.Tokens(s) {
		if strings.Contains("."+place.Address, ".data.") {
			return ""
		}
	}
	text := readable(s)
	if inner, ok := strings.CutPrefix(text, "${"); ok && strings.IndexByte(inner, '}') == len(inner)-1 {
		return strings.TrimSuffix(inner, "}") // one thing as a whole
	}
	return text
}

// projects are the names of all projects that instances of the root stand in, but for
// those that the root makes, sorted. One that a provider's configuration names counts.
func (b *builder) projects() []string {
	if b.nets.projects != nil {
		return b.nets.projects
	}
	names := map[string]bool{}
	for _, r := range b.resources {
		if r.row == nil || r.Mode == eval.Data || provider(r.row.typ) != "google" || r.row.role.kind() == "" && r.row.role != network {
			continue
		}
		if v := ownProject(r); b.unitNamed(v) == "" {
			if name := cmp.Or(projectText(v), b.providerProject(r)); name != "" {
				names[name] = true
			}
		}
	}
	b.nets.projects = append([]string{}, sortedKeys(names)...)
	return b.nets.projects
}

// providerProject is the project that the configuration of an instance's provider
// names, "" for none.
func (b *builder) providerProject(r *resource) string {
	name, alias, _ := strings.Cut(cmp.Or(r.Provider, provider(r.Type)), ".")
	for _, p := range b.result.Providers {
		if p.Name == name && p.Alias == alias && p.Module == "" {
			return projectText(p.Body.Get("project"))
		}
	}
	return ""
}

// perimeters puts the boundary of each service perimeter around the projects that it
// names: what is in them talks to the platform's services, and those outside don't.
// Google Cloud documentation, "VPC Service Controls".
func (b *builder) perimeters() {
	const typ = "google_access_context_manager_service_perimeter"
	members := map[*resource][]eval.Value{}
	for _, r := range b.byType[typ] {
		members[r] = append(r.Body.All("status.resources"), r.Body.All("spec.resources")...)
	}
	for _, m := range b.byType[typ+"_resource"] {
		for _, r := range b.named(m.Body.Get("perimeter_name")) {
			members[r] = append(members[r], m.Body.Get("resource"))
		}
	}
	for _, r := range b.byType[typ] {
		var inside []*graph.Boundary
		for _, v := range members[r] {
			for _, e := range v.Elements() {
				if bd := b.nets.byID[b.unitNamed(e)]; bd != nil && !slices.Contains(inside, bd) {
					inside = append(inside, bd)
				}
			}
		}
		if len(inside) == 0 {
			continue
		}
		p := &graph.Boundary{
			ID: b.id(r.Address), Kind: graph.BoundaryGroup, Name: b.humanName(r), Label: r.row.label, Address: r.Address, Source: r.Source,
			Attributes: attributes(r.Body), Parent: inside[0].Parent,
		}
		for _, bd := range inside {
			if bd.Parent == p.Parent { // boundaries are a tree: others stay where they are
				bd.Parent = p.ID
			}
		}
		b.nets.byID[p.ID] = p
		b.g.Boundaries = append(b.g.Boundaries, p)
	}
}

// insideUnit reports whether a boundary lies in a unit, Unknown where what is around
// it is not known up to the top.
func (b *builder) insideUnit(boundary, unit string) graph.Truth {
	for id := boundary; id != ""; id = b.nets.byID[id].Parent {
		bd := b.nets.byID[id]
		if bd == nil {
			return graph.Unknown
		}
		if id == unit {
			return graph.Yes
		}
		if bd.Kind == graph.BoundaryOrganization || bd.Kind == graph.BoundaryGroup {
			if bd.Parent == "" {
				return graph.No
			}
		}
	}
	return graph.Unknown
}
