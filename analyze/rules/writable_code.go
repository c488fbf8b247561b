package rules

import (
	"fmt"

	"drawbridge/graph"
)

var writableCode = &Rule{
	ID:         "writable-code",
	Title:      "A running program may change the code that others run",
	Looks:      "Registries of images and repositories of source that a workload which the internet reaches may write to; pipelines, which do that for a living, are left alone.",
	Why:        "One flaw in the workload becomes code in everything that is deployed from there.",
	STRIDE:     []graph.STRIDE{graph.Tampering},
	CWE:        []int{494, 732},
	Likelihood: 1,
	Impact:     3,
	Mitigations: []string{
		"Let workloads read images only; let the pipeline alone write them.",
		"Sign what the pipeline makes, and run nothing else.",
	},
	Verify:     "With the workload's credentials, push an image or commit under a test name; then see whether anything would run it.",
	FalseIf:    "What runs is checked for a signature that the workload can't make.",
	References: []string{"NIST 800-53 SI-7", "NIST 800-53 CM-5", "OWASP Top 10 2021 A08", "ATT&CK T1525"},
	Check: func(m *Model, report func(Place)) {
		writers := map[string][]*graph.Component{}
		evidence := map[string][]graph.Evidence{}
		add := func(a *graph.Grant, who []*graph.Component) {
			to := m.Component[a.To]
			if a.Does != graph.AbilityWrite && a.Does != graph.AbilityAdminister || to.Technology != graph.TechRegistry && to.Technology != graph.TechSource {
				return
			}
			for _, c := range who {
				if c.Technology != graph.TechPipeline && exposureRank(c.Exposure) >= exposureRank(graph.ExposureIndirect) {
					writers[to.ID] = append(writers[to.ID], c)
					evidence[to.ID] = append(evidence[to.ID], a.Evidence...)
				}
			}
		}
		for _, a := range m.Graph.Grants {
			add(a, m.usersOf(m.Component[a.From]))
		}
		for _, c := range m.Graph.Components {
			who := writers[c.ID]
			if len(who) == 0 {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    fmt.Sprintf("%s may change the code in %s", upperFirst(m.named(who)), m.describe(c)),
				Threat:   fmt.Sprintf("Who takes over %s puts code of his own into %s, and so into all that runs it.", m.named(who), m.describe(c)),
				Concerns: who,
				Evidence: append([]graph.Evidence{itself(c, "can be written by a workload")}, evidence[c.ID]...),
			})
		}
	},
}
