package rules

import (
	"fmt"
	"slices"

	"drawbridge/graph"
)

var idleOpening = &Rule{
	ID:         "idle-opening",
	Title:      "A rule that opens to anyone guards nothing so far",
	Looks:      "Groups of rules that open a port of administration, of a database, or everything to the whole internet, and that stand around nothing.",
	Why:        "The next machine that is given the group by its name is open to the internet, and nobody looks at the group again.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{1188},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Remove the group, or close it to named addresses before something uses it.",
	},
	Verify:     "Ask the platform what uses the group now, and who may attach it.",
	FalseIf:    "Something outside of the code uses it, and is meant to be reached.",
	References: []string{"CIS AWS Foundations v3.0.0 5.2", "CIS Azure Foundations v2.0.0 6.2", "NIST 800-53 CM-7", "ATT&CK T1133"},
	Check: func(m *Model, report func(Place)) {
		for _, b := range m.Graph.Boundaries {
			if b.Is(graph.PropIdleOpening) != graph.Yes {
				continue
			}
			evidence := allOfBoundary(b, graph.PropIdleOpening)
			var groups []string
			for _, e := range evidence {
				if !slices.Contains(groups, e.Address) {
					groups = append(groups, e.Address)
				}
			}
			title := "%s in %s opens to anyone, and stands around nothing so far"
			if len(groups) > 1 {
				title = "%s in %s open to anyone, and stand around nothing so far"
			}
			report(Place{
				Subject:  b.ID,
				Title:    fmt.Sprintf(title, list(groups), bounded(b)),
				Threat:   fmt.Sprintf("Whatever in %s is given such a group next is open to the internet.", bounded(b)),
				Concerns: m.guardable(b),
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}

// guardable returns what runs inside a boundary and stands in a network of the team's
// own, where a group of rules can stand around it.
func (m *Model) guardable(b *graph.Boundary) []*graph.Component {
	return slices.DeleteFunc(m.running(b), func(c *graph.Component) bool {
		return !slices.ContainsFunc(m.Ancestors(c.Boundary), func(around *graph.Boundary) bool { return around.Kind == graph.BoundaryNetwork })
	})
}
