package custom

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// Bounds of an expression: how long it may be, how deeply its parts may be nested, and
// how many steps its evaluation for one element may take, in CEL's own count.
const (
	longestExpression = 4096
	deepestExpression = 40
	mostSteps         = 200_000
)

// Error is a mistake in an expression or a rule.
type Error struct {
	// Field is the key of the rule that the mistake is in, "" for the rule itself.
	Field string
	// Line and Column count from 1 within the text of the field, 0 where the place is not known.
	Line, Column int
	Message      string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// expression is one that was checked, over the elements of a noun.
type expression struct {
	of      *noun
	program cel.Program
	// direct does what the program does, nil where terms can't.
	direct term
	// properties are the facts of the element itself that it names.
	properties []*field
	// narrow are tests that an element must pass for the expression to be true, those that
	// a model has an index for. So are conjuncts, where there is no direct.
	narrow    []test
	conjuncts []term
	// failing is set where an evaluation may fail, and not just lack a key.
	failing bool
}

// test is that a field of the element, or what it has under a key, has one of some values.
type test struct {
	attribute
	values []ref.Val
}

// attribute is a field of an element, or a key of its tags or attributes.
type attribute struct {
	field *field
	key   string
}

// environments are made when they are first asked for, one a noun: most runs need none.
var environments = map[string]func() (*cel.Env, error){
	"component": environment("component"),
	"flow":      environment("flow"),
	"boundary":  environment("boundary"),
	"grant":     environment("grant"),
	"finding":   environment("finding"),
}

// environment tells CEL the vocabulary: an element by its noun, and its fields by
// their bare names.
func environment(name string) func() (*cel.Env, error) {
	return sync.OnceValues(func() (*cel.Env, error) {
		of := nounNamed(name)
		options := []cel.EnvOption{
			cel.CustomTypeProvider(&provider{types.NewEmptyRegistry()}),
			cel.ParserExpressionSizeLimit(longestExpression),
			cel.ParserRecursionLimit(deepestExpression),
			cel.Variable(of.name, cel.ObjectType(of.typ)),
			cel.Function("known", cel.Overload("known_any", []*cel.Type{cel.DynType}, cel.BoolType,
				cel.OverloadIsNonStrict(), cel.UnaryBinding(known))),
		}
		for _, f := range of.fields {
			options = append(options, cel.Variable(f.name, f.typ))
		}
		return cel.NewEnv(options...)
	})
}

// known tells whether a value is known: of what is not, nothing else can be told.
func known(v ref.Val) ref.Val {
	if types.IsError(v) && !isMissingKey(v) {
		return v
	}
	return types.Bool(!types.IsUnknownOrError(v))
}

// compile checks an expression that has to give the type.
func compile(of *noun, text string, want *cel.Type) (*expression, *Error) {
	env, err := environments[of.name]()
	if err != nil {
		return nil, &Error{Message: err.Error()}
	}
	if strings.TrimSpace(text) == "" {
		return nil, &Error{Message: "the expression is empty"}
	}
	if len(text) > longestExpression {
		return nil, &Error{Message: fmt.Sprintf("the expression is longer than %d bytes", longestExpression)}
	}
	checked, issues := env.Compile(text)
	if issues != nil && issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, &Error{Line: first.Location.Line(), Column: first.Location.Column() + 1, Message: plain(first.Message)}
	}
	tree := checked.NativeRep()
	if got := checked.OutputType(); !got.IsExactType(want) {
		return nil, &Error{Line: 1, Column: 1, Message: fmt.Sprintf("it gives %s; it must give %s", cel.FormatCELType(got), cel.FormatCELType(want))}
	}
	e := &expression{of: of}
	if mistake := e.inspect(tree); mistake != nil {
		return nil, mistake
	}
	e.direct = direct(of, tree, tree.Expr())
	e.failing = e.direct == nil && !bounded(tree)
	e.narrowBy(tree, tree.Expr())
	options := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	if !bounded(tree) {
		options = append(options, cel.CostLimit(mostSteps))
	}
	e.program, err = env.Program(checked, options...)
	if err != nil {
		return nil, &Error{Message: err.Error()}
	}
	return e, nil
}

// plain takes out of CEL's messages what tells our readers nothing.
func plain(message string) string {
	message = strings.ReplaceAll(message, " (in container '')", "")
	message = strings.ReplaceAll(message, "found no matching overload for", "no such operation:")
	return message
}

