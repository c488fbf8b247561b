package rules

import (
	"fmt"

	"drawbridge/graph"
)

var secretInState = &Rule{
	ID:         "secret-in-state",
	Title:      "The value of a secret stands in the code that makes it",
	Looks:      "Stores of secrets into which the code itself writes a value that stands there in plain text.",
	Why:        "The secret lies in source control and in the state of the tool, where many more may read it than in the store.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure, graph.Spoofing},
	CWE:        []int{312, 540},
	Likelihood: 2,
	Impact:     2,
	Unmoved:    true,
	Inside:     true,
	Mitigations: []string{
		"Change the secret: it is known to everyone who could read the code.",
		"Let the code make the store only, and write the value by hand, by a rotation, or by an attribute that is not kept in state.",
	},
	Verify:     "Read the value in the code or the state, and use it on what it opens.",
	FalseIf:    "It is a placeholder that is replaced after the store is made.",
	References: []string{"OWASP Top 10 2021 A07", "NIST 800-53 IA-5", "NIST 800-53 SC-12", "ATT&CK T1552.001"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Store || c.Is(graph.PropSecretInState) != graph.Yes {
				continue
			}
			evidence := allOf(c, graph.PropSecretInState)
			report(Place{
				Subject:  c.ID,
				Title:    "The value of a secret in " + m.describe(c) + " stands in the code",
				Threat:   fmt.Sprintf("Everyone who can read the code or its state has the secret of %s, whoever may open the store.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
