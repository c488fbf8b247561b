package rules

import (
	"cmp"
	"fmt"
	"slices"

	"drawbridge/analyze/asset"
	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

// Model is a completed graph with the look-ups that rules need.
type Model struct {
	Graph *graph.Graph
	*graph.Index
	grants    map[string][]*graph.Grant     // by From
	grantsTo  map[string][]*graph.Grant     // by To
	holders   map[string][]*graph.Component // by identity: the components that run as it
	within    map[string][]*graph.Component // by boundary: what is in it or in a boundary within it
	enclosing map[string]string             // by boundary: the innermost network or cluster around it
	bounds    map[string]bool               // the addresses of boundaries and their parts
	assets    map[string]asset.Asset        // by store: what its data is worth
	behind    map[string]asset.Asset        // by component: the most sensitive store that it leads to
}

// NewModel indexes a graph. Its cost is linear in the graph, times the depth of
// the boundary tree.
func NewModel(g *graph.Graph) *Model { return newModel(g, map[*graph.Component]asset.Asset{}) }

// newModel takes what is rated already, by what other models of the same components
// have found, and adds to it.
func newModel(g *graph.Graph, rated map[*graph.Component]asset.Asset) *Model {
	m := &Model{
		Graph:     g,
		Index:     graph.NewIndex(g),
		grants:    map[string][]*graph.Grant{},
		grantsTo:  map[string][]*graph.Grant{},
		holders:   map[string][]*graph.Component{},
		within:    map[string][]*graph.Component{},
		enclosing: map[string]string{},
		bounds:    map[string]bool{},
		assets:    make(map[string]asset.Asset, len(g.Components)),
		behind:    map[string]asset.Asset{},
	}
	for _, a := range g.Grants {
		m.grants[a.From] = append(m.grants[a.From], a)
		m.grantsTo[a.To] = append(m.grantsTo[a.To], a)
		from, to := m.Component[a.From], m.Component[a.To]
		if a.Does == graph.AbilityAssume && to.Kind == graph.Identity && from.Kind == graph.Process {
			m.holders[to.ID] = append(m.holders[to.ID], from)
		}
	}
	for _, b := range g.Boundaries {
		m.bounds[b.Address] = true
		for _, part := range b.Parts {
			m.bounds[part] = true
		}
		for _, around := range m.Ancestors(b.ID) {
			if around.Kind == graph.BoundaryNetwork || around.Kind == graph.BoundaryCluster {
				m.enclosing[b.ID] = around.ID
				break
			}
		}
	}
	for _, c := range g.Components {
		for b := m.Boundary[c.Boundary]; b != nil; b = m.Boundary[b.Parent] {
			m.within[b.ID] = append(m.within[b.ID], c)
		}
	}
	m.findAssets(rated)
	return m
}

// findAssets rates the data of all stores, then searches from them against the
// flows, the most sensitive first, so that each component is met first by the most
// sensitive store that it leads to, and of equally sensitive ones by the nearest.
// Keys lie behind nothing: they don't leave their store, and what they protect is a
// store of its own.
func (m *Model) findAssets(rated map[*graph.Component]asset.Asset) {
	byLevel := map[asset.Level][]asset.Asset{}
	for _, c := range m.Graph.Components {
		if c.Kind != graph.Store {
			continue
		}
		a, ok := rated[c]
		if !ok {
			a = asset.Of(c)
			rated[c] = a
		}
		m.assets[c.ID] = a
		if c.Technology != graph.TechKey {
			byLevel[a.Level] = append(byLevel[a.Level], a)
		}
	}
	type step struct {
		at string
		to asset.Asset
	}
	for level := asset.Sensitive; level > asset.Ordinary; level-- {
		var queue []step
		for _, a := range byLevel[level] {
			queue = append(queue, step{a.Store.ID, a})
		}
		for i := 0; i < len(queue); i++ {
			at, to := m.Component[queue[i].at], queue[i].to
			for _, f := range m.In[at.ID] {
				from := m.Component[f.From]
				if _, met := m.behind[from.ID]; met || from == to.Store || !edge.Used(f) || !edge.Relays(from, at) {
					continue
				}
				m.behind[from.ID] = to
				queue = append(queue, step{from.ID, to})
			}
		}
	}
}

// privilege returns the steps of impact that a component's own powers and those
// of the identities that it runs as add, and why.
func (m *Model) privilege(c *graph.Component) (int, string) {
	best, why := m.ownPrivilege(c)
	for _, a := range m.grants[c.ID] {
		if a.Does != graph.AbilityAssume {
			continue
		}
		to := m.Component[a.To]
		n, w := m.ownPrivilege(to)
		if n == 0 && c.Kind == graph.Identity {
			n, w = 1, fmt.Sprintf("%s may become %s", m.describe(c), m.describe(to))
		}
		if n > best {
			best, why = n, w
		}
	}
	return best, why
}

// ownPrivilege is privilege without what comes by other identities.
func (m *Model) ownPrivilege(c *graph.Component) (int, string) {
	switch {
	case c.Is(graph.PropAdmin) == graph.Yes:
		return 2, m.describe(c) + " administers its platform"
	case c.Is(graph.PropWildcardPolicy) == graph.Yes:
		return 2, fmt.Sprintf("the policy of %s holds a wildcard", m.describe(c))
	}
	for _, a := range m.grants[c.ID] {
		if verb, strong := strongAbilities[a.Does]; strong {
			return 1, fmt.Sprintf("%s may %s %s", m.describe(c), verb, m.describe(m.Component[a.To]))
		}
	}
	return 0, ""
}

// strongAbilities are the abilities that lead on to more, as verbs.
var strongAbilities = map[graph.Ability]string{
	graph.AbilityPass:       "hand on",
	graph.AbilityReadSecret: "read the secrets of",
	graph.AbilityExecute:    "run code on",
	graph.AbilityAdminister: "administer",
}

// flowAddress returns the address of the resource to change for some flows to c,
// out of those that their evidence names: a part of c (its listener), else what is
// neither end nor makes up a boundary (a rule that opens a port, not the route that
// leads there), else the first. It is "" where none is named.
func (m *Model) flowAddress(flows []*graph.Flow, c *graph.Component) string {
	var beside, named string
	for _, f := range flows {
		from := m.address(f.From)
		for _, e := range f.Evidence {
			switch {
			case e.Address == "":
			case e.Address != c.Address && slices.Contains(c.Parts, e.Address):
				return e.Address
			case e.Address != c.Address && e.Address != from && !m.bounds[e.Address]:
				beside = cmp.Or(beside, e.Address)
			default:
				named = cmp.Or(named, e.Address)
			}
		}
	}
	return cmp.Or(beside, named)
}

// address returns the address of a component or boundary, its identifier where it has none.
func (m *Model) address(id string) string {
	if c := m.Component[id]; c != nil && c.Address != "" {
		return c.Address
	}
	if b := m.Boundary[id]; b != nil && b.Address != "" {
		return b.Address
	}
	return id
}
