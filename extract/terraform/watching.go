package terraform

import (
	"slices"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readWatch is for what watches a whole account or subscription: where it is switched
// off, that is a fact about the account.
func readWatch(b *builder, r *resource) {
	around := b.nets.byID[b.account(r)]
	if around == nil {
		return
	}
	var c graph.Component
	for i := range r.row.props {
		applyProp(&c, r, &r.row.props[i], map[graph.Property]bool{})
	}
	if c.Is(graph.PropMonitored) != graph.No {
		return
	}
	e := c.Properties[graph.PropMonitored].Evidence
	what := r.row.label
	if name, ok := r.Body.Get(r.row.name).Literal(); ok {
		what += " " + name
	}
	e.Why = what + ": " + e.Why
	around.Add(graph.PropMonitored, graph.No, e)
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
