package iam

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"drawbridge/extract/terraform/eval"
)

// Parse reads a policy document. Wherever the grammar allows a list, a single
// value is read as a list of one; element names count in any case. An error
// begins with the line and column in text.
// IAM User Guide, "Grammar of the IAM JSON policy language".
func Parse(text string) (*Document, error) {
	n, err := read(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text}
	d := p.document(n)
	if p.err != nil {
		return nil, p.err
	}
	return d, nil
}

// maxDepth is far above the five levels that a policy has.
const maxDepth = 32

// node is JSON with positions, and with an object's members in their order.
type node struct {
	at      int    // byte offset just behind the value's first token
	text    string // of a string, number or boolean
	members []member
	list    []node
	kind    nodeKind
}

type member struct {
	name  string
	value node
}

type nodeKind int8

const (
	nullNode nodeKind = iota
	textNode
	scalarNode // number or boolean
	listNode
	objectNode
)

func read(text string) (node, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	n, err := readNode(dec, 0)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the document")
		}
	}
	if err == nil {
		return n, nil
	}
	at := int(dec.InputOffset())
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = int(syntax.Offset)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		at, err = len(text), errors.New("the document ends too early")
	}
	return node{}, atOffset(text, at, err)
}

func readNode(dec *json.Decoder, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	tok, err := dec.Token()
	if err != nil {
		return node{}, err
	}
	n := node{at: int(dec.InputOffset())}
	switch tok := tok.(type) {
	case nil:
	case string:
		n.kind, n.text = textNode, tok
	case json.Number:
		n.kind, n.text = scalarNode, tok.String()
	case bool:
		n.kind, n.text = scalarNode, strconv.FormatBool(tok)
	case json.Delim:
		return readNested(dec, n, tok, depth)
	}
	return n, nil
}

func readNested(dec *json.Decoder, n node, open json.Delim, depth int) (node, error) {
	n.kind = listNode
	if open == '{' {
		n.kind = objectNode
	}
	for dec.More() {
		var name string
		if n.kind == objectNode {
			tok, err := dec.Token()
			if err != nil {
				return n, err
			}
			name, _ = tok.(string)
		}
		v, err := readNode(dec, depth+1)
		if err != nil {
			return n, err
		}
		if n.kind == objectNode {
			n.members = append(n.members, member{name, v})
		} else {
			n.list = append(n.list, v)
		}
	}
	_, err := dec.Token()
	return n, err
}

func atOffset(text string, at int, err error) error {
	before := text[:min(max(at, 0), len(text))]
	line := 1 + strings.Count(before, "\n")
	column := max(1, len([]rune(before[strings.LastIndexByte(before, '\n')+1:])))
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}

// parser turns nodes into a document; the first error stays.
type parser struct {
	text string
	err  error
}

func (p *parser) fail(n node, format string, args ...any) {
	if p.err == nil {
		p.err = atOffset(p.text, n.at, fmt.Errorf(format, args...))
	}
}

func (p *parser) document(n node) *Document {
	d := &Document{}
	p.elements(n, "a policy", map[string]func(node){
		"version": func(n node) { d.Version = p.string(n, "Version") },
		"id":      func(n node) { d.ID = p.string(n, "Id") },
		"statement": func(n node) {
			if n.kind != listNode {
				n.list = []node{n}
			}
			for _, s := range n.list {
				d.Statements = append(d.Statements, p.statement(s))
			}
		},
	})
	return d
}

func (p *parser) statement(n node) Statement {
	var s Statement
	list := func(to *[]string, name string) func(node) {
		return func(n node) { *to = p.strings(n, name) }
	}
	p.elements(n, "a statement", map[string]func(node){
		"sid":          func(n node) { s.Sid = p.string(n, "Sid") },
		"effect":       func(n node) { s.Effect = p.effect(n) },
		"action":       list(&s.Actions, "Action"),
		"notaction":    list(&s.NotActions, "NotAction"),
		"resource":     list(&s.Resources, "Resource"),
		"notresource":  list(&s.NotResources, "NotResource"),
		"principal":    func(n node) { s.Principals = p.principals(n, "Principal") },
		"notprincipal": func(n node) { s.NotPrincipals = p.principals(n, "NotPrincipal") },
		"condition":    func(n node) { s.Conditions = p.conditions(n) },
	})
	if s.Effect == "" {
		p.fail(n, `a statement needs an Effect, "Allow" or "Deny"`)
	}
	s.Incomplete = s.incomplete()
	return s
}

