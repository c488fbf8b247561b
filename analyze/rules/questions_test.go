package rules_test

import (
	"slices"
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

// TestQuestionsAreOrderedByWhatTheyDecide asks the same question of four places: first
// where the answer would make the worst finding, not in the order of names.
func TestQuestionsAreOrderedByWhatTheyDecide(t *testing.T) {
	g, err := graph.Parse([]byte(`
boundary network/shop network
component internet
component a-notes store sql in network/shop
	name notes
component b-shop process web-app in network/shop
	name shop
component c-customers store sql in network/shop
	name customers
component d-wiki process web-app in network/shop
	name wiki
flow internet -> b-shop https:443
	authenticated yes
flow internet -> d-wiki https:443
	authenticated yes
flow b-shop -> c-customers postgres:5432
	authenticated yes
flow d-wiki -> a-notes postgres:5432
	authenticated yes
`))
	if err != nil {
		t.Fatal(err)
	}
	analyze.Run(g)
	rank, asked := len(graph.Severities), map[string][]string{}
	for _, q := range g.Questions {
		if q.Severity.Rank() > rank {
			t.Errorf("%q decides a %s finding and comes after one that decides less", q.Text, q.Severity)
		}
		rank = q.Severity.Rank()
		asked[q.Rule] = append(asked[q.Rule], q.Subject)
	}
	for _, places := range asked {
		if shop, wiki := slices.Index(places, "b-shop"), slices.Index(places, "d-wiki"); shop >= 0 && wiki >= 0 && shop > wiki {
			t.Errorf("asked in the order %v", places)
		}
	}
	worst, least := g.Questions[0], g.Questions[len(g.Questions)-1]
	if worst.Severity == least.Severity || worst.Subject != "b-shop" && worst.Subject != "c-customers" {
		t.Errorf("first comes %s of %s (%s), last %s of %s (%s)", worst.Rule, worst.Subject, worst.Severity, least.Rule, least.Subject, least.Severity)
	}
}
