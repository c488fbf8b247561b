package eval

import (
	"testing"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// What is known and not marked is written as the library writes it.
func TestJSONWriterAgrees(t *testing.T) {
	big, err := cty.ParseNumberVal("123456789012345678901234567890.125")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []cty.Value{
		cty.StringVal(""), cty.StringVal("plain"), cty.StringVal("a\"b\\c\n\t\x01<>&\u2028é⟦t⟧\x7f"),
		cty.Zero, cty.NumberIntVal(-17), cty.NumberFloatVal(0.1), cty.NumberIntVal(1 << 62), big, cty.NumberFloatVal(1e30), cty.Zero.Negate(),
		cty.True, cty.NullVal(cty.String), cty.NullVal(cty.DynamicPseudoType),
		cty.EmptyObjectVal, cty.EmptyTupleVal, cty.ListValEmpty(cty.String), cty.MapValEmpty(cty.Bool),
		cty.ObjectVal(map[string]cty.Value{"b": cty.TupleVal([]cty.Value{cty.NullVal(cty.DynamicPseudoType), cty.Zero}), "a": cty.SetVal([]cty.Value{cty.StringVal("y"), cty.StringVal("x")})}),
		cty.MapVal(map[string]cty.Value{"z": cty.NumberIntVal(1), "é": cty.NumberIntVal(2), "A": cty.NumberIntVal(3)}),
		cty.ListVal([]cty.Value{cty.StringVal("b"), cty.StringVal("a")}),
	} {
		want, err := stdlib.JSONEncode(v)
		if err != nil {
			t.Fatal(err)
		}
		w := jsonWriter{}
		if err := w.value(v); err != nil || string(w.text) != want.AsString() {
			t.Errorf("%#v: %s (%v), want %s", v, w.text, err, want.AsString())
		}
	}
	w := jsonWriter{}
	if err := w.value(cty.TupleVal([]cty.Value{cty.PositiveInfinity})); err == nil {
		t.Errorf("infinity: %s, want an error", w.text)
	}
}

// Marks of all parts come out, and an unknown part costs no other.
func TestJSONWriterMarks(t *testing.T) {
	a, b := Ref{Address: "a.a", Attr: "x"}, Ref{Address: "b.b", Computed: true}
	w := jsonWriter{}
	err := w.value(cty.ObjectVal(map[string]cty.Value{
		"list": cty.ListVal([]cty.Value{cty.NumberIntVal(1).Mark(a), cty.UnknownVal(cty.Number).Mark(b)}),
	}))
	if want := `{"list":[1,"⟦?⟧"]}`; err != nil || string(w.text) != want || !w.unknown {
		t.Errorf("%s (%v), want %s", w.text, err, want)
	}
	if !w.marks.Equal(cty.NewValueMarks(a, b)) {
		t.Errorf("marks %v", w.marks)
	}
}
