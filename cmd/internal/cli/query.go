package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"drawbridge/analyze/custom"
	"drawbridge/graph"
	"drawbridge/render"

	"github.com/spf13/cobra"
)

func queryCommand(p Process) *cobra.Command {
	var scan scanFlags
	var of, format string
	cmd := &cobra.Command{
		Use:   "query [flags] EXPRESSION [PATH]...",
		Short: "List the components, flows or findings for which an expression is true",
		Long: `Query reads what scan reads and lists the elements for which a CEL expression is true. The
names that it can use are listed below; those of your own rules are the same. What is not
known is neither true nor false: the number of elements that could not be decided on goes
to standard error.

` + queryNames(),
		Example: `  drawbridge query 'kind == "store" && exposure == "direct"'
  drawbridge query 'kind == "store" && !encrypted_at_rest' terraform/
  drawbridge query --of flow '!encrypted && enters.exists(b, b.kind == "network")'
  drawbridge query --of finding 'severity in ["high", "critical"]' --format json .`,
		Args: needs(1, "the expression: 'kind == \"store\"'"),
		RunE: func(_ *cobra.Command, args []string) error {
			of = singular(of)
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
			return queryText(p, s, a)
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

// needs refuses a command line without the arguments that a command can't do without, and
// says what they are.
func needs(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < n {
			return fmt.Errorf("what is missing is %s", what)
		}
		return nil
	}
}

// singular takes "findings" for finding: what is listed are many.
func singular(noun string) string {
	for _, n := range custom.Nouns() {
		if noun == n+"s" || noun == strings.TrimSuffix(n, "y")+"ies" {
			return n
		}
	}
	return noun
}

// queryNames lists the names that expressions can use, for the help, a paragraph for each
// sort of element and one for the properties.
func queryNames() string {
	properties := map[string]bool{}
	var all []string
	for _, p := range graph.Properties {
		properties[string(p)] = true
		all = append(all, string(p))
	}
	var out []string
	paragraph := func(words ...string) {
		line, text := "", ""
		for _, word := range words {
			if line != "" && len(line)+1+len(word) > 85 {
				text, line = text+line+"\n", ""
			}
			line = strings.TrimSpace(line + " " + word)
		}
		out = append(out, text+line)
	}
	list := func(head string, names []string) {
		paragraph(strings.Fields(head + " " + strings.Join(names, ", "))...)
	}
	for _, noun := range custom.Nouns() {
		names := custom.Names(noun)
		if noun == "component" || noun == "boundary" {
			names = slices.DeleteFunc(names, func(name string) bool { return properties[name] })
		}
		list("Of each "+noun+":", names)
	}
	list("Of each component and boundary what is established, or not known:", all)
	return strings.Join(out, "\n\n")
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

func queryText(p Process, s *scan, a *custom.Answer) error {
	var head []string
	var rows [][]render.TextCell
	main := 0
	row := func(severity graph.Severity, at graph.Source, cells ...string) {
		out := make([]render.TextCell, len(cells))
		for i, c := range cells {
			out[i] = render.TextCell{Text: cmp.Or(oneLine(c), "-")}
		}
		out[0].Severity = severity
		out[len(out)-1].Source = at
		rows = append(rows, out)
	}
	for _, c := range a.Components {
		head, main = []string{"kind", "technology", "name", "exposure", "address", "place"}, 2
		row("", c.Source, string(c.Kind), string(c.Technology), c.Name, string(c.Exposure), c.Address, c.Source.String())
	}
	for _, f := range a.Flows {
		head = []string{"flow", "basis", "encrypted", "place"}
		at := firstPlace(f.Evidence)
		row("", at, f.ID, string(f.Basis), "encrypted "+f.Encrypted.String(), at.String())
	}
	for _, x := range a.Boundaries {
		head, main = []string{"kind", "name", "address", "place"}, 1
		row("", x.Source, string(x.Kind), x.Name, x.Address, x.Source.String())
	}
	for _, r := range a.Grants {
		head = []string{"grant", "ability", "place"}
		at := firstPlace(r.Evidence)
		row("", at, r.ID, string(r.Does), at.String())
	}
	for _, f := range a.Findings {
		head, main = []string{"severity", "rule", "finding", "address", "place"}, 2
		at := firstPlace(f.Evidence)
		row(f.Severity, at, string(f.Severity), f.Rule, f.Title, f.Address, at.String())
	}
	return render.Table(p.Stdout, head, rows, main, s.textOptions(p))
}

// firstPlace is the first place that evidence has.
func firstPlace(list []graph.Evidence) graph.Source {
	for _, e := range list {
		if s := e.Source(); !s.IsZero() {
			return s
		}
	}
	return graph.Source{}
}
