// Package kustomization builds kustomizations out of a file system with
// kustomize's own library, offline.
//
// It is for turning an overlay into the objects that `kustomize build` would
// print, each field with the place in the base that it was written in. It is not
// for saying what the objects mean: that is package kubernetes. It runs no
// program and fetches nothing: what a kustomization names and the tree does not
// hold is left out with a note.
//
// Start reading at [Build]. What kustomize is allowed to see is in files.go, what
// is taken out of a kustomization first in local.go.
package kustomization
