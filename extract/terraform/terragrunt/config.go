package terragrunt

import (
	"maps"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// file is a parsed file. It may be evaluated for many units.
type file struct {
	name  string
	body  *hclsyntax.Body
	exprs map[hclsyntax.Expression]hcl.Expression // prepared ones, by the parsed ones
	notes []graph.Note
}

// open parses a file, once. It returns nil where nothing can be read.
func (l *Live) open(name string) *file {
	if f, ok := l.files[name]; ok {
		return f
	}
	body, notes := eval.Parse(l.fsys, name)
	var f *file
	if body != nil {
		f = &file{name: name, body: body, exprs: map[hclsyntax.Expression]hcl.Expression{}, notes: notes}
	} else {
		l.notes = append(l.notes, notes...)
	}
	l.files[name] = f
	return f
}

// prepared returns the expression that is evaluated in place of a parsed one.
func (f *file) prepared(e hclsyntax.Expression) hcl.Expression {
	if p, ok := f.exprs[e]; ok {
		return p
	}
	p := eval.Prepare(e)
	f.exprs[e] = p
	return p
}

// config is a file as one unit sees it. Everything in it is evaluated when it is first
// asked for, and once.
type config struct {
	live *Live
	file *file
	dir  string // of the unit for which it is evaluated
	// child is the configuration that includes this one, nil where none does.
	child    *config
	includes []*include
	scope    *eval.Scope
	funcs    map[string]function.Function // terragrunt's
	locals   map[string]*memo
	deps     map[string]*memo
	read     []*config // by read_terragrunt_config
	notes    []graph.Note
	busy     bool // while its values are gathered for another
	// unit is what takes outputs of others; nil while only settings are read.
	unit *unit
}

// memo is a value that is evaluated once; who asks while it is busy has found a cycle.
type memo struct {
	busy, done bool
	value      cty.Value
}

// config returns the configuration of a file as seen from a unit's directory.
func (l *Live) config(name, dir string, child *config) *config {
	key := name + "\x00" + dir
	if c, ok := l.configs[key]; ok {
		return c
	}
	f := l.open(name)
	if f == nil {
		return nil
	}
	c := &config{
		live: l, file: f, dir: dir, child: child,
		scope:  l.scope(path.Dir(name)).Fork(),
		locals: map[string]*memo{}, deps: map[string]*memo{},
	}
	c.funcs = c.functions()
	l.configs[key] = c
	for _, b := range c.blocks("include") {
		c.include(b)
	}
	return c
}

func (c *config) note(code string, at hcl.Range, next, message string) {
	c.notes = append(c.notes, graph.Note{Code: code, Source: place(at), Message: message, Next: next})
}

func place(r hcl.Range) graph.Source { return graph.Source{File: r.Filename, Line: r.Start.Line} }

// allNotes returns the notes of the configuration and of all that it reads.
func (c *config) allNotes() []graph.Note {
	if c.busy {
		return nil
	}
	c.busy = true
	defer func() { c.busy = false }()
	notes := slices.Concat(c.file.notes, c.notes, c.scope.Notes())
	for _, i := range c.includes {
		notes = append(notes, i.config.allNotes()...)
	}
	for _, r := range c.read {
		notes = append(notes, r.allNotes()...)
	}
	return notes
}

// blocks returns the blocks of a type, in the order of the source.
func (c *config) blocks(typ string) []*hclsyntax.Block {
	var out []*hclsyntax.Block
	for _, b := range c.file.body.Blocks {
		if b.Type == typ {
			out = append(out, b)
		}
	}
	return out
}

func label(b *hclsyntax.Block) string {
	if len(b.Labels) == 0 {
		return ""
	}
	return b.Labels[0]
}

// value evaluates an expression of the file.
func (c *config) value(e hclsyntax.Expression) cty.Value {
	p := c.file.prepared(e)
	return c.scope.Value(p, c.context(p.Variables()))
}

// argument evaluates an argument of a block, the zero Value where it is not set.
func (c *config) argument(b *hclsyntax.Body, name string) eval.Value {
	a := b.Attributes[name]
	if a == nil {
		return eval.Value{}
	}
	return eval.Value{V: c.value(a.Expr), Source: place(a.SrcRange)}
}

// context holds what expressions refer to.
func (c *config) context(refs []hcl.Traversal) *hcl.EvalContext {
	roots := map[string]map[string]cty.Value{}
	put := func(root, name string, v func() cty.Value) {
		if roots[root] == nil {
			roots[root] = map[string]cty.Value{}
		}
		if _, there := roots[root][name]; !there {
			roots[root][name] = v()
		}
	}
	whole := map[string]cty.Value{}
	for _, t := range refs {
		root, name := t.RootName(), step(t, 1)
		switch root {
		case "local":
			put(root, name, func() cty.Value { return c.local(name, t.SourceRange()) })
		case "dependency":
			put(root, name, func() cty.Value { return c.dependency(name, t.SourceRange()) })
		case "feature":
			put(root, name, func() cty.Value { return c.feature(name) })
		case "include":
			if i := c.included(""); i != nil {
				whole[root] = i.config.exposed()
			} else if i := c.included(name); i != nil {
				put(root, name, i.config.exposed)
			}
		}
	}
	ctx := (&hcl.EvalContext{Functions: c.scope.Functions}).NewChild()
	ctx.Functions, ctx.Variables = c.funcs, whole
	for root, names := range roots {
		delete(names, "")
		ctx.Variables[root] = cty.ObjectVal(names)
	}
	return ctx
}

// step is the name at one step of a traversal, "" where there is none.
func step(t hcl.Traversal, i int) string {
	if i >= len(t) {
		return ""
	}
	switch s := t[i].(type) {
	case hcl.TraverseAttr:
		return s.Name
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String && s.Key.IsKnown() && !s.Key.IsNull() {
			return s.Key.AsString()
		}
	}
	return ""
}

// local evaluates a local of the file.
func (c *config) local(name string, at hcl.Range) cty.Value {
	for _, b := range c.blocks("locals") {
		if a := b.Body.Attributes[name]; a != nil {
			return c.once(c.locals, name, "local "+name, at, func() cty.Value { return c.value(a.Expr) })
		}
	}
	if name != "" {
		c.note("undeclared", at, "declare it", "local "+name+" is not declared")
	}
	return cty.DynamicVal
}

func (c *config) once(all map[string]*memo, name, what string, at hcl.Range, f func() cty.Value) cty.Value {
	m := all[name]
	if m == nil {
		m = &memo{}
		all[name] = m
	}
	switch {
	case m.done:
		return m.value
	case m.busy:
		c.note("cycle", at, "break the cycle", what+" depends on itself")
		return cty.DynamicVal
	}
	m.busy = true
	v := f()
	m.value, m.done, m.busy = v, true, false
	return v
}

// feature is the value of a flag: its default.
func (c *config) feature(name string) cty.Value {
	for _, b := range c.blocks("feature") {
		if label(b) == name && b.Body.Attributes["default"] != nil {
			return cty.ObjectVal(map[string]cty.Value{"value": c.value(b.Body.Attributes["default"].Expr)})
		}
	}
	return cty.DynamicVal
}

// exposed is the configuration as another one sees it that includes or reads it.
func (c *config) exposed() cty.Value {
	if c.busy {
		return cty.DynamicVal // it asks for itself
	}
	c.busy = true
	defer func() { c.busy = false }()
	locals := map[string]cty.Value{}
	for _, b := range c.blocks("locals") {
		for name, a := range b.Body.Attributes {
			locals[name] = c.local(name, a.SrcRange)
		}
	}
	dependencies := map[string]cty.Value{}
	for _, b := range c.blocks("dependency") {
		dependencies[label(b)] = c.dependency(label(b), b.DefRange())
	}
	inputs := map[string]cty.Value{}
	for name, v := range c.inputs() {
		inputs[name] = v.V
	}
	return cty.ObjectVal(map[string]cty.Value{
		"locals": cty.ObjectVal(locals), "inputs": cty.ObjectVal(inputs), "dependency": cty.ObjectVal(dependencies),
		"terraform": cty.ObjectVal(map[string]cty.Value{"source": cty.StringVal(c.moduleSource().text)}),
	})
}

// inputs are the values for the module: its own, and below them those of what it
// includes, of which the last counts most.
func (c *config) inputs() map[string]eval.Value {
	out := c.ownInputs()
	for _, i := range slices.Backward(c.includes) {
		if i.strategy != noMerge {
			out = mergeInputs(i.config.inputs(), out, i.strategy == deep)
		}
	}
	return out
}

// ownInputs evaluates each input on its own, so that one that fails takes no other along.
func (c *config) ownInputs() map[string]eval.Value {
	a := c.file.body.Attributes["inputs"]
	if a == nil {
		return map[string]eval.Value{}
	}
	object, ok := a.Expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return eval.Value{V: c.value(a.Expr), Source: place(a.SrcRange)}.Fields()
	}
	out := map[string]eval.Value{}
	for _, item := range object.Items {
		key, _ := c.value(item.KeyExpr).Unmark()
		if key.IsKnown() && !key.IsNull() && key.Type() == cty.String {
			out[key.AsString()] = eval.Value{V: c.value(item.ValueExpr), Source: place(item.KeyExpr.Range())}
		}
	}
	return out
}

