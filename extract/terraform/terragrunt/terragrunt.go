package terragrunt

import (
	"cmp"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	"github.com/zclconf/go-cty/cty"
)

// FileName is the name of a unit's file, StackFileName that of a file from which
// terragrunt makes units.
const FileName, StackFileName = "terragrunt.hcl", "terragrunt.stack.hcl"

// Live is a tree of units.
type Live struct {
	fsys    fs.FS
	opt     eval.Options
	top     string                 // head of absolute paths, see [eval.NewScope]
	scopes  map[string]*eval.Scope // by directory
	files   map[string]*file       // parsed, by path; nil where not there
	configs map[string]*config
	units   map[string]*unit
	notes   []graph.Note
	// follow is true where units are looked for when others depend on them.
	follow bool
	// loading is true while units are found: their outputs can't be asked for yet.
	loading bool
}

// unit is one directory with a module to call.
type unit struct {
	dir    string
	config *config
	source source
	busy   bool
	// What the module is given; inputs is nil until it is evaluated.
	inputs    map[string]eval.Value
	varFiles  []string
	generated []generatedFile
	// result is nil until the module is evaluated for others.
	result *eval.Result
	// needs are the directories of units whose outputs it takes.
	needs map[string]bool
}

// Units returns the directories of the units among files, sorted.
func Units(fsys fs.FS, files []string) []string {
	return Load(fsys, files, eval.Options{}).Units()
}

// Load finds the units among files, and what each calls. A configuration that others
// include is no unit.
func Load(fsys fs.FS, files []string, opt eval.Options) *Live {
	l := &Live{
		fsys: fsys, opt: opt, top: top(fsys),
		scopes: map[string]*eval.Scope{}, files: map[string]*file{}, configs: map[string]*config{}, units: map[string]*unit{},
		loading: true,
	}
	included := map[string]bool{}
	var found []*config
	for _, name := range slices.Sorted(slices.Values(files)) {
		switch path.Base(name) {
		case StackFileName:
			l.note("unsupported", graph.Source{File: name}, "run terragrunt stack generate and scan what it makes",
				"units that a stack file generates are not read")
		case FileName:
			c := l.config(name, path.Dir(name), nil)
			if c == nil {
				continue
			}
			for _, i := range c.includes {
				included[i.path] = true
			}
			found = append(found, c)
		}
	}
	for _, c := range found {
		if !included[c.file.name] {
			l.add(c)
		}
	}
	l.loading = false
	for _, c := range l.configs {
		c.locals, c.deps = map[string]*memo{}, map[string]*memo{} // they may rest on outputs
	}
	return l
}

// add makes a unit of a configuration, unless it only holds settings that others read,
// or stands for units that something else generates.
func (l *Live) add(c *config) *unit {
	u := &unit{dir: c.dir, config: c, needs: map[string]bool{}}
	if u.source = c.moduleSource(); u.source.text == "" && !l.hasConfiguration(u.dir) {
		return nil
	}
	l.units[u.dir] = u
	return u
}

// Unit evaluates the unit in dir alone, with those that it depends on wherever they lie
// in the file system; nil where there is no unit.
func Unit(fsys fs.FS, dir string, opt eval.Options) *eval.Result {
	l := Load(fsys, []string{path.Join(dir, FileName)}, opt)
	l.follow = true
	u := l.units[path.Clean(dir)]
	if u == nil {
		return nil
	}
	r := l.run(u, "")
	r.Notes = append(r.Notes, l.Notes()...)
	return r
}

// scope evaluates what is written relative to a directory.
func (l *Live) scope(dir string) *eval.Scope {
	s := l.scopes[dir]
	if s == nil {
		s = eval.NewScope(l.fsys, dir, l.top)
		l.scopes[dir] = s
	}
	return s
}

// hasConfiguration reports whether Terraform files lie in a directory.
func (l *Live) hasConfiguration(dir string) bool {
	entries, err := fs.ReadDir(l.fsys, dir)
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() && eval.IsConfig(e.Name()) })
}

// Units returns the directories of the units, sorted.
func (l *Live) Units() []string { return slices.Sorted(maps.Keys(l.units)) }

// Modules returns the directories of the modules that units name, sorted. They are
// called, and so no roots of their own.
func (l *Live) Modules() []string {
	dirs := map[string]bool{}
	for _, u := range l.units {
		if u.source.dir != "" {
			dirs[u.source.dir] = true
		}
	}
	return slices.Sorted(maps.Keys(dirs))
}

// Notes are what could not be understood beside the units' own notes, sorted.
func (l *Live) Notes() []graph.Note {
	g := graph.Graph{Notes: slices.Clone(l.notes)}
	g.Sort()
	return g.Notes
}

func (l *Live) note(code string, at graph.Source, next, message string) {
	l.notes = append(l.notes, graph.Note{Code: code, Source: at, Message: message, Next: next})
}

// Results evaluates all units. Those that depend on each other are one result, with
// addresses that begin with a unit's directory and a colon; its Dir is the directory
// around them, and its Roots name them. Any other unit is a result of its own, with the unit's directory as Dir. Results are sorted by
// their first unit.
func (l *Live) Results() []*eval.Result {
	dirs := l.Units()
	for _, dir := range dirs {
		l.units[dir].settle()
	}
	var out []*eval.Result
	for _, group := range l.groups(dirs) {
		if len(group) == 1 {
			out = append(out, l.run(l.units[group[0]], ""))
		} else {
			out = append(out, l.join(group))
		}
	}
	return out
}

