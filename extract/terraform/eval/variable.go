package eval

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

func (m *module) addVariable(name string, b *body, at graph.Source, override bool) {
	v := m.variables[name]
	if v != nil && !override {
		m.note("duplicate", at, "keep one of them", "variable %q is declared twice", name)
		return
	}
	if v == nil {
		v = &variable{name: name, typ: cty.DynamicPseudoType, primitive: true, nullable: true, source: at}
		m.variables[name] = v
	}
	if t := b.attr("type"); t != nil {
		m.variableType(v, t)
	}
	if d := b.attr("default"); d != nil {
		v.value = d
	}
	if n := b.attr("nullable"); n != nil {
		if x, diags := n.Value(nil); !diags.HasErrors() && x.Type() == cty.Bool && x.IsKnown() && !x.IsNull() {
			v.nullable = x.True()
		}
	}
	if s := b.attr("sensitive"); s != nil {
		v.sensitive = isTrue(s)
	}
	if e := b.attr("ephemeral"); e != nil {
		v.ephemeral = isTrue(e)
	}
	for _, n := range b.blocks {
		if r := (rule{n.body.attr("condition"), n.body.attr("error_message")}); n.typ == "validation" && r.condition != nil {
			v.rules = append(v.rules, r)
		}
	}
}

// validate notes the rules of variables that their values break. The values count
// all the same: what is built with them is what is asked for.
func (in *instance) validate() {
	for _, name := range slices.Sorted(maps.Keys(in.mod.variables)) {
		v := in.mod.variables[name]
		for _, r := range v.rules {
			holds, marks := in.eval(r.condition, in.scope(r.condition.refs)).Unmark()
			if !holds.IsKnown() || holds.IsNull() || isComputed(marks) || !holds.RawEquals(cty.False) {
				continue
			}
			why := ""
			if r.message != nil {
				if m := (Value{V: in.eval(r.message, in.scope(r.message.refs))}); !m.IsSensitive() {
					why, _ = m.Text()
				}
			}
			in.ev.note("validation", r.condition.source, "", "give it a value that terraform accepts",
				"the value of variable %q breaks its rule: %s", name, why)
		}
	}
}

// variableType reads a type constraint, also in the quoted forms of old versions
// and of JSON syntax.
func (m *module) variableType(v *variable, t *expr) {
	e := t.Expression
	if text := literal(t); text != "" {
		switch text {
		case "list":
			text = "list(any)"
		case "map":
			text = "map(any)"
		}
		parsed, diags := hclsyntax.ParseExpression([]byte(text), t.source.File, hcl.Pos{Line: max(t.source.Line, 1), Column: 1})
		if diags.HasErrors() {
			m.note("parse-error", t.source, "", "type of variable %q: %s", v.name, diagText(diags[0]))
			return
		}
		e = parsed
	}
	switch keyword(e) {
	case "list":
		v.typ, v.primitive = cty.List(cty.DynamicPseudoType), false
		return
	case "map":
		v.typ, v.primitive = cty.Map(cty.DynamicPseudoType), false
		return
	case "set":
		v.typ, v.primitive = cty.Set(cty.DynamicPseudoType), false
		return
	}
	typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(e)
	if diags.HasErrors() {
		m.note("parse-error", t.source, "", "type of variable %q: %s", v.name, diagText(diags[0]))
		return
	}
	v.typ, v.defaults, v.primitive = typ, defaults, typ.IsPrimitiveType()
}

// coerce brings a value to the variable's type, with the defaults of optional attributes.
func (v *variable) coerce(val cty.Value) (cty.Value, error) {
	if v.defaults != nil && !val.IsNull() && val.IsKnown() {
		u, marks := val.Unmark()
		val = v.defaults.Apply(u).WithMarks(marks)
	}
	if v.typ == cty.DynamicPseudoType {
		return val, nil
	}
	return convert.Convert(val, v.typ)
}

// stand gives what stands for a variable without a value: a token for a string, an
// object of tokens for an object, an unknown for anything else.
func (v *variable) stand(prefix string) cty.Value {
	address := prefix + "var." + v.name
	return standIn(v.typ.WithoutOptionalAttributesDeep(), address).Mark(Ref{Address: address, Computed: true})
}

// standIn is the value of a type that stands for what path leads to.
func standIn(t cty.Type, path string) cty.Value {
	switch {
	case t == cty.String:
		return cty.StringVal(Token(path))
	case t.IsObjectType():
		attrs := map[string]cty.Value{}
		for name, at := range t.AttributeTypes() {
			attrs[name] = standIn(at, path+"."+name)
		}
		return cty.ObjectVal(attrs)
	case t.IsTupleType():
		elements := make([]cty.Value, t.Length())
		for i, et := range t.TupleElementTypes() {
			elements[i] = standIn(et, path+"["+strconv.Itoa(i)+"]")
		}
		return cty.TupleVal(elements)
	}
	return cty.UnknownVal(t)
}

