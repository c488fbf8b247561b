package eval

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/go-cty-funcs/cidr"
	ctyfuncs "github.com/hashicorp/go-cty-funcs/collection"
	"github.com/hashicorp/go-cty-funcs/crypto"
	"github.com/hashicorp/go-cty-funcs/encoding"
	"github.com/hashicorp/go-cty-funcs/filesystem"
	"github.com/hashicorp/go-cty-funcs/uuid"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	"github.com/zclconf/go-cty/cty/gocty"
)

// functions returns terraform's functions, by name and by name within core::. All
// but those that work on expressions are wrapped: see decided.
func (ev *evaluator) functions() map[string]function.Function {
	all := map[string]function.Function{
		"abs":              stdlib.AbsoluteFunc,
		"abspath":          abspathFunc,
		"alltrue":          quantifier(true),
		"anytrue":          quantifier(false),
		"base64decode":     base64decodeFunc,
		"base64encode":     encoding.Base64EncodeFunc,
		"base64gzip":       base64gzipFunc,
		"base64sha256":     base64sha256Func,
		"base64sha512":     base64sha512Func,
		"basename":         filesystem.BasenameFunc,
		"bcrypt":           tokenFunc("bcrypt", 1, 99),
		"ceil":             stdlib.CeilFunc,
		"chomp":            stdlib.ChompFunc,
		"chunklist":        stdlib.ChunklistFunc,
		"cidrhost":         decimalCIDR(cidr.HostFunc),
		"cidrnetmask":      decimalCIDR(netmaskFunc),
		"cidrsubnet":       decimalCIDR(subnetFunc),
		"cidrsubnets":      decimalCIDR(cidr.SubnetsFunc),
		"coalesce":         ctyfuncs.CoalesceFunc,
		"coalescelist":     stdlib.CoalesceListFunc,
		"compact":          stdlib.CompactFunc,
		"concat":           stdlib.ConcatFunc,
		"contains":         containsFunc,
		"csvdecode":        stdlib.CSVDecodeFunc,
		"dirname":          filesystem.DirnameFunc,
		"distinct":         stdlib.DistinctFunc,
		"element":          elementFunc,
		"endswith":         affix(strings.HasSuffix),
		"flatten":          stdlib.FlattenFunc,
		"floor":            stdlib.FloorFunc,
		"format":           stdlib.FormatFunc,
		"formatdate":       stdlib.FormatDateFunc,
		"formatlist":       stdlib.FormatListFunc,
		"indent":           stdlib.IndentFunc,
		"index":            indexFunc,
		"join":             stdlib.JoinFunc,
		"jsondecode":       stdlib.JSONDecodeFunc,
		"keys":             stdlib.KeysFunc,
		"length":           lengthFunc,
		"list":             legacyListFunc,
		"log":              stdlib.LogFunc,
		"lookup":           lookupFunc,
		"lower":            stdlib.LowerFunc,
		"map":              legacyMapFunc,
		"matchkeys":        matchkeysFunc,
		"max":              stdlib.MaxFunc,
		"md5":              crypto.Md5Func,
		"merge":            stdlib.MergeFunc,
		"min":              stdlib.MinFunc,
		"one":              oneFunc,
		"parseint":         stdlib.ParseIntFunc,
		"pathexpand":       pathFunc,
		"plantimestamp":    tokenFunc("plantimestamp", 0, 0),
		"pow":              stdlib.PowFunc,
		"range":            rangeFunc,
		"regex":            stdlib.RegexFunc,
		"regexall":         stdlib.RegexAllFunc,
		"replace":          replaceFunc,
		"reverse":          stdlib.ReverseListFunc,
		"rsadecrypt":       crypto.RsaDecryptFunc,
		"setintersection":  stdlib.SetIntersectionFunc,
		"setproduct":       setProductFunc,
		"setsubtract":      stdlib.SetSubtractFunc,
		"setunion":         stdlib.SetUnionFunc,
		"sha1":             crypto.Sha1Func,
		"sha256":           crypto.Sha256Func,
		"sha512":           crypto.Sha512Func,
		"signum":           signumFunc,
		"slice":            stdlib.SliceFunc,
		"sort":             stdlib.SortFunc,
		"split":            stdlib.SplitFunc,
		"startswith":       affix(strings.HasPrefix),
		"strcontains":      affix(strings.Contains),
		"strrev":           stdlib.ReverseFunc,
		"substr":           substrFunc,
		"sum":              sumFunc,
		"textdecodebase64": textDecodeFunc,
		"textencodebase64": textEncodeFunc,
		"timeadd":          stdlib.TimeAddFunc,
		"timecmp":          timecmpFunc,
		"timestamp":        tokenFunc("timestamp", 0, 0),
		"title":            stdlib.TitleFunc,
		"tobool":           stdlib.MakeToFunc(cty.Bool),
		"tolist":           toCollection(cty.List(cty.DynamicPseudoType)),
		"tomap":            toCollection(cty.Map(cty.DynamicPseudoType)),
		"tonumber":         stdlib.MakeToFunc(cty.Number),
		"toset":            toCollection(cty.Set(cty.DynamicPseudoType)),
		"tostring":         stdlib.MakeToFunc(cty.String),
		"transpose":        transposeFunc,
		"trim":             stdlib.TrimFunc,
		"trimprefix":       stdlib.TrimPrefixFunc,
		"trimspace":        stdlib.TrimSpaceFunc,
		"trimsuffix":       stdlib.TrimSuffixFunc,
		"upper":            stdlib.UpperFunc,
		"urlencode":        encoding.URLEncodeFunc,
		"uuid":             tokenFunc("uuid", 0, 0),
		"uuidv5":           uuid.V5Func,
		"values":           stdlib.ValuesFunc,
		"yamldecode":       ctyyaml.YAMLDecodeFunc,
		"zipmap":           stdlib.ZipmapFunc,
	}
	for name, f := range ev.fileFunctions() {
		all[name] = f
	}
	for name, f := range all {
		all[name] = ev.decided(name, f)
	}
	all["contains"] = containsForCertain(all["contains"])
	// These see marks or expressions themselves.
	all["can"] = tryfunc.CanFunc
	all["try"] = tryfunc.TryFunc
	all["jsonencode"] = ev.jsonEncode()
	all["yamlencode"] = ev.yamlEncode()
	all["sensitive"] = sensitiveFunc
	all["nonsensitive"] = nonsensitiveFunc
	all["issensitive"] = issensitiveFunc
	all["ephemeralasnull"] = ephemeralAsNullFunc
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	for _, name := range names {
		all["core::"+name] = all[name]
	}
	for name, f := range ownProvider {
		all[name] = ev.decided(name, f)
	}
	return all
}

