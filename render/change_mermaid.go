package render

import (
	"fmt"
	"strings"

	"drawbridge/graph"
)

// How much of a difference a Mermaid picture shows. Mermaid itself refuses more than
// 500 arrows or 50,000 characters; a picture is unreadable long before.
const (
	mostMermaidBoxes  = 40
	mostMermaidArrows = 60
)

// changeMermaid draws what differs with Mermaid, which code hosts show in a comment:
// the changed components and flows in their boundaries, and the ends of those flows.
// It is "" where there is nothing to draw or too much.
func changeMermaid(c *graph.Change) string {
	p := newPicture(c)
	boxes := p.touched()
	var arrows []*graph.Flow
	for _, f := range p.g.Flows {
		if p.marks[f] != markContext {
			arrows = append(arrows, f)
		}
	}
	if len(boxes) == 0 || len(boxes) > mostMermaidBoxes || len(arrows) > mostMermaidArrows {
		return ""
	}
	m := &mermaid{p: p, index: graph.NewIndex(p.g), inside: map[string][]*graph.Component{}, numbers: map[string]int{}}
	for _, x := range p.g.Components {
		if boxes[x.ID] {
			m.numbers[x.ID] = len(m.numbers)
			home := x.Boundary
			if m.index.Boundary[home] == nil {
				home = ""
			}
			m.inside[home] = append(m.inside[home], x)
		}
	}
	m.b.WriteString("flowchart LR\n")
	m.boundary("", "  ")
	for i, f := range arrows {
		m.arrow(i, f)
	}
	for _, line := range []string{
		"classDef added fill:#E3F1FA,stroke:#0072B2,stroke-width:2px,color:#16212C",
		"classDef removed fill:#FCE8EE,stroke:#B5003C,stroke-width:2px,stroke-dasharray:5 3,color:#16212C",
		"classDef changed fill:#FBF3D0,stroke:#8A7000,stroke-width:2px,color:#16212C",
		"classDef context fill:#FFFFFF,stroke:#A9B4BE,color:#66737F",
	} {
		m.b.WriteString("  " + line + "\n")
	}
	return m.b.String()
}

type mermaid struct {
	b       strings.Builder
	p       *picture
	index   *graph.Index
	inside  map[string][]*graph.Component // by boundary
	numbers map[string]int                // of boxes, by component
}

// boundary writes the components of a boundary and what lies in it; "" is the outside of all.
func (m *mermaid) boundary(id, indent string) {
	for _, c := range m.inside[id] {
		open, end := `("`, `")`
		switch c.Kind {
		case graph.Store:
			open, end = `[("`, `")]`
		case graph.External:
			open, end = `["`, `"]`
		}
		mark := m.p.marks[c]
		label := strings.TrimSpace(mark.sign() + " " + cleanName(c))
		fmt.Fprintf(&m.b, "%sn%d%s%s%s:::%s\n", indent, m.numbers[c.ID], open, mermaidText(label), end, markClass(mark))
	}
	for i, b := range m.p.g.Boundaries {
		if b.Parent != id && (id != "" || m.index.Boundary[b.Parent] != nil) || !m.holds(b) {
			continue
		}
		fmt.Fprintf(&m.b, "%ssubgraph b%d [\"%s\"]\n", indent, i, mermaidText(strings.TrimSpace(m.p.marks[b].sign()+" "+boundaryTitle(b))))
		m.boundary(b.ID, indent+"  ")
		fmt.Fprintf(&m.b, "%send\n", indent)
	}
}

// holds reports whether a drawn component lies in a boundary, at any depth.
func (m *mermaid) holds(b *graph.Boundary) bool {
	for id := range m.inside {
		for _, a := range m.index.Ancestors(id) {
			if a == b {
				return true
			}
		}
	}
	return false
}

func (m *mermaid) arrow(i int, f *graph.Flow) {
	line, color := "-->", "#8A7000"
	switch m.p.marks[f] {
	case markAdded:
		line, color = "==>", "#0072B2"
	case markRemoved:
		line, color = "-.->", "#B5003C"
	}
	label := strings.TrimSpace(m.p.marks[f].sign() + " " + flowWords([]*graph.Flow{f}))
	fmt.Fprintf(&m.b, "  n%d %s|\"%s\"| n%d\n", m.numbers[f.From], line, mermaidText(label), m.numbers[f.To])
	fmt.Fprintf(&m.b, "  linkStyle %d stroke:%s\n", i, color)
}

func markClass(m mark) string {
	switch m {
	case markAdded:
		return "added"
	case markRemoved:
		return "removed"
	case markChanged:
		return "changed"
	}
	return "context"
}

func cleanName(c *graph.Component) string {
	if c.Name == "" {
		return c.ID
	}
	return c.Name
}

// mermaidText writes a text for a quoted label. All that could be syntax of Mermaid,
// Markdown or HTML becomes a numeric entity.
func mermaidText(s string) string {
	const most = 60
	var b strings.Builder
	for _, r := range printable(shortened(s, most)) {
		if r < 0x80 && !isAlphanumeric(byte(r)) && !strings.ContainsRune(" .,:/_+-~", r) {
			fmt.Fprintf(&b, "#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
