package manifest

import (
	"encoding/json"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Object is one Kubernetes object, with its syntax tree for the lines.
type Object struct {
	schema.GroupVersionKind
	Namespace string // as written, "" where none is
	Name      string // metadata.name, or metadata.generateName
	Labels    map[string]string
	// Annotations are metadata.annotations; never nil.
	Annotations map[string]string
	File        string
	// Root is the folder of the chart or kustomization that made the object, "" for
	// one that stands in a manifest of its own.
	Root string
	// Anywhere is true where the namespace is the one that a chart is rendered for where
	// nothing says into which it is installed.
	Anywhere bool

	node *yaml.Node
}

type header struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name         string            `json:"name"`
		GenerateName string            `json:"generateName"`
		Namespace    string            `json:"namespace"`
		Labels       map[string]string `json:"labels"`
		Annotations  map[string]string `json:"annotations"`
	} `json:"metadata"`
}

// listDepth bounds lists within lists.
const listDepth = 5

// appendObjects reads an object or a list of them. Items of a list of one kind may
// leave out what they are, as the API server does: inherited says it then.
func appendObjects(out []*Object, file string, n *yaml.Node, depth int, inherited schema.GroupVersionKind) []*Object {
	n = resolve(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return out
	}
	var h header
	// Mistyped metadata leaves its field empty; the caller sees it where it decodes the whole.
	_ = into(n, &h, "apiVersion", "kind", "metadata")
	if h.APIVersion == "" && h.Kind == "" {
		h.APIVersion, h.Kind = inherited.ToAPIVersionAndKind()
	}
	if h.APIVersion == "" || h.Kind == "" {
		return out
	}
	if items := child(n, "items"); items != nil && items.Kind == yaml.SequenceNode && strings.HasSuffix(h.Kind, "List") {
		var kind schema.GroupVersionKind
		if name := strings.TrimSuffix(h.Kind, "List"); name != "" {
			kind = schema.FromAPIVersionAndKind(h.APIVersion, name)
		}
		for _, item := range items.Content {
			if depth < listDepth {
				out = appendObjects(out, file, item, depth+1, kind)
			}
		}
		return out
	}
	if h.Metadata.Name == "" {
		h.Metadata.Name = h.Metadata.GenerateName
	}
	if h.Metadata.Annotations == nil {
		h.Metadata.Annotations = map[string]string{}
	}
	return append(out, &Object{
		GroupVersionKind: schema.FromAPIVersionAndKind(h.APIVersion, h.Kind),
		Namespace:        h.Metadata.Namespace,
		Name:             h.Metadata.Name,
		Labels:           h.Metadata.Labels,
		Annotations:      h.Metadata.Annotations,
		File:             file,
		node:             n,
	})
}

// Line returns the line of the field that a path of map keys (string) and list
// indexes (int) leads to: for a map's entry the line of its key. A path that
// ends early gives the line of the last part that is there, so that a defaulted
// field points at what lacks it.
func (o *Object) Line(path ...any) int {
	n, line := o.node, o.node.Line
	for _, p := range path {
		var key *yaml.Node
		if key, n = step(n, p); n == nil {
			break
		}
		line = key.Line
	}
	return line
}

// TextLine returns the line on which the text of a string value begins, which
// for a block scalar is the line after its key.
func (o *Object) TextLine(path ...any) int {
	n := o.find(path)
	if n == nil {
		return o.Line(path...)
	}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return n.Line + 1
	}
	return n.Line
}

// Has tells whether a path leads to a value that is not null.
func (o *Object) Has(path ...any) bool {
	n := o.find(path)
	return n != nil && n.ShortTag() != "!!null"
}

// Decode fills v, a pointer to a Kubernetes API type, from the value at a path.
// Where a field has the wrong type it fills the others and returns an error
// that names it. A path that leads nowhere leaves v as it is.
func (o *Object) Decode(v any, path ...any) error {
	n := o.find(path)
	if n == nil {
		return nil
	}
	return into(n, v)
}

// Same tells whether two objects hold the same values, whatever their layout.
func (o *Object) Same(p *Object) bool {
	a, errA := convert(o.node, nil)
	b, errB := convert(p.node, nil)
	return errA == nil && errB == nil && reflect.DeepEqual(a, b)
}

// Alike tells whether two objects hold the same values but for the versions of images.
func (o *Object) Alike(p *Object) bool {
	a, errA := convert(o.node, nil)
	b, errB := convert(p.node, nil)
	return errA == nil && errB == nil && reflect.DeepEqual(withoutVersions(a), withoutVersions(b))
}

// withoutVersions takes tag and digest off all values of fields named image, in place.
func withoutVersions(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if image, ok := value.(string); ok && key == "image" {
				v[key] = repositoryOf(image)
				continue
			}
			v[key] = withoutVersions(value)
		}
	case []any:
		for i, value := range v {
			v[i] = withoutVersions(value)
		}
	}
	return v
}

// repositoryOf is the reference of an image without its tag and its digest.
func repositoryOf(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if colon := strings.LastIndexByte(image, ':'); colon > strings.LastIndexByte(image, '/') {
		return image[:colon]
	}
	return image
}

func (o *Object) find(path []any) *yaml.Node {
	n := resolve(o.node)
	for _, p := range path {
		if _, n = step(n, p); n == nil {
			return nil
		}
	}
	return n
}

// step returns the node that tells the place of a child, and the child.
func step(n *yaml.Node, p any) (place, value *yaml.Node) {
	n = resolve(n)
	if n == nil {
		return nil, nil
	}
	switch p := p.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && p >= 0 && p < len(n.Content) {
			return n.Content[p], resolve(n.Content[p])
		}
	case string:
		if n.Kind != yaml.MappingNode {
			return nil, nil
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == p {
				return n.Content[i], resolve(n.Content[i+1])
			}
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !isMerge(n.Content[i]) {
				continue
			}
			for _, m := range merged(n.Content[i+1]) {
				if place, value := step(m, p); value != nil {
					return place, value
				}
			}
		}
	}
	return nil, nil
}

func child(n *yaml.Node, key string) *yaml.Node {
	_, v := step(n, key)
	return v
}

// resolve follows documents and aliases to the value itself; nil for an empty document.
func resolve(n *yaml.Node) *yaml.Node {
	for n != nil {
		switch {
		case n.Kind == yaml.DocumentNode && len(n.Content) > 0:
			n = n.Content[0]
		case n.Kind == yaml.DocumentNode:
			return nil
		case n.Kind == yaml.AliasNode:
			n = n.Alias
		default:
			return n
		}
	}
	return nil
}

// into decodes through JSON, as Kubernetes itself does. only limits the keys of
// a mapping that are looked at.
func into(n *yaml.Node, v any, only ...string) error {
	value, err := convert(n, reflect.TypeOf(v), only...)
	if err != nil {
		return err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}
