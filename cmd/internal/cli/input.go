package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"drawbridge/cmd/internal/config"
	"drawbridge/extract"
	"drawbridge/extract/terraform/eval"

	"github.com/spf13/cobra"
)

// inputFlags are the inputs of a Terraform evaluation beside its files. They are
// spelled as terraform spells them, but for the second dash.
type inputFlags struct {
	args      []inputArg
	workspace string
	modules   string
	// environment is the one to read of each root that the configuration gives several.
	environment string
	// model is the part to keep, by its name in the configuration or spelled out; "" for all.
	model string
}

// inputArg is one --var or --var-file as it was typed.
type inputArg struct {
	isFile bool
	text   string
}

func (in *inputFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(&inputValue{in, false}, "var", "value of a Terraform variable, as `NAME=VALUE`; repeatable, later ones win")
	f.Var(&inputValue{in, true}, "var-file", "`FILE` of Terraform variables; repeatable, of these and --var the later ones win")
	f.StringVar(&in.modules, "modules", "", "`DIR` of modules from registries and repositories: a .terraform/modules, or folders named by source and version (terraform-aws-modules/vpc/aws/5.8.1)")
	f.StringVar(&in.environment, "environment", "", "read this `ENVIRONMENT` only of the Terraform roots that "+config.FileName+" gives several")
	f.StringVar(&in.model, "model", "", "the model of this `PART` only, what others own being external to it: a name under models in "+config.FileName+", or tag:KEY=VALUE, namespace:NAME, folder:DIR")
	f.StringVar(&in.workspace, "workspace", "", "Terraform workspace (default \"default\", or $TF_WORKSPACE)")
}

// inputValue appends to the arguments, so that both flags keep one order: that is
// what decides which of them wins.
type inputValue struct {
	in     *inputFlags
	isFile bool
}

func (v *inputValue) Set(text string) error {
	v.in.args = append(v.in.args, inputArg{v.isFile, text})
	return nil
}

func (v *inputValue) String() string { return "" }
func (v *inputValue) Type() string   { return "stringArray" }

// files returns the variable files as they were typed.
func (in *inputFlags) files() []string {
	var files []string
	for _, a := range in.args {
		if a.isFile {
			files = append(files, a.text)
		}
	}
	return files
}

// evalArgs returns the arguments for the evaluator. Files are the names, below its
// file system's root, of what [inputFlags.files] returns.
func (in *inputFlags) evalArgs(files []string) ([]eval.Arg, error) {
	var args []eval.Arg
	for _, a := range in.args {
		if a.isFile {
			args = append(args, eval.Arg{File: files[0]})
			files = files[1:]
			continue
		}
		name, value, ok := strings.Cut(a.text, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--var %q has no value; write it as NAME=VALUE", a.text)
		}
		args = append(args, eval.Arg{Name: name, Text: value})
	}
	return args, nil
}

// configure reads the tree's configuration into the options of an extraction. What it
// returns goes on with the graph; the tree must stay open for it.
func (in *inputFlags) configure(p Process, tree *extract.Tree, opt *extract.Options) (*settings, error) {
	c, err := config.Read(tree, tree.Base())
	if err != nil {
		return nil, err
	}
	opt.Environments, opt.Environment = c.EnvironmentsOf, in.environment
	opt.Terraform.Types = c.Rows()
	opt.Exclude = append(slices.Clone(opt.Exclude), c.ExcludePatterns()...)
	opt.Noticed = &extract.Noticed{Text: decisionMark}
	for _, t := range c.Types {
		opt.Noticed.Others = append(opt.Noticed.Others, quotedType(t.Type))
	}
	return &settings{config: c, files: tree, noticed: opt.Noticed, environment: in.environment, model: in.model, today: p.today()}, nil
}

// knownEnvironment fails where no root that was read has the environment.
func knownEnvironment(c *config.Config, name string) error {
	names := c.EnvironmentNames()
	switch {
	case name == "" || slices.Contains(names, name):
		return nil
	case len(names) == 0:
		return fmt.Errorf("--environment %s: no root has environments; %s names them", name, config.FileName)
	}
	return fmt.Errorf("--environment %s: no root has it; there are %s", name, strings.Join(names, ", "))
}

// completeWith lets the shell complete a flag with one of the choices.
func completeWith(cmd *cobra.Command, flag string, choices ...string) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // the flag is not there: a mistake in this package, which every test would meet
	}
}

// cannotRead tells that something named on the command line is not there or not
// readable, in the words that the user typed.
func cannotRead(what, name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s %s does not exist; check the spelling and the working directory", what, name)
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err // its path is ours, made absolute
	}
	return fmt.Errorf("%s %s cannot be read: %w", what, name, err)
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
