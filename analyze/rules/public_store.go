package rules

import (
	"fmt"
	"slices"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

var publicStore = &Rule{
	ID:    "public-store",
	Title: "A data store is open to the internet",
	Looks: "Stores that are established to be public, and flows from anywhere on the internet to a database, a message broker or a file share. " +
		"Ports that are opened to named addresses only, or to a store without an address on the internet, are left alone; copies of whole disks and images are found by public-copy.",
	Why:        "Nothing stands between the data and everybody: one stolen or guessed password, one unpatched flaw or no password at all is enough.",
	STRIDE:     []graph.STRIDE{graph.Tampering, graph.InformationDisclosure},
	CWE:        []int{284, 668},
	Likelihood: 2,
	Impact:     2,
	Stakes:     []Stake{StakeData},
	Mitigations: []string{
		"Take the store off the internet: no public address, a subnet without a route from the internet, no access for anonymous or all users.",
		"Let in only the components that use it, each by its identity or its security group.",
		"Hand files that are meant for everybody out through a content delivery network that alone may read them.",
	},
	Verify:  "From the internet and without credentials, list and read an object, or open the store's port and see whether it asks for a login.",
	FalseIf: "Everything in it is meant for everybody, and its owner said so; or an account-wide block outside of the code keeps it private.",
	References: []string{
		"CIS AWS Foundations v3.0.0 2.1.4", "CIS AWS Foundations v3.0.0 2.3.3", "CIS GCP Foundations v2.0.0 5.1", "CIS GCP Foundations v2.0.0 6.5",
		"NIST 800-53 AC-3", "NIST 800-53 SC-7", "OWASP Top 10 2021 A01", "ATT&CK T1530", "ATT&CK T1190",
	},
	Controls: []Control{ControlAuthentication},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind != graph.Store || isCopy(c) {
				continue
			}
			p := Place{Subject: c.ID, Concerns: []*graph.Component{c}}
			if servesRecords(c) {
				p.Flows = m.anyoneInto(c)
			}
			public := c.Is(graph.PropPublic) == graph.Yes
			if len(p.Flows) == 0 && !public {
				continue
			}
			p.Title = upperFirst(m.describe(c)) + " is open to the internet"
			p.Threat = fmt.Sprintf("Anyone on the internet can connect to %s%s%s, with nothing between them and its data.", m.describe(c), m.where(c), over(p.Flows))
			p.Evidence = append(p.Evidence, itself(c, "is open to the internet"))
			if public {
				p.Threat = fmt.Sprintf("Anyone on the internet can get at %s%s, with nothing between them and its data.", m.describe(c), m.where(c))
				e := established(c, graph.PropPublic)
				p.Evidence = append(p.Evidence, e)
				p.Address = e.Address
			} else {
				p.Address = m.flowAddress(p.Flows, c)
			}
			if how := m.anyoneChanges(c, &p); how != "" {
				p.Title = "Anyone on the internet may write to " + m.describe(c)
				p.Threat += fmt.Sprintf(" He may change and delete it too (%s).", how)
			}
			report(p)
		}
	},
}

// servesRecords reports whether a store is one that only programs of its owner have reason to call.
func servesRecords(c *graph.Component) bool {
	return c.Technology.IsDatabase() || c.Technology == graph.TechBroker || c.Technology == graph.TechFile
}

// anyoneInto returns the flows by which anyone on the internet gets at a component.
func (m *Model) anyoneInto(c *graph.Component) []*graph.Flow {
	return slices.DeleteFunc(slices.Clone(m.In[c.ID]), func(f *graph.Flow) bool {
		return !edge.OpenToAnyone(f) || !edge.Arrives(m.Index, f, c)
	})
}
