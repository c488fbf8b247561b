package eval

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"drawbridge/graph"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Options are the inputs of an evaluation beside the files.
type Options struct {
	// Args are the variables and variable files of the command line, in its order:
	// later ones win over earlier ones, and all of them over what the root's own files
	// and the environment say.
	Args []Arg
	// Values are exact values of the root's variables, as a plan records them. They
	// win over Args.
	Values map[string]cty.Value
	// Inputs are values that another program hands over in the environment, as
	// terragrunt does: all else wins over them. They may carry marks
	// of another root's instances.
	Inputs map[string]cty.Value
	// Prefix leads every address, so that the instances of several roots have
	// addresses of their own; it ends in a colon ("envs/prod:"). Resource.Module is
	// still "" for the root itself.
	Prefix string
	// Modules is a folder below the file system's root that holds the code of modules
	// from registries and repositories, "" for none. .terraform/modules of the root
	// comes first.
	Modules string
	// Env holds variables of the environment; those named TF_VAR_* and TF_WORKSPACE count.
	Env map[string]string
	// Workspace is terraform.workspace, "default" where empty.
	Workspace string
	// Shape tells what a computed attribute looks like. Nil stands for a shape by
	// the attribute's name.
	Shape func(mode Mode, typ, attr string) Shape
	// Compute holds data sources and resources whose attributes follow from their
	// arguments alone, by type: it returns values for further attributes.
	Compute map[string]func(r *Resource) map[string]cty.Value
	// RemoteState returns the outputs of the root whose state a terraform_remote_state
	// data source reads, with their marks; nil where that root is not here. Nil stands
	// for a function that knows no root.
	RemoteState func(r *Resource) map[string]cty.Value
	Limits      Limits
}

