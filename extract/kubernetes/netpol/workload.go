package netpol

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// Workload is what owns pods: the top of their owners that is known, or a pod
// without an owner.
type Workload struct {
	Namespace, Name, Kind string
	Source                graph.Source

	labels labels.Set // of its pods
	ports  map[portName][]int
	// onHost is true for pods in the network of their node, on which the effect of a
	// network policy is undefined: https://kubernetes.io/docs/concepts/services-networking/network-policies/
	onHost bool
	object *manifest.Object
	// contradiction tells why its pods cannot be evaluated as one.
	contradiction *Refusal
}

// portName is what a named port of a policy is resolved by.
type portName struct {
	protocol Protocol
	name     string
}

// String returns "namespace/name[Kind]".
func (w *Workload) String() string { return fmt.Sprintf("%s/%s[%s]", w.Namespace, w.Name, w.Kind) }

// pod is what policy depends on of a pod or a pod template.
type pod struct {
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     struct {
		HostNetwork    bool        `json:"hostNetwork"`
		Containers     []container `json:"containers"`
		InitContainers []container `json:"initContainers"`
	} `json:"spec"`
}

type container struct {
	Image         string                         `json:"image"`
	RestartPolicy *corev1.ContainerRestartPolicy `json:"restartPolicy"`
	Ports         []corev1.ContainerPort         `json:"ports"`
}

// templates are the places of a pod template. A kind with one there is a
// workload, whichever group it is of.
var templates = [...][]any{
	{"spec", "template"},
	{"spec", "jobTemplate", "spec", "template"},
}

// template returns the path to the pod template of an object, empty for a pod.
func template(o *manifest.Object) (path []any, ok bool) {
	if o.Group == "" && o.Kind == "Pod" {
		return nil, true
	}
	for _, path := range templates {
		if o.Has(append(slices.Clone(path), "spec", "containers")...) {
			return path, true
		}
	}
	return nil, false
}

func namespaceOf(o *manifest.Object) string { return cmp.Or(o.Namespace, "default") }

func at(o *manifest.Object, path ...any) graph.Source {
	return graph.Source{File: o.File, Line: o.Line(path...)}
}

// owners finds the top of a chain of owners.
type owners map[string]*metav1.OwnerReference

func ownerKey(namespace, kind, name string) string { return namespace + "/" + kind + "/" + name }

// ownersOf reads the owner of each object: its controller, or the first that is no node.
func ownersOf(objects []*manifest.Object) (out owners, refused []*Refusal) {
	out = owners{}
	for _, o := range objects {
		if !o.Has("metadata", "ownerReferences") {
			continue
		}
		var refs []metav1.OwnerReference
		if err := o.Decode(&refs, "metadata", "ownerReferences"); err != nil {
			refused = append(refused, refuse(o, err.Error(), "metadata", "ownerReferences"))
			continue
		}
		// A static pod is owned by its node, which is no workload.
		refs = slices.DeleteFunc(refs, func(r metav1.OwnerReference) bool { return r.Kind == "Node" || r.Name == "" || r.Kind == "" })
		if len(refs) == 0 {
			continue
		}
		i := max(0, slices.IndexFunc(refs, func(r metav1.OwnerReference) bool { return r.Controller != nil && *r.Controller }))
		out[ownerKey(namespaceOf(o), o.Kind, o.Name)] = &refs[i]
	}
	return out, refused
}

// ownerDepth bounds a chain of owners, which bad input can make a circle.
const ownerDepth = 10

func (owned owners) top(o *manifest.Object) (kind, name string) {
	kind, name = o.Kind, o.Name
	for range ownerDepth {
		ref := owned[ownerKey(namespaceOf(o), kind, name)]
		if ref == nil {
			break
		}
		kind, name = ref.Kind, ref.Name
	}
	return kind, name
}

