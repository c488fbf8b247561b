package config

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"drawbridge/extract/terraform"
	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v3"
)

// Root says which environments the Terraform roots have that its pattern matches.
type Root struct {
	// Root is a directory as seen from the file, or a pattern in the notation of
	// doublestar.
	Root string `json:"root"`
	// EachFile is a pattern of variable files, from the root: each is an environment that
	// is called as the file, or as its directory where the file is a terraform.tfvars.
	EachFile string `json:"each-file,omitempty"`
	// Named are environments that are written out.
	Named []Environment `json:"named,omitempty"`

	line int
}

// Environment is one set of inputs. Paths are from the root's directory.
type Environment struct {
	Name     string         `json:"name"`
	VarFiles []string       `json:"var-files,omitempty"`
	Vars     map[string]any `json:"vars,omitempty"`
	// Workspace is the Terraform workspace.
	Workspace string `json:"workspace,omitempty"`
	// BackendConfig are files and KEY=VALUE that complete the backend, as for terraform
	// init. They tell which states of other roots are this one's.
	BackendConfig []string `json:"backend-config,omitempty"`
}

// validName is what an environment may be called: its name stands in identifiers.
var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// environmentsMakeSense checks what types can't say, and remembers lines.
func (c *Config) environmentsMakeSense(list *yaml.Node) (line int, err error) {
	for i := range c.Environments {
		r := &c.Environments[i]
		r.line = list.Content[i].Line
		at := fmt.Sprintf("environments[%d]", i)
		switch {
		case r.Root == "":
			return r.line, fmt.Errorf("%s.root is missing: name a directory or a pattern", at)
		case !doublestar.ValidatePattern(r.Root):
			return r.line, fmt.Errorf("%s.root %q is not a pattern", at, r.Root)
		case r.EachFile != "" && !doublestar.ValidatePattern(r.EachFile):
			return r.line, fmt.Errorf("%s.each-file %q is not a pattern", at, r.EachFile)
		case r.EachFile == "" && len(r.Named) == 0:
			return r.line, fmt.Errorf("%s has neither each-file nor named", at)
		case r.EachFile != "" && len(r.Named) > 0:
			return r.line, fmt.Errorf("%s has each-file and named; write two entries", at)
		}
		seen := map[string]bool{}
		for j, e := range r.Named {
			line := field(list.Content[i], "named").Content[j].Line
			switch {
			case !validName.MatchString(e.Name):
				return line, fmt.Errorf("%s.named[%d].name %q must be made of letters, digits, dots, dashes and underscores", at, j, e.Name)
			case seen[e.Name]:
				return line, fmt.Errorf("%s.named[%d]: two environments are called %s", at, j, e.Name)
			}
			seen[e.Name] = true
		}
	}
	return 0, nil
}

// EnvironmentsOf returns the environments of the root in dir of the tree, in the order of
// their names; nil where the configuration names none.
func (c *Config) EnvironmentsOf(fsys fs.FS, dir string) []terraform.Environment {
	byName := map[string]terraform.Environment{}
	for i, r := range c.Environments {
		if matched, _ := doublestar.Match(path.Clean(r.Root), path.Join(c.above, dir)); !matched {
			continue
		}
		c.use(i)
		for _, e := range r.environments(fsys, dir) {
			if _, there := byName[e.Name]; !there { // the first entry counts
				byName[e.Name] = e
				c.names[e.Name] = true
			}
		}
	}
	var out []terraform.Environment
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, byName[name])
	}
	return out
}

func (c *Config) use(i int) {
	if c.used == nil {
		c.used, c.names = map[int]bool{}, map[string]bool{}
	}
	c.used[i] = true
}

// EnvironmentNames are the names of all environments that EnvironmentsOf has returned.
func (c *Config) EnvironmentNames() []string { return slices.Sorted(maps.Keys(c.names)) }

