package render

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"drawbridge/graph"
)

// review is a change of the shop with one of each kind of difference.
func review() *graph.Change {
	s := &sample{g: *shop()}
	g := &s.g
	lines(`jobs|subnet|Subnet|private-b|vpc|3`, s.boundary)
	lines(`
		exporter|process|Lambda|order-exporter|jobs|lambda.tf:19
		exports|store|S3 bucket|order-exports|acct|s3.tf:31|public=yes
	`, func(l string) { s.component(l) })
	lines(`
		db|exporter|postgres|5432|yes
		exporter|exports|https|443|yes
		internet|db|postgres|5432|no
	`, func(l string) { s.flow(l) })
	gone := map[string]bool{"bastion": true}
	g.Components = without(g.Components, func(c *graph.Component) bool { return gone[c.ID] })
	g.Flows = without(g.Flows, func(f *graph.Flow) bool { return gone[f.From] || gone[f.To] })
	for _, f := range g.Flows {
		if f.From == "cdn" && f.To == "alb" {
			f.Protocol, f.Port, f.Encrypted = "https", 443, graph.Yes
			f.ID = graph.FlowID(f.From, f.To, f.Protocol, f.Port, f.Basis)
		}
	}
	for _, c := range g.Components {
		if c.ID == "db" {
			c.Set(graph.PropPublic, graph.Yes, graph.Evidence{File: "rds.tf", Line: 9, Why: "publicly_accessible is true"})
			c.Exposure, c.ExposedBy = graph.ExposureDirect, []string{"internet", "db"}
		}
	}
	g.Findings = without(g.Findings, func(f *graph.Finding) bool { return strings.Contains(f.Subject, "bastion") })
	s.finding("store-public|critical|exports|order-exports can be read by anyone").Threat = "Anyone reads the orders."
	return graph.Diff(shop(), s.done())
}

func without[T any](list []T, drop func(T) bool) []T {
	var out []T
	for _, v := range list {
		if !drop(v) {
			out = append(out, v)
		}
	}
	return out
}

var reviewOptions = ChangeOptions{Title: "shop", Base: "main 4f2c1e9", Head: "working tree"}

func TestChangeGolden(t *testing.T) {
	c := review()
	var text, markdown bytes.Buffer
	if err := ChangeText(&text, c, reviewOptions); err != nil {
		t.Fatal(err)
	}
	golden(t, "change.txt", text.Bytes())
	if err := ChangeMarkdown(&markdown, c, reviewOptions); err != nil {
		t.Fatal(err)
	}
	golden(t, "change.md", markdown.Bytes())
	dot, err := ChangeDOT(c, reviewOptions)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "change.dot", dot)
}

// hostileNames are that are syntax somewhere.
var hostileNames = []string{
	"</details><img src=x onerror=alert(1)>", "[click](http://evil.example/?a=1)", "`` ` ``| a | b |", "![x](https://evil.example/x.png)",
	"\x1b[31mred\x1b[0m\a", "::error file=a,line=1::owned", "\n::set-output name=x::y", "@everyone and @org/team", "--> <!-- drawbridge:", "```\nmermaid",
	"\"]; click n0 href \"javascript:alert(1)\"", "%%{init: {}}%%", "a\u202eb", "#quot; &quot; &#34;",
	"##[add-matcher]owned.json", "##vso[task.setvariable variable=x]y", "##teamcity[buildStop]", "a%0A::error::owned", "x,file=/etc/passwd",
	"]]><owned/>", "\u001b[31m",
}

func hostileChange() *graph.Change {
	g := &graph.Graph{}
	for _, name := range hostileNames {
		g.Components = append(g.Components, &graph.Component{ID: name, Name: name, Label: name, Kind: graph.Process, Boundary: "b " + name})
		g.Boundaries = append(g.Boundaries, &graph.Boundary{ID: "b " + name, Name: name, Label: name, Kind: graph.BoundaryGroup})
		f := &graph.Flow{From: graph.InternetID, To: name, Protocol: name, Basis: graph.Declared, Carries: name, Peers: []string{name}, Evidence: []graph.Evidence{{File: name, Line: 1, Why: name}}}
		f.ID = graph.FlowID(f.From, f.To, f.Protocol, 0, f.Basis)
		g.Flows = append(g.Flows, f)
		g.Findings = append(g.Findings, &graph.Finding{
			ID: name, Rule: name, Title: name, Subject: name, Severity: graph.High, Threat: name, Mitigations: []string{name}, Evidence: f.Evidence,
		})
	}
	g.Components = append(g.Components, &graph.Component{ID: graph.InternetID, Name: "internet", Kind: graph.External})
	g.Sort()
	c := graph.Diff(&graph.Graph{}, g)
	c.Unknown = map[string]int{hostileNames[0]: 1}
	for _, name := range hostileNames {
		note := graph.Note{Code: "missing-module", Address: name, Message: name, Source: graph.Source{File: name, Line: 1}}
		c.Gaps = append(c.Gaps, graph.Gap{Note: note, InBase: true, InHead: true, Inputs: []string{name}})
	}
	return c
}

