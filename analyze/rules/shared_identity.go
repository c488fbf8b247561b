package rules

import (
	"fmt"

	"drawbridge/graph"
)

var sharedIdentity = &Rule{
	ID:    "shared-identity",
	Title: "What faces the internet shares an identity with the inside",
	Looks: "Identities with powers that lead on to more, used by a component that the internet reaches directly and by one that it does not reach so. " +
		"Default identities are found by overpowered-identity.",
	Why:        "The identity has the powers that the inner component needs, and the outer one gives them away.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{266},
	Likelihood: 1,
	Impact:     1,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Give each component an identity of its own, with what it uses and nothing else.",
	},
	Verify:     "Run code in the outer component and use the credentials found there for what only the inner one needs.",
	FalseIf:    "A session policy or a condition on where the call comes from cuts the powers of the outer component.",
	References: []string{"NIST 800-53 AC-6", "CIS Kubernetes v1.8.0 5.1.5", "ATT&CK T1078.004"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if n, _ := m.ownPrivilege(c); c.Kind != graph.Identity || n == 0 {
				continue
			}
			var outer, inner []*graph.Component
			for _, user := range m.holders[c.ID] {
				switch {
				case user.Is(graph.PropDefaultIdentity) == graph.Yes:
				case user.Exposure == graph.ExposureDirect:
					outer = append(outer, user)
				default:
					inner = append(inner, user)
				}
			}
			if len(outer) == 0 || len(inner) == 0 {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("%s is shared by %s and %s", upperFirst(m.describe(c)), m.named(outer), m.named(inner)),
				Threat:   fmt.Sprintf("Who takes over %s from the internet has all powers that %s needs.", m.named(outer), m.named(inner)),
				Concerns: outer,
				Evidence: []graph.Evidence{itself(c, "is shared")},
			})
		}
	},
}
