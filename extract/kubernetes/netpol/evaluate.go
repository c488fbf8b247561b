package netpol

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// Evaluator answers what the policies of one cluster permit. It remembers what it
// worked out, so it must not be used from several goroutines at once.
type Evaluator struct {
	workloads []*Workload // sorted by name
	names     []string    // of the workloads
	unknown   []bool      // by workload: a policy that is not evaluated may govern it
	policies  []*policy   // sorted by address
	// admin and baseline are the rules of the tiers above and below the
	// NetworkPolicies, in their order.
	admin, baseline [2][]*rule
	entriesTo       map[int][]entry // by workload
	unevaluated     []unevaluated
	families        []Range // the address families that the input is about
	notes           []graph.Note

	sets       *setTable
	byName     map[string]int
	pods       *labelIndex // of the workloads, by the labels of their pods
	spaces     *labelIndex // of the workloads, by the labels of their namespaces
	classOf    []int       // by workload
	classes    []class
	allClasses []int
	from       [][]*rule // by class: the ingress rules that name it
	addresses  map[string][]addressConns
	wording    map[string]description // by its key
}

// class is a set of workloads that no policy tells apart.
type class struct {
	members []int
	// isolating are the NetworkPolicies that select it, by direction.
	isolating [2][]*policy
}

// first is a workload that stands for all of the class.
func (c *class) first() int { return c.members[0] }

// New reads the objects of one cluster. The error tells all [Refusal] values, with
// their places: a policy that a cluster would not accept has no meaning, and
// neither has what depends on it.
func New(objects []*manifest.Object) (*Evaluator, error) {
	e, refused := Read(objects)
	if len(refused) == 0 {
		return e, nil
	}
	errs := make([]error, len(refused))
	for i, r := range refused {
		errs[i] = r
	}
	return nil, errors.Join(errs...)
}

// Read is [New] for an input of which the rest matters too: what a refused policy
// might govern is unknown, and of two objects that contradict each other the first one counts.
func Read(objects []*manifest.Object) (*Evaluator, []*Refusal) {
	read := readPolicies(objects)
	workloads, contradictions := readWorkloads(objects, labelsTold(read.policies))
	e := &Evaluator{workloads: workloads, policies: read.policies, sets: newSetTable(), byName: map[string]int{}, addresses: map[string][]addressConns{}}
	e.unevaluated = readUnevaluated(objects, read.refused)
	for i, w := range workloads {
		e.names = append(e.names, w.String())
		e.byName[e.names[i]] = i
		e.unknown = append(e.unknown, slices.ContainsFunc(e.unevaluated, func(u unevaluated) bool { return u.governs(w) }))
	}
	e.entriesTo, e.notes = readEntries(objects, workloads)
	e.notes = append(read.notes, e.notes...)
	e.bind(readNamespaces(objects))
	e.order()
	e.classify()
	e.word()
	e.families = []Range{allIPv4}
	if usesIPv6(e.policies, objects) {
		e.families = append(e.families, allIPv6)
	}
	refused := append(read.refused, contradictions...)
	slices.SortStableFunc(refused, func(a, b *Refusal) int { return a.Source.Compare(b.Source) })
	return e, refused
}

// labelsTold are the keys of pod labels that policies select by.
func labelsTold(policies []*policy) map[string]bool {
	told := map[string]bool{}
	add := func(p peer) {
		requirements, _ := p.withLabels.Requirements()
		for _, r := range requirements {
			told[r.Key()] = true
		}
	}
	for _, p := range policies {
		add(p.subject)
		for r := range p.every() {
			for _, peer := range r.peers {
				add(peer)
			}
		}
	}
	return told
}

// usesIPv6 tells whether the input is about IPv6 at all. Where it is not, ranges of
// it would be told of every workload to no avail.
func usesIPv6(policies []*policy, objects []*manifest.Object) bool {
	for _, p := range policies {
		for r := range p.every() {
			if slices.ContainsFunc(r.addresses, func(a Range) bool { return a.From.Is6() }) {
				return true
			}
		}
	}
	return slices.ContainsFunc(objects, func(o *manifest.Object) bool {
		if o.Group != "" || o.Kind != "Service" || !o.Has("spec", "ipFamilies") {
			return false
		}
		var families []string
		return o.Decode(&families, "spec", "ipFamilies") == nil && slices.Contains(families, "IPv6")
	})
}

