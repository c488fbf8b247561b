package manifest

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// convert turns a node into the values of encoding/json, with the meaning that
// sigs.k8s.io/yaml gives: YAML 1.1 scalars (yes, on, 017 as octal, 1_000), merge
// keys, keys of any scalar type turned into strings.
//
// target is the type that the value will be decoded into, nil where that is not
// known. A plain scalar that goes into a string is taken as it was written, so
// that `name: n` and `value: 5432` are what their author meant; sigs writes its
// own spelling of the same value there ("false").
func convert(n *yaml.Node, target reflect.Type, only ...string) (any, error) {
	n = resolve(n)
	if n == nil {
		return nil, nil
	}
	target = concrete(target)
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		return m, convertMap(m, n, target, only)
	case yaml.SequenceNode:
		var elem reflect.Type
		if target != nil && target.Kind() == reflect.Slice {
			elem = target.Elem()
		}
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			v, err := convert(c, elem)
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	}
	v, err := scalar(n)
	if err != nil {
		return nil, err
	}
	if _, isString := v.(string); !isString && v != nil && target != nil && target.Kind() == reflect.String {
		return n.Value, nil
	}
	return v, nil
}

// convertMap fills m. What a merge key takes in counts from where the key
// stands: it gives way to the keys after it, not to those before.
func convertMap(m map[string]any, n *yaml.Node, target reflect.Type, only []string) error {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if isMerge(n.Content[i]) {
			for _, from := range slices.Backward(merged(n.Content[i+1])) {
				if err := convertMap(m, from, target, only); err != nil {
					return err
				}
			}
			continue
		}
		k, err := key(n.Content[i])
		if err != nil {
			return err
		}
		if len(only) > 0 && !slices.Contains(only, k) {
			continue
		}
		v, err := convert(n.Content[i+1], fieldType(target, k))
		if err != nil {
			return err
		}
		m[k] = v
	}
	return nil
}

func isMerge(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "<<" && (n.Tag == "!!merge" || n.Tag == "") && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0
}

// merged returns the mappings that a merge key takes in, the strongest first.
func merged(n *yaml.Node) []*yaml.Node {
	n = resolve(n)
	if n == nil {
		return nil
	}
	if n.Kind == yaml.MappingNode {
		return []*yaml.Node{n}
	}
	var out []*yaml.Node
	for _, c := range n.Content {
		if c = resolve(c); n.Kind == yaml.SequenceNode && c != nil && c.Kind == yaml.MappingNode {
			out = append(out, c)
		}
	}
	return out
}

func key(n *yaml.Node) (string, error) {
	n = resolve(n)
	if n == nil || n.Kind != yaml.ScalarNode {
		return "", fmt.Errorf("line %d: a key that is no scalar", lineOf(n))
	}
	v, err := scalar(n)
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 32), nil
	}
	return "", fmt.Errorf("line %d: a key of an unsupported type: %q", n.Line, n.Value)
}

func lineOf(n *yaml.Node) int {
	if n == nil {
		return 0
	}
	return n.Line
}

// words are the plain scalars of YAML 1.1 that are no strings.
var words = map[string]any{
	"": nil, "~": nil, "null": nil, "Null": nil, "NULL": nil,
	"y": true, "Y": true, "yes": true, "Yes": true, "YES": true,
	"true": true, "True": true, "TRUE": true, "on": true, "On": true, "ON": true,
	"n": false, "N": false, "no": false, "No": false, "NO": false,
	"false": false, "False": false, "FALSE": false, "off": false, "Off": false, "OFF": false,
}

var float = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)

// scalar gives nil, bool, int64, uint64, float64 or string.
func scalar(n *yaml.Node) (any, error) {
	plain := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	if n.Style&yaml.TaggedStyle != 0 {
		switch n.ShortTag() {
		case "!!str":
			return n.Value, nil
		case "!!binary":
			b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), ""))
			if err != nil {
				return nil, fmt.Errorf("line %d: !!binary: %w", n.Line, err)
			}
			return string(b), nil
		}
		plain = true
	}
	if !plain {
		return n.Value, nil
	}
	if v, ok := words[n.Value]; ok {
		return v, nil
	}
	if v, ok := number(n.Value); ok {
		return v, nil
	}
	return n.Value, nil
}

func number(s string) (any, bool) {
	if strings.IndexByte("+-.0123456789", s[0]) < 0 {
		return nil, false
	}
	if s[0] == '.' {
		f, err := strconv.ParseFloat(s, 64)
		return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
	}
	digits := strings.ReplaceAll(s, "_", "")
	if i, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return i, true
	}
	if u, err := strconv.ParseUint(digits, 0, 64); err == nil {
		return u, true
	}
	if float.MatchString(digits) {
		if f, err := strconv.ParseFloat(digits, 64); err == nil {
			return f, true
		}
	}
	return nil, false
}

var (
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// concrete removes pointers. A type that decodes itself gives nil: what it takes is its own affair.
func concrete(t reflect.Type) reflect.Type {
	for t != nil {
		if t.Kind() != reflect.Pointer && (reflect.PointerTo(t).Implements(jsonUnmarshaler) || reflect.PointerTo(t).Implements(textUnmarshaler)) {
			return nil
		}
		if t.Kind() != reflect.Pointer {
			return t
		}
		t = t.Elem()
	}
	return nil
}

// fieldType returns the type that a key of a mapping is decoded into, nil where
// the target does not tell.
func fieldType(t reflect.Type, key string) reflect.Type {
	if t == nil {
		return nil
	}
	switch t.Kind() {
	case reflect.Map:
		return t.Elem()
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == key {
				return f.Type
			}
			if f.Anonymous && (name == "" || strings.Contains(options, "inline")) {
				if in := fieldType(concrete(f.Type), key); in != nil {
					return in
				}
			}
		}
	}
	return nil
}
