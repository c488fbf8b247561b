// Package custom holds the rules that users write themselves, and the expressions by
// which they ask for elements of a model. Both are in CEL (https://cel.dev), over one
// vocabulary: the names of what a component, flow, boundary, grant or finding has.
//
// Expressions are typed and checked before anything is evaluated. What is not known has
// CEL's own unknown value: it goes through comparisons and negations, and no rule finds
// anything by it, however its condition is spelled. The vocabulary is a table; README.md
// is made from it.
//
// It reads no files: package config does. CEL is imported here and nowhere else.
//
// Start reading at [Rule]; the vocabulary is in vocabulary.go, its values in value.go, and
// what CEL is told in expression.go. Most conditions are evaluated without CEL's
// interpreter, by direct.go, and only for the elements that an index lets through.
package custom
