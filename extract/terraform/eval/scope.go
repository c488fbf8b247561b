package eval

import (
	"io/fs"
	"path"
	"strings"

	"drawbridge/graph"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Scope evaluates expressions of files that are no Terraform but written in its
// language, as terragrunt's are, with the same symbols and functions.
type Scope struct {
	ev *evaluator
	// Functions are terraform's. Paths are relative to the scope's directory, or
	// absolute below its top.
	Functions map[string]function.Function
}

// NewScope returns a scope for files in dir. Top is what stands for the file system's
// root at the head of absolute paths ("/repo"); "" allows none.
func NewScope(fsys fs.FS, dir, top string) *Scope {
	ev := &evaluator{
		loader: &loader{fsys: fsys, budget: newBudget()}, opt: Options{Limits: Limits{}.orDefault()}, root: dir, top: top,
		result: &Result{}, noted: map[graph.Note]bool{}, templates: map[string]*expr{},
	}
	ev.base = &hcl.EvalContext{Functions: ev.functions()}
	return &Scope{ev, ev.base.Functions}
}

// Fork returns a scope with the same functions and notes of its own.
func (s *Scope) Fork() *Scope {
	ev := *s.ev
	ev.result, ev.noted = &Result{}, map[graph.Note]bool{}
	return &Scope{&ev, s.Functions}
}

// Prepare makes an expression of a parsed one in which a token's spelling decides
// nothing. An expression is to be prepared once; the parsed one is used up.
func Prepare(e hclsyntax.Expression) hcl.Expression {
	scratch := &module{budget: newBudget(), reads: map[string][]string{}, whole: map[string]bool{}, loose: map[string]bool{}, after: map[string]map[string]bool{}}
	return scratch.prepare(e)
}

// Value evaluates an expression of [Prepare]. What fails gives an unknown with the
// marks of all that it refers to, and a note where that is not computed.
func (s *Scope) Value(e hcl.Expression, ctx *hcl.EvalContext) cty.Value {
	p, ok := e.(*expr)
	if !ok {
		p = &expr{Expression: e, source: sourceOf(e.Range())}
	}
	return (&instance{ev: s.ev}).eval(p, ctx)
}

// Notes are what could not be evaluated so far.
func (s *Scope) Notes() []graph.Note { return s.ev.result.Notes }

// below turns an absolute path into one relative to the file system's root; false
// where it does not lie below the scope's top.
func (ev *evaluator) below(p string) (string, bool) {
	if ev.top == "" || !path.IsAbs(p) {
		return "", false
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(ev.top, "/"), "/")
	if p = path.Clean(p); p != "/"+first && !strings.HasPrefix(p, "/"+first+"/") {
		return "", false
	}
	return relative(strings.Trim(ev.top, "/"), strings.Trim(p, "/")), true
}

// Path turns a path that an expression of the scope gives into one of the file system.
func (s *Scope) Path(p string) (string, error) { return s.ev.path(p) }

// Parse reads a file in HCL's native syntax, within the limits of configuration
// files. The body is nil where nothing could be read; notes say what was wrong.
func Parse(fsys fs.FS, name string) (*hclsyntax.Body, []graph.Note) {
	m := &module{}
	src, err := readFile(fsys, name)
	if err != nil {
		m.note("unreadable", graph.Source{File: name}, "", "not read: %v", reason(err))
		return nil, m.notes
	}
	if nesting(src) > maxNesting {
		m.note("limit", graph.Source{File: name}, "", "not read: expressions are nested deeper than %d", maxNesting)
		return nil, m.notes
	}
	f, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	m.diagnose(name, diags)
	if f == nil {
		return nil, m.notes
	}
	body, _ := f.Body.(*hclsyntax.Body)
	return body, m.notes
}
