package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"drawbridge/graph"
)

// ChangeMarker is the first line of the Markdown of a change: by it a program finds
// the comment that it wrote before and updates it in place.
const ChangeMarker = "<!-- drawbridge: threat-model change -->"

// How much a comment holds: platforms refuse one of 65,536 characters.
const (
	mostCommentCharacters = 60_000
	mostCommentRows       = 30
)

// ChangeMarkdown writes a change as a comment for a review: the verdict, one table, a
// picture in Mermaid, and folded details. It is shorter than 60,000 characters
// whatever the change, and names in it can hold no markup, no HTML and call nobody.
func ChangeMarkdown(w io.Writer, c *graph.Change, opt ChangeOptions) error {
	var b bytes.Buffer
	title := "Threat model"
	if opt.Title != "" {
		title += " of " + comment(opt.Title)
	}
	fmt.Fprintf(&b, "%s\n### %s: %s\n", ChangeMarker, title, comment(c.Verdict()))
	if opt.Base != "" || opt.Head != "" {
		fmt.Fprintf(&b, "\n%s → %s\n", comment(opt.Base), comment(opt.Head))
	}
	all := newWording(c)
	rows, fewer := all.foldedRows()
	if len(rows) > 0 {
		b.WriteString("\n" + commentHead)
		for _, r := range rows[:min(len(rows), mostCommentRows)] {
			b.WriteString(commentRow(r))
		}
		if rest := len(rows) - mostCommentRows; rest > 0 {
			fmt.Fprintf(&b, "\n%d more below.\n", rest)
		}
	}
	if unknown := unknownTypes(c); unknown != "" {
		fmt.Fprintf(&b, "\nThe verdict does not cover what is not understood: %s.\n", comment(shortened(unknown, 300)))
	}
	if picture := changeMermaid(c); picture != "" && utf8.RuneCount(b.Bytes())+utf8.RuneCountInString(picture) < mostCommentCharacters*3/4 {
		fmt.Fprintf(&b, "\n<details open><summary>Picture of the difference</summary>\n\n```mermaid\n%s```\n\n</details>\n", picture)
	}
	switch {
	case fewer:
		detail(&b, "All differences one by one", commentHead, all.rows(), commentRow)
	case len(rows) > mostCommentRows:
		detail(&b, "All differences", commentHead, rows[mostCommentRows:], commentRow)
	}
	detail(&b, "New and worsened findings", "", openedFindings(c), findingDetail)
	detail(&b, "Not covered by the verdict", "", gapLines(c), func(line string) string {
		return "- " + comment(shortened(line, 600)) + "\n"
	})
	detail(&b, "Taken for renamed", "", c.Renames, func(r graph.Rename) string {
		return fmt.Sprintf("- %s is now %s: %s\n", comment(shortened(r.Base, 200)), comment(shortened(r.Head, 200)), r.Why)
	})
	return writeForLogs(w, b.String())
}

const commentHead = "| | What | Change | Where |\n|---|---|---|---|\n"

func commentRow(r changeRow) string {
	const most = 300
	about := comment(shortened(r.about, most))
	if about != "" {
		about = ": " + about
	}
	effect := ""
	switch r.delta.Effect {
	case graph.Worse:
		effect = " **worse**"
	case graph.Better:
		effect = " better"
	}
	return fmt.Sprintf("| %s%s | %s | %s %s%s | %s |\n", markOf(r.delta.Change).sign(), effect, comment(shortened(r.what, most)),
		r.delta.Kind, changeWord(r.delta), about, comment(shortened(r.where, most)))
}

// openedFindings are the findings that are new or worse, with all that the head says.
func openedFindings(c *graph.Change) []*graph.Finding {
	byID := newNames(c.Head).findings
	var out []*graph.Finding
	for _, d := range c.Deltas {
		if f := byID[d.ID]; d.Kind == graph.DeltaFinding && d.Effect == graph.Worse && f != nil {
			out = append(out, f)
		}
	}
	return out
}

func findingDetail(f *graph.Finding) string {
	const most = 600
	var b strings.Builder
	fmt.Fprintf(&b, "- **%s** (%s, %s)", comment(shortened(f.Title, most)), comment(string(f.Severity)), comment(f.Rule))
	if f.Threat != "" {
		b.WriteString(": " + comment(shortened(f.Threat, most)))
	}
	b.WriteByte('\n')
	for _, m := range f.Mitigations {
		fmt.Fprintf(&b, "  - %s\n", comment(shortened(m, most)))
	}
	for i, line := range evidenceLines(f.Evidence) {
		if i == 5 {
			fmt.Fprintf(&b, "  - and %d more places\n", len(f.Evidence)-i)
			break
		}
		fmt.Fprintf(&b, "  - %s\n", comment(shortened(line, most)))
	}
	return b.String()
}

// detail writes a list that opens on a click, as much of it as the comment has room for.
func detail[T any](b *bytes.Buffer, heading, head string, list []T, line func(T) string) {
	const reserve = 1_000 // for the ends, and headings to come
	room := mostCommentCharacters - reserve - utf8.RuneCount(b.Bytes())
	if len(list) == 0 || room < reserve {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>%s (%d)</summary>\n\n%s", heading, len(list), head)
	for i, v := range list {
		text := line(v)
		if room -= utf8.RuneCountInString(text); room < 0 {
			fmt.Fprintf(b, "\n%d more have no room here.\n", len(list)-i)
			break
		}
		b.WriteString(text)
	}
	b.WriteString("\n</details>\n")
}

// comment escapes a text for a line of a comment. An empty HTML comment keeps "@name"
// from calling that person and an address from becoming a link.
func comment(s string) string {
	return strings.NewReplacer("@", "@<!-- -->", "://", ":<!-- -->//", "www.", "www<!-- -->.").Replace(markdown(s))
}

// shortened cuts a text to a number of characters.
func shortened(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + ellipsis
}
