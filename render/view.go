package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"
)

// Options tells what a diagram or report shows.
type Options struct {
	// Title names the whole, "shop"; "" leaves only what kind of document it is.
	Title string
	// Subtitle tells where it was read from ("infra/terraform @ 4f2c1e9").
	Subtitle string
	Theme    Theme
	// ShowPermitted draws the flows that policy permits and nothing is known to use.
	ShowPermitted bool
	// ShowIdentities draws users, roles and service accounts.
	ShowIdentities bool
	// View limits the pictures to a part of the model: one of [Views], "" for all of it.
	View string
	// Focus limits the pictures to the components with these IDs and their neighbours.
	Focus []string
	// Paths limits the pictures to what lies on these attack paths.
	Paths []*graph.Path
	// Numbers puts the numbers of flows onto the pictures in place of words. Nothing
	// asked for, a picture does so where its words would be too many.
	Numbers bool
	// Icons are drawn in the boxes of pictures on their own, by technology.
	Icons Icons
	// each draws every component by itself, also what looks alike.
	each bool
	// ReadFile reads a file of the input, as places name it, for reports that show its
	// lines. Nil shows none.
	ReadFile func(name string) ([]byte, error)
	// Since is what changed against an earlier model, for reports that tell it. Nil for
	// no earlier model.
	Since *graph.Change
	// History is how the model changed over some revisions, for reports that show it. Nil
	// for none.
	History *graph.History
	// Live is the path, on the server that the HTML report comes from, of the stream of
	// events that tells of a new one; "" for a report that stands for itself.
	Live string
}

// view is one picture: the boxes, the frames around them and the arrows between
// them, with everything selected, merged and worded. Layout and colour come later.
type view struct {
	title, subtitle string
	boxes           []*box
	frames          []*frame // parents before children
	arrows          []*arrow
	left            int  // how many arrows are left out, because they are too many
	groups          int  // how many of the boxes stand for a whole boundary
	gathered        int  // how many arrows are drawn as parts of others
	numbered        bool // arrows carry the numbers of their flows in place of words
	change          bool // a picture of a difference
}

type shape int

const (
	processShape shape = iota
	storeShape
	externalShape
	identityShape
	groupShape // a collapsed boundary
)

// box is a component, or a boundary collapsed into one.
type box struct {
	id     string // element ID
	frame  string // ID of the boundary it is drawn in, "" for outside of all
	shape  shape
	kicker string // what kind of thing, drawn in capitals
	name   string
	place  string   // file:line
	icon   string   // the technology whose icon stands in it, "" for none
	words  []string // a few telling facts
	trust  int      // of a collapsed boundary
	badges []badge
	worst  graph.Severity
	// members are the IDs of the components that the box stands for, where it stands for
	// several that look alike.
	members []string
	more    []string // lines of the tooltip
	href    string   // "#id" or ""
	mark    mark
	// caller and service mark external entities outside of all boundaries that only
	// send or only receive: they stand at the left and at the right edge.
	caller, service bool
}

// stands reports whether a box stands for several components.
func (b *box) stands() bool { return b.shape == groupShape || len(b.members) > 0 }

// frame is a trust boundary around boxes.
type frame struct {
	id       string // element ID
	boundary *graph.Boundary
	badges   []badge
	mark     mark
}

// arrow is one flow, or several between the same two boxes.
type arrow struct {
	id       string // element ID
	from, to *box
	// parts are the arrows that one stands for which leads from or to the edge of a
	// boundary, which is the one of these IDs that is not "".
	parts              []*arrow
	fromFrame, toFrame string
	flows              []*graph.Flow
	words              string
	step               bool   // the number is that of a step
	number             string // of its flows in the reports' tables, or of the step of a path
	encrypted          graph.Truth
	crosses            bool
	permitted          bool // all of them are only permitted
	blocked            bool // network policy blocks one of them
	grant              bool // it stands for grants: nothing flows
	badges             []badge
	mark               mark
}

// group is a set of components drawn as one box.
type group struct {
	name     string
	boundary *graph.Boundary // the collapsed one, nil for a pool of others
	frame    string          // ID of the boundary the box stands in
	page     string          // name of the page that shows its content, "" for none
	members  []*graph.Component
	siblings bool // they look alike, and are drawn as one of them
}

// cut says what becomes of each component: a key of groups collapses it there,
// its own ID draws it, and "" leaves it out.
type cut struct {
	box    map[string]string // by component ID
	groups map[string]*group
	// focus, where it is not nil, limits the picture to these components and what
	// has a flow with them.
	focus map[string]bool
}

