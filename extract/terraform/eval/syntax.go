package eval

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// prepare walks an expression once. It collects the references and the attribute
// names that the expression reads, and puts nodes of our own in place of those in
// which a token's spelling could decide something.
func (m *module) prepare(e hclsyntax.Expression) *expr {
	w := walker{module: m, shadow: slices.Clone(m.iterators)}
	e = w.walk(e)
	return &expr{Expression: e, refs: uniqueRefs(w.refs), source: sourceOf(e.Range())}
}

type walker struct {
	module *module
	refs   []reference
	shadow []string // names bound by the dynamic blocks and for-expressions around
	tried  int      // calls around that allow their arguments to fail
}

func (w *walker) walk(e hclsyntax.Expression) hclsyntax.Expression {
	switch e := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		w.traversal(e.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		e.Source = w.walk(e.Source)
		w.looseNames(e.Traversal)
		w.pairs(e.Traversal)
	case *hclsyntax.FunctionCallExpr:
		if e.Name == "try" || e.Name == "can" {
			w.tried++
			defer func() { w.tried-- }()
		}
		w.walkAll(e.Args)
		if _, own := ownProvider[e.Name]; strings.HasPrefix(e.Name, "provider::") && !own {
			w.module.note("provider-function", sourceOf(e.NameRange), "", "%s is a function of a provider: what it gives can't be known here", e.Name)
			return providerCall{e}
		}
	case *hclsyntax.ConditionalExpr:
		e.Condition, e.TrueResult, e.FalseResult = w.walk(e.Condition), w.walk(e.TrueResult), w.walk(e.FalseResult)
		return conditional{e}
	case *hclsyntax.IndexExpr:
		e.Collection, e.Key = w.walk(e.Collection), w.walk(e.Key)
		return index{e}
	case *hclsyntax.TupleConsExpr:
		w.walkAll(e.Exprs)
	case *hclsyntax.ObjectConsExpr:
		for i, item := range e.Items {
			if k, ok := item.KeyExpr.(*hclsyntax.ObjectConsKeyExpr); ok {
				if name := hcl.ExprAsKeyword(k.Wrapped); name != "" && !k.ForceNonLiteral {
					// The tree of a traversal is three times as large.
					e.Items[i].KeyExpr = &hclsyntax.LiteralValueExpr{Val: cty.StringVal(name), SrcRange: k.Range()}
				} else {
					k.Wrapped = w.walk(k.Wrapped)
				}
			}
			e.Items[i].ValueExpr = w.walk(item.ValueExpr)
		}
	case *hclsyntax.LiteralValueExpr:
		if isHuge(e.Val) {
			w.module.note("limit", sourceOf(e.SrcRange), "", "a number has more than %d bits", maxExponent)
			e.Val = cty.UnknownVal(cty.Number)
		}
	case *hclsyntax.ForExpr:
		e.CollExpr = counted{within(w.walk(e.CollExpr)), w.module.budget}
		depth := len(w.shadow)
		w.shadow = append(w.shadow, e.KeyVar, e.ValVar)
		if e.KeyExpr != nil {
			e.KeyExpr = made{within(w.walk(e.KeyExpr)), w.module.budget}
		}
		e.ValExpr = made{within(w.walk(e.ValExpr)), w.module.budget}
		if e.CondExpr != nil {
			e.CondExpr = w.walk(e.CondExpr)
		}
		w.shadow = w.shadow[:depth]
	case *hclsyntax.SplatExpr:
		e.Source = w.walk(e.Source)
		// What a splat reads of each element counts for the resource it is made over.
		if each, ok := e.Each.(*hclsyntax.RelativeTraversalExpr); ok {
			if s, ok := e.Source.(*hclsyntax.ScopeTraversalExpr); ok {
				w.readsOf(s.Traversal, each.Traversal)
			}
		}
		e.Each = w.walk(e.Each)
	case *hclsyntax.TemplateExpr:
		if e.IsStringLiteral() {
			if text := e.Parts[0].(*hclsyntax.LiteralValueExpr); text.Val.Type() == cty.String {
				return text
			}
		}
		w.walkAll(e.Parts)
		if len(e.Parts) > 1 {
			return template{e, w.module.budget}
		}
	case *hclsyntax.TemplateWrapExpr:
		e.Wrapped = w.walk(e.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		e.Tuple = w.walk(e.Tuple)
		return joined{e, w.module.budget}
	case *hclsyntax.BinaryOpExpr:
		e.LHS, e.RHS = w.walk(e.LHS), w.walk(e.RHS)
		return binary{e}
	case *hclsyntax.UnaryOpExpr:
		e.Val = w.walk(e.Val)
		return unary{e}
	case *hclsyntax.ParenthesesExpr:
		e.Expression = w.walk(e.Expression)
	}
	return e
}

func (w *walker) walkAll(es []hclsyntax.Expression) {
	for i, e := range es {
		es[i] = w.walk(e)
	}
}

func (w *walker) traversal(t hcl.Traversal) {
	if slices.Contains(w.shadow, t.RootName()) {
		w.looseNames(t[1:])
		w.pairs(t[1:])
		return
	}
	r, rest, ok := parseReference(t)
	if !ok {
		return
	}
	w.refs = append(w.refs, r)
	w.pairs(rest)
	switch r.kind {
	case refResource:
		name, deeper := firstAttr(rest)
		if name == "" {
			w.module.whole[r.name] = true
		} else {
			w.module.read(r.name, name)
		}
		if output := step(deeper); name == "outputs" && output != "" && w.tried == 0 && strings.HasPrefix(r.name, "data."+remoteStateType+".") {
			w.module.outputsRead = append(w.module.outputsRead, outputRead{r.name, output, r.source})
		}
		w.looseNames(deeper)
	case refCall:
		if r.attr == "" {
			w.module.whole["module."+r.name] = true
		}
		w.looseNames(rest)
	default:
		w.looseNames(rest)
	}
}

// step is the name at the head of a traversal's rest, "" where there is none.
func step(t hcl.Traversal) string {
	if len(t) > 0 {
		if a, ok := t[0].(hcl.TraverseAttr); ok {
			return a.Name
		}
	}
	return ""
}

// readsOf notes the first attribute of rest as read from the resource that t names.
func (w *walker) readsOf(t, rest hcl.Traversal) {
	r, _, ok := parseReference(t)
	if name, _ := firstAttr(rest); ok && r.kind == refResource && name != "" {
		w.module.read(r.name, name)
	}
}

// pairs notes which attribute is read behind which.
func (w *walker) pairs(t hcl.Traversal) {
	last := ""
	for _, step := range t {
		s, ok := step.(hcl.TraverseAttr)
		if !ok {
			continue
		}
		if last != "" {
			if w.module.after[last] == nil {
				w.module.after[last] = map[string]bool{}
			}
			w.module.after[last][s.Name] = true
		}
		last = s.Name
	}
}

func (w *walker) looseNames(t hcl.Traversal) {
	for _, step := range t {
		switch s := step.(type) {
		case hcl.TraverseAttr:
			w.module.loose[s.Name] = true
		case hcl.TraverseIndex:
			if s.Key.Type() == cty.String {
				w.module.loose[s.Key.AsString()] = true
			}
		}
	}
}

func (m *module) read(key, attr string) {
	if !slices.Contains(m.reads[key], attr) {
		m.reads[key] = append(m.reads[key], attr)
	}
}

// firstAttr returns the first attribute name of a traversal, skipping an instance
// key, and what follows it.
func firstAttr(t hcl.Traversal) (string, hcl.Traversal) {
	for i, step := range t {
		switch s := step.(type) {
		case hcl.TraverseAttr:
			return s.Name, t[i+1:]
		case hcl.TraverseIndex:
			// aws_x.y["arn"] reads an attribute where y has no for_each; either way
			// the name does no harm.
			if i > 0 && s.Key.Type() == cty.String {
				return s.Key.AsString(), t[i+1:]
			}
		}
	}
	return "", nil
}

// parseReference tells what an absolute traversal refers to, and returns the steps
// that go into it.
func parseReference(t hcl.Traversal) (reference, hcl.Traversal, bool) {
	r := reference{source: sourceOf(t.SourceRange())}
	name := func(i int) string {
		if i < len(t) {
			if a, ok := t[i].(hcl.TraverseAttr); ok {
				return a.Name
			}
		}
		return ""
	}
	used := 2
	switch root := t.RootName(); root {
	case "var":
		r.kind, r.name = refVariable, name(1)
	case "local":
		r.kind, r.name = refLocal, name(1)
	case "module":
		r.kind, r.name = refCall, name(1)
		rest := t[min(2, len(t)):]
		if len(rest) > 0 {
			if _, ok := rest[0].(hcl.TraverseIndex); ok {
				rest = rest[1:]
			}
		}
		if len(rest) > 0 {
			if a, ok := rest[0].(hcl.TraverseAttr); ok {
				r.attr, rest = a.Name, rest[1:]
			}
		}
		return r, rest, r.name != ""
	case "path":
		r.kind, r.name = refPath, name(1)
	case "terraform":
		r.kind, r.name = refTerraform, name(1)
	case "each":
		r.kind, r.name = refEach, name(1)
	case "count":
		r.kind, r.name = refCount, name(1)
	case "self":
		r.kind, r.name = refSelf, root
		used = 1
	case "data", "ephemeral":
		r.kind, used = refResource, 3
		if name(1) != "" && name(2) != "" {
			r.name = root + "." + name(1) + "." + name(2)
		}
	case "resource":
		r.kind, used, r.prefixed = refResource, 3, true
		if name(1) != "" && name(2) != "" {
			r.name = name(1) + "." + name(2)
		}
	default:
		r.kind = refResource
		if name(1) != "" {
			r.name = root + "." + name(1)
		}
	}
	return r, t[min(used, len(t)):], r.name != ""
}

// undecided makes a known number or boolean that rests on a computed value unknown:
// a token's spelling must not decide anything.
func undecided(v cty.Value) cty.Value {
	if v == cty.NilVal || !v.IsMarked() {
		return v
	}
	u, marks := v.Unmark()
	if t := u.Type(); (t == cty.Bool || t == cty.Number) && u.IsKnown() && !u.IsNull() && isComputed(marks) {
		return cty.UnknownVal(t).WithMarks(marks)
	}
	return v
}

func isComputed(marks cty.ValueMarks) bool {
	for m := range marks {
		if r, ok := m.(Ref); ok && r.Computed {
			return true
		}
	}
	return false
}

// maxMarks bounds the marks that an unknown value carries. What derives from more
// instances than that says nothing of any of them, and sets of thousands of marks
// that are merged at each step cost more than all else.
const maxMarks = 64

// deepMarks returns the marks at any depth of v; where there are more than
// maxMarks, one that stands for them all.
func deepMarks(v cty.Value) cty.ValueMarks {
	all := cty.ValueMarks{}
	if v == cty.NilVal || addMarks(all, v) {
		return all
	}
	return manyMarks()
}

func manyMarks() cty.ValueMarks { return cty.NewValueMarks(Ref{Address: "?", Computed: true}) }

// addMarks adds the marks of v to a set; false once there are too many.
func addMarks(all cty.ValueMarks, v cty.Value) bool {
	if v.IsMarked() {
		u, marks := v.Unmark()
		for m := range marks {
			all[m] = struct{}{}
		}
		if len(all) > maxMarks {
			return false
		}
		v = u
	}
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
		return true
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, x := it.Element(); !addMarks(all, x) {
			return false
		}
	}
	return true
}

