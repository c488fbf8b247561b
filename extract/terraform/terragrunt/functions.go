package terragrunt

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"drawbridge/extract/terraform/eval"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// functions are terragrunt's own, for one configuration. Directories are absolute
// paths below the repository, as terragrunt's are below the machine's root.
func (c *config) functions() map[string]function.Function {
	all := map[string]function.Function{
		"find_in_parent_folders":         texts(c.findInParents),
		"path_relative_to_include":       texts(func(args []string) (string, error) { return relative(c.includeDir(args), c.dir), nil }),
		"path_relative_from_include":     texts(func(args []string) (string, error) { return relative(c.dir, c.includeDir(args)), nil }),
		"get_terragrunt_dir":             texts(func([]string) (string, error) { return c.live.absolute(c.dir), nil }),
		"get_original_terragrunt_dir":    texts(func([]string) (string, error) { return c.live.absolute(c.root().dir), nil }),
		"get_parent_terragrunt_dir":      texts(func(args []string) (string, error) { return c.live.absolute(c.includeDir(args)), nil }),
		"get_working_dir":                texts(func([]string) (string, error) { return c.live.absolute(c.dir), nil }),
		"get_repo_root":                  texts(func([]string) (string, error) { return c.live.repository(), nil }),
		"get_path_from_repo_root":        texts(func([]string) (string, error) { return relative(".", c.live.fromRepository(c.dir)), nil }),
		"get_path_to_repo_root":          texts(func([]string) (string, error) { return relative(c.live.fromRepository(c.dir), "."), nil }),
		"get_env":                        c.getEnv(),
		"get_platform":                   texts(func([]string) (string, error) { return "linux", nil }),
		"get_terraform_command":          texts(func([]string) (string, error) { return "plan", nil }),
		"get_terragrunt_source_cli_flag": texts(func([]string) (string, error) { return "", nil }),
		"mark_as_read":                   texts(func(args []string) (string, error) { return strings.Join(args, ""), nil }),
		"read_terragrunt_config":         c.readConfig(),
		"read_tfvars_file":               c.readVariables(),
	}
	// What only a run could tell.
	for _, name := range []string{
		"run_cmd", "get_aws_account_id", "get_aws_account_alias", "get_aws_caller_identity_arn", "get_aws_caller_identity_user_id",
		"sops_decrypt_file", "get_default_retryable_errors", "get_terraform_cli_args",
	} {
		all[name] = token(name)
	}
	return all
}

// texts makes a function from any number of strings to a string.
func texts(f func(args []string) (string, error)) function.Function {
	return function.New(&function.Spec{
		VarParam: &function.Parameter{Name: "args", Type: cty.String},
		Type:     function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			words := make([]string, len(args))
			for i, a := range args {
				words[i] = a.AsString()
			}
			s, err := f(words)
			if err != nil {
				return cty.NilVal, err
			}
			return cty.StringVal(s), nil
		},
	})
}

// token makes a function that stands for what can't be known without running it.
func token(name string) function.Function {
	return function.New(&function.Spec{
		VarParam: &function.Parameter{Name: "args", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true},
		Type:     function.StaticReturnType(cty.String),
		Impl:     func([]cty.Value, cty.Type) (cty.Value, error) { return standIn(name), nil },
	})
}

func standIn(address string) cty.Value {
	v := cty.StringVal(eval.Token(address)).Mark(eval.Ref{Address: address, Computed: true})
	if strings.HasPrefix(address, "sops_") {
		v = v.Mark(eval.Sensitive{})
	}
	return v
}

// absolute is a directory of the tree as terragrunt would print it.
func (l *Live) absolute(dir string) string { return path.Join(l.top, dir) }

// repository is the absolute path of the repository's top.
func (l *Live) repository() string {
	first, _, _ := strings.Cut(strings.TrimPrefix(l.top, "/"), "/")
	return "/" + first
}

// fromRepository is a directory as seen from the repository's top.
func (l *Live) fromRepository(dir string) string {
	return path.Join(".", strings.TrimPrefix(l.absolute(dir), l.repository()))
}

