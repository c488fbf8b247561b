// Package eval evaluates Terraform configuration symbolically: offline, without
// providers, and without a copy of terraform's internals.
//
// Its one idea: an attribute that is known only after apply evaluates to a
// known, plausible string that holds a unique token in the shape its type gives
// it ("arn:aws:sqs:REGION:ACCOUNT:⟦aws_sqs_queue.q⟧"), and every value that was
// read through a reference carries a cty mark, a [Ref], that names the resource
// instance and attribute. Expressions, functions, templates and modules then
// evaluate as they do in terraform, and whatever they yield says where it came
// from: the mark tells that a value derives from a resource, the token tells
// where in a policy or a URL it stands. A token's spelling decides nothing: a
// comparison, condition or number that rests on one is unknown.
//
// The package knows no resource types; what is computed and in which shape is
// told by [Options.Shape] and [Options.Compute]. It makes no graph: that is
// package terraform, one level up.
//
// Start reading at [Root] and [Resource]; accessors to attributes are in value.go.
package eval
