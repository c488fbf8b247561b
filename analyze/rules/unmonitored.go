package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unmonitored = &Rule{
	ID:         "unmonitored",
	Title:      "Nobody is told when it misbehaves",
	Looks:      "Databases and what the internet reaches directly, for which monitoring, or a kind of alarm, is established to be off. Tracing of requests is no monitoring of attacks.",
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
			why := established(c, graph.PropMonitored)
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("%s is not fully monitored: %s", upperFirst(m.describe(c)), why.Why),
				Threat:   fmt.Sprintf("What is left out of the monitoring of %s%s goes unnoticed while it lasts.", m.describe(c), m.where(c)),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{why},
			})
		}
	},
}
