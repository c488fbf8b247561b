package rules

import (
	"fmt"
	"slices"

	"drawbridge/graph"
)

var noNetworkPolicy = &Rule{
	ID:         "no-network-policy",
	Title:      "No network policy governs a namespace",
	Looks:      "Namespaces with workloads in them for which it is established that no network policy selects any.",
	Why:        "Each workload can call each other one, in every namespace. Taking over the weakest of them opens the way to all.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure, graph.ElevationOfPrivilege},
	CWE:        []int{653},
	Likelihood: 1,
	Impact:     1,
	Stakes:     []Stake{StakeData},
	Ask:        &Ask{Property: graph.PropPolicyPresent, Text: "Does network policy govern %s?"},
	Mitigations: []string{
		"Deny all ingress and egress in the namespace by default.",
		"Allow the flows that the diagram shows, from workload to workload and by port.",
		"Make sure that the cluster's network enforces policy: some ignore it in silence.",
	},
	Verify:     "From a pod in another namespace, connect to a port of a workload here that nobody there has to call.",
	FalseIf:    "A cluster-wide policy, a mesh's authorization policy or the network's own rules outside of the scanned files isolate the namespace.",
	References: []string{"CIS Kubernetes v1.8.0 5.3.2", "OWASP Kubernetes Top Ten 2022 K07", "NIST 800-53 SC-7", "NIST 800-53 AC-4", "ATT&CK T1210"},
	Check: func(m *Model, report func(Place)) {
		for _, b := range m.Graph.Boundaries {
			if b.Kind != graph.BoundaryNamespace || b.Is(graph.PropPolicyPresent) != graph.No {
				continue
			}
			if len(m.running(b)) == 0 {
				continue
			}
			open, inside := m.ungoverned(b)
			most := mostExposed(inside)
			where, others := bounded(b), "calling every other one"
			if len(open) > 1 {
				where = fmt.Sprintf("%s of %s", counted(len(open), "namespace"), bounded(m.Boundary[b.Parent]))
				others += ", in the other namespaces too"
			}
			report(Place{
				Subject: b.ID,
				Title:   "No network policy governs " + bounded(b),
				Threat: fmt.Sprintf("Nothing stops who takes over any component in %s from %s; of its %s the most exposed is %s: %s.",
					where, others, counted(len(inside), "component"), m.describe(most), m.reached(most, "it")),
				Concerns: inside,
				Evidence: []graph.Evidence{establishedOf(b, graph.PropPolicyPresent)},
			})
		}
	},
}

// ungoverned returns the namespaces beside b that no policy governs either, itself among
// them, and what runs in them: taking over any of it opens the way to all.
func (m *Model) ungoverned(b *graph.Boundary) (open []*graph.Boundary, inside []*graph.Component) {
	if m.Boundary[b.Parent] == nil {
		return []*graph.Boundary{b}, m.running(b)
	}
	for _, beside := range m.Graph.Boundaries {
		if beside.Kind != graph.BoundaryNamespace || beside.Parent != b.Parent || beside.Is(graph.PropPolicyPresent) != graph.No {
			continue
		}
		if running := m.running(beside); len(running) > 0 {
			open, inside = append(open, beside), append(inside, running...)
		}
	}
	return open, inside
}

// running returns the processes and stores inside a boundary.
func (m *Model) running(b *graph.Boundary) []*graph.Component {
	return slices.DeleteFunc(slices.Clone(m.within[b.ID]), func(c *graph.Component) bool {
		return c.Kind != graph.Process && c.Kind != graph.Store
	})
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
