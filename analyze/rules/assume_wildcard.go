package rules

import "drawbridge/graph"

var assumeWildcard = &Rule{
	ID:         "assume-wildcard",
	Title:      "An identity may become any other",
	Looks:      "Identities that may assume all identities, or what a wildcard covers; the others have to trust them still.",
	Why:        "Each identity that trusts too many is open to the holder: nothing on his side says which he needs.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{269},
	Likelihood: 1,
	Impact:     2,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Name the identities that may be assumed.",
		"Let each identity trust named callers only.",
	},
	Verify:     "Take the identity's credentials and try to assume each identity of the account in turn, the administrators' first; every success is a way up.",
	FalseIf:    "No identity in reach trusts this one, or a permission boundary or an organization's policy denies the call.",
	References: []string{"NIST 800-53 AC-6", "ATT&CK T1548.005"},
	Check: func(m *Model, report func(Place)) {
		m.reportWildcards(graph.AbilityAssume, "%s may become any other identity", "Who acts as %s becomes %s where those trust it.", report)
	},
}
