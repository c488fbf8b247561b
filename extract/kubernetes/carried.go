package kubernetes

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	storagev1 "k8s.io/api/storage/v1"

	"drawbridge/extract/carried"
	"drawbridge/extract/kubernetes/chart"
	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// ReadCarried reads what a Terraform root puts into one cluster, as [Read] reads
// manifests. Charts are taken from fsys.
func ReadCarried(fsys fs.FS, in *carried.Cluster, opt Options) (*graph.Graph, []carried.Named) {
	g := &graph.Graph{}
	r := &reader{fsys: fsys, opt: opt, table: newTable(), g: g, coverage: graph.Coverage{Input: "kubernetes", UnknownTypes: map[string]int{}}}
	var objects []*manifest.Object
	for _, o := range in.Objects {
		objects = append(objects, r.build(o)...)
	}
	for _, t := range in.Texts {
		objects = append(objects, r.decodeText(t)...)
	}
	r.coverage.Read += len(objects)
	var elsewhere []carried.Release
	charts := newSources(fsys, opt)
	for _, release := range in.Releases {
		if release.Dir == "" {
			elsewhere = append(elsewhere, release)
			continue
		}
		charts.install(release)
	}
	objects = append(objects, r.rendered(charts)...)
	set := &objectSet{folder: in.ID, byID: map[objectID]*manifest.Object{}}
	set.add(in.ID, r.known(objects))
	c := newCluster(g, r.table, set, true)
	c.prefix, c.carried = in.ID+"/", in
	c.releases(elsewhere)
	c.hidden(in.Releases)
	r.coverage.Ignored += c.read()
	tellIdle([]*cluster{c})
	r.coverage.Modelled = r.coverage.Read - r.coverage.Ignored - r.coverage.Unknown
	if len(r.coverage.UnknownTypes) == 0 {
		r.coverage.UnknownTypes = nil
	}
	if r.coverage.Read > 0 {
		g.Coverage = append(g.Coverage, r.coverage)
	}
	charts.tellValues(g)
	tellReferences(g, in.Refs)
	g.Sort()
	return g, c.things
}

// apiTypes are the types whose fields tell how the attributes of a resource are spelled.
var apiTypes = map[string]reflect.Type{
	"CSIDriver":          reflect.TypeFor[storagev1.CSIDriver](),
	"ClusterRole":        reflect.TypeFor[rbacv1.ClusterRole](),
	"ClusterRoleBinding": reflect.TypeFor[rbacv1.ClusterRoleBinding](),
	"ConfigMap":          reflect.TypeFor[corev1.ConfigMap](),
	"CronJob":            reflect.TypeFor[batchv1.CronJob](),
	"DaemonSet":          reflect.TypeFor[appsv1.DaemonSet](),
	"Deployment":         reflect.TypeFor[appsv1.Deployment](),
	"EndpointSlice":      reflect.TypeFor[discoveryv1.EndpointSlice](),
	//lint:ignore SA1019 configurations hold it, deprecated or not
	"Endpoints":                      reflect.TypeFor[corev1.Endpoints](),
	"HorizontalPodAutoscaler":        reflect.TypeFor[autoscalingv2.HorizontalPodAutoscaler](),
	"Ingress":                        reflect.TypeFor[networkingv1.Ingress](),
	"IngressClass":                   reflect.TypeFor[networkingv1.IngressClass](),
	"Job":                            reflect.TypeFor[batchv1.Job](),
	"LimitRange":                     reflect.TypeFor[corev1.LimitRange](),
	"MutatingWebhookConfiguration":   reflect.TypeFor[admissionv1.MutatingWebhookConfiguration](),
	"Namespace":                      reflect.TypeFor[corev1.Namespace](),
	"NetworkPolicy":                  reflect.TypeFor[networkingv1.NetworkPolicy](),
	"PersistentVolume":               reflect.TypeFor[corev1.PersistentVolume](),
	"PersistentVolumeClaim":          reflect.TypeFor[corev1.PersistentVolumeClaim](),
	"Pod":                            reflect.TypeFor[corev1.Pod](),
	"PodDisruptionBudget":            reflect.TypeFor[policyv1.PodDisruptionBudget](),
	"ReplicationController":          reflect.TypeFor[corev1.ReplicationController](),
	"ResourceQuota":                  reflect.TypeFor[corev1.ResourceQuota](),
	"Role":                           reflect.TypeFor[rbacv1.Role](),
	"RoleBinding":                    reflect.TypeFor[rbacv1.RoleBinding](),
	"Secret":                         reflect.TypeFor[corev1.Secret](),
	"Service":                        reflect.TypeFor[corev1.Service](),
	"ServiceAccount":                 reflect.TypeFor[corev1.ServiceAccount](),
	"StatefulSet":                    reflect.TypeFor[appsv1.StatefulSet](),
	"StorageClass":                   reflect.TypeFor[storagev1.StorageClass](),
	"ValidatingWebhookConfiguration": reflect.TypeFor[admissionv1.ValidatingWebhookConfiguration](),
}

