package custom

import (
	"errors"
	"reflect"

	"drawbridge/graph"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// unknown is the value of all that is not known.
var unknown = types.NewUnknown(0, nil)

// model is a graph with the look-ups that expressions need. The nodes of a noun are
// made when one is asked for, and it is for one goroutine.
type model struct {
	graph                *graph.Graph
	index                *graph.Index
	nouns                map[string]*noun
	nodes                map[any]*node
	lists                map[string][]*node      // by noun, in the graph's order
	columns              map[string][][]ref.Val  // by noun, field and element, what was asked for: many rules ask for the same few fields
	keyed                map[attribute][]ref.Val // the same for keys of tags and attributes
	groups               map[attribute]map[ref.Val][]*node
	within               map[string][]*graph.Component
	grantsFrom, grantsTo map[string][]*graph.Grant
}

func newModel(g *graph.Graph) *model {
	m := &model{
		graph: g, index: graph.NewIndex(g), nouns: map[string]*noun{}, nodes: make(map[any]*node, len(g.Components)),
		lists: map[string][]*node{}, columns: map[string][][]ref.Val{}, keyed: map[attribute][]ref.Val{}, groups: map[attribute]map[ref.Val][]*node{},
		within: map[string][]*graph.Component{}, grantsFrom: map[string][]*graph.Grant{}, grantsTo: map[string][]*graph.Grant{},
	}
	for _, n := range vocabulary {
		m.nouns[n.name] = n
		m.columns[n.name] = make([][]ref.Val, len(n.fields))
	}
	for _, c := range g.Components {
		m.within[c.Boundary] = append(m.within[c.Boundary], c)
	}
	for _, r := range g.Grants {
		m.grantsFrom[r.From] = append(m.grantsFrom[r.From], r)
		m.grantsTo[r.To] = append(m.grantsTo[r.To], r)
	}
	return m
}

// node is an element as a value: one of its pointers is set, that of its noun.
type node struct {
	of      *noun
	m       *model
	c       *graph.Component
	f       *graph.Flow
	b       *graph.Boundary
	g       *graph.Grant
	x       *graph.Finding
	at      int         // place among the elements of its noun
	columns [][]ref.Val // those of its noun
}

// get is the value of a field, which is made the first time that it is asked for.
func (n *node) get(f *field) ref.Val {
	column := n.columns[f.at]
	if column == nil {
		column = make([]ref.Val, len(n.m.all(n.of.name)))
		n.columns[f.at] = column
	}
	if column[n.at] == nil {
		column[n.at] = f.get(n)
	}
	return column[n.at]
}

// attribute is the value of one.
func (n *node) attribute(a attribute) ref.Val {
	if a.key == "" {
		return n.get(a.field)
	}
	column := n.m.keyed[a]
	if column == nil {
		column = make([]ref.Val, len(n.m.all(n.of.name)))
		n.m.keyed[a] = column
	}
	if column[n.at] == nil {
		column[n.at] = unknown
		if m, ok := n.get(a.field).(traits.Mapper); ok {
			if v, found := m.Find(types.String(a.key)); found {
				column[n.at] = v
			}
		}
	}
	return column[n.at]
}

// group are the elements by the value of an attribute, each in the graph's order.
func (m *model) group(of string, a attribute) map[ref.Val][]*node {
	if g := m.groups[a]; g != nil {
		return g
	}
	g := map[ref.Val][]*node{}
	for _, n := range m.all(of) {
		v := n.attribute(a)
		g[v] = append(g[v], n)
	}
	m.groups[a] = g
	return g
}

func (m *model) node(of string, element any) *node {
	m.all(of)
	return m.nodes[element]
}

// all are the elements of a noun, in the graph's order.
func (m *model) all(of string) []*node {
	list, ok := m.lists[of]
	if !ok {
		list = m.list(of)
		m.lists[of] = list
	}
	return list
}

func (m *model) list(of string) []*node {
	switch of {
	case "component":
		return nodes(m, of, m.graph.Components)
	case "flow":
		return nodes(m, of, m.graph.Flows)
	case "boundary":
		return nodes(m, of, m.graph.Boundaries)
	case "grant":
		return nodes(m, of, m.graph.Grants)
	}
	return nodes(m, of, m.graph.Findings)
}

func nodes[T any](m *model, of string, elements []*T) []*node {
	made, out := make([]node, len(elements)), make([]*node, len(elements))
	for i, e := range elements {
		n := &made[i]
		n.of, n.m, n.at, n.columns = m.nouns[of], m, i, m.columns[of]
		switch e := any(e).(type) {
		case *graph.Component:
			n.c = e
		case *graph.Flow:
			n.f = e
		case *graph.Boundary:
			n.b = e
		case *graph.Grant:
			n.g = e
		case *graph.Finding:
			n.x = e
		}
		m.nodes[e], out[i] = n, n
	}
	return out
}

func values[T any](m *model, of string, elements []*T) ref.Val {
	out := make([]ref.Val, len(elements))
	for i, e := range elements {
		out[i] = m.node(of, e)
	}
	return types.NewRefValList(types.DefaultTypeAdapter, out)
}

func (m *model) flows(l []*graph.Flow) ref.Val             { return values(m, "flow", l) }
func (m *model) grantsOf(l []*graph.Grant) ref.Val         { return values(m, "grant", l) }
func (m *model) componentsOf(l []*graph.Component) ref.Val { return values(m, "component", l) }

func (m *model) component(id string) ref.Val {
	if c := m.index.Component[id]; c != nil {
		return m.node("component", c)
	}
	return unknown // analysis repairs ends that lead nowhere; a graph without it may have them
}

func (n *node) boundariesAround() ref.Val {
	return values(n.m, "boundary", n.m.index.Ancestors(n.c.Boundary))
}

func (n *node) crossed(into bool) ref.Val {
	var out []*graph.Boundary
	for _, x := range n.f.Crosses {
		if b := n.m.index.Boundary[x.Boundary]; b != nil && x.Into == into {
			out = append(out, b)
		}
	}
	return values(n.m, "boundary", out)
}

// id is the element's identifier.
func (n *node) id() string {
	s, _ := n.get(n.of.field("id")).Value().(string)
	return s
}

// What makes a node a value of CEL.

var errNoConversion = errors.New("elements of the model can't be converted")

// ConvertToNative is for CEL.
func (n *node) ConvertToNative(t reflect.Type) (any, error) {
	if t.AssignableTo(reflect.TypeOf(n)) {
		return n, nil
	}
	return nil, errNoConversion
}

// ConvertToType is for CEL.
func (n *node) ConvertToType(t ref.Type) ref.Val {
	if t == types.TypeType {
		return cel.ObjectType(n.of.typ)
	}
	return types.WrapErr(errNoConversion)
}

// Equal reports whether both are the same element.
func (n *node) Equal(other ref.Val) ref.Val {
	o, ok := other.(*node)
	return types.Bool(ok && o.of == n.of && o.id() == n.id())
}

// Type is for CEL.
func (n *node) Type() ref.Type { return cel.ObjectType(n.of.typ) }

// Value is for CEL.
func (n *node) Value() any { return n }

func truth(t graph.Truth) ref.Val {
	if t == graph.Unknown {
		return unknown
	}
	return types.Bool(t == graph.Yes)
}

// word is a word that is not known where it is empty.
func word[T ~string](s T) ref.Val {
	if s == "" {
		return unknown
	}
	return types.String(s)
}

// number is a number that is not known where it is 0.
func number(n int) ref.Val {
	if n == 0 {
		return unknown
	}
	return types.Int(n)
}

func list[T ~string](l []T) ref.Val {
	out := make([]string, len(l))
	for i, s := range l {
		out[i] = string(s)
	}
	return types.NewStringList(types.DefaultTypeAdapter, out)
}

func numbers(l []int) ref.Val {
	out := make([]ref.Val, len(l))
	for i, n := range l {
		out[i] = types.Int(n)
	}
	return types.NewRefValList(types.DefaultTypeAdapter, out)
}

func table(t map[string]string) ref.Val {
	return types.NewStringStringMap(types.DefaultTypeAdapter, t)
}
