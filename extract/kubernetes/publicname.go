package kubernetes

import (
	"maps"
	"slices"
	"strings"

	"drawbridge/graph"
)

// publicName is what serves a public host name: the gate that calls to it come to, and the
// workloads that they are led to.
type publicName struct {
	gate   string          // component ID
	behind map[string]bool // component IDs
}

// publish records that a gate leads calls to a host name on to a Service. A name with a
// wildcard stands for none in particular.
func (c *cluster) publish(host string, gate *graph.Component, s *service) {
	host = strings.ToLower(host)
	if host == "" || strings.Contains(host, "*") {
		return
	}
	e := c.published[host]
	if e == nil {
		e = &publicName{gate.ID, map[string]bool{}}
		c.published[host] = e
	}
	for _, w := range s.targets {
		e.behind[w.component.ID] = true
	}
}

// comeBackIn turns calls to a host outside that the cluster serves itself into calls to
// the gate that they come back in by. That a workload knows the name it is served under
// is no call.
func (c *cluster) comeBackIn() {
	for _, host := range slices.Sorted(maps.Keys(c.published)) {
		e := c.published[host]
		if c.components[host] == nil || c.components[host].Kind != graph.External {
			continue
		}
		for _, id := range slices.Sorted(maps.Keys(c.flows)) {
			f := c.flows[id]
			if f.To != host {
				continue
			}
			delete(c.flows, id)
			if e.behind[f.From] || f.From == e.gate {
				continue
			}
			turned := *f
			turned.To = e.gate
			c.flow(turned)
		}
		delete(c.components, host)
	}
}
