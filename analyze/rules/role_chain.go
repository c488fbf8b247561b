package rules

import (
	"fmt"
	"strings"

	"drawbridge/graph"
)

var roleChain = &Rule{
	ID:         "role-chain",
	Title:      "A chain of identities ends at an administrator",
	Looks:      "Identities that are no administrators and become one over two or more others, each of which trusts the one before. Other ways are found by privilege-escalation.",
	Why:        "Each link looks harmless by itself; nobody who grants the first sees the last.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{269, 266},
	Likelihood: 2,
	Impact:     3,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Take out the link that no one uses: let the administrator trust people with a second factor, not other roles.",
	},
	Verify:     "Assume the identities one after the other with the credentials of the first, and call at the end what only administrators may.",
	FalseIf:    "A condition on one of the links (a second factor, a tag, the address) that is not in the code refuses it.",
	References: []string{"NIST 800-53 AC-6", "ATT&CK T1548.005", "ATT&CK T1078.004"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Identity || m.unbounded(c) {
				continue
			}
			way := m.wayUp(c)
			if !isChain(way) {
				continue
			}
			p := Place{
				Subject: c.ID, Concerns: m.usersOf(c), Evidence: []graph.Evidence{itself(c, "begins the chain")}, Address: firstAddress(way[0].Evidence),
			}
			names := []string{m.describe(c)}
			for _, a := range way {
				names = append(names, m.describe(m.Component[a.To]))
				p.Evidence = append(p.Evidence, a.Evidence...)
			}
			p.Title = fmt.Sprintf("%s becomes an administrator over %s", upperFirst(m.describe(c)), counted(len(way), "step"))
			p.Threat = fmt.Sprintf("Who acts as %s becomes one after the other: %s.%s", m.describe(c), strings.Join(names[1:], ", then "), m.usedBy(c))
			report(p)
		}
	},
}

// isChain reports whether a way up is made of two or more identities that trust each other.
func isChain(way []*graph.Grant) bool {
	for _, a := range way {
		if a.Does != graph.AbilityAssume {
			return false
		}
	}
	return len(way) > 1
}
