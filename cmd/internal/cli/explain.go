package cli

import (
	"fmt"
	"io"
	"strings"

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
		Args: cobra.MinimumNArgs(1),
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
			return explainText(p.Stdout, x)
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

func explainText(w io.Writer, x *explain.Explanation) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n%s\n", oneLine(x.Title), x.Kind, oneLine(x.ID))
	for _, s := range x.Sections {
		fmt.Fprintf(&b, "\n%s\n", s.Title)
		for _, l := range s.Lines {
			fmt.Fprintf(&b, "  %s\n", oneLine(l.String()))
		}
	}
	_, err := io.WriteString(w, printableLines(b.String()))
	return err
}
