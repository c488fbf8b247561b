package render

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"drawbridge/graph"
)

// HistoryText writes a history for the terminal: a line a revision, newest first, then
// what is there since when, and what is gone. Names in it can hold no control characters.
func HistoryText(w io.Writer, h *graph.History, opt TextOptions) error {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	t := &summary{terminal: newTerminal(opt)}
	fmt.Fprintf(&t.b, "  %s\n", t.paint(styleFaint, fmt.Sprintf("%-10s  %-7s %6s %6s %6s %7s %6s  %-14s", "", "", "comps", "flows", "cross", "exposed", "paths", "findings")))
	for _, s := range slices.Backward(h.Steps) {
		line := fmt.Sprintf("%-10s  %-7s %6d %6d %6d %7d %6d  ", printable(s.Date), shortRevision(s.Revision), s.Components, s.Flows, s.Crossings, s.Exposed, s.Paths)
		counts := findingCounts(s)
		line += counts + strings.Repeat(" ", max(0, 16-utf8.RuneCountInString(counts)))
		rest := t.fit(printable(s.Subject), utf8.RuneCountInString(line)+4)
		sign, style := stepSign(s)
		fmt.Fprintf(&t.b, "  %s%s %s\n", line, t.paint(style, sign), rest)
		if s.Verdict != "" && s.Verdict != graph.NoEffect {
			fmt.Fprintf(&t.b, "  %s\n", t.paint(styleFaint, strings.Repeat(" ", 12)+t.fit(printable(s.Verdict), 14)))
		}
	}
	t.lives("Findings", h.Findings)
	t.lives("Reachable from the internet", h.Exposures)
	t.files()
	return writeForLogs(w, t.b.String())
}

// stepSign marks a revision that made things worse or better.
func stepSign(s *graph.HistoryStep) (sign, style string) {
	switch {
	case s.Worse:
		return "!", severityStyle(graph.High)
	case s.Better:
		return "✓", "32"
	case s.Verdict != "" && s.Verdict != graph.NoEffect:
		return "~", styleFaint
	}
	return " ", styleFaint
}

// mostLives bounds what a list of the terminal shows; it says how many more there are.
const mostLives = 15

func (t *summary) lives(heading string, list []*graph.Lifetime) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(&t.b, "\n  %s\n", t.paint(styleBold, heading))
	for _, l := range list[:min(len(list), mostLives)] {
		fmt.Fprintf(&t.b, "  %-9s %-32s %s\n", l.Severity, lifeWords(l), t.fit(printable(lifeTitle(l)), 46))
	}
	if rest := len(list) - mostLives; rest > 0 {
		fmt.Fprintf(&t.b, "  %s\n", t.paint(styleFaint, fmt.Sprintf("and %d more, all in the other formats", rest)))
	}
}

// lifeWords says "since 1a2b3c4" or "1a2b3c4 to 5d6e7f8".
func lifeWords(l *graph.Lifetime) string {
	first := shortRevision(l.FirstSeen)
	switch {
	case l.Gone == "" && l.Before:
		return "since " + first + " or before"
	case l.Gone == "":
		return "since " + first
	case l.Before:
		return "up to " + shortRevision(l.Gone)
	}
	return first + " to " + shortRevision(l.Gone)
}

func lifeTitle(l *graph.Lifetime) string {
	if l.Title == "" {
		return l.ID
	}
	return l.Title
}

func shortRevision(r string) string {
	const short = 7
	return printable(r[:min(len(r), short)])
}

// findingCounts says "1C 2H 3M 4L", "none" for none; info is left out.
func findingCounts(s *graph.HistoryStep) string {
	var parts []string
	for _, severity := range []graph.Severity{graph.Critical, graph.High, graph.Medium, graph.Low} {
		if n := s.Findings[severity]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d%s", n, strings.ToUpper(string(severity[:1]))))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, " ")
}

// HistoryMarkdown writes a history as a report: a table of the revisions, newest first, then
// tables of what is there since when, and what is gone.
func HistoryMarkdown(w io.Writer, h *graph.History, title string) error {
	var b strings.Builder
	b.WriteString("# " + strings.TrimPrefix(markdown(title)+" — history of the threat model", " — ") + "\n\n")
	b.WriteString("| Date | Revision | Components | Flows | Crossings | Exposed | Paths | Findings | What it did |\n|---|---|--:|--:|--:|--:|--:|---|---|\n")
	for _, s := range slices.Backward(h.Steps) {
		what := markdown(s.Subject)
		if s.Verdict != "" && s.Verdict != graph.NoEffect {
			what += ": " + markdown(s.Verdict)
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d | %s | %s |\n", markdown(s.Date), code(shortRevision(s.Revision)),
			s.Components, s.Flows, s.Crossings, s.Exposed, s.Paths, findingCounts(s), what)
	}
	for _, part := range []struct {
		heading string
		list    []*graph.Lifetime
	}{{"Findings", h.Findings}, {"Reachable from the internet", h.Exposures}} {
		if len(part.list) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n| | What | When |\n|---|---|---|\n", part.heading)
		for _, l := range part.list {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", l.Severity, markdown(lifeTitle(l)), lifeWords(l))
		}
	}
	return writeForLogs(w, b.String())
}
