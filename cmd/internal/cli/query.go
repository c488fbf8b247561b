package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"drawbridge/analyze/custom"
	"drawbridge/graph"

	"github.com/spf13/cobra"
)

func queryCommand(p Process) *cobra.Command {
	var scan scanFlags
	var of, format string
	cmd := &cobra.Command{
		Use:   "query [flags] EXPRESSION [PATH]...",
		Short: "List the components, flows or findings for which an expression is true",
		Long: `Query reads what scan reads and lists the elements for which a CEL expression is true. The
names that it can use are those of the rules of your own; the README of package
analyze/custom lists them. What is not known is neither true nor false: the number of
elements that could not be decided on goes to standard error.`,
		Example: `  drawbridge query 'kind == "store" && exposure == "direct"'
  drawbridge query 'kind == "store" && !encrypted_at_rest' terraform/
  drawbridge query --of flow '!encrypted && enters.exists(b, b.kind == "network")'
  drawbridge query --of finding 'severity in ["high", "critical"]' --format json .`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("--format %q is none of text, json", format)
			}
			if _, err := custom.Query(&graph.Graph{}, of, args[0]); err != nil { // before anything is read
				return err
			}
			s, err := scan.parse(p, args[1:])
			if err != nil {
				return err
			}
			g, err := s.read(p)
			if err != nil {
				return err
			}
			a, err := custom.Query(g, of, args[0])
			if err != nil {
				return err
			}
			if format == "json" {
				return queryJSON(p.Stdout, of, a)
			}
			if a.Undecided > 0 {
				fmt.Fprintf(p.Stderr, "of %d more it is not known\n", a.Undecided)
			}
			return queryText(p.Stdout, a)
		},
	}
	scan.input.register(cmd)
	scan.theme = "light"
	flags := cmd.Flags()
	flags.StringVar(&of, "of", "component", "what to list: each `NOUN` of "+strings.Join(custom.Nouns(), ", "))
	flags.StringVar(&format, "format", "text", "output `FORMAT`: text, json")
	flags.StringArrayVar(&scan.exclude, "exclude", nil, "leave out what this `GLOB` matches; repeatable")
	completeWith(cmd, "of", custom.Nouns()...)
	completeWith(cmd, "format", "text", "json")
	return cmd
}

// queryJSON writes the elements as they stand in the model's own JSON.
func queryJSON(w io.Writer, of string, a *custom.Answer) error {
	out := map[string]any{"undecided": a.Undecided}
	switch of {
	case "component":
		out["components"] = present(a.Components)
	case "flow":
		out["flows"] = present(a.Flows)
	case "boundary":
		out["boundaries"] = present(a.Boundaries)
	case "grant":
		out["grants"] = present(a.Grants)
	default:
		out["findings"] = present(a.Findings)
	}
	return writeJSON(w, out)
}

// present makes an empty list of none.
func present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func queryText(w io.Writer, a *custom.Answer) error {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(cells ...string) {
		for i, c := range cells {
			cells[i] = cmp.Or(oneLine(c), "-")
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	for _, c := range a.Components {
		row(string(c.Kind), string(c.Technology), c.Name, string(c.Exposure), c.Address, c.Source.String())
	}
	for _, f := range a.Flows {
		row(f.ID, string(f.Basis), "encrypted "+f.Encrypted.String(), firstPlace(f.Evidence))
	}
	for _, x := range a.Boundaries {
		row(string(x.Kind), x.Name, x.Address, x.Source.String())
	}
	for _, r := range a.Grants {
		row(r.ID, string(r.Does), firstPlace(r.Evidence))
	}
	for _, f := range a.Findings {
		row(string(f.Severity), f.Rule, f.Title, f.Address, firstPlace(f.Evidence))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, printableLines(b.String()))
	return err
}

// firstPlace is the first place that evidence has.
func firstPlace(list []graph.Evidence) string {
	for _, e := range list {
		if s := e.Source(); !s.IsZero() {
			return s.String()
		}
	}
	return ""
}
