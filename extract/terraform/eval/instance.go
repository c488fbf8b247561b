package eval

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// evaluator holds what all module instances of one root share.
type evaluator struct {
	loader *loader
	opt    Options
	root   string // directory
	top    string // see NewScope
	inputs *inputs
	base   *hcl.EvalContext // functions
	result *Result
	noted  map[graph.Note]bool
	used   map[*module]bool
	// loose joins the attribute names that modules of this root read from values of
	// which the syntax doesn't tell the origin.
	loose map[string]bool
	// after joins what they read right behind an attribute, by its name.
	after map[string]map[string]bool
	// installed holds the directories of modules that terraform init has fetched, by
	// the dotted path of call names.
	installed map[string]string
	fetched   *fetched
	// templates are parsed files of templatefile, by path.
	templates map[string]*expr
	// absent is the last file that a function asked for in vain.
	absent string
	// overNoted is true once a note tells of the budget's end.
	overNoted bool
	// waiting counts the values that are being evaluated, each for the one before.
	waiting int
}

// instance is one instance of a module: a scope. Everything in it is evaluated when
// it is first asked for, and once.
type instance struct {
	ev      *evaluator
	mod     *module
	address string // for the root, the prefix of all addresses
	depth   int
	parent  *instance
	call    *call
	index   int // among the call's instances

	variables map[string]*memo
	locals    map[string]*memo
	outputs   map[string]*memo
	resources map[string]*resourceNode
	calls     map[string]*callNode
	callValue map[string]cty.Value // by name and outputs
	// varObject is var of a root, see settleVariables; pathObject is path once something
	// refers to it.
	varObject, pathObject cty.Value
	// imported is nil until the import blocks are evaluated.
	imported map[string]*importedInstance
}

// memo is a value that is evaluated once. While it is being evaluated busy is true:
// who asks then has found a cycle.
type memo struct {
	busy, done bool
	value      cty.Value
}

// resourceNode is a resource block within one module instance.
type resourceNode struct {
	busy, done bool
	kind       repeatKind
	instances  []*Resource
	keys       []cty.Value
	value      cty.Value // made when somebody refers to it
}

// callNode is a module block within one module instance.
type callNode struct {
	busy, done bool
	expansion
	instances []*instance
	missing   []*Resource // in place of instances where the code is not there
}

type repeatKind uint8

const (
	single repeatKind = iota
	byCount
	byKey
)

func newInstance(ev *evaluator, m *module) *instance {
	ev.used[m] = true
	return &instance{
		ev: ev, mod: m,
		variables: map[string]*memo{}, locals: map[string]*memo{}, outputs: map[string]*memo{},
		resources: map[string]*resourceNode{}, calls: map[string]*callNode{}, callValue: map[string]cty.Value{},
	}
}

func (ev *evaluator) note(code string, at graph.Source, address, next, format string, args ...any) {
	n := graph.Note{Code: code, Source: at, Address: address, Message: fmt.Sprintf(format, args...), Next: next}
	if !ev.noted[n] {
		ev.noted[n] = true
		ev.result.Notes = append(ev.result.Notes, n)
	}
}

// once runs f for a memo. A cycle gives an unknown and a note.
func (in *instance) once(m *memo, what string, at graph.Source, f func() cty.Value) cty.Value {
	switch {
	case m.done:
		return m.value
	case m.busy:
		in.ev.note("cycle", at, "", "break the cycle: terraform refuses it", "%s depends on itself", what)
		return cty.DynamicVal
	}
	if in.ev.waiting >= maxChain {
		in.ev.note("limit", at, "", "", "%s: more than %d values wait for each other", what, maxChain)
		return cty.DynamicVal
	}
	m.busy = true
	in.ev.waiting++
	v := f()
	in.ev.waiting--
	// A cycle inside may have come back here and given an unknown; the first full
	// value is kept.
	m.value, m.done, m.busy = v, true, false
	return v
}

func memoOf(all map[string]*memo, name string) *memo {
	m := all[name]
	if m == nil {
		m = &memo{}
		all[name] = m
	}
	return m
}

func (in *instance) variable(name string, at graph.Source) cty.Value {
	v := in.mod.variables[name]
	if v == nil {
		in.ev.note("undeclared", at, "", "declare it", "variable %q is not declared", name)
		return cty.DynamicVal
	}
	return in.once(memoOf(in.variables, name), "variable "+strconv.Quote(name), v.source, func() cty.Value { return in.evalVariable(v) })
}

