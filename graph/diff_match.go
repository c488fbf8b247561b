package graph

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// matchElements pairs boundaries, then components, and gives both of a pair one token.
func (d *differ) matchElements() {
	var boundaries []likeness[*Boundary]
	var components []likeness[*Component]
	// Of several roots that moved together, the innermost directories tell which is which.
	for directories := mostDirectories; directories >= 0; directories-- {
		boundaries = append(boundaries, likeness[*Boundary]{movedWhy, func(_ *side, b *Boundary) (string, bool) {
			return key(string(b.Kind), addressBelow(b.ID, directories))
		}})
		components = append(components, likeness[*Component]{movedWhy, func(_ *side, c *Component) (string, bool) {
			return key(string(c.Kind), string(c.Technology), addressBelow(c.ID, directories))
		}})
	}
	boundaries = append(boundaries, likeness[*Boundary]{otherModuleWhy, func(_ *side, b *Boundary) (string, bool) {
		return key(string(b.Kind), withoutModules(b.ID))
	}})
	components = append(components, likeness[*Component]{otherModuleWhy, func(_ *side, c *Component) (string, bool) {
		return key(string(c.Kind), string(c.Technology), withoutModules(c.ID))
	}})
	ofBoundary, ofComponent := func(b *Boundary) string { return b.ID }, func(c *Component) string { return c.ID }
	b, h := matchExact(d, d.base.g.Boundaries, d.head.g.Boundaries, ofBoundary)
	b, h = d.matchContents(b, h)
	matchAlike(d, b, h, ofBoundary, append(boundaries, []likeness[*Boundary]{
		{"the same kind and name in the same boundary", func(s *side, b *Boundary) (string, bool) {
			return key(string(b.Kind), b.Label, b.Name, "in", s.token(b.Parent))
		}},
		{"the same kind in the same place", func(_ *side, b *Boundary) (string, bool) {
			return key(string(b.Kind), b.Label, placeKey(b.Source))
		}},
	}...))
	cb, ch := matchExact(d, d.base.g.Components, d.head.g.Components, ofComponent)
	matchAlike(d, cb, ch, ofComponent, append(components, []likeness[*Component]{
		{"the same instance with or without a key", func(s *side, c *Component) (string, bool) {
			return key(string(c.Kind), string(c.Technology), withoutKey(c.ID))
		}},
		{"the same kind and name in the same boundary", func(s *side, c *Component) (string, bool) {
			return key(string(c.Kind), string(c.Technology), c.Label, c.Name, "in", s.token(c.Boundary))
		}},
		{"the same kind and name", func(_ *side, c *Component) (string, bool) {
			return key(string(c.Kind), string(c.Technology), c.Label, c.Name)
		}},
		{"the same name and technology in the same boundary, of another type", func(s *side, c *Component) (string, bool) {
			return key(string(c.Kind), string(c.Technology), "in", s.token(c.Boundary), c.Name)
		}},
		{"the same configuration", func(s *side, c *Component) (string, bool) {
			return key(string(c.Kind), string(c.Technology), c.Label, s.token(c.Boundary), "with", textsKey(c.Attributes))
		}},
		{"the same kind in the same place", func(_ *side, c *Component) (string, bool) {
			return key(string(c.Kind), string(c.Technology), c.Label, placeKey(c.Source))
		}},
		{"the same kind between the same others", func(s *side, c *Component) (string, bool) {
			return key(string(c.Kind), string(c.Technology), c.Label, s.token(c.Boundary), "between", s.edges(c.ID))
		}},
	}...))
}

// The reasons for matches of what lies in another directory or module now.
const (
	movedWhy       = "its address in another directory"
	otherModuleWhy = "the same address in another module"
)

// mostDirectories is how many directories of a root are compared where it moved.
const mostDirectories = 3

// placeKey is a place that names a line.
func placeKey(s Source) string {
	if s.Line == 0 {
		return ""
	}
	return s.String()
}

// likeness is a reason to take two elements for the same. Its key may not be told of
// elements that say too little.
type likeness[T any] struct {
	why string
	key func(s *side, v T) (string, bool)
}

// matchExact pairs the elements of one kind by ID, then by declared moves, and returns
// the rest.
func matchExact[T comparable](d *differ, base, head []T, id func(T) string) (onlyBase, onlyHead []T) {
	pairs, onlyBase, onlyHead := pairUp(base, head, id, id)
	d.accept(pairIDs(pairs, id), "")
	moved := followMoves(d, idsOf(onlyBase, id), idsOf(onlyHead, id))
	key := func(side int) func(T) (string, bool) {
		return func(v T) (string, bool) {
			k, ok := moved[side][id(v)]
			return k, ok
		}
	}
	pairs, onlyBase, onlyHead = pairUnique(onlyBase, onlyHead, key(0), key(1))
	d.accept(pairIDs(pairs, id), "")
	return onlyBase, onlyHead
}

