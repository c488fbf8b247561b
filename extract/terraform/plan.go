package terraform

import (
	"errors"
	"io/fs"
	"path"

	"drawbridge/extract/carried"
	"drawbridge/extract/terraform/eval"
	"drawbridge/extract/terraform/plan"
	"drawbridge/graph"
)

// ReadPlan builds the model of one root from a plan or state that terraform wrote,
// as [Read] does from its files. Dir leads the identifiers as a root's directory
// does; where it is empty, the file's own directory.
func ReadPlan(fsys fs.FS, file, dir string, opt Options) (*graph.Graph, *carried.Loose) {
	result, err := EvaluatePlan(fsys, file, dir, opt)
	if err != nil {
		return &graph.Graph{Notes: []graph.Note{{
			Code: "unreadable", Source: graph.Source{File: file}, Message: err.Error(),
			Next: "make it again: terraform show -json PLAN > " + path.Base(file),
		}}}, &carried.Loose{}
	}
	return model(fsys, result, opt.Types)
}

// EvaluatePlan reads a plan or state with this package's knowledge, see [Evaluate].
func EvaluatePlan(fsys fs.FS, file, dir string, opt Options) (*eval.Result, error) {
	result, err := plan.Read(fsys, file, plan.Options{Eval: opt.symbolic(), Dir: dir})
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		return nil, pathErr.Err
	}
	return result, err
}
