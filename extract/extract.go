package extract

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/kubernetes"
	"drawbridge/extract/terraform"
	"drawbridge/extract/terraform/plan"
	"drawbridge/graph"
)

// Options say what to read beside the files, and how much.
type Options struct {
	// Exclude are patterns of paths from the top of the tree, in the notation of
	// doublestar ("**/test/**"). What they match is not read, nor what lies below it,
	// not even where a file that is read refers to it.
	Exclude    []string
	Terraform  terraform.Options
	Kubernetes kubernetes.Options
	// Environments returns the sets of inputs of the Terraform root in a directory, each
	// of which gives a model; none for a root that has one set. Nil returns none.
	Environments func(fsys fs.FS, dir string) []terraform.Environment
	// Environment chooses the one that is read of each root that has environments.
	Environment string
	Limits      Limits
	// Noticed is told of the files that are read. Nil stands for nothing to notice.
	Noticed *Noticed
	// LetPanic lets a panic of a reader through, for tests and fuzzing. Without it,
	// one costs what it was reading, and a note asks for a report.
	LetPanic bool
	// Memory spares reading again what another reading has read, see [Memory].
	Memory *Memory
}

// Limits bound a walk; each that is hit is a note. Zero means the default.
type Limits struct {
	FileSize int64 // bytes of one file, default 8 MiB
	Files    int   // files of all kinds, default 200,000
	Depth    int   // directories within each other, default 100
}

func (l Limits) orDefault() Limits {
	if l.FileSize == 0 {
		l.FileSize = 8 << 20
	}
	if l.Files == 0 {
		l.Files = 200_000
	}
	if l.Depth == 0 {
		l.Depth = 100
	}
	return l
}

// Dir reads all that a tree holds: each Terraform root module, from a plan where one
// lies beside it, and the Kubernetes manifests together. What .gitignore files ignore is not looked for, but a module
// may still refer to it. The error is for what leaves nothing to read; all else
// that goes wrong is a note in the graph.
//
// Links to files are followed within the tree only. Links to directories are the
// file system's affair: use [Open], as [Scan] does, rather than [os.DirFS].
func Dir(fsys fs.FS, opt Options) (*graph.Graph, error) {
	return Read(fsys, []string{"."}, opt)
}

// Read is [Dir] for some files and directories of a tree: it walks from these, has
// all that it found read, and merges.
func Read(fsys fs.FS, starts []string, opt Options) (*graph.Graph, error) {
	found, err := walk(fsys, starts, opt)
	if err != nil {
		return nil, err
	}
	fsys = visible(fsys, starts, found, opt)
	own := &graph.Graph{Notes: found.notes}
	looking, files := look{FS: fsys, noticed: opt.Noticed}, fsys
	if opt.Memory == nil { // which sees for itself what is read
		looking.kept = &kept{FS: fsys, content: map[string][]byte{}, room: mostKept}
		files = looking.kept
	}
	list := jobs(fsys, looking, starts, found, opt, own)
	done := func() {}
	if opt.Memory != nil {
		opt.Memory.forOptions(opt)
		list, done = opt.Memory.recalling(fsys, list)
	}
	readings := inParallel(files, list, opt.LetPanic)
	done()
	graphs := make([]*graph.Graph, len(readings))
	for i, r := range readings {
		graphs[i] = r.Graph
	}
	if len(found.terraform) == 0 && len(graphs) == 0 {
		own.Notes = append(own.Notes, graph.Note{
			Code: "nothing-found", Message: "there is no Terraform configuration, plan or state, and no Kubernetes manifest",
			Next: "check the path, and what .gitignore and --exclude leave out",
		})
	}
	withoutRepeated(fsys, list, graphs)
	out := Merge(append(graphs, own)...)
	link(out, readings)
	nameApart(out)
	return out, nil
}

// visible hides from readers what they must not open: what is excluded, links
// that lead out, files that are too large, and the neighbours of a configuration
// file that was named alone.
func visible(fsys fs.FS, starts []string, found *found, opt Options) fs.FS {
	alone := map[string]bool{} // directories of which only named files are meant
	for _, start := range starts {
		if kindOf(start) == terraformFile && !slices.Contains(starts, path.Dir(start)) {
			alone[path.Dir(start)] = true
		}
	}
	if len(opt.Exclude)+len(found.hidden)+len(alone) == 0 {
		return fsys
	}
	return view{fsys, func(name string) bool {
		_, named := slices.BinarySearch(found.terraform, name)
		return found.hidden[name] || excluded(opt.Exclude, name) ||
			alone[path.Dir(name)] && kindOf(name) == terraformFile && !named
	}}
}