// matchAlike pairs elements by one likeness after another.
func matchAlike[T comparable](d *differ, base, head []T, id func(T) string, alike []likeness[T]) {
	for _, l := range alike {
		of := func(s *side) func(T) (string, bool) {
			return func(v T) (string, bool) { return l.key(s, v) }
		}
		var pairs [][2]T
		pairs, base, head = pairUnique(base, head, of(d.base), of(d.head))
		d.accept(pairIDs(pairs, id), l.why)
	}
}

// matchContents pairs the boundaries of one kind that hold the same components: of those
// that one holds and both models have, more than half lie in the other, and the other
// way round. What is in no resource of its own, as the account of some roots, has the
// name of the first of them, and that may be another one now.
func (d *differ) matchContents(base, head []*Boundary) (onlyBase, onlyHead []*Boundary) {
	if len(base) == 0 || len(head) == 0 {
		return base, head
	}
	open := [2]map[string]bool{setOf(idsOf(base, func(b *Boundary) string { return b.ID })), setOf(idsOf(head, func(b *Boundary) string { return b.ID }))}
	votes := map[[2]string]int{} // for a pair of boundaries
	all := [2]map[string]int{{}, {}}
	for _, c := range d.base.g.Components {
		there := d.head.index.Component[c.ID]
		if there == nil {
			continue
		}
		for _, b := range d.base.index.Ancestors(c.Boundary) {
			all[0][b.ID]++
		}
		for _, h := range d.head.index.Ancestors(there.Boundary) {
			all[1][h.ID]++
			if !open[1][h.ID] {
				continue
			}
			for _, b := range d.base.index.Ancestors(c.Boundary) {
				if b.Kind == h.Kind && open[0][b.ID] {
					votes[[2]string{b.ID, h.ID}]++
				}
			}
		}
	}
	var pairs [][2]string
	paired := [2]map[string]bool{{}, {}}
	for _, b := range base { // at most one of each can have more than half of the other
		for _, h := range head {
			n := 2 * votes[[2]string{b.ID, h.ID}]
			if n > all[0][b.ID] && n > all[1][h.ID] && !paired[0][b.ID] && !paired[1][h.ID] {
				pairs = append(pairs, [2]string{b.ID, h.ID})
				paired[0][b.ID], paired[1][h.ID] = true, true
			}
		}
	}
	d.accept(pairs, "it holds the same components")
	rest := func(list []*Boundary, side int) []*Boundary {
		return slices.DeleteFunc(slices.Clone(list), func(b *Boundary) bool { return paired[side][b.ID] })
	}
	return rest(base, 0), rest(head, 1)
}

// edges writes what a component has flows and grants with, "" for nothing.
func (s *side) edges(id string) string {
	if s.joins == nil {
		s.joins = map[string][]string{}
		for _, f := range s.g.Flows {
			s.join(f.From, f.To, "flow "+f.Protocol)
		}
		for _, r := range s.g.Grants {
			s.join(r.From, r.To, "grant "+r.How)
		}
	}
	k, _ := key(append(sortedCopy(s.joins[id]), "-")...)
	if len(s.joins[id]) == 0 {
		return ""
	}
	return k
}

func (s *side) join(from, to, what string) {
	out, _ := key("to", s.token(to), what)
	in, _ := key("from", s.token(from), what)
	s.joins[from], s.joins[to] = append(s.joins[from], out), append(s.joins[to], in)
}

func pairIDs[T any](pairs [][2]T, id func(T) string) [][2]string {
	var out [][2]string
	for _, p := range pairs {
		out = append(out, [2]string{id(p[0]), id(p[1])})
	}
	return out
}

func idsOf[T any](list []T, id func(T) string) []string {
	var out []string
	for _, v := range list {
		out = append(out, id(v))
	}
	return out
}

// accept gives pairs their tokens, and notes those that rest on likeness.
func (d *differ) accept(pairs [][2]string, why string) {
	for _, p := range pairs {
		// Both IDs, in an order that does not depend on which side is the base.
		token := "pair " + min(p[0], p[1]) + " " + max(p[0], p[1])
		d.base.tokens[p[0]], d.head.tokens[p[1]] = token, token
		d.c.heads[p[0]] = p[1]
		if why != "" {
			d.c.Renames = append(d.c.Renames, Rename{p[0], p[1], why})
		}
	}
}

