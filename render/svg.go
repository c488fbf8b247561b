package render

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// SVG lays a diagram out and returns it as an SVG document: with a title for
// screen readers, locks drawn in place of words, labels moved to where they can be
// read, and nothing in it that tells which Graphviz made it.
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

// PDF lays a diagram out and returns it as a document of one page. It needs Graphviz's
// own program, dot.
func PDF(ctx context.Context, dot []byte, l Layouter) ([]byte, error) {
	return l.run(ctx, dot, "pdf")
}

// finishSVG rewrites Graphviz's SVG. It knows the few forms that Graphviz writes
// and passes on everything else.
func finishSVG(raw []byte) ([]byte, error) {
	root, err := parseSVG(raw)
	if err != nil {
		return nil, err
	}
	title, told := "", ""
	if picture := root.find(func(e *element) bool { return e.attr("class") == "graph" }); picture != nil {
		if t := picture.find(func(e *element) bool { return e.name == "title" }); t != nil {
			title = t.text
			picture.children = slices.DeleteFunc(picture.children, func(e *element) bool { return e == t })
		}
		told = inWords(picture)
		roundRects(picture)
		drawSigns(picture, false)
		raiseText(picture)
	}
	root.set("role", "img")
	root.set("aria-label", title)
	head := []*element{{name: "title", text: title}}
	if told != "" {
		description := newElement("desc", "id", "description")
		description.text = told
		root.set("aria-describedby", "description")
		head = append(head, description)
	}
	root.children = append(head, root.children...)

	var b bytes.Buffer
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	root.write(&b)
	return b.Bytes(), nil
}

// inWords tells a picture to those who do not see it: each flow, from what the tooltips say.
func inWords(picture *element) string {
	const most = 60
	boxes := 0
	var flows []string
	for _, c := range picture.children {
		switch c.attr("class") {
		case "node":
			boxes++
		case "edge":
			a := c.find(func(e *element) bool { return e.name == "a" })
			if a == nil {
				continue
			}
			ends, what, _ := strings.Cut(a.attr("xlink:title"), "\n")
			if what != "" {
				ends += ": " + strings.Join(strings.Split(what, "\n"), "; ")
			}
			flows = append(flows, ends)
		}
	}
	if boxes == 0 {
		return ""
	}
	out := fmt.Sprintf("%s and %s.", plural(boxes, "box", "boxes"), plural(len(flows), "flow", "flows"))
	if len(flows) > most {
		flows = append(flows[:most], fmt.Sprintf("and %d more", len(flows)-most))
	}
	return strings.TrimSpace(out + " " + strings.Join(flows, ". "))
}

// element is a node of an SVG document. Graphviz mixes no text with elements, so an
// element has the one or the other.
type element struct {
	name     string // with its prefix
	attrs    []xml.Attr
	text     string
	children []*element
}

func parseSVG(raw []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	document := &element{}
	stack := []*element{document}
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch t := t.(type) {
		case xml.StartElement:
			e := &element{name: qualified(t.Name), attrs: t.Copy().Attr}
			top.children = append(top.children, e)
			stack = append(stack, e)
		case xml.EndElement:
			if len(stack) == 1 || qualified(t.Name) != top.name {
				return nil, fmt.Errorf("</%s> closes nothing", qualified(t.Name))
			}
			stack = stack[:len(stack)-1]
			if parent := stack[len(stack)-1]; top.name == "text" && strings.TrimSpace(top.text) == "" {
				parent.children = parent.children[:len(parent.children)-1] // a gap
			}
		case xml.CharData:
			top.text += string(t)
		}
		// Comments name the version and repeat titles; the prologue is our own.
	}
	if len(stack) != 1 || len(document.children) != 1 || document.children[0].name != "svg" {
		return nil, errors.New("it is not one complete <svg> element")
	}
	return document.children[0], nil
}

func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if qualified(a.Name) == name {
			return a.Value
		}
	}
	return ""
}

// attribute is one of an element's.
type attribute = xml.Attr

func (e *element) remove(name string) {
	e.attrs = slices.DeleteFunc(e.attrs, func(a attribute) bool { return qualified(a.Name) == name })
}

func (e *element) set(name, value string) {
	for i, a := range e.attrs {
		if qualified(a.Name) == name {
			e.attrs[i].Value = value
			return
		}
	}
	e.attrs = append(e.attrs, xml.Attr{Name: xml.Name{Local: name}, Value: value})
}

// find returns the first element below e that is as asked for, nil for none.
func (e *element) find(is func(*element) bool) *element {
	for _, c := range e.children {
		if is(c) {
			return c
		}
		if found := c.find(is); found != nil {
			return found
		}
	}
	return nil
}

// roundRects writes rectangles with rounded corners as such: Graphviz draws each as a
// curve of some twenty points.
func roundRects(e *element) {
	for _, c := range e.children {
		roundRects(c)
	}
	if e.name != "path" {
		return
	}
	points := coordinates(e.attr("d"))
	if len(points) < 13 || points[0] != points[len(points)-1] {
		return
	}
	r, _ := bounds(e)
	radius := math.Inf(1)
	ends := map[string]map[point]bool{} // of the curves, on each side: a side has two
	for i, p := range points {
		const near = 0.02
		if p.x-r.x0 > near && r.x1-p.x > near && p.y-r.y0 > near && r.y1-p.y > near {
			return // a corner goes inside: it is another shape
		}
		if i%3 != 0 { // between the ends of the curves
			continue
		}
		for side, on := range map[string]bool{"left": p.x-r.x0 <= near, "right": r.x1-p.x <= near, "top": p.y-r.y0 <= near, "bottom": r.y1-p.y <= near} {
			if ends[side] == nil {
				ends[side] = map[point]bool{}
			}
			if on {
				ends[side][p] = true
			}
		}
		fromCorner := min(p.x-r.x0, r.x1-p.x) + min(p.y-r.y0, r.y1-p.y)
		if fromCorner > near {
			radius = min(radius, fromCorner)
		}
	}
	for _, side := range ends {
		if len(side) < 2 {
			return // the lid of a cylinder
		}
	}
	if math.IsInf(radius, 1) {
		return
	}
	e.name = "rect"
	e.remove("d")
	rest := e.attrs
	e.attrs = nil
	for _, a := range []struct {
		name  string
		value float64
	}{{"x", r.x0}, {"y", r.y0}, {"width", r.x1 - r.x0}, {"height", r.y1 - r.y0}, {"rx", radius}} {
		e.set(a.name, format(a.value))
	}
	e.attrs = append(e.attrs, rest...)
}

func (e *element) write(b *bytes.Buffer) {
	b.WriteString("<" + e.name)
	for _, a := range e.attrs {
		b.WriteString(" " + qualified(a.Name) + `="`)
		xml.EscapeText(b, []byte(a.Value))
		b.WriteByte('"')
	}
	switch {
	case len(e.children) > 0:
		b.WriteString(">\n")
		for _, c := range e.children {
			c.write(b)
		}
		b.WriteString("</" + e.name + ">\n")
	case e.text != "":
		b.WriteString(">")
		xml.EscapeText(b, []byte(e.text))
		b.WriteString("</" + e.name + ">\n")
	default:
		b.WriteString("/>\n")
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
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

func format(v float64) string {
	s := strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}
