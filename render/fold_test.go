package render

import (
	"fmt"
	"strings"
	"testing"

	"drawbridge/graph"
)

// TestFold: four findings of one rule and rating are one matter with four places;
// fewer, and those rated otherwise, stand alone.
func TestFold(t *testing.T) {
	g := &graph.Graph{}
	for i := range 5 {
		f := &graph.Finding{
			ID: fmt.Sprintf("unencrypted-store@db%d", i), Rule: "unencrypted-store", Title: fmt.Sprintf("db%d is not encrypted", i),
			Address: fmt.Sprintf("db.n%d", i), Severity: graph.Low, Likelihood: 1, Impact: 4,
		}
		if i == 4 {
			f.Severity, f.Impact = graph.High, 5
		}
		g.Findings = append(g.Findings, f)
	}
	folded := fold(bySeverity(g.Findings))
	if len(folded) != 2 || len(folded[0]) != 1 || len(folded[1]) != 4 {
		t.Fatalf("folded into %d: %v", len(folded), folded)
	}
	var text, report strings.Builder
	if err := Text(&text, g, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "db0 is not encrypted (×4)") || strings.Contains(text.String(), "db1 is") {
		t.Errorf("the summary does not fold:\n%s", text.String())
	}
	if err := Markdown(&report, g, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"db0 is not encrypted, and 3 more like it", "db1 is not encrypted · `db.n1`", "db3 is not encrypted · `db.n3`"} {
		if !strings.Contains(report.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, report.String())
		}
	}
}

// TestOneMatterInPlaces: findings that one line of the input makes in two places are
// counted, numbered and told once, with both places.
func TestOneMatterInPlaces(t *testing.T) {
	g := &graph.Graph{}
	for _, name := range []string{"east", "west"} {
		id := name + ":module.db.aws_db_instance.this"
		g.Components = append(g.Components, &graph.Component{ID: id, Kind: graph.Store, Name: name})
		g.Findings = append(g.Findings, &graph.Finding{
			ID: "unencrypted-store@" + id, Rule: "unencrypted-store", Title: name + " is not encrypted", Subject: id, Address: id,
			Severity: graph.Low, Likelihood: 1, Impact: 4, Evidence: []graph.Evidence{{File: "modules/db/main.tf", Line: 3, Address: id, Why: "storage_encrypted is false"}},
		})
	}
	numbers := Badges(g)
	if a, b := numbers[g.Findings[0].ID], numbers[g.Findings[1].ID]; a != "L1" || b != "L1" {
		t.Errorf("numbered %s and %s", a, b)
	}
	var text, report, page strings.Builder
	if err := Text(&text, g, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := Markdown(&report, g, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := HTML(t.Context(), &page, g, Options{}, noLayout()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ in, want string }{
		{text.String(), "1 low, in 2 places"},
		{text.String(), "east is not encrypted (×2)"},
		{report.String(), "Findings: 1 low, in 2 places."},
		{report.String(), "- L1. west is not encrypted"},
		{page.String(), "<b>1</b> open finding in 2 places"},
		{unpacked(t, page.String()).Lists["findings"], "The same in 1 other place"},
	} {
		if !strings.Contains(tt.in, tt.want) {
			t.Errorf("no %q in\n%.3000s", tt.want, tt.in)
		}
	}
}
