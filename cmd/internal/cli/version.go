package cli

import (
	"io"

	"drawbridge/cmd/internal/build"

	"github.com/spf13/cobra"
)

func versionCommand(p Process) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(p.Stdout, build.Version())
			return err
		},
	}
}
