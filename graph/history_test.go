package graph

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// lived are models one after another: a finding comes, its subject is renamed, it goes
// and comes again; something is exposed and no more.
var lived = []string{
	"component internet\ncomponent a store sql\n\texposure none\nfinding low old a\n",
	"component internet\ncomponent a store sql\n\texposure direct\nfinding low old a\nfinding high new a\nflow internet -> a postgres:5432\n",
	"component internet\ncomponent b store sql\n\texposure direct\nfinding low old b\nfinding medium new b\nflow internet -> b postgres:5432\nmoved a b\n",
	"component internet\ncomponent b store sql\n\texposure none\nfinding low old b\n",
	"component internet\ncomponent b store sql\n\texposure none\nfinding low old b\nfinding high new b\n",
}

func lifeOf(t *testing.T) *History {
	t.Helper()
	h := NewHistory()
	for i, text := range lived {
		h.Add(fmt.Sprintf("r%d", i), "2026-01-01", "commit", parseModel(t, []byte(text)))
	}
	h.Add("r5", "2026-01-02", "the same again", nil)
	return h
}

func TestHistoryTellsSinceWhen(t *testing.T) {
	h := lifeOf(t)
	var b strings.Builder
	for _, list := range [][]*Lifetime{h.Findings, h.Exposures} {
		for _, l := range list {
			fmt.Fprintf(&b, "%s %s: %s to %q, before %v\n", l.ID, l.Severity, l.FirstSeen, l.Gone, l.Before)
		}
	}
	want := `new@b high: r4 to "", before false
old@b low: r0 to "", before true
new@b medium: r1 to "r3", before false
b : r1 to "r3", before false
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	last := h.Steps[len(h.Steps)-1]
	if last.Verdict != NoEffect || last.Open() != 2 || last.Worse || !h.Steps[1].Worse || !h.Steps[3].Better || h.Steps[2].Worse {
		t.Errorf("steps %+v", h.Steps)
	}
}

func TestHistorySchemaAcceptsWhatIsWritten(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(HistorySchema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("history.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := compiler.Compile("history.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []*History{NewHistory(), lifeOf(t)} {
		var b bytes.Buffer
		if err := WriteHistoryJSON(&b, h); err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(&b)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Error(err)
		}
	}
}
