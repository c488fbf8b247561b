package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"drawbridge/graph"
)

func TestProblemsGolden(t *testing.T) {
	c := review()
	for name, write := range map[string]func(io.Writer) error{
		"change.gitlab.json": func(w io.Writer) error { return ChangeGitLab(w, c, "infra") },
		"change.xml":         func(w io.Writer) error { return ChangeJUnit(w, c, "infra") },
		"change.annotations": func(w io.Writer) error { return ChangeGitHub(w, c, "infra") },
		"shop.xml":           func(w io.Writer) error { return JUnit(w, told(), "") },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

// textFormats are all formats that are read as text or parsed by programs, of a model
// and of a change.
func textFormats(g *graph.Graph, c *graph.Change) map[string]func(io.Writer) error {
	opt := ChangeOptions{Title: hostileNames[0], Base: hostileNames[5], Head: hostileNames[7], Text: TextOptions{Width: 1000}}
	return map[string]func(io.Writer) error{
		"text":             func(w io.Writer) error { return Text(w, g, TextOptions{Width: 1000, Files: hostileNames}) },
		"markdown":         func(w io.Writer) error { return Markdown(w, g, Options{Title: hostileNames[5]}) },
		"sarif":            func(w io.Writer) error { return SARIF(w, g) },
		"gitlab":           func(w io.Writer) error { return GitLab(w, g, "a:b") },
		"junit":            func(w io.Writer) error { return JUnit(w, g, "a:b") },
		"github":           func(w io.Writer) error { return GitHub(w, g, "a:b") },
		"json":             func(w io.Writer) error { return graph.WriteJSON(w, g) },
		"change text":      func(w io.Writer) error { return ChangeText(w, c, opt) },
		"change markdown":  func(w io.Writer) error { return ChangeMarkdown(w, c, opt) },
		"change sarif":     func(w io.Writer) error { return ChangeSARIF(w, c) },
		"change gitlab":    func(w io.Writer) error { return ChangeGitLab(w, c, "") },
		"change junit":     func(w io.Writer) error { return ChangeJUnit(w, c, "") },
		"change github":    func(w io.Writer) error { return ChangeGitHub(w, c, "") },
		"change json":      func(w io.Writer) error { return graph.WriteChangeJSON(w, c) },
		"history text":     func(w io.Writer) error { return HistoryText(w, hostileHistory(g), TextOptions{Width: 1000}) },
		"history markdown": func(w io.Writer) error { return HistoryMarkdown(w, hostileHistory(g), hostileNames[0]) },
		"history json":     func(w io.Writer) error { return graph.WriteHistoryJSON(w, hostileHistory(g)) },
		"history svg":      func(w io.Writer) error { return HistorySVG(w, hostileHistory(g), hostileNames[0], Light) },
		"dot":              func(w io.Writer) error { return firstPage(w, g) },
		"change dot": func(w io.Writer) error {
			dot, err := ChangeDOT(c, opt)
			_, _ = w.Write(dot)
			return err
		},
	}
}

func hostileHistory(g *graph.Graph) *graph.History {
	h := graph.NewHistory()
	h.Add("0123456789", "2026-01-01", "first", &graph.Graph{})
	for _, name := range hostileNames {
		h.Add(name, name, name, g)
	}
	return h
}

func firstPage(w io.Writer, g *graph.Graph) error {
	pages, err := Pages(g, Options{Title: hostileNames[0]})
	if err != nil {
		return err
	}
	_, err = w.Write(pages[0].DOT)
	return err
}

// annotation is the one workflow command that is written.
var annotation = regexp.MustCompile(`^::(error|warning|notice) title=[^:,]*(,file=[^:,]*(,line=\d+)?)?::.*$`)

// TestNamesAreOnlyNames tries names that are syntax somewhere in every format: none
// holds a control character, no line of what is written to logs is a command to the
// platform, and programs can parse what is for programs.
func TestNamesAreOnlyNames(t *testing.T) {
	c := hostileChange()
	for format, write := range textFormats(c.Head, c) {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if b.Len() < 200 {
			t.Errorf("%s: only %q", format, b.String())
		}
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			if i := strings.IndexFunc(line, unicode.IsControl); i >= 0 {
				t.Errorf("%s: a control character in %q", format, line)
			}
			if !slices.Contains([]string{"text", "markdown", "github"}, format[strings.LastIndexByte(format, ' ')+1:]) {
				continue // for files, not for logs
			}
			isCommand := strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") || strings.Contains(line, "##vso[") || strings.Contains(line, "##teamcity[")
			if isCommand && (!strings.HasSuffix(format, "github") || !annotation.MatchString(line)) {
				t.Errorf("%s: a command to the platform: %q", format, line)
			}
		}
		switch {
		case strings.HasSuffix(format, "junit"), strings.HasSuffix(format, "svg"):
			if err := parseXML(b.Bytes()); err != nil {
				t.Errorf("%s: %v", format, err)
			}
		case strings.HasSuffix(format, "json"), strings.HasSuffix(format, "sarif"), strings.HasSuffix(format, "gitlab"):
			if !json.Valid(b.Bytes()) {
				t.Errorf("%s: no JSON", format)
			}
		}
	}
}

func parseXML(b []byte) error {
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestAnnotationsAreBounded(t *testing.T) {
	g := &graph.Graph{}
	for i := range 25 {
		id := strings.Repeat("x", i+1)
		g.Findings = append(g.Findings, &graph.Finding{ID: id, Rule: "r", Title: id, Subject: id, Severity: graph.High})
	}
	var b bytes.Buffer
	if err := GitHub(&b, g, ""); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(b.String(), "::error "); got != mostAnnotations || !strings.Contains(b.String(), "15 more of level error") {
		t.Errorf("%d errors:\n%s", got, b.String())
	}
}
