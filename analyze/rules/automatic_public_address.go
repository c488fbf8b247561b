package rules

import (
	"fmt"

	"drawbridge/graph"
)

var automaticPublicAddress = &Rule{
	ID:    "automatic-public-address",
	Title: "A subnet gives everything in it a public address",
	Looks: "Subnets that are established to hand out public addresses and to have a route from the internet. " +
		"A public subnet alone is normal, and so is the address where no route leads to it.",
	Why:        "Each new machine is on the internet before anyone decided so; one open port more and it is reached.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{1188},
	Likelihood: 1,
	Impact:     1,
	Mitigations: []string{
		"Turn the automatic addresses off, and give one by name to what must have it.",
		"Keep public subnets for load balancers and gateways, and run the rest in private ones.",
	},
	Verify:     "Start a small machine in the subnet without saying anything about addresses, and connect to it from outside of the network.",
	FalseIf:    "A policy of the organization refuses machines with public addresses, or nothing can be started there but gateways and load balancers.",
	References: []string{"CIS GCP Foundations v2.0.0 4.9", "NIST 800-53 SC-7", "NIST 800-53 CM-7"},
	Check: func(m *Model, report func(Place)) {
		for _, b := range m.Graph.Boundaries {
			if b.Is(graph.PropPublicAddress) != graph.Yes || b.Is(graph.PropPublic) != graph.Yes {
				continue
			}
			inside := m.running(b)
			report(Place{
				Subject:  b.ID,
				Title:    upperFirst(bounded(b)) + " gives everything in it a public address",
				Threat:   fmt.Sprintf("What is started in %s is on the internet without anyone having decided so; %s so far.", bounded(b), counted(len(inside), "component")),
				Concerns: inside,
				Evidence: []graph.Evidence{establishedOf(b, graph.PropPublicAddress)},
			})
		}
	},
}