func TestChangeEscapesNames(t *testing.T) {
	c := hostileChange()
	opt := ChangeOptions{Title: hostileNames[0], Base: hostileNames[1], Head: hostileNames[7]}
	var text, markdown bytes.Buffer
	if err := ChangeText(&text, c, opt); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(text.String(), "\x1b\a\r") || regexp.MustCompile(`(?m)^::`).MatchString(text.String()) {
		t.Errorf("the text holds control characters or a workflow command:\n%s", text.String())
	}
	if err := ChangeMarkdown(&markdown, c, opt); err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(markdown.String(), "```mermaid\n")
	mermaid, after, _ := strings.Cut(rest, "\n```\n")
	for line := range strings.Lines(mermaid) {
		if n := strings.Count(line, `"`); n != 0 && n != 2 || strings.ContainsAny(line, "`<\x1b") || strings.Contains(line, "%%") {
			t.Errorf("a name is syntax in Mermaid: %s", line)
		}
	}
	md := before + after
	for _, pattern := range []string{`<img`, `(?m)^::`, `\x1b`, `[^\\]\]\(http`, `@everyone`, `@org`, `https?://`, "(?m)^```"} {
		if m := regexp.MustCompile(pattern).FindString(md); m != "" {
			t.Errorf("the comment holds %q (%s):\n%s", m, pattern, md)
		}
	}
	if got := strings.Count(md, ChangeMarker); got != 1 {
		t.Errorf("%d markers", got)
	}
	if opened, closed := strings.Count(md, "<details"), strings.Count(md, "</details>"); opened != closed {
		t.Errorf("%d details opened, %d closed", opened, closed)
	}
	if _, err := ChangeDOT(c, opt); err != nil {
		t.Error(err)
	}
}

func TestChangeMarkdownIsShort(t *testing.T) {
	g := &graph.Graph{}
	for i := range 3000 {
		id := strings.Repeat("<long name>", 20) + string(rune('a'+i%26)) + strings.Repeat("x", i/26)
		g.Components = append(g.Components, &graph.Component{ID: id, Name: id, Kind: graph.Store, Exposure: graph.ExposureDirect})
		g.Findings = append(g.Findings, &graph.Finding{ID: id, Title: id, Severity: graph.High, Subject: id, Threat: strings.Repeat("& ", 3000)})
	}
	g.Sort()
	var b bytes.Buffer
	if err := ChangeMarkdown(&b, graph.Diff(&graph.Graph{}, g), ChangeOptions{}); err != nil {
		t.Fatal(err)
	}
	if n := utf8.RuneCount(b.Bytes()); n >= mostCommentCharacters {
		t.Errorf("%d characters", n)
	}
}

func TestChangeWithoutEffect(t *testing.T) {
	var b bytes.Buffer
	if err := ChangeMarkdown(&b, graph.Diff(shop(), shop()), ChangeOptions{}); err != nil {
		t.Fatal(err)
	}
	want := ChangeMarker + "\n### Threat model: no effect on the threat model\n"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

// Tags that a tool writes by the dozen don't hide what else changes.
func TestFieldWords(t *testing.T) {
	tag := func(name string) graph.FieldChange {
		return graph.FieldChange{Field: "tag " + name, Base: "1", Head: "2"}
	}
	public := graph.FieldChange{Field: "public", Base: "no", Head: "yes"}
	for _, tt := range []struct {
		fields []graph.FieldChange
		want   string
	}{
		{[]graph.FieldChange{public, tag("a"), tag("b")}, "public no → yes, tag a 1 → 2, tag b 1 → 2"},
		{[]graph.FieldChange{public, tag("a"), tag("b"), tag("c"), tag("d"), tag("e")}, "public no → yes, 5 tags (a, b, c and 2 more)"},
		{[]graph.FieldChange{tag("a"), tag("b"), tag("c")}, "3 tags (a, b, c)"},
	} {
		if got := fieldWords(tt.fields); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.fields, got, tt.want)
		}
	}
}

// What differs in its tags alone stands in the picture only where nothing else differs.
func TestPictureLeavesTagsOut(t *testing.T) {
	model := func(tag string, public graph.Truth) *graph.Graph {
		g := &graph.Graph{Components: []*graph.Component{
			{ID: "files", Kind: graph.Store, Name: "files", Technology: graph.TechObject},
			{ID: "logs", Kind: graph.Store, Name: "logs", Technology: graph.TechObject, Tags: map[string]string{"commit": tag}},
		}}
		g.Components[0].Set(graph.PropPublic, public, graph.Evidence{Why: "so it is"})
		return g
	}
	for _, tt := range []struct {
		name         string
		before, then *graph.Graph
		files, logs  mark
	}{
		{"tags and more", model("1", graph.No), model("2", graph.Yes), markChanged, markContext},
		{"tags alone", model("1", graph.No), model("2", graph.No), markContext, markChanged},
	} {
		p := newPicture(graph.Diff(tt.before, tt.then))
		for _, x := range p.g.Components {
			if want := map[string]mark{"files": tt.files, "logs": tt.logs}[x.ID]; p.marks[x] != want {
				t.Errorf("%s: %s is marked %v, want %v", tt.name, x.ID, p.marks[x], want)
			}
		}
	}
}
