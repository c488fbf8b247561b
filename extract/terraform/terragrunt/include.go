package terragrunt

import (
	"maps"
	"path"

	"drawbridge/extract/terraform/eval"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// include is an included configuration, as the including unit sees it.
type include struct {
	name, path string
	strategy   string
	config     *config
}

// How an included configuration is merged, as terragrunt names it.
const (
	noMerge = "no_merge"
	shallow = "shallow"
	deep    = "deep"
)

// include reads the configuration that a block names.
func (c *config) include(b *hclsyntax.Block) {
	if c.child != nil {
		c.note("unsupported", b.DefRange(), "include it from the unit itself", "an included configuration includes another, which terragrunt refuses")
		return
	}
	text, ok := c.argument(b.Body, "path").Literal()
	if !ok {
		c.note("missing-include", b.DefRange(), "", "the path of what is included can't be known")
		return
	}
	name, err := c.scope.Path(text)
	if err == nil && c.live.isDir(name) {
		name = path.Join(name, FileName)
	}
	if err != nil || !c.live.isFile(name) {
		c.note("missing-include", b.DefRange(), "scan the tree that holds it", "the included file "+text+" is not here")
		return
	}
	i := &include{name: label(b), path: name, strategy: shallow}
	if s, ok := c.argument(b.Body, "merge_strategy").Literal(); ok {
		i.strategy = s
	}
	if i.config = c.live.config(name, c.dir, c); i.config != nil && i.config != c {
		c.includes = append(c.includes, i)
	}
}

// included returns an include by name, nil where there is none.
func (c *config) included(name string) *include {
	for _, i := range c.includes {
		if i.name == name {
			return i
		}
	}
	return nil
}

// mergeInputs puts what counts more over included inputs.
func mergeInputs(under, over map[string]eval.Value, deeply bool) map[string]eval.Value {
	out := maps.Clone(under)
	for name, v := range over {
		if have, ok := out[name]; ok && deeply {
			v.V = mergeDeep(have.V, v.V)
		}
		out[name] = v
	}
	return out
}

// mergeDeep merges objects by attribute and appends lists; anything else is replaced.
func mergeDeep(under, over cty.Value) cty.Value {
	u, uMarks := under.Unmark()
	o, oMarks := over.Unmark()
	if !u.IsKnown() || !o.IsKnown() || u.IsNull() || o.IsNull() {
		return over
	}
	switch ut, ot := u.Type(), o.Type(); {
	case isObject(ut) && isObject(ot):
		out := u.AsValueMap()
		if out == nil {
			out = map[string]cty.Value{}
		}
		for name, v := range o.AsValueMap() {
			if have, ok := out[name]; ok {
				v = mergeDeep(have, v)
			}
			out[name] = v
		}
		return cty.ObjectVal(out).WithMarks(uMarks, oMarks)
	case isList(ut) && isList(ot):
		return cty.TupleVal(append(u.AsValueSlice(), o.AsValueSlice()...)).WithMarks(uMarks, oMarks)
	}
	return over
}

func isObject(t cty.Type) bool { return t.IsObjectType() || t.IsMapType() }
func isList(t cty.Type) bool   { return t.IsTupleType() || t.IsListType() || t.IsSetType() }
