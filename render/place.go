package render

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// raiseText makes the text of a laid-out picture readable. Graphviz draws the
// titles of boundaries below the flows, and puts the label of a flow wherever it
// kept room, be it on a title or far from its line. Here titles and labels are
// drawn above all lines, and each label moves along its own flow to the place where
// it covers the least.
func raiseText(picture *element) {
	var titles, labels, boxes []*element
	var flows []*flowShape
	var blocked []rect // by boxes and titles
	var frames []titled
	for _, c := range picture.children {
		switch c.attr("class") {
		case "node":
			boxes = append(boxes, c)
			if r, ok := bounds(c); ok {
				blocked = append(blocked, r.grow(1.5))
			}
		case "cluster":
			outline, ok := bounds(c.find(isShape))
			title := takeTitle(c)
			if size, filled := bounds(title); ok && filled {
				frames = append(frames, titled{title, size, outline})
				titles = append(titles, title)
			}
		case "edge":
			f := takeLabel(c)
			flows = append(flows, f)
			if f.label != nil {
				labels = append(labels, f.label)
			}
		}
	}
	if legend, ok := legendBounds(picture); ok {
		blocked = append(blocked, legend)
	}
	p := newPlane(flows)
	p.room = background(picture)
	for _, f := range frames {
		p.outline(f.outline)
	}
	for _, f := range frames {
		blocked = append(blocked, f.shift(p).grow(1))
	}
	for _, r := range blocked {
		p.block(r, 12)
	}
	placeLabels(flows, p)

	rest := slices.DeleteFunc(picture.children, func(e *element) bool { return e.attr("class") == "node" })
	rest = append(rest, titles...)
	rest = append(rest, boxes...)
	picture.children = append(rest, labels...)
}

// takeTitle removes the text of a boundary from its group and returns it with a
// halo in the boundary's tint, so that a flow below it does not strike it through.
func takeTitle(cluster *element) *element {
	holder := cluster
	for holder.find(isShape) != nil && !slices.ContainsFunc(holder.children, isShape) {
		i := slices.IndexFunc(holder.children, func(e *element) bool { return e.find(isShape) != nil })
		if i < 0 {
			break
		}
		holder = holder.children[i]
	}
	i := slices.IndexFunc(holder.children, isShape)
	title := newElement("g", "class", "boundary-title")
	if i < 0 {
		return title
	}
	tint := holder.children[i].attr("fill")
	title.children = slices.Clone(holder.children[i+1:])
	holder.children = holder.children[:i+1]
	for _, t := range title.children {
		if t.name == "text" && !isBadgeText(title.children, t) {
			t.set("stroke", tint)
			t.set("stroke-width", "3")
			t.set("stroke-linejoin", "round")
			t.set("paint-order", "stroke")
		}
	}
	return title
}

func isShape(e *element) bool { return e.name == "path" || e.name == "polygon" || e.name == "rect" }

// titled is a boundary's title with its size and the boundary's outline.
type titled struct {
	title   *element
	size    rect
	outline rect
}

// shift moves the title along the upper edge of its boundary to the first place
// that no flow runs through, and returns where it stands then.
func (t titled) shift(p *plane) rect {
	const step, margin = 12.0, 10.0
	best, least := t.size, math.Inf(1)
	for dx := 0.0; t.size.x1+dx+margin <= t.outline.x1 || dx == 0; dx += step {
		r := rect{t.size.x0 + dx, t.size.y0, t.size.x1 + dx, t.size.y1}
		cost := dx/100 + p.lines(r.grow(1), nil)
		if cost < least {
			best, least = r, cost
		}
	}
	if dx := best.x0 - t.size.x0; dx > 0 {
		t.title.set("transform", "translate("+format(dx)+",0)")
	}
	return best
}

// isBadgeText tells whether a text stands on a filled shape, the one before it.
func isBadgeText(siblings []*element, text *element) bool {
	i := slices.Index(siblings, text)
	return i > 0 && siblings[i-1].name != "text"
}

