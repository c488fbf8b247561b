package rules

import (
	"fmt"

	"drawbridge/graph"
)

var mutableImages = &Rule{
	ID:         "mutable-images",
	Title:      "Images in a registry can be replaced or go unscanned",
	Looks:      "Registries whose tags are established to be mutable, or whose images are established not to be scanned.",
	Why:        "Who can push replaces what a tag stands for, and everything that runs by that tag runs the new code; known flaws in images stay unseen.",
	STRIDE:     []graph.STRIDE{graph.Tampering},
	CWE:        []int{494},
	Likelihood: 2,
	Impact:     2,
	Stakes:     []Stake{StakeData},
	Unmoved:    true,
	Mitigations: []string{
		"Make tags immutable, and run images by digest.",
		"Scan images when they are pushed and again as new flaws become known.",
	},
	Verify:     "Push a second image under an existing tag of a test repository: if it is accepted, tags can be replaced. Ask the registry for the scan result of a recent image.",
	FalseIf:    "Everything that runs names images by digest, and images are scanned in the pipeline before they are pushed.",
	References: []string{"OWASP Kubernetes Top Ten 2022 K02", "OWASP Top 10 2021 A08", "NIST 800-53 SI-7", "NIST 800-53 RA-5", "ATT&CK T1525"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			mutable, unscanned := c.Is(graph.PropImmutable) == graph.No, c.Is(graph.PropScanned) == graph.No
			if c.Technology != graph.TechRegistry || !mutable && !unscanned {
				continue
			}
			p := Place{Subject: c.ID, Concerns: []*graph.Component{c}}
			var troubles []string
			if mutable {
				troubles = append(troubles, "can be replaced under their tags")
				p.Evidence = append(p.Evidence, established(c, graph.PropImmutable))
			} else {
				p.Factors = append(p.Factors, graph.Factor{Name: factorExtent, Effect: -1, Why: "tags are not established to be mutable"})
			}
			if unscanned {
				troubles = append(troubles, "are not scanned")
				p.Evidence = append(p.Evidence, established(c, graph.PropScanned))
			}
			p.Title = fmt.Sprintf("Images in %s %s", m.describe(c), list(troubles))
			p.Threat = fmt.Sprintf("What runs the images of %s runs whatever was pushed last, or flaws that nobody looked for: they %s.", m.describe(c), list(troubles))
			report(p)
		}
	},
}