// inputs are the values given to the root's variables from outside.
type inputs struct {
	values map[string]cty.Value
	texts  map[string]string // from the command line or environment: to be read by the variable's type
	notes  []graph.Note
}

// readInputs gathers values in terraform's order of precedence: environment,
// terraform.tfvars, terraform.tfvars.json, *.auto.tfvars in the order of their
// names, then the command line in its own order.
func readInputs(fsys fs.FS, dir string, opt Options) *inputs {
	in := &inputs{values: map[string]cty.Value{}, texts: map[string]string{}}
	for name, v := range opt.Inputs {
		in.values[name] = v
	}
	for name, text := range opt.Env {
		if v, ok := strings.CutPrefix(name, "TF_VAR_"); ok {
			delete(in.values, v)
			in.texts[v] = text
		}
	}
	var auto []string
	if entries, err := fs.ReadDir(fsys, dir); err == nil {
		for _, e := range entries {
			if n := e.Name(); !e.IsDir() && (strings.HasSuffix(n, ".auto.tfvars") || strings.HasSuffix(n, ".auto.tfvars.json")) {
				auto = append(auto, n)
			}
		}
	}
	slices.Sort(auto)
	for _, n := range append([]string{"terraform.tfvars", "terraform.tfvars.json"}, auto...) {
		if _, err := fs.Stat(fsys, path.Join(dir, n)); err == nil {
			in.file(fsys, path.Join(dir, n))
		}
	}
	for _, a := range opt.Args {
		if a.File != "" {
			in.file(fsys, a.File)
			continue
		}
		delete(in.values, a.Name)
		in.texts[a.Name] = a.Text
	}
	for name, v := range opt.Values {
		delete(in.texts, name)
		in.values[name] = v
	}
	return in
}

func (in *inputs) note(at graph.Source, message string) {
	in.notes = append(in.notes, graph.Note{Code: "variable-file", Source: at, Message: message})
}

func (in *inputs) file(fsys fs.FS, file string) {
	src, err := readFile(fsys, file)
	if err != nil {
		in.note(graph.Source{File: file}, "not read: "+reason(err))
		return
	}
	if bytes.IndexByte(src, 0) >= 0 {
		in.note(graph.Source{File: file}, "not read: it is no text; it may be encrypted")
		return
	}
	if nesting(src) > maxNesting {
		in.note(graph.Source{File: file}, "not read: expressions are nested too deep")
		return
	}
	var f *hcl.File
	var diags hcl.Diagnostics
	if strings.HasSuffix(file, ".json") {
		f, diags = json.Parse(src, file)
	} else {
		f, diags = hclsyntax.ParseConfig(src, file, hcl.InitialPos)
	}
	if diags.HasErrors() {
		in.note(graph.Source{File: file}, diagText(diags[0]))
	}
	if f == nil || f.Body == nil {
		return
	}
	attrs, _ := f.Body.JustAttributes()
	for name, a := range attrs {
		v, diags := a.Expr.Value(nil)
		if diags.HasErrors() {
			in.note(sourceOf(a.Range), diagText(diags[0]))
			continue
		}
		if _, err := newBudget().weigh(v); err != nil {
			in.note(sourceOf(a.Range), err.Error())
			continue
		}
		delete(in.texts, name)
		in.values[name] = v
	}
}

// ReadVariables returns the values in a variable file; what can't be read is left out.
func ReadVariables(fsys fs.FS, file string) map[string]Value {
	in := &inputs{values: map[string]cty.Value{}, texts: map[string]string{}}
	in.file(fsys, file)
	out := make(map[string]Value, len(in.values))
	for name, v := range in.values {
		out[name] = Value{V: v, Source: graph.Source{File: file}}
	}
	return out
}

// value returns what was given to a variable; false where nothing was.
func (in *inputs) value(v *variable) (cty.Value, bool, error) {
	if val, ok := in.values[v.name]; ok {
		return val, true, nil
	}
	text, ok := in.texts[v.name]
	if !ok {
		return cty.NilVal, false, nil
	}
	if v.primitive {
		return cty.StringVal(text), true, nil
	}
	e, diags := hclsyntax.ParseExpression([]byte(text), "<"+v.name+">", hcl.InitialPos)
	if diags.HasErrors() {
		return cty.NilVal, true, diags
	}
	val, diags := e.Value(nil)
	if diags.HasErrors() {
		return cty.NilVal, true, diags
	}
	return val, true, nil
}
