package eval

import (
	"slices"

	"drawbridge/graph"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// module is the configuration of one directory, parsed once and shared by all
// instances of the module.
type module struct {
	dir       string
	files     int
	variables map[string]*variable
	locals    map[string]*local
	outputs   map[string]*output
	resources map[string]*resource // by "type.name" and "data.type.name"
	calls     map[string]*call
	providers []*provider
	moved     []*moved
	imports   []*imported
	backend   *backend // nil where no block names one
	// outputsRead are the outputs that expressions read from remote states by name.
	outputsRead []outputRead
	notes       []graph.Note
	budget      *budget
	// blocks counts the resource, data and module blocks that were read into the
	// module, those left out for a reason that a note gives not among them.
	blocks int
	// starts holds where each top-level block begins, by file, in no order.
	starts map[string][]blockStart

	// order holds the keys of resources in the order of the source, for notes and walks.
	resourceOrder []string
	callOrder     []string

	// iterators are the names bound by the dynamic blocks around what is being read.
	iterators []string

	// reads holds, by resource key, the attributes that expressions read from it.
	reads map[string][]string
	// whole holds the keys of resources and calls that some expression uses as a whole.
	whole map[string]bool
	// loose holds attribute names read from values of which the syntax doesn't tell
	// the origin (the variable of a for-expression, a local, a module's output).
	loose map[string]bool
	// after holds, by attribute name, those that some expression reads right behind it.
	after map[string]map[string]bool
}

// blockStart is the line on which a block begins. It is counted where it is one of
// those that [Result.Blocks] counts.
type blockStart struct {
	line    int
	counted bool
}

// expr is an expression with the references that it makes.
type expr struct {
	hcl.Expression
	refs   []reference
	source graph.Source
}

// constant returns the value of an expression that is written out, as most are:
// nothing of it is to be looked at.
func (e *expr) constant(maxText int) (cty.Value, bool) {
	l, ok := e.Expression.(*hclsyntax.LiteralValueExpr)
	if !ok || !l.Val.IsKnown() || l.Val.Type() == cty.String && !l.Val.IsNull() && len(l.Val.AsString()) > maxText {
		return cty.NilVal, false
	}
	return l.Val, true
}

type variable struct {
	name      string
	typ       cty.Type
	defaults  *typeexpr.Defaults
	primitive bool // a value from the command line is the text itself
	value     *expr
	nullable  bool
	sensitive bool
	ephemeral bool
	rules     []rule
	source    graph.Source
}

// rule is a validation of a variable.
type rule struct{ condition, message *expr }

type local struct{ value *expr }

type output struct {
	name      string
	value     *expr
	sensitive bool
	source    graph.Source
}

// repetition is what count and for_each of a block say.
type repetition struct{ count, forEach *expr }

type resource struct {
	key       string // "type.name" or "data.type.name"
	mode      Mode
	typ, name string
	provider  string
	body      *body
	repetition
	refs   []reference // see references
	source graph.Source
}

// references are those of the whole body, count and for_each left out.
func (r *resource) references() []reference {
	if r.refs == nil {
		r.refs = uniqueRefs(r.body.collect(nil))
	}
	return r.refs
}

// release drops what is needed to evaluate the resource: syntax trees hold more
// than ten times their source.
func (r *resource) release() { r.body, r.refs = nil, nil }

type call struct {
	name, module string // module is the source argument as written
	version      string
	dir          string // of the module's code, "" where it is not there
	args         *body
	providers    map[string]string // the callee's provider name to the caller's reference
	repetition
	refs   []reference
	source graph.Source
}

type provider struct {
	name, alias string
	body        *body
	refs        []reference
	source      graph.Source
}

type moved struct {
	from, to string
	source   graph.Source
}

// imported is an import block: the resource at an address exists and has that ID.
type imported struct {
	to *expr
	id *expr
	repetition
}

// body is a block's content in one form for both syntaxes.
type body struct {
	attrs  []*attribute // sorted by name
	blocks []*block
	source graph.Source
}

type attribute struct {
	name  string
	value *expr
}

type block struct {
	typ    string
	labels []string
	body   *body
	// For a dynamic block: body is its content.
	dynamic  bool
	forEach  *expr
	iterator string
	// madeLabels gives the labels of each generated block, nil for none.
	madeLabels *expr
	source     graph.Source
}

func (b *body) attr(name string) *expr {
	for _, a := range b.attrs {
		if a.name == name {
			return a.value
		}
	}
	return nil
}

// take removes an attribute from the body and returns its value.
func (b *body) take(name string) *expr {
	for i, a := range b.attrs {
		if a.name == name {
			b.attrs = slices.Delete(b.attrs, i, i+1)
			return a.value
		}
	}
	return nil
}

// dropBlocks removes the nested blocks of a type. In JSON syntax a block may have
// been read as an attribute: that is removed, too.
func (b *body) dropBlocks(typ string) {
	b.blocks = slices.DeleteFunc(b.blocks, func(n *block) bool { return n.typ == typ && !n.dynamic })
	b.take(typ)
}

// override merges the content of an override file's block into b, as terraform
// documents it: attributes replace attributes, and nested blocks replace all of
// their type.
func (b *body) override(o *body) {
	for _, a := range o.attrs {
		b.take(a.name)
		b.attrs = append(b.attrs, a)
	}
	sortAttributes(b.attrs)
	for _, n := range o.blocks {
		b.blocks = slices.DeleteFunc(b.blocks, func(x *block) bool { return x.typ == n.typ })
	}
	b.blocks = append(b.blocks, o.blocks...)
}

// collect appends the references of the body's expressions, without repetition.
func (b *body) collect(refs []reference) []reference {
	for _, a := range b.attrs {
		refs = append(refs, a.value.refs...)
	}
	for _, n := range b.blocks {
		if n.forEach != nil {
			refs = append(refs, n.forEach.refs...)
		}
		if n.madeLabels != nil {
			refs = append(refs, n.madeLabels.refs...)
		}
		refs = n.body.collect(refs)
	}
	return refs
}

// reference is what an expression takes from its module.
type reference struct {
	kind refKind
	name string // variable, local, call or resource key ("type.name", "data.type.name")
	attr string // the output read from a call, "" for the whole
	// prefixed is true where a managed resource is written as resource.type.name.
	prefixed bool
	// own is true where a provisioner or connection names the resource that it stands
	// in: it runs when that is there.
	own    bool
	source graph.Source
}

type refKind uint8

const (
	refVariable refKind = iota
	refLocal
	refCall
	refResource
	refPath
	refTerraform
	refEach
	refCount
	refSelf
)

// uniqueRefs removes repeated references, keeping the first of each.
func uniqueRefs(refs []reference) []reference {
	if len(refs) < 2 {
		return refs
	}
	type key struct {
		kind          refKind
		name, attr    string
		prefixed, own bool
	}
	if len(refs) <= 16 { // comparing costs less than a map
		kept := refs[:1]
		for _, r := range refs[1:] {
			if !slices.ContainsFunc(kept, func(k reference) bool {
				return k.name == r.name && k.attr == r.attr && k.kind == r.kind && k.prefixed == r.prefixed && k.own == r.own
			}) {
				kept = append(kept, r)
			}
		}
		return kept
	}
	seen := make(map[key]bool, len(refs))
	return slices.DeleteFunc(refs, func(r reference) bool {
		k := key{r.kind, r.name, r.attr, r.prefixed, r.own}
		if seen[k] {
			return true
		}
		seen[k] = true
		return false
	})
}

// keyword returns the single name that an expression consists of, as for legacy
// types and provider references, unquoted where it stands in quotes.
func keyword(e hcl.Expression) string {
	if k := hcl.ExprAsKeyword(e); k != "" {
		return k
	}
	if t, ok := e.(*hclsyntax.TemplateExpr); ok && t.IsStringLiteral() {
		v, _ := t.Value(nil)
		return v.AsString()
	}
	return ""
}
