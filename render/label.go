package render

import (
	"fmt"
	"slices"
	"strings"

	"drawbridge/graph"
)

// Text sizes in points, and the widths at which long texts are shortened.
const (
	smallSize   = 8.0
	flowSize    = 9.0
	frameSize   = 11.0
	nameSize    = 12.0
	titleSize   = 16.0
	headSize    = 10.0
	widestName  = 190.0
	widestFoot  = 170.0
	widestFile  = 150.0
	widestFrame = 260.0
	widestFlow  = 150.0
)

// textStyle is how one cell of text looks.
type textStyle struct {
	size  float64
	color string
	bold  bool
	// strike draws a line through it, for what is gone.
	strike bool
}

// textCell writes a table cell that is at least as wide as its text in our fonts.
// It has no fixed size: where the layout program's font is wider, the cell grows.
func textCell(s string, st textStyle, attrs string) string {
	return wideCell(s, st, attrs, cellWidth(s, st.size, st.bold))
}

func wideCell(s string, st textStyle, attrs string, width int) string {
	text := escapeHTML(s)
	if st.strike {
		text = "<S>" + text + "</S>"
	}
	if st.bold {
		text = "<B>" + text + "</B>"
	}
	return fmt.Sprintf(`<TD%s WIDTH="%d"><FONT POINT-SIZE="%g" COLOR="%s">%s</FONT></TD>`,
		attrs, width, st.size, st.color, text)
}

