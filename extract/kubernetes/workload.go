package kubernetes

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// workload is an object that makes pods, and the component that it became.
type workload struct {
	object    *manifest.Object
	component *graph.Component
	namespace string
	// path leads to the pod template within the object; empty where the object is the pod.
	path []any
	pod  corev1.PodTemplateSpec
	// services are those that select its pods, in the order of their names.
	services []*service
}

// container is one container of a workload with the path to it.
type container struct {
	corev1.Container
	path []any
	init bool
}

func (w *workload) field(path ...any) []any { return slices.Concat(w.path, path) }

// containers lists init containers first, as they run.
func (w *workload) containers() []container {
	var out []container
	for i, c := range w.pod.Spec.InitContainers {
		out = append(out, container{c, w.field("spec", "initContainers", i), true})
	}
	for i, c := range w.pod.Spec.Containers {
		out = append(out, container{c, w.field("spec", "containers", i), false})
	}
	for i, c := range w.pod.Spec.EphemeralContainers { // put into a running pod, to look into it
		out = append(out, container{corev1.Container(c.EphemeralContainerCommon), w.field("spec", "ephemeralContainers", i), false})
	}
	return out
}

// account is the name of the service account that its pods run as.
func (w *workload) account() string {
	return cmp.Or(w.pod.Spec.ServiceAccountName, w.pod.Spec.DeprecatedServiceAccount, "default")
}

func (w *workload) labels() labels.Set { return w.pod.Labels }

// because makes evidence from a field of the workload's object.
func (w *workload) because(why string, path ...any) graph.Evidence {
	return because(why, w.object, path...)
}

// isPatch tells whether an object only has the form of a workload: none of its
// containers has an image, so that no cluster would take it. It changes another one.
func (k kind) isPatch(o *manifest.Object) bool {
	if k.template == nil {
		return false
	}
	var containers []struct {
		Image string `json:"image"`
	}
	// What has the wrong type is told of where the whole is decoded.
	_ = o.Decode(&containers, slices.Concat(k.template, fields("spec", "containers"))...)
	for _, c := range containers {
		if c.Image != "" {
			return false
		}
	}
	return true
}

// addWorkload makes the component of a workload; nil where its pods cannot be read.
func (c *cluster) addWorkload(o *manifest.Object, path []any) *workload {
	w := &workload{object: o, namespace: o.Namespace, path: path}
	c.decode(&w.pod, o, path...)
	if len(w.pod.Spec.Containers) == 0 {
		return nil // their decoding gave a note
	}
	ns := c.namespace(w.namespace)
	if ns.Source.IsZero() {
		ns.Source = at(o, "metadata", "namespace") // until a Namespace object tells better
	}
	w.component = c.add(graph.Component{
		ID:       c.prefix + address(o),
		Kind:     graph.Process,
		Name:     o.Name,
		Label:    o.Kind,
		Address:  address(o),
		Boundary: ns.ID,
		Source:   at(o),
		Replicas: replicas(o),
		Tags:     w.labels(),
	})
	c.classify(w)
	c.harden(w)
	w.component.Attributes = attributes(w)
	c.workloads = append(c.workloads, w)
	return w
}

// replicas is in the terms of graph.Component. A number of zero is not told
// apart from one: what is scaled down today is in the model all the same.
func replicas(o *manifest.Object) int {
	var n *int
	// A mistyped number of replicas is the default, one.
	_ = o.Decode(&n, "spec", "replicas")
	switch {
	case o.Kind == "DaemonSet":
		return -1
	case n == nil || *n == 1:
		return 0
	}
	return *n
}

