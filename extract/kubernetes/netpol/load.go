package netpol

import (
	"bytes"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// extensions are those of files that can hold manifests.
var extensions = []string{".yaml", ".yml", ".json"}

// Load decodes the manifests of a directory and those below, in the order of their
// names. Objects and notes call the directory dir. Nothing is rendered. What could not
// be read is told in notes; the error is for a directory that cannot be read at all.
func Load(fsys fs.FS, dir string) ([]*manifest.Object, []graph.Note, error) {
	files, notes, err := Files(fsys, dir)
	if err != nil {
		return nil, nil, err
	}
	objects, more := Decode(fsys, dir, files)
	return objects, append(notes, more...), nil
}

// Files lists the files of a directory and those below that can hold manifests, or say
// how they are made, sorted.
func Files(fsys fs.FS, dir string) (files []string, notes []graph.Note, err error) {
	err = fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			notes = append(notes, unreadable(path.Join(dir, name), err))
		case entry.IsDir() && name != "." && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case !entry.IsDir() && (slices.Contains(extensions, path.Ext(name)) || entry.Name() == "Kustomization"):
			files = append(files, name)
		}
		return nil
	})
	return files, notes, err
}

// Decode decodes the manifests in files. Of a file with a document that does not parse,
// what comes after it is left out, as kubectl does: the cluster would not have it.
func Decode(fsys fs.FS, dir string, files []string) (objects []*manifest.Object, notes []graph.Note) {
	read := make([]loaded, len(files))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range files {
		group.Go(func() error {
			read[i] = load(fsys, dir, name)
			return nil
		})
	}
	_ = group.Wait() // each error is a note
	for _, l := range read {
		objects = append(objects, l.objects...)
		notes = append(notes, l.notes...)
	}
	return objects, notes
}

// loaded is what one file holds.
type loaded struct {
	objects []*manifest.Object
	notes   []graph.Note
}

func load(fsys fs.FS, dir, name string) (out loaded) {
	content, err := fs.ReadFile(fsys, name)
	name = path.Join(dir, name)
	if err != nil {
		return loaded{notes: []graph.Note{unreadable(name, err)}}
	}
	if !bytes.Contains(content, []byte("apiVersion")) || !bytes.Contains(content, []byte("kind")) {
		return out // much YAML and JSON is about something else
	}
	objects, problems := manifest.Decode(name, content, manifest.Limits{})
	end := len(content) // more than it has lines
	for _, p := range problems {
		message := "document not read: " + p.Message
		if !p.Limit && p.Line < end {
			end = p.Line
			message += "; nor is what comes after it in this file"
		}
		out.notes = append(out.notes, graph.Note{Code: "parse-error", Source: graph.Source{File: name, Line: p.Line}, Message: message})
	}
	out.objects = slices.DeleteFunc(objects, func(o *manifest.Object) bool { return o.Line() > end })
	return out
}

func unreadable(name string, err error) graph.Note {
	return graph.Note{Code: "read-error", Source: graph.Source{File: name}, Message: err.Error()}
}
