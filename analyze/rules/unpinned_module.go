package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unpinnedModule = &Rule{
	ID:         "unpinned-module",
	Title:      "Code from elsewhere is taken as it is on the day",
	Looks:      "Modules from a registry or a repository whose call names no version.",
	Why:        "Whoever changes the module, or takes over its source, changes what is built here at the next run, and no review sees it.",
	STRIDE:     []graph.STRIDE{graph.Tampering},
	CWE:        []int{494, 829},
	Likelihood: 1,
	Impact:     2,
	Unmoved:    true,
	Mitigations: []string{
		"Name a version (a registry), or a tag or commit (a repository), and raise it on purpose.",
	},
	Verify:     "Compare what two runs of the tool on different days take in; look who may publish the module.",
	FalseIf:    "A copy of the module is kept beside the code, or a proxy hands out reviewed versions only.",
	References: []string{"OWASP Top 10 2021 A08", "NIST 800-53 SR-3", "NIST 800-53 CM-2", "ATT&CK T1195.001"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Is(graph.PropPinnedModule) != graph.No {
				continue
			}
			evidence := allOf(c, graph.PropPinnedModule)
			report(Place{
				Subject:  c.ID,
				Title:    "No version is named for the module of " + m.describe(c),
				Threat:   fmt.Sprintf("Who changes the module of %s at its source changes what is built here at the next run.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
