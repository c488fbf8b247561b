package rules

import (
	"fmt"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var directDataAccess = &Rule{
	ID:         "direct-data-access",
	Title:      "The edge leads straight to a database",
	Looks:      "Used flows from a load balancer, gateway, ingress or content delivery that the internet reaches to a database or broker, with no program between.",
	Why:        "No program checks who asks for which record: the database's own login is all that stands between the internet and the data.",
	STRIDE:     []graph.STRIDE{graph.Tampering, graph.InformationDisclosure},
	CWE:        []int{653, 284},
	Likelihood: 1,
	Impact:     2,
	Stakes:     []Stake{StakeData},
	Controls:   []Control{ControlAuthentication},
	Mitigations: []string{
		"Put a program between that checks each request, and let only it reach the data.",
		"Keep the database in a tier of its own that the edge has no way to.",
	},
	Verify:     "Send to the edge's address what the store's own protocol begins with, and see whether the store answers.",
	FalseIf:    "The edge itself checks each request (signed tokens for one record), and the store accepts nobody else.",
	References: []string{"NIST 800-53 SC-7", "NIST 800-53 AC-4", "OWASP Top 10 2021 A04", "ATT&CK T1190"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Store || !servesRecords(c) {
				continue
			}
			var flows []*graph.Flow
			for _, f := range m.In[c.ID] {
				from := m.Component[f.From]
				isEdge := handsOn(from) || from.Technology == graph.TechGateway
				if isEdge && from.Exposure == graph.ExposureDirect && edge.Used(f) {
					flows = append(flows, f)
				}
			}
			if len(flows) == 0 {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("%s leads straight to %s", upperFirst(m.sources(flows)), m.describe(c)),
				Threat:   fmt.Sprintf("Requests from the internet get to %s%s through %s, without a program that checks them.", m.describe(c), m.where(c), m.sources(flows)),
				Concerns: []*graph.Component{c},
				Flows:    flows,
				Address:  m.flowAddress(flows, c),
				Evidence: []graph.Evidence{itself(c, "is reached from the edge")},
			})
		}
	},
}
