package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"drawbridge/analyze/paths"
	"drawbridge/graph"

	"github.com/spf13/cobra"
)

// mostShownPaths bounds what the command prints; it says how many there are.
const mostShownPaths = 200

// pathsFormats are how paths are written: told, or drawn with what lies on them.
var pathsFormats = []string{"text", "json", "dot", "svg", "png"}

func pathsCommand(p Process) *cobra.Command {
	var scan scanFlags
	var from, to []string
	var format string
	cmd := &cobra.Command{
		Use:   "paths [flags] [PATH]...",
		Short: "Show how an attacker gets from an entry to what is worth having",
		Long: `Paths reads what scan reads and prints, for each entry and each asset, the shortest way
over flows and grants, with the place that each step rests on. Every program on the way
counts as one that can be taken over.

Entries are the internet, parties outside of the model that were granted something,
identities with a long-lived key, and pipelines, unless --from names others ("all" for every
program and identity). Assets are administrators, secrets, sensitive stores and databases,
unless --to names others.`,
		Example: `  drawbridge paths .
  drawbridge paths --from aws_iam_user.deploy terraform/
  drawbridge paths --to aws_db_instance.orders --format json .`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(pathsFormats, format) {
				return fmt.Errorf("--format %q is none of %s", format, strings.Join(pathsFormats, ", "))
			}
			s, err := scan.parse(p, args)
			if err != nil {
				return err
			}
			g, err := s.read(p)
			if err != nil {
				return err
			}
			var opt paths.Options
			if slices.Equal(from, []string{"all"}) {
				opt.From, err = everyHolder(g)
			} else {
				opt.From, err = componentsNamed(g, "--from", from)
			}
			if err != nil {
				return err
			}
			if opt.To, err = componentsNamed(g, "--to", to); err != nil {
				return err
			}
			found := paths.Find(g, opt)
			switch format {
			case "json":
				return pathsJSON(p.Stdout, found)
			case "text":
				return pathsText(p.Stdout, g, found)
			}
			drawn, _ := formatNamed(format)
			if s.render.Paths = found; len(found) == 0 {
				return errors.New("there is no path to draw")
			}
			return drawn.first(cmd.Context(), p.Stdout, &model{graph: g, options: s.render, layouter: p.layouter()})
		},
	}
	scan.input.register(cmd)
	scan.theme = "light"
	flags := cmd.Flags()
	flags.StringArrayVar(&from, "from", nil, "begin at this `COMPONENT` (address, ID or name; all for each) as if an attacker held it; repeatable")
	flags.StringArrayVar(&to, "to", nil, "end at this `COMPONENT`; repeatable")
	flags.StringVar(&format, "format", "text", "output `FORMAT`: "+strings.Join(pathsFormats, ", "))
	flags.StringArrayVar(&scan.exclude, "exclude", nil, "leave out what this `GLOB` matches; repeatable")
	completeWith(cmd, "format", pathsFormats...)
	return cmd
}

// mostEntries bounds the searches of --from all, each of which costs what the model is large.
const mostEntries = 500

// everyHolder returns the IDs of all that an attacker may hold to begin with, besides what
// holds data only.
func everyHolder(g *graph.Graph) ([]string, error) {
	var ids []string
	for _, c := range g.Components {
		if c.ID == graph.InternetID || c.Kind == graph.Process || c.Kind == graph.Identity {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) > mostEntries {
		return nil, fmt.Errorf("--from all: the model has %d programs and identities, more than %d; name those to begin with", len(ids), mostEntries)
	}
	return ids, nil
}

// componentsNamed returns the IDs of the components that a flag names: by ID or
// address, by a folded part's address, or by a name that only one has.
func componentsNamed(g *graph.Graph, flag string, names []string) ([]string, error) {
	var ids []string
	for _, name := range names {
		var exact, named []string
		for _, c := range g.Components {
			if c.ID == name || c.Address == name || slices.Contains(c.Parts, name) {
				exact = append(exact, c.ID)
			} else if c.Name == name {
				named = append(named, c.ID)
			}
		}
		switch found := cmp.Or(len(exact), len(named)); {
		case found == 0:
			return nil, fmt.Errorf("%s %s: no component has this address or name; 'drawbridge scan --format markdown' lists them", flag, name)
		case len(exact) == 0 && len(named) > 1:
			return nil, fmt.Errorf("%s %s: %d components have this name (%s); give the address of one", flag, name, len(named), strings.Join(named, ", "))
		case len(exact) > 0:
			ids = append(ids, exact...)
		default:
			ids = append(ids, named...)
		}
	}
	return ids, nil
}

func pathsJSON(w io.Writer, found []*graph.Path) error {
	if found == nil {
		found = []*graph.Path{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"paths": found})
}

func pathsText(w io.Writer, g *graph.Graph, found []*graph.Path) error {
	x := graph.NewIndex(g)
	name := func(id string) string {
		if c := x.Component[id]; c != nil {
			return cmp.Or(c.Name, id)
		}
		return id
	}
	var b strings.Builder
	widest, ok := graph.WidestStep(g, found)
	if !ok {
		b.WriteString("No way leads from the entries to anything worth having.\n")
	}
	for i, p := range found {
		if i == mostShownPaths {
			fmt.Fprintf(&b, "... and %d more; narrow them with --from and --to.\n\n", len(found)-i)
			break
		}
		fmt.Fprintf(&b, "%s to %s: worth %d of 5, %s\n", name(p.From), name(p.To), p.Worth, p.Why)
		for _, s := range p.Steps {
			fmt.Fprintf(&b, "  %s %s\n", name(s.From), s.How)
			if at := strings.TrimSpace(s.Evidence.Source().String() + " " + s.Evidence.Why); at != "" {
				fmt.Fprintf(&b, "      %s\n", at)
			}
		}
		b.WriteByte('\n')
	}
	if ok {
		fmt.Fprintf(&b, "The change that cuts most, %d of %d: %s %s.\n", widest.Paths, len(found), name(widest.From), widest.How)
	}
	_, err := io.WriteString(w, printableLines(b.String()))
	return err
}

// printableLines takes out control characters but line ends: names come from files
// that anyone may have written.
func printableLines(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0) {
			return -1
		}
		return r
	}, s)
}
