package rules

import (
	"fmt"

	"drawbridge/graph"
)

var erasableLog = &Rule{
	ID:         "erasable-log",
	Title:      "What faces the internet may erase its own traces",
	Looks:      "Logs and audit trails that a program which the internet reaches directly may administer by a permission of its own. Those that may do anything are found by wildcard-policy.",
	Why:        "Whoever takes the program over deletes the records of how he did it.",
	STRIDE:     []graph.STRIDE{graph.Repudiation, graph.Tampering},
	CWE:        []int{693, 269},
	Likelihood: 1,
	Impact:     2,
	Mitigations: []string{
		"Let programs write records only; let nobody who runs the system delete them.",
	},
	Verify:     "With the program's credentials, delete a test stream of the log, or stop the trail.",
	FalseIf:    "The records are copied away as they come, out of the program's reach.",
	References: []string{"NIST 800-53 AU-9", "NIST 800-53 AC-6", "ATT&CK T1070", "ATT&CK T1562.008"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Technology != graph.TechLog && c.Technology != graph.TechMonitoring {
				continue
			}
			var who []*graph.Component
			p := Place{Subject: c.ID, Evidence: []graph.Evidence{itself(c, "keeps the records")}}
			for _, a := range m.grantsTo[c.ID] {
				if a.Does != graph.AbilityAdminister && a.Does != graph.AbilityDelete || m.unbounded(m.Component[a.From]) {
					continue
				}
				for _, u := range m.usersOf(m.Component[a.From]) {
					if u.Exposure == graph.ExposureDirect {
						who = append(who, u)
						p.Evidence = append(p.Evidence, a.Evidence...)
						p.Address = firstAddress(a.Evidence)
					}
				}
			}
			if len(who) == 0 {
				continue
			}
			p.Concerns = who
			p.Title = fmt.Sprintf("%s may erase the records in %s", upperFirst(m.named(who)), m.describe(c))
			p.Threat = fmt.Sprintf("Who takes over %s from the internet deletes the records of it in %s.", m.named(who), m.describe(c))
			report(p)
		}
	},
}
