package eval

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"drawbridge/graph"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Extensions are the suffixes of configuration files.
var Extensions = []string{".tf", ".tf.json", ".tofu", ".tofu.json"}

// IsConfig reports whether a file of that name holds Terraform configuration.
func IsConfig(name string) bool {
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") || strings.HasPrefix(base, "#") {
		return false
	}
	return slices.ContainsFunc(Extensions, func(x string) bool { return strings.HasSuffix(base, x) })
}

// maxFile bounds a configuration file; larger ones are not read.
const maxFile = 8 << 20

// loader reads the directories of modules, each once.
type loader struct {
	fsys    fs.FS
	modules map[string]*module
	budget  *budget
}

// sourceOf turns a position of hcl into a place.
func sourceOf(r hcl.Range) graph.Source { return graph.Source{File: r.Filename, Line: r.Start.Line} }

// module returns the configuration in dir, nil where the directory is not there
// or holds no configuration.
func (l *loader) module(dir string) *module {
	if m, ok := l.modules[dir]; ok {
		return m
	}
	m := l.read(dir)
	l.modules[dir] = m
	return m
}

func (l *loader) read(dir string) *module {
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil {
		return nil
	}
	m := &module{
		dir:       dir,
		variables: map[string]*variable{},
		locals:    map[string]*local{},
		outputs:   map[string]*output{},
		resources: map[string]*resource{},
		calls:     map[string]*call{},
		reads:     map[string][]string{},
		whole:     map[string]bool{},
		loose:     map[string]bool{},
		after:     map[string]map[string]bool{},
		starts:    map[string][]blockStart{},
		budget:    l.budget,
	}
	var normal, overrides []string
	for _, name := range configNames(entries) {
		stem := name[:strings.Index(name, ".")]
		if stem == "override" || strings.HasSuffix(stem, "_override") {
			overrides = append(overrides, name)
		} else {
			normal = append(normal, name)
		}
	}
	m.files = len(normal) + len(overrides)
	if m.files == 0 {
		return nil
	}
	for _, name := range normal {
		m.readFile(l.fsys, path.Join(dir, name), false)
	}
	for _, name := range overrides {
		m.readFile(l.fsys, path.Join(dir, name), true)
	}
	return m
}

// configNames returns the names of a directory's configuration files, sorted. A
// .tofu file stands in for the .tf file of the same name.
func configNames(entries []fs.DirEntry) []string {
	var names []string
	for _, e := range entries {
		if !e.IsDir() && IsConfig(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(names, func(n string) bool {
		for _, x := range []string{"", ".json"} {
			if stem, ok := strings.CutSuffix(n, ".tf"+x); ok && slices.Contains(names, stem+".tofu"+x) {
				return true
			}
		}
		return false
	})
}

func (m *module) note(code string, at graph.Source, next, format string, args ...any) {
	m.notes = append(m.notes, graph.Note{Code: code, Source: at, Message: fmt.Sprintf(format, args...), Next: next})
}

// diagnose turns hcl's diagnostics into notes.
func (m *module) diagnose(file string, diags hcl.Diagnostics) {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		at := graph.Source{File: file}
		if d.Subject != nil {
			at = sourceOf(*d.Subject)
		}
		m.note("parse-error", at, "fix the syntax; what hcl could still read of the file was used", "%s", diagText(d))
	}
}

func diagText(d *hcl.Diagnostic) string {
	s := strings.TrimSuffix(d.Summary, ".")
	// hcl's suggestions of another name follow the order of a map.
	detail, _, _ := strings.Cut(strings.Join(strings.Fields(d.Detail), " "), " Did you mean ")
	// cty turns a panic of a function into an error that holds its stack, with addresses.
	detail, _, _ = strings.Cut(detail, " goroutine ")
	if detail != "" {
		s += ": " + detail
	}
	return s
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%d bytes are more than the limit of %d", info.Size(), maxFile)
	}
	return fs.ReadFile(fsys, name)
}

