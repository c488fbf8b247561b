package terraform

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/carried"
	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	"github.com/zclconf/go-cty/cty"
)

// Root is a root module with what it is evaluated with.
type Root struct {
	Dir string
	// Environment are the inputs where a root has several sets of them; its name is ""
	// else.
	Environment Environment
	Options     Options
}

// Environment is one of several sets of inputs of a root.
type Environment struct {
	Name      string // part of the identifiers of all elements
	Args      []eval.Arg
	Workspace string
	// Backend are files and arguments that complete the root's backend.
	Backend []eval.Arg
}

// inputs are the options for the evaluator: of the environment's, what the options say
// wins.
func (r Root) inputs() eval.Options {
	o := r.Options.symbolic()
	o.Args = slices.Concat(r.Environment.Args, o.Args)
	o.Workspace = cmp.Or(o.Workspace, r.Environment.Workspace)
	return o
}

// Name is what leads the identifiers of a root's elements: its directory, and its
// environment behind an @; "" for the one at the top.
func (r Root) Name() string {
	dir := strings.TrimSuffix(strings.TrimPrefix(path.Clean(r.Dir), "."), "/")
	if strings.HasPrefix(r.Dir, "..") {
		dir = r.Dir
	}
	if r.Environment.Name != "" {
		return dir + "@" + r.Environment.Name
	}
	return dir
}

// prefix leads the identifiers, and the addresses where several roots are one model.
func (r Root) prefix() string {
	return eval.PrefixOf(r.Name())
}

// Group is one or more roots that make one model, because one reads the state that
// another one keeps.
type Group struct {
	roots []*linkedRoot // sorted by name
}

// linkedRoot is a root with the states that it reads.
type linkedRoot struct {
	Root
	reads   []*eval.Resource
	outputs map[string][]eval.OutputRead // that it reads, by the address of the remote state
	kept    []location                   // one for each way in which its backend may be completed
	links   map[string]*linkedRoot
	notes   []graph.Note
	// Of the evaluation:
	busy   bool
	result *eval.Result
}

// Beside are what a scan reads beside the roots that it links. They keep states as well,
// which no remote state is linked to.
type Beside struct {
	// Planned are roots that are read from a plan or state in their directory.
	Planned []Root
	// Units is true where there are Terragrunt units.
	Units bool
}

// Link parts roots into groups, sorted by their first root. A remote state leads to the
// root whose backend it names; what it names is compared after evaluation, of what
// can't be known, or is given only when terraform is initialised, the rest: then the one
// root that agrees is taken, and a note says so.
func Link(fsys fs.FS, layout *Layout, roots []Root, beside Beside) []*Group {
	all := make([]*linkedRoot, len(roots))
	anyReads := false
	reads := map[string]bool{}
	for i, r := range roots {
		all[i] = &linkedRoot{Root: r, links: map[string]*linkedRoot{}}
		reads[r.Dir] = layout.readsStates(r.Dir)
		anyReads = anyReads || reads[r.Dir]
	}
	if anyReads {
		for _, r := range all {
			r.states(fsys, reads[r.Dir])
		}
		var planned []*linkedRoot
		for _, root := range beside.Planned {
			r := &linkedRoot{Root: root}
			r.states(fsys, false)
			planned = append(planned, r)
		}
		for _, r := range all {
			r.link(all, planned, beside.Units)
		}
	}
	return groups(all)
}

