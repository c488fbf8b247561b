package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"
)

// inputFlags are the inputs of a Terraform evaluation beside its files. They are
// spelled as terraform spells them, but for the second dash.
type inputFlags struct {
	varPairs  []string
	varFiles  []string
	workspace string
}

func (in *inputFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&in.varPairs, "var", nil, "value of a Terraform variable, as `NAME=VALUE`; repeatable")
	f.StringArrayVar(&in.varFiles, "var-file", nil, "`FILE` of Terraform variables; repeatable, later ones win")
	f.StringVar(&in.workspace, "workspace", "", "Terraform workspace (default \"default\", or $TF_WORKSPACE)")
}

// vars returns the values by name; of a repeated name the last counts.
func (in *inputFlags) vars() (map[string]string, error) {
	vars := map[string]string{}
	for _, pair := range in.varPairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--var %q has no value; write it as NAME=VALUE", pair)
		}
		vars[name] = value
	}
	return vars, nil
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
