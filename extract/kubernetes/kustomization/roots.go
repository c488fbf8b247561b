package kustomization

import (
	"io/fs"
	"path"
	"slices"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// Names are the file names that make a directory a kustomization.
var names = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// IsFile tells whether a file is a kustomization, by its name.
func IsFile(file string) bool { return slices.Contains(names, path.Base(file)) }

// Roots returns the directories of the kustomizations that are built for
// themselves: among files, those that are no component and that no other one
// takes as its base.
func Roots(fsys fs.FS, files []string) []string {
	var roots []string
	used := map[string]bool{}
	for _, file := range files {
		if !IsFile(file) {
			continue
		}
		dir := path.Dir(file)
		k, err := read(fsys, file)
		if err == nil && k.Kind == types.ComponentKind {
			used[dir] = true
		}
		for _, list := range [][]string{k.Resources, k.Bases, k.Components} {
			for _, name := range list {
				used[path.Join(dir, name)] = true
			}
		}
		roots = append(roots, dir)
	}
	slices.Sort(roots)
	roots = slices.Compact(roots)
	return slices.DeleteFunc(roots, func(dir string) bool { return used[dir] })
}

// read decodes as much of a kustomization as has the right types.
func read(fsys fs.FS, file string) (types.Kustomization, error) {
	var k types.Kustomization
	content, err := readLimited(fsys, file)
	if err == nil {
		err = yaml.Unmarshal(content, &k)
	}
	return k, err
}
