package rules

import (
	"fmt"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var undecidedOpening = &Rule{
	ID:    "undecided-opening",
	Title: "Nothing in the code limits who may reach a sensitive port",
	Looks: "Ports of administration and of databases, and ranges of ports, of what may have an address on the internet, where a rule opens them to addresses that the code leaves open: a variable without a value or a limit. " +
		"Known ranges are left alone; the whole internet is found by public-administration and public-store.",
	Why:        "Whoever applies the code decides, and nothing stops a range that is the whole internet.",
	STRIDE:     []graph.STRIDE{graph.Spoofing, graph.ElevationOfPrivilege},
	CWE:        []int{1188, 284},
	Likelihood: 1,
	Impact:     2,
	Stakes:     []Stake{StakeData, StakePowers},
	Controls:   []Control{ControlAuthentication},
	Mitigations: []string{
		"Check the ranges where they come in, and refuse those that are the whole internet.",
		"Reach administration through the platform's own session service, and close the port.",
	},
	Verify:     "Ask for the value that is in force where it was applied, and scan the port from outside of those ranges.",
	FalseIf:    "Every environment gives known and small ranges, and a review guards them.",
	References: []string{"NIST 800-53 AC-17", "NIST 800-53 CM-6", "NIST 800-53 SC-7", "ATT&CK T1133"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind == graph.External || c.Kind == graph.Identity {
				continue
			}
			var flows []*graph.Flow
			for _, f := range m.In[c.ID] {
				sensitive := len(administrationPorts(f)) > 0 || f.PortEnd > f.Port || servesRecords(c)
				if sensitive && edge.Undecided(m.Index, f, c) {
					flows = append(flows, f)
				}
			}
			if len(flows) == 0 {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("Who may reach %s on %s is left to a value outside of the code", m.describe(c), services(flows)),
				Threat:   fmt.Sprintf("The code accepts any addresses, the whole internet included, for who may reach %s%s%s.%s", m.describe(c), m.where(c), over(flows), m.yields(c)),
				Concerns: []*graph.Component{c},
				Flows:    flows,
				Address:  m.flowAddress(flows, c),
				Evidence: []graph.Evidence{itself(c, "is opened to them")},
			})
		}
	},
}
