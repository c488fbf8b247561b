package render

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"drawbridge/graph"
)

// TextOptions tells how text for the terminal looks.
type TextOptions struct {
	// Color allows ANSI colour sequences.
	Color bool
	// Width is how many columns a line may take; 0 means 80.
	Width int
	// Link returns the address of a place's file and line, "" for none: names of places
	// are then links, for the terminals that have such. Nil for no links.
	Link func(graph.Source) string
	// Files are the files that were written, to be named at the end.
	Files []string
}

// terminal is text in the making.
type terminal struct {
	b   strings.Builder
	opt TextOptions
}

func newTerminal(opt TextOptions) terminal {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	return terminal{opt: opt}
}

// The styles of the terminal, as parameters of the SGR sequence.
const (
	styleBold  = "1"
	styleFaint = "2"
)

func severityStyle(s graph.Severity) string {
	switch s {
	case graph.Critical:
		return "1;35"
	case graph.High:
		return "31"
	case graph.Medium:
		return "33"
	case graph.Low:
		return "36"
	}
	return styleFaint
}

func (t *terminal) paint(style, s string) string {
	if !t.opt.Color || s == "" || style == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// link makes a text lead to a place: the sequence OSC 8, which terminals that don't know
// it leave out.
func (t *terminal) link(at graph.Source, text string) string {
	if t.opt.Link == nil || at.File == "" {
		return text
	}
	to := t.opt.Link(at)
	if to == "" {
		return text
	}
	return "\x1b]8;;" + to + "\x1b\\" + text + "\x1b]8;;\x1b\\"
}

// fit shortens a text to what is left of the line after some columns.
func (t *terminal) fit(s string, used int) string {
	room := max(t.opt.Width-used, 20)
	if utf8.RuneCountInString(s) <= room {
		return s
	}
	return string([]rune(s)[:room-1]) + ellipsis
}

// wrap breaks a text into lines that begin after some columns. A word that is longer than
// a line stands on one of its own.
func (t *terminal) wrap(s string, column int) []string {
	room := max(t.opt.Width-column, 20)
	var lines []string
	line, length := "", 0
	for _, word := range strings.Fields(s) {
		n := utf8.RuneCountInString(word)
		if length > 0 && length+1+n > room {
			lines = append(lines, line)
			line, length = "", 0
		}
		if length > 0 {
			line, length = line+" ", length+1
		}
		line, length = line+word, length+n
	}
	if length > 0 || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// hang writes a text behind a head that takes some columns, further lines below its beginning.
func (t *terminal) hang(head string, column int, style, s string) {
	for i, line := range t.wrap(s, column) {
		if i > 0 {
			head = strings.Repeat(" ", column)
		}
		t.b.WriteString(head + t.paint(style, line) + "\n")
	}
}

// TextSection is a heading with statements below it.
type TextSection struct {
	Title string
	Lines []TextLine
}

// TextLine is one statement, with the place that it rests on where there is one.
type TextLine struct {
	Text   string
	Source graph.Source
}

// Sections writes a title, what it is the title of, and sections, for the terminal.
func Sections(w io.Writer, title, about string, sections []TextSection, opt TextOptions) error {
	t := newTerminal(opt)
	t.hang("", 0, styleBold, printable(title))
	t.hang("", 0, styleFaint, printable(about))
	for _, s := range sections {
		t.b.WriteString("\n" + t.paint(styleBold, printable(s.Title)) + "\n")
		for _, l := range s.Lines {
			text, place := printable(l.Text), printable(l.Source.String())
			lines := t.wrap(text, 4)
			for i, line := range lines {
				lead := "    "
				if i == 0 {
					lead = "  "
				}
				t.b.WriteString(lead + line)
				if i == len(lines)-1 && place != "" {
					// The place stays with the last words, if there is room for it.
					if 4+utf8.RuneCountInString(line)+3+utf8.RuneCountInString(place) > t.opt.Width {
						t.b.WriteString("\n   ")
					}
					t.b.WriteString(" " + t.paint(styleFaint, "["+t.link(l.Source, place)+"]"))
				}
				t.b.WriteString("\n")
			}
		}
	}
	return writeForLogs(w, t.b.String())
}

// TextCell is a cell of a table; its place is what it links to.
type TextCell struct {
	Text     string
	Source   graph.Source
	Severity graph.Severity // colours it
}

// Table writes rows in aligned columns, with the head on terminals only, where it can't be
// taken for data. Where a row is longer than the line, each takes two: the cell of column main,
// and the others below it.
func Table(w io.Writer, head []string, rows [][]TextCell, main int, opt TextOptions) error {
	t := newTerminal(opt)
	widths := make([]int, len(head))
	total := 0
	for i := range head {
		if opt.Color {
			widths[i] = utf8.RuneCountInString(head[i])
		}
		for _, row := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(printable(row[i].Text)))
		}
		total += widths[i] + 2
	}
	text := func(c TextCell) string {
		s := t.link(c.Source, printable(c.Text))
		if c.Severity != "" {
			s = t.paint(severityStyle(c.Severity), s)
		}
		return s
	}
	if total-2 > t.opt.Width {
		for _, row := range rows {
			t.hang("", 0, styleBold, printable(row[main].Text))
			var others []string
			for i, c := range row {
				if i != main && c.Text != "-" && c.Text != "" {
					others = append(others, printable(c.Text))
				}
			}
			t.hang("  ", 2, styleFaint, strings.Join(others, " · "))
		}
		return writeForLogs(w, t.b.String())
	}
	if opt.Color && len(rows) > 0 {
		for i, name := range head {
			t.b.WriteString(t.paint(styleFaint, fmt.Sprintf("%-*s", widths[i], name)) + "  ")
		}
		t.b.WriteString("\n")
	}
	for _, row := range rows {
		for i, c := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(printable(c.Text))+2)
			if i == len(row)-1 {
				pad = ""
			}
			t.b.WriteString(text(c) + pad)
		}
		t.b.WriteString("\n")
	}
	return writeForLogs(w, t.b.String())
}
