package rules

import (
	"fmt"
	"slices"

	"drawbridge/graph"
)

var overAdmittingPolicy = &Rule{
	ID:    "over-admitting-policy",
	Title: "Network policy lets in more than is needed",
	Looks: "Workloads that network policy governs and opens to others of which nothing says that they call it, while it is known who does. " +
		"Calls that exist in program code only are not seen: who makes such a call belongs into the policy by name.",
	Why:        "Whoever takes over one of the others can go on from there, though the policy could have stopped it.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege, graph.InformationDisclosure},
	CWE:        []int{653, 732},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Name in the policy the workloads that call it, and the ports.",
	},
	Verify:     "From a workload that the policy lets in and that has no business here, call the port.",
	FalseIf:    "The caller exists in program code only, and the team can name it: then the policy is right and the model incomplete.",
	References: []string{"CIS Kubernetes v1.8.0 5.3.2", "NIST 800-53 AC-4", "NIST 800-53 AC-6", "OWASP Kubernetes Top Ten 2022 K07", "ATT&CK T1210"},
	Check: func(m *Model, report func(Place)) {
		m.byNamespace(func(c *graph.Component) []graph.Evidence {
			if c.Is(graph.PropOverAdmitting) != graph.Yes {
				return nil
			}
			return []graph.Evidence{established(c, graph.PropOverAdmitting)}
		}, func(p Place, who string) {
			p.Title = fmt.Sprintf("Network policy lets more in to %s than is needed", who)
			p.Threat = fmt.Sprintf("What has no known business with %s may call it all the same, and so may whoever takes that over.", who)
			var policies []string
			for _, c := range p.Concerns {
				policies = append(policies, c.Attributes[graph.AttributePolicy+"ingress"])
			}
			p.Remedies = applying(policies)
			report(p)
		})
	},
}

// applying are the remedies that lie in policies; an empty one is none.
func applying(policies []string) (out []string) {
	slices.Sort(policies)
	for _, p := range slices.Compact(policies) {
		if p != "" {
			out = append(out, "Apply in its place: "+p)
		}
	}
	return out
}
