package kubernetes

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"drawbridge/extract/kubernetes/netpol"
)

// TestPoliciesOfAKustomizationAreEvaluated holds that policy is evaluated on what is
// deployed: an overlay's namespace and names, and nothing of its parts as they stand.
func TestPoliciesOfAKustomizationAreEvaluated(t *testing.T) {
	fsys := fstest.MapFS{
		"base/kustomization.yaml": {Data: []byte("resources: [app.yaml]\n")},
		"base/app.yaml": {Data: []byte(`apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, labels: {app: db}}
spec: {containers: [{name: db, image: db}]}
`)},
		"prod/kustomization.yaml": {Data: []byte("namespace: prod\nresources: [../base, policy.yaml]\n")},
		"prod/policy.yaml": {Data: []byte(`apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db}
spec:
  podSelector: {matchLabels: {app: db}}
`)},
	}
	objects, notes, err := Objects(fsys, "deploy", Options{})
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	e, err := netpol.New(objects)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for c := range e.Connections(netpol.Query{Peers: []string{"db", "web"}, Workloads: []string{"db", "web"}}) {
		got = append(got, c.Src.String()+" => "+c.Dst.String())
	}
	if diff := cmp.Diff([]string{"prod/db[Pod] => prod/web[Pod]"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var files []string
	for _, o := range objects {
		files = append(files, o.File)
	}
	slices.Sort(files)
	if diff := cmp.Diff([]string{"deploy/base/app.yaml", "deploy/prod/policy.yaml"}, slices.Compact(files)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}
