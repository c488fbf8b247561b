package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"drawbridge/graph"
)

// picture is both sides of a change in one graph: the head, and what the base had and
// the head has no more. Its findings are those that are new or worse.
type picture struct {
	g     *graph.Graph
	marks map[any]mark // of components, boundaries and flows
	words map[any]string
	// order are the components that the deltas are about, in their order.
	order []string
}

func newPicture(c *graph.Change) *picture {
	p := &picture{g: &graph.Graph{}, marks: map[any]mark{}, words: map[any]string{}}
	base, head := newNames(c.Base), newNames(c.Head)
	p.g.Boundaries = append(p.g.Boundaries, c.Head.Boundaries...)
	p.g.Components = append(p.g.Components, c.Head.Components...)
	p.g.Flows = append(p.g.Flows, c.Head.Flows...)
	for _, b := range p.g.Boundaries {
		p.marks[b] = markContext
	}
	for _, x := range p.g.Components {
		p.marks[x] = markContext
	}
	for _, f := range p.g.Flows {
		p.marks[f] = markContext
	}
	more := slices.ContainsFunc(c.Deltas, func(d *graph.Delta) bool { return !onlyTags(d) })
	for _, d := range c.Deltas {
		gone := d.Change == graph.Removed
		switch d.Kind {
		case graph.DeltaBoundary:
			if b := base.Boundary[d.ID]; gone && b != nil {
				old := *b
				old.Parent = c.HeadID(b.Parent)
				p.g.Boundaries = append(p.g.Boundaries, &old)
				p.marks[&old] = markRemoved
			} else if b := head.Boundary[d.ID]; b != nil {
				p.marks[b] = markOf(d.Change)
			}
		case graph.DeltaComponent:
			if more && onlyTags(d) {
				continue // the lists tell it
			}
			if x := base.Component[d.ID]; gone && x != nil {
				old := *x
				old.Boundary = c.HeadID(x.Boundary)
				p.g.Components = append(p.g.Components, &old)
				p.marks[&old] = markRemoved
			} else if x := head.Component[d.ID]; x != nil {
				p.marks[x] = markOf(d.Change)
				p.words[x] = fieldWords(d.Fields)
			}
			p.order = append(p.order, d.ID)
		case graph.DeltaFlow:
			f := head.flows[d.ID]
			if old := base.flows[d.ID]; gone && old != nil {
				moved := *old
				moved.From, moved.To = c.HeadID(old.From), c.HeadID(old.To)
				f = &moved
				p.g.Flows = append(p.g.Flows, f)
			}
			if f != nil {
				p.marks[f] = markOf(d.Change)
				p.order = append(p.order, f.From, f.To)
				if before := base.flows[d.BaseID]; d.Change == graph.Changed && before != nil && endpoint(before) != endpoint(f) {
					p.words[f] = endpoint(before) + " → " + endpoint(f)
				}
			}
		case graph.DeltaExposure:
			if x := head.Component[d.ID]; x != nil && p.marks[x] == markContext {
				p.marks[x] = markChanged
				p.words[x] = fieldWords(d.Fields)
			}
			p.order = append(p.order, d.ID)
		}
	}
	p.grants(c, base, head)
	p.g.Findings = openedFindings(c)
	for _, f := range p.g.Findings {
		if flow := head.flows[f.Subject]; flow != nil {
			p.order = append(p.order, flow.From, flow.To)
		} else {
			p.order = append(p.order, f.Subject)
		}
	}
	return p
}

// onlyTags tells a component that differs in its tags alone.
func onlyTags(d *graph.Delta) bool {
	return d.Kind == graph.DeltaComponent && d.Change == graph.Changed && len(d.Fields) > 0 &&
		!slices.ContainsFunc(d.Fields, func(f graph.FieldChange) bool { return !strings.HasPrefix(f.Field, "tag ") })
}

// mostGrants is how many permissions that differ are drawn: more would hide the flows, and
// the lists tell them.
const mostGrants = 8

// mayPrefix begins the words on a permission that is drawn.
const mayPrefix = "may "

// grants draws permissions that come and go as flows that are possible.
func (p *picture) grants(c *graph.Change, base, head names) {
	var list []*graph.Delta
	for _, d := range c.Deltas {
		if d.Kind == graph.DeltaGrant && d.Change != graph.Changed {
			list = append(list, d)
		}
	}
	if len(list) > mostGrants {
		return
	}
	for _, d := range list {
		g, id := head.grants[d.ID], func(id string) string { return id }
		if d.Change == graph.Removed {
			g, id = base.grants[d.ID], c.HeadID
		}
		if g == nil || g.From == g.To {
			continue
		}
		f := &graph.Flow{ID: g.ID, From: id(g.From), To: id(g.To), Protocol: mayPrefix + cmp.Or(strings.ReplaceAll(string(g.Does), "-", " "), "use"), Basis: graph.Permitted, Evidence: g.Evidence}
		p.g.Flows = append(p.g.Flows, f)
		p.marks[f] = markOf(d.Change)
		p.order = append(p.order, f.From, f.To)
	}
}

// smallModel is how many components are drawn whatever they have to do with the change.
const smallModel = 12

