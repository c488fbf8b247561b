package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"drawbridge/graph"
)

// Page is one picture of a set.
type Page struct {
	// Name is safe in a file name and in "#page-NAME", unique within the set, and
	// stays the same as long as the boundary's own name does.
	Name  string
	Title string
	DOT   []byte
	view  *view
	// coarser gives views of the same that are easier to lay out, from level 1 on.
	coarser func(level int) *view
	palette *palette
}

// How much one picture holds before boundaries are collapsed, and how many boxes
// are left then.
const (
	mostComponents = 40
	mostArrows     = 60
	mostBoxes      = 25
	// mostWorded arrows have words on them; where they are more, each has its number.
	mostWorded = 60
	// mostPlain boxes are drawn in one picture where no boundary divides them.
	mostPlain = 50
	// mostDrawn arrows are in one picture, those that matter most.
	mostDrawn = 150
	// mostDirect components that stand in a boundary beside others are drawn; more
	// are pooled.
	mostDirect = 4
)

// Pages draws the graph as pictures that can be read: one picture of everything
// where it is small enough, else an overview with collapsed boundaries first and a
// page for each of them. A box of the overview links to "#page-NAME".
func Pages(g *graph.Graph, opt Options) ([]Page, error) {
	m, err := newModel(g, opt)
	if err != nil {
		return nil, err
	}
	b := &binder{m: m, taken: map[string]bool{}}
	all, title := m.whole(), m.title(m.what)
	whole := m.view(title, all)
	if len(whole.boxes) <= mostComponents && len(whole.arrows) <= mostArrows {
		return b.pages, b.add("diagram", title, all, whole)
	}
	top := m.collapse("", m.components)
	if len(top.groups) == 0 {
		if len(whole.boxes) <= mostPlain {
			return b.pages, b.add("diagram", title, all, whole)
		}
		top = m.split(&group{name: "all", members: m.components})
	}
	b.nameAll(top)
	if err := b.addCut("overview", m.title("overview"), top); err != nil {
		return nil, err
	}
	err = b.details(top, sortedKeys(top.groups))
	return b.pages, err
}

// binder collects pages and gives them names.
type binder struct {
	m     *model
	pages []Page
	taken map[string]bool
}

func (b *binder) addCut(name, title string, c cut) error {
	return b.add(name, title, c, b.m.view(title, c))
}

// add makes a page of a view, which is that of a cut.
func (b *binder) add(name, title string, c cut, v *view) error {
	p := b.m.opt.Theme.palette()
	dot, err := drawDOT(v, p)
	if err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	b.taken[name] = true
	b.pages = append(b.pages, Page{name, v.title, dot, v, func(level int) *view { return b.m.coarse(title, c, level) }, p})
	return nil
}

// nameAll gives every group of a cut the name of its page.
func (b *binder) nameAll(c cut) {
	b.taken["overview"], b.taken["diagram"] = true, true
	for _, key := range sortedKeys(c.groups) {
		g := c.groups[key]
		name := elementID("", strings.ToLower(strings.Join(strings.Fields(printable(g.name)), "-")))
		if b.taken[name] {
			name = elementID("", name+" "+key)
		}
		b.taken[name] = true
		g.page = name
	}
}

// details adds a page for each of some groups of a cut: its components one by one,
// and what they have a flow with as the cut shows it. A group that is itself too
// large becomes an overview with pages of its own.
func (b *binder) details(outer cut, keys []string) error {
	for _, key := range keys {
		g := outer.groups[key]
		inner := cut{box: maps.Clone(outer.box), groups: maps.Clone(outer.groups), focus: map[string]bool{}}
		delete(inner.groups, key)
		for _, c := range g.members {
			inner.focus[c.ID] = true
			inner.box[c.ID] = c.ID
		}
		var parts []string
		divided := g.boundary != nil && slices.ContainsFunc(g.members, func(c *graph.Component) bool { return c.Boundary != g.boundary.ID })
		if divided && len(g.members) > mostComponents || len(g.members) > mostPlain {
			deeper := b.m.split(g)
			if divided {
				deeper = b.m.collapse(g.boundary.ID, g.members)
			}
			b.nameAll(deeper)
			parts = sortedKeys(deeper.groups)
			maps.Copy(inner.box, deeper.box)
			maps.Copy(inner.groups, deeper.groups)
		}
		if err := b.addCut(g.page, b.m.groupTitle(g), inner); err != nil {
			return err
		}
		if err := b.details(inner, parts); err != nil {
			return err
		}
	}
	return nil
}

