package netpol

import (
	"fmt"
	"slices"
	"strings"

	"drawbridge/graph"
)

// Surplus is who policy lets call a workload beyond those that are known to.
type Surplus struct {
	Callers int
	Names   string // of a few of them
	// Evidence are the rules that let them in.
	Evidence []graph.Evidence
}

// Surplus compares what the policies that govern a workload let call it with what
// does, needed: by the names of [Workload.String]. What is in the network of its node is
// left out, since policy on it is undefined. ok is false where no policy governs its
// ingress, or nobody knows what policy makes of it.
func (e *Evaluator) Surplus(of End, needed map[string]bool) (s Surplus, ok bool) {
	if of.kind != ofWorkload || e.unknown[of.workload] || e.workloads[of.workload].onHost {
		return s, false
	}
	isolating := e.classes[e.classOf[of.workload]].isolating[Ingress]
	if len(isolating) == 0 {
		return s, false
	}
	admitted := newBitset(len(e.workloads))
	for _, p := range isolating {
		for _, r := range p.rules[Ingress] {
			if r.anyone {
				admitted.or(e.pods.every)
			}
			admitted.or(r.pods)
		}
	}
	// Whole classes pass or do not, so one question is enough for each.
	passes := map[int]bool{}
	surplus := newBitset(len(e.workloads))
	for i := range admitted.members() {
		w, class := e.workloads[i], e.classOf[i]
		if i == of.workload || needed[w.String()] || e.unknown[i] || w.onHost {
			continue
		}
		open, asked := passes[class]
		if !asked {
			from := End{kind: ofWorkload, workload: e.classes[class].first()}
			in, out := e.sideOf(Ingress, of.workload, from), e.sideOf(Egress, from.workload, of)
			open = e.sets.intersect(in, out) != none
			passes[class] = open
		}
		if open {
			surplus.add(i)
		}
	}
	if s.Callers, s.Names = e.few(surplus); s.Callers > 0 {
		s.Evidence = e.admitting(isolating, surplus)
	}
	return s, true
}

// admitting names the rules of some policies that let callers in.
func (e *Evaluator) admitting(policies []*policy, callers bitset) []graph.Evidence {
	var out []graph.Evidence
	for _, p := range policies {
		for _, r := range p.rules[Ingress] {
			through := callers
			if !r.anyone {
				through = callers.clone()
				through.and(r.pods)
			}
			if n, names := e.few(through); n > 0 {
				out = append(out, graph.EvidenceAt(r.source(), p.address(), fmt.Sprintf("ingress rule %d lets in %s", r.number(), names)))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b graph.Evidence) int { return a.Source().Compare(b.Source()) })
	return out
}

// few names the first of some workloads and the number of the others.
func (e *Evaluator) few(set bitset) (n int, names string) {
	const most = 4
	var first []string
	for i := range set.members() {
		if n++; len(first) <= most {
			first = append(first, e.workloads[i].Name)
		}
	}
	if n > most+1 {
		return n, fmt.Sprintf("%s and %d more", strings.Join(first[:most], ", "), n-most)
	}
	return n, strings.Join(first, ", ")
}
