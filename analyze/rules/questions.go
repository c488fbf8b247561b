package rules

import (
	"fmt"
	"maps"
	"slices"

	"drawbridge/analyze/asset"
	"drawbridge/graph"
)

// Ask is what a rule wants to know where the input says nothing: a property, or
// whether flows are encrypted or authenticated.
type Ask struct {
	// Property is the fact that is asked for, of components and boundaries; "" where
	// it is about flows.
	Property graph.Property
	// Of are the technologies that it is asked of, none for all and for boundaries.
	Of []graph.Technology
	// Encrypted, Authenticated and Limited are set where it is about flows; Limited asks
	// for ranges that the input leaves open.
	Encrypted, Authenticated, Limited bool
	// Text is the question, with %s for what it is about; No is the bad answer.
	Text string
}

// leastQuestion is the severity below which an answer is not worth asking for.
const leastQuestion = graph.Medium

// Questions returns what to ask those who know the system, the answers that weigh
// most first, at most so many. For each rule with an Ask it supposes that
// everything unknown is bad, and runs the rule again: what is found then and was
// not before hangs on the answer. The graph must have its findings.
func Questions(g *graph.Graph, most int) []*graph.Question {
	found := map[string]bool{}
	for _, f := range g.Findings {
		found[f.ID] = true
	}
	var out []*graph.Question
	rated := map[*graph.Component]asset.Asset{}
	for _, r := range All {
		if r.Ask == nil {
			continue
		}
		supposed, open := r.Ask.suppose(g)
		if !open {
			continue // what the rule finds it has found
		}
		m := newModel(supposed, rated)
		asked := map[string]bool{}
		r.Check(m, func(p Place) {
			f := r.finding(m, p)
			if found[f.ID] || asked[f.ID] || f.Severity.Rank() < leastQuestion.Rank() {
				return
			}
			asked[f.ID] = true
			out = append(out, &graph.Question{
				ID: graph.QuestionID(r.ID, p.Subject), Rule: r.ID, Subject: p.Subject, Address: m.address(p.Subject),
				Text: fmt.Sprintf(r.Ask.Text, m.called(p.Subject)), Why: "If not: " + lowerFirst(p.Threat), Severity: f.Severity, Asks: r.Ask.fact(),
			})
		})
	}
	ordered := &graph.Graph{Questions: out}
	ordered.Sort()
	return out[:min(len(out), most)]
}

// fact names what is asked for, as [graph.Question] does.
func (a *Ask) fact() string {
	switch {
	case a.Encrypted:
		return graph.AsksEncrypted
	case a.Authenticated:
		return graph.AsksAuthenticated
	case a.Limited:
		return graph.AsksPeers
	}
	return string(a.Property)
}

// secured are the protocols that encrypt and begin with a login, whatever is configured.
var secured = map[string]bool{"ssh": true, "rdp": true, "winrm": true}

// suppose returns a graph in which what is asked for is bad wherever it is unknown,
// and whether it is unknown anywhere. Only what differs is a copy.
func (a *Ask) suppose(g *graph.Graph) (*graph.Graph, bool) {
	s, open := *g, false
	if a.Property == "" {
		s.Flows = slices.Clone(g.Flows)
		for i, f := range g.Flows {
			encrypted := a.Encrypted && f.Encrypted == graph.Unknown && !secured[f.Protocol]
			authenticated := a.Authenticated && f.Authenticated == graph.Unknown && !secured[f.Protocol]
			limited := a.Limited && slices.Contains(f.Peers, graph.PeersUnknown)
			if !encrypted && !authenticated && !limited {
				continue
			}
			supposed := *f
			if encrypted {
				supposed.Encrypted = graph.No
			}
			if authenticated {
				supposed.Authenticated = graph.No
			}
			if limited {
				supposed.Peers = []string{"0.0.0.0/0"}
			}
			s.Flows[i], open = &supposed, true
		}
		return &s, open
	}
	s.Components = slices.Clone(g.Components)
	for i, c := range g.Components {
		if slices.Contains(a.Of, c.Technology) && c.Is(a.Property) == graph.Unknown {
			supposed := *c
			supposed.Properties = maps.Clone(c.Properties)
			supposed.Set(a.Property, graph.No, graph.Evidence{})
			s.Components[i], open = &supposed, true
		}
	}
	s.Boundaries = slices.Clone(g.Boundaries)
	for i, b := range g.Boundaries {
		if len(a.Of) == 0 && b.Is(a.Property) == graph.Unknown {
			supposed := *b
			supposed.Properties = maps.Clone(b.Properties)
			supposed.Set(a.Property, graph.No, graph.Evidence{})
			s.Boundaries[i], open = &supposed, true
		}
	}
	return &s, open
}

// called names a component or boundary in a sentence.
func (m *Model) called(id string) string {
	if c := m.Component[id]; c != nil {
		return m.describe(c)
	}
	if b := m.Boundary[id]; b != nil {
		return bounded(b)
	}
	return id
}
