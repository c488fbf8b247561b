package rules

import (
	"fmt"

	"drawbridge/graph"
)

var exposedSecretReader = &Rule{
	ID:    "exposed-secret-reader",
	Title: "What faces the internet may read secrets of others",
	Looks: "Components that the internet reaches directly and whose identity was granted to read a secret that no flow says they use. " +
		"Load balancers and gateways, which run nobody's code, are left alone.",
	Why:        "A flaw in the part that everybody can call gives secrets that it has no use for.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{522, 269},
	Likelihood: 1,
	Impact:     2,
	Stakes:     []Stake{StakePowers},
	Controls:   []Control{ControlFirewall},
	Mitigations: []string{
		"Take the permission away, or say in the configuration that the secret is used.",
		"Let a part that the internet does not reach do what needs the secret.",
	},
	Verify:     "Run code in the component (a shell in a copy of it is enough) and read the secret with the credentials found there.",
	FalseIf:    "The program reads the secret at run time under a name that the configuration does not show: then it is a use, and the finding is moot.",
	References: []string{"NIST 800-53 AC-6", "NIST 800-53 SC-12", "ATT&CK T1555.006"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Process || c.Exposure != graph.ExposureDirect || handsOn(c) {
				continue
			}
			used := map[string]bool{}
			for _, f := range m.Out[c.ID] {
				used[f.To] = true
			}
			var secrets []string
			p := Place{Subject: c.ID, Concerns: []*graph.Component{c}}
			for _, own := range m.grants[c.ID] {
				if own.Does != graph.AbilityAssume || m.unbounded(m.Component[own.To]) {
					continue
				}
				for _, a := range m.grants[own.To] {
					to := m.Component[a.To]
					if a.Does == graph.AbilityReadSecret && to.Kind == graph.Store && to.Technology != graph.TechKey && !used[a.To] {
						secrets = append(secrets, m.describe(to))
						p.Evidence = append(p.Evidence, a.Evidence...)
					}
				}
			}
			if len(secrets) == 0 {
				continue
			}
			p.Address = firstAddress(p.Evidence)
			p.Evidence = append(p.Evidence, itself(c, "faces the internet"))
			p.Title = fmt.Sprintf("%s faces the internet and may read %s", upperFirst(m.describe(c)), list(secrets))
			p.Threat = fmt.Sprintf("Who takes over %s%s from the internet reads %s, though nothing says that it uses them.", m.describe(c), m.where(c), list(secrets))
			report(p)
		}
	},
}
