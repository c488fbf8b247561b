package kubernetes

import (
	"fmt"

	"drawbridge/graph"
)

// harden records how much power a workload's pods have and how they are kept in.
// Fields that are not written have the defaults of the API:
// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
func (c *cluster) harden(w *workload) {
	pod := w.pod.Spec
	set := func(p graph.Property, yes bool, why string, path ...any) {
		w.component.Set(p, graph.Of(yes), w.because(why, w.field(path...)...))
	}
	flag := func(p graph.Property, on bool, field string) {
		set(p, on, fmt.Sprintf("%s is %t", field, on), "spec", field)
	}
	flag(graph.PropHostNetwork, pod.HostNetwork, "hostNetwork")
	flag(graph.PropHostPID, pod.HostPID, "hostPID")
	flag(graph.PropHostIPC, pod.HostIPC, "hostIPC")
	set(graph.PropHostPath, false, "no volume is of the node", "spec", "volumes")
	for i, v := range pod.Volumes {
		if v.HostPath != nil {
			set(graph.PropHostPath, true, "mounts "+v.HostPath.Path+" of the node", "spec", "volumes", i, "hostPath", "path")
			break
		}
	}
	for _, check := range []func(*workload) (graph.Property, graph.Truth, graph.Evidence){
		privileged, rootUser, escalation, readOnlyRoot, limits, pinned,
	} {
		if p, v, e := check(w); v != graph.Unknown {
			w.component.Set(p, v, e)
		}
	}
}

// Each of the checks below judges all containers of a pod: the weakest decides.

func privileged(w *workload) (graph.Property, graph.Truth, graph.Evidence) {
	for _, c := range w.containers() {
		if s := c.SecurityContext; s != nil && s.Privileged != nil && *s.Privileged {
			return graph.PropPrivileged, graph.Yes, w.because("container "+c.Name+" is privileged", append(c.path, "securityContext", "privileged")...)
		}
	}
	return graph.PropPrivileged, graph.No, w.because("no container is privileged", w.field("spec")...)
}

func rootUser(w *workload) (graph.Property, graph.Truth, graph.Evidence) {
	unknown := false
	pod := w.pod.Spec.SecurityContext
	for _, c := range w.containers() {
		var user *int64
		var nonRoot *bool
		path := w.field("spec", "securityContext")
		if pod != nil {
			user, nonRoot = pod.RunAsUser, pod.RunAsNonRoot
		}
		if s := c.SecurityContext; s != nil {
			if s.RunAsUser != nil {
				user, path = s.RunAsUser, append(c.path, "securityContext")
			}
			if s.RunAsNonRoot != nil {
				nonRoot = s.RunAsNonRoot
			}
		}
		switch {
		case user != nil && *user == 0:
			return graph.PropRootUser, graph.Yes, w.because("container "+c.Name+" runs as user 0", append(path, "runAsUser")...)
		case user != nil, nonRoot != nil && *nonRoot:
		default:
			unknown = true // the image decides
		}
	}
	if unknown {
		return graph.PropRootUser, graph.Unknown, graph.Evidence{}
	}
	return graph.PropRootUser, graph.No, w.because("every container runs as another user than root", w.field("spec", "securityContext")...)
}

func escalation(w *workload) (graph.Property, graph.Truth, graph.Evidence) {
	for _, c := range w.containers() {
		s := c.SecurityContext
		if s == nil || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation {
			return graph.PropEscalation, graph.Yes, w.because("container "+c.Name+" does not set allowPrivilegeEscalation to false", append(c.path, "securityContext", "allowPrivilegeEscalation")...)
		}
	}
	return graph.PropEscalation, graph.No, w.because("every container sets allowPrivilegeEscalation to false", w.field("spec")...)
}

func readOnlyRoot(w *workload) (graph.Property, graph.Truth, graph.Evidence) {
	for _, c := range w.containers() {
		s := c.SecurityContext
		if s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
			return graph.PropReadOnlyRoot, graph.No, w.because("container "+c.Name+" can write to its root file system", append(c.path, "securityContext", "readOnlyRootFilesystem")...)
		}
	}
	return graph.PropReadOnlyRoot, graph.Yes, w.because("every container has a read-only root file system", w.field("spec")...)
}

func limits(w *workload) (graph.Property, graph.Truth, graph.Evidence) {
	for _, c := range w.containers() {
		if c.init {
			continue
		}
		if c.Resources.Limits.Memory().IsZero() || c.Resources.Limits.Cpu().IsZero() {
			return graph.PropResourceLimits, graph.No, w.because("container "+c.Name+" has no limit for memory or processor time", append(c.path, "resources", "limits")...)
		}
	}
	return graph.PropResourceLimits, graph.Yes, w.because("every container has limits", w.field("spec")...)
}

func pinned(w *workload) (graph.Property, graph.Truth, graph.Evidence) {
	for _, c := range w.containers() {
		if !parseImage(c.Image).pinned() {
			return graph.PropPinnedImage, graph.No, w.because("image "+c.Image+" can change under its name", append(c.path, "image")...)
		}
	}
	return graph.PropPinnedImage, graph.Yes, w.because("every image has a fixed version", w.field("spec")...)
}
