package paths

import (
	"slices"

	"drawbridge/analyze/asset"
	"drawbridge/graph"
)

// value is what reaching a component is worth to an attacker.
type value struct {
	worth int
	why   string
	// everything is set where nothing behind it is worth more.
	everything bool
	// by lists the abilities that a grant must give for it to be worth that, none
	// where it is however it is reached.
	by []graph.Ability
}

// got returns what reaching a component by a hop is worth; false where it is nothing. A
// permission on a part gives that part, which is worth what lies in it and no more.
func (v value) got(h hop) (value, bool) {
	switch {
	case len(v.by) == 0:
		return v, true
	case h.grant == nil || !slices.Contains(v.by, h.grant.Does):
		return value{}, false
	case h.grant.Scope != "":
		return value{worth: 3, why: "it gives what runs in " + h.grant.Scope + ", and its secrets"}, true
	}
	return v, true
}

// worthOf turns the sensitivity of a store's data into worth; what is below is no asset.
var worthOf = map[asset.Level]int{asset.Sensitive: 4, asset.Records: 3}

// assets values the components: administrators 5, identities with a wildcard, sensitive data and secrets 4, other
// records 3. Keys don't leave their store, and what they protect is a store of its own.
// The platform's own parts are worth what may be done there: its interface to
// those who administer it or read all of its secrets, a host to whom it is open.
func (s *search) assets(g *graph.Graph) map[string]value {
	out := map[string]value{}
	for _, c := range g.Components {
		switch {
		case c.Is(graph.PropAdmin) == graph.Yes:
			out[c.ID] = value{worth: 5, why: "it administers its platform", everything: true}
		case c.Kind == graph.Identity && c.Is(graph.PropWildcardPolicy) == graph.Yes:
			out[c.ID] = value{worth: 4, why: "it may do anything to a kind of thing"}
		case c.Kind == graph.Store && c.Technology != graph.TechKey:
			if a := asset.Of(c); worthOf[a.Level] > 0 {
				out[c.ID] = value{worth: worthOf[a.Level], why: a.Why}
			}
		case c.Technology == graph.TechHost:
			out[c.ID] = value{worth: 4, why: "everything else that runs there is in reach"}
		}
	}
	for _, a := range g.Grants {
		to := s.x.Component[a.To]
		if to.Technology == graph.TechHost && to.Kind == graph.External {
			out[to.ID] = value{
				worth: 5, why: "it rules everything that runs on the platform", everything: true,
				by: []graph.Ability{graph.AbilityAdminister, graph.AbilityReadSecret, graph.AbilityExecute, graph.AbilityAssume},
			}
		}
	}
	return out
}

// asked values what a person asks for: as it is where it is worth something, else least.
func (s *search) asked(ids []string) map[string]value {
	out := map[string]value{}
	for _, id := range ids {
		v, ok := s.worth[id]
		if !ok {
			v = value{worth: 1, why: "it was asked for"}
		}
		v.by = nil
		out[id] = v
	}
	return out
}