// groups parts units into sets that depend on each other, directly or not.
func (l *Live) groups(dirs []string) [][]string {
	leader := map[string]string{}
	var find func(dir string) string
	find = func(dir string) string {
		if up, ok := leader[dir]; ok && up != dir {
			return find(up)
		}
		return dir
	}
	for _, dir := range dirs {
		for need := range l.units[dir].needs {
			a, b := find(dir), find(need)
			leader[max(a, b)] = min(a, b)
		}
	}
	members := map[string][]string{}
	for _, dir := range dirs {
		members[find(dir)] = append(members[find(dir)], dir)
	}
	var out [][]string
	for _, first := range slices.Sorted(maps.Keys(members)) {
		out = append(out, members[first])
	}
	return out
}

// Prefix is what leads the addresses of a unit within a joined result.
func Prefix(dir string) string { return dir + ":" }

func (l *Live) join(group []string) *eval.Result {
	results := make([]*eval.Result, len(group))
	for i, dir := range group {
		results[i] = l.evaluate(l.units[dir])
	}
	return eval.Join(group, group, results)
}

func (l *Live) evaluate(u *unit) *eval.Result {
	if u.result == nil {
		u.result = l.run(u, Prefix(u.dir))
	}
	return u.result
}

// settle evaluates what the module is given. That evaluates the units that it depends
// on, and so tells which they are.
func (u *unit) settle() {
	if u.inputs != nil || u.busy {
		return
	}
	u.busy = true
	u.config.unit = u
	u.inputs = u.config.inputs()
	u.varFiles = u.config.varFiles()
	u.generated = u.config.generated(cmp.Or(u.source.dir, u.dir))
	u.busy = false
}

// run evaluates a unit's module.
func (l *Live) run(u *unit, prefix string) *eval.Result {
	u.settle()
	var r *eval.Result
	if u.source.text != "" && u.source.dir == "" {
		r = l.missing(u, prefix)
	} else {
		opt := l.opt
		opt.Prefix, opt.Inputs = prefix, map[string]cty.Value{}
		for name, v := range u.inputs {
			opt.Inputs[name] = v.V
		}
		opt.Args = nil
		for _, name := range u.varFiles {
			opt.Args = append(opt.Args, eval.Arg{File: name})
		}
		opt.Args = append(opt.Args, l.opt.Args...)
		dir := cmp.Or(u.source.dir, u.dir)
		r = eval.Root(withFiles(l.fsys, u.generated), dir, opt)
		relocate(r, u.generated)
	}
	r.Dir = u.dir
	r.Files++
	r.Notes = append(r.Notes, u.config.allNotes()...)
	g := graph.Graph{Notes: r.Notes}
	g.Sort()
	r.Notes = slices.CompactFunc(g.Notes, func(a, b graph.Note) bool { return a == b })
	return r
}

// missing is a unit whose module is not in the tree: it stands for itself, with the
// inputs as its attributes.
func (l *Live) missing(u *unit, prefix string) *eval.Result {
	name := path.Base(u.dir)
	source, version := u.source.registry()
	module := &eval.Resource{
		Address: prefix + "module." + name, Mode: eval.MissingModule, Type: "module", Name: name,
		ModuleSource: source, ModuleVersion: version, Source: u.source.at,
		Body: &eval.Block{Attrs: u.inputs, Source: u.source.at},
	}
	r := eval.NewResult(u.dir, []*eval.Resource{module})
	if len(u.generated) > 0 { // its providers say which account it is in
		beside := eval.Root(withFiles(nothing{}, u.generated), u.dir, eval.Options{})
		relocate(beside, u.generated)
		r.Providers = beside.Providers
	}
	r.Blocks = 1
	r.Notes = []graph.Note{{
		Code: "missing-module", Source: u.source.at, Address: module.Address,
		Message: "the module " + u.source.text + " is not here: it stands for itself",
		Next:    "scan a tree that holds it, and name it by a path in source",
	}}
	return r
}

// outputs are what a unit gives to others. Names are asked of a module that is not
// there, which has any.
func (l *Live) outputs(u *unit, names []string) map[string]cty.Value {
	r := l.evaluate(u)
	out := map[string]cty.Value{}
	for _, o := range r.Outputs {
		out[o.Name] = o.Value.Mark(eval.OutputRef(Prefix(u.dir), o.Name))
	}
	if len(r.Resources) == 1 && r.Resources[0].Mode == eval.MissingModule && u.source.dir == "" {
		for _, name := range names {
			out[name] = l.opt.Computed(r.Resources[0], name)
		}
	}
	return out
}

// top is the head of absolute paths: one step for the repository, and one for each
// directory between it and the file system's root, whose names can't be known.
func top(fsys fs.FS) string {
	up := "."
	for range 20 {
		if _, err := fs.Stat(fsys, path.Join(up, ".git")); err == nil {
			return "/repository" + strings.Repeat("/_", strings.Count(up, ".."))
		}
		up = path.Join(up, "..")
		if _, err := fs.Stat(fsys, up); err != nil {
			break
		}
	}
	return "/repository"
}
