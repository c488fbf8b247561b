package terraform

import (
	"drawbridge/extract/terraform/eval"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// zoneCount is how many zones a region is taken to have: nearly all have three, and
// configurations that take some of them take three or fewer.
const zoneCount = 3

// zones computes lists of a region's zones. Their names are told by the provider, at
// each plan; that there are some is known before.
func zones(attrs ...string) func(*eval.Resource) map[string]cty.Value {
	return func(r *eval.Resource) map[string]cty.Value {
		out := map[string]cty.Value{}
		for _, name := range attrs {
			list := make([]cty.Value, zoneCount)
			for i := range list {
				text := eval.Token(r.Address) + string(rune('a'+i))
				list[i] = cty.StringVal(text).Mark(eval.Ref{Address: r.Address, Attr: name, Computed: true})
			}
			out[name] = cty.ListVal(list)
		}
		return out
	}
}

// templateFile computes data "template_file": its template rendered with its
// vars. Functions within the template are left out, as such templates seldom
// call any; one that does stays unknown, with the marks of its vars.
func templateFile(r *eval.Resource) map[string]cty.Value {
	text, ok := r.Body.Get("template").Text()
	if !ok {
		return nil
	}
	return map[string]cty.Value{"rendered": filledIn(text, r.Source.File, r.Body.Get("vars").Fields())}
}

// filledIn renders a template of a file. What does not render is unknown, with the marks
// of all that is given.
func filledIn(text, file string, given map[string]eval.Value) cty.Value {
	marks := cty.ValueMarks{}
	vars := map[string]cty.Value{}
	for name, v := range given {
		vars[name] = v.V
		_, m := v.V.UnmarkDeep()
		for k := range m {
			marks[k] = struct{}{}
		}
	}
	unknown := cty.UnknownVal(cty.String).WithMarks(marks)
	expr, diags := hclsyntax.ParseTemplate([]byte(text), file, hcl.InitialPos)
	if diags.HasErrors() {
		return unknown
	}
	v, diags := expr.Value(&hcl.EvalContext{Variables: vars})
	if diags.HasErrors() {
		return unknown
	}
	return v
}
