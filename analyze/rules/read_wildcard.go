package rules

import (
	"fmt"

	"drawbridge/analyze/asset"
	"drawbridge/graph"
)

var readWildcard = &Rule{
	ID:    "read-wildcard",
	Title: "A program may read the data of all stores",
	Looks: "Identities that programs run as and that may read every store, or every one of a kind, where some hold files or records. " +
		"Identities that may do anything are found by wildcard-policy; secrets by secrets-wildcard.",
	Why:        "A flaw in the program reads what it was never meant for: each bucket and table that is ever added.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{732, 269},
	Likelihood: 2,
	Impact:     1,
	Mitigations: []string{
		"Name the stores that the program reads.",
		"Keep policies that read everything for people who audit, and let them assume a role for it.",
	},
	Verify:     "With the program's credentials, list all stores of the account and read one that it has nothing to do with.",
	FalseIf:    "The other stores' own policies or keys refuse this identity, or the account holds nothing else.",
	References: []string{"NIST 800-53 AC-6", "NIST 800-53 AC-3", "ATT&CK T1530"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Identity || m.unbounded(c) || len(m.holders[c.ID]) == 0 || m.onlyPipelines(c) {
				continue
			}
			p := Place{Subject: c.ID, Concerns: m.usersOf(c)}
			var stores []string
			seen := map[string]bool{}
			best, why := asset.Ordinary, ""
			for _, a := range m.grants[c.ID] {
				to := m.Component[a.To]
				if a.Does != graph.AbilityRead || !a.Wildcard || !servesData(to) || m.assets[to.ID].Level < asset.Files || seen[to.ID] {
					continue
				}
				seen[to.ID] = true
				stores = append(stores, m.describe(to))
				p.Evidence = append(p.Evidence, a.Evidence...)
				if l := m.assets[to.ID].Level; l > best {
					best, why = l, m.describe(to)+" is among them: "+m.assets[to.ID].Why
				}
			}
			if len(stores) == 0 {
				continue
			}
			p.Address = firstAddress(p.Evidence)
			p.Factors = []graph.Factor{{Name: factorData, Effect: int(best), Why: why}}
			p.Evidence = append(p.Evidence, itself(c, "holds the permission"))
			p.Title = fmt.Sprintf("%s may read the data of every store of a kind", upperFirst(m.describe(c)))
			p.Threat = fmt.Sprintf("A flaw in what runs as %s reads %s, and whatever is added.%s", m.describe(c), list(stores), m.usedBy(c))
			report(p)
		}
	},
}

// servesData reports whether a store holds files or records, as opposed to code, logs and settings.
func servesData(c *graph.Component) bool {
	return c.Technology.IsDatabase() || c.Technology == graph.TechObject || c.Technology == graph.TechFile || c.Technology == graph.TechSnapshot
}
