package rules

import (
	"fmt"

	"drawbridge/analyze/asset"
	"drawbridge/graph"
)

var unrecoverableStore = &Rule{
	ID:    "unrecoverable-store",
	Title: "Lost data can't be brought back",
	Looks: "Databases without backups or without protection against deletion, and file and object stores that keep no old versions, which weighs where their data is sensitive. " +
		"Caches and content that is meant for everybody are left alone.",
	Why:        "A mistake, a bad release or extortion takes the data for good.",
	STRIDE:     []graph.STRIDE{graph.Tampering, graph.DenialOfService},
	CWE:        []int{693},
	Likelihood: 2,
	Impact:     1,
	Stakes:     []Stake{StakeData},
	Unmoved:    true,
	Ask:        &Ask{Property: graph.PropBackedUp, Of: graph.Databases, Text: "Can lost data of %s be brought back from backups?"},
	Mitigations: []string{
		"Keep automatic backups for at least a week, out of reach of those who can delete the store, and try to restore one.",
		"Turn on protection against deletion, and versions for files and objects.",
	},
	Verify:     "In a test copy, delete a table or an object and try to bring it back with what is there.",
	FalseIf:    "A backup service or a copy in another account outside of the scanned code keeps the data, and restoring was tried.",
	References: []string{"CIS GCP Foundations v2.0.0 6.7", "NIST 800-53 CP-9", "ATT&CK T1485", "ATT&CK T1490"},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Store {
				continue
			}
			p := Place{Subject: c.ID, Concerns: []*graph.Component{c}}
			var lacks []string
			lack := func(property graph.Property, what string) {
				if c.Is(property) == graph.No {
					lacks = append(lacks, what)
					p.Evidence = append(p.Evidence, established(c, property))
				}
			}
			switch {
			case c.Technology.IsDatabase() && c.Technology != graph.TechCache:
				lack(graph.PropBackedUp, "no backups")
				if len(lacks) == 0 {
					p.Factors = append(p.Factors, graph.Factor{Name: factorExtent, Effect: -1, Why: "backups are not established to be missing"})
				}
				lack(graph.PropDeletionProtected, "no protection against deletion")
			case (c.Technology == graph.TechObject || c.Technology == graph.TechFile) && m.assets[c.ID].Level > asset.Public:
				lack(graph.PropVersioned, "no old versions")
				if m.assets[c.ID].Level < asset.Sensitive {
					p.Factors = append(p.Factors, graph.Factor{Name: factorExtent, Effect: -1, Why: "nothing says that its files are kept nowhere else"})
				}
			}
			if len(lacks) == 0 {
				continue
			}
			p.Title = fmt.Sprintf("%s has %s", upperFirst(m.describe(c)), list(lacks))
			p.Threat = fmt.Sprintf("What is deleted or overwritten in %s%s, by mistake or for extortion, is gone: it has %s.", m.describe(c), m.where(c), list(lacks))
			report(p)
		}
	},
}
