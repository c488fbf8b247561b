package rules

import (
	"fmt"

	"drawbridge/graph"
)

var passwordLogin = &Rule{
	ID:         "password-login",
	Title:      "People log in to a machine by password",
	Looks:      "Machines that are established to let people in by a password alone.",
	Why:        "A password is guessed, shared and reused; whoever reaches the login port needs nothing else.",
	STRIDE:     []graph.STRIDE{graph.Spoofing},
	CWE:        []int{308, 521},
	Likelihood: 1,
	Impact:     2,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Let people log in by key, or by the platform's own session service with a second factor.",
		"Where a password must stay, keep the login port off every network but the administrators'.",
	},
	Verify:     "Ask the machine's login service which methods it offers; within the agreed rules, try the passwords that leaks and defaults suggest.",
	FalseIf:    "The login port is closed for everybody, or a broker with a second factor stands before it.",
	References: []string{"NIST 800-53 IA-2", "NIST 800-53 IA-5", "ATT&CK T1110"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Process || c.Is(graph.PropPasswordLogin) != graph.Yes {
				continue
			}
			evidence := allOf(c, graph.PropPasswordLogin)
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " lets people in by a password",
				Threat:   fmt.Sprintf("Who guesses or finds the password of %s%s acts there as its administrator; %s.", m.describe(c), m.where(c), m.reached(c, "it")),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