func (l *Live) isFile(name string) bool {
	info, err := fs.Stat(l.fsys, name)
	return err == nil && info.Mode().IsRegular()
}

func (l *Live) isDir(name string) bool {
	info, err := fs.Stat(l.fsys, name)
	return err == nil && info.IsDir()
}

// relative writes target as seen from base.
func relative(base, target string) string {
	b, t := path.Join("/_/_/_/_/_/_/_/_", base), path.Join("/_/_/_/_/_/_/_/_", target)
	var up []string
	for b != "/" && t != b && !strings.HasPrefix(t, b+"/") {
		up = append(up, "..")
		b = path.Dir(b)
	}
	return path.Join(append(up, strings.TrimPrefix(strings.TrimPrefix(t, b), "/"), ".")...)
}

// includeDir is the directory of the configuration that a unit includes (by name where
// it includes several); its own where it includes none.
func (c *config) includeDir(args []string) string {
	if c.child != nil {
		return path.Dir(c.file.name)
	}
	name := ""
	if len(args) > 0 {
		name = args[0]
	}
	if i := c.included(name); i != nil {
		return path.Dir(i.path)
	}
	if name == "" && len(c.includes) > 0 {
		return path.Dir(c.includes[0].path)
	}
	return c.dir
}

// findInParents looks for a file or directory above the unit.
func (c *config) findInParents(args []string) (string, error) {
	names := []string{FileName, "root.hcl"}
	if len(args) > 0 {
		names = args[:1]
	}
	// The last step is the repository's top, or the first directory that can't be seen.
	for dir := path.Join(c.dir, ".."); c.live.isDir(dir); dir = path.Join(dir, "..") {
		for _, name := range names {
			if full := path.Join(dir, name); c.live.isFile(full) || c.live.isDir(full) {
				return c.live.absolute(full), nil
			}
		}
		if c.live.absolute(dir) == c.live.repository() {
			break
		}
	}
	if len(args) > 1 {
		return args[1], nil
	}
	return "", fmt.Errorf("no %s above %s", names[0], c.dir)
}

// getEnv gives the default of an environment variable: whose environment it is says
// nothing about the model. Without one it is a token.
func (c *config) getEnv() function.Function {
	return function.New(&function.Spec{
		VarParam: &function.Parameter{Name: "args", Type: cty.String, AllowMarked: true},
		Type:     function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			switch len(args) {
			case 1:
				name, _ := args[0].Unmark()
				return standIn("env." + name.AsString()), nil
			case 2:
				return args[1], nil
			}
			return cty.NilVal, errors.New("takes one or two arguments")
		},
	})
}

// readConfig reads another configuration, or gives the default where it is not there.
func (c *config) readConfig() function.Function {
	return function.New(&function.Spec{
		Params:   []function.Parameter{{Name: "path", Type: cty.String}},
		VarParam: &function.Parameter{Name: "default", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true},
		Type:     function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name, err := c.scope.Path(args[0].AsString())
			if err == nil && c.live.isDir(name) {
				name = path.Join(name, FileName)
			}
			if err != nil || !c.live.isFile(name) {
				if len(args) > 1 {
					return args[1], nil
				}
				return cty.NilVal, fmt.Errorf("%s is not here", args[0].AsString())
			}
			other := c.live.config(name, path.Dir(name), nil)
			if other == nil {
				return cty.DynamicVal, nil
			}
			c.read = append(c.read, other)
			return other.exposed(), nil
		},
	})
}

// readVariables reads a file of variables as the text of a JSON object.
func (c *config) readVariables() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name, err := c.scope.Path(args[0].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			f := c.live.open(name)
			if f == nil {
				return cty.NilVal, fmt.Errorf("%s is not here", args[0].AsString())
			}
			values := map[string]cty.Value{}
			for name, a := range f.body.Attributes {
				values[name] = c.value(a.Expr)
			}
			return c.scope.Functions["jsonencode"].Call([]cty.Value{cty.ObjectVal(values)})
		},
	})
}