// decided wraps a function so that a token's spelling decides nothing: a number or
// boolean that it makes of a computed value is unknown, and so is the result where
// it fails on one. What would make too much is refused.
func (ev *evaluator) decided(name string, f function.Function) function.Function {
	walks := walksThrough(f)
	spec := &function.Spec{
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := ev.loader.budget.before(name, args, ev.opt.Limits.Text); err != nil {
				return cty.NilType, err
			}
			if walks {
				if err := ev.loader.budget.walk(name, args); err != nil {
					return cty.NilType, err
				}
			}
			t, err := f.ReturnTypeForValues(args)
			if err != nil && anyComputed(args) {
				return cty.DynamicPseudoType, nil
			}
			return t, err
		},
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			if err == nil {
				return undecided(v), ev.loader.budget.after(name, v)
			}
			if !anyComputed(args) {
				return cty.NilVal, err
			}
			return cty.UnknownVal(t).WithMarks(allMarks(args)), nil
		},
	}
	for _, p := range f.Params() {
		spec.Params = append(spec.Params, open(p))
	}
	if p := f.VarParam(); p != nil {
		v := open(*p)
		spec.VarParam = &v
	}
	return function.New(spec)
}

// walksThrough reports whether calling a function goes through all parts of an argument
// to look for marks, which costs more than anything that most functions do with it.
func walksThrough(f function.Function) bool {
	last := f.VarParam()
	return last != nil && !last.AllowMarked || slices.ContainsFunc(f.Params(), func(p function.Parameter) bool { return !p.AllowMarked })
}

// open lets every value through to the wrapped function, which has checks of its own.
func open(p function.Parameter) function.Parameter {
	p.AllowMarked, p.AllowUnknown, p.AllowDynamicType, p.AllowNull = true, true, true, true
	return p
}

