package plan

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
)

// origin is what one expression of the plan's configuration refers to. The
// expression may have given many leaves, and the JSON does not say which reference
// gave which: see [spread].
type origin struct {
	r       *reader
	written int // how many references there are, those to no resource included
	refs    []eval.Ref
	spread  []spread // of each of refs
	// crowded is set where so many references gave so many leaves that telling them
	// apart would cost the product of both.
	crowded bool
}

// maxOrigins is how many references are told apart leaf by leaf.
const maxOrigins = 1000

// spread says which leaves derive from a reference: those that hold one of its
// texts, where any does; else the unknown ones, where it is unknown itself; else all.
type spread struct {
	texts       []string
	unknownOnly bool
}

// originOf resolves the references that an expression of an instance makes, nil
// where there are none.
func (r *reader) originOf(in *instance, written []string, g given) *origin {
	s := r.scope(in.Module)
	if s == nil || len(written) == 0 {
		return nil
	}
	rep := repetition{self: in.Address, key: strings.TrimPrefix(in.Address, in.block)}
	if in.config != nil {
		rep.forEach = references(in.config.ForEachExpression)
	}
	o := &origin{r: r, refs: s.resolve(written, rep)}
	for i, ref := range written {
		if i == 0 || !begins(written[i-1], ref) {
			o.written++
		}
	}
	o.spread = make([]spread, len(o.refs))
	if _, single := text(g.value); single || g.wholly() {
		return o
	}
	if len(o.refs) > maxOrigins {
		o.crowded = true
		return o
	}
	var leaves []string
	texts(g.value, 0, func(s string) { leaves = append(leaves, s) })
	unknown := g.anyUnknown(0)
	for i, ref := range o.refs {
		target := r.byAddress[ref.Address]
		if target == nil || ref.Attr == "" {
			continue
		}
		texts(target.given.field(ref.Attr).value, 0, func(s string) {
			if len(s) >= 3 && slices.ContainsFunc(leaves, func(l string) bool { return strings.Contains(l, s) }) {
				o.spread[i].texts = append(o.spread[i].texts, s)
			}
		})
		o.spread[i].unknownOnly = len(o.spread[i].texts) == 0 && unknown && r.isUnknown(ref)
	}
	return o
}

// ofKnown returns the marks of a known leaf.
func (o *origin) ofKnown(v any) cty.ValueMarks {
	s, _ := text(v)
	var out []eval.Ref
	for i, ref := range o.refs {
		of := o.spread[i]
		if !of.unknownOnly && (of.texts == nil || slices.ContainsFunc(of.texts, func(t string) bool { return strings.Contains(s, t) })) {
			out = append(out, ref)
		}
	}
	return o.r.marks(out)
}

// ofUnknown returns the marks of an unknown leaf.
func (o *origin) ofUnknown() cty.ValueMarks {
	var out []eval.Ref
	for i, ref := range o.refs {
		if o.spread[i].texts == nil {
			out = append(out, ref)
		}
	}
	return o.r.marks(out)
}

// sole returns the one attribute that an expression consists of as far as the JSON
// tells; false where it refers to more.
func (o *origin) sole() (eval.Ref, bool) {
	if o.written != 1 || len(o.refs) != 1 {
		return eval.Ref{}, false
	}
	return o.refs[0], true
}

// nestedExpressions returns the expressions of the block that element i of n comes
// from. Sets of blocks come in an order of their own, so a block is told by its
// constants; where several may be meant, the element has the references of all.
func nestedExpressions(e *tfjson.Expression, g given, i, n int) map[string]*tfjson.Expression {
	if e == nil || e.ExpressionData == nil {
		return nil
	}
	var candidates []map[string]*tfjson.Expression
	for j, block := range e.NestedBlocks {
		if !fitsConstants(g, block) {
			continue
		}
		if i == j && n == len(e.NestedBlocks) {
			return block
		}
		candidates = append(candidates, block)
	}
	if len(candidates) == 1 {
		return candidates[0]
	}
	all := map[string]*tfjson.Expression{}
	for _, block := range candidates {
		for name, e := range block {
			if e == nil || e.ExpressionData == nil {
				continue
			}
			if all[name] == nil {
				all[name] = &tfjson.Expression{ExpressionData: &tfjson.ExpressionData{}}
			}
			all[name].References = append(all[name].References, e.References...)
			all[name].NestedBlocks = append(all[name].NestedBlocks, e.NestedBlocks...)
		}
	}
	return all
}

// fitsConstants reports whether no constant of a block speaks against an element.
func fitsConstants(g given, block map[string]*tfjson.Expression) bool {
	for name, e := range block {
		if e == nil || e.ExpressionData == nil {
			continue
		}
		want, ok := text(e.ConstantValue)
		if !ok {
			continue
		}
		if got, _ := text(field(g.value, name)); got != want {
			return false
		}
	}
	return true
}
