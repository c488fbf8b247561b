package kubernetes

import (
	"fmt"
	"testing"
	"testing/fstest"

	"drawbridge/extract/kubernetes/manifest"
)

// shop makes n workloads in n files, each with a Service, a ConfigMap and
// references to the next two.
func shop(n int) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := range n {
		fsys[fmt.Sprintf("apps/%05d.yaml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-%[1]d
  namespace: shop-%[4]d
spec:
  replicas: 2
  selector:
    matchLabels: {app: app-%[1]d}
  template:
    metadata:
      labels: {app: app-%[1]d}
    spec:
      containers:
      - name: app
        image: shop/app:1.0
        ports:
        - containerPort: 8080
        env:
        - name: NEXT_URL
          value: http://app-%[2]d:8080
        - name: OTHER_HOST
          value: app-%[3]d
        - name: OTHER_PORT
          value: "8080"
        envFrom:
        - configMapRef: {name: conf-%[1]d}
        resources:
          limits: {cpu: 100m, memory: 64Mi}
---
apiVersion: v1
kind: Service
metadata:
  name: app-%[1]d
  namespace: shop-%[4]d
spec:
  selector: {app: app-%[1]d}
  ports:
  - {name: http, port: 8080}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: conf-%[1]d
  namespace: shop-%[4]d
data:
  CACHE: app-%[2]d:8080
`, i, (i+20)%n, (i+40)%n, i%20)}
	}
	return fsys
}

func BenchmarkRead1000Workloads(b *testing.B) {
	fsys := shop(1000)
	files := manifestsOf(fsys)
	for b.Loop() {
		if g := Read(fsys, files, Options{}); len(g.Flows) != 2000 {
			b.Fatalf("%d flows", len(g.Flows))
		}
	}
}

// governed is a shop with a policy for every tenth workload that lets in the one which
// calls it.
func governed(n int) fstest.MapFS {
	fsys := shop(n)
	for i := 0; i < n; i += 10 {
		fsys[fmt.Sprintf("policies/%05d.yaml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: app-%[1]d
  namespace: shop-%[3]d
spec:
  podSelector:
    matchLabels: {app: app-%[1]d}
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - podSelector:
        matchLabels: {app: app-%[2]d}
    ports:
    - port: 8080
  egress:
  - to:
    - namespaceSelector: {}
`, i, (i-20+n)%n, i%20)}
	}
	return fsys
}

// BenchmarkRead10000Workloads is to be compared with BenchmarkDecode10000Workloads:
// reading takes at most four times what decoding does.
func BenchmarkRead10000Workloads(b *testing.B) {
	fsys := governed(10_000)
	files := manifestsOf(fsys)
	for b.Loop() {
		if g := Read(fsys, files, Options{}); len(g.Flows) != 20_000 {
			b.Fatalf("%d flows", len(g.Flows))
		}
	}
}

func BenchmarkDecode10000Workloads(b *testing.B) {
	fsys := governed(10_000)
	for b.Loop() {
		for _, file := range manifestsOf(fsys) {
			for _, o := range decodeAll(b, file, fsys[file].Data) {
				var v any
				if err := o.Decode(&v); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}

func decodeAll(b *testing.B, file string, content []byte) []*manifest.Object {
	objects, problems := manifest.Decode(file, content, manifest.Limits{})
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	return objects
}
