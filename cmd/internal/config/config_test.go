package config

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"drawbridge/extract/terraform"
	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	sigs "sigs.k8s.io/yaml"
)

func TestParseRefuses(t *testing.T) {
	for _, tc := range []struct{ about, text, want string }{
		{"an unknown section", "environment: []\n", "f:1: environment is not known; the file takes system, exclude, environments, types, scopes, models, components, boundaries, flows, custom-rules, rule-files, rules, decisions, policy"},
		{"an unknown key below", "environments:\n- root: a\n  each_file: x\n", "f:3: environments[0].each_file is not known; environments[0] takes root, each-file, named"},
		{"a repeated key", "environments:\n- root: a\n  root: b\n", "f:3: environments[0].root stands here twice"},
		{"a value of another kind", "environments:\n- root: a\n  named:\n  - name: 7\n", "f:4: environments[0].named[0].name is 7; it must be a text (put it in quotes)"},
		{"a mapping in place of a list", "environments:\n  root: a\n", "f:2: environments is a mapping; it must be a list"},
		{"a text in place of a mapping", "just words\n", "f:1: the file is a text; it must be a mapping with system, exclude, environments, types, scopes, models, components, boundaries, flows, custom-rules, rule-files, rules, decisions, policy"},
		{"no root", "environments:\n- each-file: '*.tfvars'\n", "f:2: environments[0].root is missing: name a directory or a pattern"},
		{"nothing but a root", "environments:\n- root: a\n", "f:2: environments[0] has neither each-file nor named"},
		{"both forms", "environments:\n- {root: a, each-file: x, named: [{name: m}]}\n", "f:2: environments[0] has each-file and named; write two entries"},
		{"a bad pattern", "environments:\n- {root: '[', each-file: x}\n", `f:2: environments[0].root "[" is not a pattern`},
		{"a bad name", "environments:\n- root: a\n  named:\n  - name: 'a:b'\n", `f:4: environments[0].named[0].name "a:b" must be made of letters, digits, dots, dashes and underscores`},
		{"one name twice", "environments:\n- root: a\n  named:\n  - name: m\n  - name: m\n", "f:5: environments[0].named[1]: two environments are called m"},
		{"a word that is a boolean", "environments:\n- root: a\n  named:\n  - name: no\n", "f:4: environments[0].named[0].name is no; it must be a text (put it in quotes)"},
		{"a type without role", "types:\n- type: acme_queue\n", `f:2: types[0]: role "" is none of connector, detail, external, identity, ignored, process, store`},
		{"a store of no kind", "types:\n- {type: acme_queue, role: store}\n", "f:2: types[0]: technology is missing: what kind of store it is"},
		{"an unknown technology", "types:\n- {type: a, role: ignored, why: x}\n- {type: acme_queue, role: store, technology: sqs}\n", `f:3: types[1]: technology "sqs" is none that drawbridge knows; its JSON Schema lists them`},
		{"a detail of nothing", "types:\n- {type: acme_rule, role: detail}\n", "f:2: types[0]: owner is missing: the attribute that names what it belongs to"},
		{"an unknown property", "types:\n- {type: a, role: store, technology: sql, properties: [{property: encrypted, attribute: b, test: set}]}\n", `f:2: types[0]: properties[0]: property "encrypted" is none that drawbridge knows`},
		{"a test without its value", "types:\n- {type: a, role: store, technology: sql, properties: [{property: public, attribute: b, test: equals}]}\n", "f:2: types[0]: properties[0]: a value is needed for the test equals, and for no other"},
		{"a link to nowhere", "types:\n- {type: a, role: process, technology: function, links: [{protocol: https}]}\n", "f:2: types[0]: links[0] needs from or to: the attribute that names the other end"},
		{"a type twice", "types:\n- {type: a, role: ignored, why: x}\n- {type: a, role: ignored, why: z}\n", "f:3: types[1]: a stands in types[0] already"},
		{"a key that types don't have", "types:\n- {type: a, role: ignored, why: x, tech: sql}\n", "f:2: types[0].tech is not known; types[0] takes type, role, technology, label, name, protocol, port, owner, calls, internet, links, properties, why"},
		{"two ways", "components:\n- {match: a, add: b}\n", "f:2: components[0]: match, merge and add exclude each other: write an entry for each"},
		{"a statement without content", "components:\n- {match: a}\n", "f:2: components[0]: it says nothing: give name, kind, technology, classification, tags, properties or remove"},
		{"a property that is none", "boundaries:\n- match: a\n  properties: {closed: true}\n", `f:2: boundaries[0]: property "closed" is none of `},
		{"a range that is none", "flows:\n- {from: internet, to: a, peers: [10.0.0.1]}\n", `f:2: flows[0]: peers: "10.0.0.1" is no address range; write it as 10.0.0.0/8`},
		{"a model without a name", "models:\n- {folders: [a]}\n", "f:2: models[0]: name is missing: the model is chosen by it; or give each"},
		{"a model for each of what is none", "models:\n- {each: team}\n", `f:2: models[0]: each "team" is none of tag:KEY, namespace, folder:PATTERN`},
		{"a rule that is off and rated", "rules:\n- {rule: unmonitored, disabled: true, severity: low}\n", "f:2: rules[0]: it needs one of disabled: true, a severity, and only"},
		{"a decision that ends before it was made", "decisions:\n- {rule: unmonitored, address: a, decision: accept, reason: x, date: \"2027-01-02\", until: \"2027-01-01\"}\n", "f:2: decisions[0]: it ends on 2027-01-01, before it was made on 2027-01-02"},
		{"no YAML", "environments: [\n", "f: line 1: did not find expected node content"},
	} {
		t.Run(tc.about, func(t *testing.T) {
			_, err := Parse([]byte(tc.text), "f", "")
			if err == nil {
				t.Fatal("accepted")
			}
			if strings.HasSuffix(tc.want, " ") && strings.HasPrefix(err.Error(), tc.want) {
				return // a long list follows
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

const example = `# two forms
environments:
- root: envs/app
  named:
  - name: prod
    var-files: [../prod.tfvars]
    vars: {size: 3, zones: [a, "${b}"], name: x}
    workspace: live
    backend-config: [prod.tfbackend, key=app.tfstate]
- root: services/*
  each-file: "*/*.tfvars"
- root: gone
  each-file: "*.tfvars"
types:
- type: acme_queue
  role: store
  technology: queue
  links: [{to: dead_letter_id, carries: failed messages}]
  properties: [{property: encrypted_at_rest, attribute: encryption.enabled, test: "true", default: false}]
- {type: acme_rule, role: detail, owner: [queue_id]}
`

func TestEnvironmentsOf(t *testing.T) {
	tree := fstest.MapFS{
		".drawbridge.yaml":                      {Data: []byte(example)},
		"services/web/prod/terraform.tfvars":    {},
		"services/web/test/terraform.tfvars":    {},
		"services/web/test/more.tfvars":         {},
		"services/web/terraform.tfvars":         {},
		"services/web/a/b.auto.tfvars":          {},
		"services/worker/envs/prod.tfvars":      {},
		"services/worker/envs/no good.tfvars":   {},
		"services/worker/envs/prod.tfvars.json": {},
	}
	c, err := Read(tree, ".")
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string) eval.Arg { return eval.Arg{File: name} }
	for dir, want := range map[string][]terraform.Environment{
		"other": nil,
		"envs/app": {{
			Name: "prod", Workspace: "live",
			Args: []eval.Arg{
				file("envs/prod.tfvars"),
				{Name: "name", Text: "x"},
				{Name: "size", Text: "3"},
				{Name: "zones", Text: `["a","$${b}"]`},
			},
			Backend: []eval.Arg{file("envs/app/prod.tfbackend"), {Name: "key", Text: "app.tfstate"}},
		}},
		"services/web": {
			{Name: "b.auto", Args: []eval.Arg{file("services/web/a/b.auto.tfvars")}},
			{Name: "more", Args: []eval.Arg{file("services/web/test/more.tfvars")}},
			{Name: "prod", Args: []eval.Arg{file("services/web/prod/terraform.tfvars")}},
			{Name: "test", Args: []eval.Arg{file("services/web/test/terraform.tfvars")}},
		},
		"services/worker": {{Name: "prod", Args: []eval.Arg{file("services/worker/envs/prod.tfvars")}}},
	} {
		if diff := cmp.Diff(want, c.EnvironmentsOf(tree, dir)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", dir, diff)
		}
	}
	if notes := c.Unused(always, always); len(notes) != 1 || notes[0].Source.Line != 12 {
		t.Errorf("unused: %v", notes)
	}
	if diff := cmp.Diff([]string{"b.auto", "more", "prod", "test"}, c.EnvironmentNames()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func always(string) bool { return true }

// The schema takes the example, and has exactly the keys that the types have.
func TestSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		example:                                 true,
		"environments: [{root: a}]":             false,
		"more: 1":                               false,
		"environments: [{root: a, named: [1]}]": false,
	} {
		text, err := sigs.YAMLToJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	var raw map[string]any
	if err := json.Unmarshal(Schema, &raw); err != nil {
		t.Fatal(err)
	}
	agree(t, "", reflect.TypeFor[Config](), raw)
}

// agree compares a type with the schema that is for it.
func agree(t *testing.T, at string, typ reflect.Type, schema map[string]any) {
	t.Helper()
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	kinds := map[reflect.Kind]string{reflect.Struct: "object", reflect.Map: "object", reflect.Slice: "array", reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer"}
	if schema["type"] != kinds[typ.Kind()] {
		t.Errorf("%s: the schema says %v, the type %s", at, schema["type"], typ)
		return
	}
	switch typ.Kind() {
	case reflect.Slice:
		agree(t, at+"[]", typ.Elem(), schema["items"].(map[string]any))
	case reflect.Struct:
		properties := schema["properties"].(map[string]any)
		var named []string
		for f := range typ.Fields() {
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if key == "" {
				continue
			}
			named = append(named, key)
			if of, ok := properties[key].(map[string]any); ok {
				agree(t, at+"."+key, f.Type, of)
				if at+key != key && of["description"] == nil {
					t.Errorf("%s.%s has no description", at, key)
				}
			}
		}
		var listed []string
		for key := range properties {
			listed = append(listed, key)
		}
		slices.Sort(named)
		slices.Sort(listed)
		if diff := cmp.Diff(named, listed); diff != "" {
			t.Errorf("%s: keys of the type and of the schema (-type +schema):\n%s", at, diff)
		}
		if schema["additionalProperties"] != false {
			t.Errorf("%s: the schema allows other keys", at)
		}
	}
}

// A comment decides on its own line, or where it stands alone, on the next line of code.
func TestInline(t *testing.T) {
	lines := strings.Split(`resource "x" "a" { # drawbridge:accept unlogged-edge logged elsewhere, until 2027-01-31
# drawbridge:transfer unlogged-edge the platform team's

# more words
resource "x" "b" {
// drawbridge:accept
# drawbridge:forget unlogged-edge it
# drawbridge:accept unlogged-edge
`, "\n")
	decisions, notes := (&Config{}).Inline("f", lines)
	var got []string
	for _, d := range decisions {
		got = append(got, strings.Join([]string{d.Rule, string(d.Status), d.Reason, d.Until, d.At.String()}, "|"))
	}
	want := []string{"unlogged-edge|accepted|logged elsewhere|2027-01-31|f:1", "unlogged-edge|transferred|the platform team's||f:5"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	var said []string
	for _, n := range notes {
		said = append(said, n.String())
	}
	const next = " (write '# drawbridge:accept RULE REASON, until 2027-01-31')"
	want = []string{
		`f:6: there is no rule ""` + next, "f:7: drawbridge:forget is none of accept, mitigate, transfer, false-positive" + next,
		"f:8: the decision has no reason" + next,
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

// README's example is what the file takes, and editors are told all properties.
func TestReadmeExample(t *testing.T) {
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(text), "```yaml\nsystem:")
	example, _, closed := strings.Cut("system:"+example, "```")
	if !found || !closed {
		t.Fatal("README.md has no example of the configuration")
	}
	c, err := Parse([]byte(example), "README.md", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Statements().Components) == 0 || len(c.Parts()) == 0 || len(c.Decided()) == 0 {
		t.Errorf("the example says nothing of components, models or decisions")
	}
	var schema struct {
		Properties map[string]struct {
			Items struct {
				Properties map[string]struct {
					PropertyNames struct{ Enum []graph.Property }
				}
			}
		}
	}
	if err := json.Unmarshal(Schema, &schema); err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{"components", "boundaries"} {
		got := schema.Properties[section].Items.Properties["properties"].PropertyNames.Enum
		if diff := cmp.Diff(slices.Sorted(slices.Values(graph.Properties)), got); diff != "" {
			t.Errorf("%s: properties (-want +schema):\n%s", section, diff)
		}
	}
}
