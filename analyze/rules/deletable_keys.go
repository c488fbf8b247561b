package rules

import (
	"fmt"

	"drawbridge/graph"
)

var deletableKeys = &Rule{
	ID:         "deletable-keys",
	Title:      "Keys or secrets can be deleted for good",
	Looks:      "Stores of keys and secrets for which protection against deletion is established to be off.",
	Why:        "Who deletes a key deletes everything that it protects; an attacker needs one call for it.",
	STRIDE:     []graph.STRIDE{graph.DenialOfService, graph.Tampering},
	CWE:        []int{693},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Mitigations: []string{
		"Turn protection against deletion on, and keep what was deleted for some weeks.",
	},
	Verify:     "In a test copy, delete a key and purge it; then try to bring it back.",
	FalseIf:    "A copy of the keys is kept elsewhere, and bringing it back was tried.",
	References: []string{"CIS Azure Foundations v2.0.0 8.5", "NIST 800-53 CP-9", "NIST 800-53 SC-12", "ATT&CK T1485"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Technology != graph.TechSecret && c.Technology != graph.TechKey || c.Is(graph.PropDeletionProtected) != graph.No {
				continue
			}
			evidence := allOf(c, graph.PropDeletionProtected)
			report(Place{
				Subject:  c.ID,
				Title:    "What " + m.describe(c) + " keeps can be deleted for good",
				Threat:   fmt.Sprintf("One call deletes what %s keeps, and all that hangs on it.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
