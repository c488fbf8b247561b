package rules

import "drawbridge/graph"

var executeWildcard = &Rule{
	ID:         "execute-wildcard",
	Title:      "An identity may run code on every machine",
	Looks:      "Identities that may run commands or open sessions on all machines, or on what a wildcard covers.",
	Why:        "One stolen credential gives a shell on each machine, also those of other teams and those that are added later, and the identities that they run as.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{269},
	Likelihood: 2,
	Impact:     2,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Name the machines, or bind the permission to a tag that its holders can't set.",
		"Ask for a second factor, and record sessions.",
	},
	Verify:     "With the identity's credentials, start a session on a machine of another team and print the identity that it runs as.",
	FalseIf:    "A condition on tags or a service control outside of the scanned code narrows the permission to few machines.",
	References: []string{"NIST 800-53 AC-6", "NIST 800-53 AC-17", "ATT&CK T1651", "ATT&CK T1021.007"},
	Check: func(m *Model, report func(Place)) {
		m.reportWildcards(graph.AbilityExecute, "%s may run code on every machine", "Who acts as %s runs code on %s, as whatever those run as.", report)
	},
}
