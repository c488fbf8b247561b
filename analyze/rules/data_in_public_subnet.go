package rules

import (
	"fmt"

	"drawbridge/graph"
)

var dataInPublicSubnet = &Rule{
	ID:    "data-in-public-subnet",
	Title: "A database stands in a public subnet",
	Looks: "Databases, brokers and file shares in a subnet that is established to have a route from the internet. " +
		"Those that are open to the internet already are found by public-store.",
	Why:        "One rule or one public address is all that is missing: nothing else keeps the internet away.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{653},
	Likelihood: 1,
	Impact:     1,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Move it to a subnet without a route from the internet.",
	},
	Verify:     "Look up the store's name from outside: a public address confirms it. Then try its port from outside, to see that only rules keep you out.",
	FalseIf:    "The store never gets a public address and the platform gives no route to it in spite of the subnet's.",
	References: []string{"CIS AWS Foundations v3.0.0 2.3.3", "NIST 800-53 SC-7", "ATT&CK T1190"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			b := m.Boundary[c.Boundary]
			if c.Kind != graph.Store || !servesRecords(c) || b == nil || b.Kind != graph.BoundarySubnet || b.Is(graph.PropPublic) != graph.Yes {
				continue
			}
			if c.Is(graph.PropPublic) == graph.Yes || len(m.anyoneInto(c)) > 0 {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("%s stands in public %s", upperFirst(m.describe(c)), bounded(b)),
				Threat:   fmt.Sprintf("One mistake in a rule puts %s on the internet: %s has a route from there.", m.describe(c), bounded(b)),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{itself(c, "stands in the subnet"), establishedOf(b, graph.PropPublic)},
				Address:  c.Address,
			})
		}
	},
}
