package config

import (
	"fmt"
	"reflect"
	"strings"

	"drawbridge/analyze/custom"
	"drawbridge/graph"

	"go.yaml.in/yaml/v3"
	sigs "sigs.k8s.io/yaml"
)

// Custom are the users' own rules of the file and of those that it names.
func (c *Config) Custom() []*custom.Compiled { return c.compiled }

// ruleFile is a file with rules alone.
type ruleFile struct {
	CustomRules []custom.Rule `json:"custom-rules"`
}

// ParseRules reads a file with rules alone, or a configuration of which only its own
// rules count.
func ParseRules(text []byte, file string) ([]*custom.Compiled, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: %s", file, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	c := &Config{file: file}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	if line, err := check(doc.Content[0], reflect.TypeFor[ruleFile](), ""); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file, line, err)
	}
	var rules ruleFile
	if err := sigs.UnmarshalStrict(text, &rules); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	c.CustomRules = rules.CustomRules
	err := c.compileRules(doc.Content[0], nil)
	return c.compiled, err
}

// compileRules checks the users' own rules, and reads the files with more of them. A
// mistake is told with its line in the file, and in an expression with its column.
func (c *Config) compileRules(doc *yaml.Node, read func(name string) ([]byte, error)) error {
	list := field(doc, "custom-rules")
	for i, r := range c.CustomRules {
		n := list.Content[i]
		at := graph.Source{File: c.file, Line: n.Line}
		compiled, mistake := custom.Compile(r, at)
		if mistake != nil {
			return mistakeAt(at, n, fmt.Sprintf("custom-rules[%d]", i), mistake)
		}
		if err := c.addRule(compiled); err != nil {
			return err
		}
	}
	for i, name := range c.RuleFiles {
		at := graph.Source{File: c.file, Line: field(doc, "rule-files").Content[i].Line}
		text, err := read(name)
		if err != nil {
			return fmt.Errorf("%s: rule-files[%d] %s cannot be read; name it from the directory of %s", at, i, name, FileName)
		}
		more, err := ParseRules(text, strings.TrimSuffix(c.file, FileName)+name)
		if err != nil {
			return err
		}
		for _, r := range more {
			if err := c.addRule(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Config) addRule(r *custom.Compiled) error {
	for _, have := range c.compiled {
		if have.ID == r.ID {
			return fmt.Errorf("%s: rule %s stands in %s already", r.Source, r.ID, have.Source)
		}
	}
	c.compiled = append(c.compiled, r)
	return nil
}

// mistakeAt tells of a mistake in a rule with the line of the key that it is in. In a text
// of several lines it counts on from where the text begins.
func mistakeAt(at graph.Source, rule *yaml.Node, entry string, m *custom.Error) error {
	n := field(rule, m.Field)
	if n == nil {
		return fmt.Errorf("%s: %s: %s", at, entry, m.Message)
	}
	at.Line = n.Line
	if m.Line == 0 {
		return fmt.Errorf("%s: %s: %s", at, strings.TrimSuffix(entry+"."+m.Field, "."), m.Message)
	}
	if n.Style&yaml.LiteralStyle != 0 { // which begins on the line after its sign
		at.Line += m.Line
	}
	return fmt.Errorf("%s: %s.%s: column %d: %s", at, entry, m.Field, m.Column, m.Message)
}
