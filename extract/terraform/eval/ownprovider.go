package eval

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// ownProvider are the functions of terraform's own provider:
// https://developer.hashicorp.com/terraform/language/functions/terraform-decode_tfvars
// and its neighbours. What other providers' functions give can't be known.
var ownProvider = map[string]function.Function{
	"provider::terraform::decode_tfvars": function.New(&function.Spec{
		Params: []function.Parameter{{Name: "src", Type: cty.String}},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return decodeVariables(args[0].AsString()) },
	}),
	"provider::terraform::encode_expr": function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true, AllowNull: true}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if !args[0].IsWhollyKnown() {
				return cty.UnknownVal(cty.String), nil
			}
			return cty.StringVal(string(hclwrite.Format(hclwrite.TokensForValue(args[0]).Bytes()))), nil
		},
	}),
	"provider::terraform::encode_tfvars": function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true}},
		Type:   function.StaticReturnType(cty.String),
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return encodeVariables(args[0]) },
	}),
}

func decodeVariables(text string) (cty.Value, error) {
	if nesting([]byte(text)) > maxNesting {
		return cty.NilVal, errors.New("expressions are nested too deep")
	}
	file, diags := hclsyntax.ParseConfig([]byte(text), "<variables>", hcl.InitialPos)
	if diags.HasErrors() {
		return cty.NilVal, errors.New(diagText(firstError(diags)))
	}
	attrs, diags := file.Body.JustAttributes()
	if diags.HasErrors() {
		return cty.NilVal, errors.New(diagText(firstError(diags)))
	}
	out := map[string]cty.Value{}
	for name, a := range attrs {
		v, diags := a.Expr.Value(nil)
		if diags.HasErrors() {
			return cty.NilVal, errors.New(diagText(firstError(diags)))
		}
		out[name] = v
	}
	return cty.ObjectVal(out), nil
}

func encodeVariables(v cty.Value) (cty.Value, error) {
	if t := v.Type(); t != cty.DynamicPseudoType && !t.IsObjectType() && !t.IsMapType() {
		return cty.NilVal, errors.New("the value must be an object or a map")
	}
	if !v.IsWhollyKnown() {
		return cty.UnknownVal(cty.String), nil
	}
	file := hclwrite.NewEmptyFile()
	values := v.AsValueMap()
	names := make([]string, 0, len(values))
	for name := range values {
		if !hclsyntax.ValidIdentifier(name) {
			return cty.NilVal, fmt.Errorf("%q is no name of a variable", name)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		file.Body().SetAttributeValue(name, values[name])
	}
	return cty.StringVal(string(hclwrite.Format(file.Bytes()))), nil
}
