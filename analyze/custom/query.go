package custom

import (
	"fmt"

	"drawbridge/graph"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// Answer is what a query found.
type Answer struct {
	Components []*graph.Component
	Flows      []*graph.Flow
	Boundaries []*graph.Boundary
	Grants     []*graph.Grant
	Findings   []*graph.Finding
	// Undecided counts the elements of which it is not known whether they are meant.
	Undecided int
}

// Nouns are the words for what queries can ask for; rules are about all but the last.
func Nouns() []string {
	var out []string
	for _, n := range vocabulary {
		out = append(out, n.name)
	}
	return out
}

// Names are what an expression about a sort of element can name, in the order of the
// vocabulary; nil for what is no noun.
func Names(of string) []string {
	n := nounNamed(of)
	if n == nil {
		return nil
	}
	var out []string
	for _, f := range n.fields {
		out = append(out, f.name)
	}
	return out
}

// Query returns the elements of a sort for which an expression is true, in the graph's order.
func Query(g *graph.Graph, of, expression string) (*Answer, error) {
	n := nounNamed(of)
	if n == nil {
		return nil, fmt.Errorf("%q is none of %s", of, listed(Nouns()))
	}
	e, mistake := compile(n, expression, cel.BoolType)
	if mistake != nil {
		for _, other := range vocabulary {
			if other != n {
				if _, wrong := compile(other, expression, cel.BoolType); wrong == nil {
					return nil, fmt.Errorf("%w (it can be asked of each %s)", mistake, other.name)
				}
			}
		}
		return nil, mistake
	}
	a := &Answer{}
	for _, x := range newModel(g).all(of) {
		v, err := e.eval(x)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", x.id(), err)
		case v == nil:
			a.Undecided++
		case v == types.True:
			a.add(x)
		}
	}
	return a, nil
}

func (a *Answer) add(n *node) {
	switch {
	case n.c != nil:
		a.Components = append(a.Components, n.c)
	case n.f != nil:
		a.Flows = append(a.Flows, n.f)
	case n.b != nil:
		a.Boundaries = append(a.Boundaries, n.b)
	case n.g != nil:
		a.Grants = append(a.Grants, n.g)
	default:
		a.Findings = append(a.Findings, n.x)
	}
}
