//lint:file-ignore SA1019 repositories still hold the fields that kustomize calls deprecated.

package kustomization

import (
	"io/fs"
	"path"
	"slices"
	"strings"

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
	all, used := survey(fsys, files)
	var out []string
	for _, k := range all {
		if !k.component && !used[k.dir] {
			out = append(out, k.dir)
		}
	}
	return out
}

// All returns the directories of all kustomizations among files that are no components.
func All(fsys fs.FS, files []string) []string {
	all, _ := survey(fsys, files)
	var out []string
	for _, k := range all {
		if !k.component {
			out = append(out, k.dir)
		}
	}
	return out
}

type surveyed struct {
	dir       string
	component bool
}

// survey lists the kustomizations among files, and the directories and files that they name.
func survey(fsys fs.FS, files []string) (all []surveyed, used map[string]bool) {
	used = map[string]bool{}
	for _, file := range files {
		if !IsFile(file) {
			continue
		}
		dir := path.Dir(file)
		k, _ := read(fsys, file) // what is wrong with it is told where it is built
		all = append(all, surveyed{dir, k.Kind == types.ComponentKind})
		for _, name := range slices.Concat(k.Resources, k.Bases, k.Components) {
			used[path.Join(dir, name)] = true
		}
	}
	slices.SortFunc(all, func(a, b surveyed) int { return strings.Compare(a.dir, b.dir) })
	return slices.CompactFunc(all, func(a, b surveyed) bool { return a.dir == b.dir }), used
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

// Unused returns the directories of the components among files that no other
// kustomization takes.
func Unused(fsys fs.FS, files []string) []string {
	all, used := survey(fsys, files)
	var out []string
	for _, k := range all {
		if k.component && !used[k.dir] {
			out = append(out, k.dir)
		}
	}
	return out
}

// Patches returns the files that a kustomization patches with: they look like
// objects and are none.
func Patches(fsys fs.FS, dir string) []string {
	var out []string
	for _, name := range names {
		k, err := read(fsys, path.Join(dir, name))
		if err != nil {
			continue
		}
		for _, p := range slices.Concat(k.Patches, k.PatchesJson6902) {
			if p.Path != "" {
				out = append(out, path.Join(dir, p.Path))
			}
		}
		for _, p := range k.PatchesStrategicMerge {
			out = append(out, path.Join(dir, string(p)))
		}
	}
	return out
}
