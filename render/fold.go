package render

import (
	"fmt"

	"drawbridge/graph"
)

// leastFolded is how many findings of one rule and rating are told as one.
const leastFolded = 4

// fold joins findings of the same rule and rating, which say the same of several
// things: nine databases without encryption are one matter with nine places. The
// order is that of the first of each; a finding stands with its like or alone.
func fold(sorted []*graph.Finding) [][]*graph.Finding {
	type kind struct {
		rule               string
		severity           graph.Severity
		likelihood, impact int
		status             graph.Status
	}
	of := func(f *graph.Finding) kind { return kind{f.Rule, f.Severity, f.Likelihood, f.Impact, f.Status} }
	count := map[kind]int{}
	for _, f := range sorted {
		count[of(f)]++
	}
	var out [][]*graph.Finding
	at := map[kind]int{}
	for _, f := range sorted {
		k := of(f)
		if count[k] < leastFolded {
			out = append(out, []*graph.Finding{f})
			continue
		}
		if i, met := at[k]; met {
			out[i] = append(out[i], f)
			continue
		}
		at[k] = len(out)
		out = append(out, []*graph.Finding{f})
	}
	return out
}

// foldedTitle is the title of the first of some findings, with the number of the others.
func foldedTitle(like []*graph.Finding) string {
	if len(like) == 1 {
		return like[0].Title
	}
	return fmt.Sprintf("%s, and %d more like it", like[0].Title, len(like)-1)
}
