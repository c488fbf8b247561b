package render

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"drawbridge/graph"
)

// The measures of a chart, in pixels.
const (
	chartWidth  = 960
	chartLeft   = 150 // for the names of the panels
	chartRight  = 90  // for the last values
	chartTop    = 70
	chartFoot   = 70
	panelHeight = 90
	panelGap    = 26
	labelWidth  = 44 // of a revision at the foot
)

// panel is one measure over all revisions; a value of several parts is stacked.
type panel struct {
	name  string
	parts []panelPart // from the bottom
}

type panelPart struct {
	word   string
	color  string
	values []int
}

// HistorySVG draws a history as a chart: open findings by severity, what the internet
// reaches, flows across boundaries and components, one bar a revision.
func HistorySVG(w io.Writer, h *graph.History, title string, theme Theme) error {
	return historyChart(w, h, strings.TrimPrefix(title+" — history of the threat model", " — "), theme.palette())
}

// historyChart draws the chart in a palette, without a heading where that is "".
func historyChart(w io.Writer, h *graph.History, heading string, p *palette) error {
	c := &chart{p: p, steps: h.Steps}
	panels := c.panels()
	height := chartTop + len(panels)*(panelHeight+panelGap) + chartFoot
	c.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	c.line(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="Helvetica,Arial,sans-serif" stroke="none" role="img">`, chartWidth, height, chartWidth, height)
	c.line(`<title>%s</title>`, xmlText(cmp.Or(heading, "history of the threat model")))
	c.line(`<rect width="100%%" height="100%%" fill="%s"/>`, p.background)
	c.text(20, 30, 16, p.ink, "start", heading, ` font-weight="bold"`)
	if n := len(h.Steps); n > 0 {
		first, last := h.Steps[0], h.Steps[n-1]
		c.text(20, 50, 11, p.muted, "start", fmt.Sprintf("%d revisions, %s (%s) to %s (%s)", n, first.Date, shortRevision(first.Revision), last.Date, shortRevision(last.Revision)), "")
	}
	for i, panel := range panels {
		c.panel(panel, chartTop+i*(panelHeight+panelGap))
	}
	c.foot(chartTop + len(panels)*(panelHeight+panelGap) - panelGap + 14)
	c.line(`</svg>`)
	_, err := io.WriteString(w, c.b.String())
	return err
}

type chart struct {
	b     strings.Builder
	p     *palette
	steps []*graph.HistoryStep
}

func (c *chart) line(format string, args ...any) { fmt.Fprintf(&c.b, format+"\n", args...) }

func (c *chart) text(x, y float64, size int, color, anchor, text, more string) {
	c.line(`<text x="%.1f" y="%.1f" font-size="%d" fill="%s" text-anchor="%s"%s>%s</text>`, x, y, size, color, anchor, more, xmlText(text))
}

// xmlText escapes a text for the content of an element.
func xmlText(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(printable(s))) // a builder takes everything
	return b.String()
}

func (c *chart) panels() []panel {
	values := func(of func(*graph.HistoryStep) int) []int {
		var out []int
		for _, s := range c.steps {
			out = append(out, of(s))
		}
		return out
	}
	findings := panel{name: "Open findings"}
	for _, severity := range []graph.Severity{graph.Critical, graph.High, graph.Medium, graph.Low} {
		findings.parts = append(findings.parts, panelPart{
			string(severity), c.p.badge[severity].back, values(func(s *graph.HistoryStep) int { return s.Findings[severity] }),
		})
	}
	one := func(name, color string, of func(*graph.HistoryStep) int) panel {
		return panel{name, []panelPart{{"", color, values(of)}}}
	}
	return []panel{
		findings,
		one("Exposed", c.p.plaintext, func(s *graph.HistoryStep) int { return s.Exposed }),
		one("Attack paths", c.p.unknown, func(s *graph.HistoryStep) int { return s.Paths }),
		one("Crossings", c.p.encrypted, func(s *graph.HistoryStep) int { return s.Crossings }),
		one("Components", c.p.inside, func(s *graph.HistoryStep) int { return s.Components }),
	}
}

// bar returns where the bar of a revision begins, and how wide it is.
func (c *chart) bar(i int) (x, width float64) {
	slot := float64(chartWidth-chartLeft-chartRight) / float64(max(len(c.steps), 1))
	width = min(slot*0.8, 40)
	return chartLeft + slot*(float64(i)+0.5) - width/2, width
}

func (c *chart) panel(p panel, top int) {
	most := 0
	for i := range c.steps {
		sum := 0
		for _, part := range p.parts {
			sum += part.values[i]
		}
		most = max(most, sum)
	}
	bottom := float64(top + panelHeight)
	c.text(20, float64(top)+14, 12, c.p.ink, "start", p.name, ` font-weight="bold"`)
	c.text(chartLeft-8, float64(top)+8, 10, c.p.muted, "end", fmt.Sprint(most), "")
	c.line(`<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="%s"/>`, chartLeft, bottom, chartWidth-chartRight, bottom, c.p.muted)
	for i, s := range c.steps {
		x, width := c.bar(i)
		y := bottom
		var words []string
		c.line(`<g>`)
		for _, part := range p.parts {
			n := part.values[i]
			if n == 0 {
				continue
			}
			height := float64(panelHeight) * float64(n) / float64(most)
			y -= height
			c.line(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`, x, y, width, height, part.color)
			words = append(words, strings.TrimSpace(fmt.Sprintf("%d %s", n, part.word)))
		}
		if len(words) == 0 {
			words = []string{"0"}
		}
		c.line(`<title>%s</title></g>`, xmlText(fmt.Sprintf("%s %s: %s. %s", s.Date, shortRevision(s.Revision), strings.Join(words, ", "), s.Subject)))
	}
	c.last(p, top)
}

// last writes the values of the newest revision beside the panel, each in words, so that
// no meaning rests on colour alone.
func (c *chart) last(p panel, top int) {
	if len(c.steps) == 0 {
		return
	}
	y := float64(top) + 14
	for _, part := range p.parts {
		n := part.values[len(c.steps)-1]
		if part.word == "" {
			c.text(chartWidth-chartRight+10, float64(top+panelHeight), 12, c.p.ink, "start", fmt.Sprint(n), ` font-weight="bold"`)
			continue
		}
		c.line(`<rect x="%d" y="%.1f" width="9" height="9" fill="%s"/>`, chartWidth-chartRight+10, y-8, part.color)
		c.text(chartWidth-chartRight+24, y, 11, c.p.ink, "start", fmt.Sprintf("%d %s", n, part.word), "")
		y += 18
	}
}

// foot names the revisions, as many as there is room for; a mark says which made things worse.
func (c *chart) foot(y int) {
	next := 0.0 // where there is room again
	for i, s := range c.steps {
		x, width := c.bar(i)
		middle := x + width/2
		if s.Worse {
			c.text(middle, float64(y)+2, 12, c.p.badge[graph.High].back, "middle", "!", ` font-weight="bold"`)
		}
		if middle < next {
			continue
		}
		next = middle + labelWidth
		c.text(middle, float64(y)+16, 9, c.p.muted, "middle", shortRevision(s.Revision), "")
	}
	c.text(chartLeft, float64(y)+36, 10, c.p.muted, "start", "!  the revision made something worse", "")
}
