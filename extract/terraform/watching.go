package terraform

import (
	"slices"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// keepIfOff is for what watches a whole account or subscription: it is worth a
// component of its own only where it is switched off.
func keepIfOff(_ *builder, r *resource) {
	if r.self != nil && r.self.Is(graph.PropMonitored) == graph.No {
		r.self.kept = true
	}
}

// readCustomRole says that a role of one's own allows everything, whoever it is assigned to.
func readCustomRole(_ *builder, r *resource) {
	if r.self == nil {
		return
	}
	for _, v := range r.Body.All("permissions.actions") {
		actions := v.Elements()
		if slices.ContainsFunc(append(actions, v), func(a eval.Value) bool { s, _ := a.Text(); return s == "*" }) {
			e := atValue(r, v, "its actions are *")
			e.Fix = "name the `actions` that are used in the `permissions` block of " + r.Address
			r.self.Set(graph.PropWildcardPolicy, graph.Yes, e)
			r.self.kept = true
			return
		}
	}
}
