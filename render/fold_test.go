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
