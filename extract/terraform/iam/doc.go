// Package iam reads AWS policy documents as values: what a statement allows, to
// whom, on what, and under which condition.
//
// The strings of a document come from package eval, so they may hold tokens
// ("arn:aws:sqs:REGION:ACCOUNT:⟦aws_sqs_queue.q⟧"); [Statement.Targets] and
// [Principal.Addresses] say which instances these name. What could not be known
// stands as [Unknown], and the statement that holds it is kept and flagged: a
// question that rests on it is answered with Unknown, never with a guess.
//
// The package makes no graph and attaches no policy to anything; it is no
// simulator of AWS's evaluation either: session policies, permission boundaries
// and service control policies are the caller's to combine.
//
// Start reading at [Document]; [Parse] and [FromBlocks] make one. What actions
// mean stands in actions.go with the table of services.go, who a principal is in
// principal.go, and AWS's own policies in managed.go. Adding a service, a way to
// pass a role or a managed policy is one row.
package iam
