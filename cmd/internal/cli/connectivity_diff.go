package cli

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"drawbridge/extract/kubernetes/netpol"

	"github.com/spf13/cobra"
)

func connectivityDiffCommand(p Process) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "diff [flags] DIR1 DIR2",
		Short: "Show what a change of manifests does to permitted connections",
		Long: `Diff evaluates the manifests in both directories and lists the connections that are
permitted in one only, or on other ports.

Exit status: 0; 1 if an input is not valid; 2 if the command could not run.`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains(connectivityFormats, format) {
				return fmt.Errorf("--format %q is none of %s", format, strings.Join(connectivityFormats, ", "))
			}
			before, err := loadPolicies(p, args[0])
			if err != nil {
				return err
			}
			after, err := loadPolicies(p, args[1])
			if err != nil {
				return err
			}
			return writeChanges(p, netpol.Diff(before, after), format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "output format: "+strings.Join(connectivityFormats, ", "))
	completeWith(cmd, "format", connectivityFormats...)
	return cmd
}

// changeRow is a change as JSON tells it. Its names are a contract.
type changeRow struct {
	Type   string   `json:"type"`
	Src    string   `json:"src"`
	Dst    string   `json:"dst"`
	Before []string `json:"before"`
	After  []string `json:"after"`
	// Unknown is true where a policy that is not evaluated governs the connection.
	Unknown bool `json:"unknown,omitempty"`
}

func writeChanges(p Process, changes []netpol.Change, format string) error {
	if format == "json" {
		rows := []changeRow{}
		for _, c := range changes {
			rows = append(rows, changeRow{c.Type(), c.Src.String(), c.Dst.String(), c.Before.Strings(), c.After.Strings(), c.Unknown})
		}
		return writeJSON(p.Stdout, struct {
			Changes []changeRow `json:"changes"`
		}{rows})
	}
	t := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	for _, c := range changes {
		fmt.Fprintf(t, "%s\t%s\t=> %s\t%s\t-> %s%s\n", c.Type(), c.Src, c.Dst, c.Before, c.After, unknownMark(c.Unknown))
	}
	return t.Flush()
}
