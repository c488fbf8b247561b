package rules

import (
	"fmt"

	"drawbridge/graph"
)

// hostWays are the properties that lead past a container's walls.
var hostWays = []struct {
	property graph.Property
	name     string
}{
	{graph.PropEngineSocket, "container engine"},
	{graph.PropHostPath, "directories"},
	{graph.PropHostNetwork, "network"},
	{graph.PropHostPID, "processes"},
	{graph.PropHostIPC, "inter-process communication"},
}

// waysToHost returns what of its host a workload uses, with the evidence.
func waysToHost(c *graph.Component) (names []string, evidence []graph.Evidence) {
	for _, w := range hostWays {
		if c.Is(w.property) == graph.Yes {
			names = append(names, w.name)
			evidence = append(evidence, established(c, w.property))
		}
	}
	return names, evidence
}

var hostAccess = &Rule{
	ID:         "host-access",
	Title:      "A workload reaches into its host",
	Looks:      "Workloads that mount a directory of their host, or share its network, its processes or its inter-process communication. Those that run privileged are found by privileged-workload, those that hold the socket of a container engine by engine-socket.",
	Why:        "Directories and namespaces of the host lead past the container's walls: to the node's credentials, to other workloads' files and traffic, to its container engine.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure, graph.ElevationOfPrivilege},
	CWE:        []int{250, 668},
	Likelihood: 2,
	Impact:     2,
	Inside:     true,
	Stakes:     []Stake{StakeData, StakePowers},
	Mitigations: []string{
		"Use volumes of the platform in place of the host's directories; mount what can't be avoided read-only and by its narrowest path.",
		"Give the workload network, process and IPC namespaces of its own.",
		"Keep agents that need the host in a namespace of their own, which policy alone exempts.",
	},
	Verify:  "In a shell of the container, list the mounted directory or the host's processes and sockets; look for kubelet credentials, other pods' files and a container engine's socket.",
	FalseIf: "The path is read-only and holds nothing but public files (time zone, certificates), or the node runs this workload alone and holds no credentials.",
	References: []string{
		"CIS Kubernetes v1.8.0 5.2.3", "CIS Kubernetes v1.8.0 5.2.4", "CIS Kubernetes v1.8.0 5.2.5", "CIS Kubernetes v1.8.0 5.2.12",
		"OWASP Kubernetes Top Ten 2022 K01", "NIST 800-53 SC-39", "ATT&CK T1611",
	},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind == graph.Identity || c.Is(graph.PropPrivileged) == graph.Yes || c.Is(graph.PropEngineSocket) == graph.Yes {
				continue
			}
			p := Place{Subject: c.ID, Concerns: []*graph.Component{c}}
			names, evidence := waysToHost(c)
			if len(names) == 0 {
				continue
			}
			p.Evidence = evidence
			if len(names) > 1 {
				p.Factors = append(p.Factors, graph.Factor{Name: factorPrivilege, Effect: 1, Why: "the ways to the host add up"})
			}
			p.Title = fmt.Sprintf("%s uses its host's %s", upperFirst(m.describe(c)), list(names))
			p.Threat = fmt.Sprintf("Who takes over %s%s gets at the host's %s, and by them at the other workloads there; %s.", m.describe(c), m.where(c), list(names), m.reached(c, "it"))
			report(p)
		}
	},
}
