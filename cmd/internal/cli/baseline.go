package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func baselineCommand(p Process) *cobra.Command {
	f := scanFlags{format: "json", theme: "light"}
	cmd := &cobra.Command{
		Use:   "baseline [flags] [PATH]...",
		Short: "Save the model as it is, to fail on what is new only",
		Long: `Baseline scans each PATH (the working directory if there is none) and saves the model, so
that a team which starts with many findings is stopped by new ones only:

  drawbridge baseline
  drawbridge diff drawbridge-baseline.json --fail-on new:high

The file is the same that 'scan --format json' writes: it lists components, flows and
weak places, so keep it where the code itself may be read. Save it again once findings
are resolved.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := f.parse(p, args)
			if err != nil {
				return err
			}
			if s.file == "" {
				return fmt.Errorf("-o %s: a baseline is one file", f.output)
			}
			s.failOnSet = true // it fails for no finding
			return s.run(cmd.Context(), p)
		},
	}
	f.input.register(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&f.output, "output", "o", "drawbridge-baseline.json", "write to this `FILE`")
	flags.StringArrayVar(&f.exclude, "exclude", nil, "leave out what this `GLOB` matches, from the scanned directory (\"**/test/**\"); repeatable")
	flags.StringArrayVar(&f.helmValues, "helm-values", nil, "`FILE` of values for the Helm charts in PATH; repeatable, later ones win")
	flags.StringArrayVar(&f.helmSet, "set", nil, "value for the Helm charts, as `KEY=VALUE` of helm's --set; repeatable")
	return cmd
}
