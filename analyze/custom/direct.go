package custom

import (
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// term computes a part of an expression for an element without CEL's interpreter, which
// takes many times as long over a comparison. It gives what CEL gives, but for a key that
// a map does not have: that is unknown here and an error there, and both come to the same.
type term func(n *node) ref.Val

// direct makes a part of an expression a term, nil where it has something that terms
// can't do: walk over lists, fail, or take more steps than the expression has parts.
func direct(of *noun, tree *ast.AST, x ast.Expr) term {
	switch x.Kind() {
	case ast.LiteralKind:
		switch v := x.AsLiteral().(type) {
		case types.String, types.Bool, types.Int:
			return func(*node) ref.Val { return v }
		}
	case ast.IdentKind:
		if x.AsIdent() == of.name {
			return func(n *node) ref.Val { return n }
		}
		if f := of.field(x.AsIdent()); f != nil {
			return func(n *node) ref.Val { return n.get(f) }
		}
	case ast.SelectKind:
		return directSelect(of, tree, x.AsSelect())
	case ast.CallKind:
		return directCall(of, tree, x.AsCall())
	}
	return nil
}

// directSelect is for the fields of elements, and the keys of tags and attributes.
func directSelect(of *noun, tree *ast.AST, s ast.SelectExpr) term {
	from := direct(of, tree, s.Operand())
	typ := tree.GetType(s.Operand().ID())
	switch {
	case from == nil:
	case typ.IsExactType(typeTags):
		return under(of, s.Operand(), from, s.FieldName(), s.IsTestOnly())
	case !s.IsTestOnly() && ofType(typ.TypeName()) != nil:
		if f := ofType(typ.TypeName()).field(s.FieldName()); f != nil {
			return func(n *node) ref.Val {
				if end, ok := from(n).(*node); ok {
					return end.get(f)
				}
				return unknown
			}
		}
	}
	return nil
}

// under is the value under a key of tags or attributes, or whether there is one.
func under(of *noun, x ast.Expr, from term, key string, test bool) term {
	value := func(n *node) ref.Val {
		if m, ok := from(n).(traits.Mapper); ok {
			if v, found := m.Find(types.String(key)); found {
				return v
			}
		}
		return unknown
	}
	if a := of.attribute(x); a.field != nil && key != "" {
		a.key = key
		value = func(n *node) ref.Val { return n.attribute(a) }
	}
	if !test {
		return value
	}
	return func(n *node) ref.Val {
		if types.IsUnknown(from(n)) {
			return unknown
		}
		return types.Bool(!types.IsUnknown(value(n)))
	}
}

func directCall(of *noun, tree *ast.AST, call ast.CallExpr) term {
	operands := call.Args()
	if call.IsMemberFunction() {
		operands = append([]ast.Expr{call.Target()}, operands...)
	}
	name := call.FunctionName()
	if name == operators.In {
		return directIn(of, tree, operands)
	}
	terms := make([]term, len(operands))
	for i, x := range operands {
		if terms[i] = direct(of, tree, x); terms[i] == nil {
			return nil
		}
	}
	all := func(typ *cel.Type) bool {
		for _, x := range operands {
			if !tree.GetType(x.ID()).IsExactType(typ) {
				return false
			}
		}
		return true
	}
	switch name {
	case operators.LogicalAnd:
		return joined(terms, types.False)
	case operators.LogicalOr:
		return joined(terms, types.True)
	case operators.LogicalNot:
		return func(n *node) ref.Val {
			if v, ok := terms[0](n).(types.Bool); ok {
				return !v
			}
			return unknown
		}
	case operators.Conditional:
		return func(n *node) ref.Val {
			switch terms[0](n) {
			case types.True:
				return terms[1](n)
			case types.False:
				return terms[2](n)
			}
			return unknown
		}
	case operators.Equals, operators.NotEquals:
		equal := types.Bool(name == operators.Equals)
		return ofTwo(terms, func(a, b ref.Val) ref.Val { return types.Bool(same(a, b) == equal) })
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		if all(cel.IntType) {
			return ofTwo(terms, func(a, b ref.Val) ref.Val {
				x, y := a.(types.Int), b.(types.Int)
				switch name {
				case operators.Less:
					return types.Bool(x < y)
				case operators.LessEquals:
					return types.Bool(x <= y)
				case operators.Greater:
					return types.Bool(x > y)
				}
				return types.Bool(x >= y)
			})
		}
	case "startsWith", "endsWith":
		test := strings.HasPrefix
		if name == "endsWith" {
			test = strings.HasSuffix
		}
		return ofTwo(terms, func(a, b ref.Val) ref.Val {
			return types.Bool(test(string(a.(types.String)), string(b.(types.String))))
		})
	case operators.Index:
		if key, ok := stringLiteral(operands[1]); ok && tree.GetType(operands[0].ID()).IsExactType(typeTags) {
			return under(of, operands[0], terms[0], string(key), false)
		}
	case "known":
		return func(n *node) ref.Val { return types.Bool(!types.IsUnknown(terms[0](n))) }
	case "size":
		if len(terms) == 1 && tree.GetType(operands[0].ID()).Kind() == types.ListKind {
			return func(n *node) ref.Val {
				if l, ok := terms[0](n).(traits.Lister); ok {
					return l.Size()
				}
				return unknown
			}
		}
	case "string":
		if len(terms) == 1 && all(cel.IntType) {
			return func(n *node) ref.Val {
				if i, ok := terms[0](n).(types.Int); ok {
					return types.String(strconv.FormatInt(int64(i), 10))
				}
				return unknown
			}
		}
	}
	return nil
}

func stringLiteral(x ast.Expr) (types.String, bool) {
	if x.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := x.AsLiteral().(types.String)
	return s, ok
}

// directIn is membership in a list of constants that is written out.
func directIn(of *noun, tree *ast.AST, operands []ast.Expr) term {
	value := direct(of, tree, operands[0])
	found := literals(operands[1])
	if value == nil || operands[1].Kind() != ast.ListKind || len(found) != operands[1].AsList().Size() {
		return nil
	}
	var list []ref.Val
	for _, x := range found {
		list = append(list, x.AsLiteral())
	}
	return func(n *node) ref.Val {
		v := value(n)
		if types.IsUnknown(v) {
			return unknown
		}
		for _, x := range list {
			if same(v, x) {
				return types.True
			}
		}
		return types.False
	}
}

// joined is a conjunction or a disjunction: one term of the value that decides is enough,
// whatever is not known beside it.
func joined(terms []term, decides types.Bool) term {
	return func(n *node) ref.Val {
		out := ref.Val(!decides)
		for _, t := range terms {
			switch v := t(n).(type) {
			case types.Bool:
				if v == decides {
					return decides
				}
			default:
				out = unknown
			}
		}
		return out
	}
}

func ofTwo(terms []term, of func(a, b ref.Val) ref.Val) term {
	left, right := terms[0], terms[1]
	return func(n *node) ref.Val {
		a, b := left(n), right(n)
		if types.IsUnknown(a) || types.IsUnknown(b) {
			return unknown
		}
		return of(a, b)
	}
}

func same(a, b ref.Val) types.Bool {
	if x, ok := a.(types.String); ok {
		if y, ok := b.(types.String); ok {
			return x == y
		}
	}
	return types.Equal(a, b) == types.True
}
