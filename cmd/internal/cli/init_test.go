package cli

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"drawbridge/cmd/internal/config"
	"drawbridge/graph"
)

// What a first file offers in comments is right as soon as the signs are gone.
func TestFirstConfig(t *testing.T) {
	g := &graph.Graph{
		Components: []*graph.Component{{ID: `module.a["x: y"].db`, Kind: graph.Store, Address: `module.a["x: y"].db`}},
		Boundaries: []*graph.Boundary{{ID: "net", Address: "net"}},
		Questions: []*graph.Question{
			{Subject: `module.a["x: y"].db`, Address: `module.a["x: y"].db`, Asks: string(graph.PropBackedUp), Text: "Is it\nkept?", Severity: graph.High},
			{Subject: "net", Address: "net", Asks: string(graph.PropPublic), Text: "?", Severity: graph.Low},
			{Subject: "x", Address: "x", Asks: graph.AsksEncrypted},
			{Subject: "x", Address: "x", Asks: graph.AsksAuthenticated},
			{Subject: "x", Address: "x", Asks: graph.AsksPeers},
		},
		Findings: []*graph.Finding{
			{Rule: "unmonitored", Address: "a#b", Severity: graph.High, Title: "one"},
			{Rule: "unmonitored", Address: "a#b", Severity: graph.Low, Title: "two"},
			{Rule: "unmonitored", Address: "shop/Deployment/*", Severity: graph.Low},
		},
	}
	text, err := firstConfig("true", g, "2026-11-29")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.Parse(text, "commented", ""); err != nil {
		t.Error(err)
	}
	text = regexp.MustCompile(`(?m)^#(-|  |[a-z]+:)`).ReplaceAll(text, []byte("$1"))
	if _, err := config.Parse(text, "blank", ""); err == nil || !strings.Contains(err.Error(), "decisions[0]: reason and owner are still") {
		t.Errorf("decisions without a reason: %v", err)
	}
	text = bytes.ReplaceAll(text, []byte(strconv.Quote(config.Blank)), []byte(`"said"`))
	c, err := config.Parse(text, "told", "")
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	// Each question has its statement, and findings of one rule and address have one decision.
	if len(c.Components) != 4 || len(c.Boundaries) != 1 || len(c.Flows) != 4 || len(c.Decisions) != 2 || c.Boundaries[0].Properties["public"] {
		t.Errorf("%s", text)
	}
	if d := c.Decisions[0]; d.Address != "a#b" || d.Until != "2027-11-29" {
		t.Errorf("%+v", d)
	}
}