func (m *module) readFile(fsys fs.FS, file string, override bool) {
	src, err := readFile(fsys, file)
	if err != nil {
		m.note("unreadable", graph.Source{File: file}, "", "not read: %v", reason(err))
		return
	}
	if nesting(src) > maxNesting {
		m.note("limit", graph.Source{File: file}, "", "not read: expressions are nested deeper than %d", maxNesting)
		return
	}
	if strings.HasSuffix(file, ".json") {
		m.readJSON(src, file, override)
		return
	}
	f, diags := hclsyntax.ParseConfig(src, file, hcl.InitialPos)
	m.diagnose(file, diags)
	if f == nil {
		return
	}
	root, ok := f.Body.(*hclsyntax.Body)
	if !ok {
		return
	}
	for _, b := range root.Blocks {
		m.add(b.Type, b.Labels, m.body(b.Body, rawAttributes(b.Type)), sourceOf(b.DefRange()), override)
	}
}

// reason is an error's text without the path that fs repeats.
func reason(err error) string {
	if errors.Is(err, fs.ErrInvalid) {
		return "it lies outside of the scanned files"
	}
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// maxNesting bounds brackets in a file, and operators in a row by a multiple of it:
// hcl's parser and evaluator recurse over both.
const maxNesting, operatorsPerLevel = 1000, 20

// nesting returns the deepest nesting of brackets, counting those in strings too. A
// chain of operators without a comma or an assignment between them counts as well.
func nesting(src []byte) int {
	depth, deepest := 0, 0
	var chains [maxNesting + 1]int // by depth
	for i, c := range src {
		switch c {
		case '(', '[', '{':
			if c == '[' {
				chains[depth]++
			}
			depth++
			if deepest = max(deepest, depth); depth > maxNesting {
				return deepest
			}
			chains[depth] = 0
		case ')', ']', '}':
			depth = max(0, depth-1)
		case ',':
			chains[depth] = 0
		case '=':
			if i > 0 && i+1 < len(src) && !strings.ContainsRune("=!<>", rune(src[i-1])) && src[i+1] != '=' {
				chains[depth] = 0
				continue
			}
			chains[depth]++
		case '+', '-', '*', '/', '%', '!', '?', '&', '|', '<', '>':
			chains[depth]++
		}
		deepest = max(deepest, chains[depth]/operatorsPerLevel)
	}
	return deepest
}

// rawAttributes are the arguments whose expressions are no values: types, provider
// references and addresses.
func rawAttributes(blockType string) []string {
	switch blockType {
	case "variable":
		return []string{"type"}
	case "resource", "data", "ephemeral":
		return []string{"provider", "depends_on"}
	case "module":
		return []string{"providers", "depends_on"}
	case "output":
		return []string{"depends_on"}
	case "moved":
		return []string{"from", "to"}
	case "import":
		return []string{"to"}
	}
	return nil
}

// body brings a native body into our form.
func (m *module) body(b *hclsyntax.Body, raw []string) *body {
	out := &body{source: sourceOf(b.SrcRange)}
	for _, a := range b.Attributes {
		e := &expr{Expression: a.Expr}
		if !slices.Contains(raw, a.Name) {
			e = m.prepare(a.Expr)
		}
		e.source = sourceOf(a.SrcRange)
		out.attrs = append(out.attrs, &attribute{a.Name, e})
	}
	sortAttributes(out.attrs)
	for _, n := range b.Blocks {
		out.blocks = append(out.blocks, m.block(n))
	}
	return out
}

func sortAttributes(attrs []*attribute) {
	slices.SortFunc(attrs, func(a, b *attribute) int { return cmp.Compare(a.name, b.name) })
}

// block brings a nested block into our form. A dynamic block becomes one of the
// type that it generates.
func (m *module) block(n *hclsyntax.Block) *block {
	out := &block{typ: n.Type, labels: n.Labels, source: sourceOf(n.DefRange())}
	if n.Type != "dynamic" || len(n.Labels) != 1 {
		var raw []string
		if n.Type == "provisioner" {
			raw = []string{"when", "on_failure"}
		}
		out.body = m.body(n.Body, raw)
		for _, name := range raw { // keywords, not values
			out.body.take(name)
		}
		return out
	}
	out.dynamic, out.typ, out.labels = true, n.Labels[0], nil
	out.iterator = out.typ
	if a := n.Body.Attributes["iterator"]; a != nil {
		out.iterator = cmp.Or(keyword(a.Expr), out.iterator)
	}
	if a := n.Body.Attributes["for_each"]; a != nil {
		out.forEach = m.prepare(a.Expr)
	}
	m.iterators = append(m.iterators, out.iterator)
	if a := n.Body.Attributes["labels"]; a != nil {
		out.madeLabels = m.prepare(a.Expr)
	}
	for _, c := range n.Body.Blocks {
		if c.Type == "content" {
			out.body = m.body(c.Body, nil)
		}
	}
	m.iterators = m.iterators[:len(m.iterators)-1]
	if out.body == nil {
		out.body = &body{source: out.source}
		m.note("parse-error", out.source, "add a content block", "dynamic block %q has no content", out.typ)
	}
	return out
}

// add takes one top-level block into the module.
func (m *module) add(typ string, labels []string, b *body, at graph.Source, override bool) {
	label := func(i int) string {
		if i < len(labels) {
			return labels[i]
		}
		return ""
	}
	need := func(n int) bool {
		if len(labels) >= n {
			return true
		}
		m.note("parse-error", at, "", "block %q needs %d labels, has %d", typ, n, len(labels))
		return false
	}
	counted := !override && slices.Contains([]string{"resource", "data", "ephemeral", "module"}, typ)
	m.starts[at.File] = append(m.starts[at.File], blockStart{at.Line, counted})
	switch typ {
	case "variable":
		if need(1) {
			m.addVariable(label(0), b, at, override)
		}
	case "locals":
		for _, a := range b.attrs {
			if _, there := m.locals[a.name]; there && !override {
				m.note("duplicate", a.value.source, "keep one of them", "local %q is defined twice", a.name)
				continue
			}
			m.locals[a.name] = &local{a.value}
		}
	case "output":
		if need(1) {
			m.addOutput(label(0), b, at, override)
		}
	case "resource", "data", "ephemeral":
		if need(2) {
			m.addResource(typ, label(0), label(1), b, at, override)
		}
	case "module":
		if need(1) {
			m.addCall(label(0), b, at, override)
		}
	case "provider":
		if need(1) {
			p := &provider{name: label(0), body: b, source: at}
			if a := b.take("alias"); a != nil {
				p.alias = literal(a)
			}
			p.refs = uniqueRefs(b.collect(nil))
			m.providers = append(m.providers, p)
		}
	case "moved":
		from, to := b.attr("from"), b.attr("to")
		if from != nil && to != nil {
			m.moved = append(m.moved, &moved{addressOf(from), addressOf(to), at})
		}
	case "import":
		if to, id := b.attr("to"), b.attr("id"); to != nil && id != nil {
			im := &imported{to: to, id: id}
			im.repetition.take(b)
			m.imports = append(m.imports, im)
		}
	case "terraform":
		m.addSettings(b, at)
	case "removed":
		// An instruction to terraform: it adds nothing to what is built.
	case "check":
		for _, n := range b.blocks { // what it reads to see whether all is well
			if n.typ == "data" && len(n.labels) == 2 {
				m.addResource(n.typ, n.labels[0], n.labels[1], n.body, n.source, override)
			}
		}
	default:
		m.note("unknown-block", at, "", "block type %q is not known", typ)
	}
}

func literal(e *expr) string {
	v, diags := e.Value(nil)
	if diags.HasErrors() || v.IsNull() || !v.IsKnown() || v.Type() != cty.String {
		return ""
	}
	return v.AsString()
}

// addressOf writes a traversal (of a moved block) as an address.
func addressOf(e *expr) string {
	t, diags := hcl.AbsTraversalForExpr(e.Expression)
	if diags.HasErrors() {
		return literal(e) // JSON syntax
	}
	return traversalText(t)
}

// traversalText writes the steps of a traversal as they stand in an address.
func traversalText(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(s.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + s.Name)
		case hcl.TraverseIndex:
			b.WriteString("[" + keyText(s.Key) + "]")
		}
	}
	return b.String()
}

