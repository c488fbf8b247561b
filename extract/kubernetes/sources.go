package kubernetes

import (
	"io/fs"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// sources knows which files are not manifests of their own: templates of Helm
// charts, kustomizations and the patches that they name.
type sources struct {
	fsys           fs.FS
	chart          map[string]bool // folder -> has a Chart.yaml
	templates      map[string]int  // chart -> template files seen
	kustomizations []kustomization
	patch          map[string]bool
	patches        []string // those seen, in the order of files
}

type kustomization struct {
	file string
	spec struct {
		Patches []struct {
			Path string `json:"path"`
		} `json:"patches"`
		PatchesStrategicMerge []string `json:"patchesStrategicMerge"`
		PatchesJSON6902       []struct {
			Path string `json:"path"`
		} `json:"patchesJson6902"`
	}
}

var kustomizationNames = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

func newSources(fsys fs.FS, files []string) *sources {
	s := &sources{fsys: fsys, chart: map[string]bool{}, templates: map[string]int{}, patch: map[string]bool{}}
	folders := map[string]bool{}
	for _, f := range files {
		for dir := path.Dir(f); !folders[dir]; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		if _, err := fs.Stat(fsys, path.Join(dir, "Chart.yaml")); err == nil {
			s.chart[dir] = true
		}
		for _, name := range kustomizationNames {
			s.kustomization(path.Join(dir, name))
		}
	}
	return s
}

func (s *sources) kustomization(file string) {
	info, err := fs.Stat(s.fsys, file)
	if err != nil || info.IsDir() || info.Size() > defaultFileSize {
		return
	}
	content, err := fs.ReadFile(s.fsys, file)
	if err != nil {
		return
	}
	k := kustomization{file: file}
	// What of it does not decode names no patches; the note says that it is not applied.
	_ = yaml.Unmarshal(content, &k.spec)
	s.kustomizations = append(s.kustomizations, k)
	dir := path.Dir(file)
	for _, p := range k.spec.Patches {
		s.patch[path.Join(dir, p.Path)] = true
	}
	for _, p := range k.spec.PatchesJSON6902 {
		s.patch[path.Join(dir, p.Path)] = true
	}
	for _, p := range k.spec.PatchesStrategicMerge {
		s.patch[path.Join(dir, p)] = true
	}
}

// part is what a file is to the tools that render manifests.
type part int

const (
	plain part = iota // nothing: it stands for itself
	kustomizationFile
	patchFile
	templateFile
)

func (s *sources) role(file string) part {
	switch _, ok := s.chartOf(file); {
	case slices.Contains(kustomizationNames, path.Base(file)):
		return kustomizationFile
	case s.patch[file]:
		return patchFile
	case ok:
		return templateFile
	}
	return plain
}

// seen remembers a file that is no manifest of its own, for the notes.
func (s *sources) seen(file string) {
	switch s.role(file) {
	case patchFile:
		s.patches = append(s.patches, file)
	case templateFile:
		chart, _ := s.chartOf(file)
		s.templates[chart]++
	}
}

// chartOf returns the chart that a file is a template of.
func (s *sources) chartOf(file string) (chart string, ok bool) {
	for dir := path.Dir(file); ; {
		parent := path.Dir(dir)
		if path.Base(dir) == "templates" && s.chart[parent] {
			return parent, true
		}
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

// charts lists the charts that hold templates of objects. A chart below another
// one's charts folder is rendered with it and is not told of on its own.
func (s *sources) charts() iter.Seq[string] {
	return func(yield func(string) bool) {
		for chart := range s.templates {
			if parent, _, ok := strings.Cut(chart, "/charts/"); ok && s.templates[parent] > 0 {
				continue
			}
			if !yield(chart) {
				return
			}
		}
	}
}
