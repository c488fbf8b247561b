package rules

import (
	"fmt"

	"drawbridge/graph"
)

var blockedFlow = &Rule{
	ID:         "blocked-flow",
	Title:      "Network policy blocks a flow that is needed",
	Looks:      "Flows that configuration asks for and that network policy does not let pass.",
	Why:        "Either the program does not work, or the policy is not in force and protects less than it seems to.",
	STRIDE:     []graph.STRIDE{graph.DenialOfService},
	CWE:        []int{693},
	Likelihood: 2,
	Impact:     2,
	Unmoved:    true,
	Mitigations: []string{
		"Allow the flow by peer and port, or take the reference to it out of the configuration.",
		"Where it works all the same, find out why: the cluster may not enforce policy.",
	},
	Verify:     "Open a connection from a pod of the caller to the port with a plain TCP client. A refusal or a timeout confirms it; an answer shows that the cluster does not enforce policy.",
	FalseIf:    "The reference is stale and nothing calls it any more, or another policy that lies outside of the scanned files lets it pass.",
	References: []string{"NIST 800-53 AC-4", "OWASP Kubernetes Top Ten 2022 K07", "ATT&CK T1562.007"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			var flows []*graph.Flow
			for _, f := range m.In[c.ID] {
				if f.From == graph.InternetID && c.Kind == graph.Store {
					continue // nobody in the input needs it, and it is well kept out
				}
				if f.Passage == graph.Blocked && f.Basis != graph.Permitted {
					flows = append(flows, f)
				}
			}
			if len(flows) == 0 {
				continue
			}
			policies := []string{c.Attributes[graph.AttributePolicy+"ingress"]}
			for _, f := range flows {
				if from := m.Component[f.From]; from != nil {
					policies = append(policies, from.Attributes[graph.AttributePolicy+"egress"])
				}
			}
			report(Place{
				Remedies: applying(policies),
				Subject:  c.ID,
				Title:    fmt.Sprintf("Network policy keeps %s from %s", m.sources(flows), m.describe(c)),
				Threat:   fmt.Sprintf("%s can't reach %s%s%s, which they are configured to do.", upperFirst(m.sources(flows)), m.describe(c), m.where(c), over(flows)),
				Concerns: []*graph.Component{c},
				Evidence: append([]graph.Evidence{itself(c, "is called")}, evidenceOf(flows)...),
			})
		}
	},
}

func evidenceOf(flows []*graph.Flow) []graph.Evidence {
	var out []graph.Evidence
	for _, f := range flows {
		out = append(out, f.Evidence...)
	}
	return out
}
