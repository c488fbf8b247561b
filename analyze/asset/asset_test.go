package asset

import (
	"strings"
	"testing"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
)

func TestOf(t *testing.T) {
	tests := []struct {
		name       string
		technology graph.Technology
		tags       map[string]string
		level      Level
		why        string // a part of the reason
	}{
		{"orders", graph.TechSQL, nil, Records, "a database"},
		{"customers", graph.TechSQL, nil, Sensitive, "personal data"},
		{"prodCustomerDb", graph.TechNoSQL, nil, Sensitive, "personal data"},
		{"customized", graph.TechSQL, nil, Records, "a database"},
		{"acme-terraform-state", graph.TechObject, nil, Sensitive, "infrastructure state"},
		{"deploy-private-key", graph.TechConfig, nil, Sensitive, "credentials"},
		{"deploy-public-key", graph.TechConfig, nil, Ordinary, ""},
		{"state", graph.TechObject, nil, Files, "files"},
		{"website", graph.TechObject, nil, Public, "everybody"},
		{"website", graph.TechSQL, nil, Records, "a database"},
		{"website-backups", graph.TechObject, nil, Sensitive, "backups"},
		{"sessions", graph.TechCache, nil, Files, "copies"},
		{"jobs", graph.TechQueue, nil, Ordinary, ""},
		{"app", graph.TechSecret, nil, Sensitive, "secrets"},
		{"a", graph.TechSQL, map[string]string{"DataClassification": "Confidential"}, Sensitive, "DataClassification"},
		{"a", graph.TechQueue, map[string]string{"sensitivity": "contains pii"}, Sensitive, "sensitivity"},
		{"customers", graph.TechSQL, map[string]string{"data_classification": "public"}, Public, "data_classification"},
		{"a", graph.TechObject, map[string]string{"Name": "payment files"}, Sensitive, "payment data"},
		{"a", graph.TechObject, map[string]string{"team": "confidential"}, Files, "files"},
	}
	for _, tt := range tests {
		got := Of(&graph.Component{Kind: graph.Store, Name: tt.name, Technology: tt.technology, Tags: tt.tags})
		if got.Level != tt.level || !strings.Contains(got.Why, tt.why) {
			t.Errorf("%s %s %v: level %d because %q, want %d because of %q", tt.technology, tt.name, tt.tags, got.Level, got.Why, tt.level, tt.why)
		}
	}
}

func TestSplitWords(t *testing.T) {
	for in, want := range map[string][]string{
		"":                 nil,
		"prod-customer_db": {"prod", "customer", "db"},
		"prodCustomerDB":   {"prod", "customer", "db"},
		"s3://a.b/c":       {"s3", "a", "b", "c"},
		"kundenÜbersicht":  {"kunden", "übersicht"},
		"--":               nil,
	} {
		if diff := cmp.Diff(want, splitWords(in)); diff != "" {
			t.Errorf("splitWords(%q) (-want +got):\n%s", in, diff)
		}
	}
}

// What people state of data beats what its tags say, whatever these are called.
func TestOfStated(t *testing.T) {
	c := &graph.Component{
		Kind: graph.Store, Name: "a", Technology: graph.TechSQL, Tags: map[string]string{"Classification": "public"},
		Stated: []graph.Evidence{{Why: StatedClass + "pii"}},
	}
	if got := Of(c); got.Level != Sensitive || got.Why != "its data is classified as pii" {
		t.Errorf("level %d because of %q, want that of what was stated", got.Level, got.Why)
	}
}
