package render

import (
	"fmt"
	"strings"

	"drawbridge/graph"
)

// Text sizes in points, and the widths at which long texts are shortened.
const (
	smallSize  = 8.0
	flowSize   = 9.0
	frameSize  = 11.0
	nameSize   = 12.0
	titleSize  = 16.0
	headSize   = 10.0
	widestName = 190.0
	widestFoot = 170.0
	widestFlow = 130.0
)

// textStyle is how one cell of text looks.
type textStyle struct {
	size  float64
	color string
	bold  bool
}

// textCell writes a table cell that is at least as wide as its text in our fonts.
// It has no fixed size: where the layout program's font is wider, the cell grows.
func textCell(s string, st textStyle, attrs string) string {
	text := escapeHTML(s)
	if st.bold {
		text = "<B>" + text + "</B>"
	}
	return fmt.Sprintf(`<TD%s WIDTH="%d"><FONT POINT-SIZE="%g" COLOR="%s">%s</FONT></TD>`,
		attrs, cellWidth(s, st.size, st.bold), st.size, st.color, text)
}

// signCell is a cell of words that SVG replaces by a drawn sign. Graphviz writes
// an anchor with the cell's ID around its content: that is how it is found again,
// and no text of the input can be mistaken for it.
func signCell(sign, words, tip string, st textStyle) string {
	return textCell(words, st, fmt.Sprintf(` ID="%s%s" TOOLTIP="%s"`, signPrefix, sign, escapeHTML(tip)))
}

// lockCell is the sign for what is known of encryption, "" where nothing is.
func lockCell(t graph.Truth, st textStyle) string {
	switch t {
	case graph.Yes:
		return signCell(signClosed, encryptionWord(t), "encrypted", st)
	case graph.No:
		return signCell(signOpen, encryptionWord(t), "plaintext", st)
	}
	return ""
}

const plainTable = `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="%d">`

// badgeCells writes each badge as a cell with a small rounded table in it.
func badgeCells(badges []badge, p *palette) string {
	var b strings.Builder
	for _, x := range badges {
		color := p.badge[x.severity]
		fmt.Fprintf(&b, `<TD><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2" STYLE="ROUNDED" BGCOLOR="%s"><TR>%s</TR></TABLE></TD>`,
			color.back, textCell(x.text, textStyle{smallSize, color.ink, true}, ""))
	}
	return b.String()
}

// boxLabel writes the three lines of a box with the badges at its upper right.
func boxLabel(b *box, p *palette) string {
	span := ""
	if len(b.badges) > 0 {
		span = ` COLSPAN="2"`
	}
	small := textStyle{smallSize, p.muted, false}
	var s strings.Builder
	fmt.Fprintf(&s, plainTable, 1)
	kicker := b.kicker
	if b.shape != groupShape {
		kicker = strings.ToUpper(kicker)
	}
	s.WriteString("<TR>" + textCell(middle(kicker, widestFoot, smallSize, false), small, ` ALIGN="LEFT"`))
	if len(b.badges) > 0 {
		s.WriteString(`<TD ALIGN="RIGHT"><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="1" CELLPADDING="0"><TR>` + badgeCells(b.badges, p) + `</TR></TABLE></TD>`)
	}
	s.WriteString("</TR><TR>" + textCell(middle(b.name, widestName, nameSize, true), textStyle{nameSize, p.ink, true}, ` ALIGN="LEFT"`+span) + "</TR>")
	if foot := footLine(b); foot != "" {
		s.WriteString("<TR>" + textCell(foot, small, ` ALIGN="LEFT"`+span) + "</TR>")
	}
	s.WriteString("</TABLE>")
	return s.String()
}

// footLine is the place and the telling words, shortened together: the words stay.
func footLine(b *box) string {
	sep := " · "
	if b.shape == groupShape {
		sep = ", "
	}
	words := middle(strings.Join(b.words, sep), widestFoot, smallSize, false)
	if b.place == "" {
		return words
	}
	if words == "" {
		return shortPath(b.place, widestFoot, smallSize)
	}
	room := max(widestFoot-textWidth(sep+words, smallSize, false), widestFoot/2)
	return shortPath(b.place, room, smallSize) + sep + words
}

// frameLabel writes the title of a boundary: kind, name, trust level, badges.
func frameLabel(f *frame, p *palette) string {
	small := textStyle{smallSize, p.boundaryText, false}
	var s strings.Builder
	fmt.Fprintf(&s, plainTable, 1)
	s.WriteString("<TR>" + textCell(strings.ToUpper(boundaryWord(f.boundary))+"  ", small, ""))
	name := printable(f.boundary.Name)
	if name == "" {
		name = "(unnamed)"
	}
	s.WriteString(textCell(middle(name, widestName, frameSize, true), textStyle{frameSize, p.boundaryText, true}, ""))
	if f.boundary.Trust > 0 {
		s.WriteString(textCell(fmt.Sprintf("  trust %d", f.boundary.Trust), small, ""))
	}
	if len(f.badges) > 0 {
		s.WriteString(textCell(" ", small, "") + badgeCells(f.badges, p))
	}
	s.WriteString("</TR></TABLE>")
	return s.String()
}