func (m *module) addOutput(name string, b *body, at graph.Source, override bool) {
	o := m.outputs[name]
	if o != nil && !override {
		m.note("duplicate", at, "keep one of them", "output %q is declared twice", name)
		return
	}
	if o == nil {
		o = &output{name: name, source: at}
		m.outputs[name] = o
	}
	if v := b.attr("value"); v != nil {
		o.value = v
	}
	if v := b.attr("sensitive"); v != nil {
		o.sensitive = isTrue(v)
	}
}

// isTrue reports whether an expression is the constant true.
func isTrue(e *expr) bool {
	v, diags := e.Value(nil)
	return !diags.HasErrors() && v.Type() == cty.Bool && v.IsKnown() && !v.IsNull() && v.True()
}

func (m *module) addResource(blockType, typ, name string, b *body, at graph.Source, override bool) {
	key, mode := typ+"."+name, Managed
	if blockType != "resource" {
		key, mode = blockType+"."+key, Data
	}
	b.dropBlocks("lifecycle")
	b.take("depends_on")
	if old := m.resources[key]; old != nil {
		if !override {
			m.note("duplicate", at, "rename one of them", "%s is declared twice; the second is left out", key)
			return
		}
		old.body.override(b)
		old.takeMeta()
		return
	}
	m.blocks++
	r := &resource{key: key, mode: mode, typ: typ, name: name, body: b, source: at}
	r.takeMeta()
	m.resources[key] = r
	m.resourceOrder = append(m.resourceOrder, key)
}

