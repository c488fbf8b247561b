package render

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"drawbridge/graph"
)

// mostDeltas bounds what the terminal lists; it says how many more there are.
const mostDeltas = 40

// ChangeText writes a change for the terminal: the verdict, then one line a
// difference. Names in it can hold no control characters.
func ChangeText(w io.Writer, c *graph.Change, opt ChangeOptions) error {
	if opt.Text.Width <= 0 {
		opt.Text.Width = 80
	}
	t := &summary{terminal: newTerminal(opt.Text)}
	if opt.Base != "" || opt.Head != "" {
		fmt.Fprintf(&t.b, "  %s\n", t.paint(styleFaint, printable(opt.Base+" → "+opt.Head)))
	}
	fmt.Fprintf(&t.b, "  %s\n", t.paint(styleBold, printable(capital(c.Verdict()))))
	rows, _ := newWording(c).foldedRows()
	if len(rows) > 0 {
		t.b.WriteByte('\n')
	}
	for _, r := range rows[:min(len(rows), mostDeltas)] {
		t.changeRow(r)
	}
	if rest := len(rows) - mostDeltas; rest > 0 {
		fmt.Fprintf(&t.b, "  %s\n", t.paint(styleFaint, fmt.Sprintf("and %d more, all in the other formats", rest)))
	}
	if len(c.Renames) > 0 {
		t.b.WriteByte('\n')
		for _, r := range c.Renames[:min(len(c.Renames), mostNotes)] {
			fmt.Fprintf(&t.b, "  %s\n", t.paint(styleFaint, t.fit(printable(fmt.Sprintf("taken for renamed: %s is now %s (%s)", r.Base, r.Head, r.Why)), 2)))
		}
		if rest := len(c.Renames) - mostNotes; rest > 0 {
			fmt.Fprintf(&t.b, "  %s\n", t.paint(styleFaint, fmt.Sprintf("and %d more renames", rest)))
		}
	}
	if unknown := unknownTypes(c); unknown != "" {
		fmt.Fprintf(&t.b, "\n  Not covered, for it is not understood: %s\n", printable(unknown))
	}
	if gaps := gapLines(c); len(gaps) > 0 {
		t.b.WriteString("\n  Not covered:\n")
		for _, line := range gaps[:min(len(gaps), mostNotes)] {
			fmt.Fprintf(&t.b, "  - %s\n", printable(line))
		}
		if rest := len(gaps) - mostNotes; rest > 0 {
			fmt.Fprintf(&t.b, "  and %d more\n", rest)
		}
	}
	t.files()
	return writeForLogs(w, t.b.String())
}

// changeRow writes "+ flow  A → B  https:443  net.tf:4".
func (t *summary) changeRow(r changeRow) {
	style := styleFaint
	switch r.delta.Effect {
	case graph.Worse:
		style = severityStyle(graph.High)
	case graph.Better:
		style = "32"
	}
	head := fmt.Sprintf("%s %-9s %-10s", markOf(r.delta.Change).sign(), r.delta.Kind, changeWord(r.delta))
	line := printable(r.what)
	if r.about != "" {
		line += ": " + printable(r.about)
	}
	where := printable(r.where)
	line = t.fit(line, 28+utf8.RuneCountInString(where))
	fmt.Fprintf(&t.b, "  %s  %s", t.paint(style, head), line)
	if where != "" {
		t.b.WriteString("  " + t.paint(styleFaint, where))
	}
	t.b.WriteByte('\n')
}

// isIdentifier finds a first word that is the name of a setting, which its case belongs to.
var isIdentifier = regexp.MustCompile(`^[\w-]+[._][\w]`)

func capital(s string) string {
	if s == "" || isIdentifier.MatchString(s) {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
