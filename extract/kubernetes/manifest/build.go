package manifest

import (
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Build makes objects of a tree of values that stands in no text: one, or the items of
// a list. Marks of its nodes are words in their LineComment, which no text that is
// parsed has without a # before them.
func Build(file string, n *yaml.Node, limits Limits) ([]*Object, []Problem) {
	if err := measure(n, limits.withDefaults()); err != nil {
		return nil, []Problem{{Line: n.Line, Message: err.Error(), Limit: true}}
	}
	return appendObjects(nil, file, n, 0, schema.GroupVersionKind{}), nil
}

// Marks returns the words that a value was marked with when it was built.
func (o *Object) Marks(path ...any) []string {
	n := o.find(path)
	if n == nil || n.LineComment == "" || strings.HasPrefix(n.LineComment, "#") {
		return nil
	}
	return strings.Fields(n.LineComment)
}
