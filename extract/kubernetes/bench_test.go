package kubernetes

import (
	"fmt"
	"testing"
	"testing/fstest"
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
