package eval

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"drawbridge/graph"
)

// Join makes one result of several, of which each was evaluated with the prefix that
// its root leads addresses with. Dirs are the directories of the roots, and the result
// has the innermost one that holds them all. The outputs have addresses for names, as in
// [OutputRef].
func Join(roots, dirs []string, results []*Result) *Result {
	var resources []*Resource
	ps := providers{first: map[string]string{}}
	var rest Result
	for i, r := range results {
		resources = append(resources, r.Resources...)
		ps.add(roots[i], r)
		for _, o := range r.Outputs {
			o.Name = OutputRef(PrefixOf(roots[i]), o.Name).Address
			rest.Outputs = append(rest.Outputs, o)
		}
		rest.Moved = append(rest.Moved, r.Moved...)
		rest.Notes = append(rest.Notes, r.Notes...)
		rest.Files += r.Files
		rest.Blocks += r.Blocks
		rest.Noted += r.Noted
	}
	out := NewResult(common(dirs), resources)
	out.Environment = results[0].Environment
	for _, r := range results {
		if r.Environment != out.Environment {
			out.Environment = ""
		}
	}
	out.Roots, out.Outputs = roots, rest.Outputs
	out.Providers, out.Moved = ps.kept, rest.Moved
	out.Files, out.Blocks, out.Noted = rest.Files, rest.Blocks, rest.Noted
	g := graph.Graph{Notes: rest.Notes}
	g.Sort()
	out.Notes = slices.CompactFunc(g.Notes, func(a, b graph.Note) bool { return a == b })
	return out
}

// PrefixOf leads the addresses of a root within a joined result.
func PrefixOf(root string) string {
	if root == "" {
		return ""
	}
	return root + ":"
}

// OutputRef says that a value came out of a root through one of its outputs.
func OutputRef(prefix, name string) Ref { return Ref{Address: prefix + "output." + name} }

// common returns the innermost directory that holds all of the given ones.
func common(dirs []string) string {
	shared := strings.Split(dirs[0], "/")
	for _, dir := range dirs[1:] {
		steps := strings.Split(dir, "/")
		for i := range shared {
			if i >= len(steps) || steps[i] != shared[i] {
				shared = shared[:i]
				break
			}
		}
	}
	return path.Join(append([]string{"."}, shared...)...)
}

// providers tells the default provider configurations of joined roots apart. Roots of
// one account have the same, which is kept once. A root that has another one is in
// another account or region: its configuration gets the name of the root as alias, and
// its instances refer to that.
type providers struct {
	first map[string]string // settings by provider name
	kept  []Provider
}

func (ps *providers) add(root string, r *Result) {
	own := map[string]bool{} // names of the providers that get an alias
	for _, p := range r.Providers {
		if p.Module != "" || p.Alias != "" {
			ps.kept = append(ps.kept, p)
			continue
		}
		settings := settingsOf(p.Body)
		have, there := ps.first[p.Name]
		switch {
		case !there:
			ps.first[p.Name] = settings
		case have == settings:
			continue
		default:
			p.Alias, own[p.Name] = root, true
		}
		ps.kept = append(ps.kept, p)
	}
	for _, x := range r.Resources {
		name, _, _ := strings.Cut(x.Type, "_")
		name = cmp.Or(x.Provider, name)
		if x.Mode == MissingModule && len(own) == 1 {
			name = slices.Sorted(maps.Keys(own))[0] // the only one that the module can have
		}
		if own[name] {
			x.Provider = name + "." + root
		}
	}
}

// settingsOf writes a provider's arguments, for comparison.
func settingsOf(b *Block) string {
	var out strings.Builder
	out.WriteString(b.Type + "{")
	for _, name := range b.Names() {
		text, _ := b.Attrs[name].JSON()
		out.WriteString(name + "=" + text + ";")
	}
	for _, n := range b.Blocks {
		out.WriteString(settingsOf(n))
	}
	return out.String() + "}"
}
