package kubernetes

import (
	"regexp"
	"slices"
	"strings"
)

// A ConfigMap or Secret is often a list of all addresses of an application, which every
// part of it is given and of which each reads its own few. Taking all of them for calls
// would draw each part calling each other. So what a workload is given by such an
// address book, and nothing in its own configuration reads, it may use: the flow is
// permitted, not drawn, and not counted.
//
// It can be told to be one where different programs share it and one of the addresses
// is the workload's own, which it would not call. What is written for one program,
// or names only what its readers depend on, is taken by its word.

// countReaders notes which programs are given the whole of each ConfigMap and
// Secret, by environment or as files.
func (c *cluster) countReaders() {
	for _, w := range c.workloads {
		program := parseImage(w.main().Image).tail(2)
		add := func(m *config) {
			if m != nil && !slices.Contains(m.readers, program) {
				m.readers = append(m.readers, program)
			}
		}
		for _, k := range w.containers() {
			for _, from := range k.EnvFrom {
				switch {
				case from.ConfigMapRef != nil:
					add(c.configs[key{w.namespace, from.ConfigMapRef.Name}])
				case from.SecretRef != nil:
					add(c.secrets[key{w.namespace, from.SecretRef.Name}])
				}
			}
		}
		for _, v := range w.pod.Spec.Volumes {
			switch {
			case v.ConfigMap != nil:
				add(c.configs[key{w.namespace, v.ConfigMap.Name}])
			case v.Secret != nil:
				add(c.secrets[key{w.namespace, v.Secret.SecretName}])
			}
		}
	}
}

// listsItself tells whether one of the mentions is a Service of the workload itself.
func (c *cluster) listsItself(w *workload, found []mention) bool {
	return slices.ContainsFunc(found, func(m mention) bool {
		for _, k := range candidates(strings.Split(strings.ToLower(m.host), "."), w.namespace) {
			if s := c.services[k]; s != nil {
				return slices.Contains(s.targets, w)
			}
		}
		return false
	})
}

// markBook makes of what a container takes whole from an address book what it may use.
func (c *cluster) markBook(w *workload, k container, env variables, beside ports) {
	lists := map[*config]bool{}
	for _, t := range env.texts {
		if t.whole != nil && len(t.whole.readers) > 1 && !lists[t.whole] {
			lists[t.whole] = c.listsItself(w, mentions(t, beside))
		}
	}
	for i, t := range env.texts {
		if lists[t.whole] && !c.readsVariable(w, k, t.name) {
			env.texts[i] = t.mayUse()
		}
	}
}

// mayUse is the text of an address book.
func (t text) mayUse() text {
	t.doubt = "; other programs share the list, which has the address of this one too: it may use it or not"
	return t
}

// readsVariable tells whether anything in a container's own configuration reads a variable:
// another variable, its command, or a file that it mounts.
func (c *cluster) readsVariable(w *workload, k container, name string) bool {
	word := regexp.MustCompile(`(^|[^A-Za-z0-9_])` + regexp.QuoteMeta(name) + `($|[^A-Za-z0-9_])`)
	for _, e := range k.Env {
		if word.MatchString(e.Value) {
			return true
		}
	}
	for _, s := range slices.Concat(k.Command, k.Args) {
		if word.MatchString(s) {
			return true
		}
	}
	for _, v := range w.pod.Spec.Volumes {
		if v.ConfigMap == nil {
			continue
		}
		if m := c.configs[key{w.namespace, v.ConfigMap.Name}]; m != nil {
			for _, e := range m.entries {
				if word.MatchString(e.value) {
					return true
				}
			}
		}
	}
	return false
}
