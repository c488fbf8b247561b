package rules

import (
	"fmt"
	"slices"

	"drawbridge/graph"
)

var unguardedMetadata = &Rule{
	ID:         "unguarded-metadata",
	Title:      "The instance metadata service answers without a session token",
	Looks:      "Machines whose metadata service is established to answer plain requests.",
	Why:        "A program on the machine that can be made to fetch an address (server-side request forgery) hands out the credentials of the machine's identity.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure, graph.ElevationOfPrivilege},
	CWE:        []int{918},
	Likelihood: 1,
	Impact:     2,
	Stakes:     []Stake{StakePowers},
	Controls:   []Control{ControlFirewall},
	Ask:        &Ask{Property: graph.PropMetadataGuarded, Of: []graph.Technology{graph.TechServer}, Text: "Does the metadata service of %s ask for a session token?"},
	Mitigations: []string{
		"Require session tokens of the metadata service, with a hop limit of one.",
		"Turn the service off where nothing uses it.",
		"Keep the machine's identity to what the machine needs.",
	},
	Verify:     "On the machine, or through a request forgery in the program, fetch the credentials' address of the metadata service with a plain GET.",
	FalseIf:    "The machine has no identity, or the metadata service is closed by a host firewall.",
	References: []string{"CIS AWS Foundations v3.0.0 5.6", "NIST 800-53 AC-6", "OWASP Top 10 2021 A10", "ATT&CK T1552.005"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Is(graph.PropMetadataGuarded) != graph.No {
				continue
			}
			p := Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("The metadata service of %s answers without a session token", m.describe(c)),
				Threat:   fmt.Sprintf("A request forged through a program on %s%s fetches the credentials of its identity; %s.", m.describe(c), m.where(c), m.reached(c, "it")),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{established(c, graph.PropMetadataGuarded)},
			}
			if !m.identified(c) {
				p.Threat = fmt.Sprintf("A request forged through a program on %s%s fetches its start-up script, and the credentials of an identity once it is given one: none is known; %s.",
					m.describe(c), m.where(c), m.reached(c, "it"))
				if c.Is(graph.PropSecretInConfig) != graph.Yes {
					p.Factors = append(p.Factors, graph.Factor{Name: factorConsequence, Effect: -1, Why: "no identity of it is known"})
				}
			}
			report(p)
		}
	},
}

// identified reports whether a component is known to act as an identity.
func (m *Model) identified(c *graph.Component) bool {
	return slices.ContainsFunc(m.grants[c.ID], func(a *graph.Grant) bool { return a.Does == graph.AbilityAssume })
}
