// Package extract reads a tree of infrastructure code into one [graph.Graph].
//
// It walks the tree, tells Terraform root modules, plans and states, and Kubernetes
// manifests from everything else, has package terraform and package kubernetes read them, and
// merges what they found. What Terraform puts into a cluster goes from the one reader to
// the other as plain data, see package carried; what only both together tell is linked. What a resource type or a kind means is theirs to know;
// what follows from the model (exposure, findings) is package analyze's.
//
// Start reading at [Dir]; the walk is in walk.go, the rules of .gitignore in
// ignore.go, which plan stands for which root in plans.go, the merging in merge.go.
package extract
