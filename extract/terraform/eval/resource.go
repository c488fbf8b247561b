package eval

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// node evaluates a resource block with all of its instances.
func (in *instance) node(key string) *resourceNode {
	n := in.resources[key]
	if n == nil {
		n = &resourceNode{}
		in.resources[key] = n
	}
	r := in.mod.resources[key]
	if n.busy {
		in.ev.note("cycle", r.source, join(in.address, key), "break the cycle: terraform refuses it", "%s depends on itself", join(in.address, key))
	}
	if n.done || n.busy {
		return n
	}
	address := join(in.address, key)
	if in.ev.waiting >= maxChain {
		in.ev.note("limit", r.source, address, "", "%s: more than %d values wait for each other", address, maxChain)
		return n
	}
	n.busy = true
	in.ev.waiting++
	defer func() { n.busy, n.done = false, true; in.ev.waiting-- }()

	x := in.expand(r.repetition, address)
	n.kind, n.keys = x.kind, x.keys
	if len(x.keys) == 0 {
		return n
	}
	scope := in.scope(r.references())
	n.instances = make([]*Resource, 0, len(x.keys))
	for i := range x.keys {
		inst := &Resource{
			Address: address + x.suffix(i), Mode: r.mode, Type: r.typ, Name: r.name, Module: in.module(),
			Key: strings.Trim(x.suffix(i), "[]"), Many: x.many, Provider: r.provider, Source: r.source,
		}
		inst.Body = in.block(r.body, x.context(scope, i))
		in.importID(inst)
		n.instances = append(n.instances, inst)
		in.ev.result.byAddress[inst.Address] = inst
	}
	if in.parent == nil { // of the root there is no other instance
		r.release()
	}
	return n
}

// importID sets the ID that an import block of the root tells.
func (in *instance) importID(r *Resource) {
	root := in
	for root.parent != nil {
		root = root.parent
	}
	if r.Mode != Managed || len(root.mod.imports) == 0 {
		return
	}
	if im := root.imports()[r.Address]; im != nil {
		id := im.block.id
		r.Body.Attrs["id"] = Value{V: root.eval(id, im.of.context(root.scope(id.refs), im.index)), Source: id.source}
	}
}

// imports returns what the root's import blocks name, by address. Their IDs are not
// evaluated yet: they may rest on what is imported, too.
func (in *instance) imports() map[string]*importedInstance {
	if in.imported != nil {
		return in.imported
	}
	in.imported = map[string]*importedInstance{}
	for _, im := range in.mod.imports {
		x := in.expand(im.repetition, "import")
		for i := range x.keys {
			if to := in.importedAddress(im.to.Expression, x.context(in.ev.base, i)); to != "" && !x.many {
				in.imported[join(in.address, to)] = &importedInstance{im, &x, i}
			}
		}
	}
	return in.imported
}

// importedInstance is what one instance of an import block tells.
type importedInstance struct {
	block *imported
	of    *expansion
	index int
}

// importedAddress writes the address that an import block names, in which an instance
// key may be an expression; "" where one can't be known.
func (in *instance) importedAddress(e hcl.Expression, ctx *hcl.EvalContext) string {
	switch e := e.(type) {
	case *hclsyntax.IndexExpr:
		key, diags := e.Key.Value(ctx)
		u, marks := key.Unmark()
		collection := in.importedAddress(e.Collection, ctx)
		if diags.HasErrors() || !u.IsKnown() || u.IsNull() || isComputed(marks) || collection == "" {
			return ""
		}
		return collection + "[" + keyText(u) + "]"
	case *hclsyntax.RelativeTraversalExpr:
		source := in.importedAddress(e.Source, ctx)
		if source == "" {
			return ""
		}
		return source + traversalText(e.Traversal)
	}
	return addressOf(&expr{Expression: e})
}

