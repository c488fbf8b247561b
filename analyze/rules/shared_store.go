package rules

import (
	"fmt"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var sharedStore = &Rule{
	ID:    "shared-store",
	Title: "Parts that do not trust each other share a database",
	Looks: "Databases that are used from two or more accounts, networks or namespaces. What only hands calls on (connectors, gateways of addresses, balancers) is no user of its own.",
	Why:   "The weakest of the parts decides what happens to the data of all: each has the same tables before it.",
	STRIDE: []graph.STRIDE{
		graph.Tampering, graph.InformationDisclosure,
	},
	CWE:        []int{653},
	Likelihood: 1,
	Impact:     1,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Give each part a database of its own, and an interface to the others' data.",
		"Where one must serve several, give each its own login with rights on its own tables.",
	},
	Verify:     "Log in as one of the parts and read or change a table of another.",
	FalseIf:    "Each part has a login of its own with rights on its own tables only, set up inside of the database.",
	References: []string{"NIST 800-53 SC-4", "NIST 800-53 AC-4", "OWASP Top 10 2021 A04"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Store || !c.Technology.IsDatabase() {
				continue
			}
			var homes []string
			seen := map[string]bool{}
			concerns := []*graph.Component{c}
			var flows []*graph.Flow
			for _, f := range m.In[c.ID] {
				from := m.Component[f.From]
				if from.Kind != graph.Process || from.Technology == graph.TechMonitoring || handsOn(from) || !edge.Used(f) {
					continue
				}
				flows = append(flows, f)
				concerns = append(concerns, from)
				if home := m.home(from); home != nil && !seen[home.ID] {
					seen[home.ID] = true
					homes = append(homes, bounded(home))
				}
			}
			if len(homes) < 2 {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("%s is shared by %s", upperFirst(m.describe(c)), list(homes)),
				Threat:   fmt.Sprintf("Who takes over the weakest of %s changes the data that the others rely on.", m.sources(flows)),
				Concerns: concerns,
				Evidence: append([]graph.Evidence{itself(c, "is shared")}, evidenceOf(flows)...),
				Address:  c.Address,
			})
		}
	},
}

// home is the innermost account, network or namespace around a component, nil for none.
func (m *Model) home(c *graph.Component) *graph.Boundary {
	for _, b := range m.Ancestors(c.Boundary) {
		switch b.Kind {
		case graph.BoundaryAccount, graph.BoundaryNetwork, graph.BoundaryNamespace:
			return b
		}
	}
	return nil
}
