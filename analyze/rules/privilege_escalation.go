package rules

import (
	"fmt"

	"drawbridge/graph"
)

var privilegeEscalation = &Rule{
	ID:    "privilege-escalation",
	Title: "An identity can make itself an administrator",
	Looks: "Identities that are no administrators but may, over one or more grants, become or change the permissions of one, or of themselves, and those that may change the permissions or credentials of others. " +
		"Those with a wildcard policy are found by wildcard-policy, and chains of trust by role-chain.",
	Why:        "The identity is an administrator in all but name: nobody looks after it as one.",
	STRIDE:     []graph.STRIDE{graph.ElevationOfPrivilege},
	CWE:        []int{269, 266},
	Likelihood: 2,
	Impact:     3,
	Stakes:     []Stake{StakePowers},
	Mitigations: []string{
		"Take away the permission that the way rests on: to change policies, to make keys, to pass or to assume a stronger identity.",
		"Where it is needed, bound it: by the identities that it is for, and by a permission boundary on what they may get.",
	},
	Verify:     "Play the named call with the identity's credentials in a test account (attach a policy to yourself, make a key for an administrator, bind a role), then call something that only administrators may.",
	FalseIf:    "A permission boundary, a service control of the organization or a condition that is not in the scanned code refuses the call.",
	References: []string{"NIST 800-53 AC-6", "CIS Kubernetes v1.8.0 5.1.8", "ATT&CK T1098", "ATT&CK T1098.003"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Identity || m.unbounded(c) {
				continue
			}
			way := m.wayUp(c)
			if isChain(way) {
				continue
			}
			if len(way) == 0 {
				m.changesOthers(c, report)
				continue
			}
			last := way[len(way)-1]
			p := Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " can make itself an administrator",
				Threat:   fmt.Sprintf("Who acts as %s gets all powers by %s on %s.%s", m.describe(c), last.How, m.describe(m.Component[last.To]), m.usedBy(c)),
				Concerns: m.usersOf(c),
				Evidence: []graph.Evidence{itself(c, "holds the permission")},
				Address:  firstAddress(way[0].Evidence),
			}
			for _, a := range way {
				p.Evidence = append(p.Evidence, a.Evidence...)
			}
			report(p)
		}
	},
}

// changesOthers reports an identity that may change the permissions or credentials of
// others: it gives them any power, and acts as those whose credentials it makes.
func (m *Model) changesOthers(c *graph.Component, report func(Place)) {
	p := Place{Subject: c.ID, Concerns: m.usersOf(c), Evidence: []graph.Evidence{itself(c, "holds the permission")}}
	var others []string
	for _, a := range m.grants[c.ID] {
		if to := m.Component[a.To]; to.Kind == graph.Identity && a.Does == graph.AbilityAdminister {
			others = append(others, m.describe(to))
			p.Evidence = append(p.Evidence, a.Evidence...)
			if p.Address == "" {
				p.Address = firstAddress(a.Evidence)
			}
		}
	}
	if len(others) == 0 {
		return
	}
	for _, program := range m.holders[c.ID] {
		for _, a := range m.grantsTo[program.ID] {
			if a.Does == graph.AbilityInvoke {
				p.Evidence = append(p.Evidence, a.Evidence...)
			}
		}
	}
	p.Title = fmt.Sprintf("%s can make %s an administrator", upperFirst(m.describe(c)), list(others))
	p.Threat = fmt.Sprintf("Who acts as %s changes the permissions or credentials of %s: any power is his to give.%s", m.describe(c), list(others), m.usedBy(c))
	report(p)
}

// wayUp returns the shortest chain of grants by which an identity becomes an
// administrator, nil where there is none. Changing its own permissions is one.
func (m *Model) wayUp(c *graph.Component) []*graph.Grant {
	by := map[string]*graph.Grant{}
	queue := []string{c.ID}
	for i := 0; i < len(queue); i++ {
		for _, a := range m.grants[queue[i]] {
			to := m.Component[a.To]
			switch {
			case to.Kind != graph.Identity || a.Does != graph.AbilityAssume && a.Does != graph.AbilityAdminister && a.Does != graph.AbilityPass:
				continue
			case to.ID != c.ID && by[to.ID] != nil:
				continue
			case to.ID == c.ID && (a.From != c.ID || a.Does != graph.AbilityAdminister):
				continue
			}
			if to.ID != c.ID && to.Is(graph.PropAdmin) != graph.Yes {
				by[to.ID] = a
				queue = append(queue, to.ID)
				continue
			}
			way := []*graph.Grant{a}
			for at := a.From; at != c.ID; at = by[at].From {
				way = append([]*graph.Grant{by[at]}, way...)
			}
			return way
		}
	}
	return nil
}
