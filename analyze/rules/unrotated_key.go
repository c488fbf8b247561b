package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unrotatedKey = &Rule{
	ID:         "unrotated-key",
	Title:      "A key is never rotated",
	Looks:      "Keys for which rotation is established to be off.",
	Why:        "The longer one key is used, the more a single leak of it opens.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{324},
	Likelihood: 1,
	Impact:     1,
	Stakes:     []Stake{StakeData},
	Unmoved:    true,
	Mitigations: []string{
		"Turn on automatic rotation, at least once a year.",
	},
	Verify:     "Ask the key store for the age of the key's current version.",
	FalseIf:    "The key is replaced by hand on a schedule that is followed, or what it protects lives shorter than a year.",
	References: []string{"CIS AWS Foundations v3.0.0 3.6", "CIS GCP Foundations v2.0.0 1.10", "NIST 800-53 SC-12"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Store || c.Is(graph.PropKeyRotated) != graph.No {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " is never rotated",
				Threat:   fmt.Sprintf("A leak of %s opens everything that was ever protected with it.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{established(c, graph.PropKeyRotated)},
			})
		}
	},
}