// moduleSource finds the module: in the file's own terraform block, else in those of
// what it includes. A relative path is the unit's, in an included file too.
func (c *config) moduleSource() source {
	for _, b := range c.blocks("terraform") {
		a := b.Body.Attributes["source"]
		if a == nil {
			continue
		}
		v := c.argument(b.Body, "source")
		text, ok := v.Text()
		if !ok || text == "" {
			continue
		}
		s := source{text: text, at: v.Source}
		if isRemote(text) {
			return s
		}
		for _, base := range []string{c.dir, path.Dir(c.file.name)} {
			if dir, err := c.live.scope(base).Path(local(text)); err == nil && c.live.hasConfiguration(dir) {
				s.dir = dir
				return s
			}
		}
		return s
	}
	for _, i := range slices.Backward(c.includes) {
		if i.strategy == noMerge {
			continue
		}
		if s := i.config.moduleSource(); s.text != "" {
			return s
		}
	}
	return source{}
}

// varFiles are the variable files that extra arguments name, those that are there.
func (c *config) varFiles() []string {
	var out []string
	for _, i := range c.includes {
		if i.strategy != noMerge {
			out = append(out, i.config.varFiles()...)
		}
	}
	for _, t := range c.blocks("terraform") {
		for _, b := range t.Body.Blocks {
			if b.Type != "extra_arguments" {
				continue
			}
			for _, name := range []string{"required_var_files", "optional_var_files"} {
				for _, v := range c.argument(b.Body, name).Elements() {
					if file, ok := c.varFile(v); ok {
						out = append(out, file)
					} else if name == "required_var_files" {
						c.note("variable-file", b.DefRange(), "check the path", "a variable file of "+label(b)+" is not there")
					}
				}
			}
		}
	}
	return out
}

