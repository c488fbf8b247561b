package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unsegmentedData = &Rule{
	ID:    "unsegmented-data",
	Title: "A database stands beside what faces the internet",
	Looks: "Databases in the same subnet as a program that the internet reaches directly. Load balancers and gateways, and public subnets, which data-in-public-subnet finds, are left alone.",
	Why:   "Nothing lies between the two: who takes over the program is in the network of the data.",
	STRIDE: []graph.STRIDE{
		graph.InformationDisclosure,
	},
	CWE:        []int{653},
	Likelihood: 1,
	Impact:     1,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Keep data in subnets of its own, which only its users have a rule for.",
	},
	Verify:     "From the program that faces the internet, connect to each port of the database's address.",
	FalseIf:    "Rules on each member of the subnet let in the program on the one needed port only, and it is the one that needs it.",
	References: []string{"NIST 800-53 SC-7", "NIST 800-53 SC-32", "ATT&CK T1210"},
	Check: func(m *Model, report func(Place)) {
		for _, b := range m.Graph.Boundaries {
			if b.Kind != graph.BoundarySubnet || b.Is(graph.PropPublic) == graph.Yes {
				continue
			}
			var faces *graph.Component
			for _, c := range m.within[b.ID] {
				if faces == nil && c.Kind == graph.Process && c.Exposure == graph.ExposureDirect && !handsOn(c) && c.Technology != graph.TechGateway {
					faces = c
				}
			}
			for _, c := range m.within[b.ID] {
				if faces == nil || c.Kind != graph.Store || !servesRecords(c) {
					continue
				}
				report(Place{
					Subject:  c.ID,
					Title:    fmt.Sprintf("%s stands beside %s, which faces the internet", upperFirst(m.describe(c)), m.describe(faces)),
					Threat:   fmt.Sprintf("Who takes over %s is in %s with %s.", m.describe(faces), bounded(b), m.describe(c)),
					Concerns: []*graph.Component{c},
					Evidence: []graph.Evidence{itself(c, "stands in the subnet"), itself(faces, "stands in the subnet, and faces the internet")},
					Address:  c.Address,
				})
			}
		}
	},
}
