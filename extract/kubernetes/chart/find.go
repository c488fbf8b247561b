package chart

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// metadataFile is what makes a directory a chart.
const metadataFile = "Chart.yaml"

// metadata is the part of Chart.yaml, or of the older requirements.yaml, that
// tells which other charts a chart is made of.
type metadata struct {
	Name         string       `json:"name"`
	Type         string       `json:"type"`
	Dependencies []dependency `json:"dependencies"`
}

type dependency struct {
	Name       string `json:"name"`
	Repository string `json:"repository"`
}

// local returns the directory that a dependency of the chart in dir lies in,
// as far as it lies in the same tree.
func (d dependency) local(dir string) (string, bool) {
	p, ok := strings.CutPrefix(d.Repository, "file://")
	if !ok || path.IsAbs(p) {
		return "", false
	}
	return path.Join(dir, p), true
}

// Find returns the directories of the charts that stand for themselves among
// files: no sub-chart of another, no library, and none that another chart of
// the tree names by a file:// dependency, for it is rendered with that one.
func Find(fsys fs.FS, files []string) []string {
	var dirs []string
	for _, f := range files {
		if path.Base(f) == metadataFile {
			dirs = append(dirs, path.Dir(f))
		}
	}
	slices.Sort(dirs)
	used := map[string]bool{}
	for _, dir := range dirs {
		m := readMetadata(fsys, dir)
		if m.Type == "library" || Within(dirs, dir, "charts") != "" {
			used[dir] = true
		}
		for _, d := range m.Dependencies {
			if local, ok := d.local(dir); ok && local != dir {
				used[local] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Compact(dirs), func(dir string) bool { return used[dir] })
}

// Within returns the chart among dirs in whose folder of the given name ("charts",
// "templates") a path lies, "" if there is none.
func Within(dirs []string, name, folder string) string {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		parent := path.Dir(dir)
		if path.Base(dir) == folder && slices.Contains(dirs, parent) {
			return parent
		}
		if parent == dir {
			return ""
		}
	}
}

// readMetadata reads what it can: that a file is broken is for the rendering to say.
func readMetadata(fsys fs.FS, dir string) (m metadata) {
	for _, name := range []string{metadataFile, "requirements.yaml"} {
		content, err := readLimited(fsys, path.Join(dir, name))
		if err != nil {
			continue
		}
		before := len(m.Dependencies)
		var own metadata
		if yaml.Unmarshal(content, &own) != nil {
			continue
		}
		if before == 0 {
			m.Dependencies = own.Dependencies
		}
		if name == metadataFile {
			m.Name, m.Type = own.Name, own.Type
		}
	}
	return m
}
