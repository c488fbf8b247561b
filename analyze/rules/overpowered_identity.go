package rules

import (
	"fmt"

	"drawbridge/graph"
)

var overpoweredIdentity = &Rule{
	ID:    "overpowered-identity",
	Title: "A workload runs as a default or over-powered identity",
	Looks: "Workloads that run as the identity that everything gets by default (told once for a namespace; one alone is left alone where nothing is known to be granted), and workloads or their identities that administer the platform. " +
		"Where no token of the identity lies in the workload it is left alone, and so are administrators who are people. Wildcards are found by wildcard-policy.",
	Why:        "What is granted to the default identity is granted to all who use it, and an administrator's token in a workload turns one flaw in it into the whole platform.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{266, 269},
	Likelihood: 1,
	Impact:     2,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Give each workload an identity of its own, with what it uses and nothing else.",
		"Don't mount the platform's token into workloads that never call it.",
		"Take administration from workloads; where a controller needs it, list the verbs and resources.",
	},
	Verify:  "In a shell of the workload, read the mounted token or the credentials of the machine, and ask the platform what they may do.",
	FalseIf: "The token is not mounted or nothing is bound to the identity, in files that the scan did not see.",
	References: []string{
		"CIS Kubernetes v1.8.0 5.1.1", "CIS Kubernetes v1.8.0 5.1.5", "CIS Kubernetes v1.8.0 5.1.6", "CIS GCP Foundations v2.0.0 4.1",
		"OWASP Kubernetes Top Ten 2022 K03", "NIST 800-53 AC-6", "ATT&CK T1078.001", "ATT&CK T1528",
	},
	Check: func(m *Model, report func(Place)) {
		m.defaultIdentities(report)
		for _, c := range m.Graph.Components {
			if c.Is(graph.PropAdmin) != graph.Yes || c.Is(graph.PropWildcardPolicy) == graph.Yes || person(c) {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " administers its platform",
				Threat:   fmt.Sprintf("Who acts as %s owns the platform that it runs on.%s", m.describe(c), m.usedBy(c)),
				Concerns: m.usersOf(c),
				Evidence: []graph.Evidence{established(c, graph.PropAdmin)},
			})
		}
	},
}

// defaultIdentities reports workloads with a default identity: those of a
// namespace together, for they share it, the others one by one.
func (m *Model) defaultIdentities(report func(Place)) {
	shared := map[string][]*graph.Component{}
	for _, c := range m.Graph.Components {
		if c.Kind == graph.Identity || c.Is(graph.PropDefaultIdentity) != graph.Yes || c.Is(graph.PropTokenMounted) == graph.No {
			continue
		}
		if b := m.Boundary[c.Boundary]; b != nil && b.Kind == graph.BoundaryNamespace {
			shared[b.ID] = append(shared[b.ID], c)
			continue
		}
		// An administrator is reported for that, with the same subject.
		if c.Is(graph.PropAdmin) == graph.Yes && c.Is(graph.PropWildcardPolicy) != graph.Yes {
			continue
		}
		report(m.defaultIdentity(c.ID, m.describe(c), []*graph.Component{c}))
	}
	for _, b := range m.Graph.Boundaries {
		users := shared[b.ID]
		if len(users) == 0 || len(users) == 1 && m.powerless(users[0]) {
			continue
		}
		report(m.defaultIdentity(b.ID, fmt.Sprintf("%s in %s", counted(len(users), "workload"), bounded(b)), users))
	}
}

func (m *Model) defaultIdentity(subject, who string, users []*graph.Component) Place {
	p := Place{
		Subject:  subject,
		Address:  m.address(subject),
		Title:    fmt.Sprintf("Default identity used by %s", who),
		Concerns: users,
	}
	most, powers := mostExposed(users), 0
	for _, c := range users {
		p.Evidence = append(p.Evidence, established(c, graph.PropDefaultIdentity))
		n, _ := m.privilege(c)
		powers = max(powers, n)
	}
	p.Threat = fmt.Sprintf("Whatever is ever granted to the default identity is granted to %s; the most exposed is %s: %s.", who, m.describe(most), m.reached(most, "it"))
	if powers == 0 {
		p.Factors = append(p.Factors, graph.Factor{Name: factorConsequence, Effect: -1, Why: "the default identity has no powers that are known"})
	}
	return p
}

func (m *Model) powerless(c *graph.Component) bool {
	n, _ := m.privilege(c)
	return n == 0
}

func person(c *graph.Component) bool {
	return c.Technology == graph.TechUser || c.Technology == graph.TechGroup
}
