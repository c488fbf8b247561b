package chart

import (
	"bytes"
	"fmt"
	"io/fs"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"

	"drawbridge/graph"
)

// Values are what is given to a chart, over its own. Within one, texts count over
// files, and pairs over both.
type Values struct {
	Files []string // names in the file system; what a later one says counts
	Texts []string // YAML, as of a file
	Set   []string // KEY=VALUE as of helm's --set
}

// Release is what a chart is rendered for. The zero value is what `helm template`
// takes: the name of the chart, the namespace "default", no values.
type Release struct {
	Name, Namespace string
	Values          []Values // those of a later one count over those of one before
}

// values returns the values as one tree. What cannot be read is left out with a note.
func (r Release) values(fsys fs.FS) (map[string]any, []graph.Note) {
	m := merging{fsys: fsys, all: map[string]any{}}
	for _, v := range r.Values {
		m.add(v)
	}
	return m.all, m.notes
}

type merging struct {
	fsys  fs.FS
	all   map[string]any
	notes []graph.Note
}

func (m *merging) add(v Values) {
	for _, file := range v.Files {
		content, err := readLimited(m.fsys, file)
		if err == nil {
			err = m.text(content)
		}
		if err != nil {
			m.notes = append(m.notes, graph.Note{
				Code: "parse-error", Source: graph.Source{File: file},
				Message: fmt.Sprintf("file of Helm values not read: %v", err), Next: "mend the file: charts were rendered without it",
			})
		}
	}
	for _, text := range v.Texts {
		if err := m.text([]byte(text)); err != nil {
			m.notes = append(m.notes, graph.Note{Code: "invalid-value", Message: fmt.Sprintf("Helm values not read: %v", err)})
		}
	}
	for _, pair := range v.Set {
		if err := strvals.ParseInto(pair, m.all); err != nil {
			m.notes = append(m.notes, graph.Note{
				Code: "invalid-value", Message: fmt.Sprintf("Helm value %q not set: %v", pair, err), Next: "write it as KEY=VALUE, as for helm's --set",
			})
		}
	}
}

func (m *merging) text(content []byte) error {
	own, err := loader.LoadValues(bytes.NewReader(content))
	if err != nil {
		return err
	}
	m.all = loader.MergeMaps(m.all, own)
	return nil
}