// build makes the object that a resource stands for.
func (r *reader) build(o carried.Object) []*manifest.Object {
	n := native(o.Body, nil)
	if !o.Native {
		n = spelled(o.Body, apiTypes[o.Kind])
		if o.Kind == "Secret" {
			rename(n, "data", "stringData") // the provider encodes it
		}
		front := []*yaml.Node{quoted("apiVersion", o.Source.Line), quoted(o.APIVersion, o.Source.Line), quoted("kind", o.Source.Line), quoted(o.Kind, o.Source.Line)}
		n.Content = append(front, n.Content...)
	}
	n.Line = o.Source.Line
	objects, problems := manifest.Build(o.Source.File, n, r.opt.limits())
	for _, p := range problems {
		r.note("limit", o.Source, o.Address+" not read: "+p.Message, "")
	}
	return objects
}

func quoted(s string, line int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Value: s, Style: yaml.DoubleQuotedStyle, Line: line}
}

func rename(n *yaml.Node, from, to string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == from {
			n.Content[i].Value = to
		}
	}
}

// native takes a value that is spelled as Kubernetes spells it. Where target is a
// string, so is the value; numbers in quotes are numbers where target wants none.
func native(n *carried.Node, target reflect.Type) *yaml.Node {
	out := &yaml.Node{Line: n.Line, LineComment: strings.Join(n.Marks, " ")}
	switch n.Kind {
	case carried.Map:
		out.Kind = yaml.MappingNode
		for _, f := range n.Fields {
			out.Content = append(out.Content, quoted(f.Name, cmp.Or(f.Value.Line, n.Line)), native(f.Value, elem(target)))
		}
	case carried.List:
		out.Kind = yaml.SequenceNode
		for _, item := range n.Items {
			out.Content = append(out.Content, native(item, elem(target)))
		}
	default:
		out.Kind, out.Value = yaml.ScalarNode, n.Text
		if target = value(target); n.Kind == carried.String && (target == nil || target.Kind() == reflect.String) {
			out.Style = yaml.DoubleQuotedStyle
		}
	}
	return out
}

// value removes pointers.
func value(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// elem is the type of the elements of a list or map, nil for anything else.
func elem(t reflect.Type) reflect.Type {
	if t = value(t); t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Map) {
		return t.Elem()
	}
	return nil
}

