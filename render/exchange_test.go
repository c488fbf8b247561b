package render

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"github.com/threatcl/go-otm/pkg/otm"
	"sigs.k8s.io/yaml"
)

// exchangeFormats are the writers of this file's tests.
var exchangeFormats = map[string]func(context.Context, io.Writer, *graph.Graph, Options, Layouter) error{
	"otm": OTM, "threat-dragon": ThreatDragon, "threagile": Threagile, "owasp-tm": OWASPThreatModel,
}

// dotLayout lays out with dot.
func dotLayout(t testing.TB) Layouter {
	t.Helper()
	if _, err := exec.LookPath(dotProgram); err != nil {
		if os.Getenv("DRAWBRIDGE_NO_SKIP") != "" {
			t.Fatal("dot is not installed")
		}
		t.Skip("dot is not installed")
	}
	return Layouter{LookPath: exec.LookPath}
}

func noLayout() Layouter {
	return Layouter{LookPath: func(string) (string, error) { return "", errors.New("nothing here") }}
}

func exchange(t *testing.T, name string, g *graph.Graph, l Layouter) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := exchangeFormats[name](t.Context(), &b, g, Options{Title: "shop"}, l); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b.Bytes()
}

// The formats without coordinates are goldens: what another tool will be told.
func TestExchangeGoldens(t *testing.T) {
	golden(t, "shop.otm.json", exchange(t, "otm", shop(), noLayout()))
	golden(t, "shop.threagile.yaml", exchange(t, "threagile", shop(), noLayout()))
	golden(t, "shop.owasp-tm.json", exchange(t, "owasp-tm", shop(), noLayout()))
}

// go-otm is made from the standard's own schema and refuses what lacks a field.
func TestOTMHoldsItsSchema(t *testing.T) {
	for name, l := range map[string]Layouter{"no layout": noLayout(), "dot": dotLayout(t)} {
		var doc otm.OtmSchemaJson
		raw := exchange(t, "otm", shop(), l)
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(doc.Components) == 0 || len(doc.Dataflows) == 0 || len(doc.Threats) == 0 || len(doc.TrustZones) == 0 {
			t.Errorf("%s: %d components, %d flows, %d threats, %d zones", name, len(doc.Components), len(doc.Dataflows), len(doc.Threats), len(doc.TrustZones))
		}
		placed := 0
		for _, c := range doc.Components {
			for _, r := range c.Representations {
				if r.Position != nil && r.Size != nil {
					placed++
				}
			}
		}
		if want := map[bool]int{true: len(doc.Components)}[name == "dot"]; placed != want {
			t.Errorf("%s: %d components have a place on the diagram, want %d", name, placed, want)
		}
	}
}

// Whatever refers to another element refers to one that is there.
func TestExchangedReferencesResolve(t *testing.T) {
	var o otmDocument
	decode(t, exchange(t, "otm", shop(), noLayout()), &o)
	zones, components, threats := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, z := range o.TrustZones {
		if z.Parent != nil && !zones[z.Parent.TrustZone] {
			t.Errorf("zone %s stands in %s, which is not there before it", z.ID, z.Parent.TrustZone)
		}
		zones[z.ID] = true
	}
	for _, x := range o.Threats {
		threats[x.ID] = true
	}
	refs := func(at string, list []otmThreatRef) {
		for _, r := range list {
			if !threats[r.Threat] {
				t.Errorf("%s has the threat %s, which is not there", at, r.Threat)
			}
		}
	}
	for _, c := range o.Components {
		components[c.ID] = true
		refs(c.ID, c.Threats)
		if !zones[c.Parent.TrustZone] {
			t.Errorf("component %s stands in %s, which is not there", c.ID, c.Parent.TrustZone)
		}
	}
	for _, f := range o.Dataflows {
		refs(f.ID, f.Threats)
		if !components[f.Source] || !components[f.Destination] {
			t.Errorf("flow %s leads from or to what is not there", f.ID)
		}
	}

	var m threagileModel
	if err := yaml.UnmarshalStrict(exchange(t, "threagile", shop(), noLayout()), &m); err != nil {
		t.Fatal(err)
	}
	assets := map[string]bool{}
	for _, a := range m.Assets {
		assets[a.ID] = true
	}
	for title, a := range m.Assets {
		for link, l := range a.Links {
			if !assets[l.Target] {
				t.Errorf("%s: link %s leads to %s, which is not there", title, link, l.Target)
			}
		}
	}
	for title, b := range m.Boundaries {
		for _, id := range b.Inside {
			if !assets[id] {
				t.Errorf("boundary %s holds %s, which is not there", title, id)
			}
		}
	}
}

