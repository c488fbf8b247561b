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

// WidestStep returns the step that most of the paths take, the first of several,
// and false where there is no path.
func WidestStep(paths []*Path) (widest Step, ok bool) {
	for _, p := range paths {
		for _, s := range p.Steps {
			if !ok || s.Paths > widest.Paths {
				widest, ok = s, true
			}
		}
	}
	return widest, ok
}
