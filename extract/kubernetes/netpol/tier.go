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

// question asks what is permitted between a workload and a peer.
type question struct {
	direction Direction
	workload  int
	matches   func(*rule) bool  // whether a rule for the workload names the peer
	ports     func(*rule) setID // the ports of such a rule
}

// tiered puts what NetworkPolicies allow between the tiers above and below.
// isolated tells whether there is a NetworkPolicy at all. tell, if there is one, hears of each rule
// of the other tiers that decides something, or passes it on.
func (e *Evaluator) tiered(q question, allowedByPolicies setID, isolated bool, tell func(r *rule, hit setID)) setID {
	allowed, passed, open := none, none, all
	apply := func(rules []*rule) {
		for _, r := range rules {
			if !r.policy.selects.has(q.workload) || !q.matches(r) {
				continue
			}
			hit := e.sets.intersect(q.ports(r), open)
			open = e.sets.minus(open, hit)
			switch r.action {
			case allow:
				allowed = e.sets.union(allowed, hit)
			case pass:
				passed = e.sets.union(passed, hit)
			}
			if tell != nil && hit != none {
				tell(r, hit)
			}
		}
	}
	apply(e.admin[q.direction])
	open = e.sets.union(open, passed)
	if isolated {
		return e.sets.union(allowed, e.sets.intersect(open, allowedByPolicies))
	}
	apply(e.baseline[q.direction])
	return e.sets.union(allowed, open)
}

func (a action) verb() string { return [...]string{"permits", "denies", "passes on"}[a] }
