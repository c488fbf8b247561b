package rules

import (
	"fmt"

	"drawbridge/graph"
)

var passwordlessStore = &Rule{
	ID:    "passwordless-store",
	Title: "A store asks nobody for a password",
	Looks: "Databases and brokers that are established to ask nobody who they are. " +
		"Where calls come over a trust boundary, unauthenticated-crossing finds them.",
	Why:        "Whoever is in the network reads and changes all of it: taking over the weakest neighbour is enough.",
	STRIDE:     []graph.STRIDE{graph.Spoofing, graph.InformationDisclosure},
	CWE:        []int{306},
	Likelihood: 1,
	Impact:     1,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Turn authentication on, with an identity for each program that uses it.",
	},
	Verify:     "From a neighbour in the network, connect with the store's own client and no password, and list its keys or tables.",
	FalseIf:    "A sidecar or the network asks for a client certificate before the store is reached.",
	References: []string{"NIST 800-53 IA-9", "OWASP Top 10 2021 A07", "ATT&CK T1210"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Store || !servesRecords(c) || c.Is(graph.PropAuthenticated) != graph.No || c.Is(graph.PropPublic) == graph.Yes {
				continue
			}
			crossed := false
			for _, f := range m.In[c.ID] {
				crossed = crossed || m.enters(f, c)
			}
			if crossed {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " asks nobody for a password",
				Threat:   fmt.Sprintf("Whoever gets to %s%s reads and changes all of it; %s.", m.describe(c), m.where(c), m.reached(c, "it")),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{established(c, graph.PropAuthenticated)},
			})
		}
	},
}