// model is a graph with what every view of it needs.
type model struct {
	g       *graph.Graph // of what is selected
	opt     Options
	index   *graph.Index
	numbers map[string]string // badges by finding ID
	// flowNumbers are those of the reports' tables, by flow ID.
	flowNumbers map[string]int
	selection

	components []*graph.Component // the ones to draw, in the graph's order
	flows      []*graph.Flow      // the ones to draw
	drawn      map[string]bool    // IDs of both

	aboutComponent map[string][]*graph.Finding
	aboutFlow      map[string][]*graph.Finding
	aboutBoundary  map[string][]*graph.Finding
}

func newModel(whole *graph.Graph, opt Options) (*model, error) {
	s, err := selected(whole, opt)
	if err != nil {
		return nil, err
	}
	g := s.graph
	opt.ShowIdentities = opt.ShowIdentities || s.identities
	opt.ShowPermitted = opt.ShowPermitted || s.permitted
	m := &model{
		g: g, opt: opt, index: graph.NewIndex(g), numbers: Badges(whole), flowNumbers: FlowNumbers(whole), selection: *s, drawn: map[string]bool{},
		aboutComponent: map[string][]*graph.Finding{},
		aboutFlow:      map[string][]*graph.Finding{},
		aboutBoundary:  map[string][]*graph.Finding{},
	}
	for _, c := range g.Components {
		if c.Kind != graph.Identity || opt.ShowIdentities {
			m.components = append(m.components, c)
			m.drawn[c.ID] = true
		}
	}
	for _, f := range g.Flows {
		if (f.Basis != graph.Permitted || opt.ShowPermitted) && m.drawn[f.From] && m.drawn[f.To] && f.From != f.To {
			m.flows = append(m.flows, f)
			m.drawn[f.ID] = true
		}
	}
	m.placeFindings(badged)
	return m, nil
}

// wholeModel is a model of which options select no part.
func wholeModel(g *graph.Graph, opt Options) *model {
	opt.View, opt.Focus, opt.Paths = "", nil, nil
	m, err := newModel(g, opt)
	if err != nil { // only a selection can fail
		panic(err)
	}
	return m
}

// FlowNumbers numbers the flows as the tables of the reports do, by flow ID.
func FlowNumbers(g *graph.Graph) map[string]int {
	out := make(map[string]int, len(g.Flows))
	for i, f := range g.Flows {
		out[f.ID] = i + 1
	}
	return out
}

// placeFindings attaches each finding that counts to what the picture shows of its
// subject: for a flow that is not drawn its target, for a grant the one who has it.
func (m *model) placeFindings(counts func(*graph.Finding) bool) {
	clear(m.aboutComponent)
	clear(m.aboutFlow)
	clear(m.aboutBoundary)
	flows := make(map[string]*graph.Flow, len(m.g.Flows))
	for _, f := range m.g.Flows {
		flows[f.ID] = f
	}
	grants := make(map[string]*graph.Grant, len(m.g.Grants))
	for _, r := range m.g.Grants {
		grants[r.ID] = r
	}
	for _, f := range m.g.Findings {
		if !counts(f) {
			continue
		}
		subject := f.Subject
		flow, grant := flows[subject], grants[subject]
		switch {
		case m.index.Boundary[subject] != nil:
			m.aboutBoundary[subject] = append(m.aboutBoundary[subject], f)
			continue
		case flow != nil && m.drawn[subject]:
			m.aboutFlow[subject] = append(m.aboutFlow[subject], f)
			continue
		case flow != nil:
			subject = flow.To
		case grant != nil && m.drawn[grant.From]:
			subject = grant.From
		case grant != nil:
			subject = grant.To
		}
		m.aboutComponent[subject] = append(m.aboutComponent[subject], f)
	}
}

// whole is the cut that draws every component.
func (m *model) whole() cut {
	c := cut{box: map[string]string{}}
	for _, x := range m.components {
		c.box[x.ID] = x.ID
	}
	return c
}