// spelled turns a body in the provider's spelling into the fields of an API type: names in
// snake case are those of the fields without regard to case, and a block that may be
// repeated has the singular of the field's name. What has no such field is the
// provider's own, and left out.
func spelled(n *carried.Node, t reflect.Type) *yaml.Node {
	t = value(t)
	if t == nil || t.Kind() != reflect.Struct || n.Kind != carried.Map {
		if t == nil && n.Kind == carried.Map {
			return guessed(n)
		}
		return native(n, t)
	}
	fields := jsonFields(t)
	if len(fields) == 0 { // a type that decodes itself
		return native(n, nil)
	}
	out := &yaml.Node{Kind: yaml.MappingNode, Line: n.Line}
	for _, f := range n.Fields {
		name, target, ok := fieldNamed(fields, f.Name)
		if !ok {
			continue
		}
		v := inForm(f.Value, target)
		if v != nil {
			out.Content = append(out.Content, quoted(name, cmp.Or(v.Line, n.Line)), v)
		}
	}
	return out
}

// inForm fits what may be a list of blocks to a field.
func inForm(n *carried.Node, target reflect.Type) *yaml.Node {
	t := value(target)
	if n.Kind != carried.List {
		return spelled(n, t)
	}
	if t.Kind() != reflect.Slice {
		if len(n.Items) == 0 {
			return nil
		}
		return spelled(n.Items[0], t) // a block that stands once
	}
	out := &yaml.Node{Kind: yaml.SequenceNode, Line: n.Line}
	for _, item := range n.Items {
		out.Content = append(out.Content, spelled(item, t.Elem()))
	}
	return out
}

// guessed spells the fields of a body of which no type is known.
func guessed(n *carried.Node) *yaml.Node {
	out := &yaml.Node{Kind: yaml.MappingNode, Line: n.Line}
	for _, f := range n.Fields {
		v := f.Value
		if f.Blocks && len(v.Items) == 1 {
			v = v.Items[0]
		}
		inner := native(v, nil)
		if v.Kind == carried.Map {
			inner = guessed(v)
		}
		out.Content = append(out.Content, quoted(camel(f.Name), cmp.Or(v.Line, n.Line)), inner)
	}
	return out
}

func camel(name string) string {
	words := strings.Split(name, "_")
	for i := 1; i < len(words); i++ {
		if words[i] != "" {
			words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
		}
	}
	return strings.Join(words, "")
}

// jsonFields are the fields of a type by their names in JSON without regard to case,
// those of embedded types included.
func jsonFields(t reflect.Type) map[string]reflect.StructField {
	out := map[string]reflect.StructField{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && (name == "" || strings.Contains(options, "inline")) {
			for k, inner := range jsonFields(value(f.Type)) {
				if _, ok := out[k]; !ok {
					out[k] = inner
				}
			}
		} else if name != "" && name != "-" {
			out[strings.ToLower(name)] = f
		}
	}
	return out
}

// fieldNamed finds the field that an attribute or block is named after.
func fieldNamed(fields map[string]reflect.StructField, name string) (string, reflect.Type, bool) {
	flat := strings.ReplaceAll(strings.ToLower(name), "_", "")
	for _, form := range []string{flat, flat + "s", flat + "es", strings.TrimSuffix(flat, "y") + "ies"} {
		if f, ok := fields[form]; ok {
			json, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			return json, f.Type, true
		}
	}
	return "", nil, false
}

// decodeText reads the objects of a text that a resource holds. All of it has the place of the resource.
func (r *reader) decodeText(t carried.Text) []*manifest.Object {
	objects, problems := manifest.Decode(t.Source.File, []byte(t.Content), r.opt.limits())
	for _, p := range problems {
		r.note("parse-error", t.Source, fmt.Sprintf("document of %s not read: %s", t.Address, p.Message), "mend the document; the others were read")
		r.coverage.Read++
		r.unknown("(unreadable document)")
	}
	for _, o := range objects {
		o.Place(t.Source.File, func(int) int { return t.Source.Line })
		o.Namespace = cmp.Or(t.Namespace, o.Namespace)
	}
	return objects
}

// install renders a chart of the tree.
func (s *sources) install(release carried.Release) {
	s.add(s.chart(deployment{dir: release.Dir, name: release.Name, release: chart.Release{
		Name: release.Name, Namespace: release.Namespace, Values: []chart.Values{{Texts: release.Texts, Set: release.Set}},
	}}))
}

