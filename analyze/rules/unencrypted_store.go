package rules

import (
	"fmt"

	"drawbridge/graph"
)

var unencryptedStore = &Rule{
	ID:         "unencrypted-store",
	Title:      "Stored data is not encrypted",
	Looks:      "Stores whose data is established to be unencrypted at rest.",
	Why:        "A copied disk, a shared snapshot, a lost backup or a discarded drive gives the data away as it stands.",
	STRIDE:     []graph.STRIDE{graph.InformationDisclosure},
	CWE:        []int{311},
	Likelihood: 1,
	Impact:     2,
	Stakes:     []Stake{StakeData},
	Ask:        &Ask{Property: graph.PropEncryptedAtRest, Of: dataHolders, Text: "Is %s encrypted at rest?"},
	Mitigations: []string{
		"Turn on encryption at rest, with a key of your own where you must be able to withdraw it.",
		"Where it can't be turned on in place, restore a copy into an encrypted store and replace the old one.",
	},
	Verify:  "Ask the platform whether the running store, its snapshots and its backups are encrypted; restore an unencrypted copy in a test account to prove it.",
	FalseIf: "It holds nothing but public or scratch data, or encryption is enforced for the whole account and the code does not say so.",
	References: []string{
		"CIS AWS Foundations v3.0.0 2.2.1", "CIS AWS Foundations v3.0.0 2.3.1", "CIS AWS Foundations v3.0.0 2.4.1",
		"NIST 800-53 SC-28", "OWASP Top 10 2021 A02", "ATT&CK T1530",
	},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Store || c.Is(graph.PropEncryptedAtRest) != graph.No {
				continue
			}
			report(Place{
				Subject:  c.ID,
				Title:    upperFirst(m.describe(c)) + " is not encrypted at rest",
				Threat:   fmt.Sprintf("Who gets hold of a disk, a snapshot or a backup of %s%s reads all of it; %s.", m.describe(c), m.where(c), m.reached(c, "it")),
				Concerns: []*graph.Component{c},
				Evidence: []graph.Evidence{established(c, graph.PropEncryptedAtRest)},
			})
		}
	},
}

// dataHolders are the stores that keep data for long enough that their disks matter.
var dataHolders = []graph.Technology{
	graph.TechSQL, graph.TechNoSQL, graph.TechGraphDB, graph.TechSearch, graph.TechWarehouse, graph.TechObject, graph.TechFile,
	graph.TechBlock, graph.TechSnapshot,
}
