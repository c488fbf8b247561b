package render

import (
	"math"
	"slices"
)

// ranked says in which column each box of a picture stands, from 0 at the left. The
// columns are chosen here and not by Graphviz, which looks at arrows only: a boundary
// that others lie beside then is one column after the other long and one box high, or
// all in one column. Chosen by us, they also stay where they are when the model changes
// a little.
type ranked struct {
	column map[*box]int
	joined map[*box]bool // by an arrow that is drawn to or from it
	ties   []tie
}

// tie is an edge that is not drawn and only holds boxes in their columns.
type tie struct {
	from, to *box
	length   int
}

// length is how many columns an arrow spans; not positive for one that runs back.
func (r *ranked) length(a *arrow) int { return r.column[a.to] - r.column[a.from] }

// Sizes in points, about, to compare layouts by.
const (
	columnWidth = 215.0
	boxHeight   = 72.0
	frameHeight = 48.0
	wantedRatio = 1.7
)

// rankBoxes chooses columns for a view: of some ways to do it the one that comes nearest to
// the shape of a screen.
func rankBoxes(v *view) *ranked {
	t := newNest(v)
	var best map[*box]int
	least := math.Inf(1)
	for _, apart := range []bool{true, false} {
		for _, stagger := range []int{1, 2, 3} {
			column := t.columns(apart, stagger)
			width, height := t.size(column)
			cost := math.Abs(math.Log(width/height/wantedRatio)) + 0.25*math.Log(width*height/1e6) + 0.25*float64(stagger-1)
			if !apart {
				cost += 0.2 // boundaries that begin in the same column lie across each other's flows
			}
			if cost < least-1e-9 {
				best, least = column, cost
			}
		}
	}
	r := &ranked{column: best, joined: map[*box]bool{}}
	for _, a := range v.arrows {
		r.anchor(a)
		r.joined[a.from], r.joined[a.to] = true, true
	}
	r.ties = t.ties(r)
	return r
}

// nest is the tree of boundaries of a view, with what stands directly in each.
type nest struct {
	v      *view
	order  map[*box]int
	frames map[string]*frame
	boxes  map[string][]*box // by boundary, "" for outside of all
	inside map[string][]string
	parent map[string]string
	chain  map[*box][]string // the boundaries around a box, "" first
}

func newNest(v *view) *nest {
	t := &nest{
		v: v, order: map[*box]int{}, frames: map[string]*frame{}, boxes: map[string][]*box{},
		inside: map[string][]string{}, parent: map[string]string{}, chain: map[*box][]string{},
	}
	for _, f := range v.frames { // parents before children
		if f.boundary.ID == "" {
			continue // nothing can be in it: the name is that of the outside
		}
		parent := f.boundary.Parent
		if t.frames[parent] == nil { // not drawn, or they lie within each other
			parent = ""
		}
		t.frames[f.boundary.ID] = f
		t.parent[f.boundary.ID] = parent
		t.inside[parent] = append(t.inside[parent], f.boundary.ID)
	}
	for i, b := range v.boxes {
		t.order[b] = i
		home := b.frame
		if t.frames[home] == nil {
			home = ""
		}
		t.boxes[home] = append(t.boxes[home], b)
		chain := []string{}
		for home != "" {
			chain = append(chain, home)
			home = t.parent[home]
		}
		chain = append(chain, "")
		slices.Reverse(chain)
		t.chain[b] = chain
	}
	return t
}

// item is what stands directly in a boundary: a box, or a boundary with all in it.
type item struct {
	box     *box
	frame   string
	columns map[*box]int // of the boxes in it, from its own left edge
	width   int
	offset  int
	next    map[*item]int // with how many arrows lead there
	prev    []*item       // without those that run back
	after   []*item
	caller  bool
	// entered and left tell of arrows from and to what lies outside of the boundary.
	entered, left bool
}

// holds tells whether a boundary is another or has it in it.
func (t *nest) holds(outer, inner string) bool {
	for ; outer != "" && inner != ""; inner = t.parent[inner] {
		if inner == outer {
			return true
		}
	}
	return false
}

