package rules

import (
	"fmt"
	"slices"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var privilegedWorkload = &Rule{
	ID:         "privileged-workload",
	Title:      "A workload runs with the powers of its host",
	Looks:      "Workloads that are established to run privileged. Running as root or allowing escalation is told beside it, and is no finding alone.",
	Why:        "A privileged container is not contained: one flaw in the program gives the host, and through it every other workload there.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{250},
	Likelihood: 2,
	Impact:     3,
	Inside:     true,
	Stakes:     []Stake{StakeData, StakePowers},
	Mitigations: []string{
		"Run it unprivileged; add back the single capabilities that it needs.",
		"Run as a user other than root, forbid escalation of privileges, and make the root file system read-only.",
		"Where it is an agent that must be privileged, put it on nodes or in a namespace of its own and let nothing call it.",
	},
	Verify:     "In a shell of the container, mount the host's disk or list its devices; writing a file on the host proves it.",
	FalseIf:    "The host is made for this one workload and thrown away after it (a managed builder, a virtual machine for each pod).",
	References: []string{"CIS Kubernetes v1.8.0 5.2.2", "OWASP Kubernetes Top Ten 2022 K01", "NIST 800-53 AC-6", "ATT&CK T1611"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind == graph.Identity || c.Is(graph.PropPrivileged) != graph.Yes {
				continue
			}
			p := Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " runs privileged",
				Threat:   fmt.Sprintf("Who takes over %s%s owns the host that it runs on and everything else there; %s.", m.describe(c), m.where(c), m.reached(c, "it")),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{established(c, graph.PropPrivileged)},
			}
			for _, also := range []graph.Property{graph.PropRootUser, graph.PropEscalation} {
				if c.Is(also) == graph.Yes {
					p.Evidence = append(p.Evidence, established(c, also))
				}
			}
			if c.Technology == graph.TechPipeline {
				p.Factors = append(p.Factors, graph.Factor{Name: factorExtent, Effect: -1, Why: "a managed builder has a host of its own"})
			}
			if b := m.Boundary[c.Boundary]; b != nil && b.Is(graph.PropPolicyPresent) == graph.Yes && !slices.ContainsFunc(m.In[c.ID], edge.Used) {
				p.Factors = append(p.Factors, graph.Factor{Name: factorControl, Effect: -1, Why: "network policy governs its namespace, and nothing is known to call it"})
			}
			if names, evidence := waysToHost(c); len(names) > 0 {
				p.Title += fmt.Sprintf(" and uses its host's %s", list(names))
				p.Evidence = append(p.Evidence, evidence...)
			}
			report(p)
		}
	},
}
