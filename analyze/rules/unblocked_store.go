package rules

import (
	"fmt"

	"drawbridge/analyze/asset"
	"drawbridge/graph"
)

var unblockedStore = &Rule{
	ID:         "unblocked-store",
	Title:      "The switch that keeps a store private is off",
	Looks:      "Object stores for which the platform's block of public access is established to be off, though nothing is public so far. Those that are public are found by public-store.",
	Why:        "One policy or one list of access that names everybody publishes all of it; the block is there to make that impossible.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{1188, 732},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Turn the block of public access on, for the store and for the whole account.",
	},
	Verify:     "In a test copy, attach a policy that lets anyone read: if it is accepted, nothing blocks it.",
	FalseIf:    "The block is on for the whole account or organization.",
	References: []string{"CIS AWS Foundations v3.0.0 2.1.4", "NIST 800-53 AC-3", "ATT&CK T1530"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Store || c.Is(graph.PropPublicBlocked) != graph.No || c.Is(graph.PropPublic) == graph.Yes || m.assets[c.ID].Level < asset.Ordinary {
				continue
			}
			evidence := allOf(c, graph.PropPublicBlocked)
			report(Place{
				Subject:  c.ID,
				Title:    "Nothing keeps " + m.describe(c) + " from becoming public",
				Threat:   fmt.Sprintf("One mistake in a policy of %s publishes what is in it.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