// Workloads lists the workloads, sorted by name.
func (e *Evaluator) Workloads() []*Workload { return e.workloads }

// Notes tell what of the input could not be followed.
func (e *Evaluator) Notes() []graph.Note { return e.notes }

// bind works out which workloads each policy and each rule selects.
func (e *Evaluator) bind(namespaces map[string]labels.Set) {
	pods, spaces := make([]labels.Set, len(e.workloads)), make([]labels.Set, len(e.workloads))
	for i, w := range e.workloads {
		pods[i], spaces[i] = w.labels, namespaces[w.Namespace]
	}
	e.pods, e.spaces = newLabelIndex(pods), newLabelIndex(spaces)
	memo := map[string]bitset{}
	selected := func(p peer) bitset {
		key := p.inNamespaces.String() + "/" + p.withLabels.String()
		if memo[key] == nil {
			b := e.spaces.selected(p.inNamespaces).clone()
			b.and(e.pods.selected(p.withLabels))
			memo[key] = b
		}
		return memo[key]
	}
	for _, p := range e.policies {
		p.selects = selected(p.subject)
		for r := range p.every() {
			switch len(r.peers) {
			case 0:
				r.pods = newBitset(len(e.workloads))
			case 1:
				r.pods = selected(r.peers[0]) // shared, so that classify sees it once
			default:
				r.pods = newBitset(len(e.workloads))
				for _, peer := range r.peers {
					r.pods.or(selected(peer))
				}
			}
		}
	}
}

