package rules

import (
	"fmt"

	"drawbridge/graph"
)

var danglingName = &Rule{
	ID:    "dangling-name",
	Title: "A name leads to what anybody may make",
	Looks: "Records of names that lead to a host which a platform gives to whoever asks first (a bucket's, a web app's), where the input makes such things and none of that name. " +
		"Hosts whose names are drawn by lot, and kinds of thing that the input makes none of, are left alone.",
	Why:        "A stranger who makes the thing gets what is sent to the name: visitors, their cookies, calls of programs, and a certificate for it.",
	STRIDE:     []graph.STRIDE{graph.Spoofing, graph.InformationDisclosure},
	CWE:        []int{672, 350},
	Likelihood: 2,
	Impact:     3,
	Unmoved:    true,
	Mitigations: []string{
		"Take the record out, or make the thing that it leads to in the same code, so that both go together.",
		"Take a thing away only after the names that lead to it.",
	},
	Verify:     "Resolve the name and ask the host that it leads to: an answer that the bucket or application does not exist confirms it. Don't make it yourself unless that is agreed.",
	FalseIf:    "The thing is made outside of the scanned code, and belongs to the owner of the name.",
	References: []string{"NIST 800-53 SC-20", "NIST 800-53 CM-8", "ATT&CK T1584.001"},
	Check: func(m *Model, report func(Place)) {
		for _, b := range m.Graph.Boundaries {
			if b.Is(graph.PropDanglingName) != graph.Yes {
				continue
			}
			evidence := allOfBoundary(b, graph.PropDanglingName)
			title := fmt.Sprintf("A name in %s leads to what anybody may make", bounded(b))
			if n := len(evidence); n > 1 {
				title = fmt.Sprintf("%s in %s lead to what anybody may make", counted(n, "name"), bounded(b))
			}
			report(Place{
				Subject:  b.ID,
				Title:    title,
				Threat:   "A stranger who makes it answers under the name, with a certificate that browsers trust, and gets what visitors and programs send there.",
				Evidence: evidence,
				Address:  evidence[0].Address,
			})
		}
	},
}