// flowShape is one flow in the picture: its line as points at equal distances, and
// its label.
type flowShape struct {
	line  []point
	label *element // nil where it has none
	size  rect     // where the layout put the label
}

type point struct{ x, y float64 }

// takeLabel reads a flow's line and removes its label from its group.
func takeLabel(edge *element) *flowShape {
	f := &flowShape{}
	if path := edge.find(func(e *element) bool { return e.name == "path" }); path != nil {
		f.line = flatten(path.attr("d"))
	}
	i := slices.IndexFunc(edge.children, isFlowLabel)
	if i < 0 {
		return f
	}
	label := edge.children[i]
	size, ok := bounds(label)
	if !ok || len(f.line) < 2 {
		return f
	}
	edge.children = slices.Delete(edge.children, i, i+1)
	label.set("class", "flow-label")
	f.label, f.size = label, size
	return f
}

// placeLabels moves each label to the best place along its line. Short flows come
// first: they have the fewest places.
func placeLabels(flows []*flowShape, p *plane) {
	order := slices.DeleteFunc(slices.Clone(flows), func(f *flowShape) bool { return f.label == nil })
	slices.SortStableFunc(order, func(a, b *flowShape) int { return cmp.Compare(len(a.line), len(b.line)) })
	for _, f := range order {
		best, least := f.size, math.Inf(1)
		for _, c := range f.candidates() {
			if c.cost >= least {
				break // the others cost as much before anything is counted
			}
			cost := c.cost + p.covered(c.rect) + f.hides(c.rect) + p.outside(c.rect)
			if cost < least {
				cost += p.lines(c.rect, f)
			}
			if cost < least {
				best, least = c.rect, cost
			}
		}
		p.block(best.grow(1), 15)
		dx, dy := best.x0-f.size.x0, best.y0-f.size.y0
		if math.Abs(dx) > 0.5 || math.Abs(dy) > 0.5 {
			f.label.set("transform", "translate("+format(dx)+","+format(dy)+")")
		}
	}
}

// plane finds what lies in a rectangle without looking at everything: it sorts
// points and rectangles into square cells.
type plane struct {
	points map[cell][]linePoint
	edges  map[cell][]point // of boundaries
	rects  map[cell][]weighted
	room   rect // of the picture
}

type cell struct{ x, y int }

// linePoint is a point of a flow's line.
type linePoint struct {
	point
	flow *flowShape
}

// weighted is a rectangle and how much each unit of overlap with it costs.
type weighted struct {
	rect
	cost float64
}

const cellSize = 64

func newPlane(flows []*flowShape) *plane {
	p := &plane{points: map[cell][]linePoint{}, edges: map[cell][]point{}, rects: map[cell][]weighted{}}
	for _, f := range flows {
		for _, at := range f.line {
			c := cell{int(math.Floor(at.x / cellSize)), int(math.Floor(at.y / cellSize))}
			p.points[c] = append(p.points[c], linePoint{at, f})
		}
	}
	return p
}

// outline adds the edges of a boundary.
func (p *plane) outline(r rect) {
	const distance = 4.0
	add := func(at point) {
		c := cell{int(math.Floor(at.x / cellSize)), int(math.Floor(at.y / cellSize))}
		p.edges[c] = append(p.edges[c], at)
	}
	for x := r.x0; x <= r.x1; x += distance {
		add(point{x, r.y0})
		add(point{x, r.y1})
	}
	for y := r.y0; y <= r.y1; y += distance {
		add(point{r.x0, y})
		add(point{r.x1, y})
	}
}

// hides is what a place of its label costs a short flow that would hardly be seen.
func (f *flowShape) hides(r rect) float64 {
	const seen, weight = 0.4, 100
	n := 0
	for _, at := range f.line {
		if r.holds(at) {
			n++
		}
	}
	return weight * max(0, float64(n)/float64(len(f.line))-seen)
}

// outside is what a rectangle costs for what of it lies outside of the picture, where
// nothing is drawn.
func (p *plane) outside(r rect) float64 {
	return 20 * (r.overlap(r) - r.overlap(p.room))
}

