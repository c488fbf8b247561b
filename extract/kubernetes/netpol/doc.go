// Package netpol evaluates Kubernetes network policy exactly: which workload may
// reach which, on which protocols and ports, and which rule of which file says so.
//
// It computes over sets, never over pairs: workloads that no selector of the
// input tells apart are one class, addresses are sorted ranges, ports are
// intervals, and equal sets are one number. It reads only what policy depends on;
// what is meant to talk to what is package kubernetes's to tell.
//
// Start reading at [New] and [Evaluator.Connections]; evaluate.go has the rules of
// evaluation, tier.go their order. The sets stand in conns.go, address.go,
// selector.go and class.go; what is read of the manifests in workload.go, policy.go,
// admin.go and entry.go. What a scan asks of a flow is [Evaluator.Passage], on what [Read] returns.
package netpol
