package graph

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// alike makes a finding of a low rating at a place.
func alike(subject, title, file string, line int) *Finding {
	return &Finding{
		ID: FindingID("unencrypted-store", subject, ""), Rule: "unencrypted-store", Title: title, Subject: subject, Address: subject,
		Severity: Low, Likelihood: 1, Impact: 4, Threat: "who gets at " + subject + " reads it",
		Mitigations: []string{"Encrypt it."}, Evidence: []Evidence{{File: file, Line: line, Address: subject, Why: "it is not encrypted"}},
	}
}

func TestJoin(t *testing.T) {
	for _, tt := range []struct {
		name     string
		findings []*Finding
		want     string // how many places each has
	}{
		{"roots that call one module", []*Finding{
			alike("east/module.db.aws_db_instance.this", "orders", "modules/db/main.tf", 3),
			alike("west/module.db.aws_db_instance.this", "bills", "modules/db/main.tf", 3),
		}, "[2]"},
		{"siblings of copied blocks", []*Finding{
			alike("aws_rds_cluster.app1-cluster", "app1", "db.tf", 3), alike("aws_rds_cluster.app12-cluster", "app12", "db.tf", 9),
			alike("aws_rds_cluster.billing", "billing", "db.tf", 20),
		}, "[2 1]"},
		{"instances of a block", []*Finding{
			alike(`aws_sqs_queue.q["a"]`, "a", "", 0), alike(`aws_sqs_queue.q["b"]`, "b", "", 0),
		}, "[2]"},
		{"variants of an application", []*Finding{
			alike("default/Deployment/cache", "Cache cache", "base/cache.yaml", 1), alike("default/Deployment/cache", "Cache cache", "release/all.yaml", 90),
		}, "[2]"},
		{"one address that is called otherwise", []*Finding{
			alike("a:aws_s3_bucket.this", "logs", "a/main.tf", 1), alike("b:aws_s3_bucket.this", "photos", "b/main.tf", 1),
		}, "[1 1]"},
		{"another rating, and a decision on one", []*Finding{
			alike("q1", "q1", "a.tf", 1),
			func() *Finding { f := alike("q2", "q2", "a.tf", 2); f.Severity = High; return f }(),
			func() *Finding { f := alike("q3", "q3", "a.tf", 3); f.Status = Accepted; return f }(),
			alike("q4", "q4", "a.tf", 4),
		}, "[2 1 1]"},
		{"what joins two groups joins all of both", []*Finding{
			alike("q1", "one", "a.tf", 1), alike("p", "two", "b.tf", 1), alike("q2", "three", "b.tf", 1),
		}, "[3]"},
	} {
		var got []int
		for _, like := range Join(tt.findings) {
			got = append(got, len(like))
		}
		if fmt.Sprint(got) != tt.want {
			t.Errorf("%s: %v places, want %s", tt.name, got, tt.want)
		}
	}
}

// TestJSONJoinsFindings: the JSON form has one finding with its places, whose evidence
// names all of them; reading gives each place its own finding back.
func TestJSONJoinsFindings(t *testing.T) {
	other := alike("aws_rds_cluster.app2", "app2 is not encrypted", "db.tf", 9)
	other.Mitigations, other.Factors = []string{"Encrypt app2."}, []Factor{{"extent", -1, "part of it"}}
	g := &Graph{Findings: []*Finding{alike("aws_rds_cluster.app1", "app1 is not encrypted", "db.tf", 3), other, alike("aws_kms_key.k", "k", "key.tf", 1)}}
	g.Sort()
	out := toJSON(t, g)
	for _, want := range []string{
		`"title": "app1 is not encrypted, and 1 more like it"`, `"id": "unencrypted-store@aws_rds_cluster.app2"`, `"title": "app2 is not encrypted"`,
	} {
		if n := strings.Count(string(out), want); n != 1 {
			t.Errorf("%d times %s in\n%s", n, want, out)
		}
	}
	if n := strings.Count(string(out), `"rule":`); n != 2 {
		t.Errorf("%d findings, want 2:\n%s", n, out)
	}
	got, err := ReadJSON(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(g, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("ReadJSON(WriteJSON(g)) (-want +got):\n%s", diff)
	}
}
