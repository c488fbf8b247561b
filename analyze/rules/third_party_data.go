package rules

import (
	"fmt"

	"drawbridge/analyze/asset"
	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var thirdPartyData = &Rule{
	ID:         "third-party-data",
	Title:      "A program with sensitive data calls a third party",
	Looks:      "Used flows to services and accounts outside of the model from a program behind which sensitive data lies; secrets that it reads for itself do not count.",
	Why:        "Whatever the program sends is out of reach of everything that protects the data here; nothing in the code says what that is.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{359},
	Likelihood: 1,
	Impact:     2,
	Unmoved:    true,
	Mitigations: []string{
		"Write down what is sent, why, and by which agreement; send no more than that.",
		"Let the program out to the named hosts only.",
	},
	Verify:     "Watch what the program sends to the host through a proxy in a test environment, and compare it with the agreement.",
	FalseIf:    "Nothing but technical data leaves (a licence check, a package index), or the data is made anonymous before.",
	References: []string{"NIST 800-53 SA-9", "NIST 800-53 AC-4", "ATT&CK T1567"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.External || c.Technology != graph.TechSaaS && c.Technology != graph.TechAccount {
				continue
			}
			var flows []*graph.Flow
			for _, f := range m.In[c.ID] {
				a, leads := m.behind[f.From]
				if leads && edge.Used(f) && a.Level == asset.Sensitive && a.Store.Technology != graph.TechSecret && m.Component[f.From].Kind == graph.Process {
					flows = append(flows, f)
				}
			}
			if len(flows) == 0 {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("%s may receive sensitive data from %s", upperFirst(m.describe(c)), m.sources(flows)),
				Threat:   fmt.Sprintf("What %s sends to %s leaves this system.%s", m.sources(flows), m.describe(c), m.yields(m.Component[flows[0].From])),
				Concerns: []*graph.Component{c},
				Evidence: append([]graph.Evidence{itself(c, "stands outside")}, evidenceOf(flows)...),
				Address:  m.flowAddress(flows, c),
			})
		}
	},
}
