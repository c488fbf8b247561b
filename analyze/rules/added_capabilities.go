package rules

import (
	"fmt"

	"drawbridge/graph"
)

var addedCapabilities = &Rule{
	ID:         "added-capabilities",
	Title:      "A container adds powers of the kernel that lead out of it",
	Looks:      "Workloads that add capabilities by which a container gets at its host or the traffic of others. Privileged ones are found by privileged-workload.",
	Why:        "The capability is most of what root on the host may do: it loads modules, mounts, traces or listens, whatever the container was for.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{250},
	Likelihood: 2,
	Impact:     2,
	Inside:     true,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Drop all capabilities and add back the few that the program needs, by name.",
		"Keep agents that need the host's network or kernel in a namespace of their own.",
	},
	Verify:     "In a shell of the container, print its capabilities, and use the one in question (mount a disk, listen to a neighbour's traffic).",
	FalseIf:    "A profile of system calls or an admission hook takes the power back.",
	References: []string{"CIS Kubernetes v1.8.0 5.2.8", "CIS Kubernetes v1.8.0 5.2.9", "OWASP Kubernetes Top Ten 2022 K01", "NIST 800-53 AC-6", "ATT&CK T1611"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind == graph.Identity || c.Is(graph.PropCapabilities) != graph.Yes || c.Is(graph.PropPrivileged) == graph.Yes {
				continue
			}
			evidence := allOf(c, graph.PropCapabilities)
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " adds powers of the kernel",
				Threat:   fmt.Sprintf("Who takes over %s%s has powers over its host; %s.", m.describe(c), m.where(c), m.reached(c, "it")),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
