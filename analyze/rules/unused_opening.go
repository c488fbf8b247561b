package rules

import (
	"fmt"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var unusedOpening = &Rule{
	ID:    "unused-opening",
	Title: "A port is open to the internet that nothing is known to use",
	Looks: "Machines and workloads with a port that a rule opens to anyone on the internet while no listener, gateway or reference says that it is used. " +
		"Ports of administration and of databases are found by public-administration and public-store.",
	Why:        "What listens there by chance, now or after the next installation, is on the internet.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{668, 1188},
	Likelihood: 1,
	Impact:     1,
	Stakes:     []Stake{StakeData, StakePowers},
	Mitigations: []string{
		"Close the port, or let in the load balancer only that stands before it.",
		"Where it serves people, put it behind a load balancer or gateway that is made for it.",
	},
	Verify:     "Scan the port from the internet several times over a week and after each release; whatever answers is unplanned.",
	FalseIf:    "Something that the code does not show listens there on purpose, and is patched and watched.",
	References: []string{"CIS AWS Foundations v3.0.0 5.2", "NIST 800-53 SC-7", "NIST 800-53 CM-7", "ATT&CK T1190"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Process || handsOn(c) || consoles[c.Technology] != "" {
				continue
			}
			used := map[int]bool{}
			for _, f := range m.In[c.ID] {
				used[f.Port] = used[f.Port] || edge.Used(f)
			}
			var flows []*graph.Flow
			for _, f := range m.anyoneInto(c) {
				if f.Basis == graph.Permitted && !used[f.Port] && len(administrationPorts(f)) == 0 {
					flows = append(flows, f)
				}
			}
			if len(flows) == 0 {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("%s is open to the internet on %s without known use", upperFirst(m.describe(c)), services(flows)),
				Threat:   fmt.Sprintf("Anyone on the internet reaches what listens on %s%s%s.%s", m.describe(c), m.where(c), over(flows), m.yields(c)),
				Concerns: []*graph.Component{c},
				Flows:    flows,
				Address:  m.flowAddress(flows, c),
				Evidence: []graph.Evidence{itself(c, "is open to the internet")},
			})
		}
	},
}
