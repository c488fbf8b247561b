package netpol

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// extensions are those of files that can hold manifests.
var extensions = []string{".yaml", ".yml", ".json"}

// Load decodes the manifests below a directory, in the order of their names.
// Nothing is rendered. What could not be read is told in notes; the error is for a
// directory that cannot be read at all.
//
// Of a file with a document that does not parse, what comes after it is left out,
// as kubectl does: the cluster would not have it.
func Load(fsys fs.FS) ([]*manifest.Object, []graph.Note, error) {
	var objects []*manifest.Object
	var notes []graph.Note
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			notes = append(notes, graph.Note{Code: "read-error", Source: graph.Source{File: name}, Message: err.Error()})
			return nil
		case entry.IsDir() && name != "." && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.IsDir() || !slices.Contains(extensions, path.Ext(name)):
			return nil
		}
		content, err := fs.ReadFile(fsys, name)
		if err != nil {
			notes = append(notes, graph.Note{Code: "read-error", Source: graph.Source{File: name}, Message: err.Error()})
			return nil
		}
		found, problems := manifest.Decode(name, content, manifest.Limits{})
		end := len(content) // more than it has lines
		for _, p := range problems {
			message := "document not read: " + p.Message
			if !p.Limit && p.Line < end {
				end = p.Line
				message += "; nor is what comes after it in this file"
			}
			notes = append(notes, graph.Note{Code: "parse-error", Source: graph.Source{File: name, Line: p.Line}, Message: message})
		}
		objects = append(objects, slices.DeleteFunc(found, func(o *manifest.Object) bool { return o.Line() > end })...)
		return nil
	})
	return objects, notes, err
}
