package kubernetes

import (
	"cmp"
	"fmt"
	"strings"

	"drawbridge/extract/breakout"

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
		w.mend(p, fmt.Sprintf("set `%s: false` in the pod of", field))
	}
	flag(graph.PropHostNetwork, pod.HostNetwork, "hostNetwork")
	flag(graph.PropHostPID, pod.HostPID, "hostPID")
	flag(graph.PropHostIPC, pod.HostIPC, "hostIPC")
	set(graph.PropHostPath, false, "no volume is of the node", "spec", "volumes")
	for i, v := range pod.Volumes {
		if v.HostPath != nil {
			set(graph.PropHostPath, true, "mounts "+v.HostPath.Path+" of the node", "spec", "volumes", i, "hostPath", "path")
			w.mend(graph.PropHostPath, fmt.Sprintf("take the `hostPath` of volume `%s` out of", v.Name))
			break
		}
	}
	c.hardenSockets(w)
	var n *int
	if w.object.Decode(&n, "spec", "replicas") == nil && n != nil && *n > 0 {
		e := w.because(fmt.Sprintf("replicas is %d", *n), "spec", "replicas")
		if *n == 1 {
			e.Fix = "set `spec.replicas` above 1 in " + w.component.Address
		}
		w.component.Set(graph.PropRedundant, graph.Of(*n > 1), e)
	}
	for _, check := range []func(*workload) (graph.Property, graph.Truth, graph.Evidence){
		privileged, capabilities, rootUser, escalation, readOnlyRoot, limits, c.pinned,
	} {
		if p, v, e := check(w); v != graph.Unknown {
			w.component.Set(p, v, e)
		}
	}
}

// mend says what to write in a workload to turn a property over, where it is as a
// defender does not want it. text ends where the workload's address belongs.
func (w *workload) mend(p graph.Property, text string) {
	if f := w.component.Properties[p]; f.Value == p.Safe().Not() {
		f.Evidence.Fix = text + " " + w.component.Address
		w.component.Properties[p] = f
	}
}

// mending is because, with what to write there.
func (w *workload) mending(fix, why string, path ...any) graph.Evidence {
	e := w.because(why, path...)
	e.Fix = fix + " in " + w.component.Address
	return e
}

// hardenSockets records whether a container engine's socket lies in a workload. A
// mounted directory around it does as well.
func (c *cluster) hardenSockets(w *workload) {
	w.component.Set(graph.PropEngineSocket, graph.No, w.because("no volume is a container engine's socket", w.field("spec", "volumes")...))
	for i, v := range w.pod.Spec.Volumes {
		if v.HostPath == nil {
			continue
		}
		path := strings.TrimSuffix(v.HostPath.Path, "/")
		if !breakout.HoldsEngine(path) {
			continue
		}
		w.component.Set(graph.PropEngineSocket, graph.Yes, w.mending(fmt.Sprintf("take the volume `%s` out", v.Name),
			fmt.Sprintf("mounts %s of the node, where its container engine listens", cmp.Or(path, "/")), w.field("spec", "volumes", i, "hostPath", "path")...))
		return
	}
}

// Each of the checks below judges all containers of a pod: the weakest decides.

func privileged(w *workload) (graph.Property, graph.Truth, graph.Evidence) {
	for _, c := range w.containers() {
		if s := c.SecurityContext; s != nil && s.Privileged != nil && *s.Privileged {
			return graph.PropPrivileged, graph.Yes, w.mending("set `securityContext.privileged: false` for container "+c.Name, "container "+c.Name+" is privileged", append(c.path, "securityContext", "privileged")...)
		}
	}
	return graph.PropPrivileged, graph.No, w.because("no container is privileged", w.field("spec")...)
}

func capabilities(w *workload) (graph.Property, graph.Truth, graph.Evidence) {
	for _, c := range w.containers() {
		if c.SecurityContext == nil || c.SecurityContext.Capabilities == nil {
			continue
		}
		for i, added := range c.SecurityContext.Capabilities.Add {
			if name, strong := breakout.Strong(string(added)); strong {
				return graph.PropCapabilities, graph.Yes, w.mending(fmt.Sprintf("take `%s` out of `securityContext.capabilities.add` of container %s", added, c.Name),
					fmt.Sprintf("container %s adds capability %s", c.Name, name), append(c.path, "securityContext", "capabilities", "add", i)...)
			}
		}
	}
	return graph.PropCapabilities, graph.No, w.because("no container adds a capability that leads out of it", w.field("spec")...)
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
			return graph.PropRootUser, graph.Yes, w.mending("set `securityContext.runAsNonRoot: true` and a `runAsUser` above 0 for container "+c.Name, "container "+c.Name+" runs as user 0", append(path, "runAsUser")...)
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
			return graph.PropEscalation, graph.Yes, w.mending("set `securityContext.allowPrivilegeEscalation: false` for container "+c.Name, "container "+c.Name+" does not set allowPrivilegeEscalation to false", append(c.path, "securityContext", "allowPrivilegeEscalation")...)
		}
	}
	return graph.PropEscalation, graph.No, w.because("every container sets allowPrivilegeEscalation to false", w.field("spec")...)
}

func readOnlyRoot(w *workload) (graph.Property, graph.Truth, graph.Evidence) {
	for _, c := range w.containers() {
		s := c.SecurityContext
		if s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
			return graph.PropReadOnlyRoot, graph.No, w.mending("set `securityContext.readOnlyRootFilesystem: true` for container "+c.Name, "container "+c.Name+" can write to its root file system", append(c.path, "securityContext", "readOnlyRootFilesystem")...)
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
			return graph.PropResourceLimits, graph.No, w.mending("set `resources.limits.memory` and `resources.limits.cpu` for container "+c.Name, "container "+c.Name+" has no limit for memory or processor time", append(c.path, "resources", "limits")...)
		}
	}
	return graph.PropResourceLimits, graph.Yes, w.because("every container has limits", w.field("spec")...)
}

func (k *cluster) pinned(w *workload) (graph.Property, graph.Truth, graph.Evidence) {
	placeholder := false
	for _, c := range w.containers() {
		i := parseImage(c.Image)
		if i.placeholder() || k.built[c.Image] {
			placeholder = true
			continue
		}
		if !i.pinned() {
			return graph.PropPinnedImage, graph.No, w.mending("name the `image` of container "+c.Name+" by a digest or a fixed version", "image "+c.Image+" can change under its name", append(c.path, "image")...)
		}
	}
	if placeholder { // which image runs is told elsewhere
		return graph.PropPinnedImage, graph.Unknown, graph.Evidence{}
	}
	return graph.PropPinnedImage, graph.Yes, w.because("every image has a fixed version", w.field("spec")...)
}
