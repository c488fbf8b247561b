package rules

import (
	"fmt"

	"drawbridge/graph"
)

var detectionOff = &Rule{
	ID:         "detection-off",
	Title:      "A watch that was set up is switched off",
	Looks:      "Detection, flow logs and alerts that stand in the code and are established to be off, to tell nobody, or to have no more than a free tier.",
	Why:        "Everybody who reads that it is there believes in it; an attack is not seen.",
	STRIDE:     []graph.STRIDE{graph.Repudiation},
	CWE:        []int{778},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Mitigations: []string{
		"Turn it on, and have somebody told.",
		"Or take it out, and write down what watches in its place.",
	},
	Verify:     "Set off what it should notice (a test event of the service, a scan of a port), and wait for the alarm.",
	FalseIf:    "Something else watches the same things, and this is left over.",
	References: []string{"CIS Azure Foundations v2.0.0 2.1.1", "NIST 800-53 SI-4", "NIST 800-53 AU-12", "OWASP Top 10 2021 A09", "ATT&CK T1562.001"},
	Check: func(m *Model, report func(Place)) {
		for _, b := range m.Graph.Boundaries {
			if b.Is(graph.PropMonitored) != graph.No {
				continue
			}
			evidence := allOfBoundary(b, graph.PropMonitored)
			report(Place{
				Subject:  b.ID,
				Title:    fmt.Sprintf("What should watch %s is set up and switched off", bounded(b)),
				Threat:   fmt.Sprintf("Attacks on what is in %s go unseen.", bounded(b)),
				Concerns: m.running(b),
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
		for _, c := range m.Graph.Components {
			var evidence []graph.Evidence
			for _, p := range []graph.Property{graph.PropMonitored, graph.PropLogged} {
				if c.Is(p) == graph.No {
					evidence = append(evidence, allOf(c, p)...)
				}
			}
			if c.Technology != graph.TechMonitoring || c.Exposure == graph.ExposureDirect || len(evidence) == 0 {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " is set up and switched off",
				Threat:   fmt.Sprintf("What %s should notice goes unseen.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