func (in *instance) evalVariable(v *variable) cty.Value {
	val, at := cty.NilVal, v.source
	if in.parent == nil {
		given, ok, err := in.ev.inputs.value(v)
		if err != nil {
			in.ev.note("variable", v.source, "", "", "value given to variable %q: %v", v.name, err)
			return v.stand(in.ev.opt.Prefix)
		}
		if ok {
			val = given
		}
	} else if arg := in.call.args.attr(v.name); arg != nil {
		val, at = in.parent.argument(in.call, arg, in.index), arg.source
	}
	if val != cty.NilVal && val.IsNull() && !v.nullable {
		val = cty.NilVal
	}
	if val == cty.NilVal {
		if v.value == nil {
			next := "give it with --var, --var-file or a tfvars file"
			if in.parent != nil {
				at, next = in.call.source, "add the argument to the module call"
			}
			if in.parent == nil {
				in.ev.result.Unset = append(in.ev.result.Unset, v.name)
			}
			in.ev.note("no-value", at, "", next, "variable %q has no value", v.name)
			return v.stand(in.ev.opt.Prefix)
		}
		val = in.eval(v.value, in.scope(v.value.refs))
	}
	out, err := v.coerce(val)
	if err != nil {
		marks := deepMarks(val)
		if !isComputed(marks) {
			in.ev.note("variable", at, "", "", "value of variable %q: %v", v.name, err)
		}
		out = cty.UnknownVal(v.typ.WithoutOptionalAttributesDeep()).WithMarks(marks)
	}
	if v.sensitive {
		out = out.Mark(Sensitive{})
	}
	if v.ephemeral {
		out = out.Mark(ephemeral{})
	}
	return out
}

func (in *instance) local(name string, at graph.Source) cty.Value {
	l := in.mod.locals[name]
	if l == nil {
		in.ev.note("undeclared", at, "", "declare it", "local %q is not declared", name)
		return cty.DynamicVal
	}
	return in.once(memoOf(in.locals, name), "local "+strconv.Quote(name), l.value.source, func() cty.Value {
		v := in.eval(l.value, in.scope(l.value.refs))
		if in.parent == nil { // see resource.release
			l.value = &expr{source: l.value.source}
		}
		return v
	})
}

func (in *instance) output(name string) cty.Value {
	o := in.mod.outputs[name]
	if o == nil || o.value == nil {
		return cty.DynamicVal
	}
	return in.once(memoOf(in.outputs, name), "output "+strconv.Quote(name), o.source, func() cty.Value {
		v := in.eval(o.value, in.scope(o.value.refs))
		if o.sensitive {
			v = v.Mark(Sensitive{})
		}
		return v
	})
}

