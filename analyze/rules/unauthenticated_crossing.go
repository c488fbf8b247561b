package rules

import (
	"fmt"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var unauthenticatedCrossing = &Rule{
	ID:    "unauthenticated-crossing",
	Title: "Calls over a trust boundary are not authenticated",
	Looks: "Flows into a trust boundary or from the internet that are established to be unauthenticated, and those to something that is established to ask nobody who they are. " +
		"What only hands requests on (load balancers, ingresses, content delivery) is left alone: the question belongs to what stands behind it. Stores that are open to anyone are found by public-store.",
	Why:        "Whoever reaches it may use it in anybody's name, and nothing tells afterwards who it was.",
	STRIDE:     []graph.STRIDE{graph.Spoofing, graph.ElevationOfPrivilege},
	CWE:        []int{306},
	Likelihood: 2,
	Impact:     2,
	Stakes:     []Stake{StakeData, StakePowers},
	Controls:   []Control{ControlFirewall},
	Ask:        &Ask{Authenticated: true, Text: "Does %s ask its callers who they are?"},
	Mitigations: []string{
		"Ask every caller for an identity: a signed request or a token for people, a workload identity or mutual TLS for services, a password for stores that know nothing better.",
		"Let in by network only those who have to call it.",
		"Where something is meant for everybody, say so by accepting this finding with that reason, and limit the rate of calls.",
	},
	Verify:     "Call it from the other side of the boundary without any credential, and then with somebody else's identifier in the request.",
	FalseIf:    "The program checks a token itself, in code that the scan does not read; or what it answers is meant for everybody.",
	References: []string{"NIST 800-53 IA-9", "NIST 800-53 AC-14", "OWASP Top 10 2021 A07", "OWASP API Security 2023 API2", "ATT&CK T1190"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind == graph.External || c.Kind == graph.Identity || handsOn(c) {
				continue
			}
			asksNobody := c.Is(graph.PropAuthenticated) == graph.No
			var flows []*graph.Flow
			for _, f := range m.In[c.ID] {
				open := f.Authenticated == graph.No || f.Authenticated == graph.Unknown && asksNobody
				if open && m.enters(f, c) && !(c.Kind == graph.Store && edge.OpenToAnyone(f)) {
					flows = append(flows, f)
				}
			}
			public := asksNobody && c.Kind != graph.Store && c.Is(graph.PropPublic) == graph.Yes
			if len(flows) == 0 && !public {
				continue
			}
			from := m.sources(flows)
			if from == "" {
				from = "the internet"
			}
			p := Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " answers callers from outside without asking who they are",
				Threat:   fmt.Sprintf("Callers from %s use %s%s%s in anybody's name: nobody asks who they are.%s", from, m.describe(c), m.where(c), over(flows), m.yields(c)),
				Concerns: []*graph.Component{c},
				Flows:    flows,
				Evidence: []graph.Evidence{itself(c, "answers the calls")},
			}
			if asksNobody {
				e := established(c, graph.PropAuthenticated)
				p.Evidence = append(p.Evidence, e)
				p.Address = e.Address
			} else {
				p.Address = m.flowAddress(flows, c)
			}
			report(p)
		}
	},
}

// enters reports whether a flow comes into a boundary around c, or from the internet.
func (m *Model) enters(f *graph.Flow, c *graph.Component) bool {
	if f.From == graph.InternetID {
		return edge.Arrives(m.Index, f, c)
	}
	return edge.Used(f) && len(f.Crosses) > 0 && f.Crosses[len(f.Crosses)-1].Into
}

// handsOn reports whether a component passes requests to others and is not the one to ask for credentials.
func handsOn(c *graph.Component) bool {
	switch c.Technology {
	case graph.TechLoadBalancer, graph.TechIngress, graph.TechCDN, graph.TechDNS, graph.TechFirewall, graph.TechNAT:
		return true
	}
	return false
}
