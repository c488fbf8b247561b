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

// mostFindings and mostNotes bound what the summary lists; it says how many more
// there are.
const (
	mostFindings = 20
	mostNotes    = 5
)

// Text writes the summary for the terminal: what there is, what could go wrong and
// where, and what was not understood. Names in it can hold no control characters.
func Text(w io.Writer, g *graph.Graph, opt TextOptions) error {
	t := &summary{terminal: newTerminal(opt), g: g, numbers: Badges(g)}
	t.counts()
	t.findings()
	t.limits()
	t.files()
	return writeForLogs(w, t.b.String())
}

type summary struct {
	terminal
	g       *graph.Graph
	numbers map[string]string
}

// row writes "  label   value", the labels in a column of their own.
func (t *summary) row(label, value, more string) {
	head := fmt.Sprintf("  %-12s %6s", label, value)
	if more == "" {
		t.b.WriteString(head + "\n")
		return
	}
	t.hang(head+"   ", 24, styleFaint, more)
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
	told := matters(open)
	counts := severityCounts(told)
	if len(told) < len(open) {
		counts += ", " + inPlaces(len(told), len(open))
	}
	if n := len(t.g.Findings) - len(open); n > 0 {
		counts = strings.TrimPrefix(fmt.Sprintf("%s; %d more decided or mitigated", counts, n), "; ")
	}
	t.row("Findings", strconv.Itoa(len(told)), counts)
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
		column = max(column, utf8.RuneCountInString(t.where(like[0], t.opt.Width*2/5)))
	}
	t.b.WriteByte('\n')
	const label, least = 17, 45 // columns before the place, and for a title that reads well
	narrow := t.opt.Width < label+column+2+least
	for _, like := range shown {
		f := like[0]
		room := t.opt.Width * 2 / 5
		if narrow { // the title goes below, whole
			room = t.opt.Width - label
		}
		where := t.where(f, room)
		head := "  " + t.paint(severityStyle(f.Severity), fmt.Sprintf("%-4s %-8s", cmp.Or(t.numbers[f.ID], "–"), f.Severity)) + "  "
		at := t.paint(styleFaint, t.link(f.Place(), where))
		if narrow {
			t.b.WriteString(head + at + "\n")
			t.hang(strings.Repeat(" ", 7), 7, "", printable(title(like)))
			continue
		}
		pad := strings.Repeat(" ", column-utf8.RuneCountInString(where))
		t.hang(head+at+pad+"  ", label+column+2, "", printable(title(like)))
	}
	if rest := slices.Concat(folded[len(shown):]...); len(rest) > 0 {
		fmt.Fprintf(&t.b, "  %s\n", t.paint(styleFaint, fmt.Sprintf("and %d more: %s", len(matters(rest)), severityCounts(matters(rest)))))
	}
}

// title is a finding's, with the number of others like it.
func title(like []*graph.Finding) string {
	if len(like) == 1 {
		return like[0].Title
	}
	return fmt.Sprintf("%s (×%d)", like[0].Title, len(like))
}

// where is the place of a finding, shortened from its left to some columns: the file's
// name and the line tell most.
func (t *summary) where(f *graph.Finding, most int) string {
	s := []rune(printable(place(f)))
	if most = max(most, 16); len(s) > most {
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
	// What was decided and holds no more is for whoever runs this; the rest for whoever mends it.
	notes := slices.Clone(t.g.Notes)
	slices.SortStableFunc(notes, func(a, b graph.Note) int { return noteRank(a) - noteRank(b) })
	for _, n := range notes[:min(len(notes), mostNotes)] {
		t.hang("    ", 6, styleFaint, printable(n.String()))
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

// noteRank is lower for what stands first.
func noteRank(n graph.Note) int {
	switch n.Code {
	case "expired-decision":
		return 0
	case "unused-decision", "unread-decision", "unused-statement":
		return 1
	}
	return 2
}
