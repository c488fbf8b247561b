package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unboundTrust = &Rule{
	ID:         "unbound-trust",
	Title:      "Another account becomes an identity without a shared identifier",
	Looks:      "Identities that a foreign account may become, where the trust asks for nothing beside the account.",
	Why:        "A company that serves many customers from one account can be made by one of them to act as the identity of another.",
	STRIDE:     []graph.STRIDE{graph.Spoofing, graph.ElevationOfPrivilege},
	CWE:        []int{441},
	Likelihood: 1,
	Impact:     2,
	Unmoved:    true,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Ask for an external identifier that only the two sides know, or name the one role on the other side.",
	},
	Verify:     "From the other account, assume the identity without an identifier.",
	FalseIf:    "The other account is your own, and nobody outside can make its programs act.",
	References: []string{"NIST 800-53 AC-3", "NIST 800-53 IA-9", "ATT&CK T1199"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Identity || c.Is(graph.PropCallersBound) != graph.No {
				continue
			}
			evidence := allOf(c, graph.PropCallersBound)
			report(Place{
				Subject:  c.ID,
				Title:    "Another account becomes " + m.describe(c) + " without an identifier",
				Threat:   fmt.Sprintf("Who can make the other account act as he likes becomes %s.%s", m.describe(c), m.usedBy(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
