package kubernetes

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"drawbridge/graph"
)

// hooks are the commands of a container's probes and lifecycle hooks as texts, and the
// hosts that they name beside the pod itself.
func (v *variables) hooks(w *workload, k container) (out []text) {
	command := func(words []string, what string, path ...any) {
		if len(words) == 0 {
			return
		}
		for i, s := range words {
			words[i] = v.expandShell(s)
		}
		out = append(out, text{
			value: strings.Join(words, " "), form: script, object: w.object, what: what,
			source: graph.Source{File: w.object.File, Line: w.object.TextLine(slices.Concat(k.path, path)...)},
		})
	}
	host := func(name, what string, path ...any) {
		if name == "" {
			return
		}
		out = append(out, text{
			name: "host", value: name, form: variable, object: w.object, what: what,
			source: graph.Source{File: w.object.File, Line: w.object.TextLine(slices.Concat(k.path, path)...)},
		})
	}
	for _, p := range []struct {
		field string
		probe *corev1.Probe
	}{{"livenessProbe", k.LivenessProbe}, {"readinessProbe", k.ReadinessProbe}, {"startupProbe", k.StartupProbe}} {
		if p.probe == nil {
			continue
		}
		if e := p.probe.Exec; e != nil {
			command(slices.Clone(e.Command), p.field, p.field, "exec", "command")
		}
		if g := p.probe.HTTPGet; g != nil {
			host(g.Host, p.field, p.field, "httpGet", "host")
		}
		if t := p.probe.TCPSocket; t != nil {
			host(t.Host, p.field, p.field, "tcpSocket", "host")
		}
	}
	if k.Lifecycle == nil {
		return out
	}
	for _, h := range []struct {
		field string
		hook  *corev1.LifecycleHandler
	}{{"postStart", k.Lifecycle.PostStart}, {"preStop", k.Lifecycle.PreStop}} {
		if h.hook == nil {
			continue
		}
		if e := h.hook.Exec; e != nil {
			command(slices.Clone(e.Command), h.field+" hook", "lifecycle", h.field, "exec", "command")
		}
		if g := h.hook.HTTPGet; g != nil {
			host(g.Host, h.field+" hook", "lifecycle", h.field, "httpGet", "host")
		}
	}
	return out
}
