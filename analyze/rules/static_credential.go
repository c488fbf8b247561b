package rules

import (
	"fmt"

	"drawbridge/graph"
)

var staticCredential = &Rule{
	ID:         "static-credential",
	Title:      "A long-lived key is issued",
	Looks:      "Identities and components for which a long-lived access key is made.",
	Why:        "The key works from anywhere until somebody withdraws it, and it lies in the state of the tool that made it.",
	STRIDE:     []graph.STRIDE{graph.Spoofing},
	CWE:        []int{522},
	Likelihood: 2,
	Impact:     2,
	Stakes:     []Stake{StakePowers},
	Unmoved:    true,
	Mitigations: []string{
		"Use identities that issue short-lived credentials: the workload's own, or federation for what runs elsewhere.",
		"Where a key can't be avoided, rotate it at least every 90 days and withdraw what it is not used for.",
	},
	Verify:     "Look for the key in the state file, in pipeline variables and on laptops; use it from an outside address and see whether it works.",
	FalseIf:    "A condition binds the key to known addresses, or it is withdrawn after the set-up that needed it.",
	References: []string{"CIS AWS Foundations v3.0.0 1.14", "CIS GCP Foundations v2.0.0 1.4", "NIST 800-53 IA-5", "ATT&CK T1078.004"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Is(graph.PropStaticCredential) != graph.Yes {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    "A long-lived key is issued for " + m.describe(c),
				Threat:   fmt.Sprintf("Who finds the key, in state, in a log or on a laptop, is %s from anywhere until it is withdrawn.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{established(c, graph.PropStaticCredential)},
			})
		}
	},
}
