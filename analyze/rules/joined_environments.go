package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"drawbridge/graph"
)

var joinedEnvironments = &Rule{
	ID:    "joined-environments",
	Title: "What is for development reaches into production",
	Looks: "Flows and openings from a network whose name says development, test or the like into one whose name says production.",
	Why:   "Development is where much is tried out and little is watched. Who gets in there stands before production, past what guards its edge.",
	STRIDE: []graph.STRIDE{
		graph.InformationDisclosure, graph.ElevationOfPrivilege,
	},
	CWE:        []int{653, 923},
	Likelihood: 2,
	Impact:     2,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Take the networks apart; where one service is shared, let in that one port from the one that calls it.",
		"Administer production from production's own entry.",
	},
	Verify:     "From a machine in the development network, connect to the port in production.",
	FalseIf:    "The names mislead: both networks belong to the same environment, or another control (a firewall appliance, an identity check) stands on the way.",
	References: []string{"NIST 800-53 SC-7", "NIST 800-53 SC-32", "NIST 800-53 AC-4", "ATT&CK T1021"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			to := m.Boundary[m.enclosing[c.Boundary]]
			if to == nil || environment(to) != "production" {
				continue
			}
			var flows []*graph.Flow
			var from *graph.Boundary
			for _, f := range m.In[c.ID] {
				b := m.Boundary[m.enclosing[m.Component[f.From].Boundary]]
				if b == nil || b == to || f.Passage == graph.Blocked || environment(b) != "development" {
					continue
				}
				flows, from = append(flows, f), b
			}
			if len(flows) == 0 {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("%s of production is open to %s", upperFirst(m.describe(c)), bounded(from)),
				Threat:   fmt.Sprintf("Who takes over anything in %s reaches %s in %s%s.%s", bounded(from), m.describe(c), bounded(to), over(flows), m.yields(c)),
				Concerns: []*graph.Component{c},
				Flows:    flows,
				Address:  m.flowAddress(flows, c),
				Evidence: []graph.Evidence{itself(c, "stands in production")},
			})
		}
	},
}

// environments are the words in names that say what something is for.
var environments = map[string]string{
	"dev": "development", "development": "development", "test": "development", "testing": "development", "qa": "development",
	"sandbox": "development", "playground": "development", "lab": "development",
	"prod": "production", "production": "production", "prd": "production", "live": "production",
}

// environment returns what the name of a boundary says that it is for, "" for nothing
// or for two things.
func environment(b *graph.Boundary) string {
	words := strings.FieldsFunc(strings.ToLower(b.Name+" "+b.Address), func(r rune) bool { return !unicode.IsLetter(r) })
	var found []string
	for _, w := range words {
		if e := environments[w]; e != "" && !slices.Contains(found, e) {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}
