// Package paths finds attack paths: how somebody gets from an entry, such as the
// internet or a lost key, over flows and grants to what is worth having.
//
// It takes for granted that whoever reaches a program can take it over, for no
// infrastructure code says that it has no flaw; what a path shows is what is in
// reach then. It rates nothing: package analyze/rules does. Start at [Find].
package paths

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"drawbridge/analyze/edge"
	"drawbridge/graph"
)

// Options choose where paths begin and end.
type Options struct {
	// From are the IDs of components that an attacker holds to begin with; none
	// means those that [Entries] lists.
	From []string
	// To are the IDs of components to reach; none means all that are worth something.
	To []string
	// Most bounds the number of paths, 0 for no bound.
	Most int
}

// mostEntries bounds the searches of one run, each of which costs what the graph
// is large.
const mostEntries = 20

// Entries returns where attackers begin unless told otherwise: the internet first,
// then parties outside of the model that hold grants, then identities that a
// long-lived key was made for, then what builds and deploys. There are at most twenty; what else is to be looked
// at has to be named.
func Entries(g *graph.Graph) []string {
	holds := map[string]bool{}
	for _, a := range g.Grants {
		holds[a.From] = true
	}
	var internet, outside, keys, pipelines []string
	for _, c := range g.Components {
		switch {
		case c.ID == graph.InternetID:
			internet = append(internet, c.ID)
		case c.Kind == graph.External && c.Technology != graph.TechHost && holds[c.ID]:
			outside = append(outside, c.ID)
		case c.Kind == graph.Identity && c.Is(graph.PropStaticCredential) == graph.Yes:
			keys = append(keys, c.ID)
		case c.Kind == graph.Process && c.Technology == graph.TechPipeline && holds[c.ID]:
			pipelines = append(pipelines, c.ID)
		}
	}
	all := slices.Concat(internet, outside, keys, pipelines)
	return all[:min(len(all), mostEntries)]
}

// Find returns, for each entry and each asset that it leads to, the shortest path;
// of equally short ones that over the first components by ID. A way in that hangs on
// ranges that the input leaves open is taken where there is no other, and says so. A
// path ends at the first administrator on it: what lies behind one is everything; it
// also ends where an identity that is held can be given any permission. A path to an identity
// that is no administrator is left out where another goes on from there to what is worth
// no less. The graph must be
// repaired, sorted and completed with exposure; the paths are in the order of
// [graph.Graph.Sort].
//
// Each entry costs one search in breadth, linear in the graph.
func Find(g *graph.Graph, opt Options) []*graph.Path {
	s := newSearch(g)
	worth := s.worth
	if len(opt.To) > 0 {
		worth, s.chosen = s.asked(opt.To), true
	}
	entries := opt.From
	if len(entries) == 0 {
		entries = Entries(g)
	}
	var all []end
	for _, from := range entries {
		if s.x.Component[from] != nil {
			all = append(all, s.from(from, worth)...)
		}
	}
	if !s.chosen {
		all = s.withoutBeginnings(all)
	}
	slices.SortFunc(all, func(a, b end) int {
		return cmp.Or(cmp.Compare(a.steps, b.steps), -cmp.Compare(a.value.worth, b.value.worth), strings.Compare(a.id, b.id))
	})
	if opt.Most > 0 && len(all) > opt.Most {
		all = all[:opt.Most]
	}
	out := make([]*graph.Path, len(all))
	for i, e := range all {
		out[i] = s.path(e)
	}
	countShared(out)
	return out
}

// withoutBeginnings leaves out the ends at an identity that another way goes on from.
func (s *search) withoutBeginnings(all []end) []end {
	type passed struct {
		entry string
		at    node
	}
	on := map[passed]int{} // the most that lies behind
	for _, e := range all {
		at := e.at
		if e.last == nil && at.id != e.entry {
			at = e.reached[at].from
		}
		for ; at.id != e.entry; at = e.reached[at].from {
			k := passed{e.entry, at}
			on[k] = max(on[k], e.value.worth)
		}
	}
	return slices.DeleteFunc(all, func(e end) bool {
		return e.last == nil && !e.value.everything && s.x.Component[e.asset].Kind == graph.Identity && on[passed{e.entry, e.at}] >= e.value.worth
	})
}

// countShared fills in how many of the paths take each flow or grant.
func countShared(all []*graph.Path) {
	count := map[string]int{}
	for _, p := range all {
		for _, s := range p.Steps {
			count[s.By]++
		}
	}
	for _, p := range all {
		for i := range p.Steps {
			p.Steps[i].Paths = count[p.Steps[i].By]
		}
	}
}

