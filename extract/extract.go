package extract

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"drawbridge/extract/kubernetes"
	"drawbridge/extract/terraform"
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
	Limits     Limits
	// LetPanic lets a panic of a reader through, for tests and fuzzing. Without it,
	// one costs what it was reading, and a note asks for a report.
	LetPanic bool
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

// Dir reads all that a tree holds: each Terraform root module, and the Kubernetes
// manifests together. What .gitignore files ignore is not looked for, but a module
// may still refer to it. The error is for what leaves nothing to read; all else
// that goes wrong is a note in the graph.
//
// Links to files are followed within the tree only. Links to directories are the
// file system's affair: use [Open], as [Scan] does, rather than [os.DirFS].
func Dir(fsys fs.FS, opt Options) (*graph.Graph, error) {
	return read(fsys, []string{"."}, opt)
}

// Scan reads directories and files of the operating system. Places in the result
// are told from the path if it is one directory, else from the innermost directory
// that holds all paths; Exclude goes by the same. Terraform modules may lie
// anywhere in the repository around it, see [Tree].
func Scan(paths []string, opt Options) (*graph.Graph, error) {
	base, starts, err := commonBase(paths)
	if err != nil {
		return nil, err
	}
	tree, err := Open(base)
	if err != nil {
		return nil, err
	}
	defer tree.Close() // opened for reading
	return read(tree, starts, opt)
}

// commonBase returns the directory to open for paths, and the slash-separated
// names of the paths in it, sorted.
func commonBase(paths []string) (base string, starts []string, err error) {
	if len(paths) == 0 {
		return "", nil, errors.New("no path to read")
	}
	var absolute []string
	for _, p := range paths {
		a, dir, err := locate(p)
		if err != nil {
			return "", nil, fmt.Errorf("read %s: %w", p, err)
		}
		absolute = append(absolute, a)
		if base == "" {
			base = dir
		}
		for !holds(base, dir) {
			base = filepath.Dir(base)
		}
		if base == filepath.Dir(base) && filepath.VolumeName(base) != filepath.VolumeName(dir) {
			return "", nil, fmt.Errorf("%s and %s lie on different volumes: scan them on their own", paths[0], p)
		}
	}
	for _, a := range absolute {
		name, err := filepath.Rel(base, a)
		if err != nil {
			return "", nil, err
		}
		starts = append(starts, filepath.ToSlash(name))
	}
	return base, sortedOnce(starts), nil
}

// locate returns the absolute path without links, and the directory: itself or
// the one around a file.
func locate(p string) (absolute, dir string, err error) {
	if absolute, err = filepath.Abs(p); err != nil {
		return "", "", err
	}
	if absolute, err = filepath.EvalSymlinks(absolute); err != nil {
		return "", "", err
	}
	info, err := os.Stat(absolute)
	if err != nil {
		return "", "", err
	}
	if info.IsDir() {
		return absolute, absolute, nil
	}
	return absolute, filepath.Dir(absolute), nil
}

// holds reports whether dir is base or lies below it; the root of a volume holds
// everything, for there is nothing above it to try.
func holds(base, dir string) bool {
	name, err := filepath.Rel(base, dir)
	return err == nil && filepath.IsLocal(name) || base == filepath.Dir(base)
}

// read walks from the starting points, has all that it found read, and merges.
func read(fsys fs.FS, starts []string, opt Options) (*graph.Graph, error) {
	found, err := walk(fsys, starts, opt)
	if err != nil {
		return nil, err
	}
	fsys = visible(fsys, starts, found, opt)
	graphs := inParallel(jobs(fsys, found, opt), opt.LetPanic)
	own := &graph.Graph{Notes: found.notes}
	if len(graphs) == 0 {
		own.Notes = append(own.Notes, graph.Note{
			Code: "nothing-found", Message: "there is no Terraform configuration and no Kubernetes manifest",
			Next: "check the path, and what .gitignore and --exclude leave out",
		})
	}
	return Merge(append(graphs, own)...), nil
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

// job is the reading of one part of the input, which can go on beside the others.
type job struct {
	name string // the root or the kind, for people
	at   graph.Source
	read func() *graph.Graph
}

func jobs(fsys fs.FS, found *found, opt Options) []job {
	var out []job
	for _, root := range terraform.Roots(fsys, found.terraform) {
		out = append(out, job{"the Terraform root " + root, graph.Source{File: root}, func() *graph.Graph {
			return terraform.Read(fsys, root, opt.Terraform)
		}})
	}
	if files := manifests(fsys, found.manifests); len(files) > 0 {
		out = append(out, job{"the Kubernetes manifests", graph.Source{}, func() *graph.Graph {
			return kubernetes.Read(fsys, files, opt.Kubernetes)
		}})
	}
	return out
}

// manifests returns the files that hold Kubernetes objects. What cannot be opened
// is among them: its reader says so.
func manifests(fsys fs.FS, files []string) []string {
	holds := make([]bool, len(files))
	forEach(len(files), func(i int) {
		content, err := fs.ReadFile(fsys, files[i])
		holds[i] = err != nil || kubernetes.Recognize(content)
	})
	var out []string
	for i, file := range files {
		if holds[i] {
			out = append(out, file)
		}
	}
	return out
}

// inParallel runs jobs on all cores and returns their graphs in the order of the jobs.
func inParallel(jobs []job, letPanic bool) []*graph.Graph {
	graphs := make([]*graph.Graph, len(jobs))
	forEach(len(jobs), func(i int) {
		if letPanic {
			graphs[i] = jobs[i].read()
		} else {
			graphs[i] = guarded(jobs[i])
		}
	})
	return graphs
}

// forEach calls f for each number below n, on all cores.
func forEach(n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

// guarded runs a job; a panic in it becomes a note.
func guarded(j job) (g *graph.Graph) {
	defer func() {
		if cause := recover(); cause != nil {
			g = &graph.Graph{Notes: []graph.Note{{
				Code: "internal-error", Source: j.at,
				Message: fmt.Sprintf("reading %s failed in %s: %v", j.name, panicPlace(), cause),
				Next:    "report this as a bug of drawbridge, with the files if you can share them",
			}}}
		}
	}()
	return j.read()
}

// panicPlace names the innermost function of this module that panicked, with its
// line. It is to be called from a deferred function.
func panicPlace() string {
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(0, pc)])
	panicked := false
	for {
		f, more := frames.Next()
		if panicked && strings.HasPrefix(f.Function, "drawbridge/") {
			return fmt.Sprintf("%s:%d", f.Function, f.Line)
		}
		panicked = panicked || f.Function == "runtime.gopanic"
		if !more {
			return "an unknown place"
		}
	}
}
