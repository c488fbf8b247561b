package rules

import (
	"testing"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
)

func TestBehind(t *testing.T) {
	g, err := graph.Parse([]byte(`
component internet
component lb process load-balancer
component api process container
component report process job
component watch process monitoring
component db store sql
	name customers
component near store nosql
component far store nosql
component key store key-store
component partner external saas
component inside process container
flow internet -> lb https:443
flow lb -> api https:443
flow api -> db postgres:5432 (referenced)
flow api -> near https:443 (referenced)
flow db -> key https:443
flow report -> near https:443 (referenced)
flow report -> lb https:443 (permitted)
flow report -> far https:443 (referenced)
flow watch -> api http:9100
flow inside -> partner https:443 (referenced)
flow partner -> api https:443 (referenced)
`))
	if err != nil {
		t.Fatal(err)
	}
	m := NewModel(g)
	got := map[string]string{}
	for id, a := range m.behind {
		got[id] = a.Store.ID
	}
	want := map[string]string{
		"lb":     "db",
		"api":    "db",  // more sensitive than near
		"report": "far", // of equal ones the first; what is permitted leads nowhere
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("behind (-want +got):\n%s", diff)
	}
}

func TestFlowAddress(t *testing.T) {
	tests := []struct {
		name     string
		evidence []string // addresses
		want     string
	}{
		{"a part of the target", []string{"route/public", "rule/web", "listener/http", "lb/web"}, "listener/http"},
		{"a rule, not the route", []string{"lb/web", "route/public", "rule/web"}, "rule/web"},
		{"only the ends", []string{"", "lb/web"}, "lb/web"},
		{"nothing", []string{""}, ""},
	}
	lb := &graph.Component{ID: "lb", Address: "lb/web", Parts: []string{"lb/web", "listener/http"}}
	m := NewModel(&graph.Graph{
		Components: []*graph.Component{lb},
		Boundaries: []*graph.Boundary{{ID: "edge", Address: "subnet/edge", Parts: []string{"route/public"}}},
	})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &graph.Flow{From: graph.InternetID, To: "lb"}
			for _, address := range tt.evidence {
				f.Evidence = append(f.Evidence, graph.Evidence{Address: address})
			}
			if got := m.flowAddress([]*graph.Flow{f}, lb); got != tt.want {
				t.Errorf("flowAddress = %q, want %q", got, tt.want)
			}
		})
	}
}
