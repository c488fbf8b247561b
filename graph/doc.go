// Package graph is the vocabulary of drawbridge: components, flows, trust
// boundaries, grants, findings and notes, and the forms they are written in.
//
// It knows nothing of where a model came from (Terraform, Kubernetes) and
// nothing of what becomes of it (diagrams, reports). Every other package speaks
// in its terms: extract makes a [Graph], analyze completes it, render shows it.
//
// Start reading at [Graph], then [Component] and [Flow]. The package imports
// the standard library only.
package graph
