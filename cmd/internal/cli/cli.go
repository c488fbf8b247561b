package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// The exit statuses.
const (
	statusOK       = 0
	statusFindings = 1 // scan, diff --fail-on: there is what it names
	statusRefused  = 1 // connectivity: an input is not valid
	statusError    = 2 // the command could not run
)

// Process is what a command sees of the process that it runs in.
type Process struct {
	Stdout, Stderr io.Writer
	// Env are "NAME=value" pairs; of repeated names the last counts.
	Env []string
	// Dir is the working directory, an absolute path.
	Dir string
}

// OS returns the process that the program itself runs in.
func OS() Process {
	dir, err := os.Getwd()
	if err != nil {
		dir = "." // deleted under our feet; the paths that depend on it will say so
	}
	return Process{Stdout: os.Stdout, Stderr: os.Stderr, Env: os.Environ(), Dir: dir}
}

// path resolves a path from the command line against the working directory.
func (p Process) path(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(p.Dir, name)
}

// environ returns the environment by name.
func (p Process) environ() map[string]string {
	env := make(map[string]string, len(p.Env))
	for _, pair := range p.Env {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	return env
}

// isTerminal reports whether a person reads the stream.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colour reports whether the stream takes colours: https://no-color.org, and
// the convention that TERM=dumb has none.
func (p Process) colour(w io.Writer) bool {
	env := p.environ()
	return env["NO_COLOR"] == "" && env["TERM"] != "dumb" && isTerminal(w)
}

// errFindings makes Main return statusFindings. It has no message: the report
// has said it all.
var errFindings = errors.New("findings at or above the threshold")

// Main runs one command and returns the exit status of the program.
func Main(args []string, p Process) int {
	tuneCollector(p.environ())
	quietLibraries()
	root := rootCommand(p)
	root.SetArgs(args)
	cmd, err := root.ExecuteC()
	switch {
	case err == nil:
		return statusOK
	case errors.Is(err, errFindings):
		return statusFindings
	case errors.Is(err, errRefused):
		return statusRefused
	}
	fmt.Fprintf(p.Stderr, "%s: %v\n", cmd.CommandPath(), err)
	return statusError
}

func rootCommand(p Process) *cobra.Command {
	root := &cobra.Command{
		Use:   "drawbridge",
		Short: "Data-flow diagrams, trust boundaries and threats from infrastructure code",
		Long: `Drawbridge reads Terraform and Kubernetes files and derives the data-flow diagram that
a threat modeling team would draw by hand: components, flows, trust boundaries and the
threats on them, each with the file and line that it rests on. It works offline and
needs no credentials.`,
		Example: `  drawbridge scan .                        a summary
  drawbridge scan -o threat-model/ .       diagram, report and model as files
  drawbridge scan --format json . > m.json`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; '%s --help' lists the flags", err, cmd.CommandPath())
	})
	root.AddCommand(
		scanCommand(p),
		serveCommand(p),
		diffCommand(p),
		baselineCommand(p),
		initCommand(p),
		inspectCommand(p),
		connectivityCommand(p),
		historyCommand(p),
		pathsCommand(p),
		explainCommand(p),
		queryCommand(p),
		rulesCommand(p),
		manCommand(p),
		versionCommand(p),
	)
	return root
}
