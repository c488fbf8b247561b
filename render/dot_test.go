package render

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awalterschulze/gographviz"
	"github.com/google/go-cmp/cmp"

	"drawbridge/graph"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares what was written with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got), rewrite with -update:\n%s", path, diff)
	}
}

func TestDOTGolden(t *testing.T) {
	for _, theme := range []struct {
		name  string
		theme Theme
	}{{"light", Light}, {"dark", Dark}} {
		dot, err := DOT(shop(), Options{Title: "shop", Subtitle: "infra/terraform", Theme: theme.theme})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "shop-"+theme.name+".dot", dot)
	}
}

func TestDOTParses(t *testing.T) {
	for _, s := range samples {
		for _, opt := range []Options{{}, {Theme: Dark, ShowIdentities: true, ShowPermitted: true}} {
			dot, err := DOT(s.make(), opt)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := gographviz.ParseString(string(dot)); err != nil {
				t.Errorf("%s, %+v: %v", s.name, opt, err)
			}
		}
	}
}

func TestDOTIsTheSameTwice(t *testing.T) {
	for _, s := range samples {
		first, err := DOT(s.make(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			again, err := DOT(s.make(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(first, again) {
				t.Fatalf("%s: two runs differ", s.name)
			}
		}
	}
}

// What the picture must hold, told from the parsed DOT rather than from its bytes.
func TestDOTShows(t *testing.T) {
	all := Options{ShowIdentities: true, ShowPermitted: true}
	tests := []struct {
		name  string
		opt   Options
		has   []string
		hasnt []string
	}{
		{
			"an external entity is a sharp double rectangle",
			Options{},
			[]string{`"c-internet" [color="#3B4C5C" fillcolor="#F0F1F3"`, `peripheries=2 shape=box style=filled`},
			nil,
		},
		{"a store is a cylinder", Options{}, []string{"shape=cylinder"}, nil},
		{"an undrawn identity is counted", Options{}, []string{"not drawn: 1 identity, 1 flow that is only permitted"}, []string{`"c-role"`, "(permitted)"}},
		{"identities and permitted flows are drawn when asked for", all, []string{`"c-role" [`, "octagon", "(permitted)"}, []string{"not drawn"}},
		{"a boundary without components is not drawn", Options{}, []string{"cluster-data"}, []string{"cluster-empty", "nobody-here"}},
		{"a finding of severity info has no badge", Options{}, []string{">L6<"}, []string{">I7<"}},
		{"replicas are told", Options{}, []string{"ECS SERVICE &#215;3"}, nil},
		{"addresses that a flow is opened to are told", Options{}, []string{"ssh:22  0.0.0.0/0"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dot, err := DOT(shop(), tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range tt.has {
				if !strings.Contains(string(dot), s) {
					t.Errorf("no %q in the picture", s)
				}
			}
			for _, s := range tt.hasnt {
				if strings.Contains(string(dot), s) {
					t.Errorf("%q is in the picture", s)
				}
			}
		})
	}
}

func TestParallelFlowsAreMerged(t *testing.T) {
	tests := []struct {
		flows []string
		want  string
	}{
		{[]string{"a|b|https|443|yes"}, "https:443"},
		{[]string{"a|b|https|443|yes", "a|b|http|80|no"}, "http:80, https:443"},
		{[]string{"a|b|https|443|yes", "a|b|https|8443|yes", "a|b|https|9443|yes"}, "https ×3"},
		{[]string{"a|b|https|443|yes", "a|b|https|8443|yes", "a|b|grpc|1|yes", "a|b|redis|6379|yes"}, "https, grpc +1 ×4"},
		{[]string{"a|b||0|unknown"}, ""},
		{[]string{"a|b||53|unknown"}, "53"},
	}
	for _, tt := range tests {
		s := &sample{}
		s.component("a|process|||||")
		s.component("b|process|||||")
		for _, f := range tt.flows {
			s.flow(f)
		}
		m := wholeModel(s.done(), Options{})
		v := m.view("", m.whole())
		if len(v.arrows) != 1 || v.arrows[0].words != tt.want {
			t.Errorf("%v: %d arrows, the first says %q, want one that says %q", tt.flows, len(v.arrows), v.arrows[0].words, tt.want)
		}
	}
}

func TestMergedFlowIsAsBadAsItsWorst(t *testing.T) {
	tests := []struct {
		parts []graph.Truth
		want  graph.Truth
	}{
		{[]graph.Truth{graph.Yes, graph.Yes}, graph.Yes},
		{[]graph.Truth{graph.Yes, graph.Unknown}, graph.Unknown},
		{[]graph.Truth{graph.Unknown, graph.No, graph.Yes}, graph.No},
	}
	for _, tt := range tests {
		var flows []*graph.Flow
		for _, p := range tt.parts {
			flows = append(flows, &graph.Flow{Encrypted: p})
		}
		if got := encryption(flows); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.parts, got, tt.want)
		}
	}
}

func TestBadges(t *testing.T) {
	g := shop()
	got := Badges(g)
	want := map[string]string{
		"admin-port-open@ops -> bastion ssh:22":      "C1",
		"plaintext-crossing@api -> db postgres:5432": "H2",
		"store-public@assets":                        "H3",
		"secret-in-config@api":                       "M4",
		"store-unencrypted@db":                       "M5",
		"plaintext-crossing@cdn -> alb http:80":      "L6",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	g.Findings[0].Status = graph.Mitigated
	if n := Badges(g)[g.Findings[0].ID]; n != "" {
		t.Errorf("a mitigated finding has the badge %s", n)
	}
}

func TestManyBadgesEndInACount(t *testing.T) {
	var findings []*graph.Finding
	numbers := map[string]string{}
	for i := range 5 {
		id := fmt.Sprint(i)
		findings = append(findings, &graph.Finding{ID: id, Severity: graph.High})
		numbers[id] = "H" + id
	}
	var got []string
	for _, b := range numbered(findings, numbers) {
		got = append(got, b.text)
	}
	if diff := cmp.Diff([]string{"H0", "H1", "H2", "+2"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestElementID(t *testing.T) {
	for id, want := range map[string]string{
		"store.b":     "c-store.b",
		"a/b":         "c-a-b-3a8e75c1",
		"a-b":         "c-a-b",
		"":            "c--811c9dc5",
		`x"><script>`: "c-x---script--5f7ef944",
	} {
		if got := elementID("c-", id); got != want {
			t.Errorf("%q: %s, want %s", id, got, want)
		}
	}
}

func TestLongNames(t *testing.T) {
	long := "a-very-long-name-of-a-component-that-nobody-would-want-to-read-in-full-on-a-diagram-0001"
	got := middle(long, widestName, nameSize, true)
	if textWidth(got, nameSize, true) > widestName || !strings.HasPrefix(got, "a-very") || !strings.HasSuffix(got, "0001") {
		t.Errorf("shortened to %q", got)
	}
	if got := shortPath("environments/production/eu-west-1/modules/service/main.tf:12", 80, smallSize); got != "…/service/main.tf:12" {
		t.Errorf("shortened to %q", got)
	}
	s := &sample{}
	s.component("x|process||" + long + "||main.tf:1")
	dot, err := DOT(s.done(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(dot), `tooltip="Process: `+long) {
		t.Error("the tooltip does not hold the full name")
	}
}

func FuzzDOT(f *testing.F) {
	for _, s := range []string{
		"a:b", "a[0]", `a"b`, "a&b", "node", "", "a#b", `"`, `\`, `a\`, "\x00", "\xff", "<b>", "-->", "]]>", "𝛼β\u202e\ufffd\n", "javascript:alert(1)", "cluster", "source", "root",
	} {
		f.Add(s, "name")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		dot, err := DOT(hostile(a, b), Options{Title: a, Subtitle: b, ShowIdentities: true})
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := gographviz.ParseString(string(dot))
		if err != nil {
			t.Fatalf("%v\n%s", err, dot)
		}
		g, err := gographviz.NewAnalysedGraph(parsed)
		if err != nil {
			t.Fatalf("%v\n%s", err, dot)
		}
		if len(g.Nodes.Nodes) != 3 || len(g.Edges.Edges) != 2 {
			t.Fatalf("%d nodes and %d edges came back, want 3 and 2\n%s", len(g.Nodes.Nodes), len(g.Edges.Edges), dot)
		}
	})
}

// hostile is a graph in which every text is one of two.
func hostile(a, b string) *graph.Graph {
	src := graph.Source{File: b, Line: 1}
	g := &graph.Graph{
		Boundaries: []*graph.Boundary{
			{ID: a, Kind: graph.BoundaryKind(b), Name: a, Label: b, TrustWhy: a, Trust: 9, Source: src},
			{ID: "in " + a, Name: b, Parent: a},
		},
		Components: []*graph.Component{
			{ID: "1" + a, Kind: graph.Process, Name: a, Label: b, Address: b, Source: src, Boundary: a, Replicas: -1},
			{ID: "2" + a, Kind: graph.Store, Name: b, Label: a, Address: a, Source: src, Boundary: "in " + a},
			{ID: "3" + a, Kind: graph.External, Name: b, Label: a},
		},
		Flows: []*graph.Flow{
			{ID: "f1", From: "1" + a, To: "2" + a, Protocol: a, Carries: b, Peers: []string{a, b}, Encrypted: graph.No},
			{ID: "f2", From: "3" + a, To: "1" + a, Protocol: b, Encrypted: graph.Yes},
		},
		Findings: []*graph.Finding{
			{
				ID: a, Rule: b, Title: a, Subject: "1" + a, Severity: graph.High, Threat: b, Mitigations: []string{a}, Address: a,
				Evidence: []graph.Evidence{{File: a, Line: 1, Why: b}},
			},
			{ID: b + "2", Rule: a, Title: b, Subject: "f1", Severity: graph.Low, References: []string{a}},
			{ID: b + "3", Rule: a, Title: b, Subject: a, Severity: graph.Medium, StatusWhy: a, Status: graph.Accepted},
		},
		Notes:    []graph.Note{{Code: "x", Message: a, Next: b, Source: src}},
		Coverage: []graph.Coverage{{Input: a, Read: 3, Modelled: 1, Unknown: 2, UnknownTypes: map[string]int{a: 1, b: 1}}},
	}
	g.Sort()
	return g
}

func BenchmarkDOT(b *testing.B) {
	for _, n := range []int{50, 200, 1000} {
		g := large(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := DOT(g, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPages(b *testing.B) {
	g := large(1000)
	for b.Loop() {
		if _, err := Pages(g, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
