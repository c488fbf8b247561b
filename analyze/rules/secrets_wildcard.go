package rules

import "drawbridge/graph"

var secretsWildcard = &Rule{
	ID:         "secrets-wildcard",
	Title:      "An identity may read every secret",
	Looks:      "Identities that may read all secrets, or what a wildcard covers, or decrypt with all keys.",
	Why:        "One stolen credential gives all passwords and keys, also of systems that its holder has nothing to do with.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure, graph.ElevationOfPrivilege},
	CWE:        []int{732, 522},
	Likelihood: 2,
	Impact:     2,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Name the secrets that each identity reads.",
		"Protect the secrets of different systems with different keys.",
	},
	Verify:     "With the identity's credentials, list the secrets and read one of another system.",
	FalseIf:    "Key policies or conditions on tags outside of the scanned code refuse what it does not own.",
	References: []string{"NIST 800-53 AC-6", "CIS Kubernetes v1.8.0 5.1.2", "ATT&CK T1555.006"},
	Check: func(m *Model, report func(Place)) {
		m.reportWildcards(graph.AbilityReadSecret, "%s may read every secret", "Who acts as %s reads the secrets of %s.", report)
	},
}
