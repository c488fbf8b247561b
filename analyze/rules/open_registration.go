package rules

import (
	"fmt"

	"drawbridge/graph"
)

var openRegistration = &Rule{
	ID:    "open-registration",
	Title: "Whoever signs up gets an identity of the platform",
	Looks: "Identity providers in which anyone may make an account, and whose users are handed an identity of the platform itself. " +
		"Those whose users are users of an application only are left alone.",
	Why:        "An account costs a mail address. What the identity may do, everybody may do, past the application and its checks.",
	STRIDE:     []graph.STRIDE{graph.Spoofing, graph.ElevationOfPrivilege},
	CWE:        []int{287, 284},
	Likelihood: 2,
	Impact:     2,
	Mitigations: []string{
		"Let administrators make the accounts where users are known.",
		"Give users what belongs to them alone: bound the identity to a path with the user's own name, and let it call the application's API only.",
	},
	Verify:     "Sign up with a throw-away address, trade the token for platform credentials, and list what they may call.",
	FalseIf:    "A hook refuses accounts from unknown domains before they are confirmed, or the identity may do nothing that matters.",
	References: []string{"NIST 800-53 IA-8", "NIST 800-53 AC-6", "OWASP API Security 2023 API5", "ATT&CK T1136.003"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Is(graph.PropSelfSignUp) != graph.Yes {
				continue
			}
			for _, a := range m.grants[c.ID] {
				for _, b := range m.grants[a.To] {
					identity := m.Component[b.To]
					if a.Does != graph.AbilityInvoke || b.Does != graph.AbilityAssume || identity.Kind != graph.Identity {
						continue
					}
					p := Place{
						Subject:  c.ID,
						Title:    fmt.Sprintf("Whoever signs up at %s acts as %s", m.describe(c), m.describe(identity)),
						Threat:   fmt.Sprintf("Anyone on the internet makes an account in %s, trades it at %s for credentials of %s, and calls the platform with them.", m.describe(c), m.describe(m.Component[a.To]), m.describe(identity)),
						Concerns: []*graph.Component{c},
						Evidence: []graph.Evidence{established(c, graph.PropSelfSignUp)},
					}
					p.Address = p.Evidence[0].Address
					if n, why := m.privilege(identity); n > 0 {
						p.Factors = []graph.Factor{{Name: factorPrivilege, Effect: n, Why: why}}
					}
					p.Evidence = append(append(p.Evidence, a.Evidence...), b.Evidence...)
					report(p)
				}
			}
		}
	},
}
