package rules

import (
	"fmt"

	"drawbridge/graph"
)

var confusedDeputy = &Rule{
	ID:         "confused-deputy",
	Title:      "A service may be made to act here for strangers",
	Looks:      "What lets a service of the platform call or write it, and does not say on whose behalf. Identities are found by unbound-trust.",
	Why:        "The service acts for all customers of the platform: a stranger makes it act here, with a resource of his own behind it.",
	STRIDE:     []graph.STRIDE{graph.Spoofing, graph.ElevationOfPrivilege},
	CWE:        []int{441, 345},
	Likelihood: 1,
	Impact:     2,
	Unmoved:    true,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Bind the permission to the resource or account that the service acts for.",
	},
	Verify:     "From an account of your own, set the same service up to call this address, and see whether the call arrives.",
	FalseIf:    "The service checks itself that both sides belong to one account, or the program drops calls from strangers.",
	References: []string{"NIST 800-53 AC-3", "NIST 800-53 AC-4", "ATT&CK T1199"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind == graph.Identity || c.Is(graph.PropCallersBound) != graph.No {
				continue
			}
			evidence := allOf(c, graph.PropCallersBound)
			report(Place{
				Subject:  c.ID,
				Title:    "A service may be made to use " + m.describe(c) + " for strangers",
				Threat:   fmt.Sprintf("A stranger sets the service up in his own account and has it use %s%s.", m.describe(c), m.where(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
