package chart

import (
	"bytes"
	"fmt"
	"io/fs"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"

	"drawbridge/graph"
)

// Values are what a user gives to charts, over the charts' own.
type Values struct {
	Files []string // names in the file system; what a later one says counts
	Set   []string // KEY=VALUE as of helm's --set, over all files
}

// merged returns the values as one tree. A file or a pair that cannot be read is
// left out with a note.
func (v Values) merged(fsys fs.FS) (map[string]any, []graph.Note) {
	var notes []graph.Note
	all := map[string]any{}
	for _, file := range v.Files {
		content, err := readLimited(fsys, file)
		var own map[string]any
		if err == nil {
			own, err = loader.LoadValues(bytes.NewReader(content))
		}
		if err != nil {
			notes = append(notes, graph.Note{
				Code: "parse-error", Source: graph.Source{File: file},
				Message: fmt.Sprintf("file of Helm values not read: %v", err), Next: "mend the file: charts were rendered without it",
			})
			continue
		}
		all = loader.MergeMaps(all, own)
	}
	for _, pair := range v.Set {
		if err := strvals.ParseInto(pair, all); err != nil {
			notes = append(notes, graph.Note{
				Code: "invalid-value", Message: fmt.Sprintf("Helm value %q not set: %v", pair, err), Next: "write it as KEY=VALUE, as for helm's --set",
			})
		}
	}
	return all, notes
}
