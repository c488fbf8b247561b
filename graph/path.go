package graph

// Path is one way of an attacker from where he begins to what is worth having.
// Its ID is made of both ends: of several ways between them it is the shortest.
type Path struct {
	ID   string `json:"id"`
	From string `json:"from"` // component ID of the entry
	To   string `json:"to"`   // component ID of the asset
	// Worth tells how much the asset is worth, 1 to 5, and Why is the reason, one clause.
	Worth int    `json:"worth"`
	Why   string `json:"why"`
	Steps []Step `json:"steps"`
}

// Step leads from one component that an attacker holds to the next.
type Step struct {
	From string `json:"from"` // component ID
	To   string `json:"to"`   // component ID
	// By is the ID of the flow or grant that the step is taken on.
	By string `json:"by"`
	// How says what is done, as a clause that goes on from the name of From
	// ("runs as role orders").
	How string `json:"how"`
	// Paths counts the graph's paths that take a step on the same flow or grant: how
	// many a change of it cuts.
	Paths    int      `json:"paths"`
	Evidence Evidence `json:"evidence,omitzero"`
}

// WidestStep returns the step that most of the paths of a graph take, and false where
// there is no path. Of several it is the one that is easiest to do without: a permission
// that was given with a wildcard, then any other, then an identity that something runs as; last
// a call, which is there to be used.
func WidestStep(g *Graph, paths []*Path) (widest Step, ok bool) {
	grants := map[string]*Grant{}
	for _, r := range g.Grants {
		grants[r.ID] = r
	}
	processes := map[string]bool{}
	for _, c := range g.Components {
		processes[c.ID] = c.Kind == Process
	}
	needed := func(s Step) int {
		switch r := grants[s.By]; {
		case r == nil:
			return 3
		case r.Does == AbilityAssume && processes[r.From] && !r.Holds():
			return 2
		case !r.Wildcard:
			return 1
		}
		return 0
	}
	for _, p := range paths {
		for _, s := range p.Steps {
			if !ok || s.Paths > widest.Paths || s.Paths == widest.Paths && needed(s) < needed(widest) {
				widest, ok = s, true
			}
		}
	}
	return widest, ok
}
