package rules

import (
	"fmt"

	"drawbridge/graph"
)

var idlePolicy = &Rule{
	ID:         "idle-policy",
	Title:      "A policy selects nothing",
	Looks:      "Network policies that are established to select no workload of their namespace, though it holds some.",
	Why:        "Somebody wrote the policy to keep others out, and it keeps out nobody: a label was renamed or the workload has gone, and nothing said so.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{693, 1164},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Correct the labels that it selects by, or remove it with the workload that has gone.",
	},
	Verify:     "From a pod that the policy was meant to keep out, call the workload that it was meant for.",
	FalseIf:    "The workload is made by a controller while the system runs, and has the label then.",
	References: []string{"CIS Kubernetes v1.8.0 5.3.2", "NIST 800-53 AC-4", "OWASP Kubernetes Top Ten 2022 K07"},
	Check: func(m *Model, report func(Place)) {
		for _, b := range m.Graph.Boundaries {
			if b.Is(graph.PropIdlePolicy) != graph.Yes {
				continue
			}
			evidence := allOfBoundary(b, graph.PropIdlePolicy)
			report(Place{
				Subject:  b.ID,
				Title:    fmt.Sprintf("A policy in %s selects nothing", bounded(b)),
				Threat:   fmt.Sprintf("If what the policy in %s was written for still runs, under another label, the policy no longer guards it.", bounded(b)),
				Concerns: m.running(b),
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
