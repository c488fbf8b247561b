package render

import (
	"encoding/xml"
	"strings"
)

// The signs that stand as words in DOT and are drawn in SVG. No font of a plain
// machine has a lock, and DOT that needs image files is not portable.
const (
	signPrefix = "sign-"
	signClosed = "closed"
	signOpen   = "open"
	signDashed = "dashed"
	signDotted = "dotted"
	signThick  = "thick"
	signThin   = "thin"
	// signGathered is the beginning of a flow at the edge of a boundary.
	signGathered = "gathered"
)

// lockRoom is how much a lock takes of a line of text, with its distance to it.
const lockRoom = 11.0

// drawSigns replaces the words of each sign cell by a drawing. On a flow the lock
// goes before the text, and the label shrinks to what is left.
func drawSigns(e *element, onFlow bool) {
	onFlow = onFlow || isFlowLabel(e)
	for i, c := range e.children {
		sign, words := signIn(c)
		switch {
		case words == nil:
			drawSigns(c, onFlow)
		case onFlow:
			lockBefore(e.children, i, sign, words)
		default:
			x := number(words.attr("x"))
			if sign == signClosed || sign == signOpen { // beside what it means
				x += float64(cellWidth(words.text, number(words.attr("font-size")), false)) - lockRoom
			}
			e.children[i] = drawSign(sign, x, number(words.attr("y")), words.attr("fill"))
		}
	}
}

// isFlowLabel tells the group that holds the label of a flow: Graphviz gives it the
// flow's own ID with "-label".
func isFlowLabel(e *element) bool {
	return strings.HasPrefix(e.attr("id"), "a_f-") && strings.HasSuffix(e.attr("id"), "-label")
}

// lockBefore draws a lock in place of the i-th child of a flow's label: its first
// child is the background, the text stands just before the words, badges after.
func lockBefore(label []*element, i int, sign string, words *element) {
	x, y := number(words.attr("x")), number(words.attr("y"))
	const padding = 2
	spare := float64(cellWidth(words.text, number(words.attr("font-size")), false)) + padding - lockRoom
	if i > 0 && label[i-1].name == "text" {
		text := label[i-1]
		x, y = number(text.attr("x")), number(text.attr("y"))
		text.set("x", format(x+lockRoom))
	}
	label[i] = drawSign(sign, x, y, words.attr("fill"))
	for k := i + 1; k < len(label); k++ {
		shifted := newElement("g", "transform", "translate("+format(-spare)+",0)")
		shifted.children = []*element{label[k]}
		label[k] = shifted
	}
	if back := label[0]; i > 0 && back.name == "rect" {
		back.set("width", format(number(back.attr("width"))-spare))
	}
}

// signIn returns which sign an element is the anchor of, and its words; nil where
// it is none.
func signIn(e *element) (sign string, words *element) {
	sign, ok := strings.CutPrefix(e.attr("id"), "a_"+signPrefix)
	if !ok {
		return "", nil
	}
	return sign, e.find(func(e *element) bool { return e.name == "text" })
}

func drawSign(sign string, x, y float64, color string) *element {
	switch sign {
	case signClosed:
		return lock("M2.1,4.4V2.9A2,2 0 0 1 6.1,2.9V4.4", "encrypted", x, y, color)
	case signOpen:
		return lock("M2.1,4.4V2.9A2,2 0 0 1 5.9,2.1", "plaintext", x, y, color)
	case signDashed:
		return sampleLine(x, y, 18, color, "2.4", false, "stroke-dasharray", "5,3")
	case signDotted:
		return sampleLine(x, y, 14, color, "2.4", false, "stroke-dasharray", "1.5,2.5")
	case signThick:
		return sampleLine(x, y, 23, color, "2.4", true)
	case signGathered:
		g := sampleLine(x+2, y, 18, color, "2.4", false)
		g.children = append(g.children, newElement("circle", "cx", format(x+3), "cy", format(y-2.8), "r", "3", "fill", color))
		return g
	}
	if technology, ok := strings.CutPrefix(sign, signIcon); ok {
		return iconPlace(technology, x, y)
	}
	return sampleLine(x, y, 23, color, "1.2", true)
}

// lock draws a padlock of our own, 9 points high, standing on a line of text.
func lock(shackle, title string, x, y float64, color string) *element {
	g := newElement("g", "class", "lock", "transform", "translate("+format(x)+","+format(y-8.2)+")")
	g.children = []*element{
		{name: "title", text: title},
		newElement("path", "d", shackle, "fill", "none", "stroke", color, "stroke-width", "1.2", "stroke-linecap", "round"),
		newElement("rect", "x", "0.7", "y", "4.2", "width", "6.8", "height", "4.8", "rx", "1", "fill", color),
	}
	return g
}

// sampleLine draws a piece of a flow for the legend.
func sampleLine(x, y, width float64, color, stroke string, head bool, more ...string) *element {
	y -= 2.8
	end := x + width
	if head {
		end -= 6
	}
	g := newElement("g", "class", "sample")
	g.children = append(g.children, newElement("path", append([]string{
		"d", "M" + format(x) + "," + format(y) + "L" + format(end) + "," + format(y),
		"fill", "none", "stroke", color, "stroke-width", stroke,
	}, more...)...))
	if head {
		g.children = append(g.children, newElement("polygon", "fill", color,
			"points", format(end)+","+format(y-3)+" "+format(end+7)+","+format(y)+" "+format(end)+","+format(y+3)))
	}
	return g
}

func newElement(name string, attrs ...string) *element {
	e := &element{name: name}
	for i := 0; i+1 < len(attrs); i += 2 {
		e.attrs = append(e.attrs, xml.Attr{Name: xml.Name{Local: attrs[i]}, Value: attrs[i+1]})
	}
	return e
}
