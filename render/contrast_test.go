package render

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"drawbridge/graph"
)

// luminance and contrast are those of WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
func luminance(color string) float64 {
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(color[1+2*i:3+2*i], 16, 8)
		if err != nil {
			panic(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// over is how a partly transparent colour looks on another.
func over(color, below string) string {
	if len(color) < len("#rrggbbaa") {
		return color
	}
	part := func(s string, i int) float64 {
		n, err := strconv.ParseUint(s[1+2*i:3+2*i], 16, 8)
		if err != nil {
			panic(err)
		}
		return float64(n)
	}
	alpha, out := part(color, 3)/255, "#"
	for i := range 3 {
		out += fmt.Sprintf("%02x", int(math.Round(alpha*part(color, i)+(1-alpha)*part(below, i))))
	}
	return out
}

// pageColors are the colours of the page itself, by name, out of its style.
func pageColors(t *testing.T, selector string) map[string]string {
	t.Helper()
	_, rules, ok := strings.Cut(reportStyle, selector)
	if !ok {
		t.Fatalf("the style has no %s", selector)
	}
	rules, _, _ = strings.Cut(rules, "}")
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`--([\w-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(rules, -1) {
		out[m[1]] = m[2]
	}
	return out
}

// Text keeps 4.5:1 from what lies behind it, and what else must be seen 3:1 (WCAG 2.2, AA,
// 1.4.3 and 1.4.11), on the page and in its pictures. The outlines that tell the worst
// finding of a box are left out: its badge tells the same.
func TestContrast(t *testing.T) {
	for _, theme := range []struct {
		name, selector string
		of             Theme
	}{{"light", ":root {", Light}, {"dark", ":root[data-theme=dark] {", Dark}, {"print", ":root {", Print}} {
		page, p := pageColors(t, theme.selector), theme.of.palette()
		for _, name := range []string{"accent", "panel", "control", "soft", "mark", "code"} {
			if page[name] == "" {
				t.Fatalf("%s: the style has no colour %s", theme.name, name)
			}
		}
		check := func(least float64, what, front, where, behind string) {
			if c := contrast(over(front, behind), behind); c < least {
				t.Errorf("%s: %s %s on %s %s has %.2f:1, less than %.1f:1", theme.name, what, front, where, behind, c, least)
			}
		}
		const text, other = 4.5, 3.0
		if theme.of != Print {
			for _, where := range []string{"panel", "soft", "mark", "code"} {
				check(text, "text", p.ink, where, page[where])
				check(text, "small text", p.muted, where, page[where])
			}
			for _, where := range []string{"panel", "code"} {
				check(text, "a link", page["accent"], where, page[where])
				check(other, "a border of a control", page["control"], where, page[where])
			}
			check(text, "a link", page["accent"], "the page", p.background)
			check(text, "a pressed button", p.background, "the accent", page["accent"])
			check(other, "a border of a control", page["control"], "the page", p.background)
		}
		for what, color := range map[string]string{"text": p.ink, "small text": p.muted} {
			for where, behind := range map[string]string{"the page": p.background, "a process": p.process, "a store": p.store, "an external entity": p.external, "an identity": p.identity} {
				check(text, what, color, where, behind)
			}
		}
		for severity, b := range p.badge {
			check(text, string(severity)+" badge", b.ink, "its colour", b.back)
		}
		behind := append([]string{p.background}, p.trust[:]...)
		for i, tint := range behind {
			where := "tint " + strconv.Itoa(i-1)
			label := over(p.labelback, tint)
			if i > 0 {
				check(text, "the title of a boundary", p.boundaryText, where, tint)
				check(text, "small text", p.muted, where, tint)
			}
			for _, truth := range []graph.Truth{graph.Yes, graph.No, graph.Unknown} {
				check(text, "a flow's text, encrypted "+truth.String(), p.flow(truth), "its label on "+where, label)
				check(other, "a flow's line, encrypted "+truth.String(), p.flow(truth), where, tint)
			}
			check(text, "small text", p.muted, "a label on "+where, label)
			check(other, "the line of a flow that stays inside", p.inside, where, tint)
			check(other, "the line of a boundary", p.boundary, where, tint)
			check(other, "the line of a component", p.line, where, tint)
		}
	}
}
