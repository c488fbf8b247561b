package manifest

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"
	sigs "sigs.k8s.io/yaml"
)

// oracle is sigs.k8s.io/yaml, which kubectl and the API machinery decode with.
// same tells whether both refuse a document, or give it the same values.
func sameAsOracle(t *testing.T, doc string) {
	t.Helper()
	want, wantErr := sigs.YAMLToJSON([]byte(doc))
	var n yaml.Node
	err := yaml.Unmarshal([]byte(doc), &n)
	var got []byte
	if err == nil {
		var v any
		if v, err = convert(&n, nil); err == nil {
			got, err = json.Marshal(v)
		}
	}
	if wantErr != nil {
		return // we may read what sigs refuses, such as repeated keys
	}
	if err != nil {
		t.Errorf("%q: %v, sigs reads %s", doc, err, want)
		return
	}
	if diff := cmp.Diff(decoded(t, want), decoded(t, got)); diff != "" {
		t.Errorf("%q (-sigs +got):\n%s", doc, diff)
	}
}

func decoded(t *testing.T, b []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestValuesAreThoseOfSigs(t *testing.T) {
	scalars := []string{
		"yes", "no", "on", "off", "y", "n", "Y", "N", "True", "FALSE", "~", "null", "Null", "", `"yes"`, "'no'", "!!str yes", "!!str 5",
		"5", "-5", "+5", "0x1F", "017", "0o17", "0b101", "-0b101", "1_000", "1.5", "1e3", ".5", "1.", "-.5", "1e400", "9223372036854775808",
		"18446744073709551616", "012345678", "1:30", "2001-12-14", "2001-12-14T21:59:43Z", "5432/tcp", "1.2.3", "100m", "64Mi", "-", "--", "+",
		"<<x", "!!binary aGVsbG8=", "|\n    text\n    more", ">\n    folded\n    text", "[1, yes, n]", "{a: 1, 2: b, yes: c, 1.5: d}", "!!int '5'", "!!float 5", "!!bool yes",
	}
	for _, s := range scalars {
		sameAsOracle(t, "v: "+s+"\n")
	}
	for _, doc := range []string{
		"a: &x {b: 1}\nc: *x\n",
		"base: &b {x: 1, y: 2}\nd:\n  <<: *b\n  y: 3\n",
		"a: &a {x: 1}\nb: &b {x: 2, z: 3}\nd:\n  <<: [*a, *b]\n",
		"d:\n  y: 3\n  <<: {y: 4, z: 5}\n",
		"- 1\n- [2, {a: b}]\n",
		"? [a]\n: b\n",
		"yes: 1\n",
	} {
		sameAsOracle(t, doc)
	}
}

func TestCasesOfTheReaderAreReadAsSigsReads(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if !strings.HasSuffix(f.Name, ".yaml") || strings.Contains(f.Name, "templates/") {
				continue
			}
			for _, p := range split(f.Data) {
				sameAsOracle(t, string(p.content))
			}
		}
	}
}

func TestAPlainScalarIsTakenAsWrittenWhereAStringIsWanted(t *testing.T) {
	objects, problems := Decode("f.yaml", []byte("apiVersion: v1\nkind: Service\nmetadata:\n  name: n\n  namespace: on\n  labels: {a: 1.10, b: yes, c: 017, d: null, e: x}\n"), Limits{})
	if len(objects) != 1 || len(problems) != 0 {
		t.Fatalf("%d objects, problems %v", len(objects), problems)
	}
	o := objects[0]
	want := []any{"n", "on", map[string]string{"a": "1.10", "b": "yes", "c": "017", "d": "", "e": "x"}}
	if diff := cmp.Diff(want, []any{o.Name, o.Namespace, o.Labels}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
