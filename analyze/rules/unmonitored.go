package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unmonitored = &Rule{
	ID:         "unmonitored",
	Title:      "Nobody is told when it misbehaves",
	Looks:      "Databases and what the internet reaches directly, for which monitoring is established to be off.",
	Why:        "An attack shows in numbers first: load, errors, data that leaves. Nobody looks at them here.",
	STRIDE:     []graph.STRIDE{graph.Repudiation, graph.DenialOfService},
	CWE:        []int{778},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Mitigations: []string{
		"Turn monitoring on, and raise an alarm on what is never right.",
	},
	Verify:     "Cause a harmless peak (a few hundred failed logins in a test environment), and see who is told, and when.",
	FalseIf:    "An outside monitoring service watches it, which the code does not show.",
	References: []string{"NIST 800-53 SI-4", "OWASP Top 10 2021 A09", "ATT&CK T1562"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Is(graph.PropMonitored) != graph.No || !c.Technology.IsDatabase() && c.Exposure != graph.ExposureDirect {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " is not monitored",
				Threat:   fmt.Sprintf("Attacks on %s%s go unnoticed while they last.", m.describe(c), m.where(c)),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{established(c, graph.PropMonitored)},
			})
		}
	},
}
