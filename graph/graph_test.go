package graph

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestSortDoesNotDependOnTheOrderBefore(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 3))
		g := randomGraph(r)
		want := string(Format(g))
		shuffle(r, g.Components)
		shuffle(r, g.Boundaries)
		shuffle(r, g.Flows)
		shuffle(r, g.Grants)
		shuffle(r, g.Findings)
		shuffle(r, g.Notes)
		shuffle(r, g.Coverage)
		for _, c := range g.Components {
			shuffle(r, c.Parts)
		}
		for _, f := range g.Flows {
			shuffle(r, f.Evidence)
			shuffle(r, f.Peers)
		}
		g.Sort()
		if diff := cmp.Diff(want, string(Format(g))); diff != "" {
			t.Fatalf("seed %d (-before +after shuffling):\n%s", seed, diff)
		}
	}
}

func shuffle[T any](r *rand.Rand, list []T) {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

func TestSortDropsWhatIsThereTwice(t *testing.T) {
	e := Evidence{File: "a.tf", Line: 1, Why: "w"}
	g := &Graph{
		Components: []*Component{{ID: "a", Parts: []string{"y", "x", "y"}}},
		Flows:      []*Flow{{ID: "f", Evidence: []Evidence{e, {Why: "first"}, e}, Peers: []string{"b", "a", "b"}}},
		Notes:      []Note{{Code: "n", Message: "m"}, {Code: "n", Message: "m"}},
	}
	g.Sort()
	want := &Graph{
		Components: []*Component{{ID: "a", Parts: []string{"x", "y"}}},
		Flows:      []*Flow{{ID: "f", Evidence: []Evidence{{Why: "first"}, e}, Peers: []string{"a", "b"}}},
		Notes:      []Note{{Code: "n", Message: "m"}},
	}
	if diff := cmp.Diff(want, g, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Sort (-want +got):\n%s", diff)
	}
}

func TestFindingsComeWorstFirst(t *testing.T) {
	g := parse(t, `
finding low b x
finding critical z x
finding low a x
finding info a x y
`)
	var got []string
	for _, f := range g.Findings {
		got = append(got, f.ID)
	}
	if diff := cmp.Diff([]string{"z@x", "a@x", "b@x", "a@x#y"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestIndex(t *testing.T) {
	g := parse(t, `
boundary account account
boundary vpc network in account
boundary subnet subnet in vpc
boundary stray subnet in nowhere
boundary ring-a in ring-b
boundary ring-b in ring-a
component a in subnet
component b
flow a -> b
flow a -> b https:443
flow b -> a
`)
	x := NewIndex(g)
	if got := x.Component["a"]; got == nil || got.Boundary != "subnet" {
		t.Errorf("Component[a] = %v", got)
	}
	if diff := cmp.Diff([]string{"a -> b", "a -> b https:443"}, flowIDs(x.Out["a"])); diff != "" {
		t.Errorf("Out[a] (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"b -> a"}, flowIDs(x.In["a"])); diff != "" {
		t.Errorf("In[a] (-want +got):\n%s", diff)
	}
	for id, want := range map[string]string{
		"subnet": "subnet vpc account",
		"stray":  "stray",
		"ring-a": "ring-a ring-b",
		"absent": "",
		"":       "",
	} {
		var ids []string
		for _, b := range x.Ancestors(id) {
			ids = append(ids, b.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("Ancestors(%q) = %s, want %s", id, got, want)
		}
	}
}

func flowIDs(flows []*Flow) []string {
	var out []string
	for _, f := range flows {
		out = append(out, f.ID)
	}
	return out
}

func TestFlowID(t *testing.T) {
	for _, tt := range []struct {
		protocol string
		port     int
		basis    Basis
		want     string
	}{
		{"", 0, Declared, "a -> b"},
		{"https", 0, Referenced, "a -> b https"},
		{"https", 443, Declared, "a -> b https:443"},
		{"", 443, Permitted, "a -> b :443 (permitted)"},
	} {
		if got := FlowID("a", "b", tt.protocol, tt.port, tt.basis); got != tt.want {
			t.Errorf("FlowID(%q, %d, %s) = %q, want %q", tt.protocol, tt.port, tt.basis, got, tt.want)
		}
	}
}

func TestJoinedGrantAllowsWhatEitherDoes(t *testing.T) {
	all := &Grant{Evidence: []Evidence{{Why: "all"}}}
	mfa := &Grant{Does: AbilityRead, Condition: "mfa", Scope: "namespace a", Evidence: []Evidence{{Why: "mfa"}}}
	tag := &Grant{Does: AbilityRead, Condition: "tag", Scope: "namespace a", Wildcard: true, Evidence: []Evidence{{Why: "tag"}}}
	joined := func(list ...*Grant) Grant {
		r := *list[0]
		for _, other := range list[1:] {
			r.Join(other)
		}
		return r
	}
	for _, tt := range []struct {
		got                    Grant
		does                   Ability
		condition, scope, whys string
		wildcard               bool
	}{
		{joined(mfa, tag), AbilityRead, "mfa; or tag", "namespace a", "mfa tag", true},
		{joined(mfa, tag, mfa), AbilityRead, "mfa; or tag", "namespace a", "mfa tag mfa", true},
		{joined(mfa, all), AbilityRead, "", "", "mfa all", false},
		{joined(all, mfa), AbilityRead, "", "", "all mfa", false},
	} {
		var whys []string
		for _, e := range tt.got.Evidence {
			whys = append(whys, e.Why)
		}
		if r := tt.got; r.Does != tt.does || r.Condition != tt.condition || r.Scope != tt.scope || r.Wildcard != tt.wildcard || strings.Join(whys, " ") != tt.whys {
			t.Errorf("%+v, want %+v", r, tt)
		}
	}
}

func TestUnknownIsNeitherYesNorNo(t *testing.T) {
	var c Component
	if c.Is(PropPublic) != Unknown || Unknown.Not() != Unknown {
		t.Error("a fact that nobody established is decided")
	}
	c.Set(PropPublic, No, Evidence{})
	if c.Is(PropPublic) != No || No.Not() != Yes || Of(false) != No || Of(true) != Yes {
		t.Error("a fact that was established is lost")
	}
	for _, v := range []Truth{Unknown, No, Yes} {
		if got, err := ParseTruth(v.String()); got != v || err != nil {
			t.Errorf("ParseTruth(%s) = %v, %v", v, got, err)
		}
	}
}

func TestCoverageShare(t *testing.T) {
	if got := (Coverage{}).Share(); got != 1 {
		t.Errorf("share of nothing = %v, want 1", got)
	}
	if got := (Coverage{Read: 8, Modelled: 5, Ignored: 1, Unknown: 2}).Share(); got != 0.75 {
		t.Errorf("share = %v, want 0.75", got)
	}
}

func parse(t *testing.T, text string) *Graph {
	t.Helper()
	g, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return g
}
