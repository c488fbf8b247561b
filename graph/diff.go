package graph

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Change is what leads from one model to another, after [Diff].
type Change struct {
	Base, Head *Graph
	// Deltas are the differences: those that make it worse, decisions, those that make it
	// better, the rest; each from what does most to the threat model to what does least.
	Deltas []*Delta
	// Renames are elements that were matched though neither their ID nor a declared
	// move says so, sorted by Base.
	Renames []Rename
	// Unknown counts by type what the head holds and is not understood, beyond what
	// the base held: a verdict does not cover it.
	Unknown map[string]int
	// Gaps are what it does not cover either, though the change touches it.
	Gaps []Gap

	heads map[string]string // IDs in the head, by ID in the base
	same  map[string]string // the same of findings
}

// HeadID returns what identifies a component or boundary of the base in the head,
// its own ID where the head has it no more.
func (c *Change) HeadID(base string) string { return cmp.Or(c.heads[base], base) }

// HeadFinding returns the ID in the head of a finding of the base that is still there,
// "" of one that is resolved.
func (c *Change) HeadFinding(base string) string { return c.same[base] }

// Delta is one difference between two models.
type Delta struct {
	Kind   DeltaKind
	Change DeltaChange
	// ID is the element's in the head, or in the base where it was removed; of an
	// exposure, the component's. BaseID is the one in the base, "" where it was added.
	ID, BaseID string
	Effect     Effect
	// Fields are the facts that differ, of changed elements only.
	Fields []FieldChange
	// Crossing is true where the flow crosses a boundary that it did not cross
	// before, or none crosses any more; FromInternet where that is a way in from the internet.
	Crossing, FromInternet bool
	// Doubt is true where the base is known to be protected in a way that is not known of the
	// head. That is no weakness, and somebody should look.
	Doubt bool
	// Severity is a finding's: the new one, or where it was resolved the old one.
	Severity Severity
	// BaseAt and HeadAt are the places that it rests on. Of those in both models only
	// the ones that cause the difference are named, where that can be told.
	BaseAt, HeadAt []Source
	// Causes are the lines of the change without which there was no such difference, in the
	// head, or in the base where lines went. Only who has the files can tell them: [Diff] does not.
	Causes []Source

	rank int
}

// DeltaKind is what kind of thing differs.
type DeltaKind string

// The kinds of delta.
const (
	DeltaComponent DeltaKind = "component"
	DeltaFlow      DeltaKind = "flow"
	DeltaBoundary  DeltaKind = "boundary"
	DeltaGrant     DeltaKind = "grant"
	DeltaExposure  DeltaKind = "exposure"
	DeltaPath      DeltaKind = "path"
	DeltaFinding   DeltaKind = "finding"
	DeltaDecision  DeltaKind = "decision"
)

// DeltaKinds lists the kinds in the order above.
var DeltaKinds = []DeltaKind{DeltaComponent, DeltaFlow, DeltaBoundary, DeltaGrant, DeltaExposure, DeltaPath, DeltaFinding, DeltaDecision}

// DeltaChange is how it differs.
type DeltaChange string

// The ways to differ.
const (
	Added   DeltaChange = "added"
	Removed DeltaChange = "removed"
	Changed DeltaChange = "changed"
)

// Effect is what a delta does to the threat model.
type Effect string

// The effects. Neutral is for what changes the picture and not, by what is known, the risk.
const (
	Neutral Effect = "neutral"
	Worse   Effect = "worse"
	Better  Effect = "better"
)

// FieldChange is one fact of an element that differs.
type FieldChange struct {
	Field string `json:"field"`
	Base  string `json:"base"`
	Head  string `json:"head"`
}

// Rename is a match that rests on likeness.
type Rename struct {
	Base string `json:"base"` // ID
	Head string `json:"head"` // ID
	// Why says what is alike, one clause.
	Why string `json:"why"`
}

// Diff compares two analysed models. Elements are the same where their IDs are, or
// where a declared move (of either model) leads from the one ID to the other; what
// is left over is matched where exactly one on each side is alike. Flows and grants
// are the same where their ends are, findings where their subjects are.
//
// Places, names, parts, raw attributes and evidence are never a difference, so that a
// renamed file or an extracted module gives none. Diff(g, g) is empty, and
// Diff(a, b) holds the same as Diff(b, a) with both sides exchanged.
func Diff(base, head *Graph) *Change {
	d := &differ{base: newSide(base), head: newSide(head), c: &Change{Base: base, Head: head, heads: map[string]string{}, same: map[string]string{}}}
	d.matchElements()
	d.boundaries()
	d.components()
	d.flows()
	d.grants()
	d.paths()
	d.findings()
	d.decisions()
	d.unknown()
	d.gaps()
	d.sort()
	return d.c
}

// differ compares two models, one kind of element after another.
type differ struct {
	base, head *side
	c          *Change
}

// side is one of the two models with what comparing takes.
type side struct {
	g     *Graph
	index *Index
	// tokens stand for elements in comparisons: both elements of a pair have the same.
	tokens map[string]string // by ID of a component or boundary
	// subjects are the tokens of everything that a finding can be about.
	subjects map[string]string // by ID
	// joins are what components have flows and grants with, in tokens, made when asked for.
	joins map[string][]string
	// homes are the boundaries that hold a part, made when asked for.
	homes map[string][]*Boundary
	// cut are the tokens of what is allowed more than is listed, made when asked for.
	cut map[string]bool
}