// cells calls f for each cell that a rectangle touches.
func (r rect) cells(f func(cell)) {
	for x := int(math.Floor(r.x0 / cellSize)); x <= int(math.Floor(r.x1/cellSize)); x++ {
		for y := int(math.Floor(r.y0 / cellSize)); y <= int(math.Floor(r.y1/cellSize)); y++ {
			f(cell{x, y})
		}
	}
}

func (p *plane) block(r rect, cost float64) {
	r.cells(func(c cell) { p.rects[c] = append(p.rects[c], weighted{r, cost}) })
}

// covered is what a rectangle costs for the boxes, titles and labels that it
// covers. One that lies in several cells may count more than once, which does no harm.
func (p *plane) covered(r rect) float64 {
	sum := 0.0
	r.cells(func(c cell) {
		for _, o := range p.rects[c] {
			sum += o.cost * r.overlap(o.rect)
		}
	})
	return sum
}

// lines is what a rectangle costs for the flows that run through it, but for one, and for
// the edges of boundaries where it is a flow's label.
func (p *plane) lines(r rect, but *flowShape) float64 {
	n := 0.0
	r.cells(func(c cell) {
		for _, o := range p.points[c] {
			if o.flow != but && r.holds(o.point) {
				n++
			}
		}
		if but == nil {
			return
		}
		for _, at := range p.edges[c] {
			if r.holds(at) {
				n += 0.5
			}
		}
	})
	return 4 * n
}

type candidate struct {
	rect rect
	cost float64
}

// candidates are the places for a label: where the layout put it, and on, above
// and below its line, with what speaks against each, the least first.
func (f *flowShape) candidates() []candidate {
	w, h := f.size.x1-f.size.x0, f.size.y1-f.size.y0
	var out []candidate
	n := len(f.line)
	from, to := n/10, n-n/8 // the head of the arrow stays free
	step := max(1, (to-from)/60)
	for i := from; i < to; i += step {
		p := f.line[i]
		off := math.Abs(float64(i)-float64(n)/2) / float64(n) // from the middle
		next := f.line[min(i+1, n-1)]
		before := f.line[max(i-1, 0)]
		flat := math.Abs(next.x-before.x) >= 2*math.Abs(next.y-before.y)
		for _, shift := range []struct{ dy, cost float64 }{{-h/2 - 2.5, 0}, {0, 8}, {h/2 + 2.5, 3}} {
			cost := shift.cost
			if !flat {
				cost = 6
				if shift.dy == 0 {
					cost = 0
				}
			}
			r := rect{p.x - w/2, p.y + shift.dy - h/2, p.x + w/2, p.y + shift.dy + h/2}
			out = append(out, candidate{r, cost + 40*off})
		}
		for _, dx := range []float64{w/2 + 5, -w/2 - 5} { // beside a steep line, or a short one
			r := rect{p.x + dx - w/2, p.y - h/2, p.x + dx + w/2, p.y + h/2}
			cost := 12.0
			if !flat {
				cost = 7
			}
			out = append(out, candidate{r, cost + 40*off})
		}
	}
	out = append(out, candidate{f.size, 25})
	slices.SortStableFunc(out, func(a, b candidate) int { return cmp.Compare(a.cost, b.cost) })
	return out
}

type rect struct{ x0, y0, x1, y1 float64 }

func (r rect) grow(d float64) rect { return rect{r.x0 - d, r.y0 - d, r.x1 + d, r.y1 + d} }

func (r rect) holds(p point) bool { return p.x >= r.x0 && p.x <= r.x1 && p.y >= r.y0 && p.y <= r.y1 }

// overlap is the common area of two rectangles.
func (r rect) overlap(o rect) float64 {
	w := min(r.x1, o.x1) - max(r.x0, o.x0)
	h := min(r.y1, o.y1) - max(r.y0, o.y0)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h
}

