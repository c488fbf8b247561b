package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unpinnedImage = &Rule{
	ID:         "unpinned-image",
	Title:      "Images run by a name that can move",
	Looks:      "Workloads whose image is established to have neither a digest nor a fixed version, told once for a namespace.",
	Why:        "What runs tomorrow is whatever somebody pushed under that name: nobody reviewed it, and nobody can say what ran.",
	STRIDE:     []graph.STRIDE{graph.Tampering},
	CWE:        []int{494, 829},
	Likelihood: 1,
	Impact:     2,
	Stakes:     []Stake{StakePowers},
	Unmoved:    true,
	Mitigations: []string{
		"Name images by digest, at the least by a version that is never pushed again, and let a robot propose updates.",
		"Admit only images that are signed by your own pipeline.",
	},
	Verify:     "Push a changed image under the name in a test registry, restart the workload, and see which one runs.",
	FalseIf:    "The deployment replaces the tag by a digest, or an admission policy does.",
	References: []string{"OWASP Kubernetes Top Ten 2022 K02", "NIST 800-53 SI-7", "ATT&CK T1525", "ATT&CK T1195.002"},
	Check: func(m *Model, report func(Place)) {
		m.byNamespace(func(c *graph.Component) []graph.Evidence {
			if c.Is(graph.PropPinnedImage) != graph.No {
				return nil
			}
			return []graph.Evidence{established(c, graph.PropPinnedImage)}
		}, func(p Place, who string) {
			p.Title = fmt.Sprintf("Images of %s can change without review", who)
			p.Threat = fmt.Sprintf("Who can push to the registry changes what runs as %s at its next start.", who)
			report(p)
		})
	},
}
