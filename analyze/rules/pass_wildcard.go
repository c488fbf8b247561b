package rules

import "drawbridge/graph"

var passWildcard = &Rule{
	ID:         "pass-wildcard",
	Title:      "An identity may hand any other to a program",
	Looks:      "Identities that may pass any identity, or what a wildcard covers, to a service. Identities that may do anything are found by wildcard-policy.",
	Why:        "Who can start a program and choose its identity chooses the most powerful one: the program then acts for him.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{269},
	Likelihood: 2,
	Impact:     2,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Name the identities that may be handed on, and to which service.",
		"Keep powerful identities from services that run other people's code.",
	},
	Verify:     "With the identity's credentials, start a small program with an administrator's identity and let it print its name.",
	FalseIf:    "It may start nothing that takes an identity, or the administrators trust no service that it can start.",
	References: []string{"NIST 800-53 AC-6", "ATT&CK T1548.005", "ATT&CK T1098.003"},
	Check: func(m *Model, report func(Place)) {
		m.reportWildcards(graph.AbilityPass, "%s may hand on any identity", "Who acts as %s starts a program of his own as %s.", report)
	},
}
