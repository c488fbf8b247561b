package render

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"
)

// Badges numbers the findings: "C1", "H2", "H3", "M4", by finding ID. The letter
// is the severity's, the number runs through all findings from most to least
// severe, then by ID, whatever order they come in; those that are one matter in
// several places have one number. Diagrams, Markdown and text use
// the same numbers. A finding of severity info, and one that is mitigated or decided,
// has none: a badge asks somebody to do something.
func Badges(g *graph.Graph) map[string]string {
	out := map[string]string{}
	n := 0
	for _, like := range graph.Join(bySeverity(g.Findings)) {
		if !badged(like[0]) {
			continue
		}
		n++
		for _, f := range like {
			out[f.ID] = strings.ToUpper(string(f.Severity[:1])) + strconv.Itoa(n)
		}
	}
	return out
}

func badged(f *graph.Finding) bool {
	return f.Severity.Rank() >= graph.Low.Rank() && !f.Settled()
}

// unsettled are the findings that somebody has to do something about.
func unsettled(findings []*graph.Finding) []*graph.Finding {
	return slices.DeleteFunc(slices.Clone(findings), (*graph.Finding).Settled)
}

// bySeverity returns the findings from most to least severe, then by ID.
func bySeverity(findings []*graph.Finding) []*graph.Finding {
	out := slices.Clone(findings)
	slices.SortStableFunc(out, func(a, b *graph.Finding) int {
		return cmp.Or(-cmp.Compare(a.Severity.Rank(), b.Severity.Rank()), strings.Compare(a.ID, b.ID))
	})
	return out
}

// badge is the mark of a finding on the diagram, or of several ("+2", "3H").
type badge struct {
	text     string
	severity graph.Severity
}

// maxBadges is how many badges a box or a flow shows before "+n".
const maxBadges = 3

// numbered returns the badges for some findings, most severe first.
func numbered(findings []*graph.Finding, numbers map[string]string) []badge {
	var out []badge
	sorted := bySeverity(findings)
	for _, f := range sorted {
		out = append(out, badge{numbers[f.ID], f.Severity})
	}
	if len(out) > maxBadges {
		more := badge{"+" + strconv.Itoa(len(out)-maxBadges), out[maxBadges].severity}
		out = append(out[:maxBadges], more)
	}
	return out
}

// counted returns one badge a severity: "1C", "3H".
func counted(findings []*graph.Finding) []badge {
	var out []badge
	for _, s := range slices.Backward(graph.Severities) {
		n := 0
		for _, f := range findings {
			if f.Severity == s {
				n++
			}
		}
		if n > 0 {
			out = append(out, badge{strconv.Itoa(n) + strings.ToUpper(string(s[:1])), s})
		}
	}
	return out
}

// worst returns the highest severity of some findings, "" for none.
func worst(findings []*graph.Finding) graph.Severity {
	var out graph.Severity
	for _, f := range findings {
		if f.Severity.Rank() > out.Rank() {
			out = f.Severity
		}
	}
	return out
}

// matters are the first of each of the findings that are one matter in several places.
func matters(findings []*graph.Finding) []*graph.Finding {
	var out []*graph.Finding
	for _, like := range graph.Join(findings) {
		out = append(out, like[0])
	}
	return out
}

// severityCounts says "1 critical, 2 high", most severe first, "" for none.
func severityCounts(findings []*graph.Finding) string {
	var parts []string
	for _, s := range slices.Backward(graph.Severities) {
		n := 0
		for _, f := range findings {
			if f.Severity == s {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+string(s))
		}
	}
	return strings.Join(parts, ", ")
}

// plural says "1 flow", "3 flows".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