// isUnset reports whether a mark is that of a variable without a value.
func isUnset(marks cty.ValueMarks) bool {
	for m := range marks {
		if r, ok := m.(Ref); ok && r.Computed && strings.HasPrefix(r.Address[strings.LastIndex(r.Address, ":")+1:], "var.") {
			return true
		}
	}
	return false
}

// isCall reports whether an address is that of a module instance.
func isCall(address string) bool {
	if strings.HasSuffix(address, "]") {
		address = address[:strings.LastIndex(address, "[")]
	}
	block := strings.TrimSuffix(address[:strings.LastIndex(address, ".")+1], ".")
	return block == "module" || strings.HasSuffix(block, ".module") || strings.HasSuffix(block, ":module")
}

type binary struct{ *hclsyntax.BinaryOpExpr }

func (e binary) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	op := e.BinaryOpExpr
	if x := e.againstNull(); x != nil {
		v, diags := x.Value(ctx)
		if diags.HasErrors() {
			return cty.UnknownVal(cty.Bool), diags
		}
		if neverNull(v) {
			_, marks := v.Unmark()
			return cty.BoolVal(e.Op == hclsyntax.OpNotEqual).WithMarks(keepSensitive(marks)), diags
		}
		side := &hclsyntax.LiteralValueExpr{Val: v, SrcRange: x.Range()}
		null := &hclsyntax.LiteralValueExpr{Val: cty.NullVal(cty.DynamicPseudoType), SrcRange: x.Range()}
		op = &hclsyntax.BinaryOpExpr{LHS: side, Op: e.Op, RHS: null, SrcRange: e.SrcRange}
	}
	v, diags := op.Value(ctx)
	if isHuge(v) {
		return cty.UnknownVal(cty.Number), limitDiag(e.SrcRange, overLimit("a number has more than %d bits", maxExponent))
	}
	return undecided(v), diags
}

