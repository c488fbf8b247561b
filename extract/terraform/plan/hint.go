package plan

import (
	"drawbridge/extract/terraform/eval"

	"github.com/zclconf/go-cty/cty"
)

// member returns a member of a hint with the marks of the whole, cty.NilVal where
// there is none. All of an unknown is unknown.
func member(hint cty.Value, name string) cty.Value {
	if hint == cty.NilVal {
		return cty.NilVal
	}
	u, marks := hint.Unmark()
	if !u.IsKnown() {
		return hint
	}
	if u.IsNull() {
		return cty.NilVal
	}
	switch t := u.Type(); {
	case t.IsObjectType() && t.HasAttribute(name):
		return u.GetAttr(name).WithMarks(marks)
	case t.IsMapType() && u.HasIndex(cty.StringVal(name)).True():
		return u.Index(cty.StringVal(name)).WithMarks(marks)
	}
	return cty.NilVal
}

// elements returns the elements of a hint; the hint itself where it is one element
// or unknown.
func elements(hint cty.Value) []cty.Value {
	if hint == cty.NilVal {
		return nil
	}
	list := eval.Value{V: hint}.Elements()
	out := make([]cty.Value, len(list))
	for i, e := range list {
		out[i] = e.V
	}
	return out
}

func isNull(v cty.Value) bool { return eval.Value{V: v}.IsNull() }

// pairs finds for the elements of a list the hints that they come from: sets are in
// another order in a plan than in the files.
type pairs struct {
	n    int // hints
	fits func(element, hint int) bool
	used map[int]bool
}

// maxPairing bounds the lists of which elements are looked for out of order.
const maxPairing = 200

// of returns the hint of element i of n, -1 where none fits.
func (p *pairs) of(i, n int) int {
	if p.used == nil {
		p.used = map[int]bool{}
	}
	take := func(j int) int {
		p.used[j] = true
		return j
	}
	same := n == p.n && !p.used[i]
	if same && (n == 1 || p.fits(i, i)) {
		return take(i)
	}
	if n <= maxPairing && p.n <= maxPairing {
		for j := range p.n {
			if !p.used[j] && p.fits(i, j) {
				return take(j)
			}
		}
	}
	if same {
		return take(i) // providers write some values in a form of their own
	}
	return -1
}

// fits reports whether nothing that a hint says for certain speaks against a value.
func fits(g given, hint cty.Value, depth int) bool {
	if depth > maxNesting || hint == cty.NilVal {
		return true
	}
	h := eval.Value{V: hint}
	if h.IsNull() {
		return g.isEmpty()
	}
	if s, ok := h.Text(); ok {
		if g.wholly() || len(eval.Tokens(s)) > 0 || computed(h) {
			return g.wholly() || computed(h)
		}
		got, _ := text(g.value)
		return got == s
	}
	if fields := h.Fields(); fields != nil {
		for name, f := range fields {
			if !fits(g.field(name), f.V, depth+1) {
				return false
			}
		}
		return true
	}
	if u, _ := hint.Unmark(); !u.IsKnown() {
		return true
	}
	n, ok := g.length()
	if !ok {
		return g.wholly()
	}
	hints := elements(hint)
	if n != len(hints) {
		return false
	}
	for i := range n {
		if !fits(g.element(i), hints[i], depth+1) {
			return n > 1 // a set's order is its own
		}
	}
	return true
}

func computed(v eval.Value) bool {
	for _, ref := range v.Refs() {
		if ref.Computed {
			return true
		}
	}
	return false
}

// fitsBlock is fits for a nested block.
func fitsBlock(g given, hint *eval.Block) bool {
	for name, v := range hint.Attrs {
		if v.IsSet() && !v.IsNull() && !fits(g.field(name), v.V, 0) {
			return false
		}
	}
	return true
}