// scope builds the context that a set of references needs. It is made once a block,
// however many instances the block has.
func (in *instance) scope(refs []reference) *hcl.EvalContext {
	if len(refs) == 0 {
		return in.ev.base
	}
	var roots []scopeRoot
	put := func(root, name string, v cty.Value) {
		i := slices.IndexFunc(roots, func(r scopeRoot) bool { return r.name == root })
		if i < 0 {
			i = len(roots)
			roots = append(roots, scopeRoot{root, map[string]cty.Value{}})
		}
		roots[i].members[name] = v
	}
	var data map[string]map[string]map[string]cty.Value // "data", "ephemeral" and "resource", by type and name
	var outputs map[string][]string
	vars, paths, self := false, false, false
	for _, r := range refs {
		switch r.kind {
		case refVariable:
			if in.varObject != cty.NilVal && in.mod.variables[r.name] != nil {
				vars = true
				continue
			}
			put("var", r.name, in.variable(r.name, r.source))
		case refLocal:
			put("local", r.name, in.local(r.name, r.source))
		case refCall:
			if outputs == nil {
				outputs = map[string][]string{}
			}
			outputs[r.name] = append(outputs[r.name], r.attr)
		case refPath:
			if slices.Contains(pathNames, r.name) {
				paths = true
				continue
			}
			put("path", r.name, cty.DynamicVal)
		case refTerraform:
			put("terraform", r.name, in.ev.terraformValue(r.name))
		case refSelf:
			self = true
		case refResource:
			v := in.resourceValue(r)
			root, rest, _ := strings.Cut(r.name, ".")
			name, last, deeper := strings.Cut(rest, ".")
			if r.prefixed {
				root, name, last, deeper = "resource", root, rest, true
			}
			if !deeper {
				put(root, name, v)
				continue
			}
			if data == nil {
				data = map[string]map[string]map[string]cty.Value{}
			}
			if data[root] == nil {
				data[root] = map[string]map[string]cty.Value{}
			}
			if data[root][name] == nil {
				data[root][name] = map[string]cty.Value{}
			}
			data[root][name][last] = v
		}
	}
	for name, attrs := range outputs {
		put("module", name, in.callObject(name, attrs, refs))
	}
	ctx := in.ev.base.NewChild()
	ctx.Variables = make(map[string]cty.Value, len(roots)+3)
	if self { // of a provisioner or connection, which run after apply
		ctx.Variables["self"] = cty.DynamicVal
	}
	if vars {
		own := in.varObject
		if i := slices.IndexFunc(roots, func(r scopeRoot) bool { return r.name == "var" }); i >= 0 { // others are not declared
			own = joinObjects(own, roots[i].members)
			roots = slices.Delete(roots, i, i+1)
		}
		ctx.Variables["var"] = own
	}
	if paths {
		own := in.allPaths()
		if i := slices.IndexFunc(roots, func(r scopeRoot) bool { return r.name == "path" }); i >= 0 {
			own = joinObjects(own, roots[i].members)
			roots = slices.Delete(roots, i, i+1)
		}
		ctx.Variables["path"] = own
	}
	for _, root := range roots {
		ctx.Variables[root.name] = cty.ObjectVal(root.members)
	}
	for root, types := range data {
		byType := map[string]cty.Value{}
		for typ, names := range types {
			byType[typ] = cty.ObjectVal(names)
		}
		ctx.Variables[root] = cty.ObjectVal(byType)
	}
	return ctx
}

// scopeRoot is a name at the head of references ("local", "aws_vpc") with what stands
// behind it.
type scopeRoot struct {
	name    string
	members map[string]cty.Value
}

func joinObjects(a cty.Value, more map[string]cty.Value) cty.Value {
	out := a.AsValueMap()
	maps.Copy(out, more)
	return cty.ObjectVal(out)
}

// settleVariables evaluates the variables of a root. They rest on nothing but what is
// given, so one value serves all scopes.
func (in *instance) settleVariables() {
	all := make(map[string]cty.Value, len(in.mod.variables))
	for _, name := range slices.Sorted(maps.Keys(in.mod.variables)) {
		all[name] = in.variable(name, graph.Source{})
	}
	in.varObject = cty.ObjectVal(all)
}

// pathNames are the names behind path.
var pathNames = []string{"cwd", "module", "root"}

// allPaths is path of a module instance.
func (in *instance) allPaths() cty.Value {
	if in.pathObject == cty.NilVal {
		all := map[string]cty.Value{}
		for _, name := range pathNames {
			all[name] = in.pathValue(name)
		}
		in.pathObject = cty.ObjectVal(all)
	}
	return in.pathObject
}

func (in *instance) pathValue(name string) cty.Value {
	switch name {
	case "module":
		return cty.StringVal(relative(in.ev.root, in.mod.dir))
	case "root", "cwd":
		return cty.StringVal(".")
	}
	return cty.DynamicVal
}

// relative writes target as seen from base; both are slash paths of one tree.
func relative(base, target string) string {
	if base == target {
		return "."
	}
	b, t := splitPath(base), splitPath(target)
	for len(b) > 0 && len(t) > 0 && b[0] == t[0] {
		b, t = b[1:], t[1:]
	}
	return path.Join(strings.Repeat("../", len(b)), path.Join(t...))
}

func splitPath(p string) []string {
	if p == "." || p == "" {
		return nil
	}
	return strings.Split(p, "/")
}

func (ev *evaluator) terraformValue(name string) cty.Value {
	if name != "workspace" && name != "env" {
		return cty.DynamicVal
	}
	if ev.opt.Workspace != "" {
		return cty.StringVal(ev.opt.Workspace)
	}
	if w := ev.opt.Env["TF_WORKSPACE"]; w != "" {
		return cty.StringVal(w)
	}
	return cty.StringVal("default")
}

