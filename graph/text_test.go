package graph

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// example returns the example in the comment that documents the text form.
func example(t testing.TB) string {
	t.Helper()
	src, err := os.ReadFile("text.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(src), "//\n//\t")
	block, _, ok := strings.Cut("//\t"+rest, "//\n")
	if !ok {
		t.Fatal("text.go has no example any more")
	}
	return strings.ReplaceAll(block, "//\t", "")
}

func TestExampleInTheCommentIsCanonical(t *testing.T) {
	text := example(t)
	g, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(text, "\n") // the comment
	if diff := cmp.Diff(want, string(Format(g))); diff != "" {
		t.Errorf("example (-want +got):\n%s", diff)
	}
}

func TestParseAssumesWhatIsLeftOut(t *testing.T) {
	g, err := Parse([]byte(`
component internet   # comment
component web in "my vpc"
boundary "my vpc"
flow internet -> web :8000-8080
	carries "# no comment"
flow web -> web
	id own
grant web => web run
finding high plaintext web "port 80"
`))
	if err != nil {
		t.Fatal(err)
	}
	want := &Graph{
		Boundaries: []*Boundary{{ID: "my vpc", Kind: BoundaryGroup, Name: "my vpc", Address: "my vpc"}},
		Components: []*Component{
			{ID: InternetID, Kind: External, Technology: TechInternet, Name: "internet", Address: "internet"},
			{ID: "web", Kind: Process, Name: "web", Address: "web", Boundary: "my vpc"},
		},
		Flows: []*Flow{
			{ID: "internet -> web :8000", From: "internet", To: "web", Port: 8000, PortEnd: 8080, Basis: Declared, Carries: "# no comment"},
			{ID: "own", From: "web", To: "web", Basis: Declared},
		},
		Grants:   []*Grant{{ID: "web => web run", From: "web", To: "web", How: "run"}},
		Findings: []*Finding{{ID: "plaintext@web#port 80", Rule: "plaintext", Subject: "web", Severity: High}},
	}
	if diff := cmp.Diff(want, g, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Parse (-want +got):\n%s", diff)
	}
}

func TestParseNamesTheLineOfAMistake(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"\tname x", `line 1: an indented line needs a record above it`},
		{"thing x", `line 1: "thing" is no kind of record`},
		{"# ok\ncomponent x y", `line 2: "y" is no known kind (external, process, store, identity)`},
		{"component x store sqll", `line 1: "sqll" is no known technology`},
		{"component x store sql in", `line 1: a boundary is missing`},
		{"component x process server web", `line 1: "web" stands where in is expected`},
		{"component x\ncomponent x", `line 2: component "x" stands on line 1 already`},
		{"flow a -> b\nflow c -> d\nflow a -> b", `line 3: flow "a -> b" stands on line 1 already`},
		{"flow a b", `line 1: "b" stands where -> is expected`},
		{"flow a -> b https: (declared)", `line 1: "https:" is no protocol`},
		{"flow a -> b (guessed)", `line 1: "guessed" is no known basis`},
		{"flow a -> b https (declared) x", `line 1: "x" is one word too many`},
		{"component x\n\tproperty encripted yes", `line 2: "encripted" is no known property`},
		{"component x\n\tproperty public maybe", `line 2: "maybe" is none of unknown, no, yes`},
		{"component x\n\tproperty public no\n\tproperty public yes", `line 3: "public" comes twice`},
		{"component x\n\tname a\n\tname b", `line 3: "name" comes twice`},
		{"component x\n\tsize 3", `line 2: "size" is no detail of this kind of record`},
		{"component x\n\treplicas many", `line 2: "many" is no number`},
		{"component \"x", `line 1: a quoted word does not end`},
		{`component "x"y`, `line 1: white space is missing after "x"`},
		{"component x\n\tat f:99999999999999999999", `line 2: "f:99999999999999999999" has no line number`},
		{"coverage terraform blocks 3", `line 1: "blocks" is nothing that is counted`},
	} {
		g, err := Parse([]byte(tt.in))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("Parse(%q) = %v, %v, want error %s", tt.in, g, err, tt.want)
		}
	}
}

func TestFormatThenParseGivesTheSameGraph(t *testing.T) {
	for seed := range uint64(500) {
		g := randomGraph(rand.New(rand.NewPCG(seed, 0)))
		checkText(t, g)
	}
}

func FuzzText(f *testing.F) {
	f.Add(example(f))
	for seed := range uint64(10) {
		f.Add(string(Format(randomGraph(rand.New(rand.NewPCG(seed, 1))))))
	}
	f.Fuzz(func(t *testing.T, in string) {
		if g, err := Parse([]byte(in)); err == nil {
			checkText(t, g)
		}
	})
}

func checkText(t *testing.T, g *Graph) {
	t.Helper()
	text := Format(g)
	got, err := Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(g, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("Parse(Format(g)) (-want +got):\n%s\n%s", diff, text)
	}
	if again := Format(got); string(again) != string(text) {
		t.Fatalf("Format differs the second time (-want +got):\n%s", cmp.Diff(string(text), string(again)))
	}
}

