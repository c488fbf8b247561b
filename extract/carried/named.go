package carried

import "drawbridge/graph"

// Loose is what the reader of a root hands over beside its model, for what others of the
// scan may make of it.
type Loose struct {
	Clusters []*Cluster
	// Spare are components that were left out, because nothing of the root names them. They
	// must not be changed.
	Spare []*graph.Component
	// Accounts are the account, project or subscription of boundaries by ID, where the
	// configuration tells it.
	Accounts map[string]string
	// Made are the things of the root whose hosts are given out by name, and Dangling the
	// records that lead to such a host which the root does not make.
	Made     []Made
	Dangling []Dangling
}

// Made is a thing whose host whoever makes one of its name gets; Name is "" where it is not known.
type Made struct{ Kind, Name string }

// Dangling is a record that leads to what nothing of its root makes. The fact stands on a boundary.
type Dangling struct {
	Made
	Boundary string // ID
	Evidence graph.Evidence
}

// Named is what a manifest calls by the name that its cloud knows it by, and that a root of
// the scan may make.
type Named struct {
	Vendor     string           // that leads the types of its resources: "aws", "google", "azurerm"; "" for any
	Technology graph.Technology // of what is named
	// Name is "" where it can't be told. Of a technology that has names within names, as DNS
	// has, what makes any of the outer ones is meant.
	Name string
	// Account is the account or project that it is in, "" where nothing tells.
	Account string
	// Flow is what is drawn where it is found; its To is left empty.
	Flow graph.Flow
	// Instead is the component that stands for all of this kind that no root makes: a flow
	// to it stands in the model unless each of what it stands for is found. "" for none.
	Instead string
}
