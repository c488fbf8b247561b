package rules

import (
	"fmt"

	"drawbridge/graph"
)

var openPipelineTrust = &Rule{
	ID:         "open-pipeline-trust",
	Title:      "A pipeline of others may act with powers here",
	Looks:      "Identities that a build service outside may become, where the trust names no repository or branch, or names them by a wildcard. Other parties outside are found by foreign-trust.",
	Why:        "Whoever can start a build under the pattern, in a fork, a pull request or a repository of his own, deploys here.",
	STRIDE:     []graph.STRIDE{graph.Spoofing, graph.ElevationOfPrivilege},
	CWE:        []int{284, 346},
	Likelihood: 2,
	Impact:     2,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Name the one repository and the one branch or environment in the trust.",
		"Give builds of pull requests an identity of their own that may read only.",
	},
	Verify:     "Start a build in a fork or on a throw-away branch that asks for the identity, and print what it got.",
	FalseIf:    "The build service itself refuses to hand tokens to forks and to branches that nobody protected.",
	References: []string{"OWASP Top 10 2021 A08", "NIST 800-53 AC-3", "NIST 800-53 IA-9", "ATT&CK T1199", "ATT&CK T1078.004"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			p := Place{Subject: c.ID, Concerns: []*graph.Component{c}, Evidence: []graph.Evidence{itself(c, "may be assumed by builds")}}
			var who []string
			for _, a := range m.grantsTo[c.ID] {
				if from := m.Component[a.From]; from.Kind == graph.External && from.Technology == graph.TechPipeline && a.Wildcard && a.Does == graph.AbilityAssume {
					who = append(who, m.describe(from))
					p.Evidence = append(p.Evidence, a.Evidence...)
					p.Address = firstAddress(a.Evidence)
				}
			}
			if c.Kind != graph.Identity || len(who) == 0 {
				continue
			}
			p.Title = fmt.Sprintf("Builds of many repositories or branches become %s", m.describe(c))
			p.Threat = fmt.Sprintf("Whoever can start a build at %s under the pattern becomes %s.", list(who), m.describe(c))
			report(p)
		}
	},
}
