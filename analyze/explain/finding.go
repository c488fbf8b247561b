package explain

import (
	"fmt"
	"slices"

	"drawbridge/analyze/rules"
	"drawbridge/analyze/stated"
	"drawbridge/graph"
)

// finding tells how the severity came about, and what each of its factors makes of it.
func (e *explainer) finding(f *graph.Finding) *Explanation {
	x := &Explanation{Kind: "finding", ID: f.ID, Title: f.Title}
	x.section("What could go wrong", linef("%s", f.Threat))
	about := []Line{linef("%s", f.Subject)}
	if f.Address != f.Subject {
		about = append(about, linef("to change: %s", f.Address))
	}
	x.section("What it is about", about...)
	x.section("The same elsewhere", e.elsewhere(f)...)
	severity := []Line{linef("likelihood %d times impact %d is %d: %s", f.Likelihood, f.Impact, f.Likelihood*f.Impact, rules.SeverityOf(f.Likelihood, f.Impact))}
	var change []Line
	for _, factor := range f.Factors {
		if factor.Name == stated.FactorStated {
			severity = append(severity, linef("%s", factor.Why))
			continue
		}
		moves := "likelihood"
		if movesImpact(factor.Name) {
			moves = "impact"
		}
		severity = append(severity, linef("%s %+d, %s: %s", moves, factor.Effect, factor.Name, factor.Why))
		if factor.Name == weakness || factor.Name == consequence {
			continue // these come with the rule
		}
		switch without := rules.SeverityOf(sums(f, factor)); {
		case without == rules.SeverityOf(f.Likelihood, f.Impact):
			change = append(change, linef("if not for %s (%s): still %s", factor.Name, factor.Why, without))
		default:
			change = append(change, linef("if not for %s (%s): %s", factor.Name, factor.Why, without))
		}
	}
	x.section("Severity: "+string(f.Severity), severity...)
	x.section("What it rests on", because(f.Evidence)...)
	for _, m := range f.Mitigations {
		change = append(change, linef("mend it: %s", m))
	}
	x.section("What would change it", change...)
	for _, s := range []struct{ title, text string }{{"How to verify it", f.Verify}, {"What would make it false", f.FalseIf}} {
		if s.text != "" {
			x.section(s.title, linef("%s", s.text))
		}
	}
	status := Line{Text: string(f.Status)}
	if f.StatusWhy != "" {
		status.Text += ": " + f.StatusWhy
	}
	if status.Text != "" {
		x.section("Status", status)
	}
	return x
}

// The factors that a rule begins with, wherever it finds something.
const (
	weakness    = "weakness"
	consequence = "consequence"
)

func movesImpact(name string) bool {
	return slices.ContainsFunc(rules.FactorNames, func(f rules.FactorName) bool { return f.Name == name && f.Moves == "impact" })
}

// sums are likelihood and impact without one factor.
func sums(f *graph.Finding, without graph.Factor) (likelihood, impact int) {
	for _, x := range f.Factors {
		switch {
		case x == without || x.Name == stated.FactorStated:
		case movesImpact(x.Name):
			impact += x.Effect
		default:
			likelihood += x.Effect
		}
	}
	return max(1, min(5, likelihood)), max(1, min(5, impact))
}

// String is the line with its place, for people.
func (l Line) String() string {
	if l.Source.IsZero() {
		return l.Text
	}
	return fmt.Sprintf("%s  [%s]", l.Text, l.Source)
}

// elsewhere are the other places of what a finding is one place of.
func (e *explainer) elsewhere(f *graph.Finding) []Line {
	var out []Line
	for _, like := range graph.Join(e.graph.Findings) {
		if !slices.Contains(like, f) {
			continue
		}
		for i, other := range like {
			if i == mostListed {
				return append(out, linef("and %d more", len(like)-i))
			}
			if other != f {
				out = append(out, Line{fmt.Sprintf("%s (%s)", other.Title, other.ID), other.Place()})
			}
		}
	}
	return out
}
