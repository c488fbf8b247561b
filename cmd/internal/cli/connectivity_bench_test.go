//go:build unix

package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkConnectivity lists what is permitted among 10,000 workloads with Services under
// 1,000 policies as JSON, all of the program: in less than 10 s and 1 GB. Half of the
// workloads no policy selects, so that 25 million connections are written.
func BenchmarkConnectivity(b *testing.B) {
	dir := governedShops(b)
	for b.Loop() {
		var stderr bytes.Buffer
		p := Process{Stdout: io.Discard, Stderr: &stderr, Dir: dir}
		if status := Main([]string{"connectivity", "--format", "json", "."}, p); status != statusOK {
			b.Fatalf("status %d: %s", status, &stderr)
		}
	}
}

// governedShops writes 50 namespaces of 100 workloads and 20 policies each, and 20
// namespaces of 250 workloads without any.
func governedShops(b *testing.B) string {
	dir := b.TempDir()
	workload := func(w io.Writer, namespace string, i int) {
		fmt.Fprintf(w, `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: app-%[2]d, namespace: %[1]s}
spec:
  selector: {matchLabels: {app: app-%[2]d}}
  template:
    metadata: {labels: {app: app-%[2]d, tier: t%[3]d}}
    spec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: app-%[2]d, namespace: %[1]s}
spec: {selector: {app: app-%[2]d}, ports: [{port: 80, targetPort: http}]}
`, namespace, i, i%4)
	}
	write := func(namespace string, text *strings.Builder) {
		if err := os.WriteFile(filepath.Join(dir, namespace+".yaml"), []byte(text.String()), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for n := range 50 {
		namespace, text := fmt.Sprintf("shop-%d", n), &strings.Builder{}
		fmt.Fprintf(text, "{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {team: t%d}}}\n", namespace, n%10)
		for i := range 100 {
			workload(text, namespace, i)
		}
		fmt.Fprintf(text, "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: %s}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}\n", namespace)
		for i := range 19 {
			fmt.Fprintf(text, `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p%[2]d, namespace: %[1]s}
spec:
  podSelector: {matchLabels: {app: app-%[2]d}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from: [{podSelector: {matchLabels: {app: app-%[3]d}}}, {namespaceSelector: {matchLabels: {team: t%[4]d}}, podSelector: {matchLabels: {tier: t1}}}]
    ports: [{port: http}]
  egress:
  - to: [{podSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [t0]}]}}]
    ports: [{port: 8080}]
  - to: [{ipBlock: {cidr: 10.%[2]d.0.0/16, except: [10.%[2]d.1.0/24]}}]
`, namespace, i, i+1, i%10)
		}
		write(namespace, text)
	}
	for n := range 20 {
		namespace, text := fmt.Sprintf("open-%d", n), &strings.Builder{}
		for i := range 250 {
			workload(text, namespace, i)
		}
		write(namespace, text)
	}
	return dir
}
