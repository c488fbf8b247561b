package rules

import (
	"fmt"
	"slices"

	"drawbridge/analyze/asset"
	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var singleWay = &Rule{
	ID:         "single-way",
	Title:      "One instance stands before a store that matters",
	Looks:      "Programs of which one instance is established to run, where no other way leads from the internet to a store of sensitive data.",
	Why:        "When the one instance is replaced, moved or overloaded, nobody gets at the data.",
	STRIDE:     []graph.STRIDE{graph.DenialOfService},
	CWE:        []int{654},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Mitigations: []string{
		"Run at least two instances, in different zones.",
	},
	Verify:     "In a test environment, stop the instance and measure how long its callers wait.",
	FalseIf:    "The outage is accepted, or the platform starts another instance in seconds and callers try again.",
	References: []string{"NIST 800-53 CP-10", "NIST 800-53 SC-5", "ATT&CK T1499"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Store || m.assets[c.ID].Level < asset.Sensitive || c.Technology == graph.TechKey || c.Technology == graph.TechSecret {
				continue
			}
			var before []*graph.Component
			for _, f := range m.In[c.ID] {
				if edge.Used(f) && m.Component[f.From].Exposure != graph.ExposureNone && m.Component[f.From].Exposure != graph.ExposureUnknown && !slices.Contains(before, m.Component[f.From]) {
					before = append(before, m.Component[f.From])
				}
			}
			if len(before) != 1 || before[0].Is(graph.PropRedundant) != graph.No {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("The only way to %s is one instance of %s", m.describe(c), m.describe(before[0])),
				Threat:   fmt.Sprintf("When the one instance of %s stops, nobody gets at %s.", m.describe(before[0]), m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: append(allOf(before[0], graph.PropRedundant), itself(c, "is reached through it alone")),
				Address:  before[0].Address,
			})
		}
	},
}
