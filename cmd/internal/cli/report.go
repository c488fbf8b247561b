package cli

import (
	"fmt"
	"io/fs"

	"drawbridge/extract"
	"drawbridge/graph"
	"drawbridge/render"
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

// sinceSaved compares a model with the saved one that --since names, if any.
func (s *scan) sinceSaved(g *graph.Graph) *graph.Change {
	if s.since == nil {
		return nil
	}
	return graph.Diff(s.since, g)
}
