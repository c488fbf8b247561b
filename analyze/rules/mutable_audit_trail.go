package rules

import (
	"fmt"

	"drawbridge/graph"
)

var mutableAuditTrail = &Rule{
	ID:         "mutable-audit-trail",
	Title:      "The audit trail can be changed",
	Looks:      "Audit trails whose records are established to be changeable without a trace, and stores that keep such records and are established to keep no old versions.",
	Why:        "Who gets in takes his traces out again.",
	STRIDE:     []graph.STRIDE{graph.Repudiation, graph.Tampering},
	CWE:        []int{693, 353},
	Likelihood: 1,
	Impact:     1,
	Unmoved:    true,
	Mitigations: []string{
		"Have the trail signed, and check the signatures.",
		"Keep the records in a store with versions and a lock, in an account of its own.",
	},
	Verify:     "With an administrator's credentials, change a record of yesterday, and see whether anything notices.",
	FalseIf:    "A copy of the records is kept elsewhere, out of reach of those who run this.",
	References: []string{"CIS AWS Foundations v3.0.0 3.2", "NIST 800-53 AU-9", "NIST 800-53 AU-10", "ATT&CK T1070"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			trail := c.Technology == graph.TechMonitoring || c.Technology == graph.TechLog
			var evidence []graph.Evidence
			if trail && c.Is(graph.PropImmutable) == graph.No {
				evidence = allOf(c, graph.PropImmutable)
			}
			if c.Kind == graph.Store && c.Is(graph.PropVersioned) == graph.No {
				for _, f := range m.In[c.ID] {
					if auditRecords[f.Carries] {
						evidence = append(append(evidence, established(c, graph.PropVersioned)), f.Evidence...)
					}
				}
			}
			if len(evidence) == 0 {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    "The records in " + m.describe(c) + " can be changed without a trace",
				Threat:   fmt.Sprintf("Who gets in with powers over %s takes his traces out of it.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}

// auditRecords are what flows of records of administration carry.
var auditRecords = map[string]bool{"audit logs": true, "activity logs": true, "trail": true, "audit records": true}
