package kubernetes

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

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
	var objects []*manifest.Object
	for _, file := range files {
		objects = append(objects, r.file(file, sources)...)
	}
	r.notes(sources)
	clusters := r.table.partition(r.known(objects))
	for _, set := range clusters {
		c := newCluster(g, r.table, set, len(clusters) > 1)
		c.read()
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

// file decodes one file. Templates and patches are left to be told of once for all.
func (r *reader) file(file string, sources *sources) []*manifest.Object {
	limit := r.opt.FileSize
	if limit <= 0 {
		limit = defaultFileSize
	}
	info, err := fs.Stat(r.fsys, file)
	if err != nil {
		r.note("read-error", graph.Source{File: file}, fmt.Sprintf("cannot be read: %v", err), "")
		return nil
	}
	if info.Size() > limit {
		r.note("limit", graph.Source{File: file}, fmt.Sprintf("not read: larger than %d bytes", limit), "split the file")
		return nil
	}
	content, err := fs.ReadFile(r.fsys, file)
	if err != nil {
		r.note("read-error", graph.Source{File: file}, fmt.Sprintf("cannot be read: %v", err), "")
		return nil
	}
	if sources.take(file, content) || !Recognize(content) {
		return nil
	}
	objects, problems := manifest.Decode(file, content, manifest.Limits{Documents: r.opt.Documents, Depth: r.opt.Depth, Nodes: r.opt.Nodes})
	for _, p := range problems {
		code, next := "parse-error", "mend the document; the others of the file were read"
		if p.Limit {
			code, next = "limit", ""
		}
		r.note(code, graph.Source{File: file, Line: p.Line}, "document not read: "+p.Message, next)
		r.coverage.Read++
		r.unknown("(unreadable document)")
	}
	if len(objects)+len(problems) > 0 {
		r.coverage.Files++
	}
	r.coverage.Read += len(objects)
	return objects
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
