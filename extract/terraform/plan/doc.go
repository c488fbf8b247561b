// Package plan reads what terraform wrote down about a root: the JSON of
// "terraform show -json" for a plan or a state, and raw state files.
//
// Its result is the evaluator's, an [eval.Result]: the same instances with exact
// values in place of evaluated ones. What a plan does not know yet is a token or an
// unknown in the evaluator's shapes, and each value carries the marks of what it
// derives from. The marks come from three sources, best first:
//
//   - the root's own files where they lie beside a plan: they are evaluated with
//     the plan's variables, and tell marks, tokens and places ([converter]);
//   - the configuration within the plan, which names what each attribute refers to,
//     through variables and outputs of modules (references.go). It holds no locals
//     and no dynamic blocks, and does not say which part of a value a reference gave;
//   - the values: what holds another resource's ARN, ID or URL derives from it
//     (exact.go). It is all that a state has.
//
// The package makes no graph, and does not decide which plan stands for which root.
//
// Start reading at [Read].
package plan
