package stated

import (
	"slices"
	"strings"
	"testing"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
)

func model() *graph.Graph {
	c := func(id string, kind graph.Kind, tags ...string) *graph.Component {
		out := &graph.Component{ID: id, Kind: kind, Name: id, Address: id, Source: graph.Source{File: strings.Split(id, ".")[0] + "/main.tf", Line: 3}}
		for i := 0; i+1 < len(tags); i += 2 {
			out.Tags = map[string]string{tags[i]: tags[i+1]}
		}
		return out
	}
	f := func(from, to, protocol string, encrypted graph.Truth) *graph.Flow {
		return &graph.Flow{ID: graph.FlowID(from, to, protocol, 0, graph.Declared), From: from, To: to, Protocol: protocol, Basis: graph.Declared, Encrypted: encrypted}
	}
	return &graph.Graph{
		Components: []*graph.Component{
			c("a.web", graph.Process), c("b.api", graph.Process, "team", "b"), c("b.db", graph.Store, "team", "b"), c("internet", graph.External),
		},
		Flows: []*graph.Flow{
			f("internet", "b.api", "https", graph.Yes), f("a.web", "b.api", "https", graph.Yes), f("a.web", "b.db", "https", graph.No), f("b.api", "b.db", "sql", graph.No),
		},
		Grants: []*graph.Grant{{ID: "g", From: "b.api", To: "b.db", How: "read"}},
	}
}

func ids(g *graph.Graph) (components, flows []string) {
	for _, c := range g.Components {
		components = append(components, c.ID)
	}
	for _, f := range g.Flows {
		flows = append(flows, f.ID+" "+f.Encrypted.String())
	}
	return components, flows
}

// What another team owns is one external entity: its inner flows, its own ways in and
// its grants are gone, and parallel flows to it are one, as safe as the least of them.
func TestScope(t *testing.T) {
	for about, s := range map[string]Part{
		"tags":    {Name: "b", Tags: map[string]string{"team": "b"}},
		"folder":  {Name: "b", Folders: []string{"b/"}},
		"pattern": {Name: "b", Match: []string{"b.*"}},
	} {
		g := model()
		Apply(g, Model{Scopes: []Part{s}})
		components, flows := ids(g)
		if diff := cmp.Diff([]string{"a.web", "internet", "scope:b"}, components); diff != "" {
			t.Errorf("%s: components (-want +got):\n%s", about, diff)
		}
		if diff := cmp.Diff([]string{"a.web -> scope:b https no"}, flows); diff != "" {
			t.Errorf("%s: flows (-want +got):\n%s", about, diff)
		}
		if len(g.Grants) != 0 || len(g.Notes) != 0 {
			t.Errorf("%s: grants %v, notes %v", about, g.Grants, g.Notes)
		}
	}
}

