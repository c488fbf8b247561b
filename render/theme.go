package render

import "drawbridge/graph"

// Theme chooses the colours of a diagram.
type Theme int

// The themes. The zero value is Light.
const (
	Light Theme = iota
	Dark
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
}

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
		}
	}
	return &palette{
		background: "#FFFFFF", labelback: "#FFFFFFD9", ink: "#16212C", muted: "#5A6978", line: "#3B4C5C",
		process: "#FFFFFF", store: "#EAF3FB", external: "#F0F1F3", identity: "#F5F1FA",
		boundary: "#B4443C", boundaryText: "#8C2F28",
		trust:     [6]string{"#FBFAF8", "#FDF8F3", "#FAFAF5", "#F1F7F6", "#E6F1F4", "#DAEAF1"},
		encrypted: "#0B6E99", plaintext: "#C24E00", unknown: "#A848D8", inside: "#7C8B99",
		badge: map[graph.Severity]badgeColor{
			graph.Critical: {"#8E0B2E", "#FFFFFF"},
			graph.High:     {"#C05000", "#FFFFFF"},
			graph.Medium:   {"#F2B632", "#1B1B1B"},
			graph.Low:      {"#256FA0", "#FFFFFF"},
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
