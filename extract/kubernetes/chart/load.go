package chart

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	helm "helm.sh/helm/v4/pkg/chart/v2"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/ignore"
	"sigs.k8s.io/yaml"

	"drawbridge/graph"
)

// What a chart may cost to read.
const (
	maxFile  = 8 << 20  // bytes of one file
	maxChart = 64 << 20 // bytes of all files of a chart, those of its sub-charts included
	maxDepth = 10       // sub-charts within each other
)

var errTooLarge = errors.New("the chart's files are too large")

// loading puts the files of a chart and its sub-charts into the form that Helm
// loads from memory, in which a sub-chart's names begin with "charts/".
type loading struct {
	fsys  fs.FS
	files []*archive.BufferedFile
	trace *trace
	notes []graph.Note
	size  int
	// charts are the sub-charts that were added: the directory of the chart above, "."
	// for the outermost, and the name.
	charts map[string]bool
}

func (l *loading) note(code string, at graph.Source, message, next string) {
	l.notes = append(l.notes, graph.Note{Code: code, Source: at, Message: message, Next: next})
}

// load returns the chart in a directory with all sub-charts that are there.
func (l *loading) load(dir string) (*helm.Chart, error) {
	if err := l.directory(dir, "", nil); err != nil {
		return nil, err
	}
	// Helm groups sub-charts in a map; their order must not depend on it.
	c, err := loader.LoadFiles(l.files)
	if err != nil {
		return nil, err
	}
	order(c)
	return c, nil
}

func order(c *helm.Chart) {
	subs := slices.Clone(c.Dependencies())
	slices.SortStableFunc(subs, func(a, b *helm.Chart) int {
		if n := strings.Compare(a.Name(), b.Name()); n != 0 {
			return n
		}
		return strings.Compare(a.Metadata.Version, b.Metadata.Version)
	})
	c.SetDependencies(subs...)
	for _, sub := range subs {
		order(sub)
	}
}

// directory adds the chart in dir under a prefix. above are the directories of
// the charts that it is part of.
func (l *loading) directory(dir, prefix string, above []string) error {
	if len(above) > maxDepth || slices.Contains(above, dir) {
		l.note("limit", graph.Source{File: path.Join(dir, metadataFile)}, "chart not rendered as a part of itself", "")
		return nil
	}
	rules := ignore.Empty()
	if content, err := readLimited(l.fsys, path.Join(dir, ignore.HelmIgnore)); err == nil {
		if r, err := ignore.Parse(bytes.NewReader(content)); err == nil {
			rules = r
		}
	}
	rules.AddDefaults()
	if err := l.walk(dir, "", prefix, rules); err != nil {
		return err
	}
	return l.dependencies(dir, prefix, append(slices.Clone(above), dir))
}

func (l *loading) walk(dir, below, prefix string, rules *ignore.Rules) error {
	entries, err := fs.ReadDir(l.fsys, path.Join(dir, below))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(below, e.Name())
		info, err := e.Info()
		if err != nil || rules.Ignore(name, info) {
			continue // gone meanwhile, or not part of the chart
		}
		if e.IsDir() {
			if err := l.walk(dir, name, prefix, rules); err != nil {
				return err
			}
			continue
		}
		if err := l.file(path.Join(dir, name), prefix+name); err != nil {
			return err
		}
	}
	return nil
}

// file adds one file; an archive of a sub-chart is unpacked.
func (l *loading) file(file, name string) error {
	content, err := readLimited(l.fsys, file)
	if err != nil {
		l.note("read-error", graph.Source{File: file}, fmt.Sprintf("file of a chart not read: %v", err), "")
		return nil
	}
	if path.Base(path.Dir(name)) != "charts" || path.Ext(name) != ".tgz" {
		return l.add(name, content, origin{file: file})
	}
	packed, err := archive.LoadArchiveFiles(bytes.NewReader(content))
	if err != nil {
		l.note("parse-error", graph.Source{File: file}, fmt.Sprintf("archive of a chart not read: %v", err), "")
		return nil
	}
	for _, f := range packed {
		unpacked := strings.TrimSuffix(name, ".tgz") + "/" + f.Name
		if err := l.add(unpacked, f.Data, origin{file: file, packed: true}); err != nil {
			return err
		}
	}
	return nil
}

func (l *loading) add(name string, content []byte, from origin) error {
	if l.size += len(content); l.size > maxChart {
		return errTooLarge
	}
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	switch in, part := withinChart(name); {
	case in == metadataFile && name != in:
		var m metadata
		_ = yaml.Unmarshal(content, &m) // Helm says what is wrong with it
		l.charts[path.Dir(path.Dir(path.Dir(name)))+"/"+m.Name] = true
	case part == "templates":
		marked, err := l.trace.mark(in, content, from)
		if err != nil {
			// One template that does not parse ends Helm's run: it is left out instead.
			l.failed(from, err)
			return nil
		}
		content = marked
	case part == "crds":
		l.trace.crds = append(l.trace.crds, Rendered{File: from.file, Content: content, packed: from.packed})
	}
	l.files = append(l.files, &archive.BufferedFile{Name: name, Data: content})
	return nil
}

// withinChart tells the name that a file has in the innermost of nested charts,
// and the first element of it.
func withinChart(name string) (in, part string) {
	for {
		rest, ok := strings.CutPrefix(name, "charts/")
		_, inner, deep := strings.Cut(rest, "/")
		if !ok || !deep {
			part, _, _ = strings.Cut(name, "/")
			return name, part
		}
		name = inner
	}
}

// dependencies adds the charts that the one in dir names by a path, as `helm
// dependency build` would put them into its charts folder. One that lies there
// already is the one that counts.
func (l *loading) dependencies(dir, prefix string, above []string) error {
	for i, d := range readMetadata(l.fsys, dir).Dependencies {
		local, ok := d.local(dir)
		if !ok || l.charts[path.Join(".", prefix)+"/"+d.Name] {
			continue
		}
		if _, err := fs.Stat(l.fsys, path.Join(local, metadataFile)); err != nil {
			continue // noted with those that lie elsewhere
		}
		if err := l.directory(local, fmt.Sprintf("%scharts/local-%d/", prefix, i), above); err != nil {
			return err
		}
	}
	return nil
}

func readLimited(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("larger than %d bytes", maxFile)
	}
	return fs.ReadFile(fsys, name)
}