// view makes the picture of a cut.
func (m *model) view(title string, c cut) *view {
	v := &view{title: title}
	c.box, c.groups = maps.Clone(c.box), maps.Clone(c.groups)
	m.mergeSiblings(&c)
	shown := m.shown(c)

	boxes := map[string]*box{}
	var order []string
	members := map[string][]*graph.Component{}
	for _, x := range m.components {
		key := c.box[x.ID]
		if !shown[key] {
			continue
		}
		if members[key] == nil {
			order = append(order, key)
		}
		members[key] = append(members[key], x)
	}
	for _, key := range order {
		var b *box
		if g := c.groups[key]; g != nil && g.siblings {
			b = m.siblingBox(g)
		} else if g != nil {
			b = m.groupBox(key, g, members[key])
			v.groups++
		} else {
			b = m.componentBox(members[key][0])
		}
		boxes[key] = b
		v.boxes = append(v.boxes, b)
	}

	v.arrows = m.arrows(c, boxes)
	v.frames = m.frames(v.boxes, c)
	markEdges(v)
	m.gather(v)
	limitArrows(v, mostDrawn)
	v.numbered = m.opt.Numbers || len(v.arrows) > mostWorded
	v.subtitle = m.subtitle(v, c)
	return v
}

// shown tells which keys of a cut the picture holds.
func (m *model) shown(c cut) map[string]bool {
	shown := map[string]bool{}
	for _, x := range m.components {
		if c.focus == nil || c.focus[x.ID] {
			shown[c.box[x.ID]] = true
		}
	}
	if c.focus != nil {
		for _, f := range m.flows {
			if c.focus[f.From] || c.focus[f.To] {
				shown[c.box[f.From]], shown[c.box[f.To]] = true, true
			}
		}
	}
	delete(shown, "")
	return shown
}

func (m *model) componentBox(c *graph.Component) *box {
	b := &box{
		id: elementID("c-", c.ID), frame: c.Boundary,
		kicker: kindWord(c), name: cmp.Or(printable(c.Name), printable(c.ID), "(unnamed)"),
		place: printable(c.Source.String()), words: tellingWords(c),
	}
	if m.index.Boundary[c.Boundary] == nil {
		b.frame = ""
	}
	if _, ok := m.opt.Icons[c.Technology]; ok {
		b.icon = string(c.Technology)
	}
	switch c.Kind {
	case graph.Store:
		b.shape = storeShape
	case graph.External:
		b.shape = externalShape
	case graph.Identity:
		b.shape = identityShape
	}
	switch {
	case c.Replicas > 1:
		b.kicker += " ×" + strconv.Itoa(c.Replicas)
	case c.Replicas < 0:
		b.kicker += " ×n"
	}
	findings := m.aboutComponent[c.ID]
	b.badges, b.worst = numbered(findings, m.numbers), worst(findings)
	b.more = []string{kindWord(c) + ": " + b.name}
	if c.Address != "" && c.Address != c.Name {
		b.more = append(b.more, printable(c.Address))
	}
	if b.place != "" {
		b.more = append(b.more, b.place)
	}
	for _, f := range bySeverity(findings) {
		b.more = append(b.more, m.numbers[f.ID]+" "+printable(f.Title))
	}
	return b
}

func (m *model) groupBox(key string, g *group, members []*graph.Component) *box {
	b := &box{
		id: elementID("b-", key), frame: g.frame, shape: groupShape,
		kicker: "▸ " + countMembers(members), name: cmp.Or(printable(g.name), "(unnamed)"),
		words: commonLabels(members),
	}
	if g.page != "" {
		b.href = "#page-" + g.page
	}
	inside := map[string]bool{}
	var findings []*graph.Finding
	for _, c := range members {
		inside[c.ID] = true
		findings = append(findings, m.aboutComponent[c.ID]...)
	}
	for _, c := range members {
		for _, f := range m.index.Out[c.ID] {
			if inside[f.To] {
				findings = append(findings, m.aboutFlow[f.ID]...)
			}
		}
	}
	if g.boundary != nil {
		b.trust = g.boundary.Trust
		b.more = append(b.more, boundaryWord(g.boundary)+": "+b.name)
		for _, id := range sortedKeys(m.aboutBoundary) {
			if slices.Contains(m.index.Ancestors(id), g.boundary) {
				findings = append(findings, m.aboutBoundary[id]...)
			}
		}
	}
	b.badges, b.worst = counted(findings), worst(findings)
	b.more = append(b.more, countMembers(members))
	return b
}

// countMembers says "12 stores", or "12 components" where they differ in kind.
func countMembers(members []*graph.Component) string {
	one, many := "component", "components"
	for i, kind := range []graph.Kind{graph.Process, graph.Store, graph.External} {
		if !slices.ContainsFunc(members, func(c *graph.Component) bool { return c.Kind != kind }) {
			one = []string{"process", "store", "external entity"}[i]
			many = []string{"processes", "stores", "external entities"}[i]
		}
	}
	return plural(len(members), one, many)
}