// split divides a group that no boundary divides into parts that a picture can hold: by
// kind of thing, then in the order of their IDs.
func (m *model) split(g *group) cut {
	const parts = 30
	members := slices.Clone(g.members)
	slices.SortStableFunc(members, func(a, b *graph.Component) int { return strings.Compare(kindWord(a), kindWord(b)) })
	size := max(mostBoxes, (len(members)+parts-1)/parts)
	out := cut{box: map[string]string{}, groups: map[string]*group{}}
	frame := g.frame
	if g.boundary != nil {
		frame = g.boundary.ID
	}
	for part := range slices.Chunk(members, size) {
		name := fmt.Sprintf("%s to %s", printable(part[0].Name), printable(part[len(part)-1].Name))
		out.add(fmt.Sprintf("part %s %s", part[0].ID, g.name), &group{name: name, frame: frame, members: part})
	}
	return out
}

func (m *model) groupTitle(g *group) string {
	s := shownName(printable(g.name)) + " — " + countMembers(g.members)
	if g.boundary != nil {
		s = boundaryWord(g.boundary) + " " + s
	}
	if m.opt.Title != "" {
		s = printable(m.opt.Title) + " — " + s
	}
	return s
}

// collapse makes a cut of some components, which lie within a boundary ("" for
// all): first each boundary directly inside as one box, then the largest opened as
// long as the boxes stay few.
func (m *model) collapse(within string, members []*graph.Component) cut {
	c := &collapser{m: m, children: map[string][]string{}, inside: map[string][]*graph.Component{}, direct: map[string][]*graph.Component{}}
	for _, x := range members {
		home := ""
		chain := m.index.Ancestors(x.Boundary)
		if len(chain) > 0 {
			home = x.Boundary
		}
		c.direct[home] = append(c.direct[home], x)
		for _, a := range chain {
			c.inside[a.ID] = append(c.inside[a.ID], x)
		}
	}
	for _, b := range m.g.Boundaries {
		if len(c.inside[b.ID]) > 0 {
			parent := b.Parent
			if m.index.Boundary[parent] == nil {
				parent = ""
			}
			c.children[parent] = append(c.children[parent], b.ID)
		}
	}
	out := c.cut(within)
	for _, x := range members {
		if out.box[x.ID] == "" { // in boundaries that lie within each other
			out.box[x.ID] = x.ID
		}
	}
	return out
}

type collapser struct {
	m        *model
	children map[string][]string // boundaries by parent, those with components
	inside   map[string][]*graph.Component
	direct   map[string][]*graph.Component
}

// cost is how many boxes an opened boundary takes.
func (c *collapser) cost(boundary string) int {
	n := len(c.children[boundary])
	if d := len(c.direct[boundary]); d <= mostDirect || boundary == "" {
		n += d
	} else {
		n++
	}
	return n
}

func (c *collapser) cut(within string) cut {
	opened := map[string]bool{within: true}
	closed := slices.Clone(c.children[within])
	boxes := c.cost(within)
	for {
		slices.SortStableFunc(closed, func(a, b string) int { return len(c.inside[b]) - len(c.inside[a]) })
		i := slices.IndexFunc(closed, func(b string) bool {
			gains := len(c.children[b]) > 0 || len(c.direct[b]) <= mostDirect
			return gains && boxes-1+c.cost(b) <= mostBoxes
		})
		if i < 0 {
			break
		}
		b := closed[i]
		opened[b] = true
		boxes += c.cost(b) - 1
		closed = append(slices.Delete(closed, i, i+1), c.children[b]...)
	}
	out := cut{box: map[string]string{}, groups: map[string]*group{}}
	for _, id := range closed {
		b := c.m.index.Boundary[id]
		g := &group{name: b.Name, boundary: b, frame: b.Parent, members: c.inside[id]}
		out.add("boundary "+id, g)
	}
	for _, id := range sortedKeys(c.direct) {
		if !opened[id] {
			continue
		}
		members := c.direct[id]
		if len(members) <= mostDirect {
			for _, x := range members {
				out.box[x.ID] = x.ID
			}
			continue
		}
		c.pool(&out, id, members)
	}
	return out
}

// pool collapses the components that stand directly in an opened boundary. The
// internet stays by itself; other external entities outside of all boundaries are
// pooled apart from what belongs to the system.
func (c *collapser) pool(out *cut, boundary string, members []*graph.Component) {
	var external, own []*graph.Component
	for _, x := range members {
		switch {
		case x.ID == graph.InternetID:
			out.box[x.ID] = x.ID
		case x.Kind == graph.External:
			external = append(external, x)
		default:
			own = append(own, x)
		}
	}
	for _, part := range []struct {
		key, name string
		members   []*graph.Component
	}{
		{"external ", "external entities", external},
		{"direct ", "others", own},
	} {
		if len(part.members) <= mostDirect {
			for _, x := range part.members {
				out.box[x.ID] = x.ID
			}
			continue
		}
		name := part.name
		if b := c.m.index.Boundary[boundary]; b != nil {
			name += " in " + b.Name
		}
		out.add(part.key+boundary, &group{name: name, frame: boundary, members: part.members})
	}
}

func (c *cut) add(key string, g *group) {
	c.groups[key] = g
	for _, x := range g.members {
		c.box[x.ID] = key
	}
}
