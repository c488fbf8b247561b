package cli

import (
	"fmt"
	"io/fs"
	"os"

	"drawbridge/extract"
	"drawbridge/graph"
	"drawbridge/render"

	"github.com/spf13/cobra"
)

// openInput gives reports the lines of the files that were scanned. The function that
// it returns closes them.
func (s *scan) openInput(opt *render.Options) (closeInput func(), err error) {
	top, err := scannedTop(s.paths)
	if err != nil {
		return nil, err
	}
	tree, err := extract.Open(top)
	if err != nil {
		return nil, err
	}
	opt.ReadFile = func(name string) ([]byte, error) {
		info, err := fs.Stat(tree, name)
		if err == nil && info.Size() > largestShown {
			err = fmt.Errorf("%s is too large to show", name)
		}
		if err != nil {
			return nil, err
		}
		return fs.ReadFile(tree, name)
	}
	return func() { tree.Close() }, nil // opened for reading
}

// largestShown bounds the files of which a report shows lines.
const largestShown = 4 << 20

// registerEarlier adds the flags for what the HTML report tells of earlier models.
func (f *scanFlags) registerEarlier(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.baseline, "baseline", "", "tell in the HTML report what changed since this saved `MODEL` (of 'drawbridge baseline')")
	flags.StringVar(&f.history, "history", "", "show in the HTML report this `HISTORY` (of 'drawbridge history --format json')")
}

// earlier reads what these flags name.
func (f *scanFlags) earlier(p Process, s *scan) error {
	if f.baseline != "" {
		earlier, err := openModel(p, f.baseline)
		if err != nil {
			return err
		}
		s.since = earlier.model
	}
	if f.history == "" {
		return nil
	}
	file, err := os.Open(p.path(f.history))
	if err != nil {
		return cannotRead("history", f.history, err)
	}
	defer file.Close() // opened for reading
	if s.render.History, err = graph.ReadHistoryJSON(file); err != nil {
		return fmt.Errorf("%s is nothing that 'drawbridge history --format json' wrote: %w", f.history, err)
	}
	return nil
}

// sinceSaved compares a model with the saved one that --baseline names, if any.
func (s *scan) sinceSaved(g *graph.Graph) *graph.Change {
	if s.since == nil {
		return nil
	}
	return graph.Diff(s.since, g)
}