// commonLabels lists the kinds of things most often among some components.
func commonLabels(members []*graph.Component) []string {
	count := map[string]int{}
	for _, c := range members {
		count[kindWord(c)]++
	}
	words := sortedKeys(count)
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
	var out []string
	for i, w := range words {
		if count[w] > 1 {
			w += " ×" + strconv.Itoa(count[w])
		}
		if i > 0 && textWidth(strings.Join(append(out, w), ", "), smallSize, false) > widestFoot-20 {
			return append(out, fmt.Sprintf("+%d", len(words)-i))
		}
		out = append(out, w)
	}
	return out
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// arrows merges the flows between each two boxes into one.
func (m *model) arrows(c cut, boxes map[string]*box) []*arrow {
	type pair struct{ from, to *box }
	merged := map[pair]*arrow{}
	var out []*arrow
	for _, f := range m.flows {
		p := pair{boxes[c.box[f.From]], boxes[c.box[f.To]]}
		if p.from == nil || p.to == nil || p.from == p.to {
			continue
		}
		if c.focus != nil && !c.focus[f.From] && !c.focus[f.To] {
			continue
		}
		a := merged[p]
		if a == nil {
			a = &arrow{id: elementID("f-", p.from.id+" "+p.to.id), from: p.from, to: p.to}
			merged[p] = a
			out = append(out, a)
		}
		a.flows = append(a.flows, f)
	}
	for _, a := range out {
		a.words = flowWords(a.flows)
		a.number, a.step = m.numberWords(a.flows), m.steps != nil
		a.encrypted = encryption(a.flows)
		a.permitted, a.grant = true, true
		var findings []*graph.Finding
		for _, f := range a.flows {
			a.crosses = a.crosses || len(f.Crosses) > 0
			a.permitted = a.permitted && f.Basis == graph.Permitted
			a.grant = a.grant && m.grants[f.ID]
			a.blocked = a.blocked || f.Passage == graph.Blocked
			findings = append(findings, m.aboutFlow[f.ID]...)
		}
		if (a.from.stands() || a.to.stands()) && len(a.flows) > 1 {
			a.badges = counted(findings)
		} else {
			a.badges = numbered(findings, m.numbers)
		}
	}
	return out
}

// limitArrows leaves out what matters least where arrows are too many for any layout.
func limitArrows(v *view, most int) {
	if len(v.arrows) <= most {
		return
	}
	matters := func(a *arrow) int {
		n := min(len(a.flows), 50)
		if len(a.badges) > 0 {
			n += 1000 * (1 + a.badges[0].severity.Rank())
		}
		if a.crosses {
			n += 500
		}
		if a.from.caller || a.from.id == elementID("c-", graph.InternetID) {
			n += 10000
		}
		return n
	}
	order := slices.Clone(v.arrows)
	slices.SortStableFunc(order, func(a, b *arrow) int { return matters(b) - matters(a) })
	keep := map[*arrow]bool{}
	for _, a := range order[:most] {
		keep[a] = true
	}
	v.left += len(v.arrows) - most
	v.arrows = slices.DeleteFunc(v.arrows, func(a *arrow) bool { return !keep[a] })
}

// frames lists the boundaries around the boxes, parents before children. A
// boundary with nothing in it is not drawn; a finding about it then stands at the
// next one outside.
func (m *model) frames(boxes []*box, c cut) []*frame {
	needed := map[string]bool{}
	for _, b := range boxes {
		for _, a := range m.index.Ancestors(b.frame) {
			needed[a.ID] = true
		}
	}
	collapsed := map[string]bool{}
	for _, g := range c.groups {
		if g.boundary != nil {
			collapsed[g.boundary.ID] = true
		}
	}
	findings := map[string][]*graph.Finding{}
	for _, b := range m.g.Boundaries {
		for _, a := range m.index.Ancestors(b.ID) {
			if collapsed[a.ID] {
				break
			}
			if needed[a.ID] {
				findings[a.ID] = append(findings[a.ID], m.aboutBoundary[b.ID]...)
				break
			}
		}
	}
	var out []*frame
	for _, b := range m.g.Boundaries {
		if needed[b.ID] {
			out = append(out, &frame{
				id: elementID("b-", b.ID), boundary: b,
				badges: numbered(findings[b.ID], m.numbers),
			})
		}
	}
	depth := func(f *frame) int { return len(m.index.Ancestors(f.boundary.ID)) }
	slices.SortStableFunc(out, func(a, b *frame) int { return cmp.Compare(depth(a), depth(b)) })
	return out
}

// markEdges finds the external entities for the left and the right edge of the
// picture. Those within a boundary stay there: Graphviz cannot do both.
func markEdges(v *view) {
	sends, receives := map[*box]bool{}, map[*box]bool{}
	for _, a := range v.arrows {
		sends[a.from], receives[a.to] = true, true
	}
	for _, b := range v.boxes {
		if b.frame != "" || b.shape != externalShape {
			continue
		}
		b.caller = sends[b] && !receives[b] || b.id == elementID("c-", graph.InternetID) && sends[b]
		b.service = receives[b] && !sends[b]
	}
}

// title says what the picture shows, with the counts of what it covers.
func (m *model) title(what string) string {
	boundaries := map[string]bool{}
	for _, c := range m.components {
		for _, b := range m.index.Ancestors(c.Boundary) {
			boundaries[b.ID] = true
		}
	}
	s := fmt.Sprintf("%s (%s, %s)", what, plural(len(m.components), "component", "components"),
		plural(len(boundaries), "trust boundary", "trust boundaries"))
	if m.opt.Title != "" {
		s = printable(m.opt.Title) + " — " + s
	}
	return s
}

func (m *model) subtitle(v *view, c cut) string {
	var parts []string
	if m.opt.Subtitle != "" {
		parts = append(parts, printable(m.opt.Subtitle))
	}
	open := m.open(v, c)
	switch told := matters(open); {
	case len(open) > 0:
		parts = append(parts, plural(len(told), "finding", "findings")+": "+severityCounts(told))
	default:
		parts = append(parts, "no findings")
	}
	crossing, merged := 0, 0
	for _, a := range v.arrows {
		merged += len(a.flows)
		for _, f := range a.flows {
			if len(f.Crosses) > 0 {
				crossing++
			}
		}
	}
	if onlyGrants(v) {
		parts = append(parts, plural(merged, "permission", "permissions"))
	} else {
		parts = append(parts, plural(crossing, "boundary-crossing flow", "boundary-crossing flows"))
	}
	if v.numbered {
		parts = append(parts, "numbers are those of the reports' table of flows")
	}
	if v.groups > 0 && merged > len(v.arrows) {
		parts = append(parts, fmt.Sprintf("%d flows merged into %d", merged, len(v.arrows)))
	}
	if v.left > 0 {
		parts = append(parts, fmt.Sprintf("drawn: the %d of %d arrows that matter most", len(v.arrows), len(v.arrows)+v.left))
	}
	if hidden := m.hidden(c); hidden != "" {
		parts = append(parts, "not drawn: "+hidden)
	}
	return strings.Join(parts, "  ·  ")
}

// onlyGrants tells a picture in which nothing flows.
func onlyGrants(v *view) bool {
	return len(v.arrows) > 0 && !slices.ContainsFunc(v.arrows, func(a *arrow) bool { return !a.grant })
}

// open are the findings that a picture is about: all, or on a page about a part those of the
// part, of its flows, and of the boundaries that hold nothing else.
func (m *model) open(v *view, c cut) []*graph.Finding {
	var out []*graph.Finding
	if c.focus == nil {
		for _, f := range m.g.Findings {
			if badged(f) {
				out = append(out, f)
			}
		}
		return out
	}
	foreign := map[string]bool{} // boundaries with something else in them
	for _, x := range m.components {
		if c.focus[x.ID] {
			out = append(out, m.aboutComponent[x.ID]...)
			continue
		}
		for _, b := range m.index.Ancestors(x.Boundary) {
			foreign[b.ID] = true
		}
	}
	for _, a := range v.arrows {
		for _, f := range a.flows {
			out = append(out, m.aboutFlow[f.ID]...)
		}
	}
	for _, f := range v.frames {
		if !foreign[f.boundary.ID] {
			out = append(out, m.aboutBoundary[f.boundary.ID]...)
		}
	}
	return out
}

// hidden says what the options leave out of the picture, or of the part that it is about.
func (m *model) hidden(cut cut) string {
	identities, permitted := 0, 0
	for _, c := range m.g.Components {
		if c.Kind == graph.Identity && !m.opt.ShowIdentities && cut.focus == nil {
			identities++
		}
	}
	for _, f := range m.g.Flows {
		if f.Basis == graph.Permitted && !m.opt.ShowPermitted && (cut.focus == nil || cut.focus[f.From] || cut.focus[f.To]) {
			permitted++
		}
	}
	var parts []string
	if identities > 0 {
		parts = append(parts, plural(identities, "identity", "identities"))
	}
	if permitted > 0 {
		parts = append(parts, plural(permitted, "flow that is only permitted", "flows that are only permitted"))
	}
	return strings.Join(parts, ", ")
}
