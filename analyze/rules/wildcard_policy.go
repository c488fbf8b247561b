package rules

import (
	"fmt"

	"drawbridge/graph"
)

var wildcardPolicy = &Rule{
	ID:    "wildcard-policy",
	Title: "An identity's policy holds a wildcard",
	Looks: "Identities, or components that carry their own policy, that may do anything, or something to anything, and grants of administration with a wildcard. " +
		"A wildcard below one resource (all objects of one bucket) is left alone.",
	Why:        "Whoever takes over the identity gets all that the wildcard covers, also what is added later; the damage is not bounded by what the program needs.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{269, 732},
	Likelihood: 2,
	Impact:     2,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Name the actions and the resources that are used, from the access log where the list is not known.",
		"Give each workload an identity of its own.",
		"Bound what can't be named yet: by a permission boundary, by conditions, by an account of its own.",
	},
	Verify:     "With the identity's credentials, ask the platform's policy simulator, or try a harmless listing call of a service that it has nothing to do with.",
	FalseIf:    "A permission boundary or a service control outside of the scanned code cuts the wildcard down.",
	References: []string{"CIS AWS Foundations v3.0.0 1.16", "CIS Kubernetes v1.8.0 5.1.3", "OWASP Kubernetes Top Ten 2022 K03", "NIST 800-53 AC-6", "ATT&CK T1078.004"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			p := Place{Subject: c.ID, Concerns: m.usersOf(c), Evidence: m.wildcards(c)}
			if len(p.Evidence) == 0 {
				continue
			}
			p.Address = p.Evidence[0].Address
			p.Title = fmt.Sprintf("The policy of %s%s holds a wildcard", m.describe(c), m.namespaced(c))
			p.Threat = fmt.Sprintf("Who acts as %s may do all that the wildcard covers.%s", m.describe(c), m.usedBy(c))
			report(p)
		}
	},
}

// wildcards returns the evidence that what c may do has no bound, none where it has one.
func (m *Model) wildcards(c *graph.Component) []graph.Evidence {
	var evidence []graph.Evidence
	told := map[graph.Source]bool{} // the statement as a whole, which its grants repeat one by one
	if c.Is(graph.PropWildcardPolicy) == graph.Yes {
		evidence = append(evidence, established(c, graph.PropWildcardPolicy))
		told[evidence[0].Source()] = !evidence[0].Source().IsZero()
	}
	for _, a := range m.grants[c.ID] {
		if a.Wildcard && a.Does == graph.AbilityAdminister && !m.onlyControlPlanes(c) {
			for _, e := range a.Evidence {
				if !told[e.Source()] {
					evidence = append(evidence, e)
				}
			}
		}
	}
	return evidence
}

// usersOf returns those whose takeover gives the powers of c: the components that
// run as it where it is an identity (none where nobody is known to), else c.
func (m *Model) usersOf(c *graph.Component) []*graph.Component {
	if c.Kind == graph.Identity {
		return m.holders[c.ID]
	}
	return []*graph.Component{c}
}

// usedBy says in a sentence with a leading space who runs as an identity and how
// the most exposed of them is reached, "" where nobody is known to.
func (m *Model) usedBy(c *graph.Component) string {
	users := m.usersOf(c)
	most := mostExposed(users)
	if c.Kind != graph.Identity || most == nil {
		return ""
	}
	var names []string
	for _, u := range users {
		names = append(names, m.describe(u))
	}
	return fmt.Sprintf(" It is the identity of %s; %s.", list(names), m.reached(most, m.describe(most)))
}

// namespaced returns " in namespace NAME" for what has its name in one only, "" else.
func (m *Model) namespaced(c *graph.Component) string {
	if b := m.Boundary[c.Boundary]; b != nil && b.Kind == graph.BoundaryNamespace {
		return " in " + bounded(b)
	}
	return ""
}
