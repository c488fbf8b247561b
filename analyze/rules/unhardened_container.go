package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unhardenedContainer = &Rule{
	ID:    "unhardened-container",
	Title: "Containers keep powers that they do not need",
	Looks: "Workloads that are established to run as root or to allow escalation of privileges, told once for a namespace, with those among them that can write to their root file system. " +
		"Privileged ones are found by privileged-workload.",
	Why:        "A flaw in the program gives root inside of its container, from where the way to the host is one flaw of the kernel or of its configuration.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{250},
	Likelihood: 1,
	Impact:     1,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Run as a user other than root, forbid escalation of privileges, drop all capabilities, and make the root file system read-only.",
		"Hold the namespace to a restricted profile, so that new workloads start that way.",
	},
	Verify:     "In a shell of the container, print the user, its capabilities and whether it may gain more; write below the root directory.",
	FalseIf:    "An admission hook or the image's own user makes it run unprivileged, in spite of what the manifest leaves open.",
	References: []string{"CIS Kubernetes v1.8.0 5.2.6", "CIS Kubernetes v1.8.0 5.2.7", "OWASP Kubernetes Top Ten 2022 K01", "NIST 800-53 AC-6", "ATT&CK T1611"},
	Check: func(m *Model, report func(Place)) {
		m.byNamespace(func(c *graph.Component) []graph.Evidence {
			if c.Kind == graph.Identity || c.Is(graph.PropPrivileged) == graph.Yes {
				return nil
			}
			var why []graph.Evidence
			for _, p := range []graph.Property{graph.PropRootUser, graph.PropEscalation} {
				if c.Is(p) == graph.Yes {
					why = append(why, established(c, p))
				}
			}
			if len(why) > 0 && c.Is(graph.PropReadOnlyRoot) == graph.No {
				why = append(why, established(c, graph.PropReadOnlyRoot))
			}
			return why
		}, func(p Place, who string) {
			p.Title = fmt.Sprintf("%s may become root", upperFirst(who))
			p.Threat = fmt.Sprintf("A flaw in %s gives root inside of the container; %s.", who, m.mostReached(p.Concerns))
			report(p)
		})
	},
}

// byNamespace gathers the components for which evidence is given: those of a
// namespace together, with the namespace as subject, the others one by one.
func (m *Model) byNamespace(evidence func(*graph.Component) []graph.Evidence, place func(p Place, who string)) {
	shared := map[string]*Place{}
	for _, c := range m.Graph.Components {
		why := evidence(c)
		if len(why) == 0 {
			continue
		}
		if b := m.Boundary[c.Boundary]; b != nil && b.Kind == graph.BoundaryNamespace {
			p := shared[b.ID]
			if p == nil {
				p = &Place{Subject: b.ID, Address: m.address(b.ID)}
				shared[b.ID] = p
			}
			p.Concerns = append(p.Concerns, c)
			p.Evidence = append(p.Evidence, why...)
			continue
		}
		place(Place{Subject: c.ID, Concerns: []*graph.Component{c}, Evidence: why}, m.describe(c))
	}
	for _, b := range m.Graph.Boundaries {
		if p := shared[b.ID]; p != nil {
			who := m.describe(p.Concerns[0])
			if n := len(p.Concerns); n > 1 {
				who = fmt.Sprintf("%s in %s", counted(n, "workload"), bounded(b))
			}
			place(*p, who)
		}
	}
}

// mostReached says in a clause how the most exposed of some components is reached.
func (m *Model) mostReached(concerns []*graph.Component) string {
	most := mostExposed(concerns)
	return m.reached(most, m.describe(most))
}