// eval evaluates an expression. What fails or can't be known becomes an unknown that
// carries the marks of all that the expression refers to.
func (in *instance) eval(e *expr, ctx *hcl.EvalContext) cty.Value {
	if v, ok := e.constant(in.ev.opt.Limits.Text); ok {
		return v
	}
	in.ev.absent = ""
	v, diags := e.Value(ctx)
	if b := in.ev.loader.budget; b.over != nil && !in.ev.overNoted {
		in.ev.overNoted = true
		in.ev.note("limit", e.source, "", "", "%s; what rests on more is unknown", limitText(b.over))
	}
	if diags.HasErrors() {
		marks := in.referred(e, ctx)
		switch d := firstError(diags); {
		case isLimit(d):
			in.ev.note("limit", e.source, "", "", "%s", diagText(d))
		case isComputed(marks):
		case isMissing(d) && in.ev.ofBlock(marks):
			// What else a provider gives in a block is known only after apply.
			marks = computedMarks(marks)
		default:
			next := ""
			if in.namesWorkspace(e) {
				next = "name the workspace with --workspace"
			}
			in.ev.note("not-evaluated", e.source, "", next, "%s", diagText(d))
		}
		if in.ev.absent != "" {
			marks = maps.Clone(marks)
			marks[Ref{Address: absentFile + in.ev.absent}] = struct{}{}
		}
		return cty.DynamicVal.WithMarks(marks)
	}
	bare, err := in.ev.loader.budget.weigh(v)
	if err == nil {
		err = in.ev.loader.budget.made(v)
	}
	if err != nil {
		in.ev.note("limit", e.source, "", "", "%s", limitText(err))
		return cty.DynamicVal.WithMarks(in.referred(e, ctx))
	}
	if bare {
		marks := in.referred(e, ctx)
		if len(marks) == 0 {
			return v
		}
		marked, err := cty.Transform(v, func(_ cty.Path, x cty.Value) (cty.Value, error) {
			if !x.IsMarked() && !x.IsKnown() {
				return x.WithMarks(marks), nil
			}
			return x, nil
		})
		if err == nil {
			return marked
		}
		return v.WithMarks(marks)
	}
	if v.Type() == cty.String {
		if s, marks := v.Unmark(); s.IsKnown() && !s.IsNull() && len(s.AsString()) > in.ev.opt.Limits.Text {
			in.ev.note("limit", e.source, "", "", "a string is longer than %d bytes and was not kept", in.ev.opt.Limits.Text)
			return cty.UnknownVal(cty.String).WithMarks(marks)
		}
	}
	return v
}

// isMissing reports whether a diagnostic says that an object or map has no such element.
func isMissing(d *hcl.Diagnostic) bool {
	return d.Summary == "Invalid index" || d.Summary == "Unsupported attribute"
}

// ofBlock reports whether what an expression refers to leads to nested blocks of a
// resource. Which of their attributes are read through locals, functions and keys is
// told by no name in the syntax.
func (ev *evaluator) ofBlock(marks cty.ValueMarks) bool {
	for m := range marks {
		if r, ok := m.(Ref); ok {
			if inst := ev.result.byAddress[r.Address]; inst != nil && slices.ContainsFunc(inst.Body.Blocks, func(b *Block) bool { return b.Type == r.Attr }) {
				return true
			}
		}
	}
	return false
}

// computedMarks are marks of a value that is known only after apply.
func computedMarks(marks cty.ValueMarks) cty.ValueMarks {
	out := cty.ValueMarks{}
	for m := range marks {
		if r, ok := m.(Ref); ok {
			r.Computed = true
			m = r
		}
		out[m] = struct{}{}
	}
	return out
}

// namesWorkspace reports whether an expression asks for a workspace that nobody named.
func (in *instance) namesWorkspace(e *expr) bool {
	return in.ev.opt.Workspace == "" && in.ev.opt.Env["TF_WORKSPACE"] == "" &&
		slices.ContainsFunc(e.refs, func(r reference) bool { return r.kind == refTerraform })
}

func firstError(diags hcl.Diagnostics) *hcl.Diagnostic {
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			return d
		}
	}
	return diags[0]
}

