// Package analyze completes a graph with what follows from it: trust levels of
// boundaries, the boundaries that each flow crosses and the controls on it, how each component
// can be reached from the internet, the findings of the rules, the attack paths, and the
// questions that the input leaves open.
//
// It reads no input files and knows no vendor: what a thing is called on its
// platform was settled by package extract. It makes no pictures and decides
// nothing about exit statuses.
//
// Start reading at [Run], which is the order of the steps; the rules are in
// package analyze/rules, and what people say before and after it in analyze/stated.
package analyze

import (
	"drawbridge/analyze/paths"
	"drawbridge/analyze/rules"
	"drawbridge/graph"
)

// What a model holds at most: more is no help to a reader, and paths to anything
// else can be asked for.
const (
	mostPaths     = 50
	mostQuestions = 30
)

// Run completes g in place and sorts it. What earlier runs filled in is made
// anew, so that running twice gives the same graph as running once.
//
// References that lead nowhere are repaired first, each with a note (see
// repair.go): every later step, and every reader of the result, can rely on flow
// and grant ends, boundaries and their parents to exist, and on boundaries to
// form a tree.
func Run(g *graph.Graph) {
	repair(g)
	g.Sort()
	x := graph.NewIndex(g)
	setExposure(g, x)
	setTrust(g)
	setCrossings(g, x)
	setControls(g, x)
	g.Findings = rules.Run(g)
	g.Questions = rules.Questions(g, mostQuestions)
	g.Paths = paths.Find(g, paths.Options{Most: mostPaths})
	g.Sort()
}