// releases makes a component of each chart that is not there: what it brings is not known, but
// that it is there and what its values name is.
func (c *cluster) releases(all []carried.Release) {
	for _, release := range all {
		address := release.Namespace + "/HelmRelease/" + release.Name
		known := images[path.Base(release.Chart)]
		comp := graph.Component{
			ID: c.prefix + address, Kind: graph.Process, Name: release.Name, Label: "Helm release", Address: address,
			Technology: cmp.Or(known.technology, graph.TechContainer), Boundary: c.namespace(release.Namespace).ID, Source: release.Source,
		}
		if release.Address != address {
			comp.Parts = []string{release.Address}
		}
		if known.store {
			comp.Kind = graph.Store
		}
		where, pull := "", "helm pull "+release.Chart
		if release.Repository != "" {
			where = " of " + release.Repository
			if strings.Contains(release.Repository, "://") {
				pull += " --repo " + release.Repository
			}
		}
		if release.Version != "" {
			pull += " --version " + release.Version
		}
		c.g.Notes = append(c.g.Notes, graph.Note{
			Code: "missing-chart", Source: release.Source, Address: release.Address,
			Message: fmt.Sprintf("the chart %s%s is not in the scanned tree: the release stands for itself, what it brings is not in the model", release.Chart, where),
			Next:    "run `" + pull + " --untar` in the tree and let the release's chart be that folder",
		})
		from := c.add(comp)
		for _, use := range release.Uses {
			ref := c.carried.Refs[use.Word]
			evidence := graph.EvidenceAt(use.Source, release.Address, use.Name+" names "+ref.Address)
			if ref.Kind == graph.Identity {
				c.grant(graph.Grant{From: from.ID, To: ref.ID, How: "assume", Does: graph.AbilityAssume, Evidence: []graph.Evidence{evidence}})
				continue
			}
			c.use(from, ref, call{basis: graph.Referenced, evidence: []graph.Evidence{evidence}})
		}
	}
}

// hidden draws what a release's values name that are not known as a whole, where the
// chart makes one process only, which can only be the one that is given them.
func (c *cluster) hidden(all []carried.Release) {
	c.later(func() {
		for _, release := range all {
			var made []*workload
			for _, w := range c.workloads {
				if release.Dir != "" && w.object.Root == path.Join(release.Dir, release.Name) && w.component.Kind == graph.Process {
					made = append(made, w)
				}
			}
			if len(made) != 1 {
				continue
			}
			for _, use := range release.Hidden {
				ref := c.carried.Refs[use.Word]
				c.use(made[0].component, ref, call{basis: graph.Referenced, evidence: []graph.Evidence{
					graph.EvidenceAt(use.Source, release.Address, use.Name+", not known as a whole, derive from "+ref.Address),
				}})
			}
		}
	})
}

// use draws a flow to a component of the root that carries the objects.
func (c *cluster) use(from *graph.Component, ref carried.Ref, use call) {
	switch {
	case ref.ID == "" || ref.Kind == graph.Identity || ref.Technology == graph.TechCluster || ref.Technology == graph.TechServer || ref.Technology == graph.TechModule:
		return // what it runs on, or as
	}
	port := cmp.Or(use.port, ref.Port)
	if ref.Kind == graph.Store {
		port = cmp.Or(ref.Port, use.port) // what stands beside a computed host is computed, too
	}
	f := graph.Flow{
		From: from.ID, To: ref.ID, Protocol: cmp.Or(use.protocol, ref.Protocol), Port: port, Basis: use.basis,
		Encrypted: cmp.Or(use.encrypted, ref.Encrypted), Evidence: use.evidence,
	}
	if ref.Technology == graph.TechRegistry {
		f.Carries = "container image"
	}
	c.flow(f)
}

