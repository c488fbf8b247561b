package cli

import (
	"fmt"
	"slices"

	"drawbridge/cmd/internal/config"
	"drawbridge/graph"
)

// policy is what a change must not bring.
type policy []config.Condition

// parsePolicy reads the words of diff's --fail-on.
func parsePolicy(words []string) (policy, error) {
	var p policy
	for _, word := range words {
		c, err := config.ParseCondition(word)
		if err != nil {
			return nil, fmt.Errorf("--fail-on %w", err)
		}
		p = append(p, c)
	}
	return p, nil
}

// policyOf joins what the configurations of both sides say: what was merged holds for a
// change that takes it out, and what the change adds holds for itself.
func policyOf(sides ...*diffSide) (policy, error) {
	var words []string
	for _, s := range sides {
		if s.settings != nil && s.settings.config.Policy != nil {
			words = append(words, s.settings.config.Policy.Diff...)
		}
	}
	return parsePolicy(words)
}

func (p policy) fails(c *graph.Change) bool {
	return slices.ContainsFunc(p, func(x config.Condition) bool { return breaks(c, x) })
}

// breaks reports whether a change brings what it must not.
func breaks(c *graph.Change, x config.Condition) bool {
	if x.What == config.NoUnknown {
		return len(c.Unknown)+len(c.Gaps) > 0 || slices.ContainsFunc(c.Deltas, func(d *graph.Delta) bool { return d.Doubt })
	}
	return slices.ContainsFunc(c.Deltas, func(d *graph.Delta) bool {
		if d.Effect != graph.Worse {
			return false
		}
		switch x.What {
		case config.NoNew:
			return d.Kind == graph.DeltaFinding && d.Severity.Rank() >= x.Least.Rank()
		case config.NoExposure:
			return d.Kind == graph.DeltaExposure
		case config.NoCrossing:
			return d.Kind == graph.DeltaFlow && d.Crossing
		case config.NoPath:
			return d.Kind == graph.DeltaPath
		}
		return false
	})
}
