package terraform

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/carried"
	"drawbridge/extract/terraform/eval"
	"drawbridge/extract/terraform/terragrunt"
	"drawbridge/graph"
)

// IsUnit reports whether a file of that name tells of Terragrunt units.
func IsUnit(name string) bool {
	base := path.Base(name)
	return base == terragrunt.FileName || base == terragrunt.StackFileName
}

// ReadUnits builds the models of the Terragrunt units among files: one for those that
// depend on each other, one for each of the others. Identifiers are led by the unit's
// directory, as those of a root are.
func ReadUnits(fsys fs.FS, files []string, opt Options) ([]*graph.Graph, *carried.Loose) {
	live := terragrunt.Load(fsys, files, opt.symbolic())
	var out []*graph.Graph
	all := &carried.Loose{Accounts: map[string]string{}}
	for _, r := range live.Results() {
		g, loose := model(fsys, r, opt.Types)
		all.Clusters, all.Spare = append(all.Clusters, loose.Clusters...), append(all.Spare, loose.Spare...)
		maps.Copy(all.Accounts, loose.Accounts)
		all.Made, all.Dangling = append(all.Made, loose.Made...), append(all.Dangling, loose.Dangling...)
		ownAddresses(g, r.Roots)
		out = append(out, g)
	}
	if notes := live.Notes(); len(notes) > 0 {
		out = append(out, &graph.Graph{Notes: notes})
	}
	return out, all
}

// EvaluateUnit evaluates one Terragrunt unit, see [Evaluate]; nil where the directory
// holds none.
func EvaluateUnit(fsys fs.FS, dir string, opt Options) *eval.Result {
	return terragrunt.Unit(fsys, dir, opt.symbolic())
}

// unitsAndModules returns the directories of Terragrunt units, and those of the modules
// that they call.
func unitsAndModules(fsys fs.FS, files []string) (units, modules []string) {
	if !slices.ContainsFunc(files, IsUnit) {
		return nil, nil
	}
	live := terragrunt.Load(fsys, files, eval.Options{})
	return live.Units(), live.Modules()
}

// ownAddresses cuts the roots' names off the addresses of a joined model: in its
// own root an instance has the address that terraform prints. Identifiers keep them.
func ownAddresses(g *graph.Graph, roots []string) {
	if len(roots) == 0 {
		return
	}
	own := func(address string) string {
		if dir, rest, ok := strings.Cut(address, ":"); ok && slices.Contains(roots, dir) {
			return rest
		}
		return address
	}
	evidence := func(list []graph.Evidence) {
		for i := range list {
			list[i].Address = own(list[i].Address)
		}
	}
	all := func(list []string) {
		for i := range list {
			list[i] = own(list[i])
		}
	}
	facts := func(of map[graph.Property]graph.Fact) {
		for p, f := range of {
			f.Evidence.Address = own(f.Evidence.Address)
			of[p] = f
		}
	}
	for _, c := range g.Components {
		if root, _, ok := strings.Cut(c.Address, ":"); ok && slices.Contains(roots, root) {
			for name, text := range c.Attributes {
				c.Attributes[name] = strings.ReplaceAll(text, "${"+root+":", "${")
			}
		}
		c.Address = own(c.Address)
		all(c.Parts)
		facts(c.Properties)
	}
	for _, b := range g.Boundaries {
		b.Address = own(b.Address)
		all(b.Parts)
		facts(b.Properties)
	}
	for _, f := range g.Flows {
		evidence(f.Evidence)
	}
	for _, r := range g.Grants {
		evidence(r.Evidence)
	}
	for i := range g.Notes {
		n := &g.Notes[i]
		if led := n.Address; own(led) != led {
			n.Address = own(led)
			n.Message = strings.ReplaceAll(n.Message, led, n.Address)
		}
	}
	g.Sort()
}
