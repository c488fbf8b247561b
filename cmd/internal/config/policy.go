package config

import (
	"fmt"
	"slices"
	"strings"

	"drawbridge/graph"
)

// Policy is what fails a run that has no --fail-on.
type Policy struct {
	// Scan is the severity of open findings from which a scan fails.
	Scan string `json:"scan,omitempty"`
	// Diff is what a change must not bring, in the words of diff's --fail-on.
	Diff []string `json:"diff,omitempty"`
}

func (p *Policy) check() error {
	if p == nil {
		return nil
	}
	if p.Scan != "" && graph.Severity(p.Scan).Rank() < 0 {
		return fmt.Errorf("scan: severity %q is none of %s", p.Scan, listed(graph.Severities))
	}
	for _, word := range p.Diff {
		if _, err := ParseCondition(word); err != nil {
			return fmt.Errorf("diff: %w", err)
		}
	}
	return nil
}

// Condition is one thing that a change must not bring.
type Condition struct {
	What ConditionKind
	// Least is the severity from which a finding counts, of new ones.
	Least graph.Severity
}

// ConditionKind is what kind of thing a condition is about.
type ConditionKind string

// The kinds of condition.
const (
	NoNew      ConditionKind = "new"      // open findings, or worse ones
	NoExposure ConditionKind = "exposure" // to the internet
	NoCrossing ConditionKind = "crossing" // of a trust boundary
	NoPath     ConditionKind = "path"     // of an attack
	NoUnknown  ConditionKind = "unknown"  // what is not understood
)

var conditionKinds = []ConditionKind{NoNew, NoExposure, NoCrossing, NoPath, NoUnknown}

// ParseCondition reads a word as --fail-on takes it: "exposure", or "new:high".
func ParseCondition(word string) (Condition, error) {
	what, severity, hasSeverity := strings.Cut(word, ":")
	c := Condition{ConditionKind(what), graph.Info}
	if !slices.Contains(conditionKinds, c.What) {
		return c, fmt.Errorf("%q is none of new, new:SEVERITY, exposure, crossing, path, unknown", word)
	}
	if hasSeverity {
		if c.Least = graph.Severity(severity); c.What != NoNew || c.Least.Rank() < 0 {
			return c, fmt.Errorf("%q: after new: one of %s is expected", word, listed(graph.Severities))
		}
	}
	return c, nil
}
