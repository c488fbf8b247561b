package netpol

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// EntireCluster is the peer that stands for any pod that there could be.
const EntireCluster = "entire-cluster"

// Exposure is what policies permit beyond the workloads of the input: with pods
// that could be added, and with addresses outside.
type Exposure struct {
	Ingress, Egress []Connection
	Unprotected     []Unprotected
}

// Unprotected is a workload that no policy governs in a direction.
type Unprotected struct {
	Workload  *Workload
	Direction Direction
}

// Exposure works out the exposure of the workloads of a query. A set of pods is
// told of where rules permit it more than the entire cluster, and none of the workloads is what it
// means.
func (e *Evaluator) Exposure(q Query) Exposure {
	f := e.focus(q)
	var out Exposure
	for i, w := range e.workloads {
		if !f.isWorkload(i) {
			continue
		}
		for _, d := range Directions {
			if !f.asked[d] {
				continue
			}
			if len(e.governing(d, i)) == 0 {
				out.Unprotected = append(out.Unprotected, Unprotected{w, d})
			}
			if f.peers != nil {
				continue // what is asked for are workloads
			}
			for peer, conns := range e.exposed(d, i, f.conns) {
				here := Peer{Name: w.String()}
				if d == Ingress {
					out.Ingress = append(out.Ingress, Connection{peer, here, conns, e.unknown[i]})
				} else {
					out.Egress = append(out.Egress, Connection{here, peer, conns, e.unknown[i]})
				}
			}
		}
	}
	return out
}

// exposed yields the peers of a workload that are no workloads.
func (e *Evaluator) exposed(d Direction, workload int, within setID) iter.Seq2[Peer, Conns] {
	return func(yield func(Peer, Conns) bool) {
		cluster := e.permittedTo(d, workload, description{})
		if id := e.sets.intersect(cluster, within); id != none && !yield(Peer{Name: EntireCluster}, e.sets.conns(id)) {
			return
		}
		for _, description := range e.described(d, workload) {
			permitted := e.permittedTo(d, workload, description)
			if id := e.sets.intersect(permitted, within); permitted != cluster && id != none && !yield(Peer{Name: description.String()}, e.sets.conns(id)) {
				return
			}
		}
		for _, a := range e.outside(d, workload) {
			if id := e.sets.intersect(a.conns, within); id != none && !yield(Peer{Range: a.Range}, e.sets.conns(id)) {
				return
			}
		}
	}
}

// permittedTo is what is permitted with every pod of a description: by the rules
// that demand nothing beyond it.
func (e *Evaluator) permittedTo(d Direction, workload int, described description) setID {
	return e.permitted(question{
		direction: d, workload: workload,
		matches: func(r *rule) bool {
			return r.anyone || slices.ContainsFunc(r.peers, func(p peer) bool { return described.meets(describe(p)) })
		},
		ports: func(r *rule) setID {
			if d == Ingress {
				return e.portsAt(r, workload)
			}
			conns := r.ports
			for _, name := range r.named {
				conns = conns.Union(namedPort(name.protocol, name.name))
			}
			return e.sets.id(conns)
		},
	})
}

// described lists the sets of pods that rules for a workload name, each once, sorted.
func (e *Evaluator) described(d Direction, workload int) []description {
	found := map[string]description{}
	for _, p := range e.governing(d, workload) {
		for _, r := range p.rules[d] {
			for _, peer := range r.peers {
				described := e.wording[describe(peer).key()]
				if described.isEverything() || described.names && e.anyIn(peer) {
					continue
				}
				found[described.key()] = described
			}
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b description) int { return strings.Compare(a.String(), b.String()) })
}

// anyIn tells whether a workload of the input is one of a set of pods.
func (e *Evaluator) anyIn(p peer) bool {
	for i := range e.pods.selected(p.withLabels).members() {
		if e.spaces.selected(p.inNamespaces).has(i) {
			return true
		}
	}
	return false
}

// word settles how each set of pods is called: one that several rules name in
// different words, by the plainest of them.
func (e *Evaluator) word() {
	e.wording = map[string]description{}
	for _, p := range e.policies {
		for r := range p.every() {
			for _, peer := range r.peers {
				described := describe(peer)
				if known, ok := e.wording[described.key()]; !ok || described.names && !known.names {
					e.wording[described.key()] = described
				}
			}
		}
	}
}

// description is a set of pods by what it takes to be one of them. The zero value is all pods.
type description struct {
	// namespaces and pods are requirements in one spelling, sorted.
	namespaces, pods []string
	// namespaceWords and podWords are the requirements as they were written.
	namespaceWords, podWords string
	// names is true where the labels name certain pods, with neither an expression
	// in it nor all namespaces or all pods of one meant.
	names bool
}

func describe(p peer) description {
	d := description{namespaces: requirements(p.namespaces), pods: requirements(p.pods), namespaceWords: words(p.namespaces), podWords: words(p.pods)}
	d.names = len(p.namespaces.MatchExpressions)+len(p.pods.MatchExpressions) == 0 && len(d.namespaces) > 0 && len(d.pods) > 0
	return d
}

func (d description) key() string {
	return strings.Join(d.namespaces, ",") + "/" + strings.Join(d.pods, ",")
}

func (d description) isEverything() bool { return len(d.namespaces)+len(d.pods) == 0 }

// meets tells whether whatever is described meets all that another description requires.
func (d description) meets(other description) bool {
	subset := func(a, b []string) bool {
		return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
	}
	return subset(other.namespaces, d.namespaces) && subset(other.pods, d.pods)
}

// String returns "namespaces/pods", each a name or in words between brackets.
func (d description) String() string {
	namespaces, pods := "[all namespaces]", "[all pods]"
	if len(d.namespaces) > 0 {
		namespaces = "[namespace with {" + d.namespaceWords + "}]"
		if name, ok := strings.CutPrefix(d.namespaces[0], metadataName+"="); ok && len(d.namespaces) == 1 {
			namespaces = name
		}
	}
	if len(d.pods) > 0 {
		pods = "[pod with {" + d.podWords + "}]"
	}
	return namespaces + "/" + pods
}

// requirements are what a selector demands. One value to be in is a label.
func requirements(s *metav1.LabelSelector) []string {
	var out []string
	for k, v := range s.MatchLabels {
		out = append(out, k+"="+v)
	}
	for _, x := range s.MatchExpressions {
		if x.Operator == metav1.LabelSelectorOpIn && len(x.Values) == 1 {
			out = append(out, x.Key+"="+x.Values[0])
			continue
		}
		values := slices.Clone(x.Values)
		slices.Sort(values)
		out = append(out, fmt.Sprintf("%s %s (%s)", x.Key, x.Operator, strings.Join(values, ",")))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// words writes a selector in the notation of the API: labels, then expressions by key.
func words(s *metav1.LabelSelector) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		out = append(out, k+"="+s.MatchLabels[k])
	}
	var expressions []string
	for _, x := range s.MatchExpressions {
		expressions = append(expressions, fmt.Sprintf("{Key:%s,Operator:%s,Values:%v,}", x.Key, x.Operator, x.Values))
	}
	slices.Sort(expressions)
	return strings.Join(append(out, expressions...), ",")
}
