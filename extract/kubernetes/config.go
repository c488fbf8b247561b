package kubernetes

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// config is a ConfigMap or Secret.
type config struct {
	object  *manifest.Object
	secret  bool
	entries map[string]entry
	files   map[string]*file // its keys that were looked into as files
	readers []string         // the programs that are given the whole of it
}

// file is what one key holds where it is mounted. Many workloads may mount it.
type file struct {
	text   text
	hosts  []mention
	secret int // the line of a credential, from 0; -1 where there is none
}

// entry is one key of it, decoded, with the path to where it is written.
type entry struct {
	value string
	path  []any
}

func readConfigMap(c *cluster, o *manifest.Object) {
	m := &config{object: o, entries: map[string]entry{}, files: map[string]*file{}}
	m.decode(c, "data", func(v string) (string, error) { return v, nil })
	m.decode(c, "binaryData", decodeBase64)
	c.configs[key{o.Namespace, o.Name}] = m
}

func readSecret(c *cluster, o *manifest.Object) {
	m := &config{object: o, secret: true, entries: map[string]entry{}, files: map[string]*file{}}
	m.decode(c, "data", decodeBase64)
	m.decode(c, "stringData", func(v string) (string, error) { return v, nil })
	c.secrets[key{o.Namespace, o.Name}] = m
}

func decodeBase64(v string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(v), ""))
	return string(b), err
}

func (m *config) decode(c *cluster, field string, plain func(string) (string, error)) {
	var data map[string]string
	c.decode(&data, m.object, field)
	for _, k := range slices.Sorted(maps.Keys(data)) {
		v, err := plain(data[k])
		if err != nil {
			c.note("invalid-field", m.object, fmt.Sprintf("%s.%s is not base64", field, k), "", field, k)
			continue
		}
		m.entries[k] = entry{v, []any{field, k}}
	}
}

// text makes what a reader of references looks at from one key.
func (m *config) text(name, as string, form form) text {
	e := m.entries[name]
	return text{
		name: as, value: e.value, form: form, object: m.object, secret: m.secret,
		source: graph.Source{File: m.object.File, Line: m.object.TextLine(e.path...)},
		what:   fmt.Sprintf("%s %s, key %s", m.object.Kind, m.object.Name, name), marks: m.object.Marks(e.path...),
	}
}

// config finds what a reference to a ConfigMap or Secret means, and folds it
// into the workload. nil where the input has none of that name.
func (c *cluster) config(w *workload, secret bool, name string) *config {
	from := c.configs
	if secret {
		from = c.secrets
	}
	m := from[key{w.namespace, name}]
	if m != nil {
		w.component.Parts = append(w.component.Parts, address(m.object))
	}
	return m
}

// file looks into a key as a file.
func (m *config) file(name string) *file {
	f := m.files[name]
	if f == nil {
		t := m.text(name, "", content)
		f = &file{text: t, hosts: mentions(t, nil), secret: credentialLine(t)}
		m.files[name] = f
	}
	return f
}

// linkMounted draws the flows to the hosts named in the files that a workload
// mounts from ConfigMaps and Secrets.
func (c *cluster) linkMounted(w *workload) {
	add := func(secret bool, name string, items []corev1.KeyToPath) {
		m := c.config(w, secret, name)
		if m == nil {
			return
		}
		for _, k := range slices.Sorted(maps.Keys(m.entries)) {
			if len(items) == 0 || slices.ContainsFunc(items, func(i corev1.KeyToPath) bool { return i.Key == k }) {
				f := m.file(k)
				t := f.text
				if len(m.readers) > 1 && c.listsItself(w, f.hosts) {
					t = t.mayUse()
				}
				c.follow(w, t, f.hosts)
				c.findSecretInFile(w, f)
			}
		}
	}
	for _, v := range w.pod.Spec.Volumes {
		switch {
		case v.ConfigMap != nil:
			add(false, v.ConfigMap.Name, v.ConfigMap.Items)
		case v.Secret != nil:
			add(true, v.Secret.SecretName, v.Secret.Items)
		case v.Projected != nil:
			for _, p := range v.Projected.Sources {
				if p.ConfigMap != nil {
					add(false, p.ConfigMap.Name, p.ConfigMap.Items)
				}
				if p.Secret != nil {
					add(true, p.Secret.Name, p.Secret.Items)
				}
			}
		}
	}
}
