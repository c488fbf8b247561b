package cli

import (
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"drawbridge/extract"
	"drawbridge/graph"
)

// How much is tried to find out which lines cause what: each piece of the change costs a
// reading of what it touches, and one more analysis.
const (
	mostPieces     = 24
	mostPiecesSize = 8_000 // pieces, times components of the head
)

// piece is lines of a file that the change replaced by others, or a whole file that it
// brought or took away.
type piece struct {
	file                   string
	came, went             bool
	baseFrom, baseTo       int // lines from 0, the end not included
	headFrom, headTo       int
	baseLines, headContent []string
}

// causes finds out for each difference without which lines of the change it was not there: the
// head is read once more for each piece of the change, with that piece taken back. A value that
// comes through modules, variables and templates leads to its line so, whatever it went through.
func (d *diff) causes(p Process, s *sides, opt extract.Options, c *graph.Change) {
	if s.base.tree == nil || s.head.tree == nil || len(c.Deltas) == 0 {
		return
	}
	var pieces []piece
	for _, name := range opt.Memory.Changed() {
		base, baseErr := fs.ReadFile(s.base.tree, name)
		head, headErr := fs.ReadFile(s.head.tree, name)
		switch {
		case baseErr != nil && headErr != nil:
		case baseErr != nil:
			pieces = append(pieces, piece{file: name, came: true})
		case headErr != nil:
			pieces = append(pieces, piece{file: name, went: true})
		default:
			pieces = append(pieces, piecesOf(name, lines(base), lines(head))...)
		}
	}
	if len(pieces) > mostPieces || len(pieces)*len(c.Head.Components) > mostPiecesSize {
		for _, x := range c.Deltas {
			x.Causes = evidentCauses(pieces, x)
		}
		return
	}
	if len(pieces) == 1 && len(opt.Memory.Changed()) == 1 && reflect.DeepEqual(s.base.settings.config, s.head.settings.config) {
		for _, x := range c.Deltas {
			x.Causes = []graph.Source{pieces[0].place(x)}
		}
		return
	}
	for _, x := range pieces {
		base, head := c.Base, c.Head
		var err error
		if x.went {
			base, err = d.without(p, s.base, x, opt)
		} else {
			head, err = d.without(p, s.head, x, opt)
		}
		if err != nil {
			continue // the rest makes no sense without this piece
		}
		left := map[string]bool{}
		for _, y := range graph.Diff(base, head).Deltas {
			left[sameDelta(y)] = true
		}
		for _, y := range c.Deltas {
			if !left[sameDelta(y)] {
				y.Causes = append(y.Causes, x.place(y))
			}
		}
	}
}

// without is the analysed model of a side without what a piece of the change does to it.
func (d *diff) without(p Process, of *diffSide, x piece, opt extract.Options) (*graph.Graph, error) {
	side := &diffSide{name: of.name, tree: of.tree.With(x.file, x.takenBack())}
	g, err := side.read(p, d.paths, opt, d.input)
	if err == nil && side.settings != nil {
		side.settings.analyze(g)
	}
	return g, err
}

// sameDelta identifies a difference among those of one base.
func sameDelta(d *graph.Delta) string {
	return fmt.Sprintf("%q %q %q %q %q %v", d.Kind, d.Change, d.ID, d.Effect, d.Severity, d.Fields)
}

// place is where the piece shows what it does: a place of the difference itself, else the first
// line that says something, in the head or, where lines went, in the base. A file that came or
// went has no line.
func (x piece) place(of *graph.Delta) graph.Source {
	if s, ok := x.evident(of); ok {
		return s
	}
	if x.came || x.went {
		return graph.Source{File: x.file}
	}
	for _, side := range []struct {
		lines    []string
		from, to int
	}{{x.headContent, x.headFrom, x.headTo}, {x.baseLines, x.baseFrom, x.baseTo}} {
		for i := side.from; i < side.to; i++ {
			if saysSomething(side.lines[i]) {
				return graph.Source{File: x.file, Line: i + 1}
			}
		}
	}
	return graph.Source{File: x.file, Line: max(x.headFrom, 0) + 1}
}

// evident is a place of the difference itself that the piece holds.
func (x piece) evident(of *graph.Delta) (graph.Source, bool) {
	at := func(places []graph.Source, from, to int) (graph.Source, bool) {
		i := slices.IndexFunc(places, func(s graph.Source) bool {
			return s.File == x.file && (x.came || x.went || from < s.Line && s.Line <= to)
		})
		if i < 0 {
			return graph.Source{}, false
		}
		return places[i], true
	}
	if s, ok := at(of.HeadAt, x.headFrom, x.headTo); ok {
		return s, true
	}
	if len(of.HeadAt) > 0 {
		return graph.Source{}, false
	}
	return at(of.BaseAt, x.baseFrom, x.baseTo)
}

// evidentCauses are the pieces that hold a place of a difference: what can be said without
// reading anything again.
func evidentCauses(pieces []piece, of *graph.Delta) []graph.Source {
	var out []graph.Source
	for _, x := range pieces {
		if s, ok := x.evident(of); ok {
			out = append(out, s)
		}
	}
	return out
}

// saysSomething reports whether a line is more than space, brackets and remarks.
func saysSomething(line string) bool {
	line = strings.TrimSpace(line)
	return strings.Trim(line, "{}[]()<>,;-| \t") != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "//")
}

// takenBack is the head's file with the base's lines in place of the piece; a whole file
// is taken back by what says nothing.
func (x piece) takenBack() []byte {
	if x.came || x.went {
		return nil
	}
	return []byte(strings.Join(slices.Concat(x.headContent[:x.headFrom], x.baseLines[x.baseFrom:x.baseTo], x.headContent[x.headTo:]), ""))
}

func lines(content []byte) []string { return slices.Collect(strings.Lines(string(content))) }

// mostTable bounds the table of the comparison of two files.
const mostTable = 4_000_000

// piecesOf compares two files line by line.
func piecesOf(file string, base, head []string) []piece {
	start := 0
	for start < len(base) && start < len(head) && base[start] == head[start] {
		start++
	}
	end := 0
	for end < len(base)-start && end < len(head)-start && base[len(base)-1-end] == head[len(head)-1-end] {
		end++
	}
	b, h := base[start:len(base)-end], head[start:len(head)-end]
	if len(b)+len(h) == 0 {
		return nil
	}
	whole := piece{file: file, baseFrom: start, baseTo: len(base) - end, headFrom: start, headTo: len(head) - end, baseLines: base, headContent: head}
	if len(b)*len(h) > mostTable {
		return []piece{whole}
	}
	// common[i][j] is how many lines the rest of both have in common, in order.
	common := make([][]int32, len(b)+1)
	for i := range common {
		common[i] = make([]int32, len(h)+1)
	}
	for i := len(b) - 1; i >= 0; i-- {
		for j := len(h) - 1; j >= 0; j-- {
			if b[i] == h[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []piece
	for i, j := 0, 0; i < len(b) || j < len(h); {
		if i < len(b) && j < len(h) && b[i] == h[j] {
			i, j = i+1, j+1
			continue
		}
		x := piece{file: file, baseFrom: start + i, headFrom: start + j, baseLines: base, headContent: head}
		for i < len(b) || j < len(h) {
			if i < len(b) && j < len(h) && b[i] == h[j] {
				break
			}
			if j == len(h) || i < len(b) && common[i+1][j] >= common[i][j+1] {
				i++
			} else {
				j++
			}
		}
		x.baseTo, x.headTo = start+i, start+j
		out = append(out, x)
	}
	return out
}
