package terraform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// properties applies the props of rows: a component's own first, with their
// defaults, then those of its details in the order of addresses, which win.
func (b *builder) properties() {
	for _, c := range b.order {
		told := map[graph.Property]bool{} // what a detail has said
		for _, r := range c.resources {
			if r.Mode == eval.Data {
				continue // what was not asked for is not known
			}
			pinModule(c, r)
			for i := range r.row.props {
				applyProp(c.Component, r, &r.row.props[i], told)
			}
			for _, v := range r.uses[encryptsBy] {
				if c.Kind == graph.Store && (r.self == c) && v.IsSet() && c.Is(graph.PropEncryptedAtRest) == graph.Unknown {
					c.Set(graph.PropEncryptedAtRest, graph.Yes, atValue(r, v, "encrypted with a key of one's own"))
				}
			}
		}
	}
}

// pinModule says whether a call of a module that is not there names a version.
func pinModule(c *component, r *resource) {
	if r.Mode != eval.MissingModule || r.self != c || strings.HasPrefix(r.ModuleSource, ".") {
		return
	}
	repository := strings.Contains(r.ModuleSource, "::") || strings.HasPrefix(r.ModuleSource, "git@") || strings.HasPrefix(r.ModuleSource, "github.com/") || strings.HasPrefix(r.ModuleSource, "bitbucket.org/")
	switch {
	case r.ModuleVersion != "" || strings.Contains(r.ModuleSource, "ref=") || strings.Contains(r.ModuleSource, "versionId="):
		c.Set(graph.PropPinnedModule, graph.Yes, at(r, "the call names a version"))
	case repository:
		e := at(r, "source names no ref")
		e.Fix = "add `?ref=` with a tag or commit to the `source` of " + r.Address
		c.Set(graph.PropPinnedModule, graph.No, e)
	default:
		e := at(r, "version is not set")
		e.Fix = "set `version` in " + r.Address
		c.Set(graph.PropPinnedModule, graph.No, e)
	}
}

// applyProp sets the property that a prop decides. What details say wins over the
// component's own word; of several details the worst counts, and each of the worst is a reason.
func applyProp(c *graph.Component, r *resource, p *prop, told map[graph.Property]bool) {
	set := func(value graph.Truth, attr string, e graph.Evidence) {
		e.Fix = p.fix(r, value, attr)
		if told[p.property] && r.self == nil {
			c.Add(p.property, value, e)
			return
		}
		c.Set(p.property, value, e)
		told[p.property] = r.self == nil
	}
	v, attr := propValue(r, p)
	if i := strings.LastIndexByte(attr, '.'); i > 0 && p.inside != graph.Unknown && !v.IsSet() && len(r.Body.BlocksOf(attr[:i])) > 0 {
		set(p.inside, attr, at(r, fmt.Sprintf("%s is not set in its block, which means %s", attr, boolWord(p.inside))))
		return
	}
	if p.test == always || (v.IsNull() && !v.IsSet()) {
		if p.unset == graph.Unknown && p.why == "" {
			return
		}
		why := p.why
		if why == "" {
			why = fmt.Sprintf("%s is not set, which means %s", attr, unsetWord(p))
		}
		set(p.unset, attr, at(r, why))
		return
	}
	if v.IsNull() { // written as null: the default
		set(p.unset, attr, atValue(r, v, fmt.Sprintf("%s is null, which means %s", attr, unsetWord(p))))
		return
	}
	value := p.eval(v)
	set(value, attr, atValue(r, v, propWhy(attr, v, value)))
}