func (r *resource) takeMeta() {
	r.repetition.take(r.body)
	if p := r.body.take("provider"); p != nil {
		r.provider = providerReference(p)
	}
	for _, n := range r.body.blocks {
		if n.typ == "provisioner" || n.typ == "connection" {
			n.body.mayName(r.key)
		}
	}
}

// mayName marks the references to a resource within a body as ones to its own.
func (b *body) mayName(key string) {
	for _, a := range b.attrs {
		for i := range a.value.refs {
			r := &a.value.refs[i]
			r.own = r.own || r.kind == refResource && r.name == key
		}
	}
	for _, n := range b.blocks {
		n.body.mayName(key)
	}
}

func (r *repetition) take(b *body) {
	if e := b.take("count"); e != nil {
		r.count = e
	}
	if e := b.take("for_each"); e != nil {
		r.forEach = e
	}
}

// providerReference reads aws.west, "aws.west" or aws["x"].
func providerReference(e *expr) string {
	if k := keyword(e.Expression); k != "" {
		return k
	}
	return addressOf(e)
}

func (m *module) addCall(name string, b *body, at graph.Source, override bool) {
	c := m.calls[name]
	switch {
	case c == nil:
		m.blocks++
		c = &call{name: name, args: b, source: at}
		m.calls[name] = c
		m.callOrder = append(m.callOrder, name)
	case override:
		c.args.override(b)
	default:
		m.note("duplicate", at, "rename one of them", "module %q is called twice by one name; the second is left out", name)
		return
	}
	b = c.args
	b.take("depends_on")
	if e := b.take("source"); e != nil {
		c.module = literal(e)
		if c.module == "" {
			m.note("unknown-source", e.source, "write the source as a constant", "source of module %q is no constant", name)
		}
	}
	if e := b.take("version"); e != nil {
		c.version = literal(e)
	}
	if e := b.take("providers"); e != nil {
		c.providers = map[string]string{}
		if pairs, diags := hcl.ExprMap(e.Expression); !diags.HasErrors() {
			for _, kv := range pairs {
				c.providers[addressOf(&expr{Expression: kv.Key})] = addressOf(&expr{Expression: kv.Value})
			}
		}
	}
	c.repetition.take(b)
	c.refs = uniqueRefs(b.collect(nil))
	if isLocal(c.module) {
		c.dir = path.Join(m.dir, c.module)
	}
}

// isLocal reports whether a module source is a directory beside the caller.
func isLocal(source string) bool {
	return strings.HasPrefix(source, "./") || strings.HasPrefix(source, "../") || source == "." || source == ".."
}
