package rules

import (
	"fmt"

	"drawbridge/graph"
)

var wildcardPrincipal = &Rule{
	ID:    "wildcard-principal",
	Title: "A policy names everybody, and one switch keeps them out",
	Looks: "Stores, queues and the like whose own policy allows everybody, without a condition on who calls, while another setting keeps the internet out. " +
		"Those that anyone gets at are found by public-store.",
	Why:        "Whoever has any identity in the same account may use it already, and when the switch is turned for another reason everybody may.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure, graph.Tampering},
	CWE:        []int{284, 732},
	Likelihood: 2,
	Impact:     1,
	Unmoved:    true,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Name in the policy who calls: the roles, or the organization by a condition.",
		"Where nobody but the account's own identities calls, remove the statement: their own policies are enough.",
	},
	Verify:     "With any other identity of the same account, use the resource; then ask what would hold back the internet if the switch were off.",
	FalseIf:    "All identities of the account are meant to use it, and the block is enforced for the whole organization.",
	References: []string{"NIST 800-53 AC-3", "NIST 800-53 AC-6", "OWASP Top 10 2021 A01", "ATT&CK T1530"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Is(graph.PropWildcardPrincipal) != graph.Yes || c.Is(graph.PropPublic) == graph.Yes {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("The policy of %s names everybody", m.describe(c)),
				Threat:   fmt.Sprintf("Every identity of the same account may use %s by its policy; only a block of public access keeps the internet out.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{established(c, graph.PropWildcardPrincipal)},
			})
		}
	},
}
