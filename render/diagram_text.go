package render

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"drawbridge/graph"
)

// Mermaid writes the first page of a model, which shows the whole, as a Mermaid
// flowchart for pages that draw such: https://mermaid.js.org/syntax/flowchart.html. A
// page holds far less than Mermaid's limits of 500 flows and 50,000 characters.
func Mermaid(w io.Writer, g *graph.Graph, opt Options) error {
	v, err := firstView(g, opt)
	if err != nil {
		return err
	}
	d := textDiagram{view: v, names: map[*box]string{}, frames: map[string]string{}}
	d.line(0, "flowchart LR")
	d.nest("", 1, mermaidBox, func(depth int, f *frame, i int) {
		d.frames[f.boundary.ID] = fmt.Sprintf("b%d", i)
		d.line(depth, `subgraph b%d ["%s"]`, i, mermaidText(boundaryTitle(f.boundary)))
	}, "end")
	for _, a := range v.arrows {
		line := "-->"
		switch {
		case a.crosses:
			line = "==>"
		case a.permitted:
			line = "-.->"
		}
		words := arrowText(a)
		if words == "" {
			d.line(1, "%s %s %s", cmp.Or(d.frames[a.fromFrame], d.names[a.from]), line, cmp.Or(d.frames[a.toFrame], d.names[a.to]))
			continue
		}
		d.line(1, `%s %s|"%s"| %s`, cmp.Or(d.frames[a.fromFrame], d.names[a.from]), line, mermaidText(words), cmp.Or(d.frames[a.toFrame], d.names[a.to]))
	}
	_, err = io.WriteString(w, d.b.String())
	return err
}

// D2 writes the first page of a model, which shows the whole, in D2's language:
// https://d2lang.com.
func D2(w io.Writer, g *graph.Graph, opt Options) error {
	v, err := firstView(g, opt)
	if err != nil {
		return err
	}
	d := textDiagram{view: v, names: map[*box]string{}, frames: map[string]string{}}
	d.line(0, "direction: right")
	path := map[*box]string{}
	var within []string
	d.nest("", 0, func(d *textDiagram, depth int, b *box, i int) {
		d.names[b] = fmt.Sprintf("n%d", i)
		path[b] = strings.Join(append(within[:depth:depth], d.names[b]), ".")
		d.line(depth, "n%d: %s {shape: %s}", i, d2Text(boxWords(b)), d2Shape(b.shape))
	}, func(depth int, f *frame, i int) {
		within = append(within[:depth], fmt.Sprintf("b%d", i))
		d.frames[f.boundary.ID] = strings.Join(within, ".")
		d.line(depth, "b%d: %s {", i, d2Text(boundaryTitle(f.boundary)))
		d.line(depth+1, "style.stroke-dash: 4")
	}, "}")
	for _, a := range v.arrows {
		words := arrowText(a)
		style := ""
		if a.crosses {
			style = " {style.stroke-width: 4}"
		}
		d.line(0, "%s -> %s: %s%s", cmp.Or(d.frames[a.fromFrame], path[a.from]), cmp.Or(d.frames[a.toFrame], path[a.to]), d2Text(words), style)
	}
	_, err = io.WriteString(w, d.b.String())
	return err
}

func firstView(g *graph.Graph, opt Options) (*view, error) {
	pages, err := Pages(g, opt)
	if err != nil {
		return nil, err
	}
	if len(pages) == 0 {
		return nil, errors.New("there is nothing to draw")
	}
	return pages[0].view, nil
}

// textDiagram writes a view in a language for diagrams.
type textDiagram struct {
	b     strings.Builder
	view  *view
	names map[*box]string
	// frames are the names of boundaries, by ID.
	frames map[string]string
}

func (d *textDiagram) line(depth int, format string, args ...any) {
	d.b.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&d.b, format+"\n", args...)
}

// nest writes the boxes of a frame, "" for the outside of all, and the frames in it.
func (d *textDiagram) nest(parent string, depth int, one func(*textDiagram, int, *box, int), open func(int, *frame, int), end string) {
	known := map[string]bool{}
	for _, f := range d.view.frames {
		known[f.boundary.ID] = true
	}
	for i, b := range d.view.boxes {
		if b.frame == parent || parent == "" && !known[b.frame] {
			one(d, depth, b, i)
		}
	}
	for i, f := range d.view.frames {
		if f.boundary.Parent == parent || parent == "" && !known[f.boundary.Parent] {
			open(depth, f, i)
			d.nest(f.boundary.ID, depth+1, one, open, end)
			d.line(depth, "%s", end)
		}
	}
}

func mermaidBox(d *textDiagram, depth int, b *box, i int) {
	d.names[b] = fmt.Sprintf("n%d", i)
	open, end := `("`, `")`
	switch b.shape {
	case storeShape:
		open, end = `[("`, `")]`
	case externalShape:
		open, end = `["`, `"]`
	case groupShape:
		open, end = `[["`, `"]]`
	}
	d.line(depth, "%s%s%s%s", d.names[b], open, mermaidText(boxWords(b)), end)
}

// arrowText is the text of an arrow in one line.
func arrowText(a *arrow) string {
	return strings.Join(strings.Fields(a.words+" "+encryptionWord(a.encrypted)+" "+badgeWords(a.badges)), " ")
}

// boxWords is the text of a box in one line: its name, what it is, its findings.
func boxWords(b *box) string {
	return strings.TrimSpace(strings.TrimSpace(b.name+" ("+b.kicker+")") + " " + badgeWords(b.badges))
}

func badgeWords(badges []badge) string {
	var out []string
	for _, b := range badges {
		out = append(out, b.text)
	}
	return strings.Join(out, " ")
}

func d2Shape(s shape) string {
	switch s {
	case storeShape:
		return "cylinder"
	case externalShape, identityShape:
		return "rectangle"
	case groupShape:
		return "package"
	}
	return "oval"
}

// d2Text quotes a text; in quotes only they and the escape sign mean anything, and a
// dollar sign with a brace.
func d2Text(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`).Replace(printable(s)) + `"`
}