// readWorkloads returns the workloads sorted by name. Pods of one workload are
// one, which is right only where policy cannot tell them apart: told are the label
// keys that it looks at. Where policy can, a refusal tells.
func readWorkloads(objects []*manifest.Object, told map[string]bool) ([]*Workload, []*Refusal) {
	owned, refused := ownersOf(objects)
	byName := map[string]*Workload{}
	for _, o := range objects {
		path, ok := template(o)
		if !ok {
			continue
		}
		var p pod
		if err := o.Decode(&p, path...); err != nil {
			refused = append(refused, refuse(o, err.Error(), path...))
			continue
		}
		if isPatch(p) {
			continue
		}
		kind, name := owned.top(o)
		w := &Workload{
			Namespace: namespaceOf(o), Name: name, Kind: kind, Source: at(o),
			labels: p.Metadata.Labels, ports: namedPorts(p), onHost: p.Spec.HostNetwork, object: o,
		}
		id := w.String()
		if first := byName[id]; first == nil {
			byName[id] = w
		} else if contradiction := first.join(w, path, told); contradiction != nil {
			first.contradiction = contradiction
			refused = append(refused, contradiction)
		}
	}
	return slices.SortedFunc(maps.Values(byName), func(a, b *Workload) int { return strings.Compare(a.String(), b.String()) }), refused
}

// isPatch tells a part of an object, which another tool adds to the rest, from
// the object: no container of it has an image.
func isPatch(p pod) bool {
	return len(p.Metadata.Labels) == 0 && len(p.Spec.Containers) > 0 &&
		!slices.ContainsFunc(p.Spec.Containers, func(c container) bool { return c.Image != "" || len(c.Ports) > 0 })
}

// join adds another pod, or another object that makes pods, of the same workload.
func (w *Workload) join(o *Workload, path []any, told map[string]bool) *Refusal {
	for _, key := range slices.Sorted(maps.Keys(told)) {
		a, inA := w.labels[key]
		b, inB := o.labels[key]
		if a != b || inA != inB {
			return refuse(o.object, fmt.Sprintf("pods of %s differ in the label %s (another is at %s), which policy selects by: it cannot be evaluated as one workload", w, key, w.Source),
				append(slices.Clone(path), "metadata", "labels", key)...)
		}
	}
	for name, numbers := range o.ports {
		for _, n := range numbers {
			if !slices.Contains(w.ports[name], n) {
				w.ports[name] = append(w.ports[name], n)
			}
		}
	}
	w.onHost = w.onHost || o.onHost
	return nil
}

// namedPorts are the ports of the containers that run as long as the pod does:
// sidecars are init containers that restart.
func namedPorts(p pod) map[portName][]int {
	out := map[portName][]int{}
	containers := slices.DeleteFunc(p.Spec.InitContainers, func(c container) bool {
		return c.RestartPolicy == nil || *c.RestartPolicy != corev1.ContainerRestartPolicyAlways
	})
	for _, c := range append(containers, p.Spec.Containers...) {
		for _, port := range c.Ports {
			protocol, ok := ParseProtocol(string(cmp.Or(port.Protocol, corev1.ProtocolTCP)))
			if ok && port.Name != "" {
				key := portName{protocol, port.Name}
				out[key] = append(out[key], int(port.ContainerPort))
			}
		}
	}
	return out
}

// namespaces are the labels of the namespaces. One that no object declares exists
// by being used, and each has its name as a label:
// https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name
func readNamespaces(objects []*manifest.Object) map[string]labels.Set {
	out := map[string]labels.Set{}
	add := func(name string, set map[string]string) {
		if out[name] == nil {
			out[name] = labels.Set{}
		}
		maps.Copy(out[name], set)
		out[name][metadataName] = name
	}
	for _, o := range objects {
		if o.Group == "" && o.Kind == "Namespace" {
			add(o.Name, o.Labels)
			continue
		}
		add(namespaceOf(o), nil)
	}
	return out
}

const metadataName = corev1.LabelMetadataName
