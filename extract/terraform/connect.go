package terraform

import (
	"fmt"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// connect applies the links and semantics of rows, in the order of addresses.
func (b *builder) connect() {
	for _, r := range b.resources {
		if r.row == nil || r.Mode == eval.Data {
			continue
		}
		for i := range r.row.links {
			b.link(r, &r.row.links[i])
		}
		for _, f := range r.row.also {
			f(b, r)
		}
		b.encryptionKeys(r)
	}
}

// link makes the flows of one link of a row.
func (b *builder) link(r *resource, l *link) {
	f := graph.Flow{Protocol: l.protocol, Carries: l.carries, Basis: graph.Declared}
	if l.permitted {
		f.Basis = graph.Permitted
	}
	for _, from := range b.ends(r, l.from) {
		for _, to := range b.ends(r, l.to) {
			why := l.why
			if why == "" {
				why = linkWhy(r, from.path, to.path)
			}
			f := f
			if f.Protocol == "" && to.comp.Technology == graph.TechETL && from.comp.Technology.IsDatabase() {
				f.Protocol, f.Port = spoken(from.comp) // what moves data asks the database for it
			}
			b.flow(from.comp, to.comp, f, atValue(r, pick(to.value, from.value), why))
		}
	}
}

type end struct {
	comp  *component
	value eval.Value
	path  string // of the value, "" for the owner
}

func pick(a, b eval.Value) eval.Value {
	if a.IsSet() {
		return a
	}
	return b
}

// ends returns what one end of a link leads to; "a|b" are attributes of one meaning.
func (b *builder) ends(r *resource, attr string) []end {
	if attr == "" {
		out := make([]end, 0, len(r.owners))
		for _, c := range r.owners {
			out = append(out, end{comp: c})
		}
		return out
	}
	var out []end
	for path := range strings.SplitSeq(attr, "|") {
		for _, v := range r.Body.All(path) {
			for _, c := range b.reached(v, "HTTP endpoint") {
				out = append(out, end{c, v, path})
			}
		}
	}
	return out
}

func linkWhy(r *resource, from, to string) string {
	name := r.row.label
	if name == "" {
		name = strings.ReplaceAll(r.Type, "_", " ")
	}
	switch {
	case from != "" && to != "":
		return fmt.Sprintf("%s leads from its %s to its %s", name, lastStep(from), lastStep(to))
	case to != "":
		return fmt.Sprintf("%s names its %s", name, lastStep(to))
	}
	return fmt.Sprintf("%s names its %s", name, lastStep(from))
}

func lastStep(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[i+1:]
	}
	return path
}

// encryptionKeys makes a flow from what is encrypted to the key that encrypts it.
func (b *builder) encryptionKeys(r *resource) {
	for _, v := range r.uses[encryptsBy] {
		for _, key := range b.targets(v) {
			if key.Technology != graph.TechKey && key.Technology != graph.TechSecret { // a vault keeps both
				continue
			}
			for _, c := range r.owners {
				b.flow(c, key, graph.Flow{Basis: graph.Referenced, Carries: "encryption requests"}, atValue(r, v, "encrypted with this key"))
			}
		}
	}
}
