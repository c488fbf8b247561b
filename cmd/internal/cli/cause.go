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
	mostPiecesSize = 20_000 // pieces, times components of the head
)

// piece is lines of a file that the change replaced by others.
type piece struct {
	file                   string
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
		if baseErr != nil || headErr != nil {
			continue // what is in a file that came or went has its place there
		}
		pieces = append(pieces, piecesOf(name, lines(base), lines(head))...)
	}
	if len(pieces) > mostPieces || len(pieces)*len(c.Head.Components) > mostPiecesSize {
		return
	}
	if len(pieces) == 1 && len(opt.Memory.Changed()) == 1 && !s.comesOrGoes(c) && reflect.DeepEqual(s.base.settings.config, s.head.settings.config) {
		for _, x := range c.Deltas {
			x.Causes = []graph.Source{pieces[0].place()}
		}
		return
	}
	for _, x := range pieces {
		without := &diffSide{name: s.head.name, tree: s.head.tree.With(x.file, x.takenBack())}
		g, err := without.read(p, d.paths, opt, d.input)
		if err != nil {
			continue // the rest makes no sense without this piece
		}
		if without.settings != nil {
			without.settings.analyze(g)
		}
		left := map[string]bool{}
		for _, y := range graph.Diff(c.Base, g).Deltas {
			left[sameDelta(y)] = true
		}
		for _, y := range c.Deltas {
			if !left[sameDelta(y)] {
				y.Causes = append(y.Causes, x.place())
			}
		}
	}
}

// comesOrGoes reports whether a difference has its place in a file that one side lacks.
func (s *sides) comesOrGoes(c *graph.Change) bool {
	lacks := func(side *diffSide, list []graph.Source) bool {
		return slices.ContainsFunc(list, func(at graph.Source) bool {
			_, err := fs.Stat(side.tree, at.File)
			return at.File != "" && err != nil
		})
	}
	return slices.ContainsFunc(c.Deltas, func(d *graph.Delta) bool { return lacks(s.base, d.HeadAt) || lacks(s.head, d.BaseAt) })
}

// sameDelta identifies a difference among those of one base.
func sameDelta(d *graph.Delta) string {
	return fmt.Sprintf("%q %q %q %q %q %v", d.Kind, d.Change, d.ID, d.Effect, d.Severity, d.Fields)
}

// place is where the piece begins in the head, or in the base where its lines went.
func (x piece) place() graph.Source {
	if x.headTo > x.headFrom {
		return graph.Source{File: x.file, Line: x.headFrom + 1}
	}
	return graph.Source{File: x.file, Line: x.baseFrom + 1}
}

// takenBack is the head's file with the base's lines in place of the piece.
func (x piece) takenBack() []byte {
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
	whole := piece{file, start, len(base) - end, start, len(head) - end, base, head}
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
		x := piece{file, start + i, 0, start + j, 0, base, head}
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