// followMoves finds, for IDs of both sides, pairs that a chain of declared moves
// joins. It returns a common key by ID for each. Moves count whichever side declares
// them: in a diff the other way round the base does.
func followMoves(d *differ, base, head []string) [2]map[string]string {
	joined := map[[2]string]bool{}
	forward, backward, inBase, inHead := newMoves(d.head.g.Moved), newMoves(d.base.g.Moved), setOf(base), setOf(head)
	for _, id := range base {
		if to, ok := forward.last(id, inHead); ok {
			joined[[2]string{id, to}] = true
		}
	}
	for _, id := range head {
		if to, ok := backward.last(id, inBase); ok {
			joined[[2]string{to, id}] = true
		}
	}
	times := [2]map[string]int{{}, {}}
	for p := range joined {
		times[0][p[0]]++
		times[1][p[1]]++
	}
	out := [2]map[string]string{{}, {}}
	for p := range joined {
		if times[0][p[0]] == 1 && times[1][p[1]] == 1 {
			k, _ := key(p[0], p[1])
			out[0][p[0]], out[1][p[1]] = k, k
		}
	}
	return out
}

func setOf(list []string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, v := range list {
		out[v] = true
	}
	return out
}

// moves are the declared moves by what they move.
type moves map[string]string

func newMoves(list []Move) moves {
	m := moves{}
	for _, x := range list {
		if _, ok := m[x.From]; !ok {
			m[x.From] = x.To
		}
	}
	return m
}

// maxMoves bounds a chain of moves; more of them lead in a circle.
const maxMoves = 64

// last follows an ID, one move after another, and returns the last that is among
// the wanted.
func (m moves) last(id string, wanted map[string]bool) (found string, ok bool) {
	for range maxMoves {
		to, moved := m.step(id)
		if !moved {
			break
		}
		if wanted[to] {
			found, ok = to, true
		}
		id = to
	}
	return found, ok
}

// step applies the move of the ID itself, or else of the innermost module or resource
// that holds it.
func (m moves) step(id string) (string, bool) {
	for end := len(id); end > 0; end-- {
		if end < len(id) && id[end] != '.' && id[end] != '[' {
			continue
		}
		if to, ok := m[id[:end]]; ok {
			return to + id[end:], true
		}
	}
	return id, false
}

// addressBelow is an ID with so many of the innermost directories of its root, "" where
// it has fewer.
func addressBelow(id string, directories int) string {
	i := strings.IndexByte(id, ':')
	if i < 0 || strings.ContainsAny(id[:i], `["`) { // its root is the top
		if directories > 0 {
			return ""
		}
		return id
	}
	dir := strings.Split(id[:i], "/")
	if len(dir) < directories {
		return ""
	}
	return strings.TrimPrefix(strings.Join(dir[len(dir)-directories:], "/")+id[i:], ":")
}

// withoutModules is an ID without the module calls that lead to it.
func withoutModules(id string) string {
	root, address := "", id
	if i := strings.IndexByte(id, ':'); i >= 0 && !strings.ContainsAny(id[:i], `["`) {
		root, address = id[:i+1], id[i+1:]
	}
	for {
		call, ok := strings.CutPrefix(address, "module.")
		if !ok {
			return root + address
		}
		end := strings.IndexAny(call, ".[")
		if end > 0 && call[end] == '[' { // a key may hold dots and brackets
			if close := strings.Index(call, "]."); close > 0 {
				end = close + 1
			}
		}
		if end <= 0 || end+1 >= len(call) || call[end] != '.' {
			return root + address // the call itself
		}
		address = call[end+1:]
	}
}

// withoutKey is an ID without the last instance key, for resources that count or
// for_each was added to or taken from.
func withoutKey(id string) string {
	if strings.HasSuffix(id, "]") {
		if i := strings.LastIndexByte(id, '['); i > 0 {
			return id[:i]
		}
	}
	return id
}

// key joins parts so that different parts never give the same key. The last part
// must say something.
func key(parts ...string) (string, bool) {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(strings.ReplaceAll(p, "\x00", "\x00\x01"))
		b.WriteString("\x00\x00")
	}
	return b.String(), parts[len(parts)-1] != ""
}

// textsKey writes a map as one text, "" for an empty one.
func textsKey(m map[string]string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(m)) {
		k, _ := key(k, cmp.Or(m[k], "-"))
		b.WriteString(k)
	}
	return b.String()
}