// columns places all boxes. Apart, a boundary is one thing, and what it calls stands to
// the right of all of it; else only arrows count.
func (t *nest) columns(apart bool, stagger int) map[*box]int {
	if apart {
		column, _ := t.arrange("", stagger)
		return column
	}
	// All boxes as if they stood in one boundary, those without arrows apart from them.
	var items []*item
	of := map[*box]*item{}
	joined := t.joined()
	for _, b := range t.v.boxes {
		if joined[b] {
			i := &item{box: b, columns: map[*box]int{b: 0}, width: 1, next: map[*item]int{}, caller: b.caller}
			of[b] = i
			items = append(items, i)
		}
	}
	for _, a := range t.v.links() {
		of[a.from].next[of[a.to]]++
	}
	layer(items, stagger)
	column := map[*box]int{}
	last, first := 0, 0
	for _, i := range items {
		if i.caller {
			first = 1
		}
		column[i.box] = i.offset
		last = max(last, i.offset)
	}
	for _, i := range items {
		if i.box.service {
			column[i.box] = last
		}
	}
	t.fill("", column, first, last)
	return column
}

// fill places the boxes without arrows in rows, within the columns of what their
// boundary holds else.
func (t *nest) fill(frame string, column map[*box]int, from, to int) {
	low, high := math.MaxInt, -1
	for b, n := range column {
		if slices.Contains(t.chain[b], frame) && !b.caller {
			low, high = min(low, n), max(high, n)
		}
	}
	if high < 0 {
		low, high = from, to
	}
	var lonely []*box
	for _, b := range t.boxes[frame] {
		if _, placed := column[b]; !placed {
			lonely = append(lonely, b)
		}
	}
	wide := max(min(high-low+1, 2*gridColumns(len(lonely))), gridColumns(len(lonely)))
	for i, b := range lonely {
		column[b] = low + i%wide
	}
	for _, id := range t.inside[frame] {
		t.fill(id, column, low, high)
	}
}

func (t *nest) joined() map[*box]bool {
	out := map[*box]bool{}
	for _, a := range t.v.links() {
		out[a.from], out[a.to] = true, true
	}
	return out
}

// arrange places what a boundary holds, from its own left edge.
func (t *nest) arrange(frame string, stagger int) (column map[*box]int, width int) {
	depth := 0
	var items []*item
	of := map[any]*item{} // by box, or by the boundary's ID
	for _, b := range t.boxes[frame] {
		i := &item{box: b, columns: map[*box]int{b: 0}, width: 1, caller: b.caller}
		items, of[b] = append(items, i), i
		depth = len(t.chain[b])
	}
	for _, id := range t.inside[frame] {
		i := &item{frame: id}
		i.columns, i.width = t.arrange(id, stagger)
		items, of[id] = append(items, i), i
		for b := range i.columns {
			depth = slices.Index(t.chain[b], id)
			break
		}
	}
	at := func(b *box) *item {
		chain := t.chain[b]
		switch {
		case depth == 0 || len(chain) < depth || chain[depth-1] != frame:
			return nil
		case len(chain) == depth:
			return of[b]
		}
		return of[chain[depth]]
	}
	for _, i := range items {
		i.next = map[*item]int{}
	}
	for _, a := range t.v.arrows {
		for _, link := range a.links() {
			switch from, to := at(link.from), at(link.to); {
			case from == to:
			case from == nil:
				to.entered = to.entered || !t.holds(a.toFrame, frame) // one that ends at the edge enters no box
			case to == nil:
				from.left = from.left || !t.holds(a.fromFrame, frame)
			default:
				from.next[to]++
			}
		}
	}
	layer(items, stagger)
	column = map[*box]int{}
	for _, i := range items {
		for b, n := range i.columns {
			column[b] = i.offset + n
		}
		width = max(width, i.offset+i.width)
	}
	return column, max(width, 1)
}

