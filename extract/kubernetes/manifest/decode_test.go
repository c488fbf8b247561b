package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func pod(name string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata:\n  name: " + name + "\n"
}

// found gives name:line of each object and the lines of the problems.
func found(objects []*Object, problems []Problem) (out []string) {
	for _, o := range objects {
		out = append(out, fmt.Sprintf("%s:%d", o.Name, o.Line("metadata", "name")))
	}
	for _, p := range problems {
		out = append(out, fmt.Sprintf("problem:%d limit=%t", p.Line, p.Limit))
	}
	return out
}

func TestDecodeFindsTheDocuments(t *testing.T) {
	tests := []struct {
		name, file, content string
		want                []string
	}{
		{"several", "f.yaml", pod("a") + "---\n" + pod("b"), []string{"a:4", "b:9"}},
		{"markers with comments and empty documents", "f.yaml", "# top\n---\n# only a comment\n--- # two\n" + pod("a") + "---\n---\n", []string{"a:8"}},
		{"four dashes are content", "f.yaml", pod("a") + "  annotations:\n    t: |\n      ----\n      ---\n", []string{"a:4"}},
		{"a broken document in the middle", "f.yaml", pod("a") + "---\nx: [\n---\n" + pod("b"), []string{"a:4", "b:11", "problem:6 limit=false"}},
		{"a broken last document", "f.yaml", pod("a") + "---\n\tx: 1\n", []string{"a:4", "problem:6 limit=false"}},
		{"Windows line ends and a byte order mark", "f.yaml", "\ufeff" + strings.ReplaceAll(pod("a")+"---\n"+pod("b"), "\n", "\r\n"), []string{"a:4", "b:9"}},
		{"JSON with tabs", "f.json", "{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Pod\",\n\t\"metadata\": {\n\t\t\"name\": \"a\"}}", []string{"a:5"}},
		{"a list and a typed list within it", "f.yaml", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: PodList\n  items:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: b}\n", []string{"a:7", "b:13"}},
		{"other YAML", "f.yaml", "services:\n  web: {image: nginx}\n---\n- 1\n---\njust text\n", nil},
		{"an anchor shared within a document", "f.yaml", "x: &m {name: a}\napiVersion: v1\nkind: Pod\nmetadata: *m\n", []string{"a:1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, found(Decode(test.file, []byte(test.content), Limits{}))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEachLimitCostsItsDocumentOnly(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	deep := strings.Repeat("[", 200) + strings.Repeat("]", 200)
	tests := []struct {
		name, content string
		limits        Limits
		want          []string
	}{
		{"aliases", pod("a") + bomb.String() + "---\n" + pod("b"), Limits{}, []string{"b:39", "problem:1 limit=true"}},
		{"an alias of what it stands in", pod("a") + "x: &x [*x]\n---\n" + pod("b"), Limits{}, []string{"b:10", "problem:1 limit=true"}},
		{"depth", pod("a") + "x: " + deep + "\n---\n" + pod("b"), Limits{}, []string{"b:10", "problem:1 limit=true"}},
		{"documents", pod("a") + "---\n" + pod("b") + "---\n" + pod("c"), Limits{Documents: 2}, []string{"a:4", "b:9", "problem:0 limit=true"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, found(Decode("f.yaml", []byte(test.content), test.limits))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLineFollowsAPathAsFarAsItGoes(t *testing.T) {
	content := "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: c\n    env:\n    - name: A\n      value: |\n        text\n"
	objects, _ := Decode("f.yaml", []byte(content), Limits{})
	o := objects[0]
	for _, test := range []struct {
		path []any
		want int
	}{
		{nil, 1},
		{[]any{"spec", "containers", 0}, 6},
		{[]any{"spec", "containers", 0, "env", 0, "value"}, 9},
		{[]any{"spec", "containers", 0, "securityContext", "privileged"}, 6},
		{[]any{"spec", "volumes"}, 4},
	} {
		if got := o.Line(test.path...); got != test.want {
			t.Errorf("Line(%v) = %d, want %d", test.path, got, test.want)
		}
	}
	if got := o.TextLine("spec", "containers", 0, "env", 0, "value"); got != 10 {
		t.Errorf("TextLine = %d, want 10", got)
	}
}

func TestDecodeKeepsWhatHasTheRightType(t *testing.T) {
	objects, _ := Decode("f.yaml", []byte(pod("a")+"spec:\n  hostNetwork: [1]\n  hostPID: true\n  containers:\n  - name: c\n    env:\n    - {name: PORT, value: 5432}\n"), Limits{})
	var spec corev1.PodSpec
	err := objects[0].Decode(&spec, "spec")
	if err == nil || !strings.Contains(err.Error(), "hostNetwork") {
		t.Errorf("error %v does not name the field", err)
	}
	if !spec.HostPID || len(spec.Containers) != 1 || spec.Containers[0].Env[0].Value != "5432" {
		t.Errorf("the other fields were lost: %+v", spec)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("f.yaml", []byte(pod("a")+"---\nx: [\n---\n"+pod("b")))
	f.Add("f.json", []byte("{\t\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[1]}"))
	f.Add("f.yaml", []byte("<<: &x [*x]\napiVersion: v1\nkind: X\n"))
	f.Add("f.yaml", []byte("? {a: b}\n: c\n<<: [1, {kind: A, apiVersion: b}]\n"))
	f.Fuzz(func(t *testing.T, file string, content []byte) {
		objects, _ := Decode(file, content, Limits{Nodes: 10_000})
		for _, o := range objects {
			var pod corev1.Pod
			_ = o.Decode(&pod)
			o.Line("spec", "containers", 0, "env")
			if !o.Same(o) {
				if _, err := convert(o.node, nil); err == nil {
					t.Error("an object differs from itself")
				}
			}
		}
	})
}
