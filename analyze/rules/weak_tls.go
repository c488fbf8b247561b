package rules

import (
	"fmt"

	"drawbridge/graph"
)

var weakTls = &Rule{
	ID:         "weak-tls",
	Title:      "Outdated versions of TLS are accepted",
	Looks:      "Endpoints that are established to accept versions of TLS before 1.2.",
	Why:        "Old versions have flaws by which who sits on the way reads or changes what is sent.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure, graph.Tampering},
	CWE:        []int{326, 757},
	Likelihood: 1,
	Impact:     1,
	Mitigations: []string{
		"Accept TLS 1.2 and later only.",
	},
	Verify:     "Offer TLS 1.0 and 1.1 alone in the handshake (any TLS scanner does); an answer confirms it.",
	FalseIf:    "What stands before it ends TLS for all callers, with a version of its own.",
	References: []string{"NIST 800-53 SC-8", "NIST 800-53 SC-13", "OWASP Top 10 2021 A02", "CIS Azure Foundations v2.0.0 3.15"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind == graph.Identity || c.Kind == graph.External || c.Is(graph.PropModernTLS) != graph.No {
				continue
			}
			evidence := allOf(c, graph.PropModernTLS)
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " accepts outdated versions of TLS",
				Threat:   fmt.Sprintf("Who sits on the way to %s%s makes both sides agree on a version that he can break.%s", m.describe(c), m.where(c), m.yields(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