// fix says what to write in a resource to turn a value that a defender does not want
// over, "" for the others.
func (p *prop) fix(r *resource, value graph.Truth, attr string) string {
	safe := p.property.Safe()
	if value != safe.Not() {
		return ""
	}
	path, name := "", attr
	if i := strings.LastIndexByte(attr, '.'); i >= 0 {
		path, name = attr[:i], attr[i+1:]
	}
	where := r.Address
	if path != "" {
		where = fmt.Sprintf("the `%s` block of %s", path, r.Address)
	}
	assign := func(value string) string { return fmt.Sprintf("set `%s = %s` in %s", name, value, where) }
	switch p.test {
	case flag:
		return assign(boolWord(safe))
	case notFlag:
		return assign(boolWord(safe.Not()))
	case positive:
		if safe == graph.No {
			return assign("0")
		}
		return fmt.Sprintf("set `%s` above 0 in %s", name, where)
	case is, isNot:
		if (safe == graph.Yes) == (p.test == is) {
			return assign(strconv.Quote(p.want))
		}
		return fmt.Sprintf("set `%s` in %s to something else than %q", name, where, p.want)
	case least:
		return fmt.Sprintf("set `%s` to %s or more in %s", name, p.want, where)
	case among:
		return fmt.Sprintf("set `%s` in %s to something newer than %s", name, where, strings.ReplaceAll(p.want, "|", ", "))
	case set:
		if safe == graph.No {
			return fmt.Sprintf("remove `%s` from %s", name, where)
		}
		return fmt.Sprintf("add `%s` to %s", name, where)
	case always:
		if r.self == nil {
			return "remove " + r.Address
		}
	}
	return ""
}

func propValue(r *resource, p *prop) (eval.Value, string) {
	first, rest, more := strings.Cut(p.attr, "|")
	for attr := first; ; {
		if v := r.Body.Get(attr); v.IsSet() {
			return v, attr
		}
		if !more {
			return eval.Value{}, first
		}
		attr, rest, more = strings.Cut(rest, "|")
	}
}

// eval decides the property by a value that is set.
func (p *prop) eval(v eval.Value) graph.Truth {
	switch p.test {
	case flag:
		return v.Truth(p.unset)
	case notFlag:
		return v.Truth(p.unset.Not()).Not()
	case least:
		n, ok := v.Int()
		if !ok {
			return graph.Unknown
		}
		wanted, _ := strconv.Atoi(p.want)
		return graph.Of(n >= wanted)
	case among:
		s, ok := v.Literal()
		if !ok {
			return graph.Unknown
		}
		return graph.Of(!slices.Contains(strings.Split(p.want, "|"), s))
	case set:
		if u := v.Elements(); len(u) == 0 {
			return graph.No
		}
		switch s, ok := v.Text(); {
		case ok && s == "":
			return graph.No
		case ok && isVariable(s):
			return graph.Unknown
		}
		return graph.Yes
	case positive:
		n, ok := v.Int()
		if !ok {
			return graph.Unknown
		}
		return graph.Of(n > 0)
	case is, isNot:
		s, ok := v.Literal() // a variable without a value decides nothing
		if !ok {
			return graph.Unknown
		}
		return graph.Of(strings.EqualFold(s, p.want) == (p.test == is))
	}
	return graph.Unknown
}

// isVariable reports whether a text is nothing but a variable without a value.
func isVariable(s string) bool {
	places := eval.Tokens(s)
	return len(places) == 1 && places[0].Start == 0 && places[0].End == len(s) && ofVariable(places[0].Address)
}

func unsetWord(p *prop) string {
	switch p.test {
	case flag:
		return boolWord(p.unset)
	case notFlag:
		return boolWord(p.unset.Not())
	}
	if p.unset == graph.No {
		return "no"
	}
	return p.unset.String()
}

func boolWord(t graph.Truth) string {
	switch t {
	case graph.Yes:
		return "true"
	case graph.No:
		return "false"
	}
	return "unknown"
}

func propWhy(attr string, v eval.Value, value graph.Truth) string {
	if v.IsSensitive() {
		return attr + " is set"
	}
	if s, ok := v.Text(); ok && len(s) < 60 {
		return fmt.Sprintf("%s is %s", attr, readable(s))
	}
	if value == graph.Unknown {
		return attr + " is not known"
	}
	return attr + " is set"
}