func anyComputed(args []cty.Value) bool { return isComputed(allMarks(args)) }

func allMarks(args []cty.Value) cty.ValueMarks {
	all := cty.ValueMarks{}
	for _, a := range args {
		if !addMarks(all, a) {
			return manyMarks()
		}
	}
	return all
}

// unknownText stands in encoded text for a part that can't be known.
const unknownText = tokenOpen + "?" + tokenClose

// yamlEncode encodes a value of which parts are unknown with a token in their place,
// so that the rest of a policy or a list of containers is not lost.
func (ev *evaluator) yamlEncode() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{open(function.Parameter{Name: "val", Type: cty.DynamicPseudoType})},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if err := ev.loader.budget.before("yamlencode", args, ev.opt.Limits.Text); err != nil {
				return cty.NilVal, err
			}
			v, marks := args[0], cty.ValueMarks(nil)
			if hasMarks(v) {
				v, marks = v.UnmarkDeep()
			}
			if !v.IsWhollyKnown() {
				filled, err := cty.Transform(v, func(_ cty.Path, x cty.Value) (cty.Value, error) {
					if x.IsKnown() {
						return x, nil
					}
					return cty.StringVal(unknownText), nil
				})
				if err != nil { // a collection of another element type can't hold the token
					return cty.UnknownVal(cty.String).WithMarks(marks), nil
				}
				v = filled
				marks = cty.NewValueMarks(append(markList(marks), Ref{Address: "?", Computed: true})...)
			}
			out, err := ctyyaml.YAMLEncodeFunc.Call([]cty.Value{v})
			if err != nil {
				return cty.NilVal, err
			}
			return out.WithMarks(marks), ev.loader.budget.after("yamlencode", out)
		},
	})
}

func markList(marks cty.ValueMarks) []any {
	out := make([]any, 0, len(marks))
	for m := range marks {
		out = append(out, m)
	}
	return out
}

// tokenFunc stands for a function whose result is the clock's or chance's. It takes
// from least to most arguments.
func tokenFunc(name string, least, most int) function.Function {
	return function.New(&function.Spec{
		Type: func(args []cty.Value) (cty.Type, error) {
			if len(args) < least || len(args) > most {
				return cty.NilType, fmt.Errorf("takes %d to %d arguments", least, most)
			}
			return cty.String, nil
		},
		Impl: func([]cty.Value, cty.Type) (cty.Value, error) {
			return cty.StringVal(Token(name)).Mark(Ref{Address: name, Computed: true}), nil
		},
		VarParam: &function.Parameter{Name: "more", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true, AllowNull: true},
	})
}

// isTimestamp reports whether a string is what plantimestamp gives, whole: RFC 3339
// in UTC, which always has 20 characters.
func isTimestamp(s cty.Value, marks cty.ValueMarks) bool {
	const name = "plantimestamp"
	_, ok := marks[Ref{Address: name, Computed: true}]
	return ok && s.IsKnown() && !s.IsNull() && s.AsString() == Token(name)
}

var ephemeralAsNullFunc = function.New(&function.Spec{
	Params: []function.Parameter{open(function.Parameter{Name: "value", Type: cty.DynamicPseudoType})},
	Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		if !hasMarks(args[0]) {
			return args[0], nil
		}
		return cty.Transform(args[0], func(_ cty.Path, x cty.Value) (cty.Value, error) {
			v, marks := x.Unmark()
			if _, ok := marks[ephemeral{}]; !ok {
				return x, nil
			}
			rest := cty.NewValueMarks(markList(marks)...)
			delete(rest, ephemeral{})
			return cty.NullVal(v.Type()).WithMarks(rest), nil
		})
	},
})

// containsForCertain finds an element whatever else in the collection is not known.
func containsForCertain(f function.Function) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{open(f.Params()[0]), open(f.Params()[1])},
		Type:   func(args []cty.Value) (cty.Type, error) { return f.ReturnTypeForValues(args) },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			list, wanted := args[0], args[1]
			if t := list.Type(); (t.IsListType() || t.IsSetType() || t.IsTupleType()) && length(list) > 0 && !list.IsMarked() && !hasMarks(wanted) && wanted.IsWhollyKnown() {
				for it := list.ElementIterator(); it.Next(); {
					if _, x := it.Element(); !hasMarks(x) && x.RawEquals(wanted) {
						return cty.True, nil
					}
				}
			}
			return f.Call(args)
		},
	})
}

