package kubernetes

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"drawbridge/extract/carried"
	"drawbridge/extract/kubernetes/chart"
	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// deployment is one rendering of a chart or a kustomization.
type deployment struct {
	dir string
	// name tells it from others of the same directory, "" where nothing in the
	// input says how the directory is deployed.
	name    string
	release chart.Release
}

// owns makes an object one of the deployment.
func (d deployment) owns(o *manifest.Object) {
	o.Root = path.Join(d.dir, d.name)
	o.Anywhere = d.release.Namespace == "" && (o.Namespace == "" || o.Namespace == "default")
	o.Namespace = cmp.Or(o.Namespace, d.release.Namespace)
}

// releases returns how directories are rendered: those of all that the input
// deploys as it says, and of the roots the others once.
func releases(roots, all []string, deployments []deployment) (out []deployment) {
	deployed := map[string]bool{}
	for _, d := range deployments {
		if slices.Contains(all, d.dir) {
			deployed[d.dir] = true
			out = append(out, d)
		}
	}
	for _, dir := range roots {
		if !deployed[dir] {
			out = append(out, deployment{dir: dir})
		}
	}
	return out
}

// deployments finds what Argo CD and Flux are told to deploy from directories of the
// tree, whose paths they give from the repository's top. What they take from
// elsewhere is not here to be rendered.
func (s *sources) deployments(files []string) (out []deployment) {
	type deployer struct {
		object *manifest.Object
		read   func(*manifest.Object) []deployment
	}
	var found []deployer
	artifacts := map[string][]copied{} // by name
	for _, file := range files {
		if !s.stands(file) {
			continue
		}
		content, err := fs.ReadFile(s.fsys, file)
		if err != nil || !bytes.Contains(content, []byte("argoproj.io/")) && !bytes.Contains(content, []byte("fluxcd.io/")) {
			continue // it is told of where it is read
		}
		objects, _ := manifest.Decode(file, content, s.opt.limits())
		for _, o := range objects {
			if o.Group == "source.extensions.fluxcd.io" && o.Kind == "ArtifactGenerator" {
				addArtifacts(artifacts, o)
			}
			if read, ok := deployers()[o.GroupKind().String()]; ok {
				found = append(found, deployer{o, read})
			}
		}
	}
	for _, d := range found {
		o := d.object
		here := slices.DeleteFunc(fromArtifact(artifacts, o, d.read(o)), func(d deployment) bool { _, err := fs.Stat(s.fsys, d.dir); return err != nil })
		if len(here) == 0 && !(o.Kind == "HelmRelease" && len(d.read(o)) == 0) { // that one stands for itself
			s.notes = append(s.notes, graph.Note{
				Code: "missing-source", Source: at(o), Address: address(o),
				Message: fmt.Sprintf("what the %s %s deploys does not lie in the scanned tree: it is not in the model", o.Kind, o.Name),
				Next:    "scan the repository from its top, or what it deploys beside it",
			})
		}
		out = append(out, here...)
	}
	return out
}

// deployers are the kinds that have something deployed, by name and group.
func deployers() map[string]func(*manifest.Object) []deployment {
	return map[string]func(*manifest.Object) []deployment{
		"Application.argoproj.io":                   argoApplication,
		"Kustomization.kustomize.toolkit.fluxcd.io": fluxKustomization,
		"HelmRelease.helm.toolkit.fluxcd.io":        fluxRelease,
	}
}