// Arg is one --var or --var-file of terraform's command line.
type Arg struct {
	// File is the path of a variable file below the file system's root; "" for a
	// single variable.
	File string
	// Name and Text are a variable and its value in terraform's form: an expression
	// for collection types, else the text itself.
	Name, Text string
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

func (l Limits) orDefault() Limits {
	if l.Instances == 0 {
		l.Instances = 100_000
	}
	if l.Depth == 0 {
		l.Depth = 100
	}
	if l.Text == 0 {
		l.Text = 4 << 20
	}
	return l
}

// Root evaluates the root module in dir of fsys. It always gives a result: what
// could not be read or understood is a note in it.
func Root(fsys fs.FS, dir string, opt Options) *Result {
	dir = path.Clean(dir)
	ev := newEvaluator(fsys, dir, opt)
	m := ev.loader.module(dir)
	if m == nil {
		ev.note("no-configuration", graph.Source{File: dir}, "", "", "no Terraform configuration in %s", dir)
		return ev.finish()
	}
	ev.loadTree(m, "", map[*module]bool{})
	root := newInstance(ev, m)
	root.address = opt.Prefix
	ev.walk(root)
	return ev.finish()
}

func newEvaluator(fsys fs.FS, dir string, opt Options) *evaluator {
	opt.Limits = opt.Limits.orDefault()
	if opt.Shape == nil {
		opt.Shape = defaultShape
	}
	ev := &evaluator{
		loader: &loader{fsys: fsys, modules: map[string]*module{}, budget: newBudget()},
		opt:    opt,
		root:   dir,
		result: &Result{Dir: dir, byAddress: map[string]*Resource{}},
		noted:  map[graph.Note]bool{},
		used:   map[*module]bool{},
		loose:  map[string]bool{},
		after:  map[string]map[string]bool{},

		templates: map[string]*expr{},
	}
	compute := maps.Clone(opt.Compute)
	if compute == nil {
		compute = map[string]func(*Resource) map[string]cty.Value{}
	}
	compute["terraform_remote_state"] = ev.remoteState
	ev.opt.Compute = compute
	ev.inputs = readInputs(fsys, dir, opt)
	ev.installed = installedModules(fsys, dir)
	ev.fetched = fetchedModules(fsys, opt.Modules)
	ev.base = &hcl.EvalContext{Functions: ev.functions()}
	ev.result.files = &evaluator{loader: &loader{fsys: fsys}, root: dir} // without what evaluation holds
	return ev
}

// installedModules reads the manifest of terraform init.
func installedModules(fsys fs.FS, root string) map[string]string {
	src, err := readFile(fsys, path.Join(root, ".terraform/modules/modules.json"))
	if err != nil {
		return nil
	}
	var manifest struct{ Modules []struct{ Key, Dir string } }
	if json.Unmarshal(src, &manifest) != nil {
		return nil // terraform init writes it anew; without it modules stand for themselves
	}
	dirs := map[string]string{}
	for _, m := range manifest.Modules {
		if m.Key != "" && m.Dir != "" {
			dirs[m.Key] = path.Join(root, m.Dir)
		}
	}
	return dirs
}

// loadTree reads the modules that m calls, at any depth, before anything is
// evaluated: which attributes are read from values decides what they hold. Prefix is
// the dotted path of the calls that lead to m, with a dot at its end.
func (ev *evaluator) loadTree(m *module, prefix string, seen map[*module]bool) {
	if seen[m] {
		return
	}
	seen[m] = true
	for n := range m.loose {
		ev.loose[n] = true
	}
	for name, next := range m.after {
		if ev.after[name] == nil {
			ev.after[name] = map[string]bool{}
		}
		maps.Copy(ev.after[name], next)
	}
	for _, name := range m.callOrder {
		c := m.calls[name]
		dir := cmp.Or(c.dir, ev.installed[prefix+name], ev.fetched.dir(c.module, c.version))
		if dir == "" {
			continue
		}
		if child := ev.loader.module(dir); child != nil {
			ev.loadTree(child, prefix+name+".", seen)
		}
	}
}

// walk evaluates all of a module instance and of those below it.
func (ev *evaluator) walk(in *instance) {
	if in.parent == nil {
		in.settleVariables()
	}
	in.validate()
	defer ev.complete(in)
	for _, key := range in.mod.resourceOrder {
		ev.result.Resources = append(ev.result.Resources, in.node(key).instances...)
	}
	for _, p := range in.mod.providers {
		ev.result.Providers = append(ev.result.Providers, Provider{
			Name: p.name, Alias: p.alias, Module: in.module(), Source: p.source,
			Body: in.block(p.body, in.scope(p.refs)),
		})
	}
	for _, mv := range in.mod.moved {
		ev.result.Moved = append(ev.result.Moved, Moved{join(in.address, mv.from), join(in.address, mv.to), mv.source})
	}
	for _, name := range slices.Sorted(maps.Keys(in.mod.locals)) {
		in.local(name, graph.Source{}) // one that nothing uses may be in a cycle
	}
	if in.parent == nil {
		for _, name := range slices.Sorted(maps.Keys(in.mod.outputs)) {
			o := in.mod.outputs[name]
			ev.result.Outputs = append(ev.result.Outputs, Output{Name: name, Value: in.output(name), Sensitive: o.sensitive, Source: o.source})
		}
	}
	for _, name := range in.mod.callOrder {
		n, c := in.callNode(name), in.mod.calls[name]
		for _, child := range n.instances {
			ev.walk(child)
		}
		if len(n.missing) == 0 {
			continue
		}
		scope := in.scope(c.refs)
		for i, r := range n.missing {
			r.Body = in.block(c.args, n.context(scope, i))
			ev.result.byAddress[r.Address] = r
			ev.result.Resources = append(ev.result.Resources, r)
		}
	}
}

// complete counts the blocks that were read against the nodes that were made of them:
// a block is never lost without a word.
func (ev *evaluator) complete(in *instance) {
	nodes := 0
	for _, n := range in.resources {
		if n.done {
			nodes++
		}
	}
	for _, n := range in.calls {
		if n.done {
			nodes++
		}
	}
	if nodes == in.mod.blocks {
		return
	}
	ev.note("incomplete", graph.Source{File: in.mod.dir}, in.module(), "report this as a bug of drawbridge, with the files if you can share them",
		"%d blocks were read, %d of them evaluated", in.mod.blocks, nodes)
}

func (ev *evaluator) finish() *Result {
	r := ev.result
	for m := range ev.used {
		r.Files += m.files
		r.Blocks += len(m.resources) + len(m.calls)
		r.Notes = append(r.Notes, m.notes...)
	}
	r.Notes = append(r.Notes, ev.inputs.notes...)
	r.Noted = ev.blocksWith(r.Notes)
	slices.SortFunc(r.Resources, func(a, b *Resource) int { return strings.Compare(a.Address, b.Address) })
	slices.SortFunc(r.Providers, func(a, b Provider) int {
		return strings.Compare(a.Module+"\x00"+a.Name+"\x00"+a.Alias, b.Module+"\x00"+b.Name+"\x00"+b.Alias)
	})
	slices.Sort(r.Unset)
	slices.SortFunc(r.Moved, func(a, b Moved) int { return strings.Compare(a.From, b.From) })
	g := graph.Graph{Notes: r.Notes}
	g.Sort()
	r.Notes = g.Notes
	return r
}

// blocksWith counts the blocks in which one of the notes lies.
func (ev *evaluator) blocksWith(notes []graph.Note) int {
	starts := map[string][]blockStart{}
	for m := range ev.used {
		for file, list := range m.starts {
			slices.SortFunc(list, func(a, b blockStart) int { return cmp.Compare(a.line, b.line) })
			starts[file] = list
		}
	}
	found := map[graph.Source]bool{}
	for _, n := range notes {
		list := starts[n.Source.File]
		i, exact := slices.BinarySearchFunc(list, n.Source.Line, func(s blockStart, line int) int { return cmp.Compare(s.line, line) })
		if !exact {
			i-- // the block that began before
		}
		if i >= 0 && list[i].counted {
			found[graph.Source{File: n.Source.File, Line: list[i].line}] = true
		}
	}
	return len(found)
}
