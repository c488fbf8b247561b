package rules

import (
	"fmt"

	"drawbridge/graph"
)

var powerfulToken = &Rule{
	ID:         "powerful-token",
	Title:      "A token that leads on lies where the internet gets at",
	Looks:      "Workloads that the internet reaches, directly or through others, in which a token of the platform is mounted whose account holds verbs that lead on. What the account may do is told by api-escalation; an account with a wildcard is left to wildcard-policy, which names the workloads too.",
	Why:        "One flaw in the program gives the token, and the token gives secrets, shells or roles of others.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{522, 250},
	Likelihood: 1,
	Impact:     2,
	Stakes:     []Stake{StakePowers},
	Controls:   []Control{ControlFirewall},
	Mitigations: []string{
		"Don't mount the token; let a part that the internet does not reach call the platform.",
		"Cut the account's role down to what the program calls.",
	},
	Verify:     "Read the mounted token through the program (a path traversal, a shell), and ask the platform what it may do.",
	FalseIf:    "The program drops the token before it serves, or the platform's interface refuses calls from its address.",
	References: []string{"CIS Kubernetes v1.8.0 5.1.6", "OWASP Kubernetes Top Ten 2022 K03", "NIST 800-53 AC-6", "ATT&CK T1528", "ATT&CK T1552.001"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			reached := c.Exposure == graph.ExposureDirect || c.Exposure == graph.ExposureIndirect
			if c.Kind != graph.Process || c.Is(graph.PropTokenMounted) != graph.Yes || !reached {
				continue
			}
			for _, a := range m.grants[c.ID] {
				identity := m.Component[a.To]
				if a.Does != graph.AbilityAssume || identity.Kind != graph.Identity || len(m.wildcards(identity)) > 0 {
					continue
				}
				var how []string
				p := Place{Subject: c.ID, Concerns: []*graph.Component{c}, Evidence: []graph.Evidence{established(c, graph.PropTokenMounted)}}
				for _, b := range m.grants[identity.ID] {
					if to := m.Component[b.To]; to.Technology == graph.TechHost && escalating[b.Does] > 0 {
						how = append(how, b.How)
						p.Evidence = append(p.Evidence, b.Evidence...)
					}
				}
				if len(how) == 0 {
					continue
				}
				p.Address = c.Address
				p.Title = fmt.Sprintf("A token that may %s lies in %s", list(how), m.describe(c))
				p.Threat = fmt.Sprintf("Who takes over %s%s uses its token for %s; %s.", m.describe(c), m.where(c), list(how), m.reached(c, "it"))
				report(p)
			}
		}
	},
}
