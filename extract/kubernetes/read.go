package kubernetes

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// Options bound what reading may cost. The zero value of a field means its default.
type Options struct {
	FileSize  int64 // bytes of one file, 8 MiB
	Documents int   // documents of one file, 10,000
	Depth     int   // nesting of one document, 100
	Nodes     int   // values of one document after its aliases are expanded, 1,000,000
}

const defaultFileSize = 8 << 20

// Recognize tells whether content can hold a Kubernetes object, at the cost of
// a byte search: real repositories hold much YAML that is none.
func Recognize(content []byte) bool {
	return bytes.Contains(content, []byte("apiVersion")) && bytes.Contains(content, []byte("kind"))
}

// Read turns the manifests among files, slash-separated paths below fsys, into
// a graph. Files that hold none are left without a word. The result is the same
// for any order of files.
func Read(fsys fs.FS, files []string, opt Options) *graph.Graph {
	g := &graph.Graph{}
	r := &reader{fsys: fsys, opt: opt, table: newTable(), g: g, coverage: graph.Coverage{Input: "kubernetes", UnknownTypes: map[string]int{}}}
	files = slices.Compact(slices.Sorted(slices.Values(files)))
	sources := newSources(fsys, files)
	read := make([]contents, len(files))
	inParallel(len(files), func(i int) { read[i] = r.file(files[i], sources) })
	var objects []*manifest.Object
	for i, c := range read {
		objects = append(objects, r.count(files[i], c, sources)...)
	}
	r.notes(sources)
	clusters := r.table.partition(r.known(objects))
	for _, set := range clusters {
		r.coverage.Ignored += newCluster(g, r.table, set, len(clusters) > 1).read()
	}
	r.coverage.Modelled = r.coverage.Read - r.coverage.Ignored - r.coverage.Unknown
	if len(r.coverage.UnknownTypes) == 0 {
		r.coverage.UnknownTypes = nil
	}
	if r.coverage.Read > 0 || r.coverage.Files > 0 {
		g.Coverage = append(g.Coverage, r.coverage)
	}
	unify(g)
	g.Sort()
	return g
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
	// rendered is true for a file that another tool makes manifests of, if it is about objects.
	rendered bool
}

// file decodes one file. It changes nothing but its result, so that files can be read at once.
func (r *reader) file(file string, sources *sources) contents {
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
	if sources.role(file) != plain {
		return contents{rendered: true}
	}
	objects, problems := manifest.Decode(file, content, manifest.Limits{Documents: r.opt.Documents, Depth: r.opt.Depth, Nodes: r.opt.Nodes})
	return contents{objects: objects, problems: problems}
}

// count adds a file to the coverage, notes its troubles and returns its objects.
func (r *reader) count(file string, c contents, sources *sources) []*manifest.Object {
	if c.failure != nil {
		r.g.Notes = append(r.g.Notes, *c.failure)
		return nil
	}
	if c.rendered {
		sources.seen(file)
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

// notes tells of what another tool would have to render first.
func (r *reader) notes(s *sources) {
	for _, chart := range slices.Sorted(s.charts()) {
		n := s.templates[chart]
		r.note("not-rendered", graph.Source{File: path.Join(chart, "Chart.yaml")},
			fmt.Sprintf("Helm chart not rendered: its %d templates are not in the model", n),
			"render it with `helm template` and scan the result")
		r.coverage.Read += n
		r.coverage.Unknown += n
		r.coverage.UnknownTypes["Helm template"] += n
	}
	for _, k := range s.kustomizations {
		r.note("not-rendered", graph.Source{File: k.file},
			"kustomization not applied: the plain manifests of its bases are read as they stand",
			"render it with `kustomize build` and scan the result")
	}
	for _, p := range s.patches {
		r.note("not-rendered", graph.Source{File: p}, "patch of a kustomization: not applied", "")
	}
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
		case row.ignored(), isTest(o):
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