// layer gives items their columns: each after those that call it, what calls and is not
// called next to what it calls, and what has no arrows in rows.
func layer(items []*item, stagger int) {
	order := map[*item]int{}
	called := map[*item]bool{}
	for n, i := range items {
		order[i] = n
		for to := range i.next {
			called[to] = true
		}
	}
	// Arrows that close a cycle are found in depth, beginning at what nobody calls.
	state := map[*item]int{}
	var down []*item // callers before what they call
	var visit func(*item)
	visit = func(i *item) {
		state[i] = 1
		next := make([]*item, 0, len(i.next))
		for to := range i.next {
			next = append(next, to)
		}
		slices.SortFunc(next, func(a, b *item) int { return order[a] - order[b] })
		for _, to := range next {
			switch state[to] {
			case 1:
				continue // it runs back
			case 0:
				// Of two that call each other, the arrows that are more decide.
				if to.next[i] > i.next[to] {
					continue
				}
				visit(to)
			}
			i.after = append(i.after, to)
			to.prev = append(to.prev, i)
		}
		state[i] = 2
		down = append(down, i)
	}
	for _, first := range []func(*item) bool{
		func(i *item) bool { return i.caller },
		func(i *item) bool { return !called[i] },
		func(*item) bool { return true },
	} {
		for _, i := range items {
			if state[i] == 0 && first(i) {
				visit(i)
			}
		}
	}
	slices.Reverse(down)
	joined := func(i *item) bool { return len(i.prev)+len(i.after) > 0 }
	floor := 0 // nothing stands below or above those who call from outside
	if slices.ContainsFunc(items, func(i *item) bool { return i.caller }) {
		floor = 1
	}
	for _, i := range items {
		if !i.caller {
			i.offset = floor
		}
	}
	for _, i := range down {
		for _, to := range i.after {
			to.offset = max(to.offset, i.offset+i.width)
		}
	}
	for _, i := range slices.Backward(down) {
		if len(i.prev) == 0 && len(i.after) > 0 && !i.caller {
			near := math.MaxInt
			for _, to := range i.after {
				near = min(near, to.offset)
			}
			i.offset = max(i.offset, near-i.width)
		}
	}
	spread(items, stagger, floor)
	width := floor
	for _, i := range items {
		if joined(i) {
			width = max(width, i.offset+i.width)
		}
	}
	fillRows(items, joined, floor, width)
}

// spread staggers what would stand in one tall column: ends of flows go some columns on,
// beginnings some back.
func spread(items []*item, stagger, floor int) {
	const tall, tallest = 5, 12
	if stagger < 2 {
		return
	}
	ends, begins := map[int][]*item{}, map[int][]*item{}
	atEdge := 0
	called := func(i *item) bool { // from outside: it stands where the flow enters
		return slices.ContainsFunc(i.prev, func(by *item) bool { return by.caller })
	}
	for _, i := range items {
		if called(i) {
			atEdge++
		}
	}
	for _, i := range items {
		switch {
		case called(i) && atEdge <= tallest:
		case len(i.prev) > 0 && len(i.after) == 0:
			ends[i.offset] = append(ends[i.offset], i)
		case len(i.after) > 0 && len(i.prev) == 0 && !i.caller:
			begins[i.offset] = append(begins[i.offset], i)
		}
	}
	for sign, groups := range map[int]map[int][]*item{1: ends, -1: begins} {
		for _, group := range groups {
			if len(group) < tall {
				continue
			}
			wide := 0
			for _, i := range group {
				wide = max(wide, i.width)
			}
			for n, i := range group {
				i.offset += sign * (n % stagger) * wide
				if atEdge > 0 { // what is called from outside keeps its place
					i.offset = max(i.offset, floor)
				}
			}
		}
	}
	least := 0
	for _, i := range items {
		if !i.caller {
			least = min(least, i.offset-floor)
		}
	}
	for _, i := range items {
		if len(i.prev)+len(i.after) > 0 && !i.caller { // callers stay at the left edge
			i.offset -= least
		}
	}
}

// fillRows places items without arrows among themselves: what is called from outside at the
// left, where the flow enters, and what calls out of the boundary at the right; the others in
// rows about as wide as the rest, boundaries side by side as long as the row is not full, then
// boxes.
func fillRows(items []*item, joined func(*item) bool, floor, width int) {
	const tall = 8 // boxes above each other
	var entered, left, frames, boxes []*item
	for _, i := range items {
		switch {
		case joined(i):
		case i.caller:
			i.offset = 0
		case i.entered:
			entered = append(entered, i)
		case i.left:
			left = append(left, i)
		case i.frame != "":
			frames = append(frames, i)
		default:
			boxes = append(boxes, i)
		}
	}
	for n, i := range entered {
		i.offset = floor + n/tall
		width = max(width, i.offset+i.width)
	}
	widest := 0
	for _, i := range frames {
		widest = max(widest, i.width)
	}
	at, row := floor, max(width, floor+gridColumns(len(frames))*widest)
	for _, i := range frames {
		if at > floor && at+i.width > row {
			at = floor
		}
		i.offset = at
		at += i.width
		width = max(width, at)
	}
	columns := max(gridColumns(len(boxes)), min(width-floor, 2*gridColumns(len(boxes))))
	load := make([]int, columns) // of what stands there already: rows are filled from the shortest column
	for _, i := range entered {
		if at := i.offset - floor; at < columns {
			load[at]++
		}
	}
	if len(left) > 0 {
		load[columns-1] += min(len(left), tall)
	}
	for _, i := range boxes {
		shortest := 0
		for at := range load {
			if load[at] < load[shortest] {
				shortest = at
			}
		}
		load[shortest]++
		i.offset = floor + shortest
		width = max(width, i.offset+1)
	}
	for n, i := range left {
		i.offset = max(floor, width-i.width-n/tall)
	}
	if len(left) > 0 && width <= floor+1 && len(boxes)+len(entered)+len(frames) > 2 {
		for _, i := range left { // beside the others, not below them
			i.offset = width
		}
	}
}