// block evaluates a body.
func (in *instance) block(b *body, ctx *hcl.EvalContext) *Block {
	out := &Block{Source: b.source, Attrs: make(map[string]Value, len(b.attrs))}
	for _, a := range b.attrs {
		out.Attrs[a.name] = Value{V: in.eval(a.value, ctx), Source: a.value.source}
	}
	for _, n := range b.blocks {
		if n.dynamic {
			out.Blocks = append(out.Blocks, in.dynamic(n, ctx)...)
			continue
		}
		x := in.block(n.body, ctx)
		x.Type, x.Labels, x.Source = n.typ, n.labels, n.source
		out.Blocks = append(out.Blocks, x)
	}
	return out
}

// dynamic expands a dynamic block. Where its for_each can't be known, one block
// stands for any number.
func (in *instance) dynamic(n *block, ctx *hcl.EvalContext) []*Block {
	if n.forEach == nil {
		in.ev.note("parse-error", n.source, "", "add for_each", "dynamic block %q has no for_each", n.typ)
		return nil
	}
	v := in.eval(n.forEach, ctx)
	one := func(key, val cty.Value, many bool) *Block {
		ctx := withRoot(ctx, n.iterator, cty.ObjectVal(map[string]cty.Value{"key": key, "value": val}))
		x := in.block(n.body, ctx)
		x.Type, x.Source, x.Many = n.typ, n.source, many
		if n.madeLabels != nil {
			for _, l := range (Value{V: in.eval(n.madeLabels, ctx)}).Elements() {
				text, _ := l.Text()
				x.Labels = append(x.Labels, text)
			}
		}
		return x
	}
	u, marks := v.Unmark()
	switch {
	case !u.IsKnown():
		m := deepMarks(v)
		return []*Block{one(cty.DynamicVal.WithMarks(m), cty.DynamicVal.WithMarks(m), true)}
	case u.IsNull() || !u.CanIterateElements():
		in.ev.note("not-evaluated", n.source, "", "", "for_each of dynamic block %q is no collection", n.typ)
		return nil
	}
	var out []*Block
	for it := u.ElementIterator(); it.Next(); {
		k, val := it.Element()
		if u.Type().IsSetType() {
			k = val
		}
		if len(out) >= in.ev.opt.Limits.Instances {
			in.ev.note("limit", n.source, "", "", "dynamic block %q has more than %d instances", n.typ, in.ev.opt.Limits.Instances)
			break
		}
		out = append(out, one(k.WithMarks(marks), val.WithMarks(marks), false))
	}
	return out
}

// resourceValue is what a reference to a resource evaluates to.
func (in *instance) resourceValue(r reference) cty.Value {
	conf := in.mod.resources[r.name]
	if conf == nil {
		in.ev.note("undeclared", r.source, "", "declare it", "%s is not declared", r.name)
		return cty.DynamicVal
	}
	busy := in.resources[r.name] != nil && in.resources[r.name].busy
	if busy && r.own {
		return cty.DynamicVal.Mark(Ref{Address: join(in.address, r.name), Computed: true})
	}
	n := in.node(r.name)
	if busy {
		return cty.DynamicVal.Mark(Ref{Address: join(in.address, r.name), Computed: true})
	}
	if n.value == cty.NilVal {
		names := in.readNames(r.name, n.instances)
		values := make([]cty.Value, len(n.instances))
		for i, inst := range n.instances {
			values[i] = in.ev.object(inst, names)
		}
		v := collection(n.kind, n.keys, values)
		if n.kind == byCount && len(n.instances) == 1 && n.instances[0].Many {
			v = v.Mark(Ref{Address: n.instances[0].Address, Computed: true}) // its length decides nothing
		}
		if !n.done {
			return v // a limit was hit
		}
		n.value = v
	}
	return n.value
}

