package rules

import (
	"fmt"
	"slices"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var overbroadOpening = &Rule{
	ID:    "overbroad-opening",
	Title: "A rule lets in the whole internet, and only the place keeps it out",
	Looks: "Machines, workloads and stores without a way from the internet whose own rule lets in every address. " +
		"Load balancers and gateways are left alone; where the internet gets there, public-administration, public-store and unused-opening tell it.",
	Why:        "The rule was meant for a neighbour and lets in all of them. A public address, a peering or a route that comes later makes it an opening to the internet, and nobody looks at the rule again.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{1188, 923},
	Likelihood: 1,
	Impact:     1,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Let in the group or identity of the one that calls, in place of every address.",
	},
	Verify:     "From a machine elsewhere in the network, or over a peering or VPN, connect to the port.",
	FalseIf:    "A network access list or another rule around it narrows what gets there, and addresses can't be made public.",
	References: []string{"CIS AWS Foundations v3.0.0 5.2", "NIST 800-53 SC-7", "NIST 800-53 CM-7", "ATT&CK T1021"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind == graph.External || c.Kind == graph.Identity || handsOn(c) || c.Technology == graph.TechGateway {
				continue
			}
			flows := slices.DeleteFunc(slices.Clone(m.In[c.ID]), func(f *graph.Flow) bool {
				return f.Basis != graph.Permitted || !edge.OpenToAnyone(f) || len(f.Peers) == 0 || edge.Arrives(m.Index, f, c)
			})
			if len(flows) == 0 || c.Exposure == graph.ExposureDirect {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("A rule opens %s to every address on %s", m.describe(c), services(flows)),
				Threat:   fmt.Sprintf("Whatever gets into a network around %s%s reaches it%s, not only what has to.%s", m.describe(c), m.where(c), over(flows), m.yields(c)),
				Concerns: []*graph.Component{c},
				Flows:    flows,
				Address:  m.flowAddress(flows, c),
				Evidence: []graph.Evidence{itself(c, "is kept from the internet by its place only")},
			})
		}
	},
}
