package eval

import (
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// toCollection converts to a list, set or map. The library looks for a common type
// of a tuple's elements by comparing each with each; where all have one type, as
// they do in the long ones that for-expressions make, there is nothing to look for.
func toCollection(want cty.Type) function.Function {
	general := stdlib.MakeToFunc(want)
	return function.New(&function.Spec{
		Params: []function.Parameter{open(function.Parameter{Name: "v", Type: cty.DynamicPseudoType})},
		Type: func(args []cty.Value) (cty.Type, error) {
			element, ok := commonElement(args[0], want)
			switch {
			case !ok:
				return general.ReturnTypeForValues(args)
			case want.IsSetType():
				return cty.Set(element), nil
			case want.IsMapType():
				return cty.Map(element), nil
			}
			return cty.List(element), nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if _, ok := commonElement(args[0], want); !ok {
				return general.Call(args)
			}
			v, marks := args[0].Unmark()
			switch {
			case want.IsSetType():
				return cty.SetVal(v.AsValueSlice()).WithMarks(marks), nil
			case want.IsMapType():
				return cty.MapVal(v.AsValueMap()).WithMarks(marks), nil
			}
			return cty.ListVal(v.AsValueSlice()).WithMarks(marks), nil
		},
	})
}

// commonElement returns the type that all elements of a tuple, or attributes of an
// object that becomes a map, have already.
func commonElement(v cty.Value, want cty.Type) (cty.Type, bool) {
	u, _ := v.Unmark()
	t := u.Type()
	if !u.IsKnown() || u.IsNull() {
		return cty.NilType, false
	}
	var types []cty.Type
	switch {
	case t.IsTupleType() && !want.IsMapType():
		types = t.TupleElementTypes()
	case t.IsObjectType() && want.IsMapType():
		types = slices.Collect(maps.Values(t.AttributeTypes()))
	}
	if !oneType(types) {
		return cty.NilType, false
	}
	return types[0], true
}

// oneType reports whether there is at least one type, and all are the same.
func oneType(types []cty.Type) bool {
	for _, t := range types {
		if t.HasDynamicTypes() || !t.Equals(types[0]) {
			return false
		}
	}
	return len(types) > 0
}

// elementFunc gives what any element may be where the index can't be known.
var elementFunc = function.New(&function.Spec{
	Params: []function.Parameter{
		open(function.Parameter{Name: "list", Type: cty.DynamicPseudoType}),
		open(function.Parameter{Name: "index", Type: cty.Number}),
	},
	Type: func(args []cty.Value) (cty.Type, error) {
		if anyIndex(args) {
			return cty.DynamicPseudoType, nil
		}
		return stdlib.ElementFunc.ReturnTypeForValues(args)
	},
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if anyIndex(args) {
			_, marks := args[1].Unmark()
			return anyElement(args[0], marks), nil
		}
		return stdlib.ElementFunc.Call(args)
	},
})

// anyIndex reports whether the arguments of element are a list of known length and
// an index that can't be known.
func anyIndex(args []cty.Value) bool {
	list, _ := args[0].Unmark()
	i, marks := args[1].Unmark()
	t := list.Type()
	return (!i.IsKnown() || isComputed(marks)) && (t.IsTupleType() || t.IsListType()) && length(args[0]) > 0
}
