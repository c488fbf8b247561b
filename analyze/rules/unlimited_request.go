package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unlimitedRequest = &Rule{
	ID:         "unlimited-request",
	Title:      "Requests from the internet may be of any size",
	Looks:      "What the internet reaches for which a limit on the size of requests is established to be switched off.",
	Why:        "A few large requests fill memory and disk of whatever reads them.",
	STRIDE:     []graph.STRIDE{graph.DenialOfService},
	CWE:        []int{770, 400},
	Likelihood: 1,
	Impact:     1,
	Mitigations: []string{
		"Set the limit back to what the largest honest request needs.",
	},
	Verify:     "In a test environment, send a body of some gigabytes and watch memory and disk.",
	FalseIf:    "What stands before or behind it refuses large requests, or reads them in pieces with a bound.",
	References: []string{"NIST 800-53 SC-5", "OWASP API Security 2023 API4", "ATT&CK T1499"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Process || c.Is(graph.PropSizeLimited) != graph.No || c.Exposure != graph.ExposureDirect && c.Exposure != graph.ExposureIndirect {
				continue
			}
			evidence := allOf(c, graph.PropSizeLimited)
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " takes requests of any size",
				Threat:   fmt.Sprintf("Requests without a bound get through %s%s and fill what reads them.%s", m.describe(c), m.where(c), m.yields(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
