package rules

import (
	"fmt"

	"drawbridge/analyze/asset"
	"drawbridge/graph"
)

var openEgress = &Rule{
	ID:    "open-egress",
	Title: "Secrets lie where anything may be called",
	Looks: "Programs that the internet reaches, that may read secrets or have sensitive data behind them, and that are established to be let out to every address at every port, told once for a network. " +
		"A rule that lets out at single ports or to named addresses is left alone.",
	Why:        "Whoever takes over the program sends what it can read wherever they like, and takes their tools in the same way; a narrow way out stops both, or is seen.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{1327, 923},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Stakes:     []Stake{StakeData, StakePowers},
	Mitigations: []string{
		"Let out to what the program calls only: its stores by group, the platform's services through endpoints of the network.",
		"Send the rest through a proxy or a firewall that knows the names which may be called, and log what it refuses.",
	},
	Verify:     "From a shell in the program's place, open a connection to a host of your own at a port that it never uses (4444); it should be refused, and somebody told.",
	FalseIf:    "No route leads out of its subnet, or a firewall on the way decides by name.",
	References: []string{"NIST 800-53 SC-7", "NIST 800-53 AC-4", "CIS Kubernetes v1.8.0 5.3.2", "ATT&CK T1048", "ATT&CK T1567"},
	Check: func(m *Model, report func(Place)) {
		shared := map[string]*Place{}
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Process || c.Is(graph.PropOpenEgress) != graph.Yes || exposureRank(c.Exposure) < exposureRank(graph.ExposureIndirect) || !m.holdsSecrets(c) {
				continue
			}
			if b := m.Boundary[c.Boundary]; b != nil && b.Is(graph.PropPolicyPresent) == graph.No {
				continue // that nothing governs it is told of the namespace
			}
			in := m.enclosing[c.Boundary]
			if in == "" {
				in = c.Boundary
			}
			if m.Boundary[in] == nil {
				in = c.ID
			}
			p := shared[in]
			if p == nil {
				p = &Place{Subject: in}
				shared[in] = p
			}
			p.Concerns = append(p.Concerns, c)
			p.Evidence = append(p.Evidence, itself(c, "may be called from the internet, and has secrets or sensitive data at hand"))
			p.Evidence = append(p.Evidence, allOf(c, graph.PropOpenEgress)...)
		}
		for _, c := range m.Graph.Components {
			if p := shared[c.ID]; p != nil {
				p.tellEgress(m, "")
				report(*p)
			}
		}
		for _, b := range m.Graph.Boundaries {
			if p := shared[b.ID]; p != nil {
				p.tellEgress(m, " in "+bounded(b))
				report(*p)
			}
		}
	},
}

func (p *Place) tellEgress(m *Model, where string) {
	who := m.describe(p.Concerns[0])
	if n := len(p.Concerns); n > 1 {
		who = counted(n, "program") + where
	}
	p.Title = fmt.Sprintf("%s may call any address, with secrets at hand", upperFirst(who))
	p.Threat = fmt.Sprintf("Who takes over %s sends what it can read to any host; %s.", who, m.mostReached(p.Concerns))
	p.Address = p.Evidence[1].Address // the rule that lets out
}

// holdsSecrets reports whether a program may read secrets, itself or as an identity that
// it runs as, or has sensitive data behind it.
func (m *Model) holdsSecrets(c *graph.Component) bool {
	if behind, ok := m.behind[c.ID]; ok && behind.Level >= asset.Sensitive {
		return true
	}
	reads := func(id string) bool {
		for _, a := range m.grants[id] {
			if a.Does == graph.AbilityReadSecret {
				return true
			}
		}
		return false
	}
	if reads(c.ID) {
		return true
	}
	for _, a := range m.grants[c.ID] {
		if a.Does == graph.AbilityAssume && reads(a.To) {
			return true
		}
	}
	return false
}
