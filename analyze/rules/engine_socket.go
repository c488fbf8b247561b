package rules

import (
	"fmt"

	"drawbridge/graph"
)

var engineSocket = &Rule{
	ID:         "engine-socket",
	Title:      "A workload holds the socket of its host's container engine",
	Looks:      "Workloads that mount the socket of a container engine, or a directory of the host that holds it. Those that run privileged are found by privileged-workload.",
	Why:        "Who speaks to the engine starts a container with all powers on the host: the socket is the host.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{250, 269},
	Likelihood: 2,
	Impact:     3,
	Inside:     true,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Take the socket out; build images with a builder that needs no engine, and watch containers by the platform's own interface.",
		"Where an agent can't do without, give it a node of its own and a proxy that lets reading calls through only.",
	},
	Verify:     "In a shell of the container, list the containers of the host by the socket, then start one that mounts the host's root.",
	FalseIf:    "A proxy with a list of harmless calls listens at the path.",
	References: []string{"CIS Kubernetes v1.8.0 5.2.12", "OWASP Kubernetes Top Ten 2022 K01", "NIST 800-53 SC-39", "ATT&CK T1611", "ATT&CK T1610"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind == graph.Identity || c.Is(graph.PropEngineSocket) != graph.Yes || c.Is(graph.PropPrivileged) == graph.Yes {
				continue
			}
			evidence := allOf(c, graph.PropEngineSocket)
			for _, w := range hostWays {
				// The socket is one of the directories, and is told already.
				if w.property != graph.PropEngineSocket && w.property != graph.PropHostPath && c.Is(w.property) == graph.Yes {
					evidence = append(evidence, established(c, w.property))
				}
			}
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " holds the socket of its host's container engine",
				Threat:   fmt.Sprintf("Who takes over %s%s starts containers on its host and is its administrator; %s.", m.describe(c), m.where(c), m.reached(c, "it")),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
