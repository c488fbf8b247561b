//lint:file-ignore SA1019 repositories still hold the fields that kustomize calls deprecated.

package kustomization

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"drawbridge/graph"
)

// local returns a kustomization without what kustomize would fetch or run, or
// not find: it would fail as a whole, where the rest says much. Each thing left
// out is a note.
func (b *build) local(file string, content []byte) ([]byte, error) {
	var k types.Kustomization
	if err := yaml.Unmarshal(content, &k); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	modernize(&k)
	f := filter{build: b, file: file}
	f.paths("resource", &k.Resources)
	f.paths("component", &k.Components)
	f.paths("crd", &k.Crds)
	f.paths("configuration", &k.Configurations)
	f.patches(&k)
	for i := range k.ConfigMapGenerator {
		f.sources(&k.ConfigMapGenerator[i].KvPairSources)
	}
	for i := range k.SecretGenerator {
		f.sources(&k.SecretGenerator[i].KvPairSources)
	}
	k.Replacements = slices.DeleteFunc(k.Replacements, func(r types.ReplacementField) bool {
		return r.Path != "" && !f.there("replacement", r.Path)
	})
	f.charts(&k)
	f.plugins("generator", &k.Generators)
	f.plugins("transformer", &k.Transformers)
	k.Validators = nil // they change nothing
	// It would change what kustomize knows of all kinds, also for other kustomizations.
	k.OpenAPI = nil
	// Also in a base, where it says nothing: a kustomization must not be empty.
	k.BuildMetadata = []string{types.OriginAnnotations}
	return yaml.Marshal(k)
}

// modernize says with today's fields what is said with older ones, of which
// kustomize warns on standard error.
func modernize(k *types.Kustomization) {
	k.FixKustomization()
	k.Patches = append(k.Patches, k.PatchesJson6902...)
	k.PatchesJson6902 = nil
	for _, p := range k.PatchesStrategicMerge {
		patch := types.Patch{Path: string(p)}
		if strings.Contains(string(p), "\n") {
			patch = types.Patch{Patch: string(p)}
		}
		k.Patches = append(k.Patches, patch)
	}
	k.PatchesStrategicMerge = nil
	if len(k.CommonLabels) > 0 {
		k.Labels = append(k.Labels, types.Label{Pairs: k.CommonLabels, IncludeSelectors: true})
		k.CommonLabels = nil
	}
}

// filter goes through the names in one kustomization.
type filter struct {
	*build
	file string
}

func (f filter) leaveOut(what, name, why string) {
	f.note("missing-base", graph.Source{File: f.file}, fmt.Sprintf("the %s %q %s: what it would bring is not in the model", what, name, why),
		"build it with `kustomize build` and scan the result")
}

// there tells whether the tree holds what a name names; if not there is a note.
func (f filter) there(what, name string) bool {
	if isRemote(name) {
		f.leaveOut(what, name, "lies elsewhere")
		return false
	}
	if _, err := fs.Stat(f.fsys, path.Join(path.Dir(f.file), name)); err != nil {
		f.leaveOut(what, name, "is not there")
		return false
	}
	return true
}

// isRemote tells the names that kustomize takes for an address of a file or a
// repository. It takes more for local ones where they exist; this does not, for
// it must never fetch.
func isRemote(name string) bool {
	for _, s := range []string{":", "github.com", "git@", "?ref=", "?version=", "_git"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return path.IsAbs(name)
}

func (f filter) paths(what string, list *[]string) {
	*list = slices.DeleteFunc(*list, func(name string) bool { return !f.there(what, name) })
}

func (f filter) patches(k *types.Kustomization) {
	k.Patches = slices.DeleteFunc(k.Patches, func(p types.Patch) bool { return p.Path != "" && !f.there("patch", p.Path) })
}

// sources keeps the files of a generator that are there; others are mostly
// secrets that are not checked in.
func (f filter) sources(s *types.KvPairSources) {
	missing := func(name string) bool {
		if _, file, ok := strings.Cut(name, "="); ok {
			name = file
		}
		return !f.there("file of a generator", name)
	}
	s.FileSources = slices.DeleteFunc(s.FileSources, missing)
	s.EnvSources = slices.DeleteFunc(s.EnvSources, missing)
}

// charts are what kustomize would run the helm program for.
func (f filter) charts(k *types.Kustomization) {
	for _, c := range k.HelmCharts {
		f.leaveOut("Helm chart", c.Name, "is not rendered")
	}
	for _, c := range k.HelmChartInflationGenerator {
		f.leaveOut("Helm chart", c.ChartName, "is not rendered")
	}
	k.HelmCharts, k.HelmChartInflationGenerator, k.HelmGlobals = nil, nil, nil
}

// plugins keeps those that are configured in place or by one local file, and
// that name nothing to fetch.
func (f filter) plugins(what string, list *[]string) {
	*list = slices.DeleteFunc(*list, func(entry string) bool {
		text, name := entry, "(inline)"
		if !strings.Contains(entry, "\n") {
			if name = entry; !f.there(what, name) {
				return true
			}
			content, err := readLimited(f.fsys, path.Join(path.Dir(f.file), entry))
			if err != nil { // a directory
				f.leaveOut(what, name, "is not run")
				return true
			}
			text = string(content)
		}
		if strings.Contains(text, "://") || !strings.Contains(text, "apiVersion: builtin") {
			f.leaveOut(what, name, "is not run")
			return true
		}
		return false
	})
}