// Threat Dragon lays nothing out: each cell has a place within its boundary's.
func TestThreatDragonPlacesEverything(t *testing.T) {
	var m dragonModel
	decode(t, exchange(t, "threat-dragon", shop(), dotLayout(t)), &m)
	if len(m.Detail.Diagrams) != 1 {
		t.Fatalf("%d diagrams, want 1", len(m.Detail.Diagrams))
	}
	count := map[string]int{}
	cells := map[string]dragonCell{}
	threats := 0
	for _, c := range m.Detail.Diagrams[0].Cells {
		count[c.Shape]++
		cells[c.ID] = c
		threats += len(c.Data.Threats)
		if c.Shape != "flow" && (c.Position == nil || c.Size == nil || c.Size.Width < 10) {
			t.Errorf("%s %q has no place", c.Shape, c.Data.Name)
		}
	}
	for _, c := range m.Detail.Diagrams[0].Cells {
		if c.Shape == "flow" && (cells[c.Source.Cell].ID == "" || cells[c.Target.Cell].ID == "") {
			t.Errorf("flow %s joins what is not there", c.ID)
		}
	}
	g := shop()
	drawn := (&exchanged{model: wholeModel(g, Options{})}).boundariesDown()
	want := map[string]int{"trust-boundary-box": len(drawn)}
	for _, c := range g.Components {
		switch c.Kind {
		case graph.Store:
			want["store"]++
		case graph.External:
			want["actor"]++
		case graph.Process:
			want["process"]++
		}
	}
	want["flow"] = count["flow"] // parallel flows are merged
	if diff := cmp.Diff(want, count); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	if threats == 0 {
		t.Error("no threat is on the diagram")
	}
	if _, err := newExchanged(t.Context(), shop(), Options{}, noLayout()); err == nil || !strings.Contains(err.Error(), "install Graphviz") {
		t.Errorf("without a layout program the error is %v, which names nothing to install", err)
	}
}

// Names out of code may hold anything: identifiers stay within what tools accept,
// and elements that share a name stay apart.
func TestExchangeOfHostileNames(t *testing.T) {
	s := &sample{}
	s.boundary("net|network|VPC|<script>alert(1)</script>||2")
	for _, id := range []string{"a:b", "a.b", "A.B", `"><img src=x>`, "日本", "---"} {
		s.component(id + "|store||same|net|x.tf:1|")
	}
	s.flow("a:b|日本|https|443|yes")
	for name := range exchangeFormats {
		l := noLayout()
		if name == "threat-dragon" {
			l = dotLayout(t)
		}
		first := exchange(t, name, &s.g, l)
		if !bytes.Equal(first, exchange(t, name, &s.g, l)) {
			t.Errorf("%s: the same model gave other bytes", name)
		}
	}
	var m threagileModel
	if err := yaml.UnmarshalStrict(exchange(t, "threagile", &s.g, noLayout()), &m); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, a := range m.Assets {
		ids[a.ID] = true
		if a.ID == "" || strings.Trim(a.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("the identifier %q is none", a.ID)
		}
	}
	if len(m.Assets) != 6 || len(ids) != 6 {
		t.Errorf("%d assets with %d identifiers, want 6 of each", len(m.Assets), len(ids))
	}
}

func decode(t *testing.T, raw []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

// Whoever opens the document meets every finding: those of no weight and the settled
// ones too, and in words those that the format has no place for.
func TestEveryFindingIsExchanged(t *testing.T) {
	s := &sample{}
	s.boundary("net|network|VPC|shop-net||2")
	lines(`
		api|process||api|net|x.tf:1|
		db|store||db|net|x.tf:2|
		role|identity||api-role|net|x.tf:3|
		spare|identity||spare-role|net|x.tf:4|
	`, func(l string) { s.component(l) })
	s.g.Grants = []*graph.Grant{{ID: "api -> role assume", From: "api", To: "role", How: "assume"}}
	lines(`
		unlogged|info|db|db keeps no log
		unflowed|low|net|nothing watches shop-net
		wildcard|medium|role|api-role may do all
		wildcard|medium|spare|spare-role may do all
	`, func(l string) { s.finding(l) })
	accepted := s.finding("plain|high|db|db is not encrypted")
	accepted.Status, accepted.StatusWhy = graph.Accepted, "test data"
	g := s.done()

	var o otmDocument
	decode(t, exchange(t, "otm", g, noLayout()), &o)
	states := map[string]string{}
	for _, c := range o.Components {
		for _, r := range c.Threats {
			states[r.Threat+" at "+c.ID] = r.State
		}
	}
	want := map[string]string{"unlogged@db at db": "exposed", "plain@db at db": "accepted", "wildcard@role at api": "exposed"}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("threats of components (-want +got):\n%s", diff)
	}
	for _, z := range o.TrustZones {
		if z.ID == "net" && !strings.Contains(z.Description, "nothing watches shop-net") {
			t.Errorf("zone %s: %q", z.ID, z.Description)
		}
	}
	if !strings.Contains(o.Project.Description, "spare-role may do all") || strings.Contains(o.Project.Description, "api-role") {
		t.Errorf("project: %q", o.Project.Description)
	}

	var d dragonModel
	decode(t, exchange(t, "threat-dragon", g, dotLayout(t)), &d)
	clear(states)
	for _, c := range d.Detail.Diagrams[0].Cells {
		for _, x := range c.Data.Threats {
			states[x.Title+" at "+c.Data.Name] = x.Severity + " " + x.Status
		}
	}
	want = map[string]string{
		"db keeps no log at db": "Low Open", "db is not encrypted at db": "High Accepted", "api-role may do all at api": "Medium Open",
		"nothing watches shop-net at shop-net": "Low Open",
	}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("threats on cells (-want +got):\n%s", diff)
	}
	if !strings.Contains(d.Summary.Description, "spare-role may do all") {
		t.Errorf("summary: %q", d.Summary.Description)
	}

	var m threagileModel
	if err := yaml.UnmarshalStrict(exchange(t, "threagile", g, noLayout()), &m); err != nil {
		t.Fatal(err)
	}
	if r := m.Risks["Wildcard"].Identified["api-role may do all"]; r.Asset != "api" {
		t.Errorf("api-role's risk is at %q, want api", r.Asset)
	}
}
