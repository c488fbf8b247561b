package cli

import (
	"fmt"

	"drawbridge/analyze/explain"
	"drawbridge/render"

	"github.com/spf13/cobra"
)

func explainCommand(p Process) *cobra.Command {
	var scan scanFlags
	var format string
	cmd := &cobra.Command{
		Use:   "explain [flags] ID [PATH]...",
		Short: "Tell why a component, flow, boundary or finding is what it is, and what would change it",
		Long: `Explain reads what scan reads and tells of one thing what it rests on, with places, and
what would change it: of a finding the factors of its severity, of a component its
exposure with the way from the internet, of a flow the boundaries that it crosses.

ID is the badge of a finding (H2), an identifier, an address, or a name that only one
thing has.`,
		Example: `  drawbridge explain H2
  drawbridge explain aws_db_instance.orders terraform/
  drawbridge explain 'internet -> aws_lb.api https:443' --format json .`,
		Args: needs(1, "what to explain: a finding's badge (H2), an identifier, an address or a name"),
		RunE: func(_ *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("--format %q is none of text, json", format)
			}
			s, err := scan.parse(p, args[1:])
			if err != nil {
				return err
			}
			g, err := s.read(p)
			if err != nil {
				return err
			}
			x, err := explain.Of(g, render.Badges(g), args[0])
			if err != nil {
				return err
			}
			if format == "json" {
				return writeJSON(p.Stdout, x)
			}
			return explainText(p, s, x)
		},
	}
	scan.input.register(cmd)
	scan.theme = "light"
	flags := cmd.Flags()
	flags.StringVar(&format, "format", "text", "output `FORMAT`: text, json")
	flags.StringArrayVar(&scan.exclude, "exclude", nil, "leave out what this `GLOB` matches; repeatable")
	completeWith(cmd, "format", "text", "json")
	return cmd
}

func explainText(p Process, s *scan, x *explain.Explanation) error {
	var sections []render.TextSection
	for _, from := range x.Sections {
		to := render.TextSection{Title: from.Title}
		for _, l := range from.Lines {
			to.Lines = append(to.Lines, render.TextLine{Text: l.Text, Source: l.Source})
		}
		sections = append(sections, to)
	}
	return render.Sections(p.Stdout, x.Title+" ("+x.Kind+")", x.ID, sections, s.textOptions(p))
}
