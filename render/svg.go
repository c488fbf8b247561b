package render

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The signs that stand as words in DOT and are drawn in SVG.
const (
	signPrefix = "sign-"
	signClosed = "closed"
	signOpen   = "open"
	signDashed = "dashed"
	signDotted = "dotted"
	signThick  = "thick"
	signThin   = "thin"
)

// SVG lays a diagram out and returns it as an SVG document: with a title for
// screen readers, locks drawn in place of words, and nothing in it that tells
// which Graphviz made it.
func SVG(ctx context.Context, dot []byte, l Layouter) ([]byte, error) {
	raw, err := l.run(ctx, dot, "svg")
	if err != nil {
		return nil, err
	}
	out, err := finishSVG(raw)
	if err != nil {
		return nil, fmt.Errorf("reading the SVG that the layout program wrote: %w", err)
	}
	return out, nil
}

// PNG lays a diagram out and returns it as an image. It needs Graphviz's own
// program, dot.
func PNG(ctx context.Context, dot []byte, l Layouter) ([]byte, error) {
	return l.run(ctx, dot, "png")
}

// finishSVG rewrites Graphviz's SVG token by token. It knows the few forms that
// Graphviz writes and passes on everything else.
func finishSVG(raw []byte) ([]byte, error) {
	f := svgFinisher{in: xml.NewDecoder(bytes.NewReader(raw))}
	f.in.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	f.in.Strict = true
	title, err := svgTitle(raw)
	if err != nil {
		return nil, err
	}
	f.title = title
	if err := f.rewrite(); err != nil {
		return nil, err
	}
	return f.out.Bytes(), nil
}

// svgTitle returns the first title in the document, which is the graph's name.
func svgTitle(raw []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		if s, ok := t.(xml.StartElement); ok && s.Name.Local == "title" {
			var b strings.Builder
			for {
				t, err := d.RawToken()
				if err != nil {
					return "", err
				}
				if c, ok := t.(xml.CharData); ok {
					b.Write(c)
					continue
				}
				return b.String(), nil
			}
		}
	}
}

type svgFinisher struct {
	in    *xml.Decoder
	out   bytes.Buffer
	title string
	depth int
	// sign is the sign within whose anchor the reader stands, "" outside; signDepth
	// the depth of the anchor's group.
	sign      string
	signDepth int
	// held is the last text element, not yet written: a lock that follows it on the
	// same flow is drawn before it, and moves it to the right.
	held *heldText
}

type heldText struct {
	start xml.StartElement
	inner []byte
}

func (f *svgFinisher) rewrite() error {
	f.out.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	for {
		t, err := f.in.RawToken()
		if err == io.EOF {
			f.flush()
			f.out.WriteByte('\n')
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := f.start(t.Copy()); err != nil {
				return err
			}
		case xml.EndElement:
			f.end(t)
		case xml.CharData:
			if f.depth > 0 && (f.sign == "" || strings.TrimSpace(string(t)) == "") {
				f.text(t)
			}
		case xml.Comment, xml.ProcInst, xml.Directive:
			// Comments name the version and repeat titles; the prologue is our own.
		}
	}
}

func (f *svgFinisher) text(t []byte) {
	if len(bytes.TrimSpace(t)) == 0 {
		if f.held == nil && f.sign == "" && bytes.IndexByte(t, '\n') >= 0 && !bytes.HasSuffix(f.out.Bytes(), []byte("\n")) {
			f.out.WriteByte('\n')
		}
		return
	}
	f.flush()
	xml.EscapeText(&f.out, t)
}

func (f *svgFinisher) start(s xml.StartElement) error {
	f.depth++
	id := attr(s, "id")
	switch {
	case f.sign != "" && s.Name.Local == "text":
		f.drawSign(s)
		return f.skip()
	case f.sign != "":
		return nil // the anchor
	case strings.HasPrefix(id, "a_"+signPrefix):
		f.sign, f.signDepth = strings.TrimPrefix(id, "a_"+signPrefix), f.depth
		return nil
	case s.Name.Local == "text":
		f.flush()
		inner, err := f.inner()
		f.held = &heldText{s, inner}
		return err
	}
	f.flush()
	if f.depth == 1 {
		s.Attr = append(s.Attr, xml.Attr{Name: xml.Name{Local: "role"}, Value: "img"},
			xml.Attr{Name: xml.Name{Local: "aria-label"}, Value: f.title})
		f.open(s)
		f.out.WriteString("\n<title>")
		xml.EscapeText(&f.out, []byte(f.title))
		f.out.WriteString("</title>")
		return nil
	}
	f.open(s)
	return nil
}