// argoSource is the part of an Application's source that says what is rendered:
// https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml.
type argoSource struct {
	Path string `json:"path"`
	Helm struct {
		ReleaseName  string         `json:"releaseName"`
		ValueFiles   []string       `json:"valueFiles"`
		Values       string         `json:"values"`
		ValuesObject map[string]any `json:"valuesObject"`
		Parameters   []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"parameters"`
	} `json:"helm"`
}

func argoApplication(o *manifest.Object) (out []deployment) {
	var spec struct {
		Source      argoSource   `json:"source"`
		Sources     []argoSource `json:"sources"`
		Destination struct {
			Namespace string `json:"namespace"`
		} `json:"destination"`
	}
	_ = o.Decode(&spec, "spec") // what has the right type is enough to go by
	for _, src := range append(spec.Sources, spec.Source) {
		if src.Path == "" {
			continue
		}
		dir := path.Clean(src.Path)
		v := chart.Values{}
		for _, file := range src.Helm.ValueFiles {
			if !strings.HasPrefix(file, "$") && !strings.Contains(file, "://") { // of another repository
				v.Files = append(v.Files, inRepository(dir, file))
			}
		}
		v.Texts = texts(src.Helm.Values, src.Helm.ValuesObject)
		for _, p := range src.Helm.Parameters {
			v.Set = append(v.Set, fmt.Sprintf("%s=%s", p.Name, p.Value))
		}
		out = append(out, deployment{dir, o.Name, chart.Release{
			Name: cmp.Or(src.Helm.ReleaseName, o.Name), Namespace: spec.Destination.Namespace, Values: []chart.Values{v},
		}})
	}
	return out
}

// inRepository resolves a name that is given from a directory, or with a slash
// from the top of the repository.
func inRepository(dir, name string) string {
	if rest, ok := strings.CutPrefix(name, "/"); ok {
		return path.Clean(rest)
	}
	return path.Join(dir, name)
}

// texts are values that stand in a manifest, as YAML.
func texts(text string, tree map[string]any) (out []string) {
	if text != "" {
		out = append(out, text)
	}
	if len(tree) > 0 {
		if encoded, err := yaml.Marshal(tree); err == nil {
			out = append(out, string(encoded))
		}
	}
	return out
}

// copied is a folder of the tree that is copied into a folder of an artifact.
type copied struct{ from, to string }

// addArtifacts reads of what Flux makes artifacts that Kustomizations take as their source:
// https://fluxcd.io/flux/components/source/artifactgenerators/.
func addArtifacts(artifacts map[string][]copied, o *manifest.Object) {
	var list []struct {
		Name string `json:"name"`
		Copy []struct {
			From string `json:"from"`
			To   string `json:"to"`
		} `json:"copy"`
	}
	_ = o.Decode(&list, "spec", "artifacts")
	for _, a := range list {
		for _, c := range a.Copy {
			_, from, ok := strings.Cut(c.From, "/") // behind the alias of a source
			if ok && strings.HasPrefix(c.To, "@artifact/") {
				artifacts[a.Name] = append(artifacts[a.Name], copied{path.Clean(strings.TrimSuffix(from, "**")), path.Clean("." + strings.TrimPrefix(c.To, "@artifact"))})
			}
		}
	}
}

// fromArtifact leads the directories that a Kustomization names in an artifact to where
// they come from.
func fromArtifact(artifacts map[string][]copied, o *manifest.Object, list []deployment) []deployment {
	var source struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	}
	_ = o.Decode(&source, "spec", "sourceRef")
	if source.Kind != "ExternalArtifact" {
		return list
	}
	for i := range list {
		for _, c := range artifacts[source.Name] {
			if c.to == "." {
				list[i].dir = path.Join(c.from, list[i].dir)
				break
			}
			if rest, ok := strings.CutPrefix(list[i].dir+"/", c.to+"/"); ok {
				list[i].dir = path.Join(c.from, rest)
				break
			}
		}
	}
	return list
}

func fluxKustomization(o *manifest.Object) []deployment {
	var spec struct {
		Path            string `json:"path"`
		TargetNamespace string `json:"targetNamespace"`
	}
	_ = o.Decode(&spec, "spec")
	if spec.Path == "" {
		return nil
	}
	return []deployment{{inRepository(".", spec.Path), o.Name, chart.Release{Namespace: spec.TargetNamespace}}}
}

// fluxChart is the part of a HelmRelease that says what it installs, and where:
// https://fluxcd.io/flux/components/helm/helmreleases/#chart-template.
type fluxChart struct {
	ReleaseName     string `json:"releaseName"`
	TargetNamespace string `json:"targetNamespace"`
	Chart           struct {
		Spec struct {
			Chart       string   `json:"chart"`
			Version     string   `json:"version"`
			ValuesFiles []string `json:"valuesFiles"`
			SourceRef   struct {
				Name string `json:"name"`
			} `json:"sourceRef"`
		} `json:"spec"`
	} `json:"chart"`
	ChartRef struct {
		Name string `json:"name"`
	} `json:"chartRef"`
	Values map[string]any `json:"values"`
}

// inTree reports whether the chart is named by a path, which is one of a GitRepository; else it
// is taken from a repository of charts, which is elsewhere.
func (f *fluxChart) inTree() bool { return strings.Contains(f.Chart.Spec.Chart, "/") }

func fluxRelease(o *manifest.Object) []deployment {
	var spec fluxChart
	_ = o.Decode(&spec, "spec") // what has the right type is enough to go by
	if !spec.inTree() {
		return nil
	}
	v := chart.Values{Texts: texts("", spec.Values)}
	for _, file := range spec.Chart.Spec.ValuesFiles {
		v.Files = append(v.Files, inRepository(".", file))
	}
	return []deployment{{inRepository(".", spec.Chart.Spec.Chart), o.Name, chart.Release{
		Name: cmp.Or(spec.ReleaseName, o.Name), Namespace: cmp.Or(spec.TargetNamespace, o.Namespace), Values: []chart.Values{v},
	}}}
}

// readFluxRelease lets a release stand for itself whose chart is elsewhere.
func readFluxRelease(c *cluster, o *manifest.Object) {
	var spec fluxChart
	_ = o.Decode(&spec, "spec")
	if spec.inTree() {
		return
	}
	c.releases([]carried.Release{{
		Address: address(o), Name: cmp.Or(spec.ReleaseName, o.Name), Namespace: cmp.Or(spec.TargetNamespace, o.Namespace, "default"),
		Chart: cmp.Or(spec.Chart.Spec.Chart, spec.ChartRef.Name, o.Name), Version: spec.Chart.Spec.Version, Repository: spec.Chart.Spec.SourceRef.Name, Source: at(o),
	}})
}
