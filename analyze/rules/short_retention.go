package rules

import (
	"fmt"

	"drawbridge/graph"
)

var shortRetention = &Rule{
	ID:         "short-retention",
	Title:      "Records of what happened are thrown away early",
	Looks:      "Audit trails, flow logs and the like whose records are established to be kept for less than 90 days.",
	Why:        "Intrusions are found after months: by then nothing is left that says what was taken.",
	STRIDE:     []graph.STRIDE{graph.Repudiation},
	CWE:        []int{778},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Mitigations: []string{
		"Keep records for at least 90 days, and those of administration for a year.",
		"Copy them where those who run the system can't delete them.",
	},
	Verify:     "Ask for a record that is four months old.",
	FalseIf:    "A collector elsewhere takes the records over and keeps them longer.",
	References: []string{"CIS Azure Foundations v2.0.0 6.5", "NIST 800-53 AU-11", "OWASP Top 10 2021 A09", "ATT&CK T1070"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Process && c.Kind != graph.Store || c.Is(graph.PropRetained) != graph.No {
				continue
			}
			evidence := allOf(c, graph.PropRetained)
			report(Place{
				Subject:  c.ID,
				Title:    "The records of " + m.describe(c) + " are thrown away early",
				Threat:   fmt.Sprintf("Who looks into an intrusion after some months finds nothing in %s.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