// referred returns the marks of everything that an expression refers to.
func (in *instance) referred(e *expr, ctx *hcl.EvalContext) cty.ValueMarks {
	all := cty.ValueMarks{}
	for _, t := range e.Variables() {
		for n := len(t); n > 0; n-- {
			// Where a path leads nowhere, the longest part of it that does counts.
			v, diags := t[:n].TraverseAbs(ctx)
			if diags.HasErrors() {
				continue
			}
			if u, own := v.Unmark(); n < len(t) && u.IsKnown() && u.Type().IsObjectType() {
				maps.Copy(all, own) // it has no such attribute, and what it has is not meant
			} else if !addMarks(all, v) {
				return manyMarks()
			}
			break
		}
	}
	return all
}

// expansion is what count or for_each comes to.
type expansion struct {
	kind repeatKind
	keys []cty.Value // instance keys; one null value for a block without either
	each []cty.Value // each.value, by instance; count.index where that can't be known
	many bool        // the number of instances can't be known: one stands for all
}

func (in *instance) expand(r repetition, what string) expansion {
	switch {
	case r.count != nil:
		return in.expandCount(r.count, what)
	case r.forEach != nil:
		return in.expandForEach(r.forEach, what)
	}
	return expansion{kind: single, keys: []cty.Value{cty.NilVal}}
}

func (in *instance) expandCount(e *expr, what string) expansion {
	v := undecided(in.eval(e, in.scope(e.refs)))
	u, marks := v.Unmark()
	if n, ok := (Value{V: u}).Int(); ok && !isComputed(marks) {
		if n < 0 {
			in.ev.note("not-evaluated", e.source, "", "give zero or more", "%s: count is %d", what, n)
		}
		if n > in.ev.opt.Limits.Instances {
			in.ev.note("limit", e.source, "", "", "%s: %d instances are more than the limit of %d; that many were made", what, n, in.ev.opt.Limits.Instances)
			n = in.ev.opt.Limits.Instances
		}
		x := expansion{kind: byCount}
		for i := range max(n, 0) {
			x.keys = append(x.keys, cty.NumberIntVal(int64(i)))
		}
		return x
	}
	in.ev.note("unknown-count", e.source, "", "", "%s: count can't be known before apply; one instance stands for any number", what)
	index := cty.UnknownVal(cty.Number).WithMarks(deepMarks(v))
	return expansion{kind: byCount, keys: []cty.Value{cty.NumberIntVal(0)}, each: []cty.Value{index}, many: true}
}

func (in *instance) expandForEach(e *expr, what string) expansion {
	v := in.eval(e, in.scope(e.refs))
	u, marks := v.Unmark()
	t := u.Type()
	unknown := func() expansion {
		in.ev.note("unknown-for-each", e.source, "", "", "%s: the keys of for_each can't be known before apply; one instance stands for any number", what)
		return expansion{kind: byKey, keys: []cty.Value{cty.NilVal}, each: []cty.Value{cty.DynamicVal.WithMarks(deepMarks(v))}, many: true}
	}
	if !u.IsKnown() {
		return unknown()
	}
	if u.IsNull() || !(t.IsMapType() || t.IsObjectType() || t.IsSetType() || t.IsTupleType() || t.IsListType()) {
		in.ev.note("not-evaluated", e.source, "", "give a map or a set of strings", "%s: for_each is neither a map nor a set of strings", what)
		return expansion{kind: byKey, keys: []cty.Value{cty.NilVal}, each: []cty.Value{cty.DynamicVal}, many: true}
	}
	isMap := t.IsMapType() || t.IsObjectType()
	if !isMap && isComputed(marks) {
		return unknown()
	}
	if _, hidden := marks[Sensitive{}]; hidden {
		in.ev.note("not-evaluated", e.source, "", "take the keys out with nonsensitive()", "%s: for_each is sensitive; terraform wants keys that it may show", what)
	}
	if n := u.LengthInt(); n > in.ev.opt.Limits.Instances {
		in.ev.note("limit", e.source, "", "", "%s: %d instances are more than the limit of %d; that many were made", what, n, in.ev.opt.Limits.Instances)
	}
	x := expansion{kind: byKey}
	for it := u.ElementIterator(); it.Next() && len(x.keys) < in.ev.opt.Limits.Instances; {
		k, val := it.Element()
		if !isMap {
			if t.IsTupleType() || t.IsListType() {
				in.ev.note("not-evaluated", e.source, "", "wrap it in toset()", "%s: for_each is a list; terraform wants a map or a set", what)
			}
			plain, own := val.Unmark()
			if isComputed(own) || !plain.IsKnown() || plain.IsNull() || plain.Type() != cty.String {
				return unknown()
			}
			k, val = plain, val.WithMarks(in.ev.marksOf(plain.AsString(), marks))
		}
		k, _ = k.Unmark()
		if k.Type() != cty.String || !k.IsKnown() || k.IsNull() {
			return unknown()
		}
		x.keys, x.each = append(x.keys, k), append(x.each, val)
	}
	if !isMap {
		return x
	}
	if isComputed(marks) {
		return unknown()
	}
	return x
}

