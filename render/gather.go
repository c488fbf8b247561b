package render

import (
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"
)

// How many like arrows between one box and a boundary are drawn as one: of those from or to
// what only supports a system, where it takes few to hide the rest; of others, where they
// also have to reach most of what the boundary holds.
const (
	leastSupporting = 3
	leastGathered   = 5
	gatheredShare   = 0.5
)

// supporting are the technologies that most of a system talks to, whatever it is for.
var supporting = []graph.Technology{
	graph.TechLog, graph.TechMonitoring, graph.TechKey, graph.TechSecret, graph.TechConfig, graph.TechRegistry, graph.TechDNS,
	graph.TechHost, graph.TechCluster, graph.TechIdentity, graph.TechScheduler,
}

// bundle is what arrows have to share to be drawn as one: the box at one end, the
// boundary at the other, and how they look.
type bundle struct {
	box       *box
	frame     string
	into      bool // the box is their target
	encrypted graph.Truth
	permitted bool
	blocked   bool
	crosses   bool
	grant     bool
}

// gather draws like arrows between one box and the boxes of a boundary that it does not stand
// in as one, from or to the boundary's edge. What has findings, or comes from those who call
// from outside, stays by itself, and so does everything in pictures about single components.
func (m *model) gather(v *view) {
	if m.opt.each || m.center != nil || m.steps != nil {
		return
	}
	n := newNest(v)
	technology := map[string]graph.Technology{}
	for _, c := range m.components {
		technology[elementID("c-", c.ID)] = c.Technology
	}
	// Many into one come first: they are what makes pictures unreadable.
	for _, into := range []bool{true, false} {
		bundles := map[bundle][]*arrow{}
		var order []bundle
		for _, a := range v.arrows {
			if a.parts != nil || len(a.badges) > 0 || a.from.caller || a.from.id == elementID("c-", graph.InternetID) || a.to.caller {
				continue
			}
			b := bundle{box: a.from, frame: n.apart(a.to, a.from), encrypted: a.encrypted, permitted: a.permitted, blocked: a.blocked, crosses: a.crosses, grant: a.grant}
			if into {
				b.box, b.frame, b.into = a.to, n.apart(a.from, a.to), true
			}
			if b.frame == "" {
				continue
			}
			if bundles[b] == nil {
				order = append(order, b)
			}
			bundles[b] = append(bundles[b], a)
		}
		for _, b := range order {
			arrows := bundles[b]
			ends := make([]*box, len(arrows))
			for i, a := range arrows {
				ends[i] = a.to
				if into {
					ends[i] = a.from
				}
			}
			frame := n.common(ends)
			switch {
			case slices.Contains(supporting, technology[b.box.id]) && len(arrows) >= leastSupporting:
			case len(arrows) >= leastGathered && float64(len(arrows)) >= gatheredShare*float64(n.count(frame)):
			default:
				continue
			}
			m.join(v, arrows, frame, into)
		}
	}
}

// join replaces some arrows by one from or to the edge of a boundary.
func (m *model) join(v *view, arrows []*arrow, frame string, into bool) {
	out := *arrows[0]
	out.parts, out.flows = arrows, nil
	for _, a := range arrows {
		out.flows = append(out.flows, a.flows...)
	}
	out.words, out.number = flowWords(out.flows), m.numberWords(out.flows)
	if into {
		out.fromFrame = frame
		out.id = elementID("f-", "gathered "+frame+" "+out.to.id+lookWords(&out))
	} else {
		out.toFrame = frame
		out.id = elementID("f-", "gathered "+out.from.id+" "+frame+lookWords(&out))
	}
	at := slices.Index(v.arrows, arrows[0])
	v.arrows[at] = &out
	v.arrows = slices.DeleteFunc(v.arrows, func(a *arrow) bool { return slices.Contains(arrows, a) })
	v.gathered += len(arrows)
}

// lookWords keep apart what the IDs of two gathered arrows between the same things would share.
func lookWords(a *arrow) string {
	if a.grant {
		return " grant"
	}
	return " " + strings.Join([]string{a.encrypted.String(), strconv.FormatBool(a.permitted), strconv.FormatBool(a.blocked), strconv.FormatBool(a.crosses)}, " ")
}

// apart is the outermost boundary around a box that does not hold another, "" for none.
func (t *nest) apart(b, other *box) string {
	mine, its := t.chain[b], t.chain[other]
	i := 0
	for i < len(mine) && i < len(its) && mine[i] == its[i] {
		i++
	}
	if i == len(mine) {
		return ""
	}
	return mine[i]
}

// common is the innermost boundary around all of some boxes.
func (t *nest) common(boxes []*box) string {
	chain := t.chain[boxes[0]]
	n := len(chain)
	for _, b := range boxes[1:] {
		i := 0
		for i < n && i < len(t.chain[b]) && t.chain[b][i] == chain[i] {
			i++
		}
		n = i
	}
	return chain[n-1]
}

// count is how many boxes a boundary holds.
func (t *nest) count(frame string) int {
	n := len(t.boxes[frame])
	for _, id := range t.inside[frame] {
		n += t.count(id)
	}
	return n
}

// links are the pairs of boxes that an arrow joins.
func (a *arrow) links() []*arrow {
	if a.parts == nil {
		return []*arrow{a}
	}
	return a.parts
}

// links are all pairs of boxes that the arrows of a view join.
func (v *view) links() []*arrow {
	var out []*arrow
	for _, a := range v.arrows {
		out = append(out, a.links()...)
	}
	return out
}

// anchor chooses the boxes between which a gathered arrow is laid out: the nearest ones.
func (r *ranked) anchor(a *arrow) {
	near := func(p *arrow) int {
		if n := r.length(p); n > 0 {
			return n
		}
		return 1000 - r.length(p)
	}
	for i, p := range a.parts {
		if i == 0 || near(p) < near(&arrow{from: a.from, to: a.to}) {
			a.from, a.to = p.from, p.to
		}
	}
}

// ends are what an arrow joins, in words: a gathered one leads from or to a boundary.
func (v *view) ends(a *arrow) (from, to string) {
	from, to = a.from.name, a.to.name
	for _, f := range v.frames {
		name := printable(boundaryTitle(f.boundary)) + " (" + strconv.Itoa(len(a.parts)) + " in it)"
		if a.fromFrame != "" && f.boundary.ID == a.fromFrame {
			from = name
		}
		if a.toFrame != "" && f.boundary.ID == a.toFrame {
			to = name
		}
	}
	return from, to
}
