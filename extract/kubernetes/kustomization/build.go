package kustomization

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// Built is what a kustomization gives.
type Built struct {
	// Objects are in the order of kustomize. Each field has the place that it was
	// written in as far as its object was in a file; what a patch adds to it has the
	// place of what it is added to. A generated object has its kustomization's.
	Objects []*manifest.Object
	// Read are the files that went into it, sorted: they do not stand for themselves.
	Read []string
}

// Build builds the kustomization in a directory. What the tree does not hold is
// left out with a note; the error is that kustomize refuses it altogether.
func Build(fsys fs.FS, dir string, limits manifest.Limits) (Built, []graph.Note, error) {
	b := &build{fsys: fsys, dir: dir, limits: limits, origins: map[string][]*manifest.Object{}}
	tree := &files{fsys: fsys, local: b.local, read: map[string]bool{}}
	resources, err := b.run(tree)
	if err != nil {
		return Built{}, b.notes, err
	}
	var out Built
	for _, r := range resources.Resources() {
		o, err := b.object(r)
		if err != nil {
			b.note("parse-error", graph.Source{File: File(b.fsys, b.dir)}, fmt.Sprintf("an object of the kustomization cannot be read: %v", err), "")
			continue
		}
		out.Objects = append(out.Objects, o...)
	}
	out.Read = slices.Sorted(maps.Keys(tree.read))
	b.notes = slices.CompactFunc(b.notes, func(x, y graph.Note) bool { return x == y })
	return out, b.notes, nil
}

type build struct {
	fsys   fs.FS
	dir    string
	limits manifest.Limits
	notes  []graph.Note
	// origins are the objects of the files that resources come from.
	origins map[string][]*manifest.Object
}

func (b *build) note(code string, at graph.Source, message, next string) {
	n := graph.Note{Code: code, Source: at, Message: message, Next: next}
	if !slices.Contains(b.notes, n) { // a base of several overlays is read several times
		b.notes = append(b.notes, n)
	}
}

func (b *build) run(tree *files) (m resmap.ResMap, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("kustomize failed: %v", r)
		}
	}()
	k := krusty.MakeKustomizer(&krusty.Options{
		Reorder: krusty.ReorderOptionNone,
		// A file beside the kustomization's own directory is refused by kustomize
		// unless it is asked; here nothing outside of the tree is seen anyway.
		LoadRestrictions: types.LoadRestrictionsNone,
		PluginConfig:     types.DisabledPluginConfig(),
	})
	m, err = k.Run(tree, path.Join(top, b.dir))
	if err != nil {
		// Its paths are of the tree as kustomize sees it.
		err = errors.New(strings.ReplaceAll(strings.ReplaceAll(err.Error(), top+"/", ""), top, "."))
	}
	return m, err
}

// File returns the file that makes a directory a kustomization, the directory
// itself where there is none.
func File(fsys fs.FS, dir string) string {
	for _, name := range names {
		file := path.Join(dir, name)
		if _, err := fs.Stat(fsys, file); err == nil {
			return file
		}
	}
	return dir
}

// object makes objects with places of a resource: one, but for lists.
func (b *build) object(r *resource.Resource) ([]*manifest.Object, error) {
	origin, err := r.GetOrigin()
	if err != nil {
		return nil, err
	}
	if err := r.SetOrigin(nil); err != nil {
		return nil, err
	}
	content, err := r.AsYAML()
	if err != nil {
		return nil, err
	}
	file, generated := File(b.fsys, b.dir), true
	if origin != nil && origin.Path != "" {
		file, generated = path.Join(b.dir, origin.Path), false
	} else if origin != nil && origin.ConfiguredIn != "" {
		file = path.Join(b.dir, origin.ConfiguredIn)
	}
	objects, problems := manifest.Decode(file, content, b.limits)
	if len(problems) > 0 {
		return nil, errors.New(problems[0].Message)
	}
	for _, o := range objects {
		first := b.origin(file, r)
		if generated || first == nil {
			o.Place(file, func(int) int { return 0 })
			continue
		}
		o.Follow(first)
	}
	return objects, nil
}

// origin finds the object in its file that a resource was made of. kustomize does
// not tell which; it may have put a prefix and a suffix to the name, so that it is
// the one of the same kind with the longest name in the new name.
func (b *build) origin(file string, r *resource.Resource) *manifest.Object {
	objects, ok := b.origins[file]
	if !ok {
		if content, err := readLimited(b.fsys, file); err == nil {
			objects, _ = manifest.Decode(file, content, b.limits)
		}
		b.origins[file] = objects
	}
	gvk := r.GetGvk()
	var found *manifest.Object
	for _, o := range objects {
		if o.Kind != gvk.Kind || o.Group != gvk.Group || !strings.Contains(r.GetName(), o.Name) {
			continue
		}
		if found == nil || len(o.Name) > len(found.Name) {
			found = o
		}
	}
	return found
}