func (c *config) varFile(v eval.Value) (string, bool) {
	text, ok := v.Literal()
	if !ok {
		return "", false
	}
	file, err := c.live.scope(c.dir).Path(text)
	return file, err == nil && c.live.isFile(file)
}

// generated are the files that generate blocks put into a module's directory; a unit's
// own replace included ones of the same name.
func (c *config) generated(dir string) []generatedFile {
	byLabel := map[string]generatedFile{}
	c.generate(dir, byLabel)
	var out []generatedFile
	for _, name := range slices.Sorted(maps.Keys(byLabel)) {
		out = append(out, byLabel[name])
	}
	return out
}

func (c *config) generate(dir string, byLabel map[string]generatedFile) {
	for _, i := range c.includes {
		if i.strategy != noMerge {
			i.config.generate(dir, byLabel)
		}
	}
	for _, b := range c.blocks("generate") {
		file, ok := c.argument(b.Body, "path").Literal()
		if !ok || !eval.IsConfig(file) || path.Base(file) != file {
			continue
		}
		if off, _ := c.argument(b.Body, "disable").Literal(); off == "true" {
			continue
		}
		content, ok := c.text(b.Body, "contents")
		if !ok {
			c.note("not-evaluated", b.DefRange(), "", "the contents of "+file+" can't be known")
			continue
		}
		byLabel[label(b)] = generatedFile{path.Join(dir, file), content, place(b.DefRange())}
	}
}

// text evaluates an argument to a text. A part of a template that can't be known
// leaves a token in its place, so that the rest is not lost.
func (c *config) text(b *hclsyntax.Body, name string) (string, bool) {
	if text, ok := c.argument(b, name).Text(); ok {
		return text, true
	}
	a := b.Attributes[name]
	if a == nil {
		return "", false
	}
	template, ok := a.Expr.(*hclsyntax.TemplateExpr)
	if !ok {
		return "", false
	}
	var out strings.Builder
	for _, part := range template.Parts {
		text, ok := eval.Value{V: c.value(part)}.Text()
		if !ok {
			text = eval.Token("?")
		}
		out.WriteString(text)
	}
	return out.String(), true
}