// states finds out what a root reads and what it keeps.
func (r *linkedRoot) states(fsys fs.FS, reads bool) {
	s := eval.ReadStates(fsys, r.Dir, reads, r.inputs())
	r.reads, r.outputs = s.Reads, s.Outputs
	typ := backendNamed(cmp.Or(s.Backend, "local"))
	if typ == nil {
		return
	}
	complete := func(files map[string]eval.Value) location {
		l := locate(typ, func(name string) eval.Value {
			if v, ok := files[name]; ok {
				return v
			}
			return s.Config.Get(name)
		})
		_, hasKey := l.args[typ.key]
		l.partial = s.Backend != "" && !hasKey && (typ.key != "" && typ.unset == "" && typ.name != "gcs" || slices.ContainsFunc(typ.place, func(name string) bool { return l.args[name] == "" }))
		if typ.name == "local" {
			l.args[typ.key] = localPath(r.Dir, cmp.Or(l.args[typ.key], typ.unset))
		}
		return l
	}
	if len(r.Environment.Backend) > 0 {
		r.kept = []location{complete(backendArgs(fsys, r.Environment.Backend))}
		return
	}
	written := complete(nil)
	if s.Backend != "" {
		for _, file := range backendFiles(fsys, r.Dir, typ) {
			r.kept = append(r.kept, complete(backendArgs(fsys, []eval.Arg{{File: file}})))
		}
	}
	if len(r.kept) == 0 {
		r.kept = []location{written}
	}
}

// localPath is where a local state lies in the tree.
func localPath(dir, name string) string {
	if path.IsAbs(name) || strings.HasPrefix(name, anything) {
		return name
	}
	return path.Join(dir, name)
}

// backendArgs reads arguments of a backend; later ones win. A file that can't be read
// gives none.
func backendArgs(fsys fs.FS, args []eval.Arg) map[string]eval.Value {
	out := map[string]eval.Value{}
	for _, a := range args {
		if a.File == "" {
			out[a.Name] = eval.Value{V: cty.StringVal(a.Text)}
			continue
		}
		maps.Copy(out, eval.ReadVariables(fsys, a.File))
	}
	return out
}

// backendFiles returns the files beside a root that complete its backend, by what they
// hold: nothing but arguments, among them the key or the place.
func backendFiles(fsys fs.FS, dir string, typ *backendType) []string {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || name == ".terraform.lock.hcl" || !slices.Contains([]string{".tfbackend", ".backend", ".hcl", ".conf", ".config"}, path.Ext(name)) &&
			!(strings.Contains(name, "backend") && path.Ext(name) == ".tfvars") {
			continue
		}
		args := eval.ReadVariables(fsys, path.Join(dir, name))
		if slices.ContainsFunc(append([]string{typ.key}, typ.place...), func(arg string) bool { return args[arg].IsSet() }) {
			out = append(out, path.Join(dir, name))
		}
	}
	return out
}

// candidate is a root that may keep a state.
type candidate struct {
	root    *linkedRoot
	fit     fit
	unknown []string
	steps   int
}

// link finds the roots that keep the states which r reads. Planned are roots that can't
// be linked, and units is true where there are some that are not looked at.
func (r *linkedRoot) link(all, planned []*linkedRoot, units bool) {
	loose := map[string][]string{} // names of the data sources, by what could not be compared
	places := map[string]graph.Source{}
	for _, read := range r.reads {
		found := r.candidates(read, all)
		switch len(found) {
		case 0:
			r.unlinked(read, planned, units)
			continue
		case 1:
		default:
			r.note("remote-state", read, "name the environments with their variables and backend files in .drawbridge.yaml",
				"%s and %s may keep the state that it reads: its outputs are not known", found[0].root.Name(), found[1].root.Name())
			continue
		}
		c := found[0]
		r.links[read.Address] = c.root
		if c.fit != exact {
			what := "linked by what is known of the two sides, of which the " + strings.Join(c.unknown, " and ") + " can't be compared in full: "
			if c.fit == byName {
				what = "linked by the name of the directory, for the root's backend is given only when terraform is initialised: "
			}
			loose[what] = append(loose[what], fmt.Sprintf("%s to %s", read.Address, cmp.Or(c.root.Name(), ".")))
			if at, ok := places[what]; !ok || read.Source.File < at.File {
				places[what] = read.Source
			}
		}
	}
	for _, what := range slices.Sorted(maps.Keys(loose)) {
		r.notes = append(r.notes, graph.Note{
			Code: "remote-state", Source: places[what],
			Message: what + strings.Join(loose[what], ", "),
			Next:    "name the environments with their variables and backend files in .drawbridge.yaml",
		})
	}
}