// againstNull returns the other side of a comparison with null, nil for any other
// operation.
func (e binary) againstNull() hclsyntax.Expression {
	if e.Op != hclsyntax.OpEqual && e.Op != hclsyntax.OpNotEqual {
		return nil
	}
	isNull := func(x hclsyntax.Expression) bool {
		l, ok := x.(*hclsyntax.LiteralValueExpr)
		return ok && l.Val.IsNull()
	}
	switch {
	case isNull(e.RHS):
		return e.LHS
	case isNull(e.LHS):
		return e.RHS
	}
	return nil
}

// neverNull reports whether a value that rests on what is known only after apply is
// there for certain: an identifier of what will be there, or a collection of which
// only elements are not known.
func neverNull(v cty.Value) bool {
	u, marks := v.Unmark()
	if !u.IsKnown() || u.IsNull() {
		return false
	}
	if t := u.Type(); !t.IsPrimitiveType() {
		return !isUnset(marks)
	}
	if u.Type() != cty.String || !isComputed(marks) {
		return false
	}
	for m := range marks {
		r, ok := m.(Ref)
		if !ok || !r.Computed {
			continue
		}
		if r.Attr != "id" && r.Attr != "arn" || isCall(r.Address) {
			return false
		}
	}
	return true
}

// providerCall is a call of a function that only a provider has. It gives something,
// so that try goes no further.
type providerCall struct{ *hclsyntax.FunctionCallExpr }