// gridColumns makes a grid of n boxes a good deal wider than high, as screens are,
// though a column with its distance to the next is several times as wide as a row.
func gridColumns(n int) int {
	return max(1, int(math.Round(math.Sqrt(float64(n)*1.1))))
}

// size estimates how large the picture becomes.
func (t *nest) size(column map[*box]int) (width, height float64) {
	last := 0
	for _, n := range column {
		last = max(last, n)
	}
	height, _, _ = t.height("", column)
	return float64(last+1) * columnWidth, height
}

// height is how high a boundary becomes, and its first and last column: what shares a
// column stands above each other.
func (t *nest) height(frame string, column map[*box]int) (height float64, first, last int) {
	load := map[int]float64{}
	first, last = math.MaxInt, -1
	for _, b := range t.boxes[frame] {
		n := column[b]
		load[n] += boxHeight
		if b.shape == storeShape {
			load[n] += 12
		}
		first, last = min(first, n), max(last, n)
	}
	for _, id := range t.inside[frame] {
		h, low, high := t.height(id, column)
		for n := low; n <= high; n++ {
			load[n] += h + frameHeight
		}
		first, last = min(first, low), max(last, high)
	}
	for _, h := range load {
		height = max(height, h)
	}
	return max(height, boxHeight), first, last
}

// ties joins what arrows leave apart, so that every box is held in its column: Graphviz
// moves each part of a graph to the left edge.
func (t *nest) ties(r *ranked) []tie {
	group := map[*box]*box{}
	var find func(*box) *box
	find = func(b *box) *box {
		if group[b] == nil || group[b] == b {
			return b
		}
		group[b] = find(group[b])
		return group[b]
	}
	for _, a := range t.v.arrows {
		if r.length(a) > 0 {
			group[find(a.to)] = find(a.from)
		}
	}
	boxes := slices.Clone(t.v.boxes)
	slices.SortStableFunc(boxes, func(a, b *box) int { return r.column[a] - r.column[b] })
	var out []tie
	join := func(from, to *box) {
		out = append(out, tie{from, to, r.column[to] - r.column[from]})
		group[find(to)] = find(from)
	}
	// A row of boxes without arrows first: they stand on one line.
	for _, frame := range append([]string{""}, sortedKeys(t.frames)...) {
		var before *box
		for _, b := range t.boxes[frame] {
			if r.joined[b] {
				continue
			}
			if before != nil && r.column[b] == r.column[before]+1 {
				join(before, b)
			}
			before = b
		}
	}
	if len(boxes) == 0 {
		return out
	}
	nearness := func(a, b *box) int {
		n := 0
		for n < len(t.chain[a]) && n < len(t.chain[b]) && t.chain[a][n] == t.chain[b][n] {
			n++
		}
		return n
	}
	for n := 1; n < len(boxes); n++ {
		b := boxes[n]
		if find(b) == find(boxes[0]) {
			continue
		}
		var best *box
		for _, a := range boxes[:n] {
			if find(a) == find(boxes[0]) && r.column[a] < r.column[b] && (best == nil || nearness(a, b) > nearness(best, b)) {
				best = a
			}
		}
		if best != nil {
			join(best, b)
		}
	}
	// What stands in the first column has nothing before it: it is held by what comes after.
	for _, b := range boxes {
		if find(b) == find(boxes[0]) {
			continue
		}
		var best *box
		for _, a := range boxes {
			if find(a) == find(boxes[0]) && r.column[a] > r.column[b] && (best == nil || nearness(a, b) > nearness(best, b)) {
				best = a
			}
		}
		if best != nil {
			join(b, best)
			group[find(b)] = find(boxes[0])
		}
	}
	return out
}