// marksOf chooses, among the marks that a set has for all of its elements, those
// that say where this element came from.
func (ev *evaluator) marksOf(element string, marks cty.ValueMarks) cty.ValueMarks {
	if len(marks) < 2 {
		return marks
	}
	out := cty.ValueMarks{}
	for m := range marks {
		r, ok := m.(Ref)
		if !ok {
			out[m] = struct{}{}
			continue
		}
		if inst := ev.result.byAddress[r.Address]; inst != nil {
			if s, ok := inst.Body.Get(r.Attr).Text(); ok && s != element {
				continue
			}
		}
		out[m] = struct{}{}
	}
	return out
}

// context returns the scope of one instance: the block's scope with each or count
// on top. The block's scope itself is shared, never copied.
func (x *expansion) context(scope *hcl.EvalContext, i int) *hcl.EvalContext {
	switch x.kind {
	case byCount:
		index := x.keys[i]
		if x.many {
			index = x.each[i]
		}
		return withRoot(scope, "count", cty.ObjectVal(map[string]cty.Value{"index": index}))
	case byKey:
		key := x.keys[i]
		if x.many {
			_, marks := x.each[i].Unmark()
			key = cty.UnknownVal(cty.String).WithMarks(marks)
		}
		return withRoot(scope, "each", cty.ObjectVal(map[string]cty.Value{"key": key, "value": x.each[i]}))
	}
	return scope
}

func withRoot(scope *hcl.EvalContext, name string, v cty.Value) *hcl.EvalContext {
	ctx := scope.NewChild()
	ctx.Variables = map[string]cty.Value{name: v}
	return ctx
}

// suffix writes an instance key as part of an address.
func (x *expansion) suffix(i int) string {
	if x.keys[i] == cty.NilVal {
		return ""
	}
	return "[" + keyText(x.keys[i]) + "]"
}

func keyText(k cty.Value) string {
	switch k.Type() {
	case cty.String:
		q := strconv.Quote(k.AsString())
		q = strings.ReplaceAll(q, "${", "$${")
		return strings.ReplaceAll(q, "%{", "%%{")
	case cty.Number:
		return numberText(k)
	}
	return ""
}

// module is the address of the module instance, "" for the root.
func (in *instance) module() string {
	if in.parent == nil {
		return ""
	}
	return in.address
}

func join(module, rest string) string {
	if module == "" {
		return rest
	}
	if strings.HasSuffix(module, ":") { // the prefix of a root's addresses
		return module + rest
	}
	return module + "." + rest
}

// callNode evaluates the repetition of a module call and makes its instances.
func (in *instance) callNode(name string) *callNode {
	n := in.calls[name]
	if n == nil {
		n = &callNode{}
		in.calls[name] = n
	}
	if n.done || n.busy {
		if n.busy {
			in.ev.note("cycle", in.mod.calls[name].source, "", "break the cycle: terraform refuses it", "module.%s depends on itself", name)
		}
		return n
	}
	n.busy = true
	defer func() { n.busy, n.done = false, true }()
	c := in.mod.calls[name]
	address := join(in.address, "module."+name)
	x := in.expand(c.repetition, address)
	n.expansion = x
	code := in.code(c, address)
	for i := range x.keys {
		addr := address + x.suffix(i)
		if code == nil {
			n.missing = append(n.missing, &Resource{
				Address: addr, Mode: MissingModule, Type: "module", Name: name, Module: in.module(),
				Key: strings.Trim(x.suffix(i), "[]"), Many: x.many, ModuleSource: c.module, ModuleVersion: c.version, Source: c.source,
			})
			continue
		}
		child := newInstance(in.ev, code)
		child.address, child.depth, child.parent, child.call, child.index = addr, in.depth+1, in, c, i
		n.instances = append(n.instances, child)
	}
	return n
}

