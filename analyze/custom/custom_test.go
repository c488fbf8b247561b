package custom

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the document")

const sample = `
boundary net network
	property public yes
component a store object-storage in net
	property versioned no data.tf:7 a "versioning is off"
	tag owner team-a
	exposure none
component b store object-storage
	property versioned yes
	tag owner team-b
component c store sql
component p process container
	replicas -1
component internet
flow p -> a https:443
	encrypted yes
flow p -> c postgres:5432
flow internet -> p http:80
	encrypted no
grant p => a read (read)
finding high some-rule a
	title "it is bad"
	status open
`

func parsed(t testing.TB) *graph.Graph {
	t.Helper()
	g, err := graph.Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// What is not known goes through every operator, and is neither found nor passed over in silence.
func TestQuery(t *testing.T) {
	for _, tc := range []struct {
		of, expression, want string
		undecided            int
	}{
		{"component", `kind == "store" && technology == "object-storage"`, "a b", 0},
		{"component", `component.kind == "store" && !versioned`, "a", 1},
		{"component", `kind == "store" && versioned != true`, "a", 1},
		{"component", `kind == "store" && versioned == false`, "a", 1},
		{"component", `kind == "store" && (versioned ? false : true)`, "a", 1},
		{"component", `kind == "store" && !known(versioned)`, "c", 0},
		{"component", `!(exposure == "direct") && kind == "store"`, "a", 2},
		{"component", `kind == "store" && tags.owner == "team-a"`, "a", 1},
		{"component", `has(tags.owner) && tags.owner != "team-a"`, "b", 0},
		{"component", `kind == "store" && known(tags.owner)`, "a b", 0},
		{"component", `replicas == 1 && kind != "external"`, "a b c", 1},
		{"component", `flows_in.exists(f, !f.encrypted && f.from.kind == "external")`, "p", 0},
		{"component", `flows_out.exists(f, f.to.technology == "sql" && !f.encrypted)`, "", 1},
		{"component", `boundaries.exists(b, b.kind == "network" && b.public)`, "a", 0},
		{"component", `grants_out.exists(g, g.does == "read" && g.to == flows_out[0].to)`, "p", 0},
		{"component", `kind in ["external", "process"]`, "internet p", 0},
		{"component", `name.matches("^[ab]$")`, "a b", 0},
		{"flow", `!encrypted && from.id == "internet"`, "internet -> p http:80", 0},
		{"flow", `port == 443 || to.kind == "process"`, "internet -> p http:80;p -> a https:443", 0},
		{"boundary", `components.size() == 1 && kind == "network"`, "net", 0},
		{"grant", `to.sensitivity >= 1 && !wildcard`, "p => a read", 0},
		{"finding", `severity in ["high", "critical"] && status == "open"`, "some-rule@a", 0},
	} {
		a, err := Query(parsed(t), tc.of, tc.expression)
		if err != nil {
			t.Errorf("%s: %v", tc.expression, err)
			continue
		}
		var ids []string
		for _, c := range a.Components {
			ids = append(ids, c.ID)
		}
		for _, f := range a.Flows {
			ids = append(ids, f.ID)
		}
		for _, b := range a.Boundaries {
			ids = append(ids, b.ID)
		}
		for _, r := range a.Grants {
			ids = append(ids, r.ID)
		}
		for _, f := range a.Findings {
			ids = append(ids, f.ID)
		}
		between := " "
		if tc.of != "component" {
			between = ";"
		}
		if got := strings.Join(ids, between); got != tc.want || a.Undecided != tc.undecided {
			t.Errorf("%s: %q and %d undecided, want %q and %d", tc.expression, got, a.Undecided, tc.want, tc.undecided)
		}
	}
}

func TestQueryRefuses(t *testing.T) {
	for expression, want := range map[string]string{
		`kind == "stor"`:                  `line 1, column 9: kind is never "stor"; it is one of external, process, store, identity`,
		`"sq" == technology`:              `line 1, column 1: technology is never "sq"; it is one of`,
		`exposure in ["direct", "some"]`:  `line 1, column 24: exposure is never "some"`,
		"kind == 'store' &&\n  versoined": `line 2, column 3: undeclared reference to 'versoined'`,
		`versioned == "no"`:               `line 1, column 11: no such operation: '_==_' applied to '(bool, string)'`,
		`name`:                            `line 1, column 1: it gives string; it must give bool`,
		`component.colour == "red"`:       `line 1, column 10: undefined field 'colour'`,
		`kind == "store`:                  `line 1, column 9: `,
		``:                                `the expression is empty`,
		`!encrypted`:                      `(it can be asked of each flow)`,
		strings.Repeat("(", 5000):         `longer than`,
		strings.Repeat("!(", 200) + "true" + strings.Repeat(")", 200): "recursion",
		`flows_in.all(f, flows_in.all(g, f.encrypted`:                 "line 1",
	} {
		_, err := Query(parsed(t), "component", expression)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", expression, err, want)
		}
	}
}

