package rules

import (
	"fmt"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var codeTakeover = &Rule{
	ID:    "code-takeover",
	Title: "An identity may replace the code of a more powerful program",
	Looks: "Identities that may change or run code on a program whose own identity administers the platform, holds a wildcard, or may read secrets, run code or hand on identities. " +
		"Those that may do anything are left alone, and so are a program's own identity and those that pipelines or control planes of container platforms run as. " +
		"Code on all machines is found by execute-wildcard.",
	Why:        "Code that is put into the program acts with its powers: the permission to deploy is the permission to do all that it may.",
	STRIDE:     []graph.STRIDE{graph.Tampering, graph.ElevationOfPrivilege},
	CWE:        []int{269, 913},
	Likelihood: 2,
	Impact:     2,
	Mitigations: []string{
		"Let code be changed by the pipeline only, and name the programs in the permission.",
		"Take from the program's identity what it does not use.",
	},
	Verify:     "With the identity's credentials, put a harmless version of the program in place (one that prints who it runs as), call it, and read the answer.",
	FalseIf:    "Code is taken only if signed by a key that the identity can't use, or the permission is denied by a condition that the code does not show.",
	References: []string{"NIST 800-53 AC-6", "NIST 800-53 CM-5", "ATT&CK T1648", "ATT&CK T1651"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Identity || m.unbounded(c) || m.onlyPipelines(c) || m.onlyControlPlanes(c) {
				continue
			}
			seen := map[string]bool{}
			p := Place{Subject: c.ID, Concerns: m.usersOf(c)}
			var programs, callers []string
			var called []graph.Evidence
			most, why := 0, ""
			for _, a := range m.grants[c.ID] {
				to := m.Component[a.To]
				changes := a.Does == graph.AbilityAdminister || a.Does == graph.AbilityExecute && !a.Wildcard
				if to.Kind != graph.Process || !changes || m.runsAs(to, c) {
					continue
				}
				n, w := m.privilege(to)
				if n == 0 || seen[to.ID] {
					continue
				}
				if n > most {
					most, why = n, w
				}
				seen[to.ID] = true
				programs = append(programs, m.describe(to))
				p.Evidence = append(p.Evidence, a.Evidence...)
				for _, f := range m.In[to.ID] { // who believes what the program answers
					if f.From != graph.InternetID && edge.Used(f) {
						callers = append(callers, m.describe(m.Component[f.From]))
						called = append(called, f.Evidence...)
					}
				}
			}
			if len(programs) == 0 {
				continue
			}
			p.Factors = []graph.Factor{{Name: factorPrivilege, Effect: most, Why: why}}
			p.Address = firstAddress(p.Evidence)
			p.Evidence = append(append(p.Evidence, called...), itself(c, "may change the code"))
			p.Title = fmt.Sprintf("%s may take over %s", upperFirst(m.describe(c)), list(programs))
			p.Threat = fmt.Sprintf("Who acts as %s puts code of his own into %s, which then uses powers that he was not given.%s", m.describe(c), list(programs), m.usedBy(c))
			if len(callers) > 0 {
				p.Threat += fmt.Sprintf(" What calls them believes what they answer: %s.", list(callers))
			}
			report(p)
		}
	},
}

// onlyPipelines reports whether an identity is used by pipelines alone, for which
// replacing code is the work.
func (m *Model) onlyPipelines(identity *graph.Component) bool {
	for _, c := range m.holders[identity.ID] {
		if c.Technology != graph.TechPipeline {
			return false
		}
	}
	return len(m.holders[identity.ID]) > 0
}

// onlyControlPlanes reports whether an identity is used by control planes of container
// platforms alone, for which managing machines and networks is the work.
func (m *Model) onlyControlPlanes(identity *graph.Component) bool {
	for _, c := range m.holders[identity.ID] {
		if c.Technology != graph.TechCluster {
			return false
		}
	}
	return len(m.holders[identity.ID]) > 0
}

func (m *Model) runsAs(program, identity *graph.Component) bool {
	for _, a := range m.grants[program.ID] {
		if a.Does == graph.AbilityAssume && a.To == identity.ID {
			return true
		}
	}
	return false
}
