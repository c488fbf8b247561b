package rules

import (
	"fmt"

	"drawbridge/graph"
)

var openEndpoint = &Rule{
	ID:    "open-endpoint",
	Title: "The endpoint of a sensitive store takes connections from everywhere",
	Looks: "Secret stores and search engines that are known to take connections from the whole internet, though they ask who calls. " +
		"Databases, brokers and file shares are found by public-store, and so is what anyone may read.",
	Why:        "A token or key that leaks anywhere is enough to use it from anywhere, and a flaw in the service meets everybody.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{668},
	Likelihood: 2,
	Impact:     1,
	Unmoved:    true,
	Stakes:     []Stake{StakeData},
	Controls:   []Control{ControlAuthentication},
	Mitigations: []string{
		"Deny by default, and let in the networks that have to call, or reach it by a private endpoint only.",
	},
	Verify:     "From a network that has nothing to do with the system, send a request without a credential: an answer that asks for one, rather than a refused connection, confirms it.",
	FalseIf:    "A firewall or a policy outside of the scanned code refuses everything that does not come from known networks.",
	References: []string{"CIS Azure Foundations v2.0.0 8.7", "NIST 800-53 SC-7", "NIST 800-53 AC-17", "ATT&CK T1552"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			sensitive := c.Technology == graph.TechSecret || c.Technology == graph.TechSearch
			if !sensitive || c.Is(graph.PropPublicAddress) != graph.Yes || c.Is(graph.PropPublic) == graph.Yes {
				continue
			}
			if servesRecords(c) && len(m.anyoneInto(c)) > 0 {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("%s takes connections from the whole internet", upperFirst(m.describe(c))),
				Threat:   fmt.Sprintf("Who gets hold of a credential for %s uses it from anywhere: no network stands before it.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{itself(c, "takes connections from the internet"), established(c, graph.PropPublicAddress)},
				Address:  established(c, graph.PropPublicAddress).Address,
			})
		}
	},
}