// classify decides between process and store, by the container that does the
// work: the first that is no sidecar.
func (c *cluster) classify(w *workload) {
	w.component.Technology = graph.TechContainer
	if slices.Contains([]string{"Job", "CronJob", "ScaledJob"}, w.object.Kind) {
		w.component.Technology = graph.TechJob
		return
	}
	main := w.main()
	img := parseImage(main.Image)
	if s, ok := img.software(); ok {
		w.component.Technology = s.technology
		if s.store {
			w.component.Kind = graph.Store
		}
		return
	}
	if img.isHelper() {
		return
	}
	for _, p := range main.Ports {
		if s, ok := storeAtPort[int(p.ContainerPort)]; ok {
			w.component.Kind, w.component.Technology = graph.Store, s.technology
			return
		}
	}
	for _, m := range main.VolumeMounts {
		if s, ok := storeAtMount[strings.TrimSuffix(m.MountPath, "/")]; ok {
			w.component.Kind, w.component.Technology = graph.Store, s.technology
			return
		}
	}
}

// inferStores makes a store of a workload with an image of its own that others
// call in the protocol of a store. A proxy before one is none.
func (c *cluster) inferStores() {
	called := map[string]software{}
	for _, id := range slices.Sorted(maps.Keys(c.flows)) {
		f := c.flows[id]
		if s, ok := storeAtPort[protocols[f.Protocol].port]; ok && s.protocol == f.Protocol && f.From != graph.InternetID {
			called[f.To] = s
		}
	}
	for _, w := range c.workloads {
		s, ok := called[w.component.ID]
		if ok && w.component.Technology == graph.TechContainer && !parseImage(w.main().Image).isHelper() {
			w.component.Kind, w.component.Technology = graph.Store, s.technology
		}
	}
}

// main is the first container that is no sidecar, else the first of all.
func (w *workload) main() corev1.Container { return w.mainContainer().Container }

func (w *workload) mainContainer() container {
	i := max(slices.IndexFunc(w.pod.Spec.Containers, func(c corev1.Container) bool { return !parseImage(c.Image).isHelper() }), 0)
	return container{w.pod.Spec.Containers[i], w.field("spec", "containers", i), false}
}

// protocol is what the workload's software speaks, "" where that is not known.
func (w *workload) protocol() string {
	if s, ok := parseImage(w.main().Image).software(); ok {
		return s.protocol
	}
	return ""
}

// attributes are the raw values that people and rules on text look at. A
// credential's value is masked.
func attributes(w *workload) map[string]string {
	out := map[string]string{"serviceAccount": w.account()}
	for _, c := range w.containers() {
		prefix := "container." + c.Name + "."
		if c.init {
			prefix = "init." + c.Name + "."
		}
		out[prefix+"image"] = c.Image
		for _, p := range c.Ports {
			out[prefix+"port."+strconv.Itoa(int(p.ContainerPort))] = cmp.Or(p.Name, "-")
		}
		for _, e := range c.Env {
			if e.ValueFrom != nil {
				continue
			}
			if e.Value != "" {
				out[prefix+"env."+e.Name] = masked(e.Name, e.Value)
			}
		}
		if s := c.SecurityContext; s != nil && s.Capabilities != nil {
			for _, add := range s.Capabilities.Add {
				out[prefix+"capability."+string(add)] = "add"
			}
		}
	}
	return out
}

// readKnativeService reads a Knative Service: a workload that is its own
// Service, with a route from the internet unless it is kept to the cluster.
func readKnativeService(c *cluster, o *manifest.Object) {
	w := c.addWorkload(o, []any{"spec", "template"})
	if w == nil {
		return
	}
	s := &service{object: o, namespace: w.namespace, name: o.Name, targets: []*workload{w}}
	s.spec.Ports = []corev1.ServicePort{{Name: "http", Port: 80}}
	k := key{w.namespace, o.Name}
	if c.services[k] == nil {
		c.services[k] = s
	}
	if o.Labels["networking.knative.dev/visibility"] == "cluster-local" {
		return
	}
	c.flow(graph.Flow{
		From: c.internet().ID, To: w.component.ID, Protocol: "http", Port: 80, Basis: graph.Declared,
		Evidence: []graph.Evidence{because("a Knative Service has a public route", o)},
	})
}