func (e providerCall) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	all := cty.NewValueMarks(Ref{Address: e.Name, Computed: true})
	for _, a := range e.Args {
		v, diags := a.Value(ctx)
		if diags.HasErrors() {
			return cty.DynamicVal.WithMarks(all), diags
		}
		addMarks(all, v)
	}
	return cty.DynamicVal.WithMarks(all), nil
}

type unary struct{ *hclsyntax.UnaryOpExpr }

func (e unary) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := e.UnaryOpExpr.Value(ctx)
	return undecided(v), diags
}

// conditional keeps the marks of both sides where the condition can't be known.
// Each operand is evaluated once; hcl's own rules then choose between the values.
type conditional struct{ *hclsyntax.ConditionalExpr }

func (e conditional) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	cond, condDiags := e.Condition.Value(ctx)
	yes, yesDiags := e.TrueResult.Value(ctx)
	no, noDiags := e.FalseResult.Value(ctx)
	if condDiags.HasErrors() {
		return cty.DynamicVal.WithMarks(deepMarks(yes), deepMarks(no)), condDiags
	}
	cond = undecided(cond)
	if s, marks := cond.Unmark(); s.Type() == cty.String && isComputed(marks) {
		cond = cty.UnknownVal(cty.Bool).WithMarks(marks)
	}
	if u, marks := cond.Unmark(); !u.IsKnown() {
		// If both sides agree there is nothing to decide.
		if y, n := unmarkedDeep(yes), unmarkedDeep(no); y.IsWhollyKnown() && y.RawEquals(n) {
			return yes.WithMarks(marks, deepMarks(no)), nil
		}
		typ := cty.DynamicPseudoType
		if yes.Type().Equals(no.Type()) {
			typ = yes.Type()
		}
		return cty.UnknownVal(typ).WithMarks(marks, possible(yes), possible(no)), nil
	}
	plain := &hclsyntax.ConditionalExpr{
		Condition:   &hclsyntax.LiteralValueExpr{Val: cond, SrcRange: e.Condition.Range()},
		TrueResult:  &hclsyntax.LiteralValueExpr{Val: yes, SrcRange: e.TrueResult.Range()},
		FalseResult: &hclsyntax.LiteralValueExpr{Val: no, SrcRange: e.FalseResult.Range()},
		SrcRange:    e.SrcRange,
	}
	v, diags := plain.Value(ctx)
	// The side that was not chosen leaves no trace: terraform merges its marks, but
	// for us a mark is a reference that was used.
	chosen, chosenDiags := no, noDiags
	if b, _ := cond.Unmark(); b.Type() == cty.Bool && b.IsKnown() && !b.IsNull() && b.True() ||
		b.Type() == cty.String && b.IsKnown() && !b.IsNull() && b.AsString() == "true" {
		chosen, chosenDiags = yes, yesDiags
	}
	u, _ := v.Unmark()
	_, condMarks := cond.Unmark()
	_, marks := chosen.Unmark()
	return u.WithMarks(marks, keepSensitive(condMarks)), append(diags, chosenDiags...)
}

