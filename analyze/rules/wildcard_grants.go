package rules

import (
	"fmt"

	"drawbridge/graph"
)

// wildcardGrants returns what an identity may do of one kind to everything, or to
// what a wildcard covers, and the different components that this is.
func (m *Model) wildcardGrants(c *graph.Component, does graph.Ability) (grants []*graph.Grant, targets []*graph.Component) {
	seen := map[string]bool{}
	for _, a := range m.grants[c.ID] {
		if a.Does != does || !a.Wildcard {
			continue
		}
		grants = append(grants, a)
		if !seen[a.To] {
			seen[a.To] = true
			targets = append(targets, m.Component[a.To])
		}
	}
	return grants, targets
}

// reportWildcards reports identities that hold a wildcard for one ability. Those
// that may do anything at all are found by wildcard-policy and
// overpowered-identity.
func (m *Model) reportWildcards(does graph.Ability, title, threat string, report func(Place)) {
	for _, c := range m.Graph.Components {
		if m.unbounded(c) {
			continue
		}
		grants, targets := m.wildcardGrants(c, does)
		if len(grants) == 0 {
			continue
		}
		p := Place{
			Subject:  c.ID,
			Title:    fmt.Sprintf(title, upperFirst(m.describe(c))),
			Threat:   fmt.Sprintf(threat, m.describe(c), m.named(targets)) + m.usedBy(c),
			Concerns: m.usersOf(c),
			Evidence: []graph.Evidence{itself(c, "holds the permission")},
		}
		for _, a := range grants {
			p.Evidence = append(p.Evidence, a.Evidence...)
			p.Address = firstAddress(a.Evidence)
		}
		report(p)
	}
}

// unbounded reports whether a component may do anything, so that single powers add nothing.
func (m *Model) unbounded(c *graph.Component) bool {
	return c.Is(graph.PropAdmin) == graph.Yes || c.Is(graph.PropWildcardPolicy) == graph.Yes
}

func (m *Model) named(components []*graph.Component) string {
	names := make([]string, len(components))
	for i, c := range components {
		names[i] = m.describe(c)
	}
	return list(names)
}
