package eval

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// Block is an evaluated body: attributes and nested blocks, with dynamic blocks
// expanded.
type Block struct {
	Type   string // "" for a resource's own body
	Labels []string
	Attrs  map[string]Value
	Blocks []*Block
	Source graph.Source
	// Many is true for the content of a dynamic block whose for_each can't be known.
	Many bool
}

// Value is a value with the place of the expression that gave it. The zero
// Value stands for an attribute that is not set.
type Value struct {
	V      cty.Value // with marks; cty.NilVal where not set
	Source graph.Source
}

// Get returns the value at a dotted path ("vpc_config.subnet_ids"). Each step goes
// into an attribute, an object's attribute, a map's key, or nested blocks; of
// several blocks or list elements on the way the first that has the path counts.
// A path that is not there gives the zero Value.
func (b *Block) Get(path string) Value {
	all := b.All(path)
	if len(all) == 0 {
		return Value{}
	}
	return all[0]
}

// All returns the values at a dotted path of all blocks and list elements on the
// way, in the order of the source. Null values are left out. A value on the way
// that is not known gives one unknown Value with its marks.
func (b *Block) All(path string) []Value {
	if b == nil {
		return nil
	}
	step, rest, more := strings.Cut(path, ".")
	var out []Value
	if a, ok := b.Attrs[step]; ok {
		if !more {
			if !a.IsNull() {
				out = append(out, a)
			}
		} else {
			out = append(out, a.all(rest)...)
		}
	}
	for _, n := range b.Blocks {
		if n.Type != step {
			continue
		}
		if more {
			out = append(out, n.All(rest)...)
		} else {
			out = append(out, Value{V: n.object(), Source: n.Source})
		}
	}
	return out
}

// BlocksOf returns the nested blocks at a dotted path of block types. Attributes
// that hold an object or a list of objects count as blocks: so JSON syntax and
// "attributes as blocks" read the same.
func (b *Block) BlocksOf(path string) []*Block {
	if b == nil {
		return nil
	}
	step, rest, more := strings.Cut(path, ".")
	var here []*Block
	if a, ok := b.Attrs[step]; ok {
		here = append(here, a.blocks(step)...)
	}
	for _, n := range b.Blocks {
		if n.Type == step {
			here = append(here, n)
		}
	}
	if !more {
		return here
	}
	var out []*Block
	for _, n := range here {
		out = append(out, n.BlocksOf(rest)...)
	}
	return out
}

// Has reports whether an attribute or block of that name is set and not null.
func (b *Block) Has(path string) bool { return len(b.All(path)) > 0 }

