package terragrunt

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
)

// providers tells the default provider configurations of joined units apart. Units of
// one account have the same, which is kept once. A unit that has another one is in
// another account or region: its configuration gets the unit's directory as alias, and
// its instances refer to that.
type providers struct {
	first map[string]string // settings by provider name
	kept  []eval.Provider
}

func (ps *providers) add(dir string, r *eval.Result) {
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
			p.Alias, own[p.Name] = dir, true
		}
		ps.kept = append(ps.kept, p)
	}
	for _, x := range r.Resources {
		name, _, _ := strings.Cut(x.Type, "_")
		name = cmp.Or(x.Provider, name)
		if x.Mode == eval.MissingModule && len(own) == 1 {
			name = slices.Sorted(maps.Keys(own))[0] // the only one that the module can have
		}
		if own[name] {
			x.Provider = name + "." + dir
		}
	}
}

// settingsOf writes a provider's arguments, for comparison.
func settingsOf(b *eval.Block) string {
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
