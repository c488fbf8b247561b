// Package carried is what passes between the reader of Terraform and the reader of
// Kubernetes: objects that a root module puts into a cluster, as plain data.
//
// It knows neither HCL nor the API types of Kubernetes. Package terraform evaluates
// resources and fills it in; package kubernetes makes objects of it and reads them as
// it reads manifests. Start reading at [Cluster].
package carried

import "drawbridge/graph"

// Cluster is what one root puts into one cluster.
type Cluster struct {
	ID     string // leads the identifiers of all that is in it, with a slash behind it
	Name   string // "" where nothing says how it is called
	Parent string // the boundary around it, "" where that is not known
	Source graph.Source

	Objects  []Object
	Texts    []Text
	Releases []Release
	// Refs are the components that words in texts, and marks of nodes, stand for. A word
	// is made of lower-case letters, digits and hyphens, so that it can stand in a host name.
	Refs map[string]Ref
}

// Object is a resource that stands for one object.
type Object struct {
	Address          string
	APIVersion, Kind string // "" where Body says so
	Body             *Node
	Source           graph.Source
	// Native is true where the fields are spelled as Kubernetes spells them; else they
	// are in snake case, and repeated blocks in the singular.
	Native bool
}

// Text is YAML that a resource holds.
type Text struct {
	Address, Content string
	Namespace        string // that counts over what the text says, "" for none
	Source           graph.Source
}

// Release is a Helm chart that is installed.
type Release struct {
	Address, Name, Namespace   string
	Chart, Repository, Version string
	// Dir is the folder of the chart, "" where it does not lie in the tree.
	Dir   string
	Texts []string // values, as YAML
	Set   []string // values, as KEY=VALUE
	Uses  []Use    // what its values name
	// Hidden is what values name that are not known as a whole: where it stands in what
	// the chart makes cannot be seen.
	Hidden []Use
	Source graph.Source
}

// Use is a component that a value names.
type Use struct {
	Word   string // in Refs
	Name   string // of the value
	Source graph.Source
}

// Node is a value in the body of an object, with its place.
type Node struct {
	Kind   NodeKind
	Text   string // of a scalar, words in place of what is computed
	Fields []Field
	Items  []*Node
	Marks  []string // words of what the value derives from
	Line   int
}

// NodeKind tells the forms of a Node.
type NodeKind int

// The kinds of nodes. Plain scalars are numbers and booleans.
const (
	Null NodeKind = iota
	String
	Plain
	List
	Map
)

// Field is an attribute, or the blocks of one name as a List.
type Field struct {
	Name   string
	Value  *Node
	Blocks bool
}

// Ref is a component of the root that carries the objects.
type Ref struct {
	ID         string
	Address    string
	Kind       graph.Kind
	Technology graph.Technology
	Protocol   string // that it speaks, "" where not known
	Port       int
	Encrypted  graph.Truth
}
