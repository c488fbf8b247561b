package graph

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"
)

// TestPropertiesAreDeclared compares the constants with the table of what a defender wants of
// each: a property that is not in it would be told of neither as a control nor as a weakness.
func TestPropertiesAreDeclared(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "technology.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var constants []Property
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Property" && len(spec.Values) == 1 {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			constants = append(constants, Property(value))
		}
		return true
	})
	if len(constants) != len(Properties) || len(constants) == 0 {
		t.Fatalf("%d constants, %d properties in the table", len(constants), len(Properties))
	}
	for i, p := range constants {
		if Properties[i] != p {
			t.Errorf("%s stands where the table has %s", p, Properties[i])
		}
		if p.Safe() == Unknown {
			t.Errorf("%s: neither value is the safe one; say why in the table", p)
		}
	}
}
