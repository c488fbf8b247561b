package render

import "drawbridge/graph"

// leastFolded is how many findings of one rule and rating are told as one.
const leastFolded = 4

// fold joins findings of the same rule and rating, which say the same of several
// things: those that are one matter in several places (see [graph.Join]), and where a
// rule has many left, all of a rating. The order is that of the first of each.
func fold(sorted []*graph.Finding) [][]*graph.Finding {
	type kind struct {
		rule               string
		severity           graph.Severity
		likelihood, impact int
		status             graph.Status
	}
	of := func(like []*graph.Finding) kind {
		f := like[0]
		return kind{f.Rule, f.Severity, f.Likelihood, f.Impact, f.Status}
	}
	joined := graph.Join(sorted)
	count := map[kind]int{}
	for _, like := range joined {
		count[of(like)]++
	}
	var out [][]*graph.Finding
	at := map[kind]int{}
	for _, like := range joined {
		k := of(like)
		if count[k] < leastFolded {
			out = append(out, like)
			continue
		}
		if i, met := at[k]; met {
			out[i] = append(out[i], like...)
			continue
		}
		at[k] = len(out)
		out = append(out, like)
	}
	return out
}

// inPlaces says of findings that are fewer matters than places how many places they are
// in, "" where each is in one.
func inPlaces(matters, places int) string {
	if matters == places {
		return ""
	}
	return "in " + plural(places, "place", "places")
}
