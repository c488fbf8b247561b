// Package kubernetes reads Kubernetes manifests into a [graph.Graph]:
// workloads become components, namespaces boundaries, and what the manifests say
// about who talks to whom becomes flows.
//
// It is given the files; finding them, and linking what they say to other kinds
// of input, is package extract's. Helm charts and kustomizations among the files
// are rendered by the packages below it and read as what they make: sources.go.
// Nothing in it fails: what is not understood is a note with its place.
//
// Start reading at [Read], then the table of kinds in kinds.go. A kind is one
// row there, and the functions that rows name stand in a file for each concept:
// workload.go, service.go, ingress.go, rbac.go. How a name in a variable, an
// argument or a mounted file becomes a flow is told in reference.go and hosts.go.
package kubernetes
