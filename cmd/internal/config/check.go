package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// check compares a node with the type that it is for: unknown and repeated keys, and
// values of another kind, are errors at a line.
func check(n *yaml.Node, t reflect.Type, at string) (line int, err error) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return 0, nil
	}
	switch t.Kind() {
	case reflect.Struct:
		if n.Kind != yaml.MappingNode {
			return n.Line, fmt.Errorf("%s is %s; it must be a mapping with %s", name(at), kind(n), strings.Join(keys(t), ", "))
		}
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			f, ok := fieldOf(t, key.Value)
			switch {
			case !ok:
				return key.Line, fmt.Errorf("%s is not known; %s takes %s", name(join(at, key.Value)), name(at), strings.Join(keys(t), ", "))
			case seen[key.Value]:
				return key.Line, fmt.Errorf("%s stands here twice", name(join(at, key.Value)))
			}
			seen[key.Value] = true
			if line, err := check(n.Content[i+1], f, join(at, key.Value)); err != nil {
				return line, err
			}
		}
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			return n.Line, fmt.Errorf("%s is %s; it must be a list", name(at), kind(n))
		}
		for i, x := range n.Content {
			if line, err := check(x, t.Elem(), fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return line, err
			}
		}
	case reflect.Map:
		if n.Kind != yaml.MappingNode {
			return n.Line, fmt.Errorf("%s is %s; it must be a mapping", name(at), kind(n))
		}
	case reflect.String:
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" || n.Style == 0 && slices.Contains(oldBooleans, strings.ToLower(n.Value)) {
			return n.Line, fmt.Errorf("%s is %s; it must be a text (put it in quotes)", name(at), kind(n))
		}
	case reflect.Int:
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" {
			return n.Line, fmt.Errorf("%s is %s; it must be a whole number", name(at), kind(n))
		}
	case reflect.Bool:
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
			return n.Line, fmt.Errorf("%s is %s; it must be true or false", name(at), kind(n))
		}
	}
	return 0, nil
}

// oldBooleans are words that YAML 1.1, which sigs.k8s.io/yaml reads, takes for true and
// false where they stand without quotes.
var oldBooleans = []string{"n", "no", "off", "on", "y", "yes"}

// kind names what a node is, for people.
func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.ShortTag() == "!!str" && !slices.Contains(oldBooleans, strings.ToLower(n.Value)) {
		return "a text"
	}
	return n.Value
}

func name(at string) string {
	if at == "" {
		return "the file"
	}
	return at
}

func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

// keys are the keys that a type takes, in its order.
func keys(t reflect.Type) []string {
	var out []string
	for f := range t.Fields() {
		if key, _, _ := strings.Cut(f.Tag.Get("json"), ","); key != "" {
			out = append(out, key)
		}
	}
	return out
}

func fieldOf(t reflect.Type, key string) (reflect.Type, bool) {
	for f := range t.Fields() {
		if k, _, _ := strings.Cut(f.Tag.Get("json"), ","); k == key && k != "" {
			return f.Type, true
		}
	}
	return nil, false
}

// field returns the value of a key in a mapping, nil where there is none.
func field(n *yaml.Node, key string) *yaml.Node {
	i := slices.IndexFunc(n.Content, func(x *yaml.Node) bool { return x.Value == key })
	if n.Kind != yaml.MappingNode || i < 0 || i+1 >= len(n.Content) {
		return nil
	}
	return n.Content[i+1]
}
