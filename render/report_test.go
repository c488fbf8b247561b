package render

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"drawbridge/graph"
)

// told is the shop with everything that a report tells.
func told() *graph.Graph {
	g := shop()
	for _, f := range g.Findings {
		f.Evidence = []graph.Evidence{{File: "ec2.tf", Line: 40, Address: f.Address, Why: "the rule admits 0.0.0.0/0"}}
	}
	first := g.Findings[0]
	first.Likelihood, first.Impact = 5, 5
	first.STRIDE = []graph.STRIDE{graph.Spoofing, graph.ElevationOfPrivilege}
	first.CWE = []int{284}
	first.References = []string{"CIS AWS 5.2"}
	first.Threat = "Anyone on the internet can try passwords and keys on bastion."
	first.Mitigations = []string{"Admit the office's addresses only.", "Use a session broker in place of an open port."}
	first.Factors = []graph.Factor{{Name: "exposure", Effect: 2, Why: "reachable from the internet"}}
	g.Findings[1].Status, g.Findings[1].StatusWhy = graph.Accepted, "migration until June"
	for _, b := range g.Boundaries {
		b.TrustWhy = "no route from the internet"
	}
	g.Notes = []graph.Note{
		{Code: "unknown-type", Source: graph.Source{File: "extra.tf", Line: 3}, Message: "odd_thing is not known", Next: "name its role in the configuration"},
		{Code: "limit", Message: "12 files are larger than the limit"},
	}
	g.Coverage = []graph.Coverage{{Input: "terraform", Files: 9, Read: 60, Modelled: 40, Ignored: 17, Unknown: 3, UnknownTypes: map[string]int{"odd_thing": 2, "other_thing": 1}}}
	return g
}

func TestMarkdownGolden(t *testing.T) {
	var b bytes.Buffer
	if err := Markdown(&b, told(), Options{Title: "shop", Subtitle: "infra/terraform"}); err != nil {
		t.Fatal(err)
	}
	golden(t, "shop.md", b.Bytes())
}

func TestTextGolden(t *testing.T) {
	for name, opt := range map[string]TextOptions{
		"shop.txt":       {Files: []string{"out/diagram.svg", "out/report.md"}},
		"shop-color.txt": {Color: true, Width: 60},
	} {
		var b bytes.Buffer
		if err := Text(&b, told(), opt); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

func TestTextKeepsToItsWidth(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		var b bytes.Buffer
		if err := Text(&b, told(), TextOptions{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > width {
				t.Errorf("width %d: a line of %d: %s", width, n, line)
			}
		}
		// Titles are wrapped, never shortened.
		all := strings.Join(strings.Fields(b.String()), " ")
		for _, f := range told().Findings {
			if !f.Settled() && !strings.Contains(all, f.Title) {
				t.Errorf("width %d: %q is not whole in\n%s", width, f.Title, b.String())
			}
		}
	}
}

func TestMarkdownEscapes(t *testing.T) {
	for in, want := range map[string]string{
		"a|b":                  `a\|b`,
		"`x`":                  "\\`x\\`",
		"<img src=x>":          "&lt;img src=x&gt;",
		"a\nb":                 "a b",
		"my_name_is":           "my_name_is",
		"_x_":                  `\_x\_`,
		"[x](javascript:y)":    `\[x\](javascript:y)`,
		"- item":               `\- item`,
		"# head":               `\# head`,
		"&lt;":                 "&amp;lt;",
		"\x1b[31m":             `□\[31m`,
		"https://example.com/": "https://example.com/",
	} {
		if got := markdown(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzReports(f *testing.F) {
	f.Add("a|b", "`c`")
	f.Add("\x1b[2J", "<script>")
	f.Fuzz(func(t *testing.T, a, b string) {
		g := hostile(a, b)
		var md, txt bytes.Buffer
		if err := Markdown(&md, g, Options{Title: a, Subtitle: b}); err != nil {
			t.Fatal(err)
		}
		if err := Text(&txt, g, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexAny(md.String(), "<\x1b"); i >= 0 {
			t.Errorf("markup in %q", md.String())
		}
		if i := strings.IndexFunc(txt.String(), func(r rune) bool { return unicode.IsControl(r) && r != '\n' }); i >= 0 {
			t.Errorf("a control character in %q", txt.String())
		}
		cells := 0 // in the row before, 0 where there is none
		for line := range strings.Lines(md.String()) {
			n := 0
			if strings.HasPrefix(line, "|") {
				n = strings.Count(line, "|") - strings.Count(line, `\|`)
			}
			if n > 0 && cells > 0 && n != cells {
				t.Errorf("a row of another width than the one before: %s", line)
			}
			cells = n
		}
	})
}
