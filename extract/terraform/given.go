package terraform

import (
	"slices"

	"drawbridge/graph"
)

// givenRole is a role on one resource that was given to a principal by name, or on all of
// a kind of which there is one.
type givenRole struct {
	who, to *component
	does    graph.Ability
	// sole is set where it counts only for a principal that one program runs as: of
	// several any may be the one that it was given for.
	sole     bool
	evidence graph.Evidence
}

// useGiven makes flows of roles on single resources: nobody gives a program a role on
// one bucket that it does not use. Messages flow from what holds them to who reads them.
func (b *builder) useGiven() {
	for _, g := range b.given {
		holders := []*component{g.who}
		if p := b.principals[g.who.Address]; p != nil {
			holders = p.holders
		}
		programs := 0
		for _, c := range holders {
			if c.Kind == graph.Process {
				programs++
			}
		}
		if g.sole && programs > 1 {
			continue
		}
		for _, c := range holders {
			if c.Kind != graph.Process || c.Technology == graph.TechCluster && g.to.Technology != graph.TechRegistry {
				continue // what runs in a cluster uses its machines' identity in ways of its own
			}
			f := graph.Flow{Basis: graph.Referenced}
			f.Protocol, f.Port = spoken(g.to)
			switch {
			case g.does == graph.AbilityRead && slices.Contains(messaging, g.to.Technology):
				b.flow(g.to, c, f, g.evidence)
			case slices.Contains(using, g.does):
				b.flow(c, g.to, f, g.evidence)
			}
		}
	}
}

var (
	messaging = []graph.Technology{graph.TechQueue, graph.TechTopic, graph.TechStream}
	// using are the abilities that mean data to flow, others change what there is.
	using = []graph.Ability{graph.AbilityRead, graph.AbilityWrite, graph.AbilityInvoke, graph.AbilityReadSecret}
)