func (f *svgFinisher) end(e xml.EndElement) {
	f.depth--
	if f.sign != "" {
		if f.depth < f.signDepth {
			f.sign = ""
		}
		return
	}
	f.flush()
	f.out.WriteString("</" + qualified(e.Name) + ">")
}

// inner reads to the end of the element just opened and returns its text, escaped.
func (f *svgFinisher) inner() ([]byte, error) {
	var b bytes.Buffer
	for {
		t, err := f.in.RawToken()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.CharData:
			xml.EscapeText(&b, t)
		case xml.EndElement:
			f.depth--
			return b.Bytes(), nil
		case xml.StartElement:
			return nil, fmt.Errorf("an element <%s> within text", t.Name.Local)
		}
	}
}

func (f *svgFinisher) skip() error {
	_, err := f.inner()
	return err
}

func (f *svgFinisher) open(s xml.StartElement) {
	f.out.WriteString("<" + qualified(s.Name))
	for _, a := range s.Attr {
		f.out.WriteString(" " + qualified(a.Name) + `="`)
		xml.EscapeText(&f.out, []byte(a.Value))
		f.out.WriteByte('"')
	}
	f.out.WriteString(">")
}

// flush writes the text element that was held back.
func (f *svgFinisher) flush() {
	if f.held == nil {
		return
	}
	f.open(f.held.start)
	f.out.Write(f.held.inner)
	f.out.WriteString("</text>\n")
	f.held = nil
}

// lockRoom is how much a lock takes of a line of text, with its distance to it.
const lockRoom = 11.0

// drawSign writes a sign where its words stood.
func (f *svgFinisher) drawSign(s xml.StartElement) {
	x, y := number(attr(s, "x")), number(attr(s, "y"))
	color := attr(s, "fill")
	width := 24.0
	switch f.sign {
	case signClosed, signOpen:
		if f.held != nil && attr(f.held.start, "text-anchor") == "start" && number(attr(f.held.start, "y"))-y < 3 && y-number(attr(f.held.start, "y")) < 3 {
			x = number(attr(f.held.start, "x"))
			setAttr(&f.held.start, "x", format(x+lockRoom))
		}
		f.drawLock(x, y, color)
		f.flush()
	case signDashed:
		f.flush()
		f.drawLine(x, y, 20, color, 2.4, ` stroke-dasharray="5,3"`, false)
	case signDotted:
		f.flush()
		f.drawLine(x, y, 16, color, 2.4, ` stroke-dasharray="0.1,4" stroke-linecap="round"`, false)
	case signThick:
		f.flush()
		f.drawLine(x, y, width, color, 2.4, "", true)
	case signThin:
		f.flush()
		f.drawLine(x, y, width, color, 1.2, "", true)
	}
}

// drawLock draws a padlock of our own, 9 points high, at the foot of a text.
func (f *svgFinisher) drawLock(x, y float64, color string) {
	shackle := "M2.2,4.3V2.8A1.9,1.9 0 0 1 6,2.8V4.3"
	name := "encrypted"
	if f.sign == signOpen {
		shackle = "M2.2,4.3V2.8A1.9,1.9 0 0 1 5.8,2.1"
		name = "plaintext"
	}
	fmt.Fprintf(&f.out, `<g class="lock" transform="translate(%s,%s)"><title>%s</title>`, format(x), format(y-8), name)
	fmt.Fprintf(&f.out, `<path d="%s" fill="none" stroke="%s" stroke-width="1.2" stroke-linecap="round"/>`, shackle, color)
	fmt.Fprintf(&f.out, `<rect x="0.8" y="4.3" width="6.6" height="4.9" rx="1" fill="%s"/></g>`+"\n", color)
}

// drawLine draws a sample of an arrow for the legend.
func (f *svgFinisher) drawLine(x, y, width float64, color string, stroke float64, dash string, head bool) {
	y -= 3
	end := x + width
	if head {
		end -= 6
	}
	fmt.Fprintf(&f.out, `<path d="M%s,%sH%s" fill="none" stroke="%s" stroke-width="%s"%s/>`,
		format(x), format(y), format(end), color, format(stroke), dash)
	if head {
		fmt.Fprintf(&f.out, `<path d="M%s,%sl7,3l-7,3z" fill="%s"/>`, format(end), format(y-3), color)
	}
	f.out.WriteByte('\n')
}

func attr(s xml.StartElement, name string) string {
	for _, a := range s.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func setAttr(s *xml.StartElement, name, value string) {
	for i, a := range s.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			s.Attr[i].Value = value
		}
	}
}

func qualified(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

func number(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return v
}

func format(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
}
