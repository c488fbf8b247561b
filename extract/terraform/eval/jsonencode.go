package eval

import (
	"encoding/json"
	"errors"
	"math/big"
	"slices"
	"strconv"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// jsonEncode is jsonencode. It writes marked values, and those of which parts are
// unknown, in one walk: policies are most of what configurations encode, and taking
// their marks off, looking for unknowns and writing them are three walks with cty.
func (ev *evaluator) jsonEncode() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{open(function.Parameter{Name: "val", Type: cty.DynamicPseudoType})},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if err := ev.loader.budget.before("jsonencode", args, ev.opt.Limits.Text); err != nil {
				return cty.NilVal, err
			}
			w := jsonWriter{text: make([]byte, 0, 256)}
			if err := w.value(args[0]); err != nil {
				return cty.NilVal, err
			}
			if w.unknown {
				w.mark(Ref{Address: "?", Computed: true})
			}
			out := cty.StringVal(string(w.text))
			if err := ev.loader.budget.after("jsonencode", out); err != nil {
				return cty.NilVal, err
			}
			return out.WithMarks(w.marks), nil
		},
	})
}

// jsonWriter writes a value as cty's JSON does, with a token for each part that can't
// be known, and keeps the marks that it comes by.
type jsonWriter struct {
	text    []byte
	marks   cty.ValueMarks
	unknown bool
}

func (w *jsonWriter) mark(m any) {
	if w.marks == nil {
		w.marks = cty.ValueMarks{}
	}
	w.marks[m] = struct{}{}
}

func (w *jsonWriter) value(v cty.Value) error {
	if v.IsMarked() {
		u, marks := v.Unmark()
		for m := range marks {
			w.mark(m)
		}
		v = u
	}
	if !v.IsKnown() {
		w.unknown = true
		w.string(unknownText)
		return nil
	}
	if v.IsNull() {
		w.text = append(w.text, "null"...)
		return nil
	}
	switch t := v.Type(); {
	case t == cty.String:
		w.string(v.AsString())
	case t == cty.Number:
		return w.number(v.AsBigFloat())
	case t == cty.Bool:
		w.text = strconv.AppendBool(w.text, v.True())
	case t.IsObjectType():
		names := make([]string, 0, 8)
		for name := range t.AttributeTypes() {
			names = append(names, name)
		}
		slices.Sort(names)
		w.text = append(w.text, '{')
		for i, name := range names {
			if err := w.member(i, name, v.GetAttr(name)); err != nil {
				return err
			}
		}
		w.text = append(w.text, '}')
	case t.IsMapType():
		w.text = append(w.text, '{')
		i := 0
		for it := v.ElementIterator(); it.Next(); i++ {
			k, x := it.Element()
			if err := w.member(i, k.AsString(), x); err != nil {
				return err
			}
		}
		w.text = append(w.text, '}')
	case t.IsListType(), t.IsSetType(), t.IsTupleType():
		w.text = append(w.text, '[')
		i := 0
		for it := v.ElementIterator(); it.Next(); i++ {
			if i > 0 {
				w.text = append(w.text, ',')
			}
			_, x := it.Element()
			if err := w.value(x); err != nil {
				return err
			}
		}
		w.text = append(w.text, ']')
	default:
		return errors.New("cannot JSON-serialize " + t.FriendlyName())
	}
	return nil
}

func (w *jsonWriter) member(i int, name string, v cty.Value) error {
	if i > 0 {
		w.text = append(w.text, ',')
	}
	w.string(name)
	w.text = append(w.text, ':')
	return w.value(v)
}

func (w *jsonWriter) string(s string) {
	for i := range len(s) {
		// Everything else is left to the library, tokens as well: they are not escaped,
		// but U+2028 is.
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(s) // of a string it never fails
			w.text = append(w.text, quoted...)
			return
		}
	}
	w.text = append(w.text, '"')
	w.text = append(w.text, s...)
	w.text = append(w.text, '"')
}

// exactInts are the whole numbers that every precision of cty's holds.
const exactInts = 1 << 53

func (w *jsonWriter) number(f *big.Float) error {
	if f.IsInf() {
		return errors.New("cannot serialize infinity as JSON")
	}
	if i, exact := f.Int64(); exact == big.Exact && i < exactInts && i > -exactInts && (i != 0 || !f.Signbit()) {
		w.text = strconv.AppendInt(w.text, i, 10)
		return nil
	}
	w.text = f.Append(w.text, 'f', -1)
	return nil
}