// Every statement that is about nothing is noted at its place, and costs nothing else.
func TestStatementsAboutNothing(t *testing.T) {
	g, at := model(), graph.Source{File: "f", Line: 7}
	Apply(g, Model{
		Scopes:     []Part{{Name: "x", Match: []string{"x"}, Source: at}},
		Components: []Component{{Match: "x.*", Remove: true, Source: at}, {ID: "a.web", Kind: graph.Process, Source: at}, {ID: "new", Kind: graph.Store, Boundary: "x", Source: at}},
		Flows:      []Flow{{From: "a.web", To: "x", Source: at}, {From: "b.db", To: "a.web", Remove: true, Source: at}},
	})
	var got []string
	for _, n := range g.Notes {
		if n.Source != at || n.Next == "" {
			t.Errorf("note %q stands at %s, next %q", n.Message, n.Source, n.Next)
		}
		got = append(got, n.Message)
	}
	want := []string{
		"boundary x matches nothing in the model",
		"component a.web is in the code already: it was not added",
		"component x.* matches nothing in the model",
		"scope x matches nothing in the model",
		"the flow from b.db to a.web matches nothing in the model",
		"x, an end of a flow, matches nothing in the model",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if len(g.Components) != 5 || len(g.Flows) != 4 {
		t.Errorf("%d components and %d flows, want 5 and 4", len(g.Components), len(g.Flows))
	}
}

// A statement about a flow that is there tells more of it; removing a component takes
// its flows and grants along.
func TestFlowsAndRemoval(t *testing.T) {
	g := model()
	Apply(g, Model{
		Components: []Component{{Match: "b.db", Remove: true}},
		Flows:      []Flow{{From: "a.web", To: "b.api", Encrypted: graph.No, Carries: "orders"}},
	})
	_, flows := ids(g)
	if diff := cmp.Diff([]string{"a.web -> b.api https no", "internet -> b.api https yes"}, flows); diff != "" {
		t.Errorf("flows (-want +got):\n%s", diff)
	}
	if f := g.Flows[0]; f.Carries != "orders" || len(f.Evidence) != 1 || len(g.Grants) != 0 {
		t.Errorf("flow %+v, grants %v", f, g.Grants)
	}
}

// Several components that are one have the flows and grants of all, the worse of what is
// known, and all addresses.
func TestMerge(t *testing.T) {
	g, at := model(), graph.Source{File: "f", Line: 7}
	g.Components[1].Set(graph.PropLogged, graph.Yes, graph.Evidence{Why: "x"})
	g.Components[2].Set(graph.PropLogged, graph.No, graph.Evidence{Why: "y"})
	Apply(g, Model{Components: []Component{{Merge: []string{"a.web", "b.api", "gone"}, Name: "tier", Classification: "pii", Source: at}}})
	components, flows := ids(g)
	if diff := cmp.Diff([]string{"a.web", "b.db", "internet"}, components); diff != "" {
		t.Errorf("components (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a.web -> b.db https no", "a.web -> b.db sql no", "internet -> a.web https yes"}, flows); diff != "" {
		t.Errorf("flows (-want +got):\n%s", diff)
	}
	c := g.Components[0]
	if c.Name != "tier" || cmp.Diff([]string{"b.api"}, c.Parts) != "" || c.Tags["team"] != "b" || c.Tags[classificationTag] != "pii" || c.Is(graph.PropLogged) != graph.Yes {
		t.Errorf("component %+v", c)
	}
	if len(c.Stated) != 3 || c.Stated[0].Source() != at {
		t.Errorf("stated: %v", c.Stated)
	}
	if len(g.Grants) != 1 || g.Grants[0].From != "a.web" {
		t.Errorf("grants: %v", g.Grants)
	}
	if len(g.Notes) != 1 || !strings.Contains(g.Notes[0].Message, "component gone") {
		t.Errorf("notes: %v", g.Notes)
	}
}

// A part's model has the others as external entities, one each and one for what is
// nobody's; what the internet reaches through them stays known.
func TestChoose(t *testing.T) {
	for about, parts := range map[string][]Part{
		"named":       {{Name: "b", Tags: map[string]string{"team": "b"}}},
		"each tag":    {{Each: "tag:team"}},
		"each folder": {{Each: "folder:*"}},
	} {
		g := model()
		g.Flows = append(g.Flows, &graph.Flow{ID: "in", From: "internet", To: "a.web", Protocol: "https", Basis: graph.Declared})
		g.Flows = slices.DeleteFunc(g.Flows, func(f *graph.Flow) bool { return f.From == "internet" && f.To == "b.api" })
		if err := Choose(g, parts, "b", "the rest"); err != nil {
			t.Fatalf("%s: %v", about, err)
		}
		g.Sort()
		components, flows := ids(g)
		rest := "scope:the rest"
		if about == "each folder" {
			rest = "scope:a"
		}
		if diff := cmp.Diff([]string{"b.api", "b.db", "internet", rest}, components); diff != "" {
			t.Errorf("%s: components (-want +got):\n%s", about, diff)
		}
		if diff := cmp.Diff([]string{"b.api -> b.db sql no", rest + " -> b.api https yes", rest + " -> b.db https no"}, flows); diff != "" {
			t.Errorf("%s: flows (-want +got):\n%s", about, diff)
		}
		if c := g.Components[0]; c.Is(graph.PropRelayed) != graph.Yes || c.Boundary != "scope:b" {
			t.Errorf("%s: %+v", about, c)
		}
	}
	if err := Choose(model(), []Part{{Each: "tag:team"}}, "c", "the rest"); err == nil || err.Error() != "there is no model c; there are b" {
		t.Errorf("error %v", err)
	}
	g := model()
	if err := Choose(g, nil, "tag:team=b", "the rest"); err != nil || len(g.Components) != 4 {
		t.Errorf("%d components, %v", len(g.Components), err)
	}
}