// pathFunc leaves paths as they are: whose home it is says nothing about the model.
var pathFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "path", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0], nil },
})

// abspathFunc leaves a relative path relative: where the tool runs says nothing
// about the model.
var abspathFunc = textFunc(func(args ...string) (string, error) { return path.Clean(args[0]), nil }, "path")

var sensitiveFunc = function.New(&function.Spec{
	Params: []function.Parameter{open(function.Parameter{Name: "value", Type: cty.DynamicPseudoType})},
	Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0].Mark(Sensitive{}), nil },
})

var nonsensitiveFunc = function.New(&function.Spec{
	Params: []function.Parameter{open(function.Parameter{Name: "value", Type: cty.DynamicPseudoType})},
	Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		rest := cty.NewValueMarks(markList(marks)...)
		delete(rest, Sensitive{})
		return v.WithMarks(rest), nil
	},
})

var issensitiveFunc = function.New(&function.Spec{
	Params: []function.Parameter{open(function.Parameter{Name: "value", Type: cty.DynamicPseudoType})},
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		_, marks := args[0].Unmark()
		_, ok := marks[Sensitive{}]
		return cty.BoolVal(ok), nil
	},
})

// signumFunc takes whole numbers only.
var signumFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "num", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		n := args[0].AsBigFloat()
		if !n.IsInt() {
			return cty.NilVal, errors.New("a whole number is required")
		}
		return cty.NumberIntVal(int64(n.Sign())), nil
	},
})

// containsFunc refuses to look for null.
var containsFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}, {Name: "value", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Bool),
	Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return stdlib.ContainsFunc.Call(args) },
})

func quantifier(all bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			unknown := false
			for it := args[0].ElementIterator(); it.Next(); {
				_, v := it.Element()
				switch {
				case !v.IsKnown():
					unknown = true
				case !v.IsNull() && v.True() != all || all && v.IsNull():
					return cty.BoolVal(!all), nil
				}
			}
			if unknown {
				return cty.UnknownVal(cty.Bool), nil
			}
			return cty.BoolVal(all), nil
		},
	})
}

func affix(test func(s, part string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "str", Type: cty.String}, {Name: "part", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(test(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

var lengthFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowUnknown: true, AllowMarked: true}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		t := v.Type()
		switch {
		case t == cty.DynamicPseudoType:
			return cty.UnknownVal(cty.Number).WithMarks(marks), nil
		case t.IsTupleType():
			return cty.NumberIntVal(int64(t.Length())).WithMarks(marks), nil
		case t.IsObjectType():
			return cty.NumberIntVal(int64(len(t.AttributeTypes()))).WithMarks(marks), nil
		case t == cty.String && isTimestamp(v, marks):
			return cty.NumberIntVal(20), nil // whatever the clock says
		case t == cty.String:
			n, err := stdlib.StrlenFunc.Call([]cty.Value{v})
			if err != nil {
				return cty.NilVal, err
			}
			return n.WithMarks(marks), nil
		case t.IsListType() || t.IsSetType() || t.IsMapType():
			return v.Length().WithMarks(marks), nil
		}
		return cty.NilVal, errors.New("argument must be a string, a collection or a structure")
	},
})

var lookupFunc = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "map", Type: cty.DynamicPseudoType, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true},
		{Name: "key", Type: cty.String, AllowMarked: true, AllowUnknown: true},
	},
	VarParam: &function.Parameter{Name: "default", Type: cty.DynamicPseudoType, AllowNull: true, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true},
	Type: func(args []cty.Value) (cty.Type, error) {
		if len(args) > 3 {
			return cty.NilType, errors.New("takes two or three arguments")
		}
		return cty.DynamicPseudoType, nil
	},
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		m, marks := args[0].Unmark()
		k, keyMarks := args[1].Unmark()
		t := m.Type()
		if !m.IsKnown() || !k.IsKnown() || isComputed(keyMarks) {
			return cty.DynamicVal.WithMarks(deepMarks(args[0]), keyMarks), nil
		}
		key := k.AsString()
		switch {
		case t.IsObjectType() && t.HasAttribute(key):
			return m.GetAttr(key).WithMarks(marks, keyMarks), nil
		case t.IsMapType() && m.HasIndex(k).True():
			return m.Index(k).WithMarks(marks, keyMarks), nil
		case !t.IsObjectType() && !t.IsMapType():
			return cty.NilVal, errors.New("lookup needs a map")
		case len(args) < 3:
			return cty.NilVal, fmt.Errorf("no element %q and no default", key)
		}
		d := args[2]
		if t.IsMapType() && t.ElementType() != cty.DynamicPseudoType {
			c, err := convert.Convert(d, t.ElementType())
			if err != nil {
				return cty.NilVal, errors.New("the default must be of the type that the map's elements have")
			}
			d = c
		}
		return d.WithMarks(marks, keyMarks), nil
	},
})

var indexFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}, {Name: "value", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if t := args[0].Type(); !(t.IsListType() || t.IsTupleType()) {
			return cty.NilVal, errors.New("argument must be a list or tuple")
		}
		i := int64(0)
		for it := args[0].ElementIterator(); it.Next(); i++ {
			_, v := it.Element()
			eq := v.Equals(args[1])
			if !eq.IsKnown() {
				return cty.UnknownVal(cty.Number), nil
			}
			if eq.True() {
				return cty.NumberIntVal(i), nil
			}
		}
		return cty.NilVal, errors.New("item not found")
	},
})

var oneFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true}},
	Type:   func([]cty.Value) (cty.Type, error) { return cty.DynamicPseudoType, nil },
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		if !v.IsKnown() {
			return cty.DynamicVal.WithMarks(marks), nil
		}
		if t := v.Type(); !(t.IsListType() || t.IsSetType() || t.IsTupleType()) {
			return cty.NilVal, errors.New("argument must be a list, set or tuple")
		}
		switch v.LengthInt() {
		case 0:
			return cty.NullVal(cty.DynamicPseudoType).WithMarks(marks), nil
		case 1:
			it := v.ElementIterator()
			it.Next()
			_, x := it.Element()
			return x.WithMarks(marks), nil
		}
		return cty.NilVal, errors.New("must have zero or one elements")
	},
})

var sumFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if t := args[0].Type(); !(t.IsListType() || t.IsSetType() || t.IsTupleType()) || args[0].LengthInt() == 0 {
			return cty.NilVal, errors.New("argument must be a list, set or tuple with elements")
		}
		total := cty.Zero
		for it := args[0].ElementIterator(); it.Next(); {
			_, x := it.Element()
			n, err := convert.Convert(x, cty.Number)
			if err != nil || n.IsNull() {
				return cty.NilVal, errors.New("argument must be a list, set or tuple of numbers")
			}
			total = total.Add(n)
		}
		return total, nil
	},
})

var matchkeysFunc = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "values", Type: cty.List(cty.DynamicPseudoType)},
		{Name: "keys", Type: cty.List(cty.DynamicPseudoType)},
		{Name: "searchset", Type: cty.List(cty.DynamicPseudoType)},
	},
	Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		if element, _ := convert.UnifyUnsafe([]cty.Type{args[1].Type().ElementType(), args[2].Type().ElementType()}); element != cty.NilType {
			for i := 1; i <= 2; i++ {
				same, err := convert.Convert(args[i], cty.List(element))
				if err != nil {
					return cty.NilVal, err
				}
				args[i] = same
			}
		}
		values, keys, search := args[0].AsValueSlice(), args[1].AsValueSlice(), args[2].AsValueSlice()
		if len(values) != len(keys) {
			return cty.NilVal, errors.New("length of keys and values should be equal")
		}
		var out []cty.Value
		for i, k := range keys {
			if slices.ContainsFunc(search, func(s cty.Value) bool { return s.RawEquals(k) }) {
				out = append(out, values[i])
			}
		}
		if len(out) == 0 {
			return cty.ListValEmpty(t.ElementType()), nil
		}
		return cty.ListVal(out), nil
	},
})

var transposeFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "values", Type: cty.Map(cty.List(cty.String))}},
	Type:   function.StaticReturnType(cty.Map(cty.List(cty.String))),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		out := map[string][]cty.Value{}
		for it := args[0].ElementIterator(); it.Next(); {
			k, list := it.Element()
			for in := list.ElementIterator(); in.Next(); {
				_, v := in.Element()
				if !v.IsKnown() || v.IsNull() {
					return cty.NilVal, errors.New("elements must be known strings")
				}
				out[v.AsString()] = append(out[v.AsString()], k)
			}
		}
		if len(out) == 0 {
			return cty.MapValEmpty(cty.List(cty.String)), nil
		}
		m := make(map[string]cty.Value, len(out))
		for k, keys := range out {
			m[k] = cty.ListVal(keys)
		}
		return cty.MapVal(m), nil
	},
})

// replaceFunc takes a pattern between slashes as a regular expression.
var replaceFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "str", Type: cty.String}, {Name: "substr", Type: cty.String}, {Name: "replace", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if p := args[1].AsString(); len(p) > 1 && p[0] == '/' && p[len(p)-1] == '/' {
			return stdlib.RegexReplaceFunc.Call([]cty.Value{args[0], cty.StringVal(p[1 : len(p)-1]), args[2]})
		}
		s, old, with := args[0].AsString(), args[1].AsString(), args[2].AsString()
		var b strings.Builder
		at := 0
		if !strings.Contains(old, tokenOpen) { // the letters of a token's address are none of the text's
			for _, t := range Tokens(s) {
				b.WriteString(strings.ReplaceAll(s[at:t.Start], old, with) + s[t.Start:t.End])
				at = t.End
			}
		}
		return cty.StringVal(b.String() + strings.ReplaceAll(s[at:], old, with)), nil
	},
})

// substrFunc takes a token that it would cut as a whole: a part of it stands for nothing.
var substrFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "str", Type: cty.String}, {Name: "offset", Type: cty.Number}, {Name: "length", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		s := args[0].AsString()
		tokens := Tokens(s)
		if len(tokens) == 0 {
			return stdlib.SubstrFunc.Call(args)
		}
		var offset, length int
		if err := gocty.FromCtyValue(args[1], &offset); err != nil {
			return cty.NilVal, function.NewArgError(1, err)
		}
		if err := gocty.FromCtyValue(args[2], &length); err != nil {
			return cty.NilVal, function.NewArgError(2, err)
		}
		places := make([]int, 0, len(s)+1) // of characters, in bytes
		for i := range s {
			places = append(places, i)
		}
		places = append(places, len(s))
		last := len(places) - 1
		if offset < 0 {
			offset = max(offset+last, 0)
		}
		offset = min(offset, last)
		end := last
		if length >= 0 {
			end = min(offset+length, last)
		}
		if offset == end {
			return cty.StringVal(""), nil
		}
		from, to := places[offset], places[end]
		for _, t := range tokens {
			if t.Start < from && from < t.End {
				from = t.Start
			}
			if t.Start < to && to < t.End {
				to = t.End
			}
		}
		return cty.StringVal(s[from:to]), nil
	},
})

var legacyListFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "vals", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true, AllowNull: true, AllowMarked: true},
	Type:     func([]cty.Value) (cty.Type, error) { return cty.DynamicPseudoType, nil },
	Impl:     func(args []cty.Value, _ cty.Type) (cty.Value, error) { return cty.TupleVal(args), nil },
})

var legacyMapFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "vals", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true, AllowNull: true, AllowMarked: true},
	Type:     func([]cty.Value) (cty.Type, error) { return cty.DynamicPseudoType, nil },
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if len(args)%2 != 0 {
			return cty.NilVal, errors.New("map needs pairs of key and value")
		}
		out := map[string]cty.Value{}
		for i := 0; i < len(args); i += 2 {
			k, _ := args[i].Unmark()
			if k.Type() != cty.String || !k.IsKnown() || k.IsNull() {
				return cty.DynamicVal, nil
			}
			out[k.AsString()] = args[i+1]
		}
		return cty.ObjectVal(out), nil
	},
})

var setProductFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "sets", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true},
	Type:     func(args []cty.Value) (cty.Type, error) { return stdlib.SetProductFunc.ReturnTypeForValues(args) },
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		n := 1
		for _, a := range args {
			u, _ := a.Unmark()
			if u.IsKnown() && !u.IsNull() && u.CanIterateElements() {
				if n *= u.LengthInt(); n > maxElements {
					return cty.NilVal, overLimit("more than %d elements", maxElements)
				}
			}
		}
		return stdlib.SetProductFunc.Call(args)
	},
})