// possible returns the marks of a side that may not be the one that is taken.
func possible(v cty.Value) cty.ValueMarks {
	out := cty.ValueMarks{}
	for m := range deepMarks(v) {
		if r, ok := m.(Ref); ok {
			r.Possible = true
			m = r
		}
		out[m] = struct{}{}
	}
	return out
}

// keepSensitive returns only the sensitivity of marks: what a condition refers to
// decides which value is taken, it does not flow into it.
func keepSensitive(marks cty.ValueMarks) cty.ValueMarks {
	if _, ok := marks[Sensitive{}]; ok {
		return cty.NewValueMarks(Sensitive{})
	}
	return nil
}

func unmarkedDeep(v cty.Value) cty.Value {
	u, _ := v.UnmarkDeep()
	return u
}

// index gives an unknown where a computed key finds nothing.
type index struct{ *hclsyntax.IndexExpr }

func (e index) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	coll, diags := e.Collection.Value(ctx)
	key, keyDiags := e.Key.Value(ctx)
	diags = append(diags, keyDiags...)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if u, marks := key.Unmark(); !u.IsKnown() || isComputed(marks) {
		return anyElement(coll, marks), nil
	}
	return hcl.Index(coll, key, &e.SrcRange)
}

// anyElement is the element of a collection at a key that can't be known: the only
// one where there is but one, else what may be any of them.
func anyElement(coll cty.Value, key cty.ValueMarks) cty.Value {
	u, own := coll.Unmark()
	if n := length(coll); n == 0 || n > maxMarks {
		return cty.DynamicVal.WithMarks(key, deepMarks(coll))
	}
	var elements []cty.Value
	for it := u.ElementIterator(); it.Next(); {
		_, x := it.Element()
		elements = append(elements, x)
	}
	if t := u.Type(); len(elements) == 1 && (t.IsTupleType() || t.IsListType()) {
		return elements[0].WithMarks(own)
	}
	return anyOf(elements).WithMarks(key, own)
}

// anyOf is what may be any of some values. Of objects each attribute may.
func anyOf(values []cty.Value) cty.Value {
	first, _ := values[0].Unmark()
	t, marks, objects := first.Type(), cty.ValueMarks{}, first.IsKnown() && !first.IsNull() && first.Type().IsObjectType()
	for _, v := range values {
		u, own := v.Unmark()
		objects = objects && u.IsKnown() && !u.IsNull() && u.Type().IsObjectType() && sameNames(u.Type(), t)
		for m := range own {
			marks[m] = struct{}{}
		}
	}
	if !objects {
		out := cty.DynamicVal
		for _, v := range values {
			out = out.WithMarks(possible(v))
		}
		return out
	}
	attrs := map[string]cty.Value{}
	for name := range t.AttributeTypes() {
		all := make([]cty.Value, len(values))
		for i, v := range values {
			u, _ := v.Unmark()
			all[i] = u.GetAttr(name)
		}
		attrs[name] = anyOf(all)
	}
	return cty.ObjectVal(attrs).WithMarks(marks)
}

func sameNames(a, b cty.Type) bool {
	for name := range a.AttributeTypes() {
		if !b.HasAttribute(name) {
			return false
		}
	}
	return len(a.AttributeTypes()) == len(b.AttributeTypes())
}