func newSide(g *Graph) *side {
	return &side{g: g, index: NewIndex(g), tokens: map[string]string{}, subjects: map[string]string{}}
}

// token returns what stands for an element. An ID that no pair has stands for
// itself, and is never taken for a pair's.
func (s *side) token(id string) string {
	if id == "" {
		return ""
	}
	if t, ok := s.tokens[id]; ok {
		return t
	}
	return alone + id
}

// alone begins the tokens of what only one model has.
const alone = "alone "

func (s *side) subject(id string) string {
	if t, ok := s.subjects[id]; ok {
		return t
	}
	return s.token(id)
}

// pairUp pairs the elements of the same key. Where a side has several of one key,
// which well-formed models have not, the first counts.
func pairUp[T any, K comparable](base, head []T, baseKey, headKey func(T) K) (pairs [][2]T, onlyBase, onlyHead []T) {
	byKey := map[K]T{}
	var order []T
	seen := map[K]bool{}
	for _, v := range head {
		if k := headKey(v); !seen[k] {
			seen[k] = true
			byKey[k] = v
			order = append(order, v)
		}
	}
	taken, done := map[K]bool{}, map[K]bool{}
	for _, v := range base {
		k := baseKey(v)
		if done[k] {
			continue
		}
		done[k] = true
		if h, ok := byKey[k]; ok {
			taken[k] = true
			pairs = append(pairs, [2]T{v, h})
		} else {
			onlyBase = append(onlyBase, v)
		}
	}
	for _, v := range order {
		if !taken[headKey(v)] {
			onlyHead = append(onlyHead, v)
		}
	}
	return pairs, onlyBase, onlyHead
}

// pairUnique pairs the elements whose key exactly one on each side has.
func pairUnique[T any, K comparable](base, head []T, baseKey, headKey func(T) (K, bool)) (pairs [][2]T, onlyBase, onlyHead []T) {
	inBase, inHead := countKeys(base, baseKey), countKeys(head, headKey)
	partner := map[K]T{}
	for _, v := range head {
		k, ok := headKey(v)
		if ok && inBase[k] == 1 && inHead[k] == 1 {
			partner[k] = v
		} else {
			onlyHead = append(onlyHead, v)
		}
	}
	for _, v := range base {
		k, ok := baseKey(v)
		if h, found := partner[k]; ok && found {
			pairs = append(pairs, [2]T{v, h})
		} else {
			onlyBase = append(onlyBase, v)
		}
	}
	return pairs, onlyBase, onlyHead
}

func countKeys[T any, K comparable](list []T, key func(T) (K, bool)) map[K]int {
	n := map[K]int{}
	for _, v := range list {
		if k, ok := key(v); ok {
			n[k]++
		}
	}
	return n
}

func (d *differ) add(x *Delta) {
	if x.Effect == "" {
		x.Effect = Neutral
	}
	d.c.Deltas = append(d.c.Deltas, x)
}

// unknown compares what the two models do not understand.
func (d *differ) unknown() {
	count := func(g *Graph, sign int, into map[string]int) {
		for _, c := range g.Coverage {
			for name, n := range c.UnknownTypes {
				into[name] += sign * n
			}
		}
	}
	more := map[string]int{}
	count(d.head.g, 1, more)
	count(d.base.g, -1, more)
	maps.DeleteFunc(more, func(_ string, n int) bool { return n <= 0 })
	d.c.Unknown = more
}

// The ranks of deltas of one effect, from the one that does most to a threat model to the
// one that does least.
const (
	rankWayIn = iota // a crossing from the internet
	rankExposed
	rankPath
	rankFinding // by severity
	rankCrossing
	rankGrant
	rankBoundary
	rankProperty
	rankFlow
	rankComponent
	rankRemoved
	rankDecision // added, removed, or holding no more
	rankTag
)

// class orders deltas by their effect: what gets worse, what somebody has to look at or decided, what
// gets better, what only changes the picture, and at the very end what is only labelled anew.
func (x *Delta) class() int {
	switch {
	case x.Effect == Worse:
		return 0
	case x.Doubt || x.rank == rankDecision:
		return 1
	case x.Effect == Better:
		return 2
	case x.rank == rankTag:
		return 4
	}
	return 3
}

func (d *differ) sort() {
	slices.SortStableFunc(d.c.Deltas, func(a, b *Delta) int {
		return cmp.Or(cmp.Compare(a.class(), b.class()), cmp.Compare(a.rank, b.rank), -cmp.Compare(a.Severity.Rank(), b.Severity.Rank()),
			cmp.Compare(slices.Index(DeltaKinds, a.Kind), slices.Index(DeltaKinds, b.Kind)),
			strings.Compare(a.ID, b.ID), strings.Compare(string(a.Change), string(b.Change)))
	})
	slices.SortStableFunc(d.c.Renames, func(a, b Rename) int { return strings.Compare(a.Base, b.Base) })
}