// elements calls the function of each member of an object. Null counts as left out.
func (p *parser) elements(n node, what string, known map[string]func(node)) {
	if n.kind != objectNode {
		p.fail(n, "%s must be an object", what)
		return
	}
	seen := map[string]bool{}
	for _, m := range n.members {
		name := strings.ToLower(m.name)
		read := known[name]
		switch {
		case read == nil:
			p.fail(m.value, "%s has no element %q", what, m.name)
		case seen[name]:
			p.fail(m.value, "element %q occurs twice", m.name)
		case m.value.kind != nullNode:
			read(m.value)
		}
		seen[name] = true
	}
}

func (p *parser) effect(n node) Effect {
	text := p.string(n, "Effect")
	switch {
	case strings.EqualFold(text, string(Allow)):
		return Allow
	case strings.EqualFold(text, string(Deny)):
		return Deny
	case len(eval.Tokens(text)) > 0:
		return EffectUnknown
	}
	p.fail(n, `Effect is %q and must be "Allow" or "Deny"`, text)
	return ""
}

// string reads a scalar: numbers and booleans stand for their text, as in a
// condition's values.
func (p *parser) string(n node, what string) string {
	if n.kind != textNode && n.kind != scalarNode {
		p.fail(n, "%s must be a string", what)
	}
	return n.text
}

func (p *parser) strings(n node, what string) []string {
	if n.kind == nullNode {
		return nil
	}
	if n.kind != listNode {
		return []string{p.string(n, what)}
	}
	var out []string
	for _, e := range n.list {
		if e.kind != nullNode {
			out = append(out, p.string(e, what))
		}
	}
	return out
}

func (p *parser) principals(n node, what string) []Principal {
	if n.kind == textNode {
		if n.text != "*" {
			if len(eval.Tokens(n.text)) == 0 {
				p.fail(n, `%s is %q and must be "*" or an object`, what, n.text)
			}
			return []Principal{{TypeAWS, n.text}}
		}
		return []Principal{{TypeAnyone, "*"}}
	}
	if n.kind != objectNode {
		p.fail(n, `%s must be "*" or an object`, what)
		return nil
	}
	var out []Principal
	for _, m := range n.members {
		for _, id := range p.strings(m.value, what) {
			out = append(out, Principal{PrincipalType(m.name), id})
		}
	}
	sortPrincipals(out)
	return out
}

func (p *parser) conditions(n node) []Condition {
	if n.kind != objectNode {
		p.fail(n, "Condition must be an object")
		return nil
	}
	var out []Condition
	for _, test := range n.members {
		if test.value.kind != objectNode {
			p.fail(test.value, "condition %q must be an object", test.name)
			return nil
		}
		for _, key := range test.value.members {
			out = append(out, Condition{test.name, key.name, p.strings(key.value, "a condition's value")})
		}
	}
	return mergeConditions(out)
}

// mergeConditions sorts by test and variable and joins the values of equals,
// which is what a JSON object can hold.
func mergeConditions(list []Condition) []Condition {
	slices.SortStableFunc(list, func(a, b Condition) int {
		return cmp.Or(strings.Compare(a.Test, b.Test), strings.Compare(a.Variable, b.Variable))
	})
	var out []Condition
	for _, c := range list {
		if n := len(out); n > 0 && out[n-1].Test == c.Test && out[n-1].Variable == c.Variable {
			out[n-1].Values = slices.Concat(out[n-1].Values, c.Values)
			continue
		}
		out = append(out, c)
	}
	return out
}

func sortPrincipals(list []Principal) {
	slices.SortStableFunc(list, func(a, b Principal) int { return strings.Compare(string(a.Type), string(b.Type)) })
}
