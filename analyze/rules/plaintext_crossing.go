package rules

import (
	"cmp"
	"fmt"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var plaintextCrossing = &Rule{
	ID:    "plaintext-crossing",
	Title: "Data crosses a trust boundary unencrypted",
	Looks: "Flows over a trust boundary or from the internet that are established to be unencrypted, and those to something that accepts unencrypted connections. " +
		"Flows within one boundary and those that network policy blocks are left alone.",
	Why:        "Whoever sits on the way reads and changes what is sent: sessions, passwords, records.",
	STRIDE:     []graph.STRIDE{graph.Tampering, graph.InformationDisclosure},
	CWE:        []int{319},
	Likelihood: 1,
	Impact:     2,
	Stakes:     []Stake{StakeData},
	Ask:        &Ask{Encrypted: true, Text: "Is what %s receives encrypted on the way?"},
	Mitigations: []string{
		"Offer TLS 1.2 or later only, with a certificate that callers verify.",
		"Close the unencrypted port, or let it answer with a redirect to the encrypted one and nothing else.",
		"Inside a network, encrypt between services too: by their own TLS, or by a mesh that requires mutual TLS.",
	},
	Verify:     "Capture the traffic between the two ends (a span port, a proxy, a sidecar), and look for readable headers or records.",
	FalseIf:    "A mesh, a tunnel or the platform's network encrypts the hop beneath what the configuration shows.",
	References: []string{"NIST 800-53 SC-8", "OWASP Top 10 2021 A02", "ATT&CK T1040", "ATT&CK T1557"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.ID == graph.InternetID {
				continue
			}
			var flows []*graph.Flow
			concerns := []*graph.Component{c}
			for _, f := range m.In[c.ID] {
				if m.plaintextInto(f, c) {
					flows = append(flows, f)
					if from := m.Component[f.From]; c.Kind == graph.External && from.ID != graph.InternetID {
						concerns = append(concerns, from)
					}
				}
			}
			if len(flows) == 0 {
				continue
			}
			p := Place{
				Subject: c.ID,
				Title:   fmt.Sprintf("%s receives %s unencrypted from %s", upperFirst(m.describe(c)), cmp.Or(services(flows), "data"), m.sources(flows)),
				Threat: fmt.Sprintf("Whoever sits on the way from %s to %s%s can read and change what goes there%s.%s",
					m.sources(flows), m.describe(c), m.where(c), over(flows), m.yields(c)),
				Concerns: concerns,
				Flows:    flows,
				Evidence: []graph.Evidence{itself(c, "receives the unencrypted data")},
				Address:  m.flowAddress(flows, c),
			}
			if c.Is(graph.PropEncryptedTransit) == graph.No {
				p.Evidence = append(p.Evidence, established(c, graph.PropEncryptedTransit))
			}
			report(p)
		}
	},
}

// plaintextInto reports whether a flow to c crosses a boundary, or comes from the
// internet, without encryption.
func (m *Model) plaintextInto(f *graph.Flow, c *graph.Component) bool {
	if f.From == graph.InternetID {
		// Whoever is let in by ranges that the input leaves open sends in the clear, too.
		if !edge.Arrives(m.Index, f, c) && !(edge.Used(f) && edge.Undecided(m.Index, f, c)) {
			return false
		}
	} else if !edge.Used(f) || len(f.Crosses) == 0 {
		return false
	}
	return f.Encrypted == graph.No || f.Encrypted == graph.Unknown && c.Is(graph.PropEncryptedTransit) == graph.No
}
