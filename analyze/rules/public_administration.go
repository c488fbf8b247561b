package rules

import (
	"fmt"

	"drawbridge/graph"
)

var publicAdministration = &Rule{
	ID:    "public-administration",
	Title: "Administration is open to the internet",
	Looks: "Flows from anywhere on the internet to a port of administration (or to a range of ports that holds one), and control planes of container platforms, monitoring and pipelines that anyone may call. " +
		"Ports opened to named addresses only are left alone.",
	Why:        "Administration ports are scanned all day. Who gets through by a guessed password, a stolen key or an unpatched flaw owns the machine and what it may do.",
	STRIDE:     []graph.STRIDE{graph.Spoofing, graph.ElevationOfPrivilege},
	CWE:        []int{284, 668},
	Likelihood: 3,
	Impact:     3,
	Stakes:     []Stake{StakeData, StakePowers},
	Controls:   []Control{ControlAuthentication},
	Ask:        &Ask{Limited: true, Text: "Are the addresses that may reach %s few and known, whatever value is given for them?"},
	Mitigations: []string{
		"Close the port to the internet; reach it through a VPN, a bastion with a second factor, or the platform's own session service.",
		"Where it must stay open, let in named addresses only.",
		"Give control planes a private endpoint.",
	},
	Verify:  "Scan the port from the internet and look at the banner; then try default and leaked credentials within the agreed rules.",
	FalseIf: "The address is not routed, a firewall outside of the scanned code closes the port, or a broker asks for a second factor before the port is reached.",
	References: []string{
		"CIS AWS Foundations v3.0.0 5.2", "CIS AWS Foundations v3.0.0 5.3", "CIS GCP Foundations v2.0.0 3.6", "CIS GCP Foundations v2.0.0 3.7",
		"CIS Azure Foundations v2.0.0 6.1", "CIS Azure Foundations v2.0.0 6.2", "NIST 800-53 AC-17", "NIST 800-53 SC-7", "ATT&CK T1133", "ATT&CK T1110",
	},
	Check: func(m *Model, report func(Place)) {
		for _, c := range m.Graph.Components {
			if c.Kind == graph.External {
				continue
			}
			if console := consoles[c.Technology]; console != "" {
				m.publicConsole(c, console, report)
				continue
			}
			m.publicPorts(c, report)
		}
	},
}

func (m *Model) publicConsole(c *graph.Component, console string, report func(Place)) {
	flows := m.anyoneInto(c)
	p := Place{
		Subject: c.ID,
		Title:   fmt.Sprintf("The %s of %s is open to the internet", console, m.describe(c)),
		Threat: fmt.Sprintf("Anyone on the internet can call the %s of %s%s; a stolen credential or a flaw in it gives all that it rules or sees.",
			console, m.describe(c), over(flows)),
		Concerns: []*graph.Component{c},
		Flows:    flows,
		Address:  m.flowAddress(flows, c),
		Evidence: []graph.Evidence{itself(c, "is administered from the internet")},
	}
	if c.Is(graph.PropPublic) == graph.Yes {
		p.Evidence = append(p.Evidence, established(c, graph.PropPublic))
	} else if len(flows) == 0 {
		return
	}
	report(p)
}

func (m *Model) publicPorts(c *graph.Component, report func(Place)) {
	var flows []*graph.Flow
	var names []string
	for _, f := range m.anyoneInto(c) {
		if ports := administrationPorts(f); len(ports) > 0 {
			flows = append(flows, f)
			names = append(names, ports...)
		}
	}
	if len(flows) == 0 {
		return
	}
	report(Place{
		Subject: c.ID,
		Title:   fmt.Sprintf("%s is open to the internet for %s", upperFirst(m.describe(c)), list(names)),
		Threat: fmt.Sprintf("Anyone on the internet can try to log in to %s%s%s; who gets in acts as its administrator.%s",
			m.describe(c), m.where(c), over(flows), m.yields(c)),
		Concerns: []*graph.Component{c},
		Flows:    flows,
		Address:  m.flowAddress(flows, c),
		Evidence: []graph.Evidence{itself(c, "is administered from the internet")},
	})
}

// consoles are the technologies that exist to run or watch others, with what of
// them is called.
var consoles = map[graph.Technology]string{
	graph.TechCluster:    "control plane",
	graph.TechMonitoring: "console",
	graph.TechPipeline:   "console",
}

const lastPort = 65535

// administrationPorts names the ports of administration that a flow reaches. A
// flow of any protocol reaches all ports.
func administrationPorts(f *graph.Flow) []string {
	first, last := f.Port, max(f.Port, f.PortEnd)
	switch f.Protocol {
	case "udp", "icmp", "icmpv6":
		return nil
	case "all", "any":
		if last == 0 {
			last = lastPort
		}
	}
	if first <= 1 && last == lastPort {
		return []string{"everything"}
	}
	var names []string
	for _, a := range graph.AdministrationPorts {
		if first <= a.Port && a.Port <= last {
			names = append(names, a.Name)
		}
	}
	return names
}