// referred lists what a text and its marks name, in the order of the words.
func (c *cluster) referred(s string, marks []string) []string {
	if c.carried == nil {
		return nil
	}
	out := slices.Clone(marks)
	for word, ref := range c.carried.Refs {
		if ref.ID != "" && containsWord(s, word) {
			out = append(out, word)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// containsWord tells whether a word stands in a text, not as a part of a longer one
// that begins or ends with a letter or digit right there.
func containsWord(s, word string) bool {
	for at := 0; ; {
		i := strings.Index(s[at:], word)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(word)
		if (start == 0 || !isAlnum(s[start-1])) && (end == len(s) || !isAlnum(s[end])) {
			return true
		}
		at = start + 1
	}
}

// followReferences draws the flows to the components of the carrying root that a text
// names, with the port that stands beside one where it is a host. It returns the
// mentions that lead elsewhere.
func (c *cluster) followReferences(w *workload, t text, found []mention) []mention {
	words := c.referred(t.value, t.marks)
	if len(words) == 0 {
		return found
	}
	for _, word := range words {
		use := call{basis: t.basis(), evidence: []graph.Evidence{
			graph.EvidenceAt(t.source, address(t.object), t.what+" names "+c.carried.Refs[word].Address+t.doubt),
		}}
		for _, m := range found {
			if containsWord(m.host, word) || len(words) == 1 && len(found) == 1 {
				use.port, use.protocol, use.encrypted = m.port, m.protocol, m.encrypted
			}
		}
		if ref := c.carried.Refs[word]; use.protocol == "http" || use.protocol == "https" || use.protocol == "tcp" {
			use.protocol = cmp.Or(ref.Protocol, use.protocol)
		}
		c.use(w.component, c.carried.Refs[word], use)
	}
	return slices.DeleteFunc(slices.Clone(found), func(m mention) bool {
		return isOutside(strings.ToLower(m.host)) || slices.ContainsFunc(words, func(word string) bool { return containsWord(m.host, word) })
	})
}

// linkImages draws where the images of a workload come from, where that is a registry
// of the carrying root, and leaves word of those that another root may make.
func (c *cluster) linkImages(w *workload) {
	for _, k := range w.containers() {
		path := slices.Concat(k.path, []any{"image"})
		words := c.referred(k.Image, w.object.Marks(path...))
		if n, ok := registryOf(k.Image); ok && len(words) == 0 {
			c.nameThing(w.component, n, call{
				protocol: "https", port: 443, encrypted: graph.Yes, basis: graph.Referenced,
				evidence: []graph.Evidence{w.because("image of container "+k.Name+" comes from there", path...)},
			})
		}
		for _, word := range words {
			ref := c.carried.Refs[word]
			if ref.Technology == graph.TechRegistry {
				c.use(w.component, ref, call{basis: graph.Referenced, evidence: []graph.Evidence{w.because("image of container "+k.Name+" comes from "+ref.Address, path...)}})
			}
		}
	}
}

// tellReferences writes the addresses of what words stand for where people read of them.
func tellReferences(g *graph.Graph, refs map[string]carried.Ref) {
	var pairs []string
	for _, word := range slices.SortedFunc(maps.Keys(refs), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
	}) {
		pairs = append(pairs, word, refs[word].Address)
	}
	if len(pairs) == 0 {
		return
	}
	tell := strings.NewReplacer(pairs...)
	evidence := func(list []graph.Evidence) {
		for i := range list {
			list[i].Why = tell.Replace(list[i].Why)
		}
	}
	for _, c := range g.Components {
		for k, v := range c.Attributes {
			c.Attributes[k] = tell.Replace(v)
		}
	}
	for _, f := range g.Flows {
		evidence(f.Evidence)
	}
	for _, r := range g.Grants {
		evidence(r.Evidence)
	}
	for i := range g.Notes {
		g.Notes[i].Message = tell.Replace(g.Notes[i].Message)
		g.Notes[i].Next = tell.Replace(g.Notes[i].Next)
	}
}
