package graph

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const fullFile = "testdata/full.txtar"

// full returns the test data that fill every field.
func full(t testing.TB) (archive *txtar.Archive, g *Graph) {
	t.Helper()
	archive, err := txtar.ParseFile(fullFile)
	if err != nil {
		t.Fatal(err)
	}
	if g, err = Parse(archive.Files[0].Data); err != nil {
		t.Fatal(err)
	}
	return archive, g
}

func toJSON(t testing.TB, g *Graph) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteJSON(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	archive, g := full(t)
	got := &txtar.Archive{Comment: archive.Comment, Files: []txtar.File{
		{Name: "model.txt", Data: Format(g)},
		{Name: "model.json", Data: toJSON(t, g)},
	}}
	if *update {
		if err := os.WriteFile(fullFile, txtar.Format(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(txtar.Format(archive)), string(txtar.Format(got))); diff != "" {
		t.Errorf("%s (-want +got):\n%s", fullFile, diff)
	}
}

// TestWriteJSONIsWhatTheTagsSay compares with encoding/json, from which reading goes by the tags too.
func TestWriteJSONIsWhatTheTagsSay(t *testing.T) {
	for seed := range uint64(300) {
		g := randomGraph(rand.New(rand.NewPCG(seed, 2)))
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(written(g)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.String(), string(toJSON(t, g))); diff != "" {
			t.Fatalf("seed %d (-encoding/json +WriteJSON):\n%s", seed, diff)
		}
	}
}

// written is what the document of a graph is to encoding/json, with the fields in the
// graph's order.
func written(g *Graph) any {
	all := withoutNull(g)
	return struct {
		Schema     string          `json:"schema"`
		Components []*Component    `json:"components"`
		Boundaries []*Boundary     `json:"boundaries"`
		Flows      []*Flow         `json:"flows"`
		Grants     []*Grant        `json:"grants"`
		Findings   []*JointFinding `json:"findings"`
		Paths      []*Path         `json:"paths"`
		Questions  []*Question     `json:"questions"`
		Notes      []Note          `json:"notes"`
		Coverage   []Coverage      `json:"coverage"`
		Moved      []Move          `json:"moved,omitempty"`
		Decisions  []Decision      `json:"decisions,omitempty"`
	}{
		SchemaID, all.Components, all.Boundaries, all.Flows, all.Grants, joined(g),
		all.Paths, all.Questions, all.Notes, all.Coverage, all.Moved, all.Decisions,
	}
}

// withoutNull returns a copy of the graph in which the slices that JSON shows are not nil.
func withoutNull(g *Graph) Graph {
	return Graph{
		Components: copies(g.Components, func(c *Component) { c.Parts = notNil(c.Parts) }),
		Boundaries: copies(g.Boundaries, func(b *Boundary) { b.Parts = notNil(b.Parts) }),
		Flows: copies(g.Flows, func(f *Flow) {
			f.Peers, f.Evidence, f.Crosses = notNil(f.Peers), notNil(f.Evidence), notNil(f.Crosses)
		}),
		Grants:    copies(g.Grants, func(r *Grant) { r.Evidence = notNil(r.Evidence) }),
		Paths:     copies(g.Paths, func(p *Path) { p.Steps = notNil(p.Steps) }),
		Questions: copies(g.Questions, func(*Question) {}),
		Notes:     notNil(g.Notes),
		Coverage:  notNil(g.Coverage),
		Moved:     g.Moved,
		Decisions: g.Decisions,
	}
}

func joined(g *Graph) []*JointFinding {
	out := []*JointFinding{}
	for _, like := range Join(g.Findings) {
		f := joint(like)
		f.Factors, f.STRIDE, f.CWE = notNil(f.Factors), notNil(f.STRIDE), notNil(f.CWE)
		f.References, f.Mitigations, f.Evidence = notNil(f.References), notNil(f.Mitigations), notNil(f.Evidence)
		for i, p := range f.Places {
			f.Places[i].Evidence = notNil(p.Evidence)
		}
		out = append(out, f)
	}
	return out
}

func copies[T any](list []*T, change func(*T)) []*T {
	values, out := make([]T, len(list)), make([]*T, len(list))
	for i, v := range list {
		values[i] = *v
		change(&values[i])
		out[i] = &values[i]
	}
	return out
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func TestReadJSONGivesBackWhatWasWritten(t *testing.T) {
	_, g := full(t)
	first := toJSON(t, g)
	got, err := ReadJSON(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(g, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("ReadJSON(WriteJSON(g)) (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(string(first), string(toJSON(t, got))); diff != "" {
		t.Errorf("second writing (-want +got):\n%s", diff)
	}
}

func TestReadJSONRefusesWhatItCannotKnow(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`{"schema": "drawbridge/model/9"}`, `its schema is "drawbridge/model/9"`},
		{`{}`, `its schema is ""`},
		{`{`, "unexpected EOF"},
		{`{"schema": "drawbridge/model/1", "flows": [{"encrypted": "maybe"}]}`, `"maybe" is none of`},
	} {
		if _, err := ReadJSON(strings.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ReadJSON(%s): error %v, want %s", tt.in, err, tt.want)
		}
	}
}

func TestArraysAreNeverNull(t *testing.T) {
	g := &Graph{
		Components: []*Component{{}}, Boundaries: []*Boundary{{}}, Flows: []*Flow{{}}, Grants: []*Grant{{}},
		Findings: []*Finding{{}}, Paths: []*Path{{}}, Questions: []*Question{{}}, Notes: []Note{{}}, Coverage: []Coverage{{}},
	}
	for _, g := range []*Graph{{}, g} {
		if out := toJSON(t, g); bytes.Contains(out, []byte("null")) {
			t.Errorf("null in\n%s", out)
		}
	}
	if g.Flows[0].Evidence != nil {
		t.Error("WriteJSON changed the graph")
	}
}

func schema(t *testing.T) (raw map[string]any, compiled *jsonschema.Schema) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err = c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return doc.(map[string]any), compiled
}

func TestSchemaAcceptsWhatIsWritten(t *testing.T) {
	_, s := schema(t)
	_, fullGraph := full(t)
	for name, g := range map[string]*Graph{"empty": {}, "full": fullGraph} {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(toJSON(t, g)))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Validate(map[string]any{"schema": SchemaID}); err == nil {
		t.Error("the schema accepts a document without arrays")
	}
}

func TestSchemaKnowsEveryField(t *testing.T) {
	raw, _ := schema(t)
	defs := raw["$defs"].(map[string]any)
	for _, tt := range []struct {
		schema any
		value  any
	}{
		{raw, document{}},
		{defs["component"], Component{}},
		{defs["boundary"], Boundary{}},
		{defs["flow"], Flow{}},
		{defs["flow"].(map[string]any)["properties"].(map[string]any)["crosses"].(map[string]any)["items"], Crossing{}},
		{defs["grant"], Grant{}},
		{defs["finding"], JointFinding{}},
		{defs["finding_place"], FindingPlace{}},
		{defs["factor"], Factor{}},
		{defs["path"], Path{}},
		{defs["path"].(map[string]any)["properties"].(map[string]any)["steps"].(map[string]any)["items"], Step{}},
		{defs["question"], Question{}},
		{defs["note"], Note{}},
		{defs["coverage"], Coverage{}},
		{defs["move"], Move{}},
		{defs["source"], Source{}},
		{defs["evidence"], Evidence{}},
		{defs["properties"].(map[string]any)["additionalProperties"], Fact{}},
	} {
		typ := reflect.TypeOf(tt.value)
		object := tt.schema.(map[string]any)
		got := slices.Sorted(maps.Keys(object["properties"].(map[string]any)))
		if diff := cmp.Diff(jsonNames(typ), got); diff != "" {
			t.Errorf("fields of %v in the schema (-want +got):\n%s", typ, diff)
		}
		if object["additionalProperties"] != false {
			t.Errorf("the schema lets %v have unknown fields", typ)
		}
	}
}

func jsonNames(typ reflect.Type) []string {
	var out []string
	for f := range fields(typ) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func fields(typ reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for _, f := range reflect.VisibleFields(typ) {
			if !f.Anonymous && !yield(f) {
				return
			}
		}
	}
}

func TestSchemaKnowsEveryWord(t *testing.T) {
	raw, _ := schema(t)
	for path, want := range map[string][]string{
		"component.properties.kind.enum":       asStrings(Kinds),
		"component.properties.technology.enum": append([]string{""}, asStrings(Technologies)...),
		"component.properties.exposure.enum":   asStrings(Exposures),
		"properties.propertyNames.enum":        asStrings(Properties),
		"boundary.properties.kind.enum":        asStrings(BoundaryKinds),
		"flow.properties.basis.enum":           asStrings(Bases),
		"flow.properties.passage.enum":         asStrings(Passages),
		"grant.properties.does.enum":           asStrings(Abilities),
		"finding.properties.severity.enum":     asStrings(Severities),
		"finding.properties.stride.items.enum": asStrings(STRIDECategories),
		"finding.properties.status.enum":       asStrings(Statuses),
		"question.properties.severity.enum":    asStrings(Severities),
		"truth.enum":                           {Unknown.String(), No.String(), Yes.String()},
	} {
		at := raw["$defs"]
		for key := range strings.SplitSeq(path, ".") {
			at = at.(map[string]any)[key]
		}
		var got []string
		for _, v := range at.([]any) {
			got = append(got, v.(string))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s in the schema (-want +got):\n%s", path, diff)
		}
	}
}

func TestGoldenFillsEveryField(t *testing.T) {
	_, g := full(t)
	out := toJSON(t, g)
	for _, typ := range []any{Component{}, Boundary{}, Flow{}, Crossing{}, Grant{}, JointFinding{}, FindingPlace{}, Factor{}, Path{}, Step{}, Question{}, Note{}, Coverage{}, Move{}, Evidence{}, Fact{}} {
		for _, name := range jsonNames(reflect.TypeOf(typ)) {
			if !bytes.Contains(out, fmt.Appendf(nil, "%q: ", name)) {
				t.Errorf("%s has no %T.%s", fullFile, typ, name)
			}
		}
	}
}

// bigGraph is about what a scan of n resources makes.
func bigGraph(n int) *Graph {
	g := &Graph{}
	for i := range n {
		id := fmt.Sprintf("module.service[%q].aws_sqs_queue.orders", fmt.Sprint("s", i))
		at := Source{fmt.Sprintf("service%d/main.tf", i%1000), i%300 + 1}
		c := &Component{
			ID: id, Kind: Store, Name: "orders", Technology: TechQueue, Label: "SQS queue", Address: id, Boundary: "aws_vpc.main", Source: at,
			Parts: []string{id + "_policy"}, Tags: map[string]string{"team": "orders", "stage": "production"},
			Attributes: map[string]string{"name": "orders", "kms_master_key_id": "alias/aws/sqs", "visibility_timeout_seconds": "30"},
		}
		c.Set(PropEncryptedAtRest, Yes, EvidenceAt(at, id, "kms_master_key_id is set"))
		c.Set(PropPublic, No, EvidenceAt(at, id, "no policy lets anyone in"))
		g.Components = append(g.Components, c)
		f := &Flow{From: id, To: "aws_lambda_function.f", Protocol: "sqs", Basis: Declared, Evidence: []Evidence{EvidenceAt(at, id, "event source mapping")}}
		f.ID = FlowID(f.From, f.To, f.Protocol, 0, f.Basis)
		g.Flows = append(g.Flows, f)
	}
	g.Sort()
	return g
}

type counter int64

func (c *counter) Write(b []byte) (int, error) { *c += counter(len(b)); return len(b), nil }

func BenchmarkWriteJSON(b *testing.B) {
	g := bigGraph(10_000)
	b.ReportAllocs()
	for b.Loop() {
		var n counter
		if err := WriteJSON(&n, g); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(n))
	}
}

func BenchmarkReadJSON(b *testing.B) {
	data := toJSON(b, bigGraph(10_000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		var err error
		if _, err = ReadJSON(bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFormat(b *testing.B) {
	g := bigGraph(10_000)
	for b.Loop() {
		b.SetBytes(int64(len(Format(g))))
	}
}
