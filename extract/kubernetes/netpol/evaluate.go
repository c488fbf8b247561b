package netpol

import (
	"errors"
	"slices"

	"k8s.io/apimachinery/pkg/labels"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// Evaluator answers what the policies of one cluster permit. It remembers what it
// worked out, so it must not be used from several goroutines at once.
type Evaluator struct {
	workloads []*Workload // sorted by name
	names     []string    // of the workloads
	unknown   []bool      // by workload: nobody knows what policy makes of it
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
// might govern is unknown, and so is a workload of which objects contradict each other.
func Read(objects []*manifest.Object) (*Evaluator, []*Refusal) {
	read := readPolicies(objects)
	workloads, contradictions := readWorkloads(objects, labelsTold(read.policies))
	e := &Evaluator{workloads: workloads, policies: read.policies, sets: newSetTable(), byName: map[string]int{}}
	e.unevaluated = readUnevaluated(objects, read.refused)
	for i, w := range workloads {
		e.names = append(e.names, w.String())
		e.byName[e.names[i]] = i
		e.unknown = append(e.unknown, w.contradiction != nil || slices.ContainsFunc(e.unevaluated, func(u unevaluated) bool { return u.governs(w) }))
	}
	e.entriesTo, e.notes = readEntries(objects, workloads)
	e.notes = append(read.notes, e.notes...)
	e.bind(readNamespaces(objects))
	e.order()
	e.classify()
	e.word()
	e.coverFamilies(1)
	if usesIPv6(e.policies, objects) {
		e.coverFamilies(2)
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
				classes = e.allClasses
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
