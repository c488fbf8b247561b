package rules_test

import (
	"testing"

	"drawbridge/analyze"
	"drawbridge/analyze/rules"
	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
)

func TestQuestions(t *testing.T) {
	g, err := graph.Parse([]byte(`
boundary network/shop network
boundary subnet/data subnet in network/shop
component internet
component app process web-app
	name shop
component known process web-app
component db store sql in subnet/data
	name customers
component idle store queue
flow internet -> app https:443
	authenticated yes
flow internet -> known https:443
	encrypted yes
	authenticated no
flow app -> db postgres:5432 (referenced)
`))
	if err != nil {
		t.Fatal(err)
	}
	analyze.Run(g)
	var got []string
	for _, q := range g.Questions {
		got = append(got, string(q.Severity)+" "+q.Text)
	}
	want := []string{
		"high Is what web application shop receives encrypted on the way?",
		"high Does SQL database customers ask its callers who they are?",
		"medium Is what SQL database customers receives encrypted on the way?",
		"medium Is SQL database customers encrypted at rest?",
		"medium Can lost data of SQL database customers be brought back from backups?",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}
	before := string(graph.Format(g))
	if n := len(rules.Questions(g, 2)); n != 2 {
		t.Errorf("%d questions where two are allowed", n)
	}
	if diff := cmp.Diff(before, string(graph.Format(g))); diff != "" {
		t.Errorf("asking changed the graph (-before +after):\n%s", diff)
	}
}