// unlinked notes a remote state for which no root was found.
func (r *linkedRoot) unlinked(read *eval.Resource, planned []*linkedRoot, units bool) {
	if kept := r.candidates(read, planned); len(kept) > 0 {
		name := cmp.Or(kept[0].root.Name(), ".")
		r.note("remote-state", read, "exclude the plan, so that the root is read from its files",
			"the root %s keeps the state that it reads, but is read from a plan or state, which is not linked: its outputs are not known", name)
		return
	}
	if typ, _ := read.Body.Get("backend").Text(); typ == "local" {
		return // a file may be there, which the evaluation sees
	}
	what := "no root of this scan keeps the state that it reads"
	if units {
		what += ", unless a Terragrunt unit does, whose states are not looked at"
	}
	r.note("remote-state", read, "scan the tree that holds the root which writes it together with this one", "%s: its outputs are not known", what)
}

func (r *linkedRoot) note(code string, at *eval.Resource, next, format string, args ...any) {
	r.notes = append(r.notes, graph.Note{Code: code, Source: at.Source, Address: at.Address, Message: fmt.Sprintf(format, args...), Next: next})
}

// candidates are the roots that fit best to a remote state. An environment reads its
// own environment's states.
func (r *linkedRoot) candidates(read *eval.Resource, all []*linkedRoot) []candidate {
	name, ok := read.Body.Get("backend").Literal()
	typ := backendNamed(name)
	if !ok || typ == nil {
		return nil
	}
	l := locate(typ, func(name string) eval.Value { return read.Body.Get("config." + name) })
	if typ.name == "local" {
		l.args[typ.key] = localPath(r.Dir, cmp.Or(l.args[typ.key], typ.unset))
	}
	var found []candidate
	for _, other := range all {
		best := candidate{root: other}
		for _, kept := range other.kept {
			if f, unknown, steps := compare(l, kept, other.Dir); f > best.fit {
				best.fit, best.unknown, best.steps = f, unknown, steps
			}
		}
		if best.fit == unlike || other.Dir == r.Dir {
			continue
		}
		found = append(found, best)
	}
	better := func(a, b candidate) int {
		own := func(c candidate) int {
			if c.root.Environment.Name == r.Environment.Name {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(a.fit, b.fit), cmp.Compare(a.steps, b.steps), cmp.Compare(own(a), own(b)))
	}
	if len(found) == 0 {
		return nil
	}
	best := slices.MaxFunc(found, better)
	return slices.DeleteFunc(found, func(c candidate) bool { return better(c, best) < 0 })
}

// groups parts roots into sets that are linked, directly or not.
func groups(all []*linkedRoot) []*Group {
	slices.SortStableFunc(all, func(a, b *linkedRoot) int { return strings.Compare(a.Name(), b.Name()) })
	leader := map[*linkedRoot]*linkedRoot{}
	find := func(r *linkedRoot) *linkedRoot {
		for leader[r] != nil {
			r = leader[r]
		}
		return r
	}
	for _, r := range all {
		for _, address := range slices.Sorted(maps.Keys(r.links)) {
			if a, b := find(r), find(r.links[address]); a != b {
				leader[b] = a
			}
		}
	}
	byLeader := map[*linkedRoot]*Group{}
	var out []*Group
	for _, r := range all {
		g := byLeader[find(r)]
		if g == nil {
			g = &Group{}
			byLeader[find(r)] = g
			out = append(out, g)
		}
		g.roots = append(g.roots, r)
	}
	return out
}

// Names are the names of the group's roots, sorted.
func (g *Group) Names() []string {
	names := make([]string, len(g.roots))
	for i, r := range g.roots {
		names[i] = cmp.Or(r.Name(), ".")
	}
	return names
}

// Inputs are what a group is read by beside the files, as text: the inputs of its roots, and
// what the rest of the scan told about them. Where they and the files are the same, so is
// the model.
func (g *Group) Inputs() []string {
	var out []string
	for _, r := range g.roots {
		out = append(out, fmt.Sprintf("%q %+v %+v", r.Name(), r.Options, r.Environment))
		for _, address := range slices.Sorted(maps.Keys(r.links)) {
			out = append(out, fmt.Sprintf("%q reads %q", address, r.links[address].Name()))
		}
		for _, n := range r.notes {
			out = append(out, fmt.Sprintf("%+v", n))
		}
	}
	return out
}

// Read builds the model of a group, as [Read] does of one root, and returns what it puts
// into Kubernetes clusters. In a group of several
// roots an address is led by its root's name while the model is made; in the model it is
// as terraform prints it in its own root, and only identifiers are led.
func (g *Group) Read(fsys fs.FS) (*graph.Graph, *carried.Loose) {
	result := g.Evaluate(fsys)
	out, loose := model(fsys, result, g.roots[0].Options.Types)
	ownAddresses(out, result.Roots)
	return out, loose
}

// Evaluate evaluates the roots of a group, those whose outputs others read first.
func (g *Group) Evaluate(fsys fs.FS) *eval.Result {
	if len(g.roots) == 1 {
		return g.roots[0].evaluate(fsys, "")
	}
	var names, dirs []string
	var results []*eval.Result
	for _, r := range g.roots {
		names, dirs = append(names, r.Name()), append(dirs, path.Clean(r.Dir))
		results = append(results, r.settle(fsys))
	}
	return eval.Join(names, dirs, results)
}

// settle evaluates a root of several, once.
func (r *linkedRoot) settle(fsys fs.FS) *eval.Result {
	if r.result == nil {
		r.busy = true
		r.result = r.evaluate(fsys, r.prefix())
		r.busy = false
	}
	return r.result
}

func (r *linkedRoot) evaluate(fsys fs.FS, prefix string) *eval.Result {
	opt := documentsIn(fsys, r.Dir, r.inputs())
	opt.Prefix = prefix
	opt.RemoteState = func(read *eval.Resource) map[string]cty.Value {
		own := strings.TrimPrefix(read.Address, prefix)
		other := r.links[own]
		switch {
		case other == nil:
			return nil
		case other.busy:
			r.note("cycle", read, "break the cycle: neither can be applied before the other", "the root %s, whose state it reads, reads the state of this one", other.Name())
			return nil
		}
		given := other.gives(fsys)
		defaults := read.Body.Get("defaults").Fields()
		for _, o := range r.outputs[own] {
			if _, there := given[o.Name]; !there && !defaults[o.Name].IsSet() {
				r.notes = append(r.notes, graph.Note{
					Code: "missing-output", Source: o.Source, Address: own,
					Message: fmt.Sprintf("the root %s, whose state it reads, has no output %q", cmp.Or(other.Name(), "."), o.Name),
					Next:    "declare the output there",
				})
			}
		}
		return given
	}
	result := eval.Root(fsys, r.Dir, opt)
	result.Environment = r.Environment.Name
	result.Notes = sortedNotes(slices.Concat(result.Notes, r.notes, r.unnamedFiles(fsys, result.Unset)))
	return result
}

// gives are the outputs of a root as they go to those that read its state. Each value says
// through which output it came.
func (r *linkedRoot) gives(fsys fs.FS) map[string]cty.Value {
	out := map[string]cty.Value{}
	for _, o := range r.settle(fsys).Outputs {
		out[o.Name] = o.Value.Mark(eval.OutputRef(r.prefix(), o.Name))
	}
	return out
}

func sortedNotes(notes []graph.Note) []graph.Note {
	g := graph.Graph{Notes: notes}
	g.Sort()
	return slices.CompactFunc(g.Notes, func(a, b graph.Note) bool { return a == b })
}
