// Package terraform turns Terraform configuration into a [graph.Graph].
//
// [Look] finds the root modules among the files of a tree, and [Link] puts those
// together that read each other's states; [Read] evaluates one with package eval and
// builds its model; [ReadPlan] builds the same from
// a plan or state, read by package plan. What is known of a resource
// type is data: a row in a provider's table (aws.go, google.go, azure.go), in the
// vocabulary of table.go. What a row can't say is a semantic, a function that the
// row names. Types without a row are placed by conventions (convention.go). README.md
// lists the types with what is understood of each; a test writes it.
//
// The package knows nothing of threats, and nothing of other inputs than
// Terraform. Start reading at [Read] for the order of the passes, then [row].
package terraform
