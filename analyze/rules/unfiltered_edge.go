package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unfilteredEdge = &Rule{
	ID:    "unfiltered-edge",
	Title: "Nothing filters or limits requests from the internet",
	Looks: "Gateways, load balancers, content delivery and web applications that the internet reaches directly, for which an application firewall or a limit on the rate of calls is established to be missing " +
		"and behind which data lies.",
	Why:        "Known attacks and floods get through to the program, which has to stand all of them.",
	STRIDE:     []graph.STRIDE{graph.DenialOfService, graph.Tampering},
	CWE:        []int{770, 693},
	Likelihood: 1,
	Impact:     1,
	Mitigations: []string{
		"Put an application firewall with managed rules before it, and watch what it would block before it blocks.",
		"Limit the rate of calls for each caller.",
	},
	Verify:     "Send a harmless injection pattern and then a few hundred requests a second (as agreed): if all reach the program, nothing filters.",
	FalseIf:    "A delivery network or a firewall outside of the scanned code stands before it and is the only way in.",
	References: []string{"NIST 800-53 SC-5", "NIST 800-53 SI-4", "OWASP API Security 2023 API4", "ATT&CK T1499", "ATT&CK T1190"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if _, leads := m.behind[c.ID]; c.Kind != graph.Process || c.Exposure != graph.ExposureDirect || !leads {
				continue
			}
			p := Place{Subject: c.ID, Concerns: []*graph.Component{c}}
			var lacks []string
			if c.Is(graph.PropFirewalled) == graph.No {
				lacks = append(lacks, "an application firewall")
				p.Evidence = append(p.Evidence, established(c, graph.PropFirewalled))
			}
			if c.Is(graph.PropRateLimited) == graph.No {
				lacks = append(lacks, "a limit on the rate of calls")
				p.Evidence = append(p.Evidence, established(c, graph.PropRateLimited))
			}
			if len(lacks) == 0 {
				continue
			}
			p.Title = fmt.Sprintf("%s faces the internet without %s", upperFirst(m.describe(c)), list(lacks))
			p.Threat = fmt.Sprintf("Attacks and floods get through %s unfiltered.%s", m.describe(c), m.yields(c))
			report(p)
		}
	},
}
