package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unboundedWorkload = &Rule{
	ID:         "unbounded-workload",
	Title:      "What the internet reaches may use its host up",
	Looks:      "Workloads that the internet reaches, directly or through others, for which it is established that nothing limits their memory or processor time, told once for a namespace.",
	Why:        "A flood of requests, or one request that costs much, takes the memory of the host and with it everything else that runs there.",
	STRIDE:     []graph.STRIDE{graph.DenialOfService},
	CWE:        []int{770},
	Likelihood: 1,
	Impact:     1,
	Mitigations: []string{
		"Set limits for memory and processor time on each container, and a quota on the namespace.",
		"Limit the rate and the size of requests at the edge.",
	},
	Verify:     "In a test environment, send requests that are dear (large bodies, many at once) and watch memory on the node and the neighbours' response times.",
	FalseIf:    "A limit is set by the namespace's defaults or an admission hook outside of the scanned files.",
	References: []string{"NIST 800-53 SC-5", "NIST 800-53 SC-6", "OWASP API Security 2023 API4", "ATT&CK T1499"},
	Check: func(m *Model, report func(Place)) {
		m.byNamespace(func(c *graph.Component) []graph.Evidence {
			if c.Is(graph.PropResourceLimits) != graph.No || c.Exposure != graph.ExposureDirect && c.Exposure != graph.ExposureIndirect {
				return nil
			}
			return []graph.Evidence{established(c, graph.PropResourceLimits)}
		}, func(p Place, who string) {
			p.Title = fmt.Sprintf("Nothing limits %s", who)
			p.Threat = fmt.Sprintf("Requests from outside can make %s use up the host, and starve what runs beside; %s.", who, m.mostReached(p.Concerns))
			report(p)
		})
	},
}