var example = Rule{
	ID: "old-bucket", Of: "component", When: `kind == "store" && technology == "object-storage" && !component.versioned`,
	Title: "Bucket {name} keeps no old versions", Threat: "Who may write to {name}, of {tags.owner} with {string(flows_in.size())} or {replicas} callers{attributes.none}, may destroy it.",
	Severity: "medium", STRIDE: []string{"tampering"}, CWE: []int{404}, Mitigations: []string{"Turn versions on."}, Verify: "Overwrite an object.", FalseIf: "It is a cache.",
	References: []string{"house rule 7"},
	Bad:        []Example{{Components: []ExampleComponent{{ID: "x", Kind: "store", Technology: "object-storage", Properties: map[string]bool{"versioned": false}}}}},
}

func TestRun(t *testing.T) {
	r, mistake := Compile(example, graph.Source{File: "f", Line: 1})
	if mistake != nil {
		t.Fatal(mistake)
	}
	findings, notes := Run(parsed(t), []*Compiled{r})
	if len(notes) > 0 {
		t.Errorf("notes: %v", notes)
	}
	want := `finding medium old-bucket a
	title "Bucket a keeps no old versions"
	address a
	likelihood 2
	impact 3
	factor weakness +2 "as the rule says"
	factor consequence +3 "as the rule says"
	stride tampering
	cwe 404
	reference "house rule 7"
	threat "Who may write to a, of team-a with 1 or 1 callers(unknown), may destroy it."
	mitigation "Turn versions on."
	verify "Overwrite an object."
	false-if "It is a cache."
	because - a "is what the rule looks for"
	because data.tf:7 a "versioning is off"
	status open
`
	if diff := cmp.Diff(want, string(graph.Format(&graph.Graph{Findings: findings}))); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestCompileRefuses(t *testing.T) {
	for want, change := range map[string]func(*Rule){
		`id: id "Old" must be made of`:                    func(r *Rule) { r.ID = "Old" },
		`id: "unmonitored" is a rule of drawbridge's own`: func(r *Rule) { r.ID = "unmonitored" },
		`of: of "finding" is none of component, flow`:     func(r *Rule) { r.Of = "finding" },
		`: it needs a severity, or likelihood and impact`: func(r *Rule) { r.Severity = "" },
		`severity: severity "bad" is none of`:             func(r *Rule) { r.Severity = "bad" },
		`stride: stride "spoof" is none of`:               func(r *Rule) { r.STRIDE = []string{"spoof"} },
		`when: line 1, column 1: undeclared reference`:    func(r *Rule) { r.When = "colour" },
		`title: line 1, column 9: undeclared reference`:   func(r *Rule) { r.Title = "Bucket {colour}" },
		`threat: line 1, column 4: a brace is not closed`: func(r *Rule) { r.Threat = "An {name" },
		`bad: example 1: x: there is no property "coloured"`: func(r *Rule) {
			r.Bad = []Example{{Components: []ExampleComponent{{ID: "x", Properties: map[string]bool{"coloured": true}}}}}
		},
	} {
		r := example
		change(&r)
		_, mistake := Compile(r, graph.Source{})
		if mistake == nil || !strings.HasPrefix(mistake.Field+": "+mistake.Error(), want) {
			t.Errorf("%v, want %s", mistake, want)
		}
	}
}

// An expression that takes too many steps becomes a note.
func TestCostIsBounded(t *testing.T) {
	g := &graph.Graph{Components: []*graph.Component{{ID: "a", Kind: graph.Process, Tags: map[string]string{}}}}
	for i := range 300 {
		g.Components[0].Tags[fmt.Sprint("k", i)] = "v"
	}
	r := example
	r.When = `tags.all(a, tags.all(b, tags.all(c, a != "" || b != c)))`
	c, mistake := Compile(r, graph.Source{File: "f", Line: 3})
	if mistake != nil {
		t.Fatal(mistake)
	}
	_, notes := Run(g, []*Compiled{c})
	if len(notes) != 1 || !strings.Contains(notes[0].Message, "cost limit") {
		t.Errorf("notes: %v", notes)
	}
}

// TestDocument holds README.md to the vocabulary.
func TestDocument(t *testing.T) {
	var b bytes.Buffer
	Document(&b)
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
		t.Errorf("README.md is stale; make update (-have +want):\n%s", diff)
	}
}

