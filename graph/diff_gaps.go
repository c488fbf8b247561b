package graph

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Gap is what a verdict does not cover, though the change touches it: what only one side
// could be read of, and what is given to things whose content is on no side.
type Gap struct {
	// Note says what is missing, in the head where both sides miss it.
	Note Note
	// InBase and InHead tell which sides miss it.
	InBase, InHead bool
	// Inputs are what differs of what it is given, where both sides miss it.
	Inputs []string
}

// unread are the codes of notes on what is there and could not be read, absent those on
// what the input only names: it stands for itself.
var (
	unread = []string{"parse-error", "read-error", "unreadable"}
	absent = []string{"missing-chart", "missing-module", "missing-source"}
)

// Absent reports whether the input only names what is missing, rather than holding it in a
// form that could not be read.
func (g Gap) Absent() bool { return slices.Contains(absent, g.Note.Code) }

// Name is what is missing: an address, or a file.
func (g Gap) Name() string {
	if g.Absent() {
		return cmp.Or(g.Note.Address, g.Note.File)
	}
	return cmp.Or(g.Note.File, g.Note.Address)
}

// gaps compares what the two models could not read.
func (d *differ) gaps() {
	base, head := d.base.missing(), d.head.missing()
	for _, key := range slices.Sorted(maps.Keys(union(base, head))) {
		b, inBase := base[key]
		h, inHead := head[key]
		g := Gap{Note: h.note, InBase: inBase, InHead: inHead}
		switch {
		case !inHead:
			g.Note = b.note
		case inBase:
			if g.Inputs = differing(b.given, h.given); len(g.Inputs) == 0 {
				continue
			}
		}
		d.c.Gaps = append(d.c.Gaps, g)
	}
	slices.SortStableFunc(d.c.Gaps, func(a, b Gap) int {
		return cmp.Or(strings.Compare(a.Note.Code, b.Note.Code), strings.Compare(a.Name(), b.Name()))
	})
}

// missingThing is one thing that a side could not read, with what it is given.
type missingThing struct {
	note  Note
	given map[string]string
}

// missing are the things that a side could not read, by what is the same on both sides.
func (s *side) missing() map[string]missingThing {
	out := map[string]missingThing{}
	var elements map[string][]element
	for _, n := range s.g.Notes {
		switch {
		case slices.Contains(unread, n.Code):
			out[n.Code+" "+cmp.Or(n.File, n.Address)] = missingThing{note: n}
		case slices.Contains(absent, n.Code):
			if elements == nil {
				elements = s.byAddress()
			}
			x := missingThing{note: n}
			key := n.Code + " " + cmp.Or(n.Address, n.File)
			for i, e := range elements[n.Address] {
				if i == 0 {
					key = n.Code + " " + e.token
				}
				x.given = union(x.given, e.given)
			}
			out[key] = x
		}
	}
	return out
}

// element is what stands for a thing in the model.
type element struct {
	token string
	given map[string]string
}

// byAddress are the components and boundaries by their addresses and those of their parts,
// the keys of instances left out.
func (s *side) byAddress() map[string][]element {
	out := map[string][]element{}
	add := func(id, address string, parts []string, given map[string]string) {
		e := element{s.token(id), given}
		for _, a := range append([]string{address}, parts...) {
			a, _, _ = strings.Cut(a, "[")
			out[a] = append(out[a], e)
		}
	}
	for _, c := range s.g.Components {
		add(c.ID, c.Address, c.Parts, c.Attributes)
	}
	for _, b := range s.g.Boundaries {
		add(b.ID, b.Address, nil, b.Attributes)
	}
	return out
}

// differing are the names of arguments whose values differ, the first step of each path. What
// only names or describes a thing is no difference.
func differing(base, head map[string]string) []string {
	var out []string
	for name := range union(base, head) {
		first, _, _ := strings.Cut(name, ".")
		if base[name] != head[name] && first != "name" && first != "description" && !strings.Contains(first, "tags") {
			out = append(out, first)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// gapWords says "; not known: what module.a does, whose content is not here", "" for no gaps.
func (c *Change) gapWords() string {
	var absent, base, head []string
	for _, g := range c.Gaps {
		switch {
		case g.Absent():
			absent = append(absent, g.Name())
		case g.InBase:
			base = append(base, g.Name())
		default:
			head = append(head, g.Name())
		}
	}
	var out string
	if len(absent) > 0 {
		does := "does"
		if len(absent) > 1 {
			does = "do"
		}
		out += "; not known: what " + firstOf(absent) + " " + does + ", whose content is not here"
	}
	if len(base) > 0 {
		out += "; not read in whole in the base, so that what is told as new may not be: " + firstOf(base)
	}
	if len(head) > 0 {
		out += "; not read in whole: " + firstOf(head)
	}
	return out
}

// firstOf says "a, b and 3 more".
func firstOf(names []string) string {
	const most = 2
	if len(names) <= most {
		return strings.Join(names, " and ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
