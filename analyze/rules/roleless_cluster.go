package rules

import (
	"fmt"

	"drawbridge/graph"
)

var rolelessCluster = &Rule{
	ID:         "roleless-cluster",
	Title:      "A container platform does not decide by roles",
	Looks:      "Control planes for which it is established that roles do not decide, or that an older, coarser scheme decides beside them.",
	Why:        "Every user and every workload with a token may do everything, or what a list of names says that nobody looks at.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{862, 285},
	Likelihood: 2,
	Impact:     2,
	Mitigations: []string{
		"Turn authorization by roles on, and the older scheme off.",
		"Give each team and workload a role of its own.",
	},
	Verify:     "With the token of an ordinary workload, list the secrets of another namespace.",
	FalseIf:    "Another authorizer, which the code does not show, refuses what roles would.",
	References: []string{"OWASP Kubernetes Top Ten 2022 K03", "NIST 800-53 AC-3", "NIST 800-53 AC-6", "ATT&CK T1078.004"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Technology != graph.TechCluster || c.Is(graph.PropRoleBased) != graph.No {
				continue
			}
			evidence := allOf(c, graph.PropRoleBased)
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " does not decide by roles",
				Threat:   fmt.Sprintf("Who has any token for %s%s, a workload's for one, may do what he likes there.", m.describe(c), m.where(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
