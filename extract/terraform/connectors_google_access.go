package terraform

import (
	"slices"

	"drawbridge/graph"
)

// serverlessAccess makes the flows of connectors that programs outside of a network
// reach into it with: what such a program calls in the connector's network, it calls
// through the connector. Google Cloud documentation, "Serverless VPC Access".
func (b *builder) serverlessAccess() {
	for _, r := range b.byType["google_vpc_access_connector"] {
		connector := r.self
		if connector == nil {
			continue
		}
		network := b.networkAround(connector)
		if network == "" {
			continue
		}
		for _, caller := range b.order {
			if !b.flowing(caller, connector) {
				continue
			}
			for _, to := range b.order {
				if to == connector || b.networkAround(to) != network || !b.flowing(caller, to) {
					continue
				}
				for _, c := range b.flows[[2]string{caller.ID, to.ID}] {
					if c.flow.Basis == graph.Permitted {
						continue
					}
					f := graph.Flow{Protocol: c.flow.Protocol, Port: c.flow.Port, Basis: c.flow.Basis, Carries: c.flow.Carries}
					b.flow(connector, to, f, append(slices.Clone(c.flow.Evidence), at(r, caller.Name+" enters the network through it"))...)
				}
			}
		}
	}
}
