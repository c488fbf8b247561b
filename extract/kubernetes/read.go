package kubernetes

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"drawbridge/extract/carried"
	"drawbridge/extract/kubernetes/chart"
	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// Options bound what reading may cost. The zero value of a field means its default.
type Options struct {
	FileSize  int64 // bytes of one file, 8 MiB
	Documents int   // documents of one file, 10,000
	Depth     int   // nesting of one document, 100
	Nodes     int   // values of one document after its aliases are expanded, 1,000,000
	// Helm are the values that all charts are rendered with, over their own.
	Helm chart.Values
}

func (o Options) limits() manifest.Limits {
	return manifest.Limits{Documents: o.Documents, Depth: o.Depth, Nodes: o.Nodes}
}

const defaultFileSize = 8 << 20

// Recognize tells whether content can hold a Kubernetes object, at the cost of
// a byte search: real repositories hold much YAML that is none.
func Recognize(content []byte) bool {
	return bytes.Contains(content, []byte("apiVersion")) && bytes.Contains(content, []byte("kind"))
}

// Read turns the manifests among files, slash-separated paths below fsys, and what
// the charts and kustomizations among them make, into a graph. Files that hold none are left without a word. The result is the same
// for any order of files.
func Read(fsys fs.FS, files []string, opt Options) *graph.Graph {
	g, _ := ReadNaming(fsys, files, opt)
	return g
}

// ReadNaming is [Read] that returns, too, what the manifests name and roots of the same
// scan may make.
func ReadNaming(fsys fs.FS, files []string, opt Options) (*graph.Graph, []carried.Named) {
	var things []carried.Named
	g := &graph.Graph{}
	r := &reader{fsys: fsys, opt: opt, table: newTable(), g: g, coverage: graph.Coverage{Input: "kubernetes", UnknownTypes: map[string]int{}}}
	files = slices.Compact(slices.Sorted(slices.Values(files)))
	sources := render(fsys, files, opt)
	objects := r.rendered(sources)
	files = slices.DeleteFunc(files, func(f string) bool { return !sources.stands(f) })
	read := make([]contents, len(files))
	inParallel(len(files), func(i int) { read[i] = r.file(files[i]) })
	for i, c := range read {
		objects = append(objects, r.count(files[i], c)...)
	}
	clusters := r.table.partition(r.known(objects))
	built := builtImages(objects)
	var all []*cluster
	for _, set := range clusters {
		c := newCluster(g, r.table, set, len(clusters) > 1)
		c.built = built
		r.coverage.Ignored += c.read()
		things = append(things, c.things...)
		all = append(all, c)
	}
	tellIdle(all)
	r.coverage.Modelled = r.coverage.Read - r.coverage.Ignored - r.coverage.Unknown
	if len(r.coverage.UnknownTypes) == 0 {
		r.coverage.UnknownTypes = nil
	}
	if r.coverage.Read > 0 || r.coverage.Files > 0 {
		g.Coverage = append(g.Coverage, r.coverage)
	}
	sources.tellValues(g)
	unify(g)
	g.Notes = gather(g.Notes)
	g.Sort()
	return g, things
}

type reader struct {
	fsys     fs.FS
	opt      Options
	table    table
	g        *graph.Graph
	coverage graph.Coverage
}

func (r *reader) note(code string, at graph.Source, message, next string) {
	r.g.Notes = append(r.g.Notes, graph.Note{Code: code, Source: at, Message: message, Next: next})
}

// contents is what one file holds.
type contents struct {
	objects  []*manifest.Object
	problems []manifest.Problem
	failure  *graph.Note // why it was not read at all
}

// file decodes one file. It changes nothing but its result, so that files can be read at once.
func (r *reader) file(file string) contents {
	failed := func(code, message, next string) contents {
		return contents{failure: &graph.Note{Code: code, Source: graph.Source{File: file}, Message: message, Next: next}}
	}
	limit := cmp.Or(max(r.opt.FileSize, 0), defaultFileSize)
	info, err := fs.Stat(r.fsys, file)
	if err != nil {
		return failed("read-error", fmt.Sprintf("cannot be read: %v", err), "")
	}
	if info.Size() > limit {
		return failed("limit", fmt.Sprintf("not read: larger than %d bytes", limit), "split the file")
	}
	content, err := fs.ReadFile(r.fsys, file)
	if err != nil {
		return failed("read-error", fmt.Sprintf("cannot be read: %v", err), "")
	}
	if !Recognize(content) {
		return contents{}
	}
	objects, problems := manifest.Decode(file, content, r.opt.limits())
	return contents{objects: objects, problems: problems}
}

