package render

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"drawbridge/graph"
)

// How much is left on a page that took too long to lay out: fewer arrows at first, then
// also one box for each outermost boundary.
const (
	coarseArrows = 40
	coarsest     = 2
)

// Draw lays a page out by what draw does with its DOT. Where that takes longer than its share
// of the layouter's time, the same page is drawn coarser, which its subtitle says.
func (p Page) Draw(ctx context.Context, l Layouter, draw func(dot []byte, l Layouter) ([]byte, error)) ([]byte, error) {
	var out []byte
	err := p.inTime(ctx, l, func(v *view, l Layouter) error {
		dot := p.DOT
		if v != p.view {
			var err error
			if dot, err = drawDOT(v, p.palette); err != nil {
				return err
			}
		}
		var err error
		out, err = draw(dot, l)
		return err
	})
	return out, err
}

// inTime calls one with the page, and while that ends because its time is over, with a
// coarser one, each with half of the time that is left and the last with all of it.
func (p Page) inTime(ctx context.Context, l Layouter, one func(v *view, l Layouter) error) error {
	left := l.Timeout
	if left == 0 {
		left = defaultTimeout
	}
	for level := 0; ; level++ {
		v := p.view
		if level > 0 {
			v = p.coarser(level)
		}
		last := level == coarsest || p.coarser == nil
		l.Timeout = left
		if !last {
			l.Timeout = left / 2
		}
		start := time.Now()
		err := one(v, l)
		if err == nil || last || !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			return err
		}
		left = max(time.Second, left-time.Since(start))
	}
}

// coarse is a view of a cut that is easier to lay out, with a note that says so.
func (m *model) coarse(title string, c cut, level int) *view {
	if level == coarsest {
		c = m.outermost(c)
	}
	v := m.view(title, c)
	limitArrows(v, coarseArrows)
	v.subtitle = m.subtitle(v, c) + "  ·  coarser than meant: the layout of all took too long"
	return v
}

// outermost is a cut like another with one box for each boundary that no other holds.
func (m *model) outermost(c cut) cut {
	shown := m.shown(c)
	out := cut{box: map[string]string{}, groups: map[string]*group{}}
	members := map[string][]*graph.Component{}
	var order []string
	for _, x := range m.components {
		chain := m.index.Ancestors(x.Boundary)
		if !shown[c.box[x.ID]] {
			continue
		}
		home := ""
		if len(chain) > 0 {
			home = chain[len(chain)-1].ID
		}
		if members[home] == nil {
			order = append(order, home)
		}
		members[home] = append(members[home], x)
	}
	for _, home := range order {
		b := m.index.Boundary[home]
		if b == nil {
			for _, part := range slices.Collect(slices.Chunk(members[home], max(1, (len(members[home])+9)/10))) {
				if len(part) == 1 {
					out.box[part[0].ID] = part[0].ID
					continue
				}
				out.add("part "+part[0].ID, &group{name: fmt.Sprintf("%s to %s", printable(part[0].Name), printable(part[len(part)-1].Name)), members: part})
			}
			continue
		}
		out.add("boundary "+home, &group{name: b.Name, boundary: b, members: members[home]})
	}
	return out
}
