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

func (b bitset) andNot(c bitset) {
	for i := range c {
		b[i] &^= c[i]
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
	n     int
	every bitset
	byKey map[string]map[string]bitset
	memo  map[string]bitset
}

func newLabelIndex(sets []labels.Set) *labelIndex {
	x := &labelIndex{n: len(sets), every: newBitset(len(sets)), byKey: map[string]map[string]bitset{}, memo: map[string]bitset{}}
	for i, set := range sets {
		x.every.add(i)
		for k, v := range set {
			if x.byKey[k] == nil {
				x.byKey[k] = map[string]bitset{}
			}
			if x.byKey[k][v] == nil {
				x.byKey[k][v] = newBitset(x.n)
			}
			x.byKey[k][v].add(i)
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
	out := newBitset(x.n)
	if requirements, selectable := s.Requirements(); selectable {
		out.or(x.every)
		for _, r := range requirements {
			out.and(x.meeting(r))
		}
	}
	x.memo[key] = out
	return out
}

func (x *labelIndex) meeting(r labels.Requirement) bitset {
	out := newBitset(x.n)
	values := x.byKey[r.Key()]
	switch r.Operator() {
	case selection.In, selection.Equals, selection.DoubleEquals:
		for _, v := range r.ValuesUnsorted() {
			out.or(values[v])
		}
	case selection.NotIn, selection.NotEquals:
		out.or(x.every)
		for _, v := range r.ValuesUnsorted() {
			out.andNot(values[v])
		}
	case selection.Exists:
		for _, b := range values {
			out.or(b)
		}
	default: // DoesNotExist, and what label selectors cannot write
		if r.Matches(labels.Set{}) {
			out.or(x.every)
		}
		for v, b := range values {
			out.andNot(b)
			if r.Matches(labels.Set{r.Key(): v}) {
				out.or(b)
			}
		}
	}
	return out
}
