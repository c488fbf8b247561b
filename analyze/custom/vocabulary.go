package custom

import (
	"drawbridge/analyze/asset"
	"drawbridge/analyze/edge"
	"drawbridge/graph"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// noun is a sort of element with what can be said of it.
type noun struct {
	// name is the word in rules and on the command line, typ the name of its type.
	name, typ string
	text      string
	fields    []field
	byName    map[string]int
}

// field is one thing that an element has.
type field struct {
	name string
	typ  *cel.Type
	// words are the only values that it can have, none for any.
	words []string
	text  string
	// get makes the value anew; node.get remembers it.
	get func(n *node) ref.Val
	// at is the field's place among those of its noun.
	at int
	// property is set for facts that have evidence of their own.
	property graph.Property
}

var (
	typeComponent = cel.ObjectType("Component")
	typeFlow      = cel.ObjectType("Flow")
	typeBoundary  = cel.ObjectType("Boundary")
	typeGrant     = cel.ObjectType("Grant")
	typeStrings   = cel.ListType(cel.StringType)
	typeTags      = cel.MapType(cel.StringType, cel.StringType)
)

// vocabulary is what expressions can name. It is made once and never changed.
var vocabulary = indexed(
	&noun{name: "component", typ: "Component", text: "A process, data store, external entity or identity.", fields: append([]field{
		{name: "id", typ: cel.StringType, text: "identifier", get: func(n *node) ref.Val { return types.String(n.c.ID) }},
		{name: "kind", typ: cel.StringType, words: words(graph.Kinds), text: "what it is in a data-flow diagram", get: func(n *node) ref.Val { return word(n.c.Kind) }},
		{name: "name", typ: cel.StringType, text: "name", get: func(n *node) ref.Val { return types.String(n.c.Name) }},
		{name: "technology", typ: cel.StringType, words: words(graph.Technologies), text: "what it is, in vendor-neutral words", get: func(n *node) ref.Val { return word(n.c.Technology) }},
		{name: "label", typ: cel.StringType, text: "what its platform calls it; for people, platforms change it", get: func(n *node) ref.Val { return types.String(n.c.Label) }},
		{name: "address", typ: cel.StringType, text: "address of the resource or object", get: func(n *node) ref.Val { return types.String(n.c.Address) }},
		{name: "parts", typ: typeStrings, text: "addresses of what is folded into it", get: func(n *node) ref.Val { return list(n.c.Parts) }},
		{name: "file", typ: cel.StringType, text: "file that it stands in", get: func(n *node) ref.Val { return types.String(n.c.Source.File) }},
		{name: "boundary", typ: cel.StringType, text: "identifier of the innermost boundary around it, empty outside of all", get: func(n *node) ref.Val { return types.String(n.c.Boundary) }},
		{name: "boundaries", typ: cel.ListType(typeBoundary), text: "the boundaries around it, the innermost first", get: (*node).boundariesAround},
		{name: "exposure", typ: cel.StringType, words: words(graph.Exposures), text: "how it is reached from the internet", get: func(n *node) ref.Val { return word(n.c.Exposure) }},
		{name: "exposed_by", typ: typeStrings, text: "identifiers of the components on the way from the internet, both ends included", get: func(n *node) ref.Val { return list(n.c.ExposedBy) }},
		{name: "sensitivity", typ: cel.IntType, text: "how sensitive a store's data is: 3 sensitive, 2 a database, 1 files and the like, 0 nothing of weight, -1 public content; 0 for what is no store", get: func(n *node) ref.Val {
			if n.c.Kind != graph.Store {
				return types.Int(0)
			}
			return types.Int(asset.Of(n.c).Level)
		}},
		{name: "sensitivity_why", typ: cel.StringType, text: "why its data is rated so, empty for what is no store", get: func(n *node) ref.Val {
			if n.c.Kind != graph.Store {
				return types.String("")
			}
			return types.String(asset.Of(n.c).Why)
		}},
		{name: "stated", typ: typeStrings, text: "what people said of it", get: func(n *node) ref.Val {
			said := make([]string, len(n.c.Stated))
			for i, e := range n.c.Stated {
				said[i] = e.Why
			}
			return list(said)
		}},
		{name: "replicas", typ: cel.IntType, text: "how many equal instances it stands for", get: func(n *node) ref.Val {
			if n.c.Replicas < 0 {
				return unknown
			}
			return types.Int(max(1, n.c.Replicas))
		}},
		{name: "flows_in", typ: cel.ListType(typeFlow), text: "flows that end at it", get: func(n *node) ref.Val { return n.m.flows(n.m.index.In[n.c.ID]) }},
		{name: "flows_out", typ: cel.ListType(typeFlow), text: "flows that begin at it", get: func(n *node) ref.Val { return n.m.flows(n.m.index.Out[n.c.ID]) }},
		{name: "grants_in", typ: cel.ListType(typeGrant), text: "what others may do to it", get: func(n *node) ref.Val { return n.m.grantsOf(n.m.grantsTo[n.c.ID]) }},
		{name: "grants_out", typ: cel.ListType(typeGrant), text: "what it may do to others", get: func(n *node) ref.Val { return n.m.grantsOf(n.m.grantsFrom[n.c.ID]) }},
		{name: "tags", typ: typeTags, text: "its tags or labels", get: func(n *node) ref.Val { return table(n.c.Tags) }},
		{name: "attributes", typ: typeTags, text: "raw values that it was read from, by dotted path, in its platform's own words", get: func(n *node) ref.Val { return table(n.c.Attributes) }},
	}, facts(func(n *node, p graph.Property) graph.Truth { return n.c.Is(p) })...)},

	&noun{name: "flow", typ: "Flow", text: "Data on its way from one component to another.", fields: []field{
		{name: "id", typ: cel.StringType, text: "identifier", get: func(n *node) ref.Val { return types.String(n.f.ID) }},
		{name: "from", typ: typeComponent, text: "where it begins", get: func(n *node) ref.Val { return n.m.component(n.f.From) }},
		{name: "to", typ: typeComponent, text: "where it ends", get: func(n *node) ref.Val { return n.m.component(n.f.To) }},
		{name: "protocol", typ: cel.StringType, text: "protocol in lower case", get: func(n *node) ref.Val { return word(n.f.Protocol) }},
		{name: "port", typ: cel.IntType, text: "port, or the first of a range", get: func(n *node) ref.Val { return number(n.f.Port) }},
		{name: "port_end", typ: cel.IntType, text: "last port, the same as port where it is no range", get: func(n *node) ref.Val { return number(max(n.f.Port, n.f.PortEnd)) }},
		{name: "basis", typ: cel.StringType, words: words(graph.Bases), text: "what it rests on", get: func(n *node) ref.Val { return word(n.f.Basis) }},
		{name: "passage", typ: cel.StringType, words: words(graph.Passages), text: "what network policy makes of it", get: func(n *node) ref.Val { return word(n.f.Passage) }},
		{name: "used", typ: cel.BoolType, text: "data is taken to travel on it: it is not merely permitted, and not blocked", get: func(n *node) ref.Val { return types.Bool(edge.Used(n.f)) }},
		{name: "encrypted", typ: cel.BoolType, text: "it is encrypted on its way", get: func(n *node) ref.Val { return truth(n.f.Encrypted) }},
		{name: "authenticated", typ: cel.BoolType, text: "the caller is asked who it is", get: func(n *node) ref.Val { return truth(n.f.Authenticated) }},
		{name: "open_to_anyone", typ: cel.BoolType, text: "it comes from the internet, and no range of addresses limits it", get: func(n *node) ref.Val { return types.Bool(edge.OpenToAnyone(n.f)) }},
		{name: "carries", typ: cel.StringType, text: "what moves, empty where nothing says", get: func(n *node) ref.Val { return types.String(n.f.Carries) }},
		{name: "peers", typ: typeStrings, text: "address ranges that it is opened to", get: func(n *node) ref.Val { return list(n.f.Peers) }},
		{name: "controls", typ: typeStrings, words: words(graph.ControlNames), text: "what is established to stand in its way, where it crosses a boundary", get: func(n *node) ref.Val {
			names := make([]graph.ControlName, len(n.f.Controls))
			for i, c := range n.f.Controls {
				names[i] = c.Name
			}
			return list(names)
		}},
		{name: "leaves", typ: cel.ListType(typeBoundary), text: "boundaries that it goes out of", get: func(n *node) ref.Val { return n.crossed(false) }},
		{name: "enters", typ: cel.ListType(typeBoundary), text: "boundaries that it goes into", get: func(n *node) ref.Val { return n.crossed(true) }},
	}},

	&noun{name: "boundary", typ: "Boundary", text: "A trust boundary: a network, a namespace, an account.", fields: append([]field{
		{name: "id", typ: cel.StringType, text: "identifier", get: func(n *node) ref.Val { return types.String(n.b.ID) }},
		{name: "kind", typ: cel.StringType, words: words(graph.BoundaryKinds), text: "what kind of boundary it is", get: func(n *node) ref.Val { return word(n.b.Kind) }},
		{name: "name", typ: cel.StringType, text: "name", get: func(n *node) ref.Val { return types.String(n.b.Name) }},
		{name: "label", typ: cel.StringType, text: "what its platform calls it", get: func(n *node) ref.Val { return types.String(n.b.Label) }},
		{name: "address", typ: cel.StringType, text: "address of the resource or object", get: func(n *node) ref.Val { return types.String(n.b.Address) }},
		{name: "file", typ: cel.StringType, text: "file that it stands in", get: func(n *node) ref.Val { return types.String(n.b.Source.File) }},
		{name: "parent", typ: cel.StringType, text: "identifier of the boundary around it, empty for none", get: func(n *node) ref.Val { return types.String(n.b.Parent) }},
		{name: "trust", typ: cel.IntType, text: "how far it is trusted, 1 (least) to 5", get: func(n *node) ref.Val { return number(n.b.Trust) }},
		{name: "components", typ: cel.ListType(typeComponent), text: "what stands in it, not counting boundaries within", get: func(n *node) ref.Val { return n.m.componentsOf(n.m.within[n.b.ID]) }},
		{name: "attributes", typ: typeTags, text: "raw values that it was read from", get: func(n *node) ref.Val { return table(n.b.Attributes) }},
	}, facts(func(n *node, p graph.Property) graph.Truth { return n.b.Is(p) })...)},

	&noun{name: "grant", typ: "Grant", text: "What one component may do to another.", fields: []field{
		{name: "id", typ: cel.StringType, text: "identifier", get: func(n *node) ref.Val { return types.String(n.g.ID) }},
		{name: "from", typ: typeComponent, text: "who may", get: func(n *node) ref.Val { return n.m.component(n.g.From) }},
		{name: "to", typ: typeComponent, text: "to what", get: func(n *node) ref.Val { return n.m.component(n.g.To) }},
		{name: "how", typ: cel.StringType, text: "the permission in its platform's own words", get: func(n *node) ref.Val { return types.String(n.g.How) }},
		{name: "does", typ: cel.StringType, words: words(graph.Abilities), text: "what it allows, in vendor-neutral words", get: func(n *node) ref.Val { return word(n.g.Does) }},
		{name: "wildcard", typ: cel.BoolType, text: "the permission or its target holds a wildcard", get: func(n *node) ref.Val { return types.Bool(n.g.Wildcard) }},
		{name: "scope", typ: cel.StringType, text: "the part of the target that it is limited to, in the platform's own words; empty for all of it", get: func(n *node) ref.Val { return types.String(n.g.Scope) }},
		{name: "condition", typ: cel.StringType, text: "what must hold besides, in the platform's own words; empty where it always holds", get: func(n *node) ref.Val { return types.String(n.g.Condition) }},
	}},

	&noun{name: "finding", typ: "Finding", text: "A weakness in its place. Queries can ask for findings, rules can't.", fields: []field{
		{name: "id", typ: cel.StringType, text: "identifier", get: func(n *node) ref.Val { return types.String(n.x.ID) }},
		{name: "rule", typ: cel.StringType, text: "identifier of its rule", get: func(n *node) ref.Val { return types.String(n.x.Rule) }},
		{name: "title", typ: cel.StringType, text: "what is wrong where", get: func(n *node) ref.Val { return types.String(n.x.Title) }},
		{name: "subject", typ: cel.StringType, text: "identifier of what it is about", get: func(n *node) ref.Val { return types.String(n.x.Subject) }},
		{name: "address", typ: cel.StringType, text: "address of what to change", get: func(n *node) ref.Val { return types.String(n.x.Address) }},
		{name: "severity", typ: cel.StringType, words: words(graph.Severities), text: "how severe it is", get: func(n *node) ref.Val { return word(n.x.Severity) }},
		{name: "likelihood", typ: cel.IntType, text: "1 to 5", get: func(n *node) ref.Val { return types.Int(n.x.Likelihood) }},
		{name: "impact", typ: cel.IntType, text: "1 to 5", get: func(n *node) ref.Val { return types.Int(n.x.Impact) }},
		{name: "stride", typ: typeStrings, words: words(graph.STRIDECategories), text: "categories of STRIDE", get: func(n *node) ref.Val { return list(n.x.STRIDE) }},
		{name: "cwe", typ: cel.ListType(cel.IntType), text: "numbers of weaknesses", get: func(n *node) ref.Val { return numbers(n.x.CWE) }},
		{name: "status", typ: cel.StringType, words: words(graph.Statuses), text: "where it stands", get: func(n *node) ref.Val { return word(n.x.Status) }},
	}},
)

func indexed(nouns ...*noun) []*noun {
	for _, n := range nouns {
		n.byName = make(map[string]int, len(n.fields))
		for i, f := range n.fields {
			n.byName[f.name] = i
			n.fields[i].at = i
		}
	}
	return nouns
}

// facts are the fields of the properties: three-valued, unknown where nothing was established.
func facts(is func(*node, graph.Property) graph.Truth) []field {
	out := make([]field, len(graph.Properties))
	for i, p := range graph.Properties {
		out[i] = field{name: string(p), typ: cel.BoolType, property: p, get: func(n *node) ref.Val { return truth(is(n, p)) }}
	}
	return out
}

func nounNamed(name string) *noun {
	for _, n := range vocabulary {
		if n.name == name {
			return n
		}
	}
	return nil
}

// ofType is the noun of a type, nil for another type.
func ofType(typ string) *noun {
	for _, n := range vocabulary {
		if n.typ == typ {
			return n
		}
	}
	return nil
}

func (n *noun) field(name string) *field {
	if i, ok := n.byName[name]; ok {
		return &n.fields[i]
	}
	return nil
}

func words[T ~string](list []T) []string {
	var out []string
	for _, w := range list {
		if w != "" {
			out = append(out, string(w))
		}
	}
	return out
}
