package netpol

import (
	"iter"
	"math/bits"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// A bitset is a set of workloads, by their index.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) add(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bitset) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

func (b bitset) or(c bitset) {
	for i := range c {
		b[i] |= c[i]
	}
}

func (b bitset) and(c bitset) {
	for i := range c {
		b[i] &= c[i]
	}
}

func (b bitset) addAll(items []int) {
	for _, i := range items {
		b.add(i)
	}
}

func (b bitset) removeAll(items []int) {
	for _, i := range items {
		b[i/64] &^= 1 << (i % 64)
	}
}

func (b bitset) clone() bitset { return append(bitset(nil), b...) }

func (b bitset) members() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, word := range b {
			for ; word != 0; word &= word - 1 {
				if !yield(i*64 + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// labelIndex answers selectors with the set of what they select, without asking
// each item.
type labelIndex struct {
	every bitset
	byKey map[string]map[string][]int
	memo  map[string]bitset
}

func newLabelIndex(sets []labels.Set) *labelIndex {
	x := &labelIndex{every: newBitset(len(sets)), byKey: map[string]map[string][]int{}, memo: map[string]bitset{}}
	for i, set := range sets {
		x.every.add(i)
		for k, v := range set {
			if x.byKey[k] == nil {
				x.byKey[k] = map[string][]int{}
			}
			x.byKey[k][v] = append(x.byKey[k][v], i)
		}
	}
	return x
}

// selected returns what a selector selects. The result must not be changed.
func (x *labelIndex) selected(s labels.Selector) bitset {
	key := s.String()
	if b, ok := x.memo[key]; ok {
		return b
	}
	out := make(bitset, len(x.every))
	if requirements, selectable := s.Requirements(); selectable {
		out = x.every.clone()
		for _, r := range requirements {
			x.keep(out, r)
		}
	}
	x.memo[key] = out
	return out
}

// keep removes from a set what does not meet a requirement.
func (x *labelIndex) keep(set bitset, r labels.Requirement) {
	values := x.byKey[r.Key()]
	meeting := make(bitset, len(x.every))
	switch r.Operator() {
	case selection.In, selection.Equals, selection.DoubleEquals:
		for _, v := range r.ValuesUnsorted() {
			meeting.addAll(values[v])
		}
	default:
		if r.Matches(labels.Set{}) { // NotIn and DoesNotExist are met by what lacks the key
			copy(meeting, x.every)
		}
		for v, items := range values {
			meeting.removeAll(items)
			if r.Matches(labels.Set{r.Key(): v}) {
				meeting.addAll(items)
			}
		}
	}
	set.and(meeting)
}