// narrow leaves out what has nothing to do with the change: it keeps what differs, the ends of
// flows that differ, and beside these what has a flow with a component that differs itself. It
// reports whether some of what differs has no room.
func (p *picture) narrow() (limited bool) {
	touched, keep := p.touched(), map[string]bool{}
	for _, id := range p.order {
		if touched[id] && len(keep) < mostBoxes {
			keep[id] = true
		}
	}
	limited = len(keep) < len(touched)
	drawn := 0
	differs := map[string]bool{}
	for _, c := range p.g.Components {
		if c.Kind != graph.Identity {
			drawn++
		}
		differs[c.ID] = keep[c.ID] && p.marks[c] != markContext && c.ID != graph.InternetID
	}
	beside := map[string]bool{}
	for _, f := range p.g.Flows {
		if differs[f.From] {
			beside[f.To] = true
		}
		if differs[f.To] {
			beside[f.From] = true
		}
	}
	room := len(keep)+len(beside) <= mostBoxes
	p.g.Components = slices.DeleteFunc(p.g.Components, func(c *graph.Component) bool {
		return !keep[c.ID] && !(room && beside[c.ID]) && (drawn > smallModel || c.Kind == graph.Identity)
	})
	here := map[string]bool{}
	for _, c := range p.g.Components {
		here[c.ID] = true
	}
	p.g.Flows = slices.DeleteFunc(p.g.Flows, func(f *graph.Flow) bool { return !here[f.From] || !here[f.To] })
	return limited
}

// touched are the components that differ, or that an end of what differs is at.
func (p *picture) touched() map[string]bool {
	known := map[string]bool{}
	for _, c := range p.g.Components {
		known[c.ID] = true
	}
	out := map[string]bool{}
	for _, id := range p.order {
		if known[id] {
			out[id] = true
		}
	}
	return out
}

// ChangeDOT draws a change: added blue, removed crimson, dashed and struck, changed
// olive, and what did not change in grey: of that only what has a flow with what differs.
func ChangeDOT(c *graph.Change, opt ChangeOptions) ([]byte, error) {
	p := newPicture(c)
	p.dropPermittedContext()
	limited := p.narrow()
	m := wholeModel(p.g, Options{Theme: opt.Theme, each: true, ShowPermitted: true, ShowIdentities: true})
	cut := m.whole()
	v := m.view("", cut)
	v.title = strings.TrimPrefix(printable(opt.Title)+" — threat-model change", " — ")
	v.subtitle = changeSubtitle(c, opt)
	if limited {
		v.subtitle += fmt.Sprintf("  ·  the %d components that matter most", mostBoxes)
	}
	p.markView(v)
	return drawDOT(v, opt.Theme.palette())
}

// dropPermittedContext leaves out the flows that are only permitted, as other pictures do,
// unless they differ: those are counted above the picture.
func (p *picture) dropPermittedContext() {
	p.g.Flows = slices.DeleteFunc(p.g.Flows, func(f *graph.Flow) bool {
		return f.Basis == graph.Permitted && p.marks[f] == markContext
	})
}

// markView puts marks and the words about a change onto a view.
func (p *picture) markView(v *view) {
	v.change = true
	components := map[string]*graph.Component{}
	for _, c := range p.g.Components {
		components[elementID("c-", c.ID)] = c
	}
	for _, b := range v.boxes {
		c := components[b.id]
		b.mark = p.marks[c]
		if words := printable(p.words[c]); words != "" {
			b.words = []string{words}
		}
		switch b.mark {
		case markAdded, markRemoved, markChanged:
			b.kicker = b.mark.sign() + " " + strings.ToUpper(markClass(b.mark)) + " · " + b.kicker
		}
	}
	for _, f := range v.frames {
		f.mark = p.marks[f.boundary]
	}
	for _, a := range v.arrows {
		a.mark = p.marks[a.flows[0]]
		if strings.HasPrefix(a.flows[0].Protocol, mayPrefix) {
			a.permitted = false // its words say so
		}
		for _, f := range a.flows {
			if p.marks[f] != a.mark {
				a.mark = markChanged
			}
		}
		if words := printable(p.words[a.flows[0]]); words != "" && len(a.flows) == 1 {
			a.words = words
		}
		a.words = strings.TrimSpace(a.mark.sign() + " " + a.words)
	}
}

// changeSubtitle says "main → feature  ·  +2 −1 ~2 components  ·  +1 boundaries".
func changeSubtitle(c *graph.Change, opt ChangeOptions) string {
	var parts []string
	if opt.Base != "" || opt.Head != "" {
		parts = append(parts, printable(opt.Base+" → "+opt.Head))
	}
	for _, kind := range []graph.DeltaKind{graph.DeltaComponent, graph.DeltaFlow, graph.DeltaBoundary, graph.DeltaGrant} {
		counts := map[mark]int{}
		for _, d := range c.Deltas {
			if d.Kind == kind {
				counts[markOf(d.Change)]++
			}
		}
		var words []string
		sum := 0
		for _, m := range []mark{markAdded, markRemoved, markChanged} {
			sum += counts[m]
			if counts[m] > 0 {
				words = append(words, fmt.Sprintf("%s%d", m.sign(), counts[m]))
			}
		}
		if len(words) > 0 {
			one, many := string(kind), map[graph.DeltaKind]string{
				graph.DeltaComponent: "components", graph.DeltaFlow: "flows", graph.DeltaBoundary: "boundaries", graph.DeltaGrant: "permissions",
			}[kind]
			if kind == graph.DeltaGrant {
				one = "permission"
			}
			if sum != 1 {
				one = many
			}
			parts = append(parts, strings.Join(words, " ")+" "+one)
		}
	}
	if opened := openedFindings(c); len(opened) > 0 {
		parts = append(parts, "new or worsened findings: "+severityCounts(opened))
	}
	resolved := 0
	for _, d := range c.Deltas {
		if d.Kind == graph.DeltaFinding && d.Change == graph.Removed {
			resolved++
		}
	}
	if resolved > 0 {
		parts = append(parts, fmt.Sprintf("%d resolved", resolved))
	}
	return strings.Join(parts, "  ·  ")
}
