package rules

import (
	"fmt"

	"drawbridge/graph"
)

var publicCopy = &Rule{
	ID:         "public-copy",
	Title:      "A copy of a whole disk, database or image is public",
	Looks:      "Snapshots, backups, images of machines and registries of images that anyone may copy or pull.",
	Why:        "A copy holds everything that ever lay on the disk, deleted files and keys included, and nobody sees who took it.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{200, 732},
	Likelihood: 3,
	Impact:     2,
	Unmoved:    true,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Withdraw the permission for everybody, and share with named accounts only.",
		"Take what was on it for known: change the keys and passwords that lay there.",
	},
	Verify:     "From an account of your own, list and copy it.",
	FalseIf:    "It was made for everybody, and holds nothing but what is published anyway.",
	References: []string{"NIST 800-53 AC-3", "OWASP Top 10 2021 A01", "ATT&CK T1530", "ATT&CK T1537"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if !isCopy(c) || c.Is(graph.PropPublic) != graph.Yes {
				continue
			}
			evidence := allOf(c, graph.PropPublic)
			p := Place{
				Subject:  c.ID,
				Title:    "Anyone may copy " + m.describe(c),
				Threat:   fmt.Sprintf("Anyone copies %s to an account of his own and reads all that lies on it.", m.describe(c)),
				Concerns: []*graph.Component{c},
				Evidence: evidence,
				Address:  evidence[0].Address,
			}
			if how := m.anyoneChanges(c, &p); how != "" {
				p.Title = "Anyone may copy and change what lies in " + m.describe(c)
				p.Threat += fmt.Sprintf(" He also puts something of his own in its place (%s), which runs wherever it is taken from there.", how)
			}
			report(p)
		}
	},
}

// isCopy reports whether a store is taken as a whole by whoever may get at it.
func isCopy(c *graph.Component) bool {
	return c.Technology == graph.TechSnapshot || c.Technology == graph.TechRegistry
}

// anyoneChanges says by what everybody may change what lies in a store, "" where nothing says
// so, and adds to a place what that weighs.
func (m *Model) anyoneChanges(c *graph.Component, p *Place) string {
	var how []string
	for _, a := range m.grantsTo[c.ID] {
		if a.From == graph.InternetID && (a.Does == graph.AbilityWrite || a.Does == graph.AbilityAdminister || a.Does == graph.AbilityExecute) {
			how = append(how, a.How)
		}
	}
	if len(how) == 0 {
		return ""
	}
	p.Factors = append(p.Factors, graph.Factor{Name: factorPrivilege, Effect: 1, Why: "anyone may change what lies in " + m.describe(c)})
	return list(how)
}
