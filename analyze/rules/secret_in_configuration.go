package rules

import (
	"fmt"
	"strings"

	"drawbridge/graph"
)

// keepsFiles are the stores that keep what others put there.
var keepsFiles = map[graph.Technology]bool{graph.TechObject: true, graph.TechFile: true}

var secretInConfiguration = &Rule{
	ID:         "secret-in-configuration",
	Title:      "A credential stands in plain configuration",
	Looks:      "Components in whose configuration, or among whose files, a credential was found in plain text, and accounts whose own keys stand in the code. What is read from a secret store or marked as sensitive is left alone.",
	Why:        "Configuration is copied into source control, state files, consoles and logs. Each reader of any of them has the credential, and it is rarely changed.",
	STRIDE:     []graph.STRIDE{graph.Spoofing, graph.InformationDisclosure},
	CWE:        []int{312, 798},
	Likelihood: 2,
	Impact:     3,
	Inside:     true,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Change the credential: it is known to everyone who could read the code.",
		"Keep it in a secret store, and let the workload read it from there by its own identity.",
		"Where the platform can, do without: use the workload's identity in place of a password or key.",
	},
	Verify:     "Try the credential against what it opens, from outside where that is reachable; then look whether it still stands in older revisions, state files and logs.",
	FalseIf:    "It is a placeholder that is replaced when it is deployed, or opens a throw-away test instance only.",
	References: []string{"OWASP Top 10 2021 A07", "OWASP Kubernetes Top Ten 2022 K08", "NIST 800-53 IA-5", "ATT&CK T1552.001"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Is(graph.PropSecretInConfig) != graph.Yes {
				continue
			}
			p := Place{
				Subject:  c.ID,
				Title:    "A credential stands in the plain configuration of " + m.describe(c),
				Threat:   fmt.Sprintf("Everyone who can read the code, the state or the configuration of %s%s has the credential in it; %s.%s", m.describe(c), m.where(c), m.reached(c, "it"), m.yields(c)),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{established(c, graph.PropSecretInConfig)},
			}
			var opened []string
			for _, a := range m.grants[c.ID] {
				if strings.HasPrefix(a.How, "holds its ") {
					opened = append(opened, m.describe(m.Component[a.To]))
					p.Evidence = append(p.Evidence, a.Evidence...)
				}
			}
			if len(opened) > 0 {
				p.Threat += fmt.Sprintf(" It opens %s.", list(opened))
			}
			if keepsFiles[c.Technology] {
				p.Title = "A credential lies among the files of " + m.describe(c)
			}
			report(p)
		}
		for _, b := range m.Graph.Boundaries {
			if b.Is(graph.PropSecretInConfig) != graph.Yes {
				continue
			}
			report(Place{
				Subject: b.ID,
				Title:   "A credential for " + bounded(b) + " stands in the code",
				Threat:  fmt.Sprintf("Everyone who can read the code may do in %s what the credential allows: it is what the code is applied with.", bounded(b)),
				Factors: []graph.Factor{
					{Name: factorExposure, Effect: 1, Why: "the platform takes it from anywhere"},
					{Name: factorPrivilege, Effect: 2, Why: "it is what builds and changes the account"},
				},
				Evidence: allOfBoundary(b, graph.PropSecretInConfig),
			})
		}
	},
}
