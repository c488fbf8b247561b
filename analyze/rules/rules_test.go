package rules_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"drawbridge/analyze"
	"drawbridge/analyze/rules"
	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite expectations and the catalogue")

// TestRules runs each rule on the cases beside it. testdata/ID.txtar holds graphs
// named bad, good and unknown, and more of each where a name goes on after a
// hyphen. A bad graph is followed by NAME.want: what the rule finds in it, without
// what is the same for all of its findings.
func TestRules(t *testing.T) {
	for _, r := range rules.All {
		t.Run(r.ID, func(t *testing.T) {
			file := filepath.Join("testdata", r.ID+".txtar")
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			wants := map[string][]byte{}
			for _, f := range archive.Files {
				if name, ok := strings.CutSuffix(f.Name, ".want"); ok {
					wants[name] = f.Data
				}
			}
			var cases []txtar.File
			seen := map[string]bool{}
			for _, f := range archive.Files {
				if strings.HasSuffix(f.Name, ".want") {
					continue
				}
				kind, _, _ := strings.Cut(f.Name, "-")
				seen[f.Name] = true
				cases = append(cases, f)
				found := findings(t, f, r)
				switch kind {
				case "bad":
					got := graph.Format(&graph.Graph{Findings: found})
					cases = append(cases, txtar.File{Name: f.Name + ".want", Data: got})
					if len(found) == 0 {
						t.Errorf("%s: nothing is found", f.Name)
					}
					if diff := cmp.Diff(string(wants[f.Name]), string(got)); diff != "" && !*update {
						t.Errorf("%s: findings differ (-want +got):\n%s", f.Name, diff)
					}
				case "good", "unknown":
					if len(found) > 0 {
						t.Errorf("%s: found %s", f.Name, graph.Format(&graph.Graph{Findings: found}))
					}
				default:
					t.Errorf("%s: a case is named bad, good or unknown", f.Name)
				}
			}
			for _, name := range []string{"bad", "good", "unknown"} {
				if !seen[name] {
					t.Errorf("%s has no case %q", file, name)
				}
			}
			if *update {
				archive.Files = cases
				if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// findings returns what one rule finds in a graph, without what it says of all its places.
func findings(t *testing.T, f txtar.File, r *rules.Rule) []*graph.Finding {
	t.Helper()
	g, err := graph.Parse(f.Data)
	if err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	analyze.Run(g)
	if len(g.Notes) > 0 {
		t.Errorf("%s: the graph had to be repaired: %v", f.Name, g.Notes)
	}
	var out []*graph.Finding
	for _, found := range g.Findings {
		if found.Rule == r.ID {
			found.STRIDE, found.CWE, found.References, found.Verify, found.FalseIf = nil, nil, nil, "", ""
			found.Mitigations = found.Mitigations[:len(found.Mitigations)-len(r.Mitigations)]
			out = append(out, found)
		}
	}
	return out
}

func TestRulesAreWhole(t *testing.T) {
	if !slices.IsSortedFunc(rules.All, func(a, b *rules.Rule) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("All is not sorted by ID")
	}
	source := regexp.MustCompile(`^(CIS (AWS Foundations v3\.0\.0|GCP Foundations v2\.0\.0|Azure Foundations v2\.0\.0|Kubernetes v1\.8\.0) \d+(\.\d+)+` +
		`|NIST 800-53 [A-Z]{2}-\d+|ATT&CK T\d{4}(\.\d{3})?|OWASP Top 10 2021 A\d{2}|OWASP API Security 2023 API\d+|OWASP Kubernetes Top Ten 2022 K\d{2})$`)
	for _, r := range rules.All {
		if rules.ByID(r.ID) != r {
			t.Errorf("ByID(%q) is not the rule of that ID", r.ID)
		}
		for what, missing := range map[string]bool{
			"title": r.Title == "", "what it looks for": r.Looks == "", "why": r.Why == "", "STRIDE": len(r.STRIDE) == 0,
			"CWE": len(r.CWE) == 0, "mitigation": len(r.Mitigations) == 0, "test": r.Verify == "", "word on what would make it false": r.FalseIf == "", "reference": len(r.References) == 0, "function": r.Check == nil,
			"likelihood of 1 to 3": r.Likelihood < 1 || r.Likelihood > 3, "impact of 1 to 3": r.Impact < 1 || r.Impact > 3,
		} {
			if missing {
				t.Errorf("%s has no %s", r.ID, what)
			}
		}
		if strings.HasSuffix(r.Title, ".") || strings.Contains(r.Title, "\n") {
			t.Errorf("%s: the title is not one line without a full stop", r.ID)
		}
		for _, ref := range r.References {
			if !source.MatchString(ref) {
				t.Errorf("%s: reference %q names no source and number that is known", r.ID, ref)
			}
		}
		for _, s := range r.STRIDE {
			if !slices.Contains(graph.STRIDECategories, s) {
				t.Errorf("%s: %q is no category of STRIDE", r.ID, s)
			}
		}
	}
	if rules.ByID("no-such-rule") != nil {
		t.Error("ByID finds a rule that does not exist")
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if id := strings.TrimSuffix(filepath.Base(f), ".txtar"); rules.ByID(id) == nil {
			t.Errorf("%s belongs to no rule", f)
		}
	}
}

func TestCatalogueIsFresh(t *testing.T) {
	var b bytes.Buffer
	catalogue(t, &b)
	if *update {
		if err := os.WriteFile("README.md", b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), b.String()); diff != "" {
		t.Errorf("README.md is stale; run go test -update in this directory (-have +rules):\n%s", diff)
	}
}

// BenchmarkRules: 200 rules over 10,000 components, the built-in ones again and again.
func BenchmarkRules(b *testing.B) {
	all := rules.All
	defer func() { rules.All = all }()
	g := &graph.Graph{Components: []*graph.Component{{ID: graph.InternetID, Kind: graph.External, Technology: graph.TechInternet}}}
	id := func(i int) string { return fmt.Sprintf("c%05d", i%10_000) }
	flow := func(from, to string, port int, encrypted graph.Truth) {
		f := &graph.Flow{From: from, To: to, Protocol: "tcp", Port: port, Encrypted: encrypted, Basis: graph.Declared}
		f.ID = graph.FlowID(f.From, f.To, f.Protocol, f.Port, f.Basis)
		g.Flows = append(g.Flows, f)
	}
	for i := range 10_000 {
		network := fmt.Sprintf("n%03d", i/100)
		if i%100 == 0 {
			g.Boundaries = append(g.Boundaries, &graph.Boundary{ID: network, Name: network, Kind: graph.BoundaryNetwork})
		}
		c := &graph.Component{
			ID: id(i), Name: id(i), Address: id(i), Boundary: network,
			Kind: []graph.Kind{graph.Process, graph.Store, graph.Process, graph.Identity}[i%4], Technology: graph.Technologies[i%len(graph.Technologies)],
		}
		for j := range 5 {
			c.Set(graph.Properties[(i*7+j)%len(graph.Properties)], graph.Of(j%2 == 0), graph.Evidence{File: "main.tf", Line: i, Why: "is configured"})
		}
		g.Components = append(g.Components, c)
		flow(c.ID, id(i*7+1), 443, graph.Of(i%3 > 0))
		if i%20 == 0 {
			flow(graph.InternetID, c.ID, 80, graph.No)
		}
		g.Grants = append(g.Grants, &graph.Grant{ID: fmt.Sprint("g", i), From: c.ID, To: id(i*3 + 1), How: "read", Does: graph.Abilities[i%len(graph.Abilities)], Wildcard: i%5 == 0})
	}
	analyze.Run(g)
	for len(rules.All) < 200 {
		rules.All = slices.Concat(rules.All, all)
	}
	rules.All = rules.All[:200]
	found := 0
	for b.Loop() {
		found = len(rules.Run(g))
	}
	b.ReportMetric(float64(found), "findings")
}
