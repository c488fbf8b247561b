package kubernetes

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
)

const smallPod = "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec: {containers: [{name: a, image: nginx:1}]}\n"

func TestEachLimitIsANote(t *testing.T) {
	fsys := fstest.MapFS{
		"big.yaml":   {Data: []byte(fmt.Sprintf(smallPod, "big") + strings.Repeat("# filler\n", 1000))},
		"bomb.yaml":  {Data: []byte(fmt.Sprintf(smallPod, "bomb") + "a: &a [1,1,1,1]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n")},
		"deep.yaml":  {Data: []byte(fmt.Sprintf(smallPod, "deep") + "x: " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\n")},
		"many.yaml":  {Data: []byte(strings.Repeat(fmt.Sprintf(smallPod, "many")+"---\n", 5))},
		"sound.yaml": {Data: []byte(fmt.Sprintf(smallPod, "sound"))},
	}
	g := Read(fsys, []string{"sound.yaml", "many.yaml", "deep.yaml", "bomb.yaml", "big.yaml", "gone.yaml"},
		Options{FileSize: 2000, Documents: 3, Depth: 30, Nodes: 100})
	var got []string
	for _, n := range g.Notes {
		got = append(got, n.Code+" "+n.Source.File)
	}
	want := []string{"limit big.yaml", "limit bomb.yaml", "limit deep.yaml", "read-error gone.yaml", "limit many.yaml"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var names []string
	for _, c := range g.Components {
		names = append(names, c.Name)
	}
	if diff := cmp.Diff([]string{"many", "sound"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheOrderOfFilesIsWithoutMeaning(t *testing.T) {
	fsys := shop(30)
	files := manifestsOf(fsys)
	first := string(graph.Format(Read(fsys, files, Options{})))
	slices.Reverse(files)
	if diff := cmp.Diff(first, string(graph.Format(Read(fsys, files, Options{})))); diff != "" {
		t.Errorf("(-forwards +backwards):\n%s", diff)
	}
}

func TestNoSecretIsPrinted(t *testing.T) {
	const secret = "hunter2hunter2"
	fsys := fstest.MapFS{"a.yaml": {Data: []byte(strings.ReplaceAll(`apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - name: a
    image: nginx:1
    args: ["--password=SECRET", "--dsn", "postgres://u:SECRET@db.example.com/x"]
    env:
    - {name: DB_PASSWORD, value: SECRET}
    - {name: API_KEY, value: SECRET}
    - {name: DB_URL, value: "postgres://u:SECRET@db.example.com/x"}
    - {name: CONNECTION, value: "Server=ms.example.com;Password=SECRET"}
    - {name: FROM, valueFrom: {secretKeyRef: {name: s, key: url}}}
    envFrom: [{secretRef: {name: s}}]
  volumes: [{name: s, secret: {secretName: s}}]
---
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {url: "amqp://u:SECRET@mq.example.com", password: SECRET}
`, "SECRET", secret))}}
	text := string(graph.Format(Read(fsys, []string{"a.yaml"}, Options{})))
	if strings.Contains(text, secret) {
		t.Errorf("a secret is printed:\n%s", text)
	}
	for _, host := range []string{"db.example.com", "ms.example.com", "mq.example.com"} {
		if !strings.Contains(text, "-> "+host) {
			t.Errorf("no flow to %s:\n%s", host, text)
		}
	}
}

func TestRecognize(t *testing.T) {
	for content, want := range map[string]bool{
		fmt.Sprintf(smallPod, "a"):          true,
		`{"kind":"Pod","apiVersion":"v1"}`:  true,
		"services:\n  web:\n    image: x\n": false,
		"":                                  false,
	} {
		if got := Recognize([]byte(content)); got != want {
			t.Errorf("Recognize(%q) = %t", content, got)
		}
	}
}
