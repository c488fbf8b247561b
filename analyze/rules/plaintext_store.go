package rules

import (
	"fmt"

	"drawbridge/graph"
)

var plaintextStore = &Rule{
	ID:         "plaintext-store",
	Title:      "A store accepts unencrypted connections",
	Looks:      "Stores that are established to accept connections without encryption, and to which no flow is known that plaintext-crossing would find.",
	Why:        "A client that asks for no encryption gets none, and nobody notices: passwords and records go over the network as they stand.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{319},
	Likelihood: 1,
	Impact:     1,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Make the store refuse connections without TLS.",
	},
	Verify:     "Connect with the store's client and encryption switched off; if it logs in, it is confirmed.",
	FalseIf:    "Every client insists on encryption and checks the certificate, or the server refuses plain connections by a setting outside of the code.",
	References: []string{"NIST 800-53 SC-8", "OWASP Top 10 2021 A02", "ATT&CK T1040"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Store || c.Is(graph.PropEncryptedTransit) != graph.No {
				continue
			}
			crossing := false
			for _, f := range m.In[c.ID] {
				crossing = crossing || m.plaintextInto(f, c)
			}
			if crossing {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " accepts unencrypted connections",
				Threat:   fmt.Sprintf("A client that asks for no encryption talks to %s%s in plain text.", m.describe(c), m.where(c)),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{established(c, graph.PropEncryptedTransit)},
			})
		}
	},
}
