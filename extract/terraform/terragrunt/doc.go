// Package terragrunt reads Terragrunt units without running terragrunt.
//
// A unit is a directory with a terragrunt.hcl: it names a module, gives it inputs, and
// may include settings from above and depend on outputs of other units. Each unit is
// evaluated as a root of the module that it names, by package eval. Units that depend
// on each other come as one [eval.Result] with the units' directories at the head of
// all addresses: the output of one, an input of the other, is then a reference like any
// other.
//
// What terragrunt would have to run for (a command, an account's ID, a decrypted
// file) is a token. The package knows no resource types and makes no graph.
//
// Start reading at [Load]; a unit's own file is evaluated in config.go.
package terragrunt
