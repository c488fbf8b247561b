package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"drawbridge/graph"
)

// ChangeOptions tells how a change is shown.
type ChangeOptions struct {
	// Title names the whole; "" leaves only what kind of document it is.
	Title string
	// Base and Head name the two sides ("main", "working tree").
	Base, Head string
	Theme      Theme
	Text       TextOptions
}

// mark says what became of an element in a picture of a change.
type mark int

const (
	unmarked    mark = iota // of no change at all
	markContext             // not changed, drawn to show where the others are
	markAdded
	markRemoved
	markChanged
)

func markOf(c graph.DeltaChange) mark {
	switch c {
	case graph.Added:
		return markAdded
	case graph.Removed:
		return markRemoved
	}
	return markChanged
}

// sign is the mark as one character, "" where there is none.
func (m mark) sign() string {
	switch m {
	case markAdded:
		return "+"
	case markRemoved:
		return "−"
	case markChanged:
		return "~"
	}
	return ""
}

// changeRow is one difference in words.
type changeRow struct {
	delta *graph.Delta
	// what names the element, about says what differs: both free text out of the input.
	what, about string
	where       string // "file:line", "" where no place is known
	folded      folded
}

// wording turns deltas into words.
type wording struct {
	c          *graph.Change
	base, head names
}

// names are the look-ups that words about one side take.
type names struct {
	*graph.Index
	flows    map[string]*graph.Flow
	grants   map[string]*graph.Grant
	findings map[string]*graph.Finding
	paths    map[string]*graph.Path
	// decisions are by ID; of several with the same the last.
	decisions map[string]graph.Decision
}

func newNames(g *graph.Graph) names {
	n := names{graph.NewIndex(g), map[string]*graph.Flow{}, map[string]*graph.Grant{}, map[string]*graph.Finding{}, map[string]*graph.Path{}, map[string]graph.Decision{}}
	for _, f := range g.Flows {
		n.flows[f.ID] = f
	}
	for _, r := range g.Grants {
		n.grants[r.ID] = r
	}
	for _, f := range g.Findings {
		n.findings[f.ID] = f
	}
	for _, p := range g.Paths {
		n.paths[p.ID] = p
	}
	for _, d := range g.Decisions {
		n.decisions[d.ID()] = d
	}
	return n
}

// component names a component by kind and name.
func (n names) component(id string) string {
	c := n.Component[id]
	if c == nil {
		return id
	}
	if c.ID == graph.InternetID {
		return "the internet"
	}
	return kindWord(c) + " " + cmp.Or(c.Name, c.ID)
}

// alone is what a row about one component has for itself.
func (n names) alone(id string) folded {
	f := folded{name: id, form: "%s"}
	if c := n.Component[id]; c != nil {
		f.kind, f.name = kindWord(c), cmp.Or(c.Name, c.ID)
	}
	return f
}

func (n names) boundary(id string) string {
	b := n.Boundary[id]
	if b == nil {
		return id
	}
	return boundaryTitle(b)
}

func newWording(c *graph.Change) *wording { return &wording{c, newNames(c.Base), newNames(c.Head)} }

// rows says all deltas in words, in their order.
func (w *wording) rows() []changeRow {
	var out []changeRow
	for _, d := range w.c.Deltas {
		r := w.row(d)
		if r.folded.form != "" {
			r.folded.key = foldKey(r)
		}
		out = append(out, r)
	}
	return out
}

// literal makes a text part of a form.
func literal(s string) string { return strings.ReplaceAll(s, "%", "%%") }