// arrowLabel writes the text on a flow, "" where there is nothing to say.
func arrowLabel(a *arrow, p *palette) string {
	style := textStyle{flowSize, p.muted, false}
	color := p.inside
	if a.crosses {
		color = p.flow(a.encrypted)
		style = textStyle{flowSize, color, true}
	}
	words := middle(a.words, widestFlow, flowSize, style.bold)
	if a.blocked {
		words = strings.TrimSpace(words + " (blocked)")
	}
	if a.permitted {
		words = strings.TrimSpace(words + " (permitted)")
	}
	var cells string
	if words != "" {
		cells = textCell(words, style, "")
	}
	cells += lockCell(a.encrypted, textStyle{smallSize, p.flow(a.encrypted), false})
	cells += badgeCells(a.badges, p)
	if cells == "" {
		return ""
	}
	return fmt.Sprintf(`<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" STYLE="ROUNDED" BGCOLOR="%s"><TR>%s</TR></TABLE>`, p.labelback, cells)
}

// pictureLabel writes title, subtitle and legend.
func pictureLabel(v *view, p *palette) string {
	row := func(cells string) string {
		return `<TR><TD ALIGN="LEFT"><TABLE ALIGN="LEFT" BORDER="0" CELLBORDER="0" CELLSPACING="6" CELLPADDING="0"><TR>` + cells + `</TR></TABLE></TD></TR>`
	}
	sample := func(words, back, line, ink, style string) string {
		return fmt.Sprintf(`<TD ALIGN="LEFT"><TABLE BORDER="1" COLOR="%s" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" STYLE="%s" BGCOLOR="%s"><TR>%s</TR></TABLE></TD>`,
			line, style, back, textCell(words, textStyle{flowSize, ink, false}, ""))
	}
	pack := func(cells string) string {
		return `<TD ALIGN="LEFT"><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0"><TR>` + cells + `</TR></TABLE></TD>`
	}
	note := func(words, color string) string { return textCell(words, textStyle{flowSize, color, false}, "") }

	marks := []badge{{"C1", graph.Critical}, {"H2", graph.High}, {"M3", graph.Medium}, {"L4", graph.Low}}
	meaning := "  finding number, by severity"
	shapes := sample("External entity", p.external, p.line, p.ink, "") +
		sample("Process", p.process, p.line, p.ink, "ROUNDED") +
		sample("Data store (cylinder)", p.store, p.line, p.ink, "ROUNDED") +
		sample("Trust boundary", p.tint(1), p.boundary, p.boundaryText, "ROUNDED,DASHED")
	if v.overview {
		marks = []badge{{"1C", graph.Critical}, {"3H", graph.High}, {"6M", graph.Medium}, {"2L", graph.Low}}
		meaning = "  number of findings inside"
		shapes += sample("▸ collapsed boundary, has its own page", p.tint(2), p.boundary, p.boundaryText, "ROUNDED,DASHED")
	}
	shapes += pack(badgeCells(marks, p) + note(meaning, p.muted))

	lock := func(t graph.Truth) string { return lockCell(t, textStyle{smallSize, p.flow(t), false}) }
	line := func(sign, words, color string) string {
		return signCell(sign, words, "a line of this kind", textStyle{flowSize, color, true})
	}
	lines := pack(lock(graph.Yes)+note(" encrypted", p.encrypted)) +
		pack(lock(graph.No)+line(signDashed, "━ ━ ", p.plaintext)+note(" plaintext", p.plaintext)) +
		pack(line(signDotted, "····", p.unknown)+note(" encryption unknown", p.unknown)) +
		pack(line(signThick, "━━▶", p.encrypted)+note(" thick: crosses a boundary", p.encrypted)) +
		pack(line(signThin, "──▶", p.inside)+note(" thin: stays inside", p.inside))
	if v.overview {
		lines += pack(note("×12: flows merged into one", p.muted))
	}

	return fmt.Sprintf(plainTable, 2) +
		"<TR>" + textCell(v.title, textStyle{titleSize, p.ink, true}, ` ALIGN="LEFT"`) + "</TR>" +
		"<TR>" + textCell(v.subtitle, textStyle{headSize, p.muted, false}, ` ALIGN="LEFT"`) + "</TR>" +
		row(shapes) + row(lines) + "</TABLE>"
}
