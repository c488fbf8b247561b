package rules

import (
	"fmt"

	"drawbridge/graph"
)

var foreignTrust = &Rule{
	ID:    "foreign-trust",
	Title: "Others outside may act with powers of this system",
	Looks: "Grants to the internet, and grants with a wildcard to accounts, services and identity providers outside of the model: anyone there may become an identity, or read, change or administer something. " +
		"Stores that are established to be public are found by public-store; build services by open-pipeline-trust; a named party without a wildcard is left alone.",
	Why:        "The trust names nobody in particular: whoever gets an account on the other side is let in.",
	STRIDE:     []graph.STRIDE{graph.Spoofing, graph.ElevationOfPrivilege},
	CWE:        []int{284, 346},
	Likelihood: 3,
	Impact:     2,
	Stakes:     []Stake{StakeData, StakePowers},
	Mitigations: []string{
		"Name who is trusted: the account, the repository and branch, the client.",
		"Ask foreign accounts for an identifier that only the two sides know.",
	},
	Verify:     "From an account or repository of your own on the other side, ask for the identity or call the resource. Any answer but a refusal confirms it.",
	FalseIf:    "A condition that is added elsewhere, or the other side's own controls, admit only parties that you know.",
	References: []string{"NIST 800-53 AC-3", "NIST 800-53 IA-9", "ATT&CK T1199", "ATT&CK T1078.004"},
	Check: func(m *Model, report func(Place)) {
		into := map[string][]*graph.Grant{}
		for _, a := range m.Graph.Grants {
			from := m.Component[a.From]
			if from.Kind == graph.External && from.Technology != graph.TechHost && from.Technology != graph.TechPipeline && (from.ID == graph.InternetID || a.Wildcard) {
				into[a.To] = append(into[a.To], a)
			}
		}
		for _, c := range m.Graph.Components {
			grants := into[c.ID]
			if len(grants) == 0 || c.Kind == graph.Store && c.Is(graph.PropPublic) == graph.Yes {
				continue
			}
			var who, how []string
			p := Place{Subject: c.ID, Concerns: []*graph.Component{c}, Evidence: []graph.Evidence{itself(c, "is open to parties outside")}}
			for _, a := range grants {
				who = append(who, m.describe(m.Component[a.From]))
				how = append(how, a.How)
				p.Evidence = append(p.Evidence, a.Evidence...)
				p.Address = firstAddress(a.Evidence)
			}
			p.Title = fmt.Sprintf("Anyone from %s has powers over %s", list(who), m.describe(c))
			p.Threat = fmt.Sprintf("Whoever comes from %s may use %s (%s): the trust names nobody in particular.", list(who), m.describe(c), list(how))
			report(p)
		}
	},
}
