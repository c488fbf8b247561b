package netpol

import (
	"cmp"
	"iter"
	"slices"
)

// tier is a level of policies. A rule of an administrator's policy decides before
// every NetworkPolicy, unless it passes; a baseline policy decides what no
// NetworkPolicy governs: https://network-policy-api.sigs.k8s.io/api-overview/
type tier int

const (
	namespaced tier = iota
	admin
	baseline
)

// action is what a rule does with what it matches.
type action int

const (
	allow action = iota
	deny
	pass
)

// every yields the rules of both directions.
func (p *policy) every() iter.Seq[*rule] {
	return func(yield func(*rule) bool) {
		for _, rules := range p.rules {
			for _, r := range rules {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// order sorts the rules of the tiers as they decide: by priority, then as written.
// Of two policies of one priority none is first by the API; the name settles it.
func (e *Evaluator) order() {
	policies := slices.Clone(e.policies)
	slices.SortStableFunc(policies, func(a, b *policy) int { return cmp.Compare(a.priority, b.priority) })
	for _, p := range policies {
		for _, d := range Directions {
			switch p.tier {
			case admin:
				e.admin[d] = append(e.admin[d], p.rules[d]...)
			case baseline:
				e.baseline[d] = append(e.baseline[d], p.rules[d]...)
			}
		}
	}
}

// isPlain tells whether NetworkPolicies alone decide what they govern.
func (e *Evaluator) isPlain(d Direction) bool { return len(e.admin[d]) == 0 }

// tiered puts what NetworkPolicies allow between the tiers above and below.
// isolated tells whether there is a NetworkPolicy at all.
func (e *Evaluator) tiered(d Direction, subject int, allowedByPolicies setID, isolated bool, matches func(*rule) bool, ports func(*rule) setID) setID {
	allowed, passed, open := none, none, all
	for _, r := range e.admin[d] {
		if !r.policy.selects.has(subject) || !matches(r) {
			continue
		}
		hit := e.sets.intersect(ports(r), open)
		open = e.sets.minus(open, hit)
		switch r.action {
		case allow:
			allowed = e.sets.union(allowed, hit)
		case pass:
			passed = e.sets.union(passed, hit)
		}
	}
	open = e.sets.union(open, passed)
	if isolated {
		return e.sets.union(allowed, e.sets.intersect(open, allowedByPolicies))
	}
	for _, r := range e.baseline[d] {
		if !r.policy.selects.has(subject) || !matches(r) {
			continue
		}
		hit := e.sets.intersect(ports(r), open)
		open = e.sets.minus(open, hit)
		if r.action == allow {
			allowed = e.sets.union(allowed, hit)
		}
	}
	return e.sets.union(allowed, open)
}

func (a action) verb() string { return [...]string{"permits", "denies", "passes on"}[a] }
