package render

import (
	"fmt"
	"slices"
	"strings"

	"drawbridge/graph"
)

// How many differences of one form are told as one, and how many of what they are about by name.
const (
	leastAlike = 3
	mostNamed  = 3
)

// folded is what a row has in common with others, and what it alone is about.
type folded struct {
	key  string // "" for what stands for itself
	kind string // of what it is about: "S3 bucket"
	name string // "orders"
	form string // with "%s" for what they are about
	// hows are the permissions of a grant, ends what it is between.
	hows []string
	ends [2]string
}

// foldedRows says all deltas in words as rows does, but those of one form as one: the powers of a
// role over thirty buckets, what goes with a cluster. It tells whether any were folded.
func (w *wording) foldedRows() (rows []changeRow, fewer bool) {
	all := distinguished(w.joinedGrants(w.rows()))
	members := map[string][]changeRow{}
	for _, r := range all {
		if r.folded.key != "" {
			members[r.folded.key] = append(members[r.folded.key], r)
		}
	}
	for _, r := range all {
		group := members[r.folded.key]
		switch {
		case r.folded.key == "" || len(group) < leastAlike:
			rows = append(rows, r)
		case group[0].delta == r.delta:
			r.what = fmt.Sprintf(r.folded.form, namedOf(group))
			if r.where != "" {
				r.where += fmt.Sprintf(" and %d more", len(group)-1)
			}
			rows = append(rows, r)
		}
	}
	return rows, len(rows) < len(w.c.Deltas)
}

// joinedGrants tells several permissions between the same two as one.
func (w *wording) joinedGrants(rows []changeRow) []changeRow {
	type between struct {
		change graph.DeltaChange
		effect graph.Effect
		ends   [2]string
		does   string
	}
	first := map[between]int{}
	var out []changeRow
	for _, r := range rows {
		if len(r.folded.hows) == 0 {
			out = append(out, r)
			continue
		}
		does, _, _ := strings.Cut(r.about, ":")
		k := between{r.delta.Change, r.delta.Effect, r.folded.ends, does}
		if i, ok := first[k]; ok {
			out[i].folded.hows = append(out[i].folded.hows, r.folded.hows...)
			out[i].about = does + ": " + strings.Join(out[i].folded.hows, ", ")
			out[i].folded.key = foldKey(out[i])
			continue
		}
		first[k] = len(out)
		out = append(out, r)
	}
	return out
}

// foldKey identifies the form of a row.
func foldKey(r changeRow) string {
	return fmt.Sprintf("%q", []string{string(r.delta.Kind), string(r.delta.Change), string(r.delta.Effect), r.folded.form, r.about})
}

// namedOf says "S3 bucket a, b, c and 23 more".
func namedOf(rows []changeRow) string {
	kinds := map[string]bool{}
	for _, r := range rows {
		kinds[r.folded.kind] = true
	}
	var parts []string
	for _, r := range rows[:min(len(rows), mostNamed)] {
		name := r.folded.name
		if len(kinds) > 1 {
			name = strings.TrimSpace(r.folded.kind + " " + name)
		}
		parts = append(parts, name)
	}
	s := strings.Join(parts, ", ")
	if more := len(rows) - mostNamed; more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	if len(kinds) == 1 && rows[0].folded.kind != "" {
		s = fmt.Sprintf("%d × %s %s", len(rows), rows[0].folded.kind, s)
	}
	return s
}

// distinguished adds the identifier to rows that otherwise say the same of different things.
func distinguished(rows []changeRow) []changeRow {
	say := func(r changeRow) string {
		return string(r.delta.Kind) + " " + string(r.delta.Change) + " " + r.what + ": " + r.about
	}
	times := map[string]int{}
	for _, r := range rows {
		times[say(r)]++
	}
	out := slices.Clone(rows)
	for i, r := range rows {
		if times[say(r)] > 1 && r.folded.name != "" {
			id, _, _ := strings.Cut(r.delta.ID, " -> ")
			id, _, _ = strings.Cut(id, " => ")
			out[i].what += " (" + id + ")"
		}
	}
	return out
}
