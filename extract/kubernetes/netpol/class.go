package netpol

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// class is a set of workloads that no policy tells apart.
type class struct {
	members []int
	// isolating are the NetworkPolicies that select it, by direction.
	isolating [2][]*policy
}

// first is a workload that stands for all of the class.
func (c *class) first() int { return c.members[0] }

// classify splits the workloads into classes: two are of one class unless a policy
// selects, or a rule names, only one of them, or a named port is not the same on both.
func (e *Evaluator) classify() {
	if len(e.workloads) == 0 {
		return
	}
	e.classOf = make([]int, len(e.workloads))
	sizes := []int{len(e.workloads)}
	split := func(set bitset) {
		inside := map[int][]int{}
		for i := range set.members() {
			inside[e.classOf[i]] = append(inside[e.classOf[i]], i)
		}
		for _, c := range slices.Sorted(maps.Keys(inside)) {
			if len(inside[c]) == sizes[c] {
				continue
			}
			sizes[c] -= len(inside[c])
			for _, i := range inside[c] {
				e.classOf[i] = len(sizes)
			}
			sizes = append(sizes, len(inside[c]))
		}
	}
	seen := map[*uint64]bool{} // by its first word: rules with the same peers share one set
	named := map[portName]bool{}
	for _, p := range e.policies {
		sets := []bitset{p.selects}
		for r := range p.every() {
			sets = append(sets, r.pods)
			for _, n := range r.named {
				named[n] = true
			}
		}
		for _, s := range sets {
			if !seen[&s[0]] {
				seen[&s[0]] = true
				split(s)
			}
		}
	}
	for _, s := range e.byPorts(named) {
		split(s)
	}
	e.classes = make([]class, len(sizes))
	for i, c := range e.classOf {
		e.classes[c].members = append(e.classes[c].members, i)
	}
	e.classes = slices.DeleteFunc(e.classes, func(c class) bool { return len(c.members) == 0 })
	e.link()
}

// byPorts groups the workloads by the numbers of the named ports that policies use.
func (e *Evaluator) byPorts(named map[portName]bool) []bitset {
	groups := map[string]bitset{}
	for i, w := range e.workloads {
		var key []string
		for name := range w.ports {
			if named[name] {
				key = append(key, fmt.Sprint(name, w.resolve(name)))
			}
		}
		slices.Sort(key)
		id := strings.Join(key, ",")
		if groups[id] == nil {
			groups[id] = newBitset(len(e.workloads))
		}
		groups[id].add(i)
	}
	var out []bitset
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		out = append(out, groups[key])
	}
	return out
}

// link fills in which policies govern which class, and which rules name it.
func (e *Evaluator) link() {
	e.from = make([][]*rule, len(e.classes))
	e.allClasses = e.classesIn(e.pods.every)
	for _, p := range e.policies {
		p.classes = e.classesIn(p.selects)
		for r := range p.every() {
			r.classes = e.classesIn(r.pods)
		}
		if p.tier != namespaced {
			continue
		}
		for _, d := range Directions {
			if !p.isolates[d] {
				continue
			}
			for _, c := range p.classes {
				e.classes[c].isolating[d] = append(e.classes[c].isolating[d], p)
			}
		}
		if !p.isolates[Ingress] {
			continue
		}
		for _, r := range p.rules[Ingress] {
			if r.anyone {
				r.classes = e.allClasses
			}
			for _, c := range r.classes {
				e.from[c] = append(e.from[c], r)
			}
		}
	}
}

func (e *Evaluator) classesIn(set bitset) []int {
	var out []int
	for c := range e.classes {
		if set.has(e.classes[c].first()) {
			out = append(out, c)
		}
	}
	return out
}
