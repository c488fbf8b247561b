package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"strings"

	"drawbridge/analyze/custom"
	"drawbridge/graph"

	"go.yaml.in/yaml/v3"
	sigs "sigs.k8s.io/yaml"
)

// FileName is the name of the configuration file.
const FileName = ".drawbridge.yaml"

// Schema is the JSON Schema of the file.
//
//go:embed schema.json
var Schema []byte

// Config is what the file says. The zero Config is that of a tree without one.
type Config struct {
	// System is what the model is about.
	System *System `json:"system,omitempty"`
	// Exclude are patterns of paths that are not read, from the file's directory.
	Exclude []string `json:"exclude,omitempty"`
	// Environments are the sets of inputs of Terraform roots.
	Environments []Root `json:"environments,omitempty"`
	// Types are what the users know of Terraform resource types.
	Types []Type `json:"types,omitempty"`
	// Scopes are parts that others own, Models parts of which a model can be asked for.
	Scopes []Scope `json:"scopes,omitempty"`
	Models []Part  `json:"models,omitempty"`
	// Components, Boundaries and Flows are what code can't show, or shows otherwise.
	Components []Component `json:"components,omitempty"`
	Boundaries []Boundary  `json:"boundaries,omitempty"`
	Flows      []Flow      `json:"flows,omitempty"`
	// CustomRules are users' own; RuleFiles are files with more of them.
	CustomRules []custom.Rule `json:"custom-rules,omitempty"`
	RuleFiles   []string      `json:"rule-files,omitempty"`
	// Rules are switched and rated, Decisions are on their findings.
	Rules     []Rule     `json:"rules,omitempty"`
	Decisions []Decision `json:"decisions,omitempty"`

	// Policy is what fails a run.
	Policy *Policy `json:"policy,omitempty"`

	// file is the file's name as the tree has it, and above the path that leads from its
	// directory to the tree's top ("" for the same).
	file, above string
	compiled    []*custom.Compiled
	lines       map[string][]int // of the entries, by section
	excludes    []int            // the lines of the patterns of Exclude
	used        map[int]bool     // entries of Environments that a root was found for
	names       map[string]bool  // names of the environments that roots have
}

// Read finds the configuration of a tree: at its top or in the nearest directory above
// it. Base is the path from the repository's top to the tree's, "." where they are the
// same: the search ends there. Without a file the Config is empty.
func Read(fsys fs.FS, base string) (*Config, error) {
	above, up := "", ""
	for {
		text, err := fs.ReadFile(fsys, up+FileName)
		if err == nil {
			return parse(text, up+FileName, above, func(name string) ([]byte, error) { return fs.ReadFile(fsys, path.Join(up, name)) })
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s cannot be read: %w", up+FileName, err)
		}
		if base == "." || base == "" {
			return &Config{}, nil
		}
		above, base, up = path.Join(path.Base(base), above), path.Dir(base), up+"../"
	}
}

// Parse reads a configuration. File is its name for messages, and above the path from
// its directory to the top of the tree that is read.
func Parse(text []byte, file, above string) (*Config, error) {
	return parse(text, file, above, func(string) ([]byte, error) { return nil, fs.ErrNotExist })
}

// parse is Parse with a way to read the files that the configuration names.
func parse(text []byte, file, above string, read func(name string) ([]byte, error)) (*Config, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: %s", file, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	c := &Config{file: file, above: above}
	if len(doc.Content) == 0 {
		return c, nil
	}
	if line, err := check(doc.Content[0], reflect.TypeFor[Config](), ""); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file, line, err)
	}
	if err := sigs.UnmarshalStrict(text, c); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := c.compileRules(doc.Content[0], read); err != nil {
		return nil, err
	}
	if line, err := c.entriesMakeSense(doc.Content[0]); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file, line, err)
	}
	if line, err := c.environmentsMakeSense(field(doc.Content[0], "environments")); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file, line, err)
	}
	return c, nil
}

// checked is an entry of a section that types alone can't check.
type checked interface{ check(c *Config) error }

// entriesMakeSense checks what types can't say, and remembers lines.
func (c *Config) entriesMakeSense(doc *yaml.Node) (line int, err error) {
	c.lines = map[string][]int{}
	for _, section := range []struct {
		key     string
		entries []checked
	}{
		{"types", pointers[Type](c.Types)},
		{"scopes", pointers[Scope](c.Scopes)},
		{"models", pointers[Part](c.Models)},
		{"components", pointers[Component](c.Components)},
		{"boundaries", pointers[Boundary](c.Boundaries)},
		{"flows", pointers[Flow](c.Flows)},
		{"rules", pointers[Rule](c.Rules)},
		{"decisions", pointers[Decision](c.Decisions)},
	} {
		list := field(doc, section.key)
		for i, e := range section.entries {
			line := list.Content[i].Line
			c.lines[section.key] = append(c.lines[section.key], line)
			if err := e.check(c); err != nil {
				return line, fmt.Errorf("%s[%d]: %w", section.key, i, err)
			}
		}
	}
	if err := c.Policy.check(); err != nil {
		return field(doc, "policy").Line, fmt.Errorf("policy: %w", err)
	}
	return c.excludeMakesSense(field(doc, "exclude"))
}

// pointers are the entries of a section as what they can check.
func pointers[T any, P interface {
	*T
	checked
}](list []T) []checked {
	var out []checked
	for i := range list {
		out = append(out, P(&list[i]))
	}
	return out
}

// at is the place of an entry of a section.
func (c *Config) at(section string, i int) graph.Source {
	return graph.Source{File: c.file, Line: c.lines[section][i]}
}
