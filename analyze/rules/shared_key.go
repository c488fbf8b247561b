package rules

import (
	"fmt"
	"slices"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var sharedKey = &Rule{
	ID:         "shared-key",
	Title:      "One key protects what should be apart",
	Looks:      "Keys that encrypt stores of two or more accounts, networks or namespaces, or of development and of production by their names.",
	Why:        "Who may use the key for one of them may use it for all: the line between them is drawn everywhere but here.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{323, 653},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Mitigations: []string{
		"Give each account, environment and class of data a key of its own.",
	},
	Verify:     "With the credentials of one side, ask the key to decrypt a copy of the other side's data.",
	FalseIf:    "The key's own policy binds each user to its own data by a condition.",
	References: []string{"NIST 800-53 SC-12", "NIST 800-53 SC-4", "ATT&CK T1552.004"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Technology != graph.TechKey {
				continue
			}
			var homes []string
			p := Place{Subject: c.ID, Concerns: []*graph.Component{c}, Evidence: []graph.Evidence{itself(c, "is shared")}, Address: c.Address}
			for _, f := range m.In[c.ID] {
				from := m.Component[f.From]
				home := m.home(from)
				if from.Kind != graph.Store || home == nil || !edge.Used(f) {
					continue
				}
				if name := bounded(home); !slices.Contains(homes, name) {
					homes = append(homes, name)
					p.Evidence = append(p.Evidence, f.Evidence...)
				}
			}
			if len(homes) < 2 {
				continue
			}
			p.Title = fmt.Sprintf("%s protects what lies in %s", upperFirst(m.describe(c)), list(homes))
			p.Threat = fmt.Sprintf("Who may use %s for what lies in one of %s reads the others, too.", m.describe(c), list(homes))
			report(p)
		}
	},
}
