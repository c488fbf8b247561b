package chart

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	helm "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"

	"drawbridge/graph"
)

// kubeVersion is that of the cluster that charts are rendered for.
const kubeVersion = "v1.34.0"

// Rendered is what one template of a chart, or one file of its crds folder, gives.
type Rendered struct {
	// File is the template, or the archive that holds it.
	File    string
	Content []byte

	packed bool
	lines  []int // of the template, for each line of Content; nil where they are the same
}

// Line returns the line of File that made a line of Content, from 1. It is 0
// where File is an archive, or what made the line is not known.
func (r *Rendered) Line(n int) int {
	switch {
	case r.packed || n < 1:
		return 0
	case r.lines == nil:
		return n
	case n > len(r.lines):
		return 0
	}
	return r.lines[n-1]
}

// Render renders the chart in a directory, and its sub-charts, as `helm template`
// does. What fails costs as little as can be, and a note: a template, a sub-chart,
// the chart. The result is sorted by File.
func Render(fsys fs.FS, dir string, release Release) ([]Rendered, []graph.Note) {
	user, notes := release.values(fsys)
	l := &loading{fsys: fsys, trace: &trace{}, charts: map[string]bool{}, notes: notes}
	r := &rendering{loading: l, release: release, at: graph.Source{File: path.Join(dir, metadataFile)}}
	c, err := l.load(dir)
	if err == nil {
		err = chartutil.ProcessDependencies(c, user)
	}
	if err != nil {
		l.note("not-rendered", r.at, fmt.Sprintf("Helm chart not rendered: %v", err), "mend the chart, or render it elsewhere and scan the result")
		return nil, l.notes
	}
	r.missing(c, r.at)
	out := r.render(c, user)
	out = append(out, l.trace.crds...)
	slices.SortStableFunc(out, func(a, b Rendered) int {
		return strings.Compare(a.File, b.File)
	})
	return out, l.notes
}

type rendering struct {
	*loading
	release Release
	at      graph.Source // the chart
}

// missing notes the sub-charts that are wanted and not there.
func (r *rendering) missing(c *helm.Chart, at graph.Source) {
	for _, d := range c.Metadata.Dependencies {
		there := slices.ContainsFunc(c.Dependencies(), func(sub *helm.Chart) bool { return sub.Name() == d.Name })
		if there {
			continue
		}
		from := d.Repository
		if from == "" {
			from = "its charts folder"
		}
		r.note("missing-chart", at, fmt.Sprintf("the chart %s, on which %s depends, is not there: what it would bring is not in the model (it comes from %s, version %s)", d.Name, c.Name(), from, d.Version),
			"run `helm dependency build` and scan again")
	}
	for _, sub := range c.Dependencies() {
		r.missing(sub, at)
	}
}

// render renders all templates together, as Helm does, and again without the one
// that failed until none does.
func (r *rendering) render(c *helm.Chart, user map[string]any) []Rendered {
	values, err := r.values(c, user)
	if err != nil {
		r.note("not-rendered", r.at, fmt.Sprintf("Helm chart not rendered: %v", err), "")
		return nil
	}
	late := &atomic.Bool{}
	timer := time.AfterFunc(maxTime, func() { late.Store(true) })
	defer timer.Stop()
	for range maxFailed {
		r.trace.inside, r.trace.budget = nil, &budget{late: late}
		texts, err := r.run(c, values, late)
		if err == nil {
			return r.collect(texts)
		}
		if limit := r.trace.budget.exhausted(); limit != nil {
			r.note("limit", r.at, fmt.Sprintf("Helm chart not rendered: %v", limit), "render it elsewhere and scan the result")
			return nil
		}
		if !r.withoutFailed(c, err) {
			r.note("not-rendered", r.at, fmt.Sprintf("Helm chart not rendered: %s", reason(err)), "")
			return nil
		}
	}
	r.note("limit", r.at, fmt.Sprintf("Helm chart not rendered: more than %d of its templates fail", maxFailed), "")
	return nil
}

// renderValues are what templates see: the values, the release, the cluster. The
// API versions are those of Kubernetes itself: which others a cluster has is not known.
func renderValues(c *helm.Chart, user map[string]any, r Release) (common.Values, error) {
	version, err := common.ParseKubeVersion(kubeVersion)
	if err != nil {
		return nil, err
	}
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *version
	release := common.ReleaseOptions{Name: cmp.Or(r.Name, c.Name()), Namespace: cmp.Or(r.Namespace, "default"), Revision: 1, IsInstall: true}
	return util.ToRenderValuesWithSchemaValidation(c, user, release, capabilities, true)
}

func (r *rendering) values(c *helm.Chart, user map[string]any) (common.Values, error) {
	values, err := renderValues(c, user, r.release)
	if err != nil {
		return nil, err
	}
	own, err := values.Table("Values")
	if err != nil {
		return nil, err
	}
	for _, v := range violations(c, own) {
		r.note("invalid-value", r.at, v, "helm would refuse to install it")
	}
	return values, nil
}

