package rules

import (
	"fmt"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var singleZoneStore = &Rule{
	ID:         "single-zone-store",
	Title:      "Several depend on a store that stands in one place",
	Looks:      "Databases that are established to stand in one zone only and that are used by something.",
	Why:        "When the zone fails, or the one machine is replaced, everything that needs the data stands still.",
	STRIDE:     []graph.STRIDE{graph.DenialOfService},
	CWE:        []int{654},
	Likelihood: 1,
	Impact:     1,
	Stakes:     []Stake{StakeData},
	Unmoved:    true,
	Mitigations: []string{
		"Run a standby in another zone, and try the change-over.",
	},
	Verify:     "In a test environment, stop the store's instance, or force a fail-over, and measure how long its users stand still.",
	FalseIf:    "The data can be lost or rebuilt and nobody minds the outage, as for a cache or a test system.",
	References: []string{"NIST 800-53 CP-10", "NIST 800-53 SC-36", "ATT&CK T1499"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Store || c.Is(graph.PropMultiZone) != graph.No {
				continue
			}
			var users []*graph.Component
			for _, f := range m.In[c.ID] {
				if edge.Used(f) && f.From != graph.InternetID {
					users = append(users, m.Component[f.From])
				}
			}
			if len(users) == 0 {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " stands in one zone only",
				Threat:   fmt.Sprintf("When the zone of %s fails, %s can't work.", m.describe(c), m.named(users)),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{established(c, graph.PropMultiZone)},
			})
		}
	},
}
