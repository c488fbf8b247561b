package kubernetes

import (
	"io/fs"
	"path"
	"slices"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/extract/kubernetes/netpol"
	"drawbridge/graph"
)

// Objects returns what package netpol is given for a directory: the manifests in it,
// and what its charts and kustomizations make. Objects and notes call the directory
// dir. Unlike [Read] it keeps what is there twice: netpol tells what contradicts itself.
// The error is for a directory that cannot be read at all.
func Objects(fsys fs.FS, dir string, opt Options) ([]*manifest.Object, []graph.Note, error) {
	files, notes, err := netpol.Files(fsys, dir)
	if err != nil {
		return nil, nil, err
	}
	s := render(fsys, files, opt)
	for _, n := range s.notes {
		n.File = path.Join(dir, n.File)
		notes = append(notes, n)
	}
	rendered := slices.DeleteFunc(s.objects, isTest)
	for _, o := range rendered {
		o.File = path.Join(dir, o.File)
	}
	objects, more := netpol.Decode(fsys, dir, slices.DeleteFunc(files, func(f string) bool { return !s.stands(f) }))
	return append(objects, rendered...), append(notes, more...), nil
}
