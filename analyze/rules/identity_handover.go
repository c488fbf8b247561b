package rules

import (
	"fmt"

	"drawbridge/analyze/asset"
	"drawbridge/graph"
)

var identityHandover = &Rule{
	ID:    "identity-handover",
	Title: "An identity may start programs as a more powerful one",
	Looks: "Identities that may hand on another to a program, where that one reaches sensitive data, secrets or programs that they don't reach themselves. " +
		"Administrators on either side, those that may hand on any (pass-wildcard), and those that pipelines run as are left alone: other rules tell them.",
	Why:        "The program that is started acts as the stronger identity, and does what whoever started it says.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{269, 441},
	Likelihood: 1,
	Impact:     2,
	Mitigations: []string{
		"Name the one identity that is to be handed on, and the service that it is for.",
		"Keep identities that reach data apart from those that programs of others are started with, and let each trust the services that it is for.",
	},
	Verify:     "With the weaker identity, start a program with the stronger one and let it print what it may read.",
	FalseIf:    "The stronger identity trusts only services that the weaker one can't start anything in.",
	References: []string{"NIST 800-53 AC-6", "ATT&CK T1548.005"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Identity || m.unbounded(c) || m.onlyPipelines(c) {
				continue
			}
			p := Place{Subject: c.ID, Concerns: m.usersOf(c)}
			var stronger, gained []string
			for _, a := range m.grants[c.ID] {
				to := m.Component[a.To]
				if a.Does != graph.AbilityPass || a.Wildcard || to.Is(graph.PropAdmin) == graph.Yes {
					continue
				}
				found := m.reachesBeyond(to, c)
				if len(found) == 0 {
					continue
				}
				stronger = append(stronger, m.describe(to))
				gained = append(gained, found...)
				p.Evidence = append(append(p.Evidence, a.Evidence...), itself(to, "may be handed on"))
				if p.Address == "" {
					p.Address = firstAddress(a.Evidence)
				}
			}
			if len(stronger) == 0 {
				continue
			}
			p.Title = fmt.Sprintf("%s may start programs as %s", upperFirst(m.describe(c)), list(stronger))
			p.Threat = fmt.Sprintf("Who acts as %s starts a program as %s and reaches %s by it.%s", m.describe(c), list(stronger), list(gained), m.usedBy(c))
			report(p)
		}
	},
}

// reachesBeyond returns what of weight an identity may use that another may not.
func (m *Model) reachesBeyond(strong, weak *graph.Component) []string {
	own := map[string]bool{}
	for _, a := range m.grants[weak.ID] {
		if !handles[a.Does] {
			continue
		}
		own[a.To] = true
	}
	var out []string
	for _, a := range m.grants[strong.ID] {
		to := m.Component[a.To]
		heavy := to.Kind == graph.Store && m.assets[to.ID].Level >= asset.Files || to.Kind == graph.Process && to.Technology == graph.TechML
		if handles[a.Does] && heavy && !own[to.ID] {
			own[to.ID] = true
			out = append(out, m.describe(to))
		}
	}
	return out
}

// handles are the abilities that give what they are on.
var handles = map[graph.Ability]bool{
	graph.AbilityRead: true, graph.AbilityWrite: true, graph.AbilityInvoke: true, graph.AbilityReadSecret: true,
	graph.AbilityExecute: true, graph.AbilityAdminister: true,
}