// run renders once. Where something in Go's template engine does not come to an
// end within the time, it is left behind.
func (r *rendering) run(c *helm.Chart, values common.Values, late *atomic.Bool) (map[string]string, error) {
	functions := functions()
	for name, f := range r.trace.functions() {
		functions[name] = f
	}
	type result struct {
		texts map[string]string
		err   error
	}
	done := make(chan result, 1)
	go func() {
		texts, err := engine.Engine{CustomTemplateFuncs: functions}.RenderWithContext(context.Background(), c, values)
		done <- result{texts, err}
	}()
	select {
	case res := <-done:
		return res.texts, res.err
	case <-time.After(maxTime + time.Second):
		late.Store(true)
		return nil, errors.New("it takes too long")
	}
}

// collect makes results of Helm's output, which it names by chart and template.
func (r *rendering) collect(texts map[string]string) []Rendered {
	var out []Rendered
	size := 0
	for _, text := range texts {
		size += len(text)
	}
	if size > maxOutput {
		r.note("limit", r.at, fmt.Sprintf("Helm chart not rendered: more than %d bytes of output", maxOutput), "render it elsewhere and scan the result")
		return nil
	}
	names := make([]string, 0, len(texts))
	for name := range texts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		content, n, lines := unmark(texts[name])
		if path.Base(name) == "NOTES.txt" || len(bytes.TrimSpace(content)) == 0 {
			continue
		}
		from := origin{file: r.at.File, packed: true}
		if n >= 0 && n < len(r.trace.origins) {
			from = r.trace.origins[n]
		}
		out = append(out, Rendered{File: from.file, packed: from.packed, Content: content, lines: lines})
	}
	return out
}

// withoutFailed takes the template that an error is about out of a chart, with a note.
func (r *rendering) withoutFailed(c *helm.Chart, err error) bool {
	if len(r.trace.inside) > 0 {
		n := r.trace.inside[0]
		r.failed(r.trace.origins[n], err)
		begin := beginning(n)
		return remove(c, func(_ string, f *common.File) bool { return bytes.HasPrefix(f.Data, begin) })
	}
	// It did not begin: it calls what there is not.
	m := place.FindStringSubmatch(err.Error())
	if m == nil {
		return false
	}
	return remove(c, func(name string, f *common.File) bool {
		if name != m[1] {
			return false
		}
		var n int
		if _, scanErr := fmt.Sscanf(string(f.Data), "{{"+enterFunc+" %d}}", &n); scanErr == nil && n < len(r.trace.origins) {
			r.failed(r.trace.origins[n], err)
		} else {
			r.failed(origin{file: r.at.File, packed: true}, err)
		}
		return true
	})
}

// remove takes templates out of a chart and its sub-charts.
func remove(c *helm.Chart, which func(name string, f *common.File) bool) (removed bool) {
	c.Templates = slices.DeleteFunc(slices.Clone(c.Templates), func(f *common.File) bool {
		gone := which(path.Join(c.ChartFullPath(), f.Name), f)
		removed = removed || gone
		return gone
	})
	for _, sub := range c.Dependencies() {
		removed = remove(sub, which) || removed
	}
	return removed
}

// place finds the template, the line and perhaps the column in an error of Go's
// template engine, with or without what Helm makes of it.
var place = regexp.MustCompile(`(?:^|[\s(])([^\s():]+):(\d+)(?::\d+)?`)

// failed notes that a template is not in the result.
func (l *loading) failed(from origin, err error) {
	at := graph.Source{File: from.file}
	if m := place.FindStringSubmatch(err.Error()); m != nil && !from.packed && strings.HasSuffix("/"+from.file, "/"+inChart(m[1])) {
		at.Line, _ = strconv.Atoi(m[2])
	}
	next := "mend the template; the others of the chart were read"
	if strings.Contains(err.Error(), "execution error at") {
		next = "give the values that it asks for with --helm-values or --set"
	}
	l.note("not-rendered", at, "template not rendered: "+reason(err), next)
}

// inChart cuts the names of the charts off the name that Helm gives to a template.
func inChart(name string) string {
	if i := strings.LastIndex(name, "templates/"); i >= 0 {
		return name[i:]
	}
	return name
}

var (
	// What goes before the cause in the errors of Go's template engine and of Helm.
	before = regexp.MustCompile(`(?s)^.*(?:error calling \w+: |execution error at \([^)]*\): |parse error at \([^)]*\): |>:\s)`)
	colon  = regexp.MustCompile(`^template: [^ ]+:\d+: `)
	spaces = regexp.MustCompile(`\s+`)
)

// reason is an error's cause in one line.
func reason(err error) string {
	s := before.ReplaceAllString(err.Error(), "")
	s = colon.ReplaceAllString(s, "")
	return strings.TrimSpace(spaces.ReplaceAllString(s, " "))
}