// bounded reports whether an evaluation can take no more steps than the expression has
// parts: it walks over no list and searches in no text.
func bounded(tree *ast.AST) bool {
	ok := true
	ast.PreOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.ComprehensionKind:
			ok = false
		case ast.CallKind:
			switch e.AsCall().FunctionName() {
			case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.Conditional, operators.Equals, operators.NotEquals,
				operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, "known", "startsWith", "endsWith":
			case operators.In: // in a list that was written out
				ok = ok && e.AsCall().Args()[1].Kind() == ast.ListKind
			default:
				ok = false
			}
		}
	}))
	return ok
}

// inspect looks for words that a field can't have, and for the facts that are named.
func (e *expression) inspect(tree *ast.AST) (mistake *Error) {
	ast.PreOrderVisit(tree.Expr(), ast.NewExprVisitor(func(x ast.Expr) {
		if f := e.fieldIn(tree, x); f != nil && f.property != "" && e.of.own(x) && !slices.Contains(e.properties, f) {
			e.properties = append(e.properties, f)
		}
		if x.Kind() != ast.CallKind || mistake != nil {
			return
		}
		call := x.AsCall()
		switch call.FunctionName() {
		case operators.Equals, operators.NotEquals, operators.In:
		default:
			return
		}
		args := call.Args()
		for i, arg := range args {
			f := e.fieldIn(tree, arg)
			if f == nil || len(f.words) == 0 {
				continue
			}
			for _, literal := range literals(args[1-i]) {
				if text, ok := literal.AsLiteral().Value().(string); ok && !slices.Contains(f.words, text) {
					at := tree.SourceInfo().GetStartLocation(literal.ID())
					mistake = &Error{Line: at.Line(), Column: at.Column() + 1, Message: fmt.Sprintf("%s is never %q; it is one of %s", f.name, text, strings.Join(f.words, ", "))}
					return
				}
			}
		}
	}))
	return mistake
}

// literals are the constants that an expression is, or that a list is made of.
func literals(x ast.Expr) []ast.Expr {
	switch x.Kind() {
	case ast.LiteralKind:
		return []ast.Expr{x}
	case ast.ListKind:
		var out []ast.Expr
		for _, y := range x.AsList().Elements() {
			if y.Kind() == ast.LiteralKind {
				out = append(out, y)
			}
		}
		return out
	}
	return nil
}

// fieldIn returns the field that an expression reads, nil where it is no such.
func (e *expression) fieldIn(tree *ast.AST, x ast.Expr) *field {
	switch x.Kind() {
	case ast.IdentKind:
		name := x.AsIdent()
		if r, ok := tree.ReferenceMap()[x.ID()]; ok && r.Name != "" {
			name = r.Name
		}
		return e.of.field(strings.TrimPrefix(name, "."))
	case ast.SelectKind:
		if s := x.AsSelect(); !s.IsTestOnly() {
			if n := ofType(tree.GetType(s.Operand().ID()).TypeName()); n != nil {
				return n.field(s.FieldName())
			}
		}
	}
	return nil
}

// own reports whether an expression reads from the element itself.
func (of *noun) own(x ast.Expr) bool {
	if x.Kind() == ast.SelectKind {
		s := x.AsSelect()
		return s.Operand().Kind() == ast.IdentKind && s.Operand().AsIdent() == of.name
	}
	return true
}

// narrowBy finds what must hold of the element itself for a conjunction to be true.
func (e *expression) narrowBy(tree *ast.AST, x ast.Expr) {
	if x.Kind() == ast.CallKind && x.AsCall().FunctionName() == operators.LogicalAnd {
		for _, arg := range x.AsCall().Args() {
			e.narrowBy(tree, arg)
		}
		return
	}
	if e.direct == nil {
		if t := direct(e.of, tree, x); t != nil {
			e.conjuncts = append(e.conjuncts, t)
		}
	}
	if a := e.of.attribute(x); a.field != nil && a.field.typ == cel.BoolType {
		e.narrow = append(e.narrow, test{a, []ref.Val{types.True}})
	}
	if x.Kind() != ast.CallKind {
		return
	}
	call := x.AsCall()
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalNot:
		if a := e.of.attribute(args[0]); a.field != nil && a.field.typ == cel.BoolType {
			e.narrow = append(e.narrow, test{a, []ref.Val{types.False}})
		}
	case operators.Equals, operators.In:
		for i, arg := range args {
			a := e.of.attribute(arg)
			if a.field == nil || a.key == "" && a.field.typ != cel.StringType || call.FunctionName() == operators.In && i == 1 {
				continue
			}
			other := args[1-i]
			found := literals(other)
			if len(found) == 0 || other.Kind() == ast.ListKind && (call.FunctionName() != operators.In || len(found) != other.AsList().Size()) {
				continue
			}
			t := test{attribute: a}
			for _, l := range found {
				if s, ok := l.AsLiteral().(types.String); ok && !slices.Contains(t.values, ref.Val(s)) {
					t.values = append(t.values, s)
				}
			}
			e.narrow = append(e.narrow, t)
		}
	}
}