// bounds returns the rectangle around what an element draws. Text counts by our
// own widths.
func bounds(e *element) (rect, bool) {
	if e == nil {
		return rect{}, false
	}
	r := rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	e.measure(&r, 0, 0)
	return r, r.x0 <= r.x1
}

func (e *element) measure(r *rect, dx, dy float64) {
	if t, ok := strings.CutPrefix(e.attr("transform"), "translate("); ok {
		if p := coordinates(strings.TrimSuffix(t, ")")); len(p) == 1 {
			dx, dy = dx+p[0].x, dy+p[0].y
		}
	}
	add := func(p point) {
		p.x, p.y = p.x+dx, p.y+dy
		r.x0, r.y0, r.x1, r.y1 = min(r.x0, p.x), min(r.y0, p.y), max(r.x1, p.x), max(r.y1, p.y)
	}
	switch {
	case e.attr("class") == "lock":
		return // within the text's own place
	case e.name == "text":
		x, y, size := number(e.attr("x")), number(e.attr("y")), number(e.attr("font-size"))
		width := textWidth(e.text, size, e.attr("font-weight") == "bold")
		switch e.attr("text-anchor") {
		case "middle":
			x -= width / 2
		case "end":
			x -= width
		}
		add(point{x, y - 0.75*size})
		add(point{x + width, y + 0.22*size})
	case e.name == "rect":
		x, y := number(e.attr("x")), number(e.attr("y"))
		add(point{x, y})
		add(point{x + number(e.attr("width")), y + number(e.attr("height"))})
	case e.name == "path":
		for _, p := range coordinates(e.attr("d")) {
			add(p)
		}
	case e.name == "polygon" || e.name == "polyline":
		for _, p := range coordinates(e.attr("points")) {
			add(p)
		}
	}
	for _, c := range e.children {
		c.measure(r, dx, dy)
	}
}

// legendBounds is the place of title and legend: everything that stands in the
// picture itself but for the background, which comes first.
func legendBounds(picture *element) (rect, bool) {
	legend := &element{}
	for i, c := range picture.children {
		if i > 0 && c.attr("class") == "" || c.attr("class") == "sample" {
			legend.children = append(legend.children, c)
		}
	}
	return bounds(legend)
}

// background is the place of the whole picture: its background comes first.
func background(picture *element) rect {
	everywhere := rect{math.Inf(-1), math.Inf(-1), math.Inf(1), math.Inf(1)}
	i := slices.IndexFunc(picture.children, isShape)
	if i < 0 {
		return everywhere
	}
	r, ok := bounds(picture.children[i])
	if !ok {
		return everywhere
	}
	return r
}

// coordinates reads the points of a path or polygon: Graphviz writes absolute
// coordinates in pairs, after the letters M and C only.
func coordinates(s string) []point {
	fields := strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == ',' || r == '\n' || r == 'M' || r == 'C' || r == 'L' || r == 'Z' || r == 'z'
	})
	var out []point
	for i := 0; i+1 < len(fields); i += 2 {
		out = append(out, point{number(fields[i]), number(fields[i+1])})
	}
	return out
}

// flatten turns a path of cubic curves into points about four units apart.
func flatten(d string) []point {
	const distance = 4.0
	c := coordinates(d)
	if len(c) < 4 {
		return c
	}
	out := []point{c[0]}
	for i := 0; i+3 < len(c); i += 3 {
		length := 0.0
		for k := range 3 {
			length += math.Hypot(c[i+k+1].x-c[i+k].x, c[i+k+1].y-c[i+k].y)
		}
		n := max(1, int(math.Ceil(length/distance)))
		for k := 1; k <= n; k++ {
			t := float64(k) / float64(n)
			u := 1 - t
			b0, b1, b2, b3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
			out = append(out, point{
				b0*c[i].x + b1*c[i+1].x + b2*c[i+2].x + b3*c[i+3].x,
				b0*c[i].y + b1*c[i+1].y + b2*c[i+2].y + b3*c[i+3].y,
			})
		}
	}
	return out
}
