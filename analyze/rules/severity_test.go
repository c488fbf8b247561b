package rules

import (
	"testing"

	"drawbridge/graph"
)

func TestSeverityGrowsWithBothSides(t *testing.T) {
	if got := SeverityOf(5, 5); got != graph.Critical {
		t.Errorf("the worst is %s", got)
	}
	if got := SeverityOf(1, 1); got != graph.Info {
		t.Errorf("the least is %s", got)
	}
	for l := 1; l <= 5; l++ {
		for i := 1; i < 5; i++ {
			if SeverityOf(l, i).Rank() > SeverityOf(l, i+1).Rank() {
				t.Errorf("likelihood %d: impact %d is rated above %d", l, i, i+1)
			}
			if SeverityOf(l, i) != SeverityOf(i, l) {
				t.Errorf("likelihood and impact weigh differently at %d and %d", l, i)
			}
		}
	}
}

// TestFactorsAddUp holds each finding to its printed factors: nothing that moved
// its severity is left out.
func TestFactorsAddUp(t *testing.T) {
	server := &graph.Component{ID: "web", Kind: graph.Process, Name: "web", Technology: graph.TechServer, Exposure: graph.ExposureDirect}
	server.Set(graph.PropFirewalled, graph.Yes, graph.Evidence{})
	m := NewModel(&graph.Graph{Components: []*graph.Component{server}})
	for _, r := range All {
		f := r.finding(m, Place{Subject: "web", Concerns: []*graph.Component{server}})
		likelihood, impact := 0, 0
		for _, factor := range f.Factors {
			if factor.Why == "" {
				t.Errorf("%s: factor %s has no reason", r.ID, factor.Name)
			}
			if movesImpact(factor.Name) {
				impact += factor.Effect
			} else {
				likelihood += factor.Effect
			}
		}
		if f.Likelihood != clamp(likelihood) || f.Impact != clamp(impact) || f.Severity != SeverityOf(f.Likelihood, f.Impact) {
			t.Errorf("%s: %d times %d is %s, factors give %d times %d", r.ID, f.Likelihood, f.Impact, f.Severity, likelihood, impact)
		}
		wantExposure := !r.Unmoved
		if got := len(f.Factors) > 1 && f.Factors[1].Name == factorExposure; got != wantExposure {
			t.Errorf("%s: exposure counts: %v, want %v", r.ID, got, wantExposure)
		}
	}
}
