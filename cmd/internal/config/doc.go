// Package config reads .drawbridge.yaml, the file in which a repository tells what its
// code can't: which environments its roots have, what others own, what the model lacks,
// and what was decided on findings.
//
// Each section of the file is a field of [Config], with its types in a file of its own.
// Whatever the file says that no field takes is an error with its line, as is a value of
// the wrong kind: a misspelt key must not be ignored in silence. schema.json tells
// editors the same, and a test holds it to the types.
//
// Start reading at [Read].
package config