func (w *wording) row(d *graph.Delta) changeRow {
	side := w.head
	if d.Change == graph.Removed {
		side = w.base
	}
	r := changeRow{delta: d, what: d.ID, about: fieldWords(d.Fields), where: changePlace(d)}
	switch d.Kind {
	case graph.DeltaComponent:
		r.what, r.folded = side.component(d.ID), side.alone(d.ID)
		if c := side.Component[d.ID]; c != nil && d.Change == graph.Added {
			r.about = strings.Join(tellingWords(c), ", ")
			if c.Boundary != "" {
				r.about = strings.TrimPrefix(r.about+", in "+side.boundary(c.Boundary), ", ")
			}
		}
	case graph.DeltaExposure:
		r.what = side.component(d.ID)
		r.about = exposureWords(d)
		if d.Change == graph.Removed {
			r.folded = side.alone(d.ID)
			break // how it was reached is of no use any more
		}
		if c := side.Component[d.ID]; c != nil && len(c.ExposedBy) > 1 {
			r.about += ", by " + chainWords(side, c.ExposedBy)
		}
	case graph.DeltaBoundary:
		r.what = side.boundary(d.ID)
		if b := side.Boundary[d.ID]; b != nil {
			r.folded = folded{kind: boundaryWord(b), name: cmp.Or(b.Name, b.ID), form: "%s"}
		}
	case graph.DeltaFlow:
		f := side.flows[d.ID]
		if f == nil {
			break
		}
		r.what = side.component(f.From) + " → " + side.component(f.To)
		r.folded = side.alone(f.To)
		r.folded.form = literal(side.component(f.From)) + " → %s"
		if d.Change != graph.Changed {
			words := []string{strings.TrimSpace(endpoint(f) + peerWords(f)), encryptionWords(f), crossingWords(side, f)}
			r.about = strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), ", ")
		}
	case graph.DeltaGrant:
		if g := side.grants[d.ID]; g != nil {
			r.what = side.component(g.From) + " → " + side.component(g.To)
			r.folded = side.alone(g.To)
			r.folded.form = literal(side.component(g.From)) + " → %s"
			if d.Change != graph.Changed {
				r.folded.hows, r.folded.ends = []string{g.How}, [2]string{g.From, g.To}
				r.about = "may " + cmp.Or(strings.ReplaceAll(string(g.Does), "-", " "), "use") + ": " + g.How
				if g.Condition != "" {
					r.about += ", if " + g.Condition
				}
			}
		}
	case graph.DeltaPath:
		if p := side.paths[d.ID]; p != nil {
			chain := []string{p.From}
			for _, s := range p.Steps {
				chain = append(chain, s.To)
			}
			r.what, r.about = "attack path to "+side.component(p.To), chainWords(side, chain)
		}
	case graph.DeltaDecision:
		if x, ok := side.decisions[d.ID]; ok {
			r.what = "decision on " + x.Rule + " at " + cmp.Or(x.Address, x.Source.File)
			if d.Change != graph.Changed {
				r.about = string(x.Status)
				if x.Until != "" {
					r.about += " until " + x.Until
				}
			}
			if x.Reason != "" {
				r.about += ": " + x.Reason
			}
			if x.State == graph.DecisionUnused {
				r.about = "about nothing that is found; " + r.about
			}
		}
	case graph.DeltaFinding:
		if f := side.findings[d.ID]; f != nil {
			r.what = f.Title
			if d.Change != graph.Changed {
				r.about = string(f.Severity)
			}
		}
	}
	return r
}

// changePlace is where to look first: in the head, or where the base had it.
func changePlace(d *graph.Delta) string {
	for _, list := range [][]graph.Source{d.HeadAt, d.BaseAt} {
		if len(list) > 0 {
			s := list[0].String()
			if len(list) > 1 {
				s += fmt.Sprintf(" (+%d)", len(list)-1)
			}
			return s + causeWords(d, list)
		}
	}
	return strings.TrimPrefix(causeWords(d, nil), ", by ")
}

// causeWords tells the line that causes a difference, where it is another than its places.
func causeWords(d *graph.Delta, places []graph.Source) string {
	if len(d.Causes) == 0 || slices.ContainsFunc(d.Causes, func(c graph.Source) bool { return slices.Contains(places, c) }) {
		return ""
	}
	s := ", by " + d.Causes[0].String()
	if len(d.Causes) > 1 {
		s += fmt.Sprintf(" (+%d)", len(d.Causes)-1)
	}
	return s
}

