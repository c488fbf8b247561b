package rules

import (
	"strings"
	"testing"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
)

func TestSensitivity(t *testing.T) {
	tests := []struct {
		name       string
		technology graph.Technology
		tags       map[string]string
		level      sensitivityLevel
		why        string // a part of the reason
	}{
		{"orders", graph.TechSQL, nil, records, "a database"},
		{"customers", graph.TechSQL, nil, sensitive, "personal data"},
		{"prodCustomerDb", graph.TechNoSQL, nil, sensitive, "personal data"},
		{"customized", graph.TechSQL, nil, records, "a database"},
		{"acme-terraform-state", graph.TechObject, nil, sensitive, "infrastructure state"},
		{"deploy-private-key", graph.TechConfig, nil, sensitive, "credentials"},
		{"deploy-public-key", graph.TechConfig, nil, ordinary, ""},
		{"state", graph.TechObject, nil, files, "files"},
		{"website", graph.TechObject, nil, publicContent, "everybody"},
		{"website", graph.TechSQL, nil, records, "a database"},
		{"website-backups", graph.TechObject, nil, sensitive, "backups"},
		{"sessions", graph.TechCache, nil, files, "copies"},
		{"jobs", graph.TechQueue, nil, ordinary, ""},
		{"app", graph.TechSecret, nil, sensitive, "secrets"},
		{"a", graph.TechSQL, map[string]string{"DataClassification": "Confidential"}, sensitive, "DataClassification"},
		{"a", graph.TechQueue, map[string]string{"sensitivity": "contains pii"}, sensitive, "sensitivity"},
		{"customers", graph.TechSQL, map[string]string{"data_classification": "public"}, publicContent, "data_classification"},
		{"a", graph.TechObject, map[string]string{"Name": "payment files"}, sensitive, "payment data"},
		{"a", graph.TechObject, map[string]string{"team": "confidential"}, files, "files"},
	}
	for _, tt := range tests {
		got := sensitivity(&graph.Component{Kind: graph.Store, Name: tt.name, Technology: tt.technology, Tags: tt.tags})
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
