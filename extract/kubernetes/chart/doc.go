// Package chart renders Helm charts out of a file system, offline, with Helm's
// own engine.
//
// It is for turning a chart's directory into the manifests that `helm template`
// would print, each line with the place of the template that made it. It is not
// for saying what the manifests mean: that is package kubernetes. It fetches no
// chart, asks no cluster, and gives the same bytes from the same files, which
// functions that make random or dated values would not: see functions.go.
//
// Start reading at [Render]. How a chart's files are put together is told in
// load.go, how a line finds its template in trace.go.
package chart
