package render

import "drawbridge/graph"

// Theme chooses the colours of a diagram.
type Theme int

// The themes. The zero value is Light.
const (
	Light Theme = iota
	Dark
	// Print is for paper: black on white, with greys that keep apart on any printer.
	Print
)

// palette holds the colours of one theme. They keep apart for colour-blind
// readers, and nothing rests on colour alone: each meaning has a shape, a line
// style or a word as well.
type palette struct {
	background string
	labelback  string // behind the text on a flow, partly transparent
	ink        string // names
	muted      string // small text
	line       string // outline of components

	process, store, external, identity string

	boundary     string // outline of a trust boundary
	boundaryText string
	trust        [6]string // tint by trust level, 0 where it is not known

	encrypted, plaintext, unknown, inside string

	badge map[graph.Severity]badgeColor
	marks map[mark]markColor // in pictures of a change
}

// markColor is how one kind of difference looks; no fill keeps the element's own.
type markColor struct{ line, text, fill string }

type badgeColor struct{ back, ink string }

func (t Theme) palette() *palette {
	if t == Dark {
		return &palette{
			background: "#0E151D", labelback: "#0E151DD9", ink: "#E9EFF5", muted: "#A3B2C0", line: "#8EA2B5",
			process: "#1C2833", store: "#15314A", external: "#2A333C", identity: "#2B2440",
			boundary: "#E58277", boundaryText: "#F2A79E",
			trust:     [6]string{"#15191E", "#1A181A", "#161B21", "#12202A", "#102835", "#0E3040"},
			encrypted: "#6CC3F0", plaintext: "#FF9F40", unknown: "#EFEFD8", inside: "#7F90A0",
			badge: map[graph.Severity]badgeColor{
				graph.Critical: {"#D12A5C", "#FFFFFF"},
				graph.High:     {"#EC7A1C", "#111111"},
				graph.Medium:   {"#F7D774", "#111111"},
				graph.Low:      {"#5AA9DD", "#0B141C"},
			},
			marks: map[mark]markColor{
				markContext: {"#556370", "#8C9AA7", ""},
				markAdded:   {"#56B4E9", "#56B4E9", "#12303F"},
				markRemoved: {"#FF6B93", "#FF6B93", "#3A1722"},
				markChanged: {"#E3C84B", "#E3C84B", "#33300F"},
			},
		}
	}
	if t == Print {
		return &palette{
			background: "#FFFFFF", labelback: "#FFFFFFE6", ink: "#000000", muted: "#333333", line: "#000000",
			process: "#FFFFFF", store: "#FFFFFF", external: "#EEEEEE", identity: "#FFFFFF",
			boundary: "#555555", boundaryText: "#000000",
			trust:     [6]string{"#FFFFFF", "#FFFFFF", "#FFFFFF", "#FFFFFF", "#FFFFFF", "#FFFFFF"},
			encrypted: "#000000", plaintext: "#000000", unknown: "#000000", inside: "#777777",
			badge: map[graph.Severity]badgeColor{
				graph.Critical: {"#000000", "#FFFFFF"},
				graph.High:     {"#444444", "#FFFFFF"},
				graph.Medium:   {"#BBBBBB", "#000000"},
				graph.Low:      {"#E4E4E4", "#000000"},
			},
			marks: map[mark]markColor{
				markContext: {"#AAAAAA", "#666666", ""},
				markAdded:   {"#000000", "#000000", "#F4F4F4"},
				markRemoved: {"#000000", "#000000", "#DDDDDD"},
				markChanged: {"#000000", "#000000", "#EBEBEB"},
			},
		}
	}
	return &palette{
		background: "#FFFFFF", labelback: "#FFFFFFD9", ink: "#16212C", muted: "#5A6978", line: "#3B4C5C",
		process: "#FFFFFF", store: "#EAF3FB", external: "#F0F1F3", identity: "#F5F1FA",
		boundary: "#B4443C", boundaryText: "#8C2F28",
		trust:     [6]string{"#FBFAF8", "#FDF8F3", "#FAFAF5", "#F1F7F6", "#E6F1F4", "#DAEAF1"},
		encrypted: "#0B6E99", plaintext: "#C24E00", unknown: "#A042D0", inside: "#768593",
		badge: map[graph.Severity]badgeColor{
			graph.Critical: {"#8E0B2E", "#FFFFFF"},
			graph.High:     {"#C05000", "#FFFFFF"},
			graph.Medium:   {"#F2B632", "#1B1B1B"},
			graph.Low:      {"#256FA0", "#FFFFFF"},
		},
		marks: map[mark]markColor{
			markContext: {"#A9B4BE", "#66737F", ""},
			markAdded:   {"#0072B2", "#0072B2", "#E3F1FA"},
			markRemoved: {"#B5003C", "#B5003C", "#FCE8EE"},
			markChanged: {"#8A7000", "#8A7000", "#FBF3D0"},
		},
	}
}

// tint returns the fill of a boundary by its trust level.
func (p *palette) tint(trust int) string {
	if trust < 0 || trust >= len(p.trust) {
		return p.trust[0]
	}
	return p.trust[trust]
}

// flow returns the colour of a flow by what is known of its encryption.
func (p *palette) flow(encrypted graph.Truth) string {
	switch encrypted {
	case graph.Yes:
		return p.encrypted
	case graph.No:
		return p.plaintext
	}
	return p.unknown
}

// marked is the palette for an element of a picture of a change: one colour for its
// outline and text, with its tint behind. What did not change is grey.
func (p *palette) marked(m mark) *palette {
	if m == unmarked {
		return p
	}
	color := p.marks[m]
	out := *p
	out.line, out.boundary, out.boundaryText = color.line, color.line, color.text
	out.encrypted, out.plaintext, out.unknown, out.inside = color.line, color.line, color.line, color.line
	out.muted = color.text
	if m == markContext {
		out.ink = color.text
	}
	if color.fill != "" {
		out.process, out.store, out.external, out.identity = color.fill, color.fill, color.fill, color.fill
	}
	return &out
}
