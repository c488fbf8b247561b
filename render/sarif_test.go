package render

import (
	"bytes"
	"encoding/json"
	"testing"
)

// log is what the tests read of a SARIF log.
type log struct {
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct{ Rules []struct{ ID string } }
		}
		Results []struct {
			RuleID              string
			RuleIndex           int
			Level               string
			BaselineState       string
			Message             struct{ Text string }
			PartialFingerprints map[string]string
			Suppressions        []struct{ Kind, Justification string }
			CodeFlows           []struct {
				ThreadFlows []struct{ Locations []any }
			}
			Locations []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine int }
				}
			}
			Properties struct{ ID string }
		}
	}
}

func readLog(t *testing.T, b []byte) log {
	t.Helper()
	var l log
	if err := json.Unmarshal(b, &l); err != nil {
		t.Fatal(err)
	}
	if l.Version != "2.1.0" || len(l.Runs) != 1 {
		t.Fatalf("version %q, %d runs", l.Version, len(l.Runs))
	}
	run := l.Runs[0]
	for _, r := range run.Results {
		if r.RuleIndex >= len(run.Tool.Driver.Rules) || run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("result of rule %s points to rule %d", r.RuleID, r.RuleIndex)
		}
		if r.Message.Text == "" || len(r.Locations) != 1 || len(r.PartialFingerprints) != 1 {
			t.Errorf("a result lacks its text, place or fingerprint: %+v", r)
		}
	}
	return l
}

func TestSARIF(t *testing.T) {
	g := told()
	for _, c := range g.Components {
		if c.ID == "db" {
			c.ExposedBy = []string{"internet", "cdn", "alb", "api", "db"}
		}
	}
	var b bytes.Buffer
	if err := SARIF(&b, g); err != nil {
		t.Fatal(err)
	}
	golden(t, "shop.sarif", b.Bytes())
	l := readLog(t, b.Bytes())
	if got, want := len(l.Runs[0].Results), len(g.Findings); got != want {
		t.Errorf("%d results, want %d", got, want)
	}
	suppressed, flows := 0, 0
	for _, r := range l.Runs[0].Results {
		suppressed += len(r.Suppressions)
		flows += len(r.CodeFlows)
	}
	if suppressed != 1 || flows != 1 {
		t.Errorf("%d suppressions and %d code flows, want one of each", suppressed, flows)
	}
}

func TestSARIFFingerprintsSurviveMovedLines(t *testing.T) {
	prints := func(move int) []map[string]string {
		g := told()
		for _, f := range g.Findings {
			for i := range f.Evidence {
				f.Evidence[i].Line += move
			}
		}
		var b bytes.Buffer
		if err := SARIF(&b, g); err != nil {
			t.Fatal(err)
		}
		var out []map[string]string
		for _, r := range readLog(t, b.Bytes()).Runs[0].Results {
			out = append(out, r.PartialFingerprints)
		}
		return out
	}
	before, after := prints(0), prints(17)
	for i := range before {
		if before[i][sarifFingerprint] != after[i][sarifFingerprint] || before[i][sarifFingerprint] == "" {
			t.Errorf("result %d: %v, then %v", i, before[i], after[i])
		}
	}
}

func TestChangeSARIFTellsStates(t *testing.T) {
	var b bytes.Buffer
	if err := ChangeSARIF(&b, review()); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, r := range readLog(t, b.Bytes()).Runs[0].Results {
		count[r.BaselineState]++
	}
	if count["new"] != 2 || count["absent"] != 2 || count["unchanged"] != 5 || len(count) != 3 {
		t.Errorf("states %v", count)
	}
}

func TestSARIFEscapesNames(t *testing.T) {
	var b bytes.Buffer
	if err := ChangeSARIF(&b, hostileChange()); err != nil {
		t.Fatal(err)
	}
	for _, r := range readLog(t, b.Bytes()).Runs[0].Results {
		if bytes.ContainsAny([]byte(r.Message.Text), "\x1b\a\n") {
			t.Errorf("control characters in %q", r.Message.Text)
		}
	}
	if bytes.Contains(b.Bytes(), []byte("<img")) {
		t.Error("markup in the log")
	}
	if got := sarifURI("a:b/c d%#?.tf"); got != "./a:b/c%20d%25%23%3F.tf" {
		t.Errorf("reference %s", got)
	}
}
