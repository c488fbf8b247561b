package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"drawbridge/graph"
)

// TextOptions tells how the terminal summary looks.
type TextOptions struct {
	// Color allows ANSI colour sequences.
	Color bool
	// Width is how many columns a line may take; 0 means 80.
	Width int
	// Files are the files that were written, to be named at the end.
	Files []string
}

// mostFindings and mostNotes bound what the summary lists; it says how many more
// there are.
const (
	mostFindings = 20
	mostNotes    = 5
)

// Text writes the summary for the terminal: what there is, what could go wrong and
// where, and what was not understood. Names in it can hold no control characters.
func Text(w io.Writer, g *graph.Graph, opt TextOptions) error {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	t := &summary{g: g, opt: opt, numbers: Badges(g)}
	t.counts()
	t.findings()
	t.limits()
	t.files()
	return writeForLogs(w, t.b.String())
}

type summary struct {
	b       strings.Builder
	g       *graph.Graph
	opt     TextOptions
	numbers map[string]string
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

func (t *summary) paint(style, s string) string {
	if !t.opt.Color || s == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// row writes "  label   value", the labels in a column of their own.
func (t *summary) row(label, value, more string) {
	fmt.Fprintf(&t.b, "  %-12s %6s", label, value)
	if more != "" {
		t.b.WriteString("   " + t.paint(styleFaint, t.fit(more, 24)))
	}
	t.b.WriteByte('\n')
}

// fit shortens a text to what is left of the line after some columns.
func (t *summary) fit(s string, used int) string {
	room := max(t.opt.Width-used, 20)
	if utf8.RuneCountInString(s) <= room {
		return s
	}
	return string([]rune(s)[:room-1]) + ellipsis
}

// kindCount says "2 processes".
func kindCount(k graph.Kind, n int) string {
	words := map[graph.Kind][2]string{
		graph.External: {"external", "external"},
		graph.Process:  {"process", "processes"},
		graph.Store:    {"store", "stores"},
		graph.Identity: {"identity", "identities"},
	}
	return plural(n, words[k][0], words[k][1])
}

func (t *summary) counts() {
	kinds := map[graph.Kind]int{}
	for _, c := range t.g.Components {
		kinds[c.Kind]++
	}
	var parts []string
	for _, k := range graph.Kinds {
		if kinds[k] > 0 {
			parts = append(parts, kindCount(k, kinds[k]))
		}
	}
	crossing := map[graph.Truth]int{}
	permitted, crosses := 0, 0
	for _, f := range t.g.Flows {
		if f.Basis == graph.Permitted {
			permitted++
		}
		if len(f.Crosses) > 0 {
			crosses++
			crossing[f.Encrypted]++
		}
	}
	about := ""
	if permitted > 0 {
		about = fmt.Sprintf("%d of them only permitted", permitted)
	}
	var crossed []string
	for _, x := range []struct {
		truth graph.Truth
		word  string
	}{{graph.Yes, "encrypted"}, {graph.No, "plaintext"}, {graph.Unknown, "unknown"}} {
		if n := crossing[x.truth]; n > 0 {
			crossed = append(crossed, strconv.Itoa(n)+" "+x.word)
		}
	}
	t.row("Components", strconv.Itoa(len(t.g.Components)), strings.Join(parts, ", "))
	t.row("Boundaries", strconv.Itoa(len(t.g.Boundaries)), "")
	t.row("Flows", strconv.Itoa(len(t.g.Flows)), about)
	t.row("Crossings", strconv.Itoa(crosses), strings.Join(crossed, ", "))
	open := unsettled(t.g.Findings)
	counts := severityCounts(open)
	if n := len(t.g.Findings) - len(open); n > 0 {
		counts = strings.TrimPrefix(fmt.Sprintf("%s; %d more decided or mitigated", counts, n), "; ")
	}
	t.row("Findings", strconv.Itoa(len(open)), counts)
	if n := len(t.g.Paths); n > 0 {
		t.row("Paths", strconv.Itoa(n), "attack paths; 'drawbridge paths' shows them")
	}
	if n := len(t.g.Questions); n > 0 {
		t.row("Questions", strconv.Itoa(n), "whose answers decide findings; the report lists them")
	}
}

func (t *summary) findings() {
	sorted := bySeverity(unsettled(t.g.Findings))
	if len(sorted) == 0 {
		return
	}
	folded := fold(sorted)
	shown := folded[:min(len(folded), mostFindings)]
	column := 0
	for _, like := range shown {
		column = max(column, utf8.RuneCountInString(t.where(like[0])))
	}
	t.b.WriteByte('\n')
	for _, like := range shown {
		f := like[0]
		where := t.where(f)
		pad := strings.Repeat(" ", column-utf8.RuneCountInString(where))
		label := fmt.Sprintf("%-4s %-8s", cmp.Or(t.numbers[f.ID], "–"), f.Severity)
		fmt.Fprintf(&t.b, "  %s  %s%s  %s\n", t.paint(severityStyle(f.Severity), label), t.paint(styleFaint, where), pad,
			t.foldedTitle(like, 19+column))
	}
	if rest := slices.Concat(folded[len(shown):]...); len(rest) > 0 {
		fmt.Fprintf(&t.b, "  %s\n", t.paint(styleFaint, fmt.Sprintf("and %d more: %s", len(rest), severityCounts(rest))))
	}
}

// foldedTitle keeps the number of others in sight where the title is shortened.
func (t *summary) foldedTitle(like []*graph.Finding, used int) string {
	if len(like) == 1 {
		return t.fit(printable(like[0].Title), used)
	}
	times := fmt.Sprintf(" (×%d)", len(like))
	return t.fit(printable(like[0].Title), used+utf8.RuneCountInString(times)) + times
}

// where is the place of a finding, shortened from its left: the file's name and the
// line tell most.
func (t *summary) where(f *graph.Finding) string {
	s := []rune(printable(place(f)))
	if most := max(t.opt.Width*2/5, 16); len(s) > most {
		return ellipsis + string(s[len(s)-most+1:])
	}
	return string(s)
}

func (t *summary) limits() {
	if len(t.g.Coverage) == 0 && len(t.g.Notes) == 0 {
		return
	}
	t.b.WriteByte('\n')
	for _, c := range t.g.Coverage {
		t.row("Understood", percent(c.Share()), fmt.Sprintf("%d of %d in %s of %s",
			c.Modelled+c.Ignored, c.Read, plural(c.Files, "file", "files"), printable(c.Input)))
		if c.Unknown > 0 {
			t.row("", "", "not understood "+printable(unknownWords(c, 3)))
		}
		if count, share, ok := c.Evaluated(); ok {
			t.row("Evaluated", percent(share), fmt.Sprintf("%d of %d without a note", count, c.Read))
		}
	}
	if len(t.g.Notes) == 0 {
		return
	}
	t.row("Notes", strconv.Itoa(len(t.g.Notes)), "")
	for _, n := range t.g.Notes[:min(len(t.g.Notes), mostNotes)] {
		fmt.Fprintf(&t.b, "    %s\n", t.paint(styleFaint, t.fit(printable(n.String()), 4)))
	}
	if rest := len(t.g.Notes) - mostNotes; rest > 0 {
		fmt.Fprintf(&t.b, "    %s\n", t.paint(styleFaint, fmt.Sprintf("and %d more, all in the report", rest)))
	}
}

func (t *summary) files() {
	if len(t.opt.Files) == 0 {
		return
	}
	t.b.WriteByte('\n')
	for i, f := range t.opt.Files {
		label := "Wrote"
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(&t.b, "  %-12s %s\n", label, t.paint(styleBold, printable(f)))
	}
}
