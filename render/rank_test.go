package render

import (
	"fmt"
	"testing"
)

// Every flow that runs forward is held at its length, every box is tied to the others:
// then Graphviz can only place them in the columns that were chosen.
func TestColumnsAreHeld(t *testing.T) {
	for _, s := range samples {
		m := wholeModel(s.make(), Options{})
		v := m.view("", m.whole())
		r := rankBoxes(v)
		group := map[*box]*box{}
		var find func(*box) *box
		find = func(b *box) *box {
			if group[b] == nil || group[b] == b {
				return b
			}
			return find(group[b])
		}
		for _, a := range v.arrows {
			if r.length(a) > 0 {
				group[find(a.to)] = find(a.from)
			}
		}
		for _, tie := range r.ties {
			if tie.length < 1 || tie.length != r.column[tie.to]-r.column[tie.from] {
				t.Errorf("%s: a tie of length %d from column %d to %d", s.name, tie.length, r.column[tie.from], r.column[tie.to])
			}
			group[find(tie.to)] = find(tie.from)
		}
		for _, b := range v.boxes {
			if find(b) != find(v.boxes[0]) {
				t.Errorf("%s: nothing holds %s", s.name, b.name)
			}
			if r.column[b] < 0 {
				t.Errorf("%s: %s stands in column %d", s.name, b.name, r.column[b])
			}
		}
	}
}

// A boundary stands to the right of all that calls into it, and to the left of what it calls.
func TestColumnsOfBoundaries(t *testing.T) {
	s := &sample{}
	s.boundary("acct|account|Account|a||2")
	s.boundary("net|network|VPC|net|acct|3")
	s.component("internet|external||internet||")
	for i := range 3 {
		s.component(fmt.Sprintf("p%c|process||p%c|net|", 'a'+i, 'a'+i))
		s.component(fmt.Sprintf("s%c|store||s%c|acct|", 'a'+i, 'a'+i))
		s.flow(fmt.Sprintf("p%c|s%c|x|1|yes", 'a'+i, 'a'+i))
	}
	s.flow("internet|pa|https|443|yes")
	s.flow("pa|pb|https|443|yes")
	s.flow("pb|pc|https|443|yes")
	m := wholeModel(s.done(), Options{})
	v := m.view("", m.whole())
	r := rankBoxes(v)
	column := map[string]int{}
	for _, b := range v.boxes {
		column[b.name] = r.column[b]
	}
	for name, want := range map[string]int{"internet": 0, "pa": 1, "pb": 2, "pc": 3, "sa": 4, "sb": 4, "sc": 4} {
		if column[name] != want {
			t.Errorf("%s stands in column %d, want %d", name, column[name], want)
		}
	}
}