// classify splits the workloads into classes: two are of one class unless a policy
// selects, or a rule names, only one of them, or a named port is not the same on both.
func (e *Evaluator) classify() {
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
	seen := map[*uint64]bool{}
	named := map[portName]bool{}
	if len(e.workloads) > 0 {
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
				r.classes = e.everyClass()
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

// portsAt are the ports of a rule on a workload, as a number.
func (e *Evaluator) portsAt(r *rule, workload int) setID {
	if len(r.named) == 0 {
		if r.portsID == none {
			r.portsID = e.sets.id(r.ports)
		}
		return r.portsID
	}
	c := e.classOf[workload]
	if id, ok := r.resolved[c]; ok {
		return id
	}
	conns := r.ports
	for _, name := range r.named {
		conns = conns.Union(e.workloads[workload].resolve(name))
	}
	if r.resolved == nil {
		r.resolved = map[int]setID{}
	}
	r.resolved[c] = e.sets.id(conns)
	return r.resolved[c]
}

// outOf returns what a class may reach, by class of the destination: what its own
// egress and the destination's ingress both permit.
func (e *Evaluator) outOf(a int) []setID {
	out := e.egressOf(a)
	in := e.ingressFrom(a)
	for b := range out {
		out[b] = e.sets.intersect(out[b], in[b])
	}
	return out
}

func (e *Evaluator) egressOf(a int) []setID {
	out := make([]setID, len(e.classes))
	isolating := e.classes[a].isolating[Egress]
	for _, p := range isolating {
		for _, r := range p.rules[Egress] {
			classes := r.classes
			if r.anyone {
				classes = e.everyClass()
			}
			for _, b := range classes {
				out[b] = e.sets.union(out[b], e.portsAt(r, e.classes[b].first()))
			}
		}
	}
	if len(isolating) > 0 && e.isPlain(Egress) {
		return out
	}
	for b := range out {
		there := e.classes[b].first()
		out[b] = e.tiered(question{
			direction: Egress, workload: e.classes[a].first(),
			matches: func(r *rule) bool { return r.pods.has(there) },
			ports:   func(r *rule) setID { return e.portsAt(r, there) },
		}, out[b], len(isolating) > 0, nil)
	}
	return out
}

func (e *Evaluator) ingressFrom(a int) []setID {
	out := make([]setID, len(e.classes))
	for _, r := range e.from[a] {
		for _, b := range r.policy.classes {
			out[b] = e.sets.union(out[b], e.portsAt(r, e.classes[b].first()))
		}
	}
	here := e.classes[a].first()
	for b := range out {
		there := e.classes[b].first()
		isolated := len(e.classes[b].isolating[Ingress]) > 0
		if isolated && e.isPlain(Ingress) {
			continue
		}
		out[b] = e.tiered(question{
			direction: Ingress, workload: there,
			matches: func(r *rule) bool { return r.pods.has(here) },
			ports:   func(r *rule) setID { return e.portsAt(r, there) },
		}, out[b], isolated, nil)
	}
	return out
}

// permitted is what the policies of a workload permit with one peer.
func (e *Evaluator) permitted(q question) setID {
	isolating := e.isolating(q)
	allowed := none
	for _, p := range isolating {
		for _, r := range p.rules[q.direction] {
			if q.matches(r) {
				allowed = e.sets.union(allowed, q.ports(r))
			}
		}
	}
	return e.tiered(q, allowed, len(isolating) > 0, nil)
}

func (e *Evaluator) isolating(q question) []*policy {
	return e.classes[e.classOf[q.workload]].isolating[q.direction]
}

// everyClass lists all classes.
func (e *Evaluator) everyClass() []int {
	if len(e.allClasses) != len(e.classes) {
		e.allClasses = nil
		for c := range e.classes {
			e.allClasses = append(e.allClasses, c)
		}
	}
	return e.allClasses
}

// addressConns is what is permitted with a range of addresses.
type addressConns struct {
	Range
	conns setID
}

// outside returns what a workload's policies permit with addresses outside of the
// cluster, by range, without the ranges with which nothing is.
func (e *Evaluator) outside(d Direction, workload int) []addressConns {
	key := e.addressKey(d, workload)
	if found, ok := e.addresses[key]; ok {
		return found
	}
	var out []addressConns
	for _, segment := range e.segments(d, workload) {
		id := e.permitted(question{
			direction: d, workload: workload,
			matches: func(r *rule) bool { return r.anyone || holds(r.addresses, segment.From) },
			ports:   func(r *rule) setID { return e.portsOutside(d, r, workload) },
		})
		if n := len(out); n > 0 && out[n-1].conns == id && segment.follows(out[n-1].Range) {
			out[n-1].To = segment.To
		} else {
			out = append(out, addressConns{segment, id})
		}
	}
	out = slices.DeleteFunc(out, func(a addressConns) bool { return a.conns == none })
	e.addresses[key] = out
	return out
}

// portsOutside are a rule's ports for an address: one that receives has no names for its ports.
func (e *Evaluator) portsOutside(d Direction, r *rule, workload int) setID {
	if d == Egress {
		return e.sets.id(r.ports)
	}
	return e.portsAt(r, workload)
}

// addressKey is the same for workloads that the same policies govern.
func (e *Evaluator) addressKey(d Direction, workload int) string {
	key := []string{d.String()}
	for _, p := range e.governing(d, workload) {
		key = append(key, p.address())
		if d == Ingress && slices.ContainsFunc(p.rules[d], func(r *rule) bool { return len(r.named) > 0 }) {
			key = append(key, fmt.Sprint(e.classOf[workload]))
		}
	}
	return strings.Join(key, " ")
}

// segments cuts the address families wherever a rule for a workload begins or ends.
func (e *Evaluator) segments(d Direction, workload int) []Range {
	var starts []netip.Addr
	for _, f := range e.families {
		starts = append(starts, f.From)
	}
	for _, p := range e.governing(d, workload) {
		for _, r := range p.rules[d] {
			for _, a := range r.addresses {
				starts = append(starts, a.From)
				if next := a.To.Next(); next.IsValid() {
					starts = append(starts, next)
				}
			}
		}
	}
	slices.SortFunc(starts, netip.Addr.Compare)
	starts = slices.Compact(starts)
	out := make([]Range, len(starts))
	for i, from := range starts {
		to := allIPv4.To
		if from.Is6() {
			to = allIPv6.To
		}
		if i+1 < len(starts) && starts[i+1].BitLen() == from.BitLen() {
			to = starts[i+1].Prev()
		}
		out[i] = Range{from, to}
	}
	return out
}

// governing lists the policies of all tiers that select a workload in a direction.
func (e *Evaluator) governing(d Direction, workload int) []*policy {
	var out []*policy
	for _, p := range e.policies {
		if p.selects.has(workload) && p.isolates[d] {
			out = append(out, p)
		}
	}
	return out
}
