package plan

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/zclconf/go-cty/cty"
)

// given is a value as the JSON has it, with the two trees of the same shape that
// say which leaves are unknown and which sensitive. The value of an unknown leaf is
// null or left out.
type given struct{ value, unknown, sensitive any }

// maxNesting bounds the nesting of values.
const maxNesting = 100

func (g given) field(name string) given {
	return given{field(g.value, name), field(g.unknown, name), field(g.sensitive, name)}
}

func (g given) element(i int) given {
	return given{element(g.value, i), element(g.unknown, i), element(g.sensitive, i)}
}

// field returns a member of an object; true stands for true in all members.
func field(tree any, name string) any {
	switch t := tree.(type) {
	case map[string]any:
		return t[name]
	case bool:
		if t {
			return true
		}
	}
	return nil
}

func element(tree any, i int) any {
	switch t := tree.(type) {
	case []any:
		if i < len(t) {
			return t[i]
		}
	case bool:
		if t {
			return true
		}
	}
	return nil
}

// names returns the members of an object, known or not, sorted.
func (g given) names() []string {
	set := map[string]bool{}
	for _, tree := range []any{g.value, g.unknown} {
		if t, ok := tree.(map[string]any); ok {
			for name := range t {
				set[name] = true
			}
		}
	}
	return sortedKeys(set)
}

func (g given) isObject() bool {
	if _, ok := g.value.(map[string]any); ok {
		return true
	}
	_, ok := g.unknown.(map[string]any)
	return ok && g.value == nil
}

// length is the number of elements of a list; false where it is no list.
func (g given) length() (int, bool) {
	v, isList := g.value.([]any)
	u, unknownList := g.unknown.([]any)
	if isList || unknownList && g.value == nil {
		return max(len(v), len(u)), true
	}
	return 0, false
}

// isListOfObjects reports whether it is what nested blocks look like.
func (g given) isListOfObjects() bool {
	n, ok := g.length()
	for i := range n {
		if !g.element(i).isObject() {
			return false
		}
	}
	return ok && n > 0
}

// wholly reports whether nothing of the value is known.
func (g given) wholly() bool { return g.unknown == true }

func (g given) isSensitive() bool { return g.sensitive == true }

// anyUnknown reports whether any part is unknown.
func (g given) anyUnknown(depth int) bool {
	if depth > maxNesting {
		return false
	}
	switch t := g.unknown.(type) {
	case bool:
		return t
	case []any:
		return slices.ContainsFunc(t, func(x any) bool { return given{unknown: x}.anyUnknown(depth + 1) })
	case map[string]any:
		for _, x := range t {
			if (given{unknown: x}).anyUnknown(depth + 1) {
				return true
			}
		}
	}
	return false
}

// isEmpty reports whether the value is how providers write down that an argument
// is not set.
func (g given) isEmpty() bool {
	if g.anyUnknown(0) {
		return false
	}
	switch t := g.value.(type) {
	case nil:
		return true
	case string:
		return t == ""
	case []any:
		return len(t) == 0
	case map[string]any:
		return len(t) == 0
	}
	return false
}

// text returns a primitive as text; false for anything else.
func text(v any) (string, bool) {
	switch t := v.(type) {
	case string:
		return t, true
	case bool:
		return strconv.FormatBool(t), true
	case json.Number:
		return t.String(), true
	case float64:
		return strconv.FormatFloat(t, 'f', -1, 64), true
	}
	return "", false
}

// texts calls f for each text within a value.
func texts(v any, depth int, f func(string)) {
	if depth > maxNesting {
		return
	}
	switch t := v.(type) {
	case string:
		f(t)
	case []any:
		for _, x := range t {
			texts(x, depth+1, f)
		}
	case map[string]any:
		for _, x := range t {
			texts(x, depth+1, f)
		}
	}
}

// exactly turns a wholly known value into cty's form, lists into tuples and maps
// into objects.
func exactly(v any, depth int) cty.Value {
	if depth > maxNesting {
		return cty.DynamicVal
	}
	switch t := v.(type) {
	case nil:
		return cty.NullVal(cty.DynamicPseudoType)
	case []any:
		list := make([]cty.Value, len(t))
		for i, x := range t {
			list[i] = exactly(x, depth+1)
		}
		return cty.TupleVal(list)
	case map[string]any:
		attrs := make(map[string]cty.Value, len(t))
		for k, x := range t {
			attrs[k] = exactly(x, depth+1)
		}
		return cty.ObjectVal(attrs)
	}
	return primitive(v)
}

func primitive(v any) cty.Value {
	switch t := v.(type) {
	case string:
		return cty.StringVal(t)
	case bool:
		return cty.BoolVal(t)
	case json.Number:
		// What no float holds is no number of an infrastructure, and costly to write out.
		f, err := strconv.ParseFloat(t.String(), 64)
		if err != nil || len(t) > 400 {
			return cty.DynamicVal
		}
		if f == 0 {
			return cty.Zero
		}
		if n, err := cty.ParseNumberVal(t.String()); err == nil {
			return n
		}
	case float64:
		return cty.NumberFloatVal(t)
	}
	return cty.DynamicVal
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