type search struct {
	x      *graph.Index
	grants map[string][]*graph.Grant // by From, without those that lead nowhere
	worth  map[string]value          // by component
	told   map[string]bool           // of what the configuration holds keys of others
	chosen bool                      // where a person asked for certain ends
}

func newSearch(g *graph.Graph) *search {
	s := &search{x: graph.NewIndex(g), grants: map[string][]*graph.Grant{}, told: map[string]bool{}}
	for _, a := range g.Grants {
		if a.Holds() && s.x.Component[a.From].Kind == graph.Process {
			s.told[a.From] = true
		}
	}
	for _, a := range g.Grants {
		if leadsOn(a, s.x.Component[a.To]) || s.tells(a) {
			s.grants[a.From] = append(s.grants[a.From], a)
		}
	}
	for _, list := range s.grants {
		slices.SortStableFunc(list, func(a, b *graph.Grant) int {
			return cmp.Or(strings.Compare(a.To, b.To), cmp.Compare(len(a.Scope), len(b.Scope)), cmp.Compare(len(a.Condition), len(b.Condition)), cmp.Compare(slices.Index(strength, a.Does), slices.Index(strength, b.Does)))
		})
	}
	s.worth = s.assets(g)
	return s
}

// strength orders abilities by how much they give: of several grants on the same
// component a path takes the strongest, one on all of it before those on a part, and one that
// always holds before those under a condition.
var strength = []graph.Ability{
	graph.AbilityAssume, graph.AbilityAdminister, graph.AbilityExecute, graph.AbilityPass, graph.AbilityReadSecret,
	graph.AbilityWrite, graph.AbilityInvoke, graph.AbilityRead,
}

// node is a component that an attacker holds, with how much of it: who reads a store of
// code holds it otherwise than who changes it.
type node struct {
	id   string
	gain int
}

// setUp is the gain of who reads how a program is set up, and has what is written there only.
const setUp = -1

// tells reports whether a grant lets its holder read how a program is set up, and with it
// keys of others.
func (s *search) tells(a *graph.Grant) bool { return a.Does == graph.AbilityRead && s.told[a.To] }

// gain tells how much a hop gives of what it leads to, where ways to it differ in that:
// more than 0 for a part of what it is worth, or of what leads on from it, 2 for all of it.
func (s *search) gain(to string, h hop) int {
	if h.grant != nil && s.tells(h.grant) {
		return setUp
	}
	if v, differs := s.worth[to]; differs && len(v.by) > 0 {
		switch got, ok := v.got(h); {
		case ok && got.everything:
			return 2
		case ok:
			return 1
		}
		return 0
	}
	if h.grant != nil && changes[h.grant.Does] && s.x.Component[to].Kind == graph.Store {
		return 2
	}
	return 0
}

// hop is how a component was reached: from where, on a flow or a grant, in how many steps.
type hop struct {
	from  node
	flow  *graph.Flow
	grant *graph.Grant
	steps int
}

// end is where a path ends, with the way there. Paths are made of those only that
// are told: on a large graph there are as many ends as assets, for each entry.
type end struct {
	id           string // of the path
	entry, asset string
	value        value
	steps        int
	at           node // at which the way ends, but for last
	reached      map[node]hop
	// last is the grant by which an attacker changes what he holds already, nil for a
	// path that ends where it got to.
	last *graph.Grant
}

// way is a search from one entry: what was reached how, and in which order.
type way struct {
	reached map[node]hop
	most    map[string]int // the greatest gain by which each component was reached
	queue   []node
}

// meet goes to a component, where that gives more than the ways so far.
func (w *way) meet(n node, h hop) {
	if most, met := w.most[n.id]; met && most >= n.gain {
		return
	}
	w.reached[n], w.most[n.id] = h, n.gain
	w.queue = append(w.queue, n)
}