// Names returns the attribute names of a block, sorted.
func (b *Block) Names() []string {
	names := make([]string, 0, len(b.Attrs))
	for n := range b.Attrs {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// object turns the block into an object value; repeated nested blocks become tuples.
func (b *Block) object() cty.Value {
	attrs := make(map[string]cty.Value, len(b.Attrs))
	for n, v := range b.Attrs {
		attrs[n] = v.V
	}
	nested := map[string][]cty.Value{}
	for _, n := range b.Blocks {
		nested[n.Type] = append(nested[n.Type], n.object())
	}
	for n, vs := range nested {
		attrs[n] = cty.TupleVal(vs)
	}
	return cty.ObjectVal(attrs)
}

func (v Value) blocks(name string) []*Block {
	var out []*Block
	for _, e := range v.Elements() {
		u, marks := e.V.Unmark()
		t := u.Type()
		if u.IsNull() || !(t.IsObjectType() || t.IsMapType()) {
			continue
		}
		n := &Block{Type: name, Source: v.Source, Attrs: map[string]Value{}}
		if !u.IsKnown() {
			n.Many = true
		} else {
			for it := u.ElementIterator(); it.Next(); {
				k, x := it.Element()
				n.Attrs[k.AsString()] = Value{V: x.WithMarks(marks), Source: v.Source}
			}
		}
		out = append(out, n)
	}
	return out
}

// all goes on into the value: objects and maps by name, lists by each element.
func (v Value) all(path string) []Value {
	step, rest, more := strings.Cut(path, ".")
	var out []Value
	for _, e := range v.Elements() {
		u, marks := e.V.Unmark()
		if u.IsNull() {
			continue
		}
		if !u.IsKnown() {
			out = append(out, Value{V: cty.DynamicVal.WithMarks(marks), Source: v.Source})
			continue
		}
		var x cty.Value
		switch t := u.Type(); {
		case t.IsObjectType() && t.HasAttribute(step):
			x = u.GetAttr(step)
		case t.IsMapType() && u.HasIndex(cty.StringVal(step)).True():
			x = u.Index(cty.StringVal(step))
		default:
			continue
		}
		n := Value{V: x.WithMarks(marks), Source: v.Source}
		if more {
			out = append(out, n.all(rest)...)
		} else if !n.IsNull() {
			out = append(out, n)
		}
	}
	return out
}

// Elements returns the elements of a list, set or tuple, and the value itself for
// anything else; nothing where it is not set or null. An unknown list gives one
// unknown element with its marks.
func (v Value) Elements() []Value {
	if v.IsNull() {
		return nil
	}
	u, marks := v.V.Unmark()
	t := u.Type()
	if !(t.IsListType() || t.IsSetType() || t.IsTupleType()) {
		return []Value{v}
	}
	if !u.IsKnown() {
		return []Value{{V: cty.DynamicVal.WithMarks(marks), Source: v.Source}}
	}
	out := make([]Value, 0, u.LengthInt())
	for it := u.ElementIterator(); it.Next(); {
		_, x := it.Element()
		out = append(out, Value{V: x.WithMarks(marks), Source: v.Source})
	}
	return out
}

// IsSet reports whether the attribute was written at all, be it as null.
func (v Value) IsSet() bool { return v.V != cty.NilVal }

// IsNull reports whether the value is not set, or null.
func (v Value) IsNull() bool {
	if v.V == cty.NilVal {
		return true
	}
	u, _ := v.V.Unmark()
	return u.IsKnown() && u.IsNull()
}

// Known reports whether the value is set, not null, and wholly known. A string
// with tokens counts as known; see [Value.Literal].
func (v Value) Known() bool {
	if v.IsNull() {
		return false
	}
	return wholly(v.V)
}

// wholly reports whether no part of a value is unknown.
func wholly(v cty.Value) bool {
	u, _ := v.Unmark()
	if !u.IsKnown() {
		return false
	}
	if u.IsNull() || u.Type().IsPrimitiveType() || !u.CanIterateElements() {
		return true
	}
	for it := u.ElementIterator(); it.Next(); {
		if _, x := it.Element(); !wholly(x) {
			return false
		}
	}
	return true
}

// Text returns the value as a string (numbers and booleans in terraform's
// spelling), with tokens where parts are computed. False where it is not set,
// null, unknown or no primitive.
func (v Value) Text() (string, bool) {
	if v.IsNull() {
		return "", false
	}
	u, _ := v.V.Unmark()
	if !u.IsKnown() {
		return "", false
	}
	switch u.Type() {
	case cty.String:
		return u.AsString(), true
	case cty.Bool:
		if u.True() {
			return "true", true
		}
		return "false", true
	case cty.Number:
		return numberText(u), true
	}
	return "", false
}

// numberText writes a known number as terraform does. Integers, nearly all there
// are, take a way that costs a hundredth of the general one.
func numberText(v cty.Value) string {
	f := v.AsBigFloat()
	if i, exact := f.Int64(); exact == big.Exact {
		return strconv.FormatInt(i, 10)
	}
	return f.Text('f', -1)
}

// Literal is Text for values without any token: what will stand there for certain.
func (v Value) Literal() (string, bool) {
	s, ok := v.Text()
	if !ok || strings.Contains(s, tokenOpen) {
		return "", false
	}
	return s, true
}

// Truth returns the value of a boolean (or of the strings "true" and "false"),
// Unknown where it is not known, and notSet where it is not set or null.
func (v Value) Truth(notSet graph.Truth) graph.Truth {
	if v.IsNull() {
		return notSet
	}
	switch s, _ := v.Text(); s {
	case "true", "1":
		return graph.Yes
	case "false", "0":
		return graph.No
	}
	return graph.Unknown
}

// Int returns the value as an integer; false where it is none or not known.
func (v Value) Int() (int, bool) {
	if v.IsNull() {
		return 0, false
	}
	s, ok := v.Text()
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// Field returns one attribute or key of an object or map, the zero Value where there is none.
func (v Value) Field(name string) Value {
	for _, x := range v.all(name) {
		return x
	}
	return Value{}
}

// Fields returns the attributes of an object or map by name; nil for anything else.
func (v Value) Fields() map[string]Value {
	if v.IsNull() {
		return nil
	}
	u, marks := v.V.Unmark()
	if t := u.Type(); !u.IsKnown() || !(t.IsObjectType() || t.IsMapType()) {
		return nil
	}
	out := make(map[string]Value, u.LengthInt())
	if t := u.Type(); t.IsObjectType() { // an iterator would sort them
		for name := range t.AttributeTypes() {
			out[name] = Value{V: u.GetAttr(name).WithMarks(marks), Source: v.Source}
		}
		return out
	}
	for it := u.ElementIterator(); it.Next(); {
		k, x := it.Element()
		out[k.AsString()] = Value{V: x.WithMarks(marks), Source: v.Source}
	}
	return out
}

// hasMarks is cty's ContainsMarked at a tenth of the cost: it keeps no paths.
func hasMarks(v cty.Value) bool {
	if v.IsMarked() {
		return true
	}
	if !v.IsKnown() || v.IsNull() || v.Type().IsPrimitiveType() || !v.CanIterateElements() {
		return false
	}
	if t := v.Type(); t.IsObjectType() { // an iterator would sort the names
		for name := range t.AttributeTypes() {
			if hasMarks(v.GetAttr(name)) {
				return true
			}
		}
		return false
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, x := it.Element(); hasMarks(x) {
			return true
		}
	}
	return false
}

// Refs returns what the value derives from, at any depth, sorted and without
// repetition.
func (v Value) Refs() []Ref {
	if v.V == cty.NilVal || !hasMarks(v.V) {
		return nil
	}
	var out []Ref
	var seen map[Ref]bool // where there are many
	eachMark(v.V, func(m any) {
		r, ok := m.(Ref)
		if !ok || seen[r] || seen == nil && slices.Contains(out, r) {
			return
		}
		if out = append(out, r); len(out) < fewRefs {
			return
		}
		if seen == nil {
			seen = map[Ref]bool{}
			for _, have := range out {
				seen[have] = true
			}
		}
		seen[r] = true
	})
	slices.SortFunc(out, func(a, b Ref) int {
		return cmp.Or(strings.Compare(a.Address, b.Address), strings.Compare(a.Attr, b.Attr), compareBool(a.Computed, b.Computed), compareBool(a.Possible, b.Possible))
	})
	return slices.CompactFunc(out, func(a, b Ref) bool { // what is certain is possible, too
		b.Possible = a.Possible
		return a == b
	})
}

// fewRefs are compared with each other rather than put into a map.
const fewRefs = 16

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// IsSensitive reports whether any part of the value is marked sensitive.
func (v Value) IsSensitive() bool {
	if v.V == cty.NilVal || !hasMarks(v.V) {
		return false
	}
	hidden := false
	eachMark(v.V, func(m any) {
		_, ok := m.(Sensitive)
		hidden = hidden || ok
	})
	return hidden
}

// eachMark calls f for the marks of a value at any depth. Unlike cty's UnmarkDeep it
// makes no value without them.
func eachMark(v cty.Value, f func(mark any)) {
	if v.IsMarked() {
		u, marks := v.Unmark()
		for m := range marks {
			f(m)
		}
		v = u
	}
	if !v.IsKnown() || v.IsNull() || v.Type().IsPrimitiveType() || !v.CanIterateElements() {
		return
	}
	if t := v.Type(); t.IsObjectType() { // an iterator would sort the names
		for name := range t.AttributeTypes() {
			eachMark(v.GetAttr(name), f)
		}
		return
	}
	for it := v.ElementIterator(); it.Next(); {
		_, x := it.Element()
		eachMark(x, f)
	}
}

// JSON returns the value as JSON text, tokens included; false where any part is
// unknown. The text of a string is the JSON string, quotes included.
func (v Value) JSON() (string, bool) {
	if v.IsNull() {
		return "", false
	}
	u, _ := v.V.UnmarkDeep()
	if !u.IsWhollyKnown() {
		return "", false
	}
	if u.Type() != cty.String {
		u, _ = cty.Transform(u, func(_ cty.Path, x cty.Value) (cty.Value, error) { return wholeNumber(x), nil })
	}
	b, err := ctyjson.Marshal(u, u.Type())
	if err != nil {
		return "", false
	}
	return string(b), true
}

// wholeNumber writes out all digits of an integer that an int64 holds, as the JSON of
// a plan does: pow(2, 62) has the precision of a float64 and would be rounded, and -0
// has a sign.
func wholeNumber(v cty.Value) cty.Value {
	if v.Type() != cty.Number || v.IsNull() || !v.IsKnown() {
		return v
	}
	if i, exact := v.AsBigFloat().Int64(); exact == big.Exact {
		return cty.NumberIntVal(i)
	}
	return v
}