func FuzzQuery(f *testing.F) {
	for _, s := range []string{`kind == "store"`, `flows_in.exists(f, !f.encrypted)`, `tags.owner == "x"`, `name.matches("(")`, "{", `[1][2] == 1`, `dyn(name) < 1`} {
		f.Add(s)
	}
	g := parsed(f)
	f.Fuzz(func(_ *testing.T, expression string) {
		for _, of := range Nouns() {
			_, _ = Query(g, of, expression)
		}
		_, _ = template(nounNamed("component"), expression)
	})
}

// BenchmarkRules: 200 rules over 10,000 components.
func BenchmarkRules(b *testing.B) {
	g := &graph.Graph{}
	for i := range 10_000 {
		c := &graph.Component{
			ID: fmt.Sprint("c", i), Kind: graph.Kinds[i%4], Technology: graph.Technologies[i%len(graph.Technologies)],
			Tags: map[string]string{"owner": fmt.Sprint("team", i%7)}, Exposure: graph.Exposures[i%3],
		}
		c.Set(graph.Properties[i%len(graph.Properties)], graph.Of(i%2 == 0), graph.Evidence{})
		g.Components = append(g.Components, c)
		g.Flows = append(g.Flows, &graph.Flow{ID: fmt.Sprint("f", i), From: c.ID, To: fmt.Sprint("c", (i*7)%10_000), Encrypted: graph.Of(i%3 == 0)})
	}
	for name, conditions := range map[string][]string{
		"mixed": {
			`kind == "store" && !encrypted_at_rest`,
			`technology == "container" && privileged && exposure == "direct"`,
			`kind == "process" && exposure != "none" && !authenticated`,
			`kind == "store" && flows_in.exists(f, !f.encrypted && f.from.exposure == "direct")`,
			`kind in ["process", "store"] && tags.owner == "team3" && !logged`,
		},
		"unindexed":   {`!encrypted_at_rest && exposure != "none"`, `tags.owner == "team3" || public`},
		"interpreted": {`name.matches("^c[0-9]*%d$") && !encrypted_at_rest`, `flows_in.all(f, f.encrypted) && exposure != "none" && sensitivity + %d > 3`},
		"distinct":    {`tags["owner"] == "team%d" && !logged`, `name.startsWith("c%d") || public`, `kind != "store" && !(privileged && replicas < %d)`},
	} {
		var list []*Compiled
		for i := range 200 {
			r := example
			if r.When = conditions[i%len(conditions)]; strings.Contains(r.When, "%d") {
				r.When = fmt.Sprintf(r.When, i)
			}
			c, mistake := Compile(r, graph.Source{})
			if mistake != nil {
				b.Fatal(mistake)
			}
			list = append(list, c)
		}
		b.Run(name, func(b *testing.B) {
			found := 0
			for b.Loop() {
				findings, _ := Run(g, list)
				found = len(findings)
			}
			b.ReportMetric(float64(found), "findings")
		})
	}
}
