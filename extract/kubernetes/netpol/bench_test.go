package netpol

import (
	"fmt"
	"strings"
	"testing"

	"drawbridge/extract/kubernetes/manifest"
)

// shops is a cluster of namespaces, each with workloads behind Services, a policy
// that denies all, and policies that let one workload call another.
func shops(b *testing.B, namespaces, workloads, policies int) []*manifest.Object {
	var text strings.Builder
	for n := range namespaces {
		ns := fmt.Sprintf("shop-%d", n)
		fmt.Fprintf(&text, "---\n{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {team: t%d}}}\n", ns, n%10)
		for i := range workloads {
			fmt.Fprintf(&text, `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: app-%[2]d, namespace: %[1]s}
spec:
  template:
    metadata: {labels: {app: app-%[2]d, tier: t%[3]d}}
    spec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: app-%[2]d, namespace: %[1]s}
spec: {selector: {app: app-%[2]d}, ports: [{port: 80, targetPort: http}]}
`, ns, i, i%4)
		}
		fmt.Fprintf(&text, "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: %s}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}\n", ns)
		for i := range policies - 1 {
			fmt.Fprintf(&text, `---
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
`, ns, i, i+1, i%10)
		}
	}
	return decoded(b, text.String())
}

func decoded(b testing.TB, text string) []*manifest.Object {
	objects, problems := manifest.Decode("input.yaml", []byte(text), manifest.Limits{Documents: 1 << 20})
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	return objects
}

func count(e *Evaluator) (n int) {
	for range e.Connections(Query{}) {
		n++
	}
	return n
}

// 10,000 workloads with Services and 1,000 policies.
func BenchmarkTenThousandWorkloads(b *testing.B) {
	objects := shops(b, 100, 100, 10)
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		e, err := New(objects)
		if err != nil {
			b.Fatal(err)
		}
		rows = count(e)
	}
	b.ReportMetric(float64(rows), "rows")
}

// The same with half of the namespaces open: near to every pair is permitted.
func BenchmarkTenThousandWorkloadsHalfOpen(b *testing.B) {
	objects := append(shops(b, 50, 100, 20), openShops(b, 20, 250)...)
	rows := 0
	for b.Loop() {
		e, err := New(objects)
		if err != nil {
			b.Fatal(err)
		}
		rows = count(e)
	}
	b.ReportMetric(float64(rows), "rows")
}

func openShops(b *testing.B, namespaces, workloads int) []*manifest.Object {
	var text strings.Builder
	for n := range namespaces {
		for i := range workloads {
			fmt.Fprintf(&text, "---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: app-%[2]d, namespace: open-%[1]d}, spec: {template: {metadata: {labels: {app: app-%[2]d}}, spec: {containers: [{name: c, image: i}]}}}}\n", n, i)
		}
	}
	return decoded(b, text.String())
}

func BenchmarkExposure(b *testing.B) {
	e, err := New(shops(b, 100, 100, 10))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		e.Exposure(Query{})
	}
}

// A list of 1,000 blocks, no two of which touch, for 100 workloads.
func BenchmarkThousandBlocks(b *testing.B) {
	var text strings.Builder
	fmt.Fprint(&text, "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: blocks}, spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [")
	for i := range 1000 {
		fmt.Fprintf(&text, "{ipBlock: {cidr: 10.%d.%d.0/24, except: [10.%d.%d.128/25]}},", i/256, i%256, i/256, i%256)
	}
	fmt.Fprint(&text, "]}]}}\n")
	for i := range 100 {
		fmt.Fprintf(&text, "---\n{apiVersion: v1, kind: Pod, metadata: {name: p%d}, spec: {containers: []}}\n", i)
	}
	objects := decoded(b, text.String())
	for b.Loop() {
		e, err := New(objects)
		if err != nil {
			b.Fatal(err)
		}
		count(e)
	}
}

func BenchmarkDiff(b *testing.B) {
	objects := shops(b, 100, 100, 10)
	before, err := New(objects)
	if err != nil {
		b.Fatal(err)
	}
	after, err := New(objects[:len(objects)-20])
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		Diff(before, after)
	}
}