func exposureWords(d *graph.Delta) string {
	word := func(e string) string {
		switch graph.Exposure(e) {
		case graph.ExposureDirect:
			return "reachable from the internet"
		case graph.ExposureIndirect:
			return "reachable from the internet through others"
		case graph.ExposureNone:
			return "not reachable from the internet"
		}
		return "not known"
	}
	if len(d.Fields) == 0 {
		return ""
	}
	base, head := word(d.Fields[0].Base), word(d.Fields[0].Head)
	switch d.Change {
	case graph.Added:
		return head
	case graph.Removed:
		return "was " + base
	}
	return base + " → " + head
}

// chainWords names the components of a chain, the middle of a long one left out.
func chainWords(n names, chain []string) string {
	const most = 5
	var parts []string
	for i, id := range chain {
		if len(chain) > most && i >= most-2 && i < len(chain)-1 {
			if i == most-2 {
				parts = append(parts, "…")
			}
			continue
		}
		name := id
		if c := n.Component[id]; c != nil {
			name = cmp.Or(c.Name, id)
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, " → ")
}

// fieldWords says "public no → yes, trust 2 → 3".
func fieldWords(fields []graph.FieldChange) string {
	var parts, tags []string
	for _, f := range fields {
		part := strings.ReplaceAll(f.Field, "_", " ") + " " + cmp.Or(f.Base, "–") + " → " + cmp.Or(f.Head, "–")
		if name, isTag := strings.CutPrefix(f.Field, "tag "); isTag {
			tags = append(tags, name)
		}
		parts = append(parts, part)
	}
	if len(tags) < leastTags {
		return strings.Join(parts, ", ")
	}
	// Tools write many tags at once, with the commit and the date of each thing in them: what
	// else changes would be lost among their values.
	parts = slices.DeleteFunc(parts, func(s string) bool { return strings.HasPrefix(s, "tag ") })
	shown := strings.Join(tags[:min(len(tags), mostNamed)], ", ")
	if more := len(tags) - mostNamed; more > 0 {
		shown += fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(append(parts, plural(len(tags), "tag", "tags")+" ("+shown+")"), ", ")
}

// leastTags are told by their names alone, fewer with their values.
const leastTags = 3

func encryptionWords(f *graph.Flow) string {
	switch f.Encrypted {
	case graph.Yes:
		return "encrypted"
	case graph.No:
		return "in plain text"
	}
	return ""
}

func crossingWords(n names, f *graph.Flow) string {
	var parts []string
	for _, x := range f.Crosses {
		way := "out of "
		if x.Into {
			way = "into "
		}
		parts = append(parts, way+n.boundary(x.Boundary))
	}
	return strings.Join(parts, ", ")
}

// changeWord is the change as people say it of this kind.
func changeWord(d *graph.Delta) string {
	if d.GoneStale() {
		return "gone stale"
	}
	if d.Kind != graph.DeltaFinding {
		return string(d.Change)
	}
	switch {
	case d.Change == graph.Added:
		return "new"
	case d.Change == graph.Removed:
		return "resolved"
	case d.Effect == graph.Worse:
		return "worsened"
	case d.Effect == graph.Better:
		return "eased"
	}
	return "changed"
}

// unknownTypes says what the verdict does not cover, "" for nothing.
func unknownTypes(c *graph.Change) string {
	var parts []string
	for _, name := range sortedKeys(c.Unknown) {
		parts = append(parts, fmt.Sprintf("%d %s", c.Unknown[name], name))
	}
	return strings.Join(parts, ", ")
}

// gapLines say what the verdict does not cover though the change touches it.
func gapLines(c *graph.Change) []string {
	var out []string
	for _, g := range c.Gaps {
		where := " (in the base only)"
		switch {
		case g.InBase && g.InHead:
			where = "; changed: " + strings.Join(g.Inputs, ", ")
		case g.InHead:
			where = " (in the head only)"
		}
		g.Note.Next = "" // which the scan tells
		out = append(out, g.Note.String()+where)
	}
	return out
}