// Unused notes what the configuration says of roots that EnvironmentsOf was not asked
// for, of types that are nowhere in the code, and of paths that are not there. The
// functions tell whether a type stands in what was read, and whether a pattern of
// [Config.ExcludePatterns] left out anything.
func (c *Config) Unused(hasType, leftOut func(string) bool) []graph.Note {
	var notes []graph.Note
	unused := func(line int, message, next string) {
		notes = append(notes, graph.Note{Code: "configuration", Source: graph.Source{File: c.file, Line: line}, Message: message, Next: next})
	}
	for i, r := range c.Environments {
		if !c.used[i] && (c.above == "" || strings.HasPrefix(r.Root, c.above+"/")) {
			unused(r.line, fmt.Sprintf("no Terraform root matches %s", r.Root), "check the path; a directory that another root calls as a module is no root")
		}
	}
	for i, t := range c.Types {
		if !hasType(t.Type) {
			unused(c.lines["types"][i], fmt.Sprintf("no resource is of the type %s", t.Type), "compare it with the code, or take it out")
		}
	}
	for i, pattern := range c.Exclude {
		if p, inTree := c.excludeFromTop(pattern); inTree && !leftOut(p) {
			unused(c.excludes[i], fmt.Sprintf("exclude: nothing matches %s", pattern), "check the pattern; paths are from the directory of "+FileName)
		}
	}
	return notes
}

func (r Root) environments(fsys fs.FS, dir string) []terraform.Environment {
	var out []terraform.Environment
	for _, e := range r.Named {
		env := terraform.Environment{Name: e.Name, Workspace: e.Workspace}
		for _, file := range e.VarFiles {
			env.Args = append(env.Args, eval.Arg{File: path.Join(dir, file)})
		}
		for _, name := range slices.Sorted(maps.Keys(e.Vars)) {
			env.Args = append(env.Args, eval.Arg{Name: name, Text: variableText(e.Vars[name])})
		}
		for _, b := range e.BackendConfig {
			if key, value, ok := strings.Cut(b, "="); ok {
				env.Backend = append(env.Backend, eval.Arg{Name: key, Text: value})
			} else {
				env.Backend = append(env.Backend, eval.Arg{File: path.Join(dir, b)})
			}
		}
		out = append(out, env)
	}
	if r.EachFile == "" {
		return out
	}
	files, _ := doublestar.Glob(fsys, path.Join(dir, r.EachFile), doublestar.WithFilesOnly()) // what can't be read is left out
	slices.Sort(files)
	files = slices.DeleteFunc(files, func(file string) bool { return path.Dir(file) == path.Clean(dir) && isAutomatic(path.Base(file)) })
	called := map[string]int{}
	for _, file := range files {
		called[fileName(file)]++
	}
	for _, file := range files {
		name := fileName(file)
		if called[name] > 1 || name == "terraform" { // a folder for each environment
			name = path.Base(path.Dir(file))
		}
		if !validName.MatchString(name) {
			continue
		}
		if last := len(out) - 1; last >= 0 && out[last].Name == name {
			out[last].Args = append(out[last].Args, eval.Arg{File: file})
			continue
		}
		out = append(out, terraform.Environment{Name: name, Args: []eval.Arg{{File: file}}})
	}
	return out
}

// isAutomatic reports whether terraform reads a variable file of that name unasked.
func isAutomatic(name string) bool {
	name = strings.TrimSuffix(name, ".json")
	return name == "terraform.tfvars" || strings.HasSuffix(name, ".auto.tfvars")
}

// fileName is the name of a variable file without what all such files have.
func fileName(file string) string {
	return strings.TrimSuffix(strings.TrimSuffix(path.Base(file), ".json"), ".tfvars")
}

// variableText writes a value as terraform's command line takes it.
func variableText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "" // what came from JSON goes into it
	}
	return cmp.Or(strings.NewReplacer("${", "$${", "%{", "%%{").Replace(string(text)), "null")
}