// readNames returns the attribute names that expressions read from a resource,
// sorted. Where it is used as a whole, that is every name that some expression of
// the root reads from anything; nil then also asks for all that is configured.
func (in *instance) readNames(key string, instances []*Resource) []string {
	set := map[string]bool{}
	for _, n := range in.mod.reads[key] {
		set[n] = true
	}
	if in.mod.whole[key] {
		for n := range in.ev.loose {
			set[n] = true
		}
		if len(instances) > 0 { // all have the same
			for name := range instances[0].Body.Attrs {
				set[name] = true
			}
		}
	}
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// object is an instance as other expressions see it: configured attributes as they
// are, all others as computed. Each carries the mark that names it.
func (ev *evaluator) object(r *Resource, names []string) cty.Value {
	var further map[string]cty.Value
	if f := ev.opt.Compute[r.Type]; f != nil {
		further = f(r)
	}
	attrs := make(map[string]cty.Value, len(names))
	for _, name := range names {
		if v, ok := further[name]; ok {
			attrs[name] = v.Mark(Ref{Address: r.Address, Attr: name})
			continue
		}
		if v := r.Body.Attrs[name]; v.IsSet() && (!v.IsNull() || r.Type == dataType) {
			attrs[name] = v.V.Mark(Ref{Address: r.Address, Attr: name})
			continue
		}
		if blocks := r.Body.BlocksOf(name); len(blocks) > 0 {
			list := make([]cty.Value, len(blocks))
			for i, b := range blocks {
				list[i] = ev.blockObject(r, b, name)
			}
			attrs[name] = cty.TupleVal(list).Mark(Ref{Address: r.Address, Attr: name})
			continue
		}
		attrs[name] = ev.computed(r, name)
	}
	return cty.ObjectVal(attrs)
}

// blockObject is a nested block at a dotted path as other expressions see it: what is
// configured, and what they read of it beside that as computed.
func (ev *evaluator) blockObject(r *Resource, b *Block, path string) cty.Value {
	attrs := make(map[string]cty.Value, len(b.Attrs))
	for n, v := range b.Attrs {
		attrs[n] = v.V
	}
	nested := map[string][]cty.Value{}
	for _, n := range b.Blocks {
		nested[n.Type] = append(nested[n.Type], ev.blockObject(r, n, path+"."+n.Type))
	}
	for n, vs := range nested {
		attrs[n] = cty.TupleVal(vs)
	}
	for name := range ev.after[path[strings.LastIndex(path, ".")+1:]] {
		if v, there := attrs[name]; !there || v.IsNull() {
			attrs[name] = ev.opt.computedAt(r, name, path+"."+name)
		}
	}
	return cty.ObjectVal(attrs)
}

// dataType is terraform's own resource, the only type whose behaviour is known here.
const dataType = "terraform_data"

// computed is what stands for an attribute that is known only after apply.
func (ev *evaluator) computed(r *Resource, name string) cty.Value {
	if r.Type == dataType && name == "output" {
		if in := r.Body.Attrs["input"]; in.IsSet() {
			return in.V.Mark(Ref{Address: r.Address, Attr: name, Computed: true})
		}
	}
	return ev.opt.Computed(r, name)
}

// Computed is what stands for an attribute that is known only after apply: a token
// in the attribute's shape, an unknown where that is no string. It carries the mark.
func (o Options) Computed(r *Resource, name string) cty.Value { return o.computedAt(r, name, name) }

// computedAt is [Options.Computed] for an attribute of a nested block at a dotted path.
func (o Options) computedAt(r *Resource, name, path string) cty.Value {
	mark := Ref{Address: r.Address, Attr: path, Computed: true}
	shape := o.Shape
	if shape == nil {
		shape = defaultShape
	}
	format := shape(r.Mode, r.Type, name).Format
	if format == "" {
		return cty.DynamicVal.Mark(mark)
	}
	return cty.StringVal(strings.ReplaceAll(format, "%s", Token(r.Address))).Mark(mark)
}

// defaultShape is used where the caller tells none: names that end like strings do.
func defaultShape(_ Mode, _, attr string) Shape {
	for _, end := range []string{"id", "arn", "name", "url", "endpoint", "address"} {
		if attr == end || strings.HasSuffix(attr, "_"+end) {
			return Shape{Format: "%s"}
		}
	}
	return Shape{}
}
