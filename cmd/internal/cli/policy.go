package cli

import (
	"fmt"
	"slices"
	"strings"

	"drawbridge/graph"
)

// policy is what a change must not bring.
type policy []func(c *graph.Change) bool

// parsePolicy reads the words of diff's --fail-on.
func parsePolicy(words []string) (policy, error) {
	var p policy
	for _, word := range words {
		what, severity, hasSeverity := strings.Cut(word, ":")
		least := graph.Info
		if hasSeverity {
			if least = graph.Severity(severity); what != "new" || least.Rank() < 0 {
				return nil, fmt.Errorf("--fail-on %q: after new: one of %s is expected", word, strings.Join(severityNames(), ", "))
			}
		}
		switch what {
		case "new":
			p = append(p, anyDelta(func(d *graph.Delta) bool {
				return d.Kind == graph.DeltaFinding && d.Effect == graph.Worse && d.Severity.Rank() >= least.Rank()
			}))
		case "exposure":
			p = append(p, anyDelta(func(d *graph.Delta) bool { return d.Kind == graph.DeltaExposure && d.Effect == graph.Worse }))
		case "crossing":
			p = append(p, anyDelta(func(d *graph.Delta) bool { return d.Kind == graph.DeltaFlow && d.Crossing && d.Effect == graph.Worse }))
		case "path":
			p = append(p, anyDelta(func(d *graph.Delta) bool { return d.Kind == graph.DeltaPath && d.Effect == graph.Worse }))
		case "unknown":
			p = append(p, func(c *graph.Change) bool { return len(c.Unknown) > 0 })
		default:
			return nil, fmt.Errorf("--fail-on %q is none of new, new:SEVERITY, exposure, crossing, path, unknown", word)
		}
	}
	return p, nil
}

func anyDelta(is func(*graph.Delta) bool) func(*graph.Change) bool {
	return func(c *graph.Change) bool { return slices.ContainsFunc(c.Deltas, is) }
}

func (p policy) fails(c *graph.Change) bool {
	return slices.ContainsFunc(p, func(breaks func(*graph.Change) bool) bool { return breaks(c) })
}
