package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"drawbridge/analyze"
	"drawbridge/analyze/custom"
	"drawbridge/cmd/internal/config"

	"github.com/spf13/cobra"
)

func rulesTestCommand(p Process) *cobra.Command {
	return &cobra.Command{
		Use:   "test [FILE]...",
		Short: "Run the examples of your own rules",
		Long: `Test checks the rules of your own in each FILE (` + config.FileName + ` and the files that it names, if
there is none) and runs their examples: a rule has to find something in each bad one, and
nothing in each good one.

Exit status: 0; 2 if a rule does not do as its examples say, or makes no sense.`,
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := ownRules(p, args)
			if err != nil {
				return err
			}
			failed := 0
			for _, r := range list {
				failures, err := r.Failures(analyze.Run)
				if err != nil {
					return err
				}
				for _, f := range failures {
					failed++
					fmt.Fprintf(p.Stdout, "%s: rule %s: %s\n", r.Source, r.ID, f)
				}
				if len(r.Bad) == 0 {
					fmt.Fprintf(p.Stdout, "%s: rule %s has no bad example\n", r.Source, r.ID)
				}
			}
			if failed > 0 {
				return fmt.Errorf("%d of the examples don't do as they should", failed)
			}
			examples := 0
			for _, r := range list {
				examples += len(r.Bad) + len(r.Good)
			}
			_, err = fmt.Fprintf(p.Stdout, "%d rules, %d examples: all as they should\n", len(list), examples)
			return err
		},
	}
}

// ownRules are the rules of some files, or of the configuration in the working directory.
func ownRules(p Process, files []string) ([]*custom.Compiled, error) {
	if len(files) == 0 {
		c, err := config.Read(os.DirFS(p.Dir), ".")
		if err != nil {
			return nil, err
		}
		if len(c.Custom()) == 0 {
			return nil, errors.New("there are no rules of your own: " + config.FileName + " in the working directory has neither custom-rules nor rule-files")
		}
		return c.Custom(), nil
	}
	var out []*custom.Compiled
	for _, name := range files {
		text, err := os.ReadFile(p.path(name))
		if err != nil {
			return nil, cannotRead("file", name, err)
		}
		var list []*custom.Compiled
		if filepath.Base(name) == config.FileName {
			c, err := config.Read(os.DirFS(filepath.Dir(p.path(name))), ".")
			if err != nil {
				return nil, err
			}
			list = c.Custom()
		} else if list, err = config.ParseRules(text, name); err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return slices.Clip(out), nil
}
