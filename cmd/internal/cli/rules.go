package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"drawbridge/analyze/rules"

	"github.com/spf13/cobra"
)

func rulesCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules [ID]",
		Short: "List the rules, or explain one",
		Args:  cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			ids := make([]string, len(rules.All))
			for i, r := range rules.All {
				ids[i] = r.ID
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return listRules(p.Stdout)
			}
			r := rules.ByID(args[0])
			if r == nil {
				return fmt.Errorf("no rule is called %q; 'drawbridge rules' lists them", args[0])
			}
			return explainRule(p.Stdout, r)
		},
	}
	cmd.AddCommand(rulesTestCommand(p))
	return cmd
}

func listRules(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range rules.All {
		fmt.Fprintf(t, "%s\t%s\n", r.ID, r.Title)
	}
	return t.Flush()
}

func explainRule(w io.Writer, r *rules.Rule) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", r.ID, r.Title)
	section := func(title string, texts ...string) {
		if len(texts) == 0 {
			return
		}
		fmt.Fprintf(&b, "\n%s\n", title)
		for _, text := range texts {
			b.WriteString(wrap(text, 80, "  "))
		}
	}
	section("What it looks for", r.Looks)
	section("What an attacker gets", r.Why)
	section("What helps", r.Mitigations...)
	section("How to verify it", r.Verify)
	section("What would make it false", r.FalseIf)

	var stride, cwe []string
	for _, s := range r.STRIDE {
		stride = append(stride, string(s))
	}
	for _, n := range r.CWE {
		cwe = append(cwe, "CWE-"+strconv.Itoa(n))
	}
	section("STRIDE", strings.Join(stride, ", "))
	section("Weakness", strings.Join(cwe, ", "))
	section("References", r.References...)
	_, err := io.WriteString(w, b.String())
	return err
}

// wrap breaks a text into lines of at most width bytes where its words allow it,
// each with the indent.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	line := indent
	for _, word := range strings.Fields(text) {
		if line != indent && len(line)+1+len(word) > width {
			b.WriteString(line + "\n")
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	b.WriteString(line + "\n")
	return b.String()
}
