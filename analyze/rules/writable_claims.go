package rules

import (
	"fmt"

	"drawbridge/graph"
)

var writableClaims = &Rule{
	ID:         "writable-claims",
	Title:      "Users write the attributes that they are judged by",
	Looks:      "Identity providers in which users may change attributes of the application's own by themselves.",
	Why:        "Such attributes stand in the token, and applications decide by them: a user who writes them gives himself a role, a tenant or a plan.",
	STRIDE:     []graph.STRIDE{graph.Tampering, graph.ElevationOfPrivilege},
	CWE:        []int{639, 915},
	Likelihood: 1,
	Impact:     3,
	Mitigations: []string{
		"Let users write attributes that nothing is decided by; set the others from a program with its own identity.",
		"Keep roles in groups, which users don't change.",
	},
	Verify:     "Log in as an ordinary user, change the attribute through the provider's own API, and see whether a new token carries it and what opens by it.",
	FalseIf:    "No program decides anything by the attribute.",
	References: []string{"NIST 800-53 AC-3", "OWASP API Security 2023 API3", "OWASP Top 10 2021 A01", "ATT&CK T1098"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Is(graph.PropWritableClaims) != graph.Yes {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("Users of %s change attributes of the application themselves", m.describe(c)),
				Threat:   fmt.Sprintf("A user of %s calls it past the application and changes an attribute of his own account that the application may decide by.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{established(c, graph.PropWritableClaims)},
			})
		}
	},
}
