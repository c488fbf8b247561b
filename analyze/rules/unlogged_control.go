package rules

import (
	"fmt"

	"drawbridge/analyze/asset"
	"drawbridge/graph"
)

var unloggedControl = &Rule{
	ID:         "unlogged-control",
	Title:      "Nobody sees what is done to sensitive things",
	Looks:      "Control planes, secret stores and sensitive data stores for which a log of access is established to be off, and databases with a setting that takes something out of the log; what faces the internet is found by unlogged-edge.",
	Why:        "Misuse of a stolen credential looks like use: without a log nobody can say which secrets or records were taken.",
	STRIDE:     []graph.STRIDE{graph.Repudiation},
	CWE:        []int{778},
	Likelihood: 1,
	Impact:     2,
	Unmoved:    true,
	Mitigations: []string{
		"Turn on audit and access logs, and keep them where those who run the system can't change them.",
	},
	Verify:     "Read a secret or change a setting, and look for the call in the place where audit logs are kept.",
	FalseIf:    "The whole account's or organization's audit trail records it, in configuration that was not scanned.",
	References: []string{"NIST 800-53 AU-2", "NIST 800-53 AU-12", "OWASP Top 10 2021 A09", "OWASP Kubernetes Top Ten 2022 K05", "ATT&CK T1562.008"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Is(graph.PropLogged) != graph.No || c.Exposure == graph.ExposureDirect {
				continue
			}
			p := Place{Subject: c.ID, Concerns: []*graph.Component{c}, Evidence: allOf(c, graph.PropLogged)}
			switch sensitive := c.Kind == graph.Store && c.Technology != graph.TechKey && m.assets[c.ID].Level == asset.Sensitive; {
			case cutsLog(c):
				p.Title = fmt.Sprintf("The log of %s leaves things out", m.describe(c))
				p.Threat = fmt.Sprintf("Who looks into a misuse of %s%s does not find all that happened there.", m.describe(c), m.where(c))
			case sensitive || c.Technology == graph.TechCluster:
				p.Title = fmt.Sprintf("Access to %s is not recorded", m.describe(c))
				p.Threat = fmt.Sprintf("Who misuses %s%s leaves no trace there.", m.describe(c), m.where(c))
			default:
				continue
			}
			report(p)
		}
	},
}

// cutsLog reports whether a setting of its own takes something out of a database's log,
// which somebody decided; a database that says nothing of logs is left alone.
func cutsLog(c *graph.Component) bool {
	at := c.Properties[graph.PropLogged].Evidence.Address
	return c.Technology == graph.TechSQL && at != "" && at != c.Address
}
