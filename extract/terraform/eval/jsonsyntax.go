package eval

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// readJSON reads a file in JSON syntax. It is brought into the native syntax tree
// first, so that everything behind sees one form.
func (m *module) readJSON(src []byte, file string, override bool) {
	f, diags := json.Parse(src, file)
	m.diagnose(file, diags)
	if f == nil || f.Body == nil {
		return
	}
	attrs, diags := f.Body.JustAttributes()
	m.diagnose(file, diags)
	names := make([]string, 0, len(attrs))
	for n := range attrs {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, typ := range names {
		if typ == "//" {
			continue
		}
		labels := map[string]int{
			"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "check": 1,
		}[typ]
		m.jsonBlocks(typ, nil, labels, fromJSON(attrs[typ].Expr), override)
	}
}

// jsonBlocks goes down the objects that stand for labels, then adds each body.
func (m *module) jsonBlocks(typ string, labels []string, more int, e hclsyntax.Expression, override bool) {
	switch e := e.(type) {
	case *hclsyntax.TupleConsExpr:
		for _, x := range e.Exprs {
			m.jsonBlocks(typ, labels, more, x, override)
		}
	case *hclsyntax.ObjectConsExpr:
		if more == 0 {
			m.add(typ, labels, m.jsonBody(e, rawAttributes(typ)), sourceOf(e.Range()), override)
			return
		}
		for _, item := range e.Items {
			if label := constantKey(item); label != "" && label != "//" {
				m.jsonBlocks(typ, append(slices.Clip(labels), label), more-1, item.ValueExpr, override)
			}
		}
	default:
		m.note("parse-error", sourceOf(e.Range()), "", "%q holds no object", typ)
	}
}

func constantKey(item hclsyntax.ObjectConsItem) string {
	v, diags := item.KeyExpr.Value(nil)
	if diags.HasErrors() || !v.IsKnown() || v.IsNull() || v.Type() != cty.String {
		return ""
	}
	return v.AsString()
}

func (m *module) jsonBody(e *hclsyntax.ObjectConsExpr, raw []string) *body {
	out := &body{source: sourceOf(e.Range())}
	for _, item := range e.Items {
		name := constantKey(item)
		switch {
		case name == "" || name == "//":
			continue
		case name == "dynamic":
			m.jsonDynamic(out, item.ValueExpr)
			continue
		}
		at := sourceOf(item.ValueExpr.Range())
		v := &expr{Expression: item.ValueExpr}
		if !slices.Contains(raw, name) {
			v = m.prepare(item.ValueExpr)
		}
		v.source = at
		out.attrs = append(out.attrs, &attribute{name, v})
	}
	sortAttributes(out.attrs)
	return out
}

func (m *module) jsonDynamic(out *body, e hclsyntax.Expression) {
	each(e, func(o *hclsyntax.ObjectConsExpr) {
		for _, item := range o.Items {
			typ := constantKey(item)
			each(item.ValueExpr, func(d *hclsyntax.ObjectConsExpr) {
				b := &block{typ: typ, dynamic: true, iterator: typ, source: sourceOf(d.Range()), body: &body{source: sourceOf(d.Range())}}
				parts := map[string]hclsyntax.Expression{}
				for _, x := range d.Items {
					parts[constantKey(x)] = x.ValueExpr
				}
				if e := parts["for_each"]; e != nil {
					b.forEach = m.prepare(e)
				}
				if e := parts["iterator"]; e != nil {
					if v, diags := e.Value(nil); !diags.HasErrors() && v.Type() == cty.String {
						b.iterator = v.AsString()
					}
				}
				m.iterators = append(m.iterators, b.iterator)
				each(parts["content"], func(c *hclsyntax.ObjectConsExpr) { b.body = m.jsonBody(c, nil) })
				m.iterators = m.iterators[:len(m.iterators)-1]
				out.blocks = append(out.blocks, b)
			})
		}
	})
}

// each calls f for an object, or for each object of a list.
func each(e hclsyntax.Expression, f func(*hclsyntax.ObjectConsExpr)) {
	switch e := e.(type) {
	case *hclsyntax.ObjectConsExpr:
		f(e)
	case *hclsyntax.TupleConsExpr:
		for _, x := range e.Exprs {
			each(x, f)
		}
	}
}

// fromJSON brings a JSON expression into the native syntax tree: strings are
// templates, as terraform documents for its JSON syntax.
func fromJSON(e hcl.Expression) hclsyntax.Expression {
	rng := e.Range()
	if pairs, diags := hcl.ExprMap(e); !diags.HasErrors() {
		o := &hclsyntax.ObjectConsExpr{SrcRange: rng, OpenRange: e.StartRange()}
		for _, kv := range pairs {
			o.Items = append(o.Items, hclsyntax.ObjectConsItem{
				KeyExpr:   &hclsyntax.ObjectConsKeyExpr{Wrapped: fromJSON(kv.Key), ForceNonLiteral: true},
				ValueExpr: fromJSON(kv.Value),
			})
		}
		return o
	}
	if list, diags := hcl.ExprList(e); !diags.HasErrors() {
		t := &hclsyntax.TupleConsExpr{SrcRange: rng, OpenRange: e.StartRange()}
		for _, x := range list {
			t.Exprs = append(t.Exprs, fromJSON(x))
		}
		return t
	}
	v, diags := e.Value(nil)
	if diags.HasErrors() {
		v = cty.DynamicVal
	}
	if v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
		if t, diags := hclsyntax.ParseTemplate([]byte(v.AsString()), rng.Filename, rng.Start); !diags.HasErrors() {
			return t
		}
	}
	return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: rng}
}
