package plan_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"drawbridge/extract/terraform/plan"

	"golang.org/x/tools/txtar"
)

func TestRecognize(t *testing.T) {
	for _, tt := range []struct {
		content string
		want    plan.Kind
	}{
		{`{"format_version":"1.2","planned_values":{}}`, plan.Plan},
		{"\ufeff\n{\"configuration\":{},\"planned_values\":{},\"format_version\":\"1.2\"}", plan.Plan},
		{`{"format_version":"1.0","terraform_version":"1.11.4","values":{}}`, plan.State},
		{`{"version": 4, "lineage": "x", "serial": 1, "resources": []}`, plan.RawState},
		{`{"version": 3, "lineage": "x", "serial": 1, "resources": [], "modules": []}`, plan.Other},
		{"PK\x03\x04" + strings.Repeat("\x00", 26) + "tfplan", plan.Binary},
		{"PK\x03\x04" + strings.Repeat("\x00", 26) + "readme", plan.Other},
		{`{"a":{"format_version":"1.2","planned_values":{}}}`, plan.Other},
		{`{"format_version":"1.2","planned_values":`, plan.Other},
		{`["format_version","planned_values"]`, plan.Other},
		{"", plan.Other},
	} {
		if got := plan.Recognize([]byte(tt.content)); got != tt.want {
			t.Errorf("Recognize(%q) = %v, want %v", tt.content, got, tt.want)
		}
	}
}

func TestReadErrors(t *testing.T) {
	for _, tt := range []struct{ content, want string }{
		{"PK\x03\x04" + strings.Repeat("\x00", 26) + "tfplan", "convert it with terraform show -json x.json > plan.json"},
		{`{"format_version":"9.0","planned_values":{}}`, "unsupported plan format version"},
		{`{}`, "neither a plan nor a state"},
	} {
		_, err := plan.Read(fstest.MapFS{"d/x.json": {Data: []byte(tt.content)}}, "d/x.json", plan.Options{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.20q: error %v, want one that says %q", tt.content, err, tt.want)
		}
	}
	if _, err := plan.Read(fstest.MapFS{}, "x.json", plan.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want that the file is not there", err)
	}
}

// A password is in no form of a plan's or state's result that was not written out.
func TestPasswordsAreWithheld(t *testing.T) {
	const state = `{"version":4,"lineage":"x","serial":1,"resources":[{"mode":"managed","type":"t_db","name":"d","instances":[
{"attributes":{"id":"d","password":"hunter22","master_auth":[{"password":"hunter33"}]},"sensitive_attributes":[]}]}]}`
	r, err := plan.Read(fstest.MapFS{"x.tfstate": {Data: []byte(state)}}, "x.tfstate", plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"password", "master_auth.password"} {
		v := r.Lookup("t_db.d").Body.Get(path)
		if s, ok := v.Text(); ok || !v.IsSet() || !v.IsSensitive() {
			t.Errorf("%s is %q, set %t, sensitive %t; want a sensitive unknown", path, s, v.IsSet(), v.IsSensitive())
		}
	}
}

// Thousands of instances that refer to each other take seconds at most.
func TestManyInstances(t *testing.T) {
	var resources, changes strings.Builder
	const n = 5000
	for i := range n {
		if i > 0 {
			resources.WriteString(",")
			changes.WriteString(",")
		}
		address := `t_x.x[` + strconv.Itoa(i) + `]`
		resources.WriteString(`{"address":"` + address + `","mode":"managed","type":"t_x","name":"x","index":` + strconv.Itoa(i) + `,"values":{"ids":["a","b"]}}`)
		changes.WriteString(`{"address":"` + address + `","change":{"actions":["create"],"after_unknown":{"id":true,"peer":true}}}`)
	}
	content := `{"format_version":"1.2","planned_values":{"root_module":{"resources":[` + resources.String() + `]}},"resource_changes":[` + changes.String() +
		`],"configuration":{"root_module":{"resources":[{"address":"t_x.x","mode":"managed","type":"t_x","name":"x","expressions":{"peer":{"references":["t_x.x"]},"ids":{"references":["t_x.x"]}}}]}}}`
	r, err := plan.Read(fstest.MapFS{"plan.json": {Data: []byte(content)}}, "plan.json", plan.Options{})
	if err != nil || len(r.Resources) != n {
		t.Fatal(len(r.Resources), err)
	}
	if refs := r.Resources[0].Body.Get("peer").Refs(); len(refs) != 1 || refs[0].Address != "t_x.x" {
		t.Errorf("refs %v, want the block as one", refs)
	}
}

// An expression over thousands of modules is not taken apart leaf by leaf.
func TestManyModules(t *testing.T) {
	var modules, changes, leaves strings.Builder
	const n = 5000
	for i := range n {
		if i > 0 {
			modules.WriteString(",")
			changes.WriteString(",")
			leaves.WriteString(",")
		}
		module := `module.m[` + strconv.Itoa(i) + `]`
		modules.WriteString(`{"address":"` + module + `","resources":[{"address":"` + module + `.t_x.x","mode":"managed","type":"t_x","name":"x","values":{}}]}`)
		changes.WriteString(`{"address":"` + module + `.t_x.x","change":{"actions":["create"],"after_unknown":{"id":true}}}`)
		leaves.WriteString("true")
	}
	content := `{"format_version":"1.2","planned_values":{"root_module":{"resources":[{"address":"t_y.y","mode":"managed","type":"t_y","name":"y","values":{}}],
"child_modules":[` + modules.String() + `]}},"resource_changes":[{"address":"t_y.y","change":{"after_unknown":{"ids":[` + leaves.String() + `]}}},` + changes.String() + `],
"configuration":{"root_module":{"resources":[{"address":"t_y.y","mode":"managed","type":"t_y","name":"y","expressions":{"ids":{"references":["module.m"]}}}],
"module_calls":{"m":{"source":"./m","module":{"outputs":{"id":{"expression":{"references":["t_x.x.id","t_x.x"]}}},"resources":[{"address":"t_x.x","mode":"managed","type":"t_x","name":"x"}]}}}}}}`
	r, err := plan.Read(fstest.MapFS{"plan.json": {Data: []byte(content)}}, "plan.json", plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if refs := r.Lookup("t_y.y").Body.Get("ids").Refs(); len(refs) != n {
		t.Errorf("%d refs, want %d", len(refs), n)
	}
}

// FuzzRead: no content panics, and the same content gives the same result.
func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(a.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		alone := fstest.MapFS{"plan.json": {Data: content}}
		if first, second := read(alone, "plan.json"), read(alone, "plan.json"); first != second {
			t.Errorf("two readings differ:\n%s\n%s", first, second)
		}
		beside := fstest.MapFS{"plan.json": {Data: content}, "main.tf": {Data: []byte(filesOfFuzz)}}
		read(beside, "plan.json")
	})
}

const filesOfFuzz = `
variable "names" { default = ["a"] }
resource "terraform_data" "one" { input = var.names }
resource "t_fn" "f" { env = { A = terraform_data.one.id, B = t_x.x.name } }
resource "t_group" "db" {
  ingress { groups = [t_fn.f.id] }
  ingress { from = 22 }
}
resource "t_x" "x" { name = "n" }
module "m" {
  source = "x/y/z"
  i      = t_fn.f
}
resource "terraform_data" "last" { input = module.m.o }
`
