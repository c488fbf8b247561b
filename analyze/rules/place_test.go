package rules_test

import (
	"testing"

	"drawbridge/analyze"
	"drawbridge/graph"
)

// The same weaknesses are critical at an edge before a customer database, and low in a
// sandbox that nothing leads to and nothing lies behind; a container that owns its host, and a
// credential that opens something unknown, are medium there.
func TestTheSameWeaknessWeighsByItsPlace(t *testing.T) {
	edge := `
boundary network/a network
component internet
component web process container in network/a
	property privileged yes
	property secret_in_config yes
	property metadata_guarded no
component store store sql in network/a
	name customers
	property authenticated no
flow internet -> web https:443
	encrypted yes
flow internet -> store postgres:5432
	encrypted yes
flow web -> store postgres:5432
	encrypted yes
`
	sandbox := `
boundary network/a network
component web process container in network/a
	property privileged yes
	property secret_in_config yes
	property metadata_guarded no
component store store cache in network/a
	name scratch
	property authenticated no
`
	rate := func(text string) map[string]graph.Severity {
		g, err := graph.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		analyze.Run(g)
		out := map[string]graph.Severity{}
		for _, f := range g.Findings {
			out[f.Rule] = f.Severity
		}
		return out
	}
	there, here := rate(edge), rate(sandbox)
	for _, pair := range [][2]string{ // what the weakness is told as at the edge and in the sandbox
		{"privileged-workload", "privileged-workload"},
		{"secret-in-configuration", "secret-in-configuration"},
		{"public-store", "passwordless-store"},
	} {
		if there[pair[0]] != graph.Critical {
			t.Errorf("%s is %q before the customers' database", pair[0], there[pair[0]])
		}
		if low := here[pair[1]]; low == "" || low.Rank() > graph.Medium.Rank() {
			t.Errorf("%s is %q in the sandbox", pair[1], low)
		}
	}
	if here["passwordless-store"].Rank() > graph.Low.Rank() || here["unguarded-metadata"].Rank() >= there["unguarded-metadata"].Rank() {
		t.Errorf("a sandbox weighs as much as an edge: %v, %v", here, there)
	}
}