// attribute is the attribute of the element itself that an expression reads, none
// where it does something else.
func (of *noun) attribute(x ast.Expr) attribute {
	switch x.Kind() {
	case ast.IdentKind:
		return attribute{field: of.field(x.AsIdent())}
	case ast.SelectKind:
		s := x.AsSelect()
		if s.IsTestOnly() {
			return attribute{}
		}
		if of.own(x) {
			return attribute{field: of.field(s.FieldName())}
		}
		if from := of.attribute(s.Operand()); from.field != nil && from.key == "" && from.field.typ == typeTags {
			return attribute{from.field, s.FieldName()}
		}
	case ast.CallKind:
		if call := x.AsCall(); call.FunctionName() == operators.Index {
			from := of.attribute(call.Args()[0])
			if key, ok := stringLiteral(call.Args()[1]); ok && key != "" && from.field != nil && from.key == "" && from.field.typ == typeTags {
				return attribute{from.field, string(key)}
			}
		}
	}
	return attribute{}
}

// mayHold is the cheap test before evaluation. What is not known rules an element out,
// unless its evaluation could fail: of a lack and a failure CEL reports what comes first.
func (e *expression) mayHold(n *node) bool {
	for _, t := range e.conjuncts {
		if v := t(n); v != types.True && (v == types.False || !e.failing) {
			return false
		}
	}
	return true
}

// eval gives the value of an expression for an element: nil where it is not known. That
// a tag or attribute is not there is one of the things that make it so.
func (e *expression) eval(n *node) (ref.Val, error) {
	if e.direct != nil {
		if v := e.direct(n); !types.IsUnknown(v) {
			return v, nil
		}
		return nil, nil
	}
	v, _, err := e.program.Eval(activation{n})
	switch {
	case err != nil && strings.Contains(err.Error(), missingKey):
		return nil, nil
	case err != nil:
		return nil, errors.New(plain(err.Error()))
	case types.IsUnknown(v):
		return nil, nil
	}
	return v, nil
}

// missingKey begins the message of CEL for a key that a map does not have.
const missingKey = "no such key"

func isMissingKey(v ref.Val) bool {
	err, ok := v.Value().(error)
	return ok && strings.Contains(err.Error(), missingKey)
}

// activation gives the names of an expression their values.
type activation struct{ n *node }

// ResolveName is for CEL.
func (a activation) ResolveName(name string) (any, bool) {
	if name == a.n.of.name {
		return a.n, true
	}
	if f := a.n.of.field(name); f != nil {
		return a.n.get(f), true
	}
	return nil, false
}

// Parent is for CEL.
func (a activation) Parent() interpreter.Activation { return nil }

// provider tells CEL the types of the vocabulary, beside its own.
type provider struct{ types.Provider }

// FindStructType is for CEL.
func (p *provider) FindStructType(typ string) (*types.Type, bool) {
	if n := ofType(typ); n != nil {
		return types.NewTypeTypeWithParam(types.NewObjectType(typ)), true
	}
	return p.Provider.FindStructType(typ)
}

// FindStructFieldNames is for CEL.
func (p *provider) FindStructFieldNames(typ string) ([]string, bool) {
	n := ofType(typ)
	if n == nil {
		return p.Provider.FindStructFieldNames(typ)
	}
	var names []string
	for _, f := range n.fields {
		names = append(names, f.name)
	}
	return names, true
}

// FindStructFieldType is for CEL.
func (p *provider) FindStructFieldType(typ, name string) (*types.FieldType, bool) {
	n := ofType(typ)
	if n == nil {
		return p.Provider.FindStructFieldType(typ, name)
	}
	f := n.field(name)
	if f == nil {
		return nil, false
	}
	return &types.FieldType{
		Type: f.typ,
		IsSet: func(target any) bool {
			n, ok := target.(*node)
			return ok && !types.IsUnknownOrError(n.get(f))
		},
		GetFrom: func(target any) (any, error) {
			n, ok := target.(*node)
			if !ok {
				return unknown, nil
			}
			return n.get(f), nil
		},
	}, true
}

// NewValue is for CEL: expressions make no elements.
func (p *provider) NewValue(typ string, fields map[string]ref.Val) ref.Val {
	if ofType(typ) != nil {
		return types.NewErr("an expression can't make a %s", strconv.Quote(typ))
	}
	return p.Provider.NewValue(typ, fields)
}
