package rules

import (
	"fmt"

	"drawbridge/graph"
)

var apiEscalation = &Rule{
	ID:         "api-escalation",
	Title:      "An account of a container platform holds verbs that lead to all of it",
	Looks:      "Service accounts that are no administrators and hold, on the platform's own interface, a permission that leads on: to change roles, to become others, to run code in pods, to read secrets. Those with a wildcard are found by wildcard-policy.",
	Why:        "Who may bind a role, impersonate, start a pod or read other accounts' tokens soon has what those have.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{269, 250},
	Likelihood: 1,
	Impact:     1,
	Mitigations: []string{
		"Take the verb away, or bound it by name: the one secret, the one namespace, the one role.",
		"Give controllers that need it a namespace and nodes of their own.",
	},
	Verify:     "With the account's token, ask the platform whether it may (the self-review of access), then use the verb once: read a secret, open a shell, bind a test role.",
	FalseIf:    "An admission hook refuses what the role allows, or the namespace holds nothing but the account's own objects.",
	References: []string{"CIS Kubernetes v1.8.0 5.1.2", "CIS Kubernetes v1.8.0 5.1.4", "CIS Kubernetes v1.8.0 5.1.8", "OWASP Kubernetes Top Ten 2022 K03", "NIST 800-53 AC-6", "ATT&CK T1078.004"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Identity || m.unbounded(c) || person(c) {
				continue
			}
			p := Place{Subject: c.ID, Concerns: m.usersOf(c)}
			var how []string
			worst := 0
			for _, a := range m.grants[c.ID] {
				weight := escalating[a.Does]
				if to := m.Component[a.To]; to.Kind != graph.External || to.Technology != graph.TechHost || weight == 0 || a.Wildcard {
					continue
				}
				how = append(how, a.How)
				worst = max(worst, weight)
				p.Evidence = append(p.Evidence, a.Evidence...)
			}
			if len(how) == 0 {
				continue
			}
			p.Address = firstAddress(p.Evidence)
			p.Factors = []graph.Factor{{Name: factorPrivilege, Effect: worst, Why: "it may " + list(how)}}
			p.Title = fmt.Sprintf("%s holds verbs that lead to more: %s", upperFirst(m.describe(c)), list(how))
			p.Threat = fmt.Sprintf("Who has the token of %s%s gets by %s at what others are.%s", m.describe(c), m.where(c), list(how), m.usedBy(c))
			report(p)
		}
	},
}

// escalating are the abilities on a platform's interface that lead on, with what they weigh.
var escalating = map[graph.Ability]int{
	graph.AbilityAdminister: 2, graph.AbilityAssume: 2, graph.AbilityExecute: 1, graph.AbilityReadSecret: 1,
}
