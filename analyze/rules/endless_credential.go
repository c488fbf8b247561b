package rules

import (
	"fmt"

	"drawbridge/graph"
)

var endlessCredential = &Rule{
	ID:         "endless-credential",
	Title:      "Keys or secrets have no end",
	Looks:      "Stores of secrets and keys in which something is established to have no date of expiry.",
	Why:        "What leaked once stays good: nobody is made to change it, and nobody notices that it is still in use.",
	STRIDE:     []graph.STRIDE{graph.Spoofing, graph.InformationDisclosure},
	CWE:        []int{324, 262},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Give each key and secret a date of expiry, and be told before it comes.",
		"Let the store rotate what it can by itself.",
	},
	Verify:     "List the secrets and keys with their dates; take one that is older than a year and see whether it still opens what it is for.",
	FalseIf:    "The secret is replaced by a job on a schedule that is followed, or what it opens is gone.",
	References: []string{"CIS Azure Foundations v2.0.0 8.1", "CIS Azure Foundations v2.0.0 8.3", "NIST 800-53 IA-5", "NIST 800-53 SC-12"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Store || c.Is(graph.PropExpires) != graph.No {
				continue
			}
			evidence := allOf(c, graph.PropExpires)
			report(Place{
				Subject:  c.ID,
				Title:    "Something in " + m.describe(c) + " never expires",
				Threat:   fmt.Sprintf("A key or secret of %s%s that leaks is good for ever.", m.describe(c), m.where(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
