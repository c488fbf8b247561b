package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"drawbridge/graph"
)

// fewNotes is how many notes of one trouble stand by themselves, each with its place.
const fewNotes = 3

// someOf lists a few of many places.
func someOf(places []string) string {
	const shown = 5
	if len(places) <= shown {
		return strings.Join(places, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(places[:shown], ", "), len(places)-shown)
}

// gather makes one note of many that say the same of different places.
func gather(notes []graph.Note) []graph.Note {
	type saying struct{ code, message, next string }
	said := map[saying][]graph.Note{}
	for _, n := range notes {
		k := saying{n.Code, n.Message, n.Next}
		said[k] = append(said[k], n)
	}
	var out []graph.Note
	for _, n := range notes {
		same := said[saying{n.Code, n.Message, n.Next}]
		if len(same) <= fewNotes {
			out = append(out, n)
			continue
		}
		slices.SortFunc(same, func(a, b graph.Note) int { return a.Source.Compare(b.Source) })
		if n != same[0] {
			continue
		}
		var places []string
		for _, s := range same[1:] {
			places = append(places, s.Source.String())
		}
		n.Message += fmt.Sprintf(" (and %d more: %s)", len(places), someOf(places))
		out = append(out, n)
	}
	return slices.Compact(out)
}