func (s *search) from(entry string, worth map[string]value) []end {
	w := &way{reached: map[node]hop{}, most: map[string]int{}}
	w.meet(node{entry, 2}, hop{})
	undecided := s.undecided(entry)
	var out []end
	told := map[string]int{} // the place in out of each asset
	for i := 0; i < len(w.queue) || len(undecided) > 0; i++ {
		if i == len(w.queue) { // what leads on without a condition is known first
			for _, f := range undecided {
				w.meet(node{id: f.To}, hop{from: node{entry, 2}, flow: f, steps: 1})
			}
			if undecided = nil; i == len(w.queue) {
				break
			}
		}
		at := w.queue[i]
		by := w.reached[at]
		if i > 0 && at.gain != setUp {
			if v, ok := worth[at.id]; ok {
				if v, ok := v.got(by); ok {
					e := end{graph.PathID(entry, at.id), entry, at.id, v, by.steps, at, w.reached, nil}
					if before, again := told[at.id]; !again {
						told[at.id] = len(out)
						out = append(out, e)
					} else if v.worth > out[before].value.worth {
						out[before] = e
					}
				}
			}
			if v, ok := s.worth[at.id].got(by); ok && v.everything {
				continue
			}
		}
		next := func(to string, h hop) {
			h.from, h.steps = at, by.steps+1
			w.meet(node{to, s.gain(to, h)}, h)
		}
		if at.gain == setUp {
			for _, a := range s.grants[at.id] {
				if a.Holds() {
					next(a.To, hop{grant: a})
				}
			}
			continue
		}
		s.leads(s.x.Component[at.id], i == 0, by, next)
	}
	return append(out, s.raised(entry, w, worth)...)
}

// leads calls next for each component that holding one gives, grants first: they
// need no flaw in the other. By is how it was reached: code leads on from its store where
// that is changed.
func (s *search) leads(at *graph.Component, entry bool, by hop, next func(to string, h hop)) {
	changed := at.Kind == graph.Store && (entry || by.grant != nil && changes[by.grant.Does])
	for _, a := range s.grants[at.ID] {
		if !bringsCode(a, at) || changed {
			next(a.To, hop{grant: a})
		}
	}
	if changed && code[at.Technology] {
		for _, f := range s.x.In[at.ID] {
			if from := s.x.Component[f.From]; from.Kind == graph.Process && f.Basis != graph.Permitted {
				next(f.From, hop{flow: f})
			}
		}
	}
	for _, f := range s.x.Out[at.ID] {
		if s.carries(f, at, s.x.Component[f.To], entry) {
			next(f.To, hop{flow: f})
		}
	}
}

// raised returns the paths by which who holds what was reached gives an identity among
// it any permission: that makes him an administrator. What is an asset itself is told as
// one.
func (s *search) raised(entry string, w *way, worth map[string]value) []end {
	var out []end
	told := map[string]bool{}
	for _, from := range w.queue {
		at := s.x.Component[from.id]
		if from.gain == setUp {
			continue
		}
		if at.Kind != graph.Identity && at.Kind != graph.Process || s.worth[from.id].everything {
			continue
		}
		for _, a := range s.grants[from.id] {
			if _, held := w.most[a.To]; !held || told[a.To] || a.Does != graph.AbilityAdminister || s.x.Component[a.To].Kind != graph.Identity {
				continue
			}
			if v := worth[a.To]; s.chosen && v.worth == 0 || !s.chosen && s.worth[a.To].worth > 0 {
				continue
			}
			told[a.To] = true
			v := value{worth: 5, why: "it can be given any permission"}
			out = append(out, end{graph.PathID(entry, a.To), entry, a.To, v, w.reached[from].steps + 1, from, w.reached, a})
		}
	}
	return out
}

// undecided returns the flows by which an entry gets in only if ranges that the input
// leaves open let it in.
func (s *search) undecided(entry string) []*graph.Flow {
	if entry != graph.InternetID {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.x.Out[entry]), func(f *graph.Flow) bool {
		to := s.x.Component[f.To]
		return !edge.Undecided(s.x, f, to) || guarded(f, to)
	})
}

// guarded reports whether a store lets nobody in without asking: a file store's address
// is on the internet though nothing in it is for anyone.
func guarded(f *graph.Flow, to *graph.Component) bool {
	return to.Kind == graph.Store && (to.Is(graph.PropPublic) == graph.No || f.Authenticated == graph.Yes)
}

// carries reports whether who holds the start of a flow gets to its end by it.
func (s *search) carries(f *graph.Flow, from, to *graph.Component, entry bool) bool {
	switch {
	case from.ID == graph.InternetID:
		return edge.Arrives(s.x, f, to) && !guarded(f, to)
	case to.ID == graph.InternetID || !edge.Used(f) || !entry && !edge.Relays(from, to):
		return false
	case to.Kind == graph.External:
		// The platform asks who calls before it does anything; what a caller may do there is a grant.
		return to.Technology == graph.TechHost && f.Authenticated != graph.Yes
	case from.Kind == graph.Store:
		// Stores call nothing of their own accord but what they hand events to.
		return to.Kind == graph.Process || messages[from.Technology] && messages[to.Technology]
	}
	return true
}

