package plan

import (
	"fmt"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
)

// converter turns the JSON of one instance into a body. A hint is what the
// evaluator made of the same place in the files beside the plan; cty.NilVal where
// there is none.
type converter struct {
	r  *reader
	in *instance
}

// body makes an instance's body when it is first asked for. While it is being made
// it is nil.
func (r *reader) body(in *instance) *eval.Block {
	if in.Body != nil || in.busy {
		return in.Body
	}
	in.busy = true
	defer func() { in.busy = false }()
	var hint *eval.Block
	if in.source != nil && r.config != nil {
		hint = in.source.Body
	}
	var expressions map[string]*tfjson.Expression
	if in.config != nil {
		expressions = in.config.Expressions
	}
	c := converter{r, in}
	in.Body = c.block(in.given, hint, expressions, in.Source, 0)
	if f := r.opt.Compute[in.Type]; f != nil {
		in.further = f(in.Resource)
	}
	return in.Body
}

// block makes a body, with what of it is not set left out; see [Read].
func (c converter) block(g given, hint *eval.Block, expressions map[string]*tfjson.Expression, at graph.Source, depth int) *eval.Block {
	out := &eval.Block{Attrs: map[string]eval.Value{}, Source: at}
	for _, name := range g.names() {
		f, e := g.field(name), expressions[name]
		hints := hint.All(name)
		configured := len(hints) > 0 || e != nil && e.ExpressionData != nil
		if !f.anyUnknown(0) && (f.value == nil || !configured && f.isEmpty()) || f.wholly() && !configured {
			continue
		}
		nested := blocksOf(hint, name)
		if len(nested) > 0 && f.isListOfObjects() && depth < maxNesting {
			out.Blocks = append(out.Blocks, c.nested(name, f, nested, e, depth)...)
			continue
		}
		v := eval.Value{Source: at}
		h := cty.NilVal
		switch {
		case len(nested) > 0:
			list := make([]cty.Value, len(hints))
			for i, x := range hints {
				list[i] = x.V
			}
			h = cty.TupleVal(list)
		case len(hints) > 0:
			h = hints[0].V
		}
		if len(hints) > 0 && !hints[0].Source.IsZero() {
			v.Source = hints[0].Source
		}
		v.V = c.attribute(name, f, h, e, depth)
		out.Attrs[name] = v
	}
	return out
}

// blocksOf returns the nested blocks of a type, without attributes that look like them.
func blocksOf(b *eval.Block, typ string) []*eval.Block {
	if b == nil {
		return nil
	}
	var out []*eval.Block
	for _, n := range b.Blocks {
		if n.Type == typ {
			out = append(out, n)
		}
	}
	return out
}

// nested makes blocks of a list of objects, each with the place and the marks of
// the block in the files that it comes from.
func (c converter) nested(typ string, g given, hints []*eval.Block, e *tfjson.Expression, depth int) []*eval.Block {
	n, _ := g.length()
	p := pairs{n: len(hints), fits: func(i, j int) bool { return fitsBlock(g.element(i), hints[j]) }}
	// A dynamic block that could not be expanded stands for all that none else fits.
	var many *eval.Block
	if i := slices.IndexFunc(hints, func(h *eval.Block) bool { return h.Many || len(hints) == 1 }); i >= 0 {
		many = hints[i]
	}
	out := make([]*eval.Block, n)
	for i := range n {
		hint, at := many, hints[0].Source
		if j := p.of(i, n); j >= 0 {
			hint = hints[j]
		}
		if hint != nil {
			at = hint.Source
		}
		b := c.block(g.element(i), hint, nestedExpressions(e, g.element(i), i, n), at, depth+1)
		b.Type = typ
		out[i] = b
	}
	return out
}

// attribute makes the value of an attribute.
func (c converter) attribute(name string, g given, hint cty.Value, e *tfjson.Expression, depth int) cty.Value {
	if hint == cty.NilVal && e != nil && e.ExpressionData != nil {
		if n, ok := g.length(); ok && len(e.NestedBlocks) > 0 {
			list := make([]cty.Value, n)
			for i := range n {
				list[i] = c.object(g.element(i), cty.NilVal, nestedExpressions(e, g.element(i), i, n), nil, depth+1)
			}
			return c.sensitive(g, cty.TupleVal(list))
		}
	}
	var from *origin
	if _, single := text(g.value); hint == cty.NilVal || !single {
		from = c.r.originOf(c.in, references(e), g)
	}
	if from != nil && from.crowded && hint == cty.NilVal {
		if g.anyUnknown(0) {
			return c.sensitive(g, cty.DynamicVal.WithMarks(from.ofUnknown()))
		}
		from = nil // the known values say what they are of
	}
	v := c.value(name, g, hint, from, depth)
	if _, ok := g.value.(string); ok && soundsSecret(name) && !c.r.writtenOut(c.r.scope(c.in.Module), e) {
		_, marks := v.UnmarkDeep()
		return cty.UnknownVal(cty.String).WithMarks(marks).Mark(eval.Sensitive{})
	}
	return v
}

