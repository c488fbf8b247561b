// Package manifest decodes Kubernetes manifests without losing the line of any
// field.
//
// It is for turning bytes into [Object] values: multi-document YAML, JSON and
// List kinds, within limits that hold whatever the input is. It is not for
// saying what an object means: that is package kubernetes. It knows no kind but
// List.
//
// Start reading at [Decode], then [Object].
package manifest