// randomGraph makes a sorted graph of words that are hard to write.
func randomGraph(r *rand.Rand) *Graph {
	word := func() string {
		words := []string{
			"", "-", "->", "=>", "in", "a", "b.c", `m["k"].x[0]`, "two words", "tab\t", "new\nline", `"quoted"`, "`raw`", "#hash", "x#y", "f:1", ":2", "f:0",
			"f:-3", "(declared)", "caf\u00e9", "a\u00a0b", "\xff", "\u2029", "https", "HTTP/2", "a:b", InternetID, "port 22",
		}
		return words[r.IntN(len(words))]
	}
	words := func() []string {
		out := make([]string, r.IntN(3))
		for i := range out {
			out[i] = word()
		}
		return out
	}
	number := func() int { return []int{0, 0, 1, 443, 8080, -1, 1 << 40}[r.IntN(7)] }
	source := func() Source { return Source{word(), number()} }
	evidence := func() Evidence {
		e := EvidenceAt(source(), word(), word())
		e.Fix = []string{"", "", word()}[r.IntN(3)]
		return e
	}
	evidences := func() []Evidence {
		out := make([]Evidence, r.IntN(3))
		for i := range out {
			out[i] = evidence()
		}
		return out
	}
	pairs := func() map[string]string {
		out := map[string]string{}
		for range r.IntN(3) {
			out[word()] = word()
		}
		return out
	}
	facts := func() map[Property]Fact {
		out := map[Property]Fact{}
		for range r.IntN(3) {
			f := Fact{Value: Truth(r.IntN(3)), Evidence: evidence()}
			for range r.IntN(2) {
				if e := evidence(); f.Evidence.Why != "" && e.Why != "" {
					f.Also = append(f.Also, e)
				}
			}
			out[some(r, Properties)] = f
		}
		return out
	}

	g := &Graph{}
	for i := range r.IntN(4) {
		g.Components = append(g.Components, &Component{
			ID: fmt.Sprint(word(), i), Kind: some(r, Kinds), Name: word(), Technology: some(r, Technologies), Label: word(), Address: word(),
			Parts: words(), Boundary: word(), Source: source(), Replicas: number(), Properties: facts(), Attributes: pairs(), Tags: pairs(),
			Exposure: some(r, Exposures), ExposedBy: words(),
		})
	}
	g.Components = append(g.Components, &Component{ID: InternetID, Kind: some(r, Kinds), Technology: some(r, []Technology{TechInternet, ""})})
	for i := range r.IntN(4) {
		g.Boundaries = append(g.Boundaries, &Boundary{
			ID: fmt.Sprint(word(), i), Kind: some(r, BoundaryKinds), Name: word(), Label: word(), Parent: word(), Address: word(), Parts: words(),
			Source: source(), Properties: facts(), Attributes: pairs(), Trust: number(), TrustWhy: word(),
		})
	}
	for i := range r.IntN(4) {
		f := &Flow{
			From: word(), To: word(), Protocol: word(), Port: number(), PortEnd: number(), Basis: some(r, Bases), Passage: some(r, Passages),
			Encrypted: Truth(r.IntN(3)), Authenticated: Truth(r.IntN(3)), Carries: word(), Peers: words(), Evidence: evidences(),
		}
		for range r.IntN(3) {
			f.Crosses = append(f.Crosses, Crossing{word(), r.IntN(2) == 0})
		}
		f.ID = fmt.Sprint(word(), i)
		if i == 0 {
			f.ID = FlowID(f.From, f.To, f.Protocol, f.Port, f.Basis)
		}
		g.Flows = append(g.Flows, f)
	}
	for i := range r.IntN(4) {
		g.Grants = append(g.Grants, &Grant{
			ID: fmt.Sprint(word(), i), From: word(), To: word(), How: word(), Does: some(r, Abilities), Wildcard: r.IntN(2) == 0, Evidence: evidences(),
		})
	}
	for i := range r.IntN(4) {
		f := &Finding{
			Rule: word(), Title: word(), Subject: word(), Address: word(), Severity: some(r, Severities), Likelihood: number(), Impact: number(),
			References: words(), Threat: word(), Mitigations: words(), Verify: word(), FalseIf: word(), Evidence: evidences(), Status: some(r, Statuses), StatusWhy: word(),
		}
		for range r.IntN(3) {
			f.Factors = append(f.Factors, Factor{word(), number(), word()})
			f.STRIDE = append(f.STRIDE, some(r, STRIDECategories))
			f.CWE = append(f.CWE, number())
		}
		f.ID = FindingID(f.Rule, f.Subject, fmt.Sprint(word(), i))
		g.Findings = append(g.Findings, f)
	}
	for i := range r.IntN(4) {
		p := &Path{From: word(), To: word(), Worth: number(), Why: word(), ID: fmt.Sprint(word(), i)}
		for range r.IntN(3) {
			p.Steps = append(p.Steps, Step{From: word(), To: word(), By: word(), How: word(), Paths: number(), Evidence: evidence()})
		}
		g.Paths = append(g.Paths, p)
		g.Questions = append(g.Questions, &Question{
			ID: fmt.Sprint(word(), i), Rule: word(), Subject: word(), Address: word(), Text: word(), Why: word(), Severity: some(r, Severities),
		})
	}
	for range r.IntN(4) {
		g.Notes = append(g.Notes, Note{Code: word(), Source: source(), Address: word(), Message: word(), Next: word()})
	}
	for i := range r.IntN(3) {
		c := Coverage{Input: fmt.Sprint(word(), i), Files: number(), Read: number(), Modelled: number(), Ignored: number(), Unknown: number()}
		if r.IntN(2) == 0 {
			c.UnknownTypes = map[string]int{word(): number()}
		}
		g.Coverage = append(g.Coverage, c)
	}
	for range r.IntN(3) {
		g.Moved = append(g.Moved, Move{word(), word()})
		g.Decisions = append(g.Decisions, Decision{
			Rule: word(), Address: word(), Status: some(r, Statuses), Reason: word(), Until: word(), State: some(r, DecisionStates), Source: source(),
		})
	}
	g.Sort()
	return g
}

// some picks one of a list, or now and then the empty word.
func some[T ~string](r *rand.Rand, list []T) T {
	if r.IntN(8) == 0 {
		return ""
	}
	return list[r.IntN(len(list))]
}