// signCell is a cell of words that SVG replaces by a drawn sign. Graphviz writes
// an anchor with the cell's ID around its content: that is how it is found again,
// and no text of the input can be mistaken for it.
func signCell(sign, words, tip string, st textStyle) string {
	return textCell(words, st, fmt.Sprintf(` ID="%s%s" HREF="#legend" TOOLTIP="%s"`, signPrefix, sign, escapeHTML(tip)))
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

// gap is a cell that keeps two texts apart: SVG drops spaces at the ends of a text.
// It is not empty, because the built-in Graphviz fails on an empty cell.
func gap(width int) string {
	return fmt.Sprintf(`<TD WIDTH="%d"><FONT POINT-SIZE="1">&#160;</FONT></TD>`, width)
}

const plainTable = `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="%d">`

// badgeCells writes each badge as a cell with a small rounded table in it.
func badgeCells(badges []badge, p *palette) string {
	var b strings.Builder
	for _, x := range badges {
		color := p.badge[x.severity]
		fmt.Fprintf(&b, `<TD><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2" STYLE="ROUNDED" BGCOLOR="%s"><TR>%s</TR></TABLE></TD>`,
			color.back, textCell(x.text, textStyle{smallSize, color.ink, true, false}, ""))
	}
	return b.String()
}

// boxLabel writes the three lines of a box with the badges at its upper right.
func boxLabel(b *box, p *palette) string {
	small, bold := textStyle{smallSize, p.muted, false, false}, textStyle{nameSize, p.ink, true, b.mark == markRemoved}
	kicker := b.kicker
	if b.shape != groupShape {
		kicker = strings.ToUpper(kicker)
	}
	kicker = shorten(kicker, widestFoot, smallSize, false)
	names := wrap(shownName(b.name), widestName, nameSize, true)
	foot := footLine(b)

	var s strings.Builder
	fmt.Fprintf(&s, plainTable, 1)
	span := ""
	if len(b.badges) > 0 {
		span = ` COLSPAN="2"`
	}
	if b.shape == storeShape { // below the lid of the cylinder
		fmt.Fprintf(&s, `<TR><TD%s HEIGHT="4"><FONT POINT-SIZE="1">&#160;</FONT></TD></TR>`, span)
	}
	s.WriteString("<TR>")
	kickerCell := func(width int) string {
		if b.icon == "" {
			return wideCell(kicker, small, ` ALIGN="LEFT"`, width)
		}
		beside := max(cellWidth(kicker, smallSize, false), width-int(iconSize)-3)
		return `<TD ALIGN="LEFT">` + fmt.Sprintf(plainTable, 0) + "<TR>" + iconCell(b.icon, p) + gap(3) +
			wideCell(kicker, small, ` ALIGN="LEFT"`, beside) + "</TR></TABLE></TD>"
	}
	if len(b.badges) > 0 {
		// The cell of the first line takes all that the badges leave of the box: else
		// Graphviz shares the rest out and pulls the badges wide.
		widest := cellWidth(foot, smallSize, false)
		for _, name := range names {
			widest = max(widest, cellWidth(name, nameSize, true))
		}
		room := max(cellWidth(kicker, smallSize, false), widest-badgesWidth(b.badges))
		s.WriteString(kickerCell(room))
		s.WriteString(`<TD ALIGN="RIGHT"><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="1" CELLPADDING="0"><TR>` + badgeCells(b.badges, p) + `</TR></TABLE></TD>`)
	} else {
		s.WriteString(kickerCell(cellWidth(kicker, smallSize, false)))
	}
	s.WriteString("</TR>")
	for _, name := range names {
		s.WriteString("<TR>" + textCell(name, bold, ` ALIGN="LEFT"`+span) + "</TR>")
	}
	if foot != "" {
		s.WriteString("<TR>" + textCell(foot, small, ` ALIGN="LEFT"`+span) + "</TR>")
	}
	s.WriteString("</TABLE>")
	return s.String()
}

// badgesWidth is how wide badges are side by side, with what is around them.
func badgesWidth(badges []badge) int {
	n := 6
	for _, b := range badges {
		n += cellWidth(b.text, smallSize, true) + 5
	}
	return n
}

// footLine is the place and the telling words, shortened together: the words stay.
func footLine(b *box) string {
	sep := " · "
	if b.shape == groupShape {
		sep = ", "
	}
	words := shorten(strings.Join(b.words, sep), widestFoot, smallSize, false)
	if b.place == "" {
		return words
	}
	if words == "" {
		return shortPath(b.place, widestFoot, smallSize)
	}
	// The file's own name stays whole as long as the box does not become much wider for it.
	file := b.place
	if i := strings.LastIndexByte(file, '/'); i >= 0 {
		file = ellipsis + file[i:]
	}
	room := max(widestFoot-textWidth(sep+words, smallSize, false), min(textWidth(file, smallSize, false)+1, widestFile))
	return shortPath(b.place, room, smallSize) + sep + words
}

// frameLabel writes the title of a boundary: kind, name, trust level, badges.
func frameLabel(f *frame, p *palette) string {
	small := textStyle{smallSize, p.boundaryText, false, false}
	var s strings.Builder
	fmt.Fprintf(&s, plainTable, 1)
	kind := strings.TrimSpace(f.mark.sign() + " " + strings.ToUpper(boundaryWord(f.boundary)))
	s.WriteString("<TR>" + textCell(kind, small, "") + gap(5))
	name := printable(f.boundary.Name)
	if name == "" {
		name = "(unnamed)"
	}
	s.WriteString(textCell(shorten(shownName(name), widestFrame, frameSize, true), textStyle{frameSize, p.boundaryText, true, false}, ""))
	if f.boundary.Trust > 0 {
		s.WriteString(gap(5) + textCell(fmt.Sprintf("trust %d", f.boundary.Trust), small, ""))
	}
	if len(f.badges) > 0 {
		s.WriteString(gap(5) + badgeCells(f.badges, p))
	}
	s.WriteString("</TR></TABLE>")
	return s.String()
}

// arrowLabel writes the text on a flow, "" where there is nothing to say.
func arrowLabel(a *arrow, numbered bool, p *palette) string {
	style := textStyle{flowSize, p.muted, false, false}
	switch {
	case a.mark == markContext: // the grey of its line is too faint for words
	case a.crosses || a.mark != unmarked:
		style = textStyle{flowSize, p.flow(a.encrypted), true, false}
	}
	words := shortFlow(a.words, widestFlow, flowSize, style.bold)
	if a.blocked {
		words = strings.TrimSpace(words + " (blocked)")
	}
	if a.permitted {
		words = strings.TrimSpace(words + " (permitted)")
	}
	var cells string
	if words != "" && !(numbered && a.number != "") {
		cells = textCell(words, style, "")
	}
	cells += lockCell(a.encrypted, textStyle{smallSize, p.flow(a.encrypted), false, false})
	if a.number != "" && (numbered || a.step) {
		cells += numberCell(a.number, style.color, p)
	}
	cells += badgeCells(a.badges, p)
	if cells == "" {
		return ""
	}
	return fmt.Sprintf(`<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" STYLE="ROUNDED" BGCOLOR="%s"><TR>%s</TR></TABLE>`, p.labelback, cells)
}

// numberCell writes the number of a flow in a small outlined table.
func numberCell(number, color string, p *palette) string {
	return fmt.Sprintf(`<TD><TABLE BORDER="1" COLOR="%s" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2" STYLE="ROUNDED" BGCOLOR="%s"><TR>%s</TR></TABLE></TD>`,
		color, p.background, textCell(number, textStyle{smallSize, color, true, false}, ""))
}

// legendItem is a piece of the legend and about how wide it is.
type legendItem struct {
	cells string
	width int
}

// pictureLabel writes title, subtitle and legend.
func pictureLabel(v *view, p *palette) string {
	title := textStyle{titleSize, p.ink, true, false}
	subtitle := textStyle{headSize, p.muted, false, false}
	width := max(cellWidth(v.title, title.size, true), cellWidth(v.subtitle, subtitle.size, false))
	return fmt.Sprintf(plainTable, 2) +
		"<TR>" + textCell(v.title, title, ` ALIGN="LEFT"`) + "</TR>" +
		"<TR>" + textCell(v.subtitle, subtitle, ` ALIGN="LEFT"`) + "</TR>" +
		legendRows(v, p, width) + "</TABLE>"
}

func legendRows(v *view, p *palette, width int) string {
	rows := [][]legendItem{shapeLegend(v, p), lineLegend(v, p)}
	if v.change {
		rows = [][]legendItem{changeLegend(p)}
	}
	for _, row := range rows {
		width = max(width, legendWidth(row))
	}
	var out strings.Builder
	for _, row := range rows {
		out.WriteString(legendRow(row, width))
	}
	return out.String()
}

const legendSpacing = 6

func legendWidth(items []legendItem) int {
	width := legendSpacing
	for _, i := range items {
		width += i.width + legendSpacing
	}
	return width
}

// legendRow writes items side by side, with a filler at the end: else Graphviz
// spreads them over the width of the title.
func legendRow(items []legendItem, width int) string {
	var cells strings.Builder
	for _, i := range items {
		cells.WriteString(i.cells)
	}
	if rest := width - legendWidth(items) - legendSpacing; rest > 0 {
		cells.WriteString(gap(rest))
	}
	return fmt.Sprintf(`<TR><TD ALIGN="LEFT"><TABLE ALIGN="LEFT" BORDER="0" CELLBORDER="0" CELLSPACING="%d" CELLPADDING="0"><TR>%s</TR></TABLE></TD></TR>`, legendSpacing, cells.String())
}

// legendSample is a small box with words in it.
func legendSample(words, back, line, ink, style string) legendItem {
	return legendItem{
		fmt.Sprintf(`<TD ALIGN="LEFT"><TABLE BORDER="1" COLOR="%s" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" STYLE="%s" BGCOLOR="%s"><TR>%s</TR></TABLE></TD>`,
			line, style, back, textCell(words, textStyle{flowSize, ink, false, false}, "")),
		cellWidth(words, flowSize, false) + 8,
	}
}

// changeLegend explains a picture of a difference.
func changeLegend(p *palette) []legendItem {
	item := func(m mark, words, style string) legendItem {
		c := p.marks[m]
		return legendSample(words, c.fill, c.line, c.text, style)
	}
	marks := []badge{{"C1", graph.Critical}, {"H2", graph.High}, {"M3", graph.Medium}}
	lock := func(t graph.Truth, meaning string) legendItem {
		st := textStyle{smallSize, p.flow(t), false, false}
		return legendPack(lockCell(t, st), cellWidth(encryptionWord(t), smallSize, false)+2, meaning, p.flow(t))
	}
	return []legendItem{
		item(markAdded, "+ added", "ROUNDED"), item(markRemoved, "− removed (dashed, struck)", "ROUNDED,DASHED"), item(markChanged, "~ changed", "ROUNDED"),
		legendPack("", 0, "grey: unchanged context", p.marks[markContext].text),
		lock(graph.Yes, "encrypted"), lock(graph.No, "plaintext (dashed)"),
		legendPack(badgeCells(marks, p), badgesWidth(marks), "new or worsened findings", p.muted),
	}
}

func shapeLegend(v *view, p *palette) []legendItem {
	sample := legendSample
	out := []legendItem{
		sample("External entity", p.external, p.line, p.ink, ""),
		sample("Process", p.process, p.line, p.ink, "ROUNDED"),
		sample("Data store (cylinder)", p.store, p.line, p.ink, "ROUNDED"),
		sample("Trust boundary", p.tint(1), p.boundary, p.boundaryText, "ROUNDED,DASHED"),
	}
	badges := func(meaning string, marks ...badge) legendItem {
		return legendPack(badgeCells(marks, p), badgesWidth(marks), meaning, p.muted)
	}
	if v.groups > 0 {
		out = append(out, sample("▸ collapsed, has its own page", p.tint(2), p.boundary, p.boundaryText, "ROUNDED,DASHED"),
			badges("number of findings inside", badge{"1C", graph.Critical}, badge{"3H", graph.High}))
	}
	if v.groups < len(v.boxes) {
		out = append(out, badges("finding number, by severity",
			badge{"C1", graph.Critical}, badge{"H2", graph.High}, badge{"M3", graph.Medium}, badge{"L4", graph.Low}))
	}
	return out
}

func lineLegend(v *view, p *palette) []legendItem {
	lock := func(t graph.Truth) (string, int) {
		st := textStyle{smallSize, p.flow(t), false, false}
		return lockCell(t, st), cellWidth(encryptionWord(t), smallSize, false) + 2
	}
	line := func(sign, words, color string) (string, int) {
		return signCell(sign, words, "a flow drawn like this", textStyle{flowSize, color, true, false}), cellWidth(words, flowSize, true) + 2
	}
	closed, closedWidth := lock(graph.Yes)
	open, openWidth := lock(graph.No)
	dashed, dashedWidth := line(signDashed, "━ ━", p.plaintext)
	dotted, dottedWidth := line(signDotted, "····", p.unknown)
	thick, thickWidth := line(signThick, "━━▶", p.encrypted)
	thin, thinWidth := line(signThin, "──▶", p.inside)
	if onlyGrants(v) {
		return []legendItem{legendPack(thin, thinWidth, "may do what its words say", p.inside)}
	}
	out := []legendItem{
		legendPack(closed, closedWidth, "encrypted", p.encrypted),
		legendPack(open+dashed, openWidth+dashedWidth, "plaintext", p.plaintext),
		legendPack(dotted, dottedWidth, "encryption unknown", p.unknown),
		legendPack(thick, thickWidth, "thick: crosses a boundary", p.encrypted),
		legendPack(thin, thinWidth, "thin: stays inside", p.inside),
	}
	if slices.ContainsFunc(v.arrows, func(a *arrow) bool { return a.grant }) {
		out = append(out, legendPack("", 0, "open head: a permission, nothing flows", p.muted))
	}
	if v.groups > 0 {
		out = append(out, legendPack("", 0, "×12: flows merged into one", p.muted))
	}
	if v.gathered > 0 {
		gathered, width := line(signGathered, "●──", p.encrypted)
		out = append(out, legendPack(gathered, width, "from or to the edge of a boundary, ×5: flows of several boxes in it", p.muted))
	}
	return out
}

// legendPack sets some signs and what they mean side by side.
func legendPack(signs string, width int, meaning, color string) legendItem {
	return legendItem{
		`<TD ALIGN="LEFT"><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0"><TR>` + signs + gap(5) +
			textCell(meaning, textStyle{flowSize, color, false, false}, "") + `</TR></TABLE></TD>`,
		width + cellWidth(meaning, flowSize, false) + 15,
	}
}