// changes are the abilities that change what lies in a store.
var changes = map[graph.Ability]bool{graph.AbilityWrite: true, graph.AbilityAdminister: true, graph.AbilityExecute: true}

// code are the stores whose content runs in those that take it from there.
var code = map[graph.Technology]bool{graph.TechRegistry: true, graph.TechSource: true}

// bringsCode reports whether a grant says that a program is made of what lies in a store.
func bringsCode(a *graph.Grant, from *graph.Component) bool {
	return from.Kind == graph.Store && a.Does == graph.AbilityAdminister
}

// messages are the stores that hand on what is put into them.
var messages = map[graph.Technology]bool{
	graph.TechQueue: true, graph.TechTopic: true, graph.TechStream: true, graph.TechEventBus: true, graph.TechBroker: true,
}

func (s *search) path(e end) *graph.Path {
	p := &graph.Path{ID: e.id, From: e.entry, To: e.asset, Worth: e.value.worth, Why: e.value.why}
	if e.last != nil {
		p.Steps = append(p.Steps, s.step(e.asset, hop{from: e.at, grant: e.last}))
	}
	for at := e.at; at.id != e.entry; at = e.reached[at].from {
		p.Steps = append(p.Steps, s.step(at.id, e.reached[at]))
	}
	slices.Reverse(p.Steps)
	return p
}

// verbs say what a grant lets its holder do; one that is not here leads nowhere.
var verbs = map[graph.Ability]string{
	graph.AbilityRead:       "may read",
	graph.AbilityWrite:      "may change",
	graph.AbilityInvoke:     "may call",
	graph.AbilityAssume:     "may become",
	graph.AbilityPass:       "may hand to a program of its own",
	graph.AbilityReadSecret: "may read the secrets of",
	graph.AbilityExecute:    "may run code on",
	graph.AbilityAdminister: "may change the configuration or permissions of",
}

// leadsOn reports whether a grant gives what it is for: reading data gives a store,
// but neither the program nor the identity whose description may be read.
func leadsOn(a *graph.Grant, to *graph.Component) bool {
	switch a.Does {
	case graph.AbilityRead:
		return to.Kind == graph.Store
	case graph.AbilityReadSecret:
		return to.Kind == graph.Store || to.Kind == graph.External
	case graph.AbilityWrite, graph.AbilityInvoke:
		return to.Kind != graph.Identity
	}
	return verbs[a.Does] != ""
}

func (s *search) step(to string, h hop) graph.Step {
	from, target := s.x.Component[h.from.id], s.x.Component[to]
	step := graph.Step{From: h.from.id, To: to}
	name := cmp.Or(target.Name, to)
	if a := h.grant; a != nil {
		step.By, step.How = a.ID, fmt.Sprintf("%s %s (%s)", verbs[a.Does], name, a.How)
		if s.tells(a) {
			step.How = fmt.Sprintf("may read how %s is set up (%s)", name, a.How)
		}
		if bringsCode(a, from) {
			step.How = "brings its code into " + name
		}
		if a.Does == graph.AbilityAssume && from.Kind == graph.Process && !a.Holds() {
			step.How = "runs as " + name
			if from.Is(graph.PropMetadataGuarded) == graph.No {
				step.How += ", whose credentials its metadata service gives to any request"
			}
		}
		if a.Condition != "" {
			step.How += ", if " + a.Condition
		}
		step.Evidence = first(a.Evidence)
		return step
	}
	f := h.flow
	step.By, step.Evidence = f.ID, first(f.Evidence)
	switch {
	case f.From == to:
		step.How = "brings its code into " + name
		return step
	case from.Kind == graph.Store && target.Kind == graph.Store:
		step.How = "hands its messages on to " + name
	case from.Kind == graph.Store:
		step.How = "triggers " + name
	case target.Kind == graph.Store:
		step.How = "uses " + name
	case target.Technology == graph.TechHost:
		step.How = "reaches into " + name
	default:
		step.How = "calls " + name
	}
	if f.Protocol != "" {
		step.How += " over " + f.Protocol
	}
	if f.Port != 0 {
		step.How += fmt.Sprintf(" on port %d", f.Port)
	}
	if edge.Undecided(s.x, f, target) {
		step.How += ", if the ranges that the input leaves open let it in"
	}
	return step
}

func first(list []graph.Evidence) graph.Evidence {
	if len(list) == 0 {
		return graph.Evidence{}
	}
	return list[0]
}
