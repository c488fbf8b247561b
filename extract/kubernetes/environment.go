package kubernetes

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"drawbridge/graph"
)

// variables are the environment of one container: in the order in which they
// are set, with what each was read from.
type variables struct {
	texts  []text
	values map[string]string
}

// environment resolves the environment of a container: envFrom first, then env,
// which wins; references $(NAME) are expanded to what was set before.
func (c *cluster) environment(w *workload, k container) variables {
	env := variables{values: map[string]string{}}
	for _, from := range k.EnvFrom {
		var m *config
		switch {
		case from.ConfigMapRef != nil:
			m = c.config(w, false, from.ConfigMapRef.Name)
		case from.SecretRef != nil:
			m = c.config(w, true, from.SecretRef.Name)
		}
		if m == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(m.entries)) {
			t := m.text(name, from.Prefix+name, variable)
			t.whole = m
			env.add(t)
		}
	}
	for i, e := range k.Env {
		path := slices.Concat(k.path, []any{"env", i})
		switch from := e.ValueFrom; {
		case from == nil:
			path = append(path, "value")
			env.add(text{
				name: e.Name, value: env.expand(e.Value), form: variable, object: w.object,
				source: graph.Source{File: w.object.File, Line: w.object.TextLine(path...)},
				what:   "environment variable " + e.Name, marks: w.object.Marks(path...),
			})
		case from.ConfigMapKeyRef != nil:
			env.addKey(c.config(w, false, from.ConfigMapKeyRef.Name), from.ConfigMapKeyRef.Key, e.Name)
		case from.SecretKeyRef != nil:
			env.addKey(c.config(w, true, from.SecretKeyRef.Name), from.SecretKeyRef.Key, e.Name)
		case from.FieldRef != nil:
			value, ok := w.downward(from.FieldRef.FieldPath)
			if ok {
				env.values[e.Name] = value
			}
			if isNodeAddress(value) {
				env.add(text{
					name: e.Name, value: value, form: variable, object: w.object,
					source: graph.Source{File: w.object.File, Line: w.object.TextLine(append(path, "valueFrom", "fieldRef", "fieldPath")...)},
					what:   "environment variable " + e.Name,
				})
			}
		}
	}
	return env
}

func (v *variables) add(t text) {
	if strings.EqualFold(t.name, "NO_PROXY") {
		v.values[t.name] = t.value // a list of whom not to call through a proxy, not of whom to call
		return
	}
	if strings.Contains(t.value, "\n") {
		t.form = content // a whole file in a variable
	}
	v.texts = slices.DeleteFunc(v.texts, func(old text) bool { return old.name == t.name })
	v.texts = append(v.texts, t)
	v.values[t.name] = t.value
}

func (v *variables) addKey(m *config, key, name string) {
	if m == nil {
		return
	}
	if _, ok := m.entries[key]; ok {
		v.add(m.text(key, name, variable))
	}
}

var reference = regexp.MustCompile(`\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)`)

// expand replaces $(NAME) as the kubelet does: $$ is a dollar, an unknown name
// stays as it is written.
func (v *variables) expand(s string) string {
	if !strings.Contains(s, "$") {
		return s
	}
	return reference.ReplaceAllStringFunc(s, func(m string) string {
		if m == "$$" {
			return "$"
		}
		if value, ok := v.values[m[2:len(m)-1]]; ok {
			return value
		}
		return m
	})
}

var shellReference = regexp.MustCompile(`\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?`)

// expandShell replaces $NAME and ${NAME} too, as a shell in the container would.
func (v *variables) expandShell(s string) string {
	return shellReference.ReplaceAllStringFunc(v.expand(s), func(m string) string {
		if value, ok := v.values[strings.Trim(m, "${}")]; ok {
			return value
		}
		return m
	})
}

// arguments returns the command line of a container as texts: a flag with its
// value as a named one, everything else as it stands.
func (v *variables) arguments(w *workload, k container) []text {
	type word struct {
		value string
		path  []any
	}
	var words []word
	for _, list := range []struct {
		field  string
		values []string
	}{{"command", k.Command}, {"args", k.Args}} {
		for i, value := range list.values {
			words = append(words, word{v.expandShell(value), slices.Concat(k.path, []any{list.field, i})})
		}
	}
	var out []text
	for i, d := range words {
		t := text{
			value: d.value, form: argument, object: w.object, what: "argument", marks: w.object.Marks(d.path...),
			source: graph.Source{File: w.object.File, Line: w.object.TextLine(d.path...)},
		}
		name, value, ok := strings.Cut(d.value, "=")
		switch {
		case strings.ContainsAny(d.value, " \t\n"):
			t.form, t.what = script, "command"
		case ok && isFlag(name):
			t.name, t.value, t.form = strings.TrimLeft(name, "-"), value, variable
		case i > 0 && strings.HasPrefix(words[i-1].value, "-") && !strings.Contains(words[i-1].value, "=") && !strings.HasPrefix(d.value, "-"):
			t.name, t.form = strings.TrimLeft(words[i-1].value, "-"), variable
		}
		if t.name != "" {
			t.what = fmt.Sprintf("argument %s", t.name)
		}
		if strings.EqualFold(t.name, "h") {
			t.name = "host" // as clients of databases have it
		}
		out = append(out, t)
	}
	if len(words) > 1 {
		var line []string
		for _, d := range words {
			line = append(line, d.value)
		}
		out = append(out, text{
			value: strings.Join(line, " "), form: commandLine, object: w.object, what: "command",
			source: graph.Source{File: w.object.File, Line: w.object.TextLine(words[0].path...)},
		})
	}
	return out
}

var flagName = regexp.MustCompile(`^-{0,2}[A-Za-z][A-Za-z0-9_.-]*$`)

func isFlag(s string) bool { return flagName.MatchString(s) }