// jobs cuts the input into parts, by what it finds in looking. What goes wrong with that
// is noted in own.
func jobs(fsys fs.FS, looking look, starts []string, found *found, opt Options, own *graph.Graph) []job {
	if folder := opt.Terraform.Eval.Modules; folder != "" { // what is called from elsewhere is no root
		found.terraform = slices.DeleteFunc(found.terraform, func(name string) bool { return strings.HasPrefix(name, path.Clean(folder)+"/") })
	}
	manifests, records := sortOut(looking, found)
	layout := &terraform.Layout{}
	note := guarded("looking for Terraform roots", graph.Source{}, opt.LetPanic, func() {
		layout = terraform.Look(looking, found.terraform)
	})
	if note != nil {
		own.Notes = append(own.Notes, *note)
	}
	chosen := choose(records, starts, found.terraform, layout.Roots)
	own.Notes = append(own.Notes, chosen.notes...)
	var out []job
	beside := terraform.Beside{Units: slices.ContainsFunc(found.terraform, terraform.IsUnit)}
	for _, p := range chosen.plans {
		beside.Planned = append(beside.Planned, terraform.Root{Dir: path.Dir(p.file), Options: opt.Terraform})
	}
	for _, group := range linked(fsys, layout, chosen.roots, beside, opt, own) {
		names := group.Names()
		out = append(out, job{"the Terraform root " + strings.Join(names, ", "), graph.Source{File: names[0]}, group.Inputs(), func(fsys fs.FS) reading {
			g, loose := group.Read(fsys)
			return withCarried(fsys, opt.Kubernetes, loose, g)
		}})
	}
	if beside.Units {
		out = append(out, job{"the Terragrunt units", graph.Source{}, found.terraform, func(fsys fs.FS) reading {
			graphs, loose := terraform.ReadUnits(fsys, found.terraform, opt.Terraform)
			return withCarried(fsys, opt.Kubernetes, loose, graphs...)
		}})
	}
	for _, p := range chosen.plans {
		out = append(out, job{"the plan or state " + p.file, graph.Source{File: p.file}, []string{p.dir}, func(fsys fs.FS) reading {
			g, loose := terraform.ReadPlan(fsys, p.file, p.dir, opt.Terraform)
			return withCarried(fsys, opt.Kubernetes, loose, g)
		}})
	}
	if len(manifests) > 0 {
		out = append(out, job{manifestsJob, graph.Source{}, manifests, func(fsys fs.FS) reading {
			g, things := kubernetes.ReadNaming(fsys, manifests, opt.Kubernetes)
			return reading{Graph: g, things: things}
		}})
	}
	return out
}

// linked puts the roots together that read each other's states.
func linked(fsys fs.FS, layout *terraform.Layout, dirs []string, beside terraform.Beside, opt Options, own *graph.Graph) (groups []*terraform.Group) {
	var roots []terraform.Root
	for _, dir := range dirs {
		in := inEnvironments(fsys, dir, opt)
		if len(in) == 0 {
			own.Notes = append(own.Notes, graph.Note{
				Code: "configuration", Source: graph.Source{File: dir},
				Message: "not read: this root has no environment " + opt.Environment,
				Next:    "name one in .drawbridge.yaml",
			})
		}
		roots = append(roots, in...)
	}
	if note := guarded("linking Terraform roots", graph.Source{}, opt.LetPanic, func() { groups = terraform.Link(fsys, layout, roots, beside) }); note != nil {
		own.Notes = append(own.Notes, *note)
		for _, root := range roots { // each on its own
			groups = append(groups, terraform.Link(fsys, &terraform.Layout{}, []terraform.Root{root}, beside)...)
		}
	}
	return groups
}

// inEnvironments returns a root once for each of its environments that is to be read.
func inEnvironments(fsys fs.FS, dir string, opt Options) []terraform.Root {
	var environments []terraform.Environment
	if opt.Environments != nil {
		environments = opt.Environments(fsys, dir)
	}
	if len(environments) == 0 {
		return []terraform.Root{{Dir: dir, Options: opt.Terraform}}
	}
	var roots []terraform.Root
	for _, e := range environments {
		if opt.Environment == "" || e.Name == opt.Environment {
			roots = append(roots, terraform.Root{Dir: dir, Environment: e, Options: opt.Terraform})
		}
	}
	return roots
}

// sortOut tells by their content the files that hold Kubernetes objects from those
// that terraform wrote. What cannot be opened is a manifest: its reader says so.
func sortOut(fsys fs.FS, found *found) (manifests []string, records []record) {
	files := slices.Concat(found.manifests, found.plans)
	kinds, isManifest := make([]plan.Kind, len(files)), make([]bool, len(files))
	forEach(len(files), func(i int) {
		content, err := fs.ReadFile(fsys, files[i])
		if err == nil && path.Ext(files[i]) != ".yaml" && path.Ext(files[i]) != ".yml" {
			kinds[i] = plan.Recognize(content)
		}
		isManifest[i] = err != nil || kinds[i] == plan.Other && i < len(found.manifests) && (kubernetes.IsSource(files[i]) || kubernetes.Recognize(content))
	})
	for i, file := range files {
		switch {
		case kinds[i] != plan.Other:
			records = append(records, record{file, kinds[i]})
		case isManifest[i]:
			manifests = append(manifests, file)
		}
	}
	return manifests, records
}
