package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unthrottledLogin = &Rule{
	ID:         "unthrottled-login",
	Title:      "A database does not slow down who guesses",
	Looks:      "Databases for which a limit on failed or repeated connections is established to be off.",
	Why:        "Passwords are tried as fast as the network carries them, and a flood of connections keeps everybody else out.",
	STRIDE:     []graph.STRIDE{graph.Spoofing, graph.DenialOfService},
	CWE:        []int{307, 770},
	Likelihood: 1,
	Impact:     1,
	Mitigations: []string{
		"Turn the limit on connections on.",
		"Let in the networks of the programs only.",
	},
	Verify:     "In a test copy, try a thousand wrong passwords from one address and see whether the thousand-and-first is still answered.",
	FalseIf:    "Nobody but known programs reaches the port, or what stands before it slows callers down.",
	References: []string{"CIS Azure Foundations v2.0.0 4.3.5", "NIST 800-53 AC-7", "NIST 800-53 SC-5", "ATT&CK T1110"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if !c.Technology.IsDatabase() || c.Is(graph.PropRateLimited) != graph.No {
				continue
			}
			evidence := allOf(c, graph.PropRateLimited)
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " does not slow down who guesses",
				Threat:   fmt.Sprintf("Who reaches the port of %s%s tries passwords without a pause; %s.", m.describe(c), m.where(c), m.reached(c, "it")),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
