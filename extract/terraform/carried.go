package terraform

import (
	"cmp"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"drawbridge/extract/carried"
	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	"github.com/zclconf/go-cty/cty"
)

// carriedType is a resource type that puts something into a Kubernetes cluster. What
// that means there is not this package's to know.
type carriedType struct {
	typ              string
	apiVersion, kind string // of the object, "" where the body says so
	// take adds what the resource holds; nil for an object in the provider's spelling.
	take func(*carrier, *carried.Cluster, *resource)
}

// carriedTypes are of the providers kubernetes, helm, kubectl and their successors,
// sorted. Types that only change a field of an object made elsewhere are left out.
var carriedTypes = []carriedType{
	{typ: "helm_release", take: (*carrier).release},
	{typ: "kubectl_manifest", take: (*carrier).text},
	{typ: "kubernetes_api_service", apiVersion: "apiregistration.k8s.io/v1", kind: "APIService"},
	{typ: "kubernetes_cluster_role", apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole"},
	{typ: "kubernetes_cluster_role_binding", apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding"},
	{typ: "kubernetes_config_map", apiVersion: "v1", kind: "ConfigMap"},
	{typ: "kubernetes_cron_job", apiVersion: "batch/v1", kind: "CronJob"},
	{typ: "kubernetes_csi_driver", apiVersion: "storage.k8s.io/v1", kind: "CSIDriver"},
	{typ: "kubernetes_daemon_set", apiVersion: "apps/v1", kind: "DaemonSet"},
	{typ: "kubernetes_daemonset", apiVersion: "apps/v1", kind: "DaemonSet"},
	{typ: "kubernetes_deployment", apiVersion: "apps/v1", kind: "Deployment"},
	{typ: "kubernetes_endpoint_slice", apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice"},
	{typ: "kubernetes_endpoints", apiVersion: "v1", kind: "Endpoints"},
	{typ: "kubernetes_horizontal_pod_autoscaler", apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler"},
	{typ: "kubernetes_ingress", apiVersion: "networking.k8s.io/v1", kind: "Ingress"},
	{typ: "kubernetes_ingress_class", apiVersion: "networking.k8s.io/v1", kind: "IngressClass"},
	{typ: "kubernetes_job", apiVersion: "batch/v1", kind: "Job"},
	{typ: "kubernetes_limit_range", apiVersion: "v1", kind: "LimitRange"},
	{typ: "kubernetes_manifest", take: (*carrier).manifest},
	{typ: "kubernetes_mutating_webhook_configuration", apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration"},
	{typ: "kubernetes_namespace", apiVersion: "v1", kind: "Namespace"},
	{typ: "kubernetes_network_policy", apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy"},
	{typ: "kubernetes_persistent_volume", apiVersion: "v1", kind: "PersistentVolume"},
	{typ: "kubernetes_persistent_volume_claim", apiVersion: "v1", kind: "PersistentVolumeClaim"},
	{typ: "kubernetes_pod", apiVersion: "v1", kind: "Pod"},
	{typ: "kubernetes_pod_disruption_budget", apiVersion: "policy/v1", kind: "PodDisruptionBudget"},
	{typ: "kubernetes_priority_class", apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass"},
	{typ: "kubernetes_replication_controller", apiVersion: "v1", kind: "ReplicationController"},
	{typ: "kubernetes_resource_quota", apiVersion: "v1", kind: "ResourceQuota"},
	{typ: "kubernetes_role", apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role"},
	{typ: "kubernetes_role_binding", apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding"},
	{typ: "kubernetes_runtime_class", apiVersion: "node.k8s.io/v1", kind: "RuntimeClass"},
	{typ: "kubernetes_secret", apiVersion: "v1", kind: "Secret"},
	{typ: "kubernetes_service", apiVersion: "v1", kind: "Service"},
	{typ: "kubernetes_service_account", apiVersion: "v1", kind: "ServiceAccount"},
	{typ: "kubernetes_stateful_set", apiVersion: "apps/v1", kind: "StatefulSet"},
	{typ: "kubernetes_storage_class", apiVersion: "storage.k8s.io/v1", kind: "StorageClass"},
	{typ: "kubernetes_validating_webhook_configuration", apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingWebhookConfiguration"},
}

// apiVersionSuffix ends a type that stands for one version of its API. What a version
// spells in another way is found by the names of its fields.
var apiVersionSuffix = regexp.MustCompile(`_v[0-9]+((alpha|beta)[0-9]+)?$`)

func carriedTypeOf(typ string) (carriedType, bool) {
	find := func(name string) (carriedType, bool) {
		i, ok := slices.BinarySearchFunc(carriedTypes, name, func(t carriedType, name string) int { return strings.Compare(t.typ, name) })
		if !ok {
			return carriedType{}, false
		}
		return carriedTypes[i], true
	}
	if t, ok := find(typ); ok {
		return t, true
	}
	return find(apiVersionSuffix.ReplaceAllString(typ, ""))
}

// carriedRow is the row of all of them: in this model they are nothing by themselves.
var carriedRow = &row{typ: "kubernetes", role: connector, label: "object in a Kubernetes cluster"}

// carrier gathers what a root puts into clusters.
type carrier struct {
	b        *builder
	fsys     fs.FS
	clusters map[string]*carried.Cluster // by ID
	words    map[string]string           // by address
	taken    map[string]bool             // words
	refs     map[string]carried.Ref
}

// carried returns what the root puts into clusters, sorted by the clusters' IDs.
// It is to be called when all components are there.
func (b *builder) carried(fsys fs.FS) []*carried.Cluster {
	x := &carrier{b: b, fsys: fsys, clusters: map[string]*carried.Cluster{}, words: map[string]string{}, taken: map[string]bool{}, refs: map[string]carried.Ref{}}
	for _, r := range b.resources {
		t, ok := carriedTypeOf(r.Type)
		if !ok || r.Mode != eval.Managed {
			continue
		}
		cl := x.cluster(r)
		if t.take != nil {
			t.take(x, cl, r)
			continue
		}
		cl.Objects = append(cl.Objects, carried.Object{Address: r.Address, APIVersion: t.apiVersion, Kind: t.kind, Body: x.body(r.Body), Source: r.Source})
	}
	var out []*carried.Cluster
	for _, id := range sortedKeys(x.clusters) {
		out = append(out, x.clusters[id])
	}
	return out
}

// cluster returns the cluster that a resource's provider configuration leads to: one
// of the root's own, else one for each configuration.
func (x *carrier) cluster(r *resource) *carried.Cluster {
	p := x.b.providerOf(r)
	c := x.b.clusterOf(p)
	id, name, source := x.b.id("kubernetes"), "", r.Source
	switch {
	case c != nil:
		id, name, source = c.ID, c.Name, c.Source
	case p != nil:
		source = p.Source
		for _, where := range []string{"config_context", "kubernetes.config_context", "config_context_cluster"} {
			if s, ok := p.Body.Get(where).Literal(); ok && s != "" {
				id, name = x.b.id("kubernetes."+s), s
			}
		}
		if name == "" && p.Alias != "" {
			id, name = x.b.id("kubernetes."+p.Alias), p.Alias
		}
	}
	cl := x.clusters[id]
	if cl == nil {
		cl = &carried.Cluster{ID: id, Name: name, Source: source, Refs: x.refs}
		x.clusters[id] = cl
	}
	return cl
}

// providerOf returns the configuration that a resource is made with, nil where none is
// written: that of the nearest module around it.
func (b *builder) providerOf(r *resource) *eval.Provider {
	name, alias, _ := strings.Cut(cmp.Or(r.Provider, provider(r.Type)), ".")
	var best *eval.Provider
	for i := range b.result.Providers {
		p := &b.result.Providers[i]
		if p.Name != name || p.Alias != alias || p.Module != "" && p.Module != r.Module && !strings.HasPrefix(r.Module, p.Module+".") {
			continue
		}
		if best == nil || len(p.Module) > len(best.Module) {
			best = p
		}
	}
	return best
}

// clusterOf returns the cluster that a provider's configuration derives from. Where
// that says nothing of it, the root's only cluster is meant.
func (b *builder) clusterOf(p *eval.Provider) *component {
	if p != nil {
		if c := b.clusterIn(p.Body, 0); c != nil {
			return c
		}
		for _, elsewhere := range []string{"config_context", "kubernetes.config_context"} {
			if p.Body.Has(elsewhere) {
				return nil
			}
		}
	}
	var only *component
	for _, c := range b.order {
		if b.isKubernetes(c) {
			if only != nil {
				return nil
			}
			only = c
		}
	}
	return only
}

// clusterIn finds the cluster that any attribute derives from, through data sources that look it up.
func (b *builder) clusterIn(body *eval.Block, depth int) *component {
	if body == nil || depth > 3 {
		return nil
	}
	for _, name := range body.Names() {
		if c := b.clusterNamed(body.Attrs[name], depth); c != nil {
			return c
		}
	}
	for _, n := range body.Blocks {
		if c := b.clusterIn(n, depth+1); c != nil {
			return c
		}
	}
	return nil
}

func (b *builder) clusterNamed(v eval.Value, depth int) *component {
	for _, ref := range v.Refs() {
		for _, r := range b.at(ref.Address) {
			if r.Mode == eval.Data {
				if c := b.clusterIn(r.Body, depth+1); c != nil {
					return c
				}
				continue
			}
			if r.row == nil {
				continue
			}
			if c := b.componentOf(r); c != nil && b.isKubernetes(c) {
				return c
			}
		}
	}
	return nil
}

// word returns what stands for an address in texts.
func (x *carrier) word(address string) string {
	if w, ok := x.words[address]; ok {
		return w
	}
	base := strings.Trim(notInWords.ReplaceAllString(strings.ToLower(address), "-"), "-")
	w := base
	for n := 2; x.taken[w]; n++ {
		w = base + "-" + string(rune('0'+n%10)) + base[:n/10]
	}
	x.words[address], x.taken[w] = w, true
	ref := carried.Ref{Address: address}
	for _, r := range x.b.at(address) {
		if r.row == nil || !meaningful(r) {
			continue
		}
		c := x.b.componentOf(r)
		if c == nil {
			continue
		}
		ref.ID, ref.Kind, ref.Technology = c.ID, c.Kind, c.Technology
		ref.Protocol, ref.Port = spoken(c)
		ref.Encrypted = cmp.Or(c.Is(graph.PropEncryptedTransit), encryptedProtocol(ref.Protocol))
		c.kept = true
		break
	}
	x.refs[w] = ref
	return w
}

var notInWords = regexp.MustCompile(`[^a-z0-9]+`)

// words replaces the tokens in a text.
func (x *carrier) replace(s string) string {
	tokens := eval.Tokens(s)
	if len(tokens) == 0 {
		return s
	}
	var out strings.Builder
	last := 0
	for _, t := range tokens {
		out.WriteString(s[last:t.Start])
		out.WriteString(x.word(t.Address))
		last = t.End
	}
	return out.String() + s[last:]
}

// marks are the words of what a value derives from, where that is a component.
func (x *carrier) marks(v eval.Value) []string {
	var out []string
	for _, r := range x.b.named(v) {
		if w := x.word(r.Address); x.refs[w].ID != "" {
			out = append(out, w)
		}
	}
	return out
}

// body turns a block into a node.
func (x *carrier) body(block *eval.Block) *carried.Node {
	n := &carried.Node{Kind: carried.Map, Line: block.Source.Line}
	for _, name := range block.Names() {
		if v := x.value(block.Attrs[name], 0); v != nil {
			n.Fields = append(n.Fields, carried.Field{Name: name, Value: v})
		}
	}
	at := map[string]int{}
	for _, nested := range block.Blocks {
		i, ok := at[nested.Type]
		if !ok {
			i = len(n.Fields)
			at[nested.Type] = i
			n.Fields = append(n.Fields, carried.Field{Name: nested.Type, Blocks: true, Value: &carried.Node{Kind: carried.List, Line: nested.Source.Line}})
		}
		n.Fields[i].Value.Items = append(n.Fields[i].Value.Items, x.body(nested))
	}
	return n
}

// value turns a value into a node, nil for what is not set or not known at all.
func (x *carrier) value(v eval.Value, depth int) *carried.Node {
	if v.IsNull() || depth > 4*maxNesting {
		return nil
	}
	n := &carried.Node{Line: v.Source.Line}
	if s, ok := v.Text(); ok {
		n.Kind, n.Text, n.Marks = carried.Plain, x.replace(s), x.marks(v)
		if u, _ := v.V.Unmark(); u.Type() == cty.String {
			n.Kind = carried.String
		}
		return n
	}
	if fields := v.Fields(); fields != nil {
		n.Kind = carried.Map
		for _, name := range sortedKeys(fields) {
			if f := x.value(fields[name], depth+1); f != nil {
				n.Fields = append(n.Fields, carried.Field{Name: x.replace(name), Value: f})
			}
		}
		return n
	}
	if elements := v.Elements(); !isPrimitive(v) && !(len(elements) == 1 && elements[0].V.RawEquals(v.V)) {
		n.Kind = carried.List
		for _, e := range elements {
			if item := x.value(e, depth+1); item != nil {
				n.Items = append(n.Items, item)
			}
		}
		return n
	}
	n.Kind, n.Marks = carried.String, x.marks(v)
	if len(n.Marks) == 0 {
		return nil
	}
	n.Text = n.Marks[0]
	return n
}

// manifest is an object in Kubernetes' own spelling.
func (x *carrier) manifest(cl *carried.Cluster, r *resource) {
	body := x.value(r.Body.Get("manifest"), 0)
	if body == nil || body.Kind != carried.Map {
		x.unreadable(r, "manifest")
		return
	}
	cl.Objects = append(cl.Objects, carried.Object{Address: r.Address, Body: body, Source: r.Source, Native: true})
}

// text is an object as YAML.
func (x *carrier) text(cl *carried.Cluster, r *resource) {
	v := r.Body.Get("yaml_body")
	s, ok := v.Text()
	if !ok {
		x.unreadable(r, "yaml_body")
		return
	}
	namespace, _ := r.Body.Get("override_namespace").Text()
	cl.Texts = append(cl.Texts, carried.Text{Address: r.Address, Content: x.replace(s), Namespace: x.replace(namespace), Source: r.Source})
}

func (x *carrier) unreadable(r *resource, attr string) {
	x.b.note(graph.Note{
		Code: "unknown-value", Source: r.Source, Address: r.Address,
		Message: attr + " can't be known before apply: the object is not in the model",
		Next:    "scan a plan of this root, or the manifests it is made of",
	})
}

// release is a Helm chart with its values.
func (x *carrier) release(cl *carried.Cluster, r *resource) {
	text := func(attr string) string {
		s, _ := r.Body.Get(attr).Text()
		return x.replace(s)
	}
	out := carried.Release{
		Address: r.Address, Name: cmp.Or(text("name"), r.Name), Namespace: cmp.Or(text("namespace"), "default"),
		Chart: text("chart"), Repository: text("repository"), Version: text("version"), Source: r.Source,
	}
	out.Dir = x.folder(out, r)
	for _, v := range r.Body.All("values") {
		for _, e := range v.Elements() {
			if s, ok := e.Text(); ok {
				out.Texts = append(out.Texts, x.replace(s))
			} else {
				out.Hidden = append(out.Hidden, x.uses("its values", e)...)
			}
			out.Uses = append(out.Uses, x.uses("its values", e)...)
		}
	}
	for _, attr := range []string{"set", "set_list", "set_sensitive", "set_wo"} {
		for _, set := range r.Body.BlocksOf(attr) {
			name, _ := set.Get("name").Text()
			v := set.Get("value")
			value, ok := v.Text()
			if name == "" {
				continue
			}
			if ok && attr != "set_list" {
				out.Set = append(out.Set, x.replace(name)+"="+strings.ReplaceAll(x.replace(value), ",", `\,`))
			}
			out.Uses = append(out.Uses, x.uses(name, v)...)
		}
	}
	cl.Releases = append(cl.Releases, out)
}

func (x *carrier) uses(name string, v eval.Value) (out []carried.Use) {
	add := func(w string) {
		if !slices.ContainsFunc(out, func(u carried.Use) bool { return u.Word == w }) {
			out = append(out, carried.Use{Word: w, Name: name, Source: v.Source})
		}
	}
	for _, w := range x.marks(v) {
		add(w)
	}
	if s, ok := v.Text(); ok && strings.Contains(s, "\n") { // a document names many things
		for _, r := range x.b.marked(v.Refs()) {
			if w := x.word(r.Address); x.refs[w].ID != "" {
				add(w)
			}
		}
	}
	return out
}

// folder returns where a chart lies in the tree, "" where it does not. Paths are
// from where terraform runs, which is the root.
func (x *carrier) folder(release carried.Release, r *resource) string {
	if release.Repository != "" && !strings.HasPrefix(release.Repository, ".") || release.Chart == "" || strings.Contains(release.Chart, "://") {
		return ""
	}
	for _, base := range []string{x.b.result.Dir, path.Dir(r.Source.File), "."} {
		dir := path.Join(base, release.Repository, release.Chart)
		if !fs.ValidPath(dir) {
			continue
		}
		if _, err := fs.Stat(x.fsys, path.Join(dir, "Chart.yaml")); err == nil {
			return dir
		}
	}
	return ""
}