// count adds a file to the coverage, notes its troubles and returns its objects.
func (r *reader) count(file string, c contents) []*manifest.Object {
	if c.failure != nil {
		r.g.Notes = append(r.g.Notes, *c.failure)
		return nil
	}
	for _, p := range c.problems {
		code, next := "parse-error", "mend the document; the others of the file were read"
		if p.Limit {
			code, next = "limit", ""
		}
		r.note(code, graph.Source{File: file, Line: p.Line}, "document not read: "+p.Message, next)
		r.coverage.Read++
		r.unknown("(unreadable document)")
	}
	if len(c.objects)+len(c.problems) > 0 {
		r.coverage.Files++
	}
	r.coverage.Read += len(c.objects)
	return c.objects
}

// inParallel calls f for each number below n, on all cores.
func inParallel(n int, f func(i int)) {
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

func (r *reader) unknown(kind string) {
	r.coverage.Unknown++
	r.coverage.UnknownTypes[kind]++
}

// rendered adds what charts and kustomizations gave to the coverage and the notes,
// and returns the objects.
func (r *reader) rendered(s *sources) []*manifest.Object {
	r.g.Notes = append(r.g.Notes, s.notes...)
	files := map[string]bool{}
	for _, o := range s.objects {
		files[o.File] = true
	}
	r.coverage.Files += len(files)
	r.coverage.Read += len(s.objects)
	for what, n := range s.unreadable {
		r.coverage.Read += n
		r.coverage.Unknown += n
		r.coverage.UnknownTypes[what] += n
	}
	return s.objects
}

// known drops the objects whose kind has no row or is ignored, and counts them.
func (r *reader) known(objects []*manifest.Object) []*manifest.Object {
	first := map[string]graph.Note{}
	count := map[string]int{}
	var out []*manifest.Object
	for _, o := range objects {
		row, ok := r.table.lookup(o)
		switch {
		case !ok:
			id := o.GroupKind().String()
			r.unknown(id)
			if count[id]++; count[id] == 1 {
				first[id] = graph.Note{Code: "unknown-kind", Source: graph.Source{File: o.File, Line: o.Line("kind")}, Address: address(o)}
			}
		case row.ignored(), isTest(o), row.template != nil && o.Has("spec", "workloadRef"): // a Rollout of another's pods
			r.coverage.Ignored++
		case row.isPatch(o):
			r.note("incomplete", at(o), fmt.Sprintf("no container of %s %s has an image: taken for a patch of another, not in the model", o.Kind, o.Name), "")
			r.unknown("(patch)")
		default:
			o.Namespace = cmp.Or(o.Namespace, "default") // where kubectl puts what names none
			if row.clusterWide {
				o.Namespace = ""
			}
			out = append(out, o)
		}
	}
	for id, n := range first {
		n.Message = fmt.Sprintf("the kind %s is not known: %d of its objects are not in the model", id, count[id])
		if count[id] == 1 {
			n.Message = fmt.Sprintf("the kind %s is not known: its object is not in the model", id)
		}
		r.g.Notes = append(r.g.Notes, n)
	}
	return out
}

// isTest tells whether an object runs only while a release is tested.
func isTest(o *manifest.Object) bool {
	for hook := range strings.SplitSeq(o.Annotations["helm.sh/hook"], ",") {
		if strings.HasPrefix(strings.TrimSpace(hook), "test") {
			return true
		}
	}
	return false
}

// unify joins the components that several clusters share.
func unify(g *graph.Graph) {
	seen := map[string]bool{}
	g.Components = slices.DeleteFunc(g.Components, func(c *graph.Component) bool {
		again := seen[c.ID]
		seen[c.ID] = true
		return again
	})
}