// value makes a value of any kind.
func (c converter) value(name string, g given, hint cty.Value, from *origin, depth int) cty.Value {
	if depth > maxNesting {
		c.r.note(graph.Note{
			Code: "limit", Source: c.in.Source, Address: c.in.Address,
			Message: fmt.Sprintf("a value is nested deeper than %d: the rest of it is taken as unknown", maxNesting),
		})
		return cty.DynamicVal
	}
	if g.wholly() {
		return c.sensitive(g, c.unknown(name, hint, from))
	}
	if g.isObject() {
		attrs := map[string]cty.Value{}
		for _, k := range g.names() {
			attrs[k] = c.value(k, g.field(k), member(hint, k), from, depth+1)
		}
		return c.sensitive(g, cty.ObjectVal(attrs))
	}
	n, ok := g.length()
	if !ok {
		return c.sensitive(g, c.leaf(name, g, hint, from))
	}
	hints := elements(hint)
	p := pairs{n: len(hints), fits: func(i, j int) bool { return fits(g.element(i), hints[j], 0) }}
	list := make([]cty.Value, n)
	for i := range n {
		h := cty.NilVal
		if j := p.of(i, n); j >= 0 {
			h = hints[j]
		} else if len(hints) == 1 && !hints[0].IsKnown() {
			h = hints[0]
		}
		e := g.element(i)
		if e.isObject() {
			list[i] = c.object(e, h, nil, from, depth+1)
		} else {
			list[i] = c.value(name, e, h, from, depth+1)
		}
	}
	return c.sensitive(g, cty.TupleVal(list))
}

// object makes an object that stands in a list, which is what nested blocks look
// like: what of it is not set is left out, as in a body.
func (c converter) object(g given, hint cty.Value, expressions map[string]*tfjson.Expression, from *origin, depth int) cty.Value {
	attrs := map[string]cty.Value{}
	// Of a dynamic block the plan does not say what is configured in it.
	dynamic := expressions == nil && hint == cty.NilVal && from == nil && c.in.config != nil
	for _, k := range g.names() {
		f, h, e := g.field(k), member(hint, k), expressions[k]
		configured := h != cty.NilVal && !isNull(h) || e != nil && e.ExpressionData != nil
		// Within an expression that was not evaluated, any unknown may be configured.
		if !f.anyUnknown(0) && !configured && f.isEmpty() || f.wholly() && !configured && !dynamic && (from == nil || hint != cty.NilVal) {
			continue
		}
		if from != nil || depth > maxNesting {
			attrs[k] = c.value(k, f, h, from, depth+1)
		} else {
			attrs[k] = c.attribute(k, f, h, e, depth+1)
		}
	}
	return c.sensitive(g, cty.ObjectVal(attrs))
}

func (c converter) sensitive(g given, v cty.Value) cty.Value {
	if g.isSensitive() {
		return v.Mark(eval.Sensitive{})
	}
	return v
}

// leaf makes a known primitive or null.
func (c converter) leaf(name string, g given, hint cty.Value, from *origin) cty.Value {
	if g.value == nil {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	v := primitive(g.value)
	if hint != cty.NilVal {
		_, marks := hint.UnmarkDeep()
		if marks = c.r.remark(marks); len(marks) > 0 {
			return v.WithMarks(marks)
		}
		return v
	}
	if from != nil {
		if marks := from.ofKnown(g.value); len(marks) > 0 {
			return v.WithMarks(marks)
		}
	}
	if s, ok := g.value.(string); ok {
		return v.WithMarks(c.r.exact.marks(c.in, name, s))
	}
	return v
}

// unknown makes what stands for a value that terraform does not know yet: what the
// evaluator made of it, or the attribute of another resource that it is.
func (c converter) unknown(name string, hint cty.Value, from *origin) cty.Value {
	switch {
	case hint != cty.NilVal && hint.ContainsMarked():
		return c.r.remarkDeep(hint)
	case hint != cty.NilVal:
		return cty.DynamicVal // where the evaluator knows what terraform does not, the files differ from the plan
	case from == nil || len(from.refs) == 0:
		if c.r.source == nil {
			c.r.lost++
		}
		return cty.DynamicVal
	}
	if ref, ok := from.sole(); ok && !holdsDocument(name) {
		return c.r.standIn(ref).WithMarks(from.ofUnknown())
	}
	if documents := c.r.computedDocuments(from.refs); holdsDocument(name) && len(documents) == 1 {
		return documents[0].WithMarks(from.ofUnknown())
	}
	return cty.DynamicVal.WithMarks(from.ofUnknown())
}

// holdsDocument tells, by convention, attributes that hold a text of many parts: an
// identifier cannot stand in for it.
func holdsDocument(name string) bool {
	for _, part := range strings.Split(name, "_") {
		if slices.Contains([]string{
			"policy", "policies", "definition", "definitions", "document", "documents", "template", "body", "pattern", "data", "json", "content",
			"script", "spec", "manifest", "values", "yaml", "input",
		}, part) {
			return true
		}
	}
	return false
}

// standIn is the attribute of another instance as the evaluator would show it.
func (r *reader) standIn(ref eval.Ref) cty.Value {
	in := r.byAddress[ref.Address]
	if in == nil || ref.Attr == "" {
		return cty.DynamicVal
	}
	if body := r.body(in); body != nil {
		if v, ok := in.further[ref.Attr]; ok {
			return v
		}
		if v := body.Attrs[ref.Attr]; v.IsSet() {
			return v.V
		}
	}
	return r.opt.Computed(in.Resource, ref.Attr)
}

// computedDocuments returns what data sources make of their arguments.
func (r *reader) computedDocuments(refs []eval.Ref) []cty.Value {
	var out []cty.Value
	for _, ref := range refs {
		in := r.byAddress[ref.Address]
		if in == nil || r.opt.Compute[in.Type] == nil {
			continue
		}
		r.body(in)
		if v, ok := in.further[ref.Attr]; ok {
			out = append(out, v)
		}
	}
	return out
}

// remarkDeep is remark for all parts of a value.
func (r *reader) remarkDeep(v cty.Value) cty.Value {
	u, paths := v.UnmarkDeepWithPaths()
	for i := range paths {
		paths[i].Marks = r.remark(paths[i].Marks)
	}
	return u.MarkWithPaths(slices.DeleteFunc(paths, func(p cty.PathValueMarks) bool { return len(p.Marks) == 0 }))
}
