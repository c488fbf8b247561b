package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unloggedEdge = &Rule{
	ID:         "unlogged-edge",
	Title:      "What faces the internet keeps no log",
	Looks:      "Components that the internet reaches directly, and networks and subnets that hold such a component, for which access logs are established to be off.",
	Why:        "An attack is not seen while it goes on, and afterwards nobody can tell what was taken and by whom.",
	STRIDE:     []graph.STRIDE{graph.Repudiation},
	CWE:        []int{778},
	Likelihood: 1,
	Impact:     1,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Turn on access logs, and keep them where those who run the component can't change them.",
		"Raise an alarm on what is never right: errors in bulk, calls to administration, data leaving in quantity.",
	},
	Verify:     "Send a request with a marker in its path, or open a connection, and look for it in the logs an hour later.",
	FalseIf:    "What stands before it or behind it records every request with the caller's address, and the records are kept.",
	References: []string{"CIS AWS Foundations v3.0.0 3.7", "NIST 800-53 AU-2", "NIST 800-53 AU-12", "OWASP Top 10 2021 A09", "OWASP Kubernetes Top Ten 2022 K05", "ATT&CK T1562.008"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Exposure != graph.ExposureDirect || c.Kind == graph.External || c.Is(graph.PropLogged) != graph.No {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " faces the internet and keeps no log",
				Threat:   fmt.Sprintf("Attacks on %s%s from the internet leave no trace there.%s", m.describe(c), m.where(c), m.yields(c)),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{established(c, graph.PropLogged)},
			})
		}
		for _, b := range m.Graph.Boundaries {
			most := mostExposed(m.within[b.ID])
			if b.Kind != graph.BoundaryNetwork && b.Kind != graph.BoundarySubnet || b.Is(graph.PropLogged) != graph.No || most == nil || most.Exposure != graph.ExposureDirect {
				continue
			}
			report(Place{
				Subject:  b.ID,
				Title:    upperFirst(bounded(b)) + " faces the internet and keeps no log of its traffic",
				Threat:   fmt.Sprintf("Who gets into %s through %s moves on unseen: its traffic is not recorded.", bounded(b), m.describe(most)),
				Concerns: []*graph.Component{most},
				Evidence: []graph.Evidence{establishedOf(b, graph.PropLogged)},
			})
		}
	},
}
