package kubernetes

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"drawbridge/extract/kubernetes/chart"
	"drawbridge/extract/kubernetes/kustomization"
	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// sources tells the files that are manifests of their own from those that Helm
// or kustomize makes manifests of, and has these made. A chart and a kustomization
// are each a deployment of its own: see partition.
type sources struct {
	fsys   fs.FS
	opt    Options
	charts []string // directories of all charts, sub-charts and libraries included
	// taken are the files that went into a kustomization, or are no objects without it.
	taken   map[string]bool
	objects []*manifest.Object
	notes   []graph.Note
	// written finds the values of charts, by the template that prints them.
	written map[string]*chart.Written
	// unreadable counts what would have been an object and is not: by what it was.
	unreadable map[string]int
}

// IsSource tells by its name whether a file says how manifests are made: it makes
// a chart or a kustomization of its directory, whatever [Recognize] says of it.
func IsSource(file string) bool {
	return path.Base(file) == "Chart.yaml" || kustomization.IsFile(file)
}

func newSources(fsys fs.FS, opt Options) *sources {
	return &sources{fsys: fsys, opt: opt, taken: map[string]bool{}, unreadable: map[string]int{}, written: map[string]*chart.Written{}}
}

// render has all charts and kustomizations among the files rendered.
func render(fsys fs.FS, files []string, opt Options) *sources {
	s := newSources(fsys, opt)
	for _, f := range files {
		if path.Base(f) == "Chart.yaml" {
			s.charts = append(s.charts, path.Dir(f))
		}
	}
	deployments := s.deployments(files)
	charts := releases(chart.Find(fsys, files), s.charts, deployments)
	rendered := make([]renderedChart, len(charts))
	inParallel(len(charts), func(i int) { rendered[i] = s.chart(charts[i]) })
	for _, r := range rendered {
		s.add(r)
	}
	// One after the other: kustomize keeps what it learns of kinds for the whole program.
	for _, d := range releases(kustomization.Roots(fsys, files), kustomization.All(fsys, files), deployments) {
		s.kustomization(d)
	}
	s.unnamed(files)
	for _, dir := range kustomization.Unused(fsys, files) {
		s.unused(dir, files)
	}
	return s
}

// renderedChart is what one chart gives, to be added in the order of charts.
type renderedChart struct {
	objects  []*manifest.Object
	problems []placedProblem
	notes    []graph.Note
	written  *chart.Written
}

type placedProblem struct {
	manifest.Problem
	file string
}

func (s *sources) chart(d deployment) (out renderedChart) {
	d.release.Values = append(slices.Clip(d.release.Values), s.opt.Helm)
	templates, notes := chart.Render(s.fsys, d.dir, d.release)
	out.notes, out.written = notes, chart.NewWritten(s.fsys, d.release)
	for _, t := range templates {
		objects, problems := manifest.Decode(t.File, t.Content, s.opt.limits())
		for _, o := range objects {
			o.Place(t.File, t.Line)
			d.owns(o)
		}
		for _, p := range problems {
			p.Line = t.Line(p.Line)
			out.problems = append(out.problems, placedProblem{p, t.File})
		}
		out.objects = append(out.objects, objects...)
	}
	return out
}

func (s *sources) add(r renderedChart) {
	s.objects = append(s.objects, r.objects...)
	s.notes = append(s.notes, r.notes...)
	for _, o := range r.objects {
		if s.written[o.File] == nil {
			s.written[o.File] = r.written
		}
	}
	for _, n := range r.notes {
		if n.Code == "not-rendered" {
			s.unreadable["Helm template"]++
		}
	}
	for _, p := range r.problems {
		s.unreadable["(unreadable document)"]++
		s.notes = append(s.notes, graph.Note{
			Code: "parse-error", Source: graph.Source{File: p.file, Line: p.Line},
			Message: "document not read, as it is rendered: " + p.Message, Next: "mend the template, or give the values that it needs; the others were read",
		})
	}
}

// kustomization builds one. Where that fails its files are read as they stand,
// but for the patches.
func (s *sources) kustomization(d deployment) {
	dir := d.dir
	built, notes, err := kustomization.Build(s.fsys, dir, s.opt.limits())
	s.notes = append(s.notes, notes...)
	if err != nil {
		s.notes = append(s.notes, graph.Note{
			Code: "not-rendered", Source: graph.Source{File: kustomization.File(s.fsys, dir)},
			Message: fmt.Sprintf("kustomization not built, the manifests of its bases are read as they stand: %v", err),
			Next:    "mend it, or scan what `kustomize build` prints",
		})
		for _, patch := range kustomization.Patches(s.fsys, dir) {
			s.taken[patch] = true
		}
		return
	}
	for _, o := range built.Objects {
		d.owns(o)
	}
	s.objects = append(s.objects, built.Objects...)
	for _, file := range built.Read {
		s.taken[file] = true
	}
}

// unnamed leaves out what lies beside a kustomization that was built without it:
// it was taken out of use, or is a patch that is.
func (s *sources) unnamed(files []string) {
	built := map[string]bool{}
	for file := range s.taken {
		if kustomization.IsFile(file) {
			built[path.Dir(file)] = true
		}
	}
	for _, file := range files {
		if !built[path.Dir(file)] || !s.stands(file) {
			continue
		}
		if content, err := fs.ReadFile(s.fsys, file); err == nil && Recognize(content) {
			s.taken[file] = true
			s.notes = append(s.notes, graph.Note{
				Code: "not-rendered", Source: graph.Source{File: file},
				Message: "lies beside a kustomization that does not name it: not in the model",
				Next:    "name it there, or scan it on its own",
			})
		}
	}
}

// unused leaves out what lies in a component that no kustomization takes: an
// option that is not chosen.
func (s *sources) unused(dir string, files []string) {
	s.notes = append(s.notes, graph.Note{
		Code: "not-rendered", Source: graph.Source{File: kustomization.File(s.fsys, dir)},
		Message: "component that no kustomization takes: not in the model",
	})
	for _, file := range files {
		if below(dir, file) {
			s.taken[file] = true
		}
	}
}

// tellValues adds to the evidence of flows that a template's line gives the lines of the
// values that it prints.
func (s *sources) tellValues(g *graph.Graph) {
	for _, f := range g.Flows {
		for _, e := range slices.Clone(f.Evidence) {
			w := s.written[e.File]
			if w == nil {
				continue
			}
			for _, v := range w.At(e.File, e.Line) {
				f.Evidence = append(f.Evidence, graph.EvidenceAt(v.Source, e.Address, "value "+v.Name+" of the chart"))
			}
		}
	}
}

func below(dir, file string) bool {
	for d := path.Dir(file); ; d = path.Dir(d) {
		if d == dir {
			return true
		}
		if d == "." || d == "/" || d == path.Dir(d) {
			return false
		}
	}
}

// stands tells whether a file is a manifest of its own.
func (s *sources) stands(file string) bool {
	if IsSource(file) || s.taken[file] {
		return false
	}
	return !slices.ContainsFunc([]string{"templates", "crds", "charts", "files"}, func(folder string) bool {
		return chart.Within(s.charts, file, folder) != ""
	})
}
