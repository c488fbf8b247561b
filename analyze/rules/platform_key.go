package rules

import (
	"fmt"

	"drawbridge/graph"
)

var platformKey = &Rule{
	ID:         "platform-key",
	Title:      "A disk is encrypted with a key that its owner does not rule",
	Looks:      "Disks that are established to be encrypted with the platform's own key only. It is told for completeness and never weighs more than a remark.",
	Why:        "The owner can neither withdraw the key nor see who used it.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{653},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Mitigations: []string{
		"Encrypt the disk with a key of your own where you must be able to withdraw it.",
	},
	Verify:     "Ask the platform by which key the disk is encrypted.",
	FalseIf:    "No rule or contract asks for a key of one's own.",
	References: []string{"CIS GCP Foundations v2.0.0 4.7", "NIST 800-53 SC-12", "NIST 800-53 SC-28"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Technology != graph.TechBlock || c.Is(graph.PropOwnKey) != graph.No || c.Is(graph.PropEncryptedAtRest) == graph.No {
				continue
			}
			evidence := allOf(c, graph.PropOwnKey)
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " is encrypted with the platform's key",
				Threat:   fmt.Sprintf("The owner of %s can't withdraw the key that protects it.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