// code returns the configuration that a call leads to, nil where it is not there.
func (in *instance) code(c *call, address string) *module {
	dir := cmp.Or(c.dir, in.ev.installed[in.path(c.name)], in.ev.fetched.dir(c.module, c.version))
	if dir == "" {
		next := "run terraform init, so that .terraform/modules holds it"
		if c.module == "" {
			next = ""
		}
		in.ev.note("missing-module", c.source, address, next, "module %q (%s) is not here: it stands for itself", c.name, c.module)
		return nil
	}
	if in.depth >= in.ev.opt.Limits.Depth {
		in.ev.note("limit", c.source, address, "", "modules are nested deeper than %d", in.ev.opt.Limits.Depth)
		return nil
	}
	for p := in; p != nil; p = p.parent {
		if p.mod.dir == dir {
			in.ev.note("cycle", c.source, address, "break the cycle: terraform refuses it", "module %q calls itself", c.module)
			return nil
		}
	}
	m := in.ev.loader.module(dir)
	if m == nil {
		in.ev.note("missing-module", c.source, address, "check the path; it must lie in the scanned tree", "module directory %s holds no configuration", dir)
	}
	return m
}

// path is the key that terraform's manifest of installed modules has for a call:
// the names of the calls from the root on, joined by dots.
func (in *instance) path(name string) string {
	if in.parent == nil {
		return name
	}
	return in.parent.path(in.call.name) + "." + name
}

// argument evaluates one argument of a call for its i-th instance. Arguments are
// evaluated when the module asks for the variable, so that a module may depend on
// an output of another that depends on a different argument of the first.
func (in *instance) argument(c *call, arg *expr, i int) cty.Value {
	x := in.callNode(c.name).expansion
	return in.eval(arg, x.context(in.scope(arg.refs), i))
}

// callObject returns the value of module.name with the outputs that are asked for.
func (in *instance) callObject(name string, attrs []string, refs []reference) cty.Value {
	c := in.mod.calls[name]
	if c == nil {
		for _, r := range refs {
			if r.kind == refCall && r.name == name {
				in.ev.note("undeclared", r.source, "", "declare it", "module %q is not declared", name)
				break
			}
		}
		return cty.DynamicVal
	}
	slices.Sort(attrs)
	attrs = slices.Compact(attrs)
	key := name + "\x00" + strings.Join(attrs, "\x00")
	if v, ok := in.callValue[key]; ok {
		return v
	}
	n := in.callNode(name)
	var values []cty.Value
	for _, child := range n.instances {
		values = append(values, child.object(attrs))
	}
	for _, r := range n.missing {
		values = append(values, in.missingObject(r, attrs))
	}
	v := collection(n.kind, n.keys, values)
	in.callValue[key] = v
	return v
}

// object returns the outputs of a module instance; an empty name asks for all.
func (in *instance) object(attrs []string) cty.Value {
	out := map[string]cty.Value{}
	if slices.Contains(attrs, "") {
		attrs = nil
		for name := range in.mod.outputs {
			attrs = append(attrs, name)
		}
		slices.Sort(attrs)
	}
	for _, name := range attrs {
		if in.mod.outputs[name] != nil {
			out[name] = in.output(name)
		}
	}
	return cty.ObjectVal(out)
}

// missingObject gives tokens for the outputs of a module whose code is not there.
func (in *instance) missingObject(r *Resource, attrs []string) cty.Value {
	if slices.Contains(attrs, "") {
		return cty.DynamicVal.Mark(Ref{Address: r.Address, Computed: true})
	}
	out := map[string]cty.Value{}
	for _, name := range attrs {
		out[name] = in.ev.computed(r, name)
	}
	return cty.ObjectVal(out)
}

// collection puts instances together as terraform does: one value, a tuple, or an
// object by key. Instances whose keys can't be known are one unknown.
func collection(kind repeatKind, keys, values []cty.Value) cty.Value {
	switch kind {
	case byCount:
		return cty.TupleVal(values)
	case byKey:
		attrs := make(map[string]cty.Value, len(values))
		for i, v := range values {
			if keys[i] == cty.NilVal {
				return cty.DynamicVal.WithMarks(deepMarks(v))
			}
			attrs[keys[i].AsString()] = v
		}
		return cty.ObjectVal(attrs)
	}
	if len(values) == 0 {
		return cty.DynamicVal
	}
	return values[0]
}
