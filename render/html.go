package render

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed" // the page's style and script
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"
)

var (
	//go:embed report/report.css
	reportStyle string
	//go:embed report/report.js
	reportScript string
)

// HTML writes the report as one page that needs nothing else: no network, and a policy
// in it that forbids any. It reads without scripts, one section after the other, as plain
// text with the first picture; with them there is one section at a time beside what is
// selected, pictures move, and entries are searched, filtered and linked. What only
// scripts show lies compressed in the page. What comes from the input is only ever
// text. Without a layout program it has no pictures, and says why.
func HTML(ctx context.Context, w io.Writer, g *graph.Graph, opt Options, l Layouter) error {
	opt.Icons = nil // the page's policy lets it load nothing, not even from itself
	pages, err := Pages(g, opt)
	if err != nil {
		return err
	}
	h := newHTMLReport(g, opt)
	for _, p := range pages {
		picture := ""
		err := p.inTime(ctx, l, func(v *view, l Layouter) (err error) {
			picture, err = htmlPicture(ctx, v, l, &h.looks)
			return err
		})
		if err != nil {
			h.noPicture = err
			if ctx.Err() != nil {
				return err
			}
			break
		}
		h.pictures = append(h.pictures, htmlPage{p.Name, p.Title, picture})
	}
	h.document()
	b := bufio.NewWriter(w)
	if _, err := h.b.WriteTo(b); err != nil {
		return err
	}
	return b.Flush()
}

// htmlReport writes the page. It shares the words of the Markdown report.
type htmlReport struct {
	report
	opt       Options
	pictures  []htmlPage
	noPicture error
	looks     looks
	code      excerpts
	flow      map[string]*graph.Flow
	grant     map[string]*graph.Grant
	about     map[string][]*graph.Finding // by subject, the most severe first
	rules     []string                    // IDs of those with findings, in their order
	byRule    map[string][]*graph.Finding
	plan      map[string]remedies // by rule, what is the same of all its findings
	unique    map[string]bool     // names of boundaries that only one has
	paths     map[string]int      // how many lead to a component, by its ID
	packed    packed
}

type htmlPage struct{ name, title, svg string }

func newHTMLReport(g *graph.Graph, opt Options) *htmlReport {
	h := &htmlReport{
		report: report{g: g, index: graph.NewIndex(g), numbers: Badges(g)}, opt: opt,
		code:  excerpts{read: opt.ReadFile, secret: secretPlaces(g)},
		flow:  make(map[string]*graph.Flow, len(g.Flows)),
		grant: make(map[string]*graph.Grant, len(g.Grants)),
		about: map[string][]*graph.Finding{}, byRule: map[string][]*graph.Finding{}, plan: map[string]remedies{}, unique: map[string]bool{}, paths: map[string]int{}, packed: newPacked(),
	}
	for _, f := range g.Flows {
		h.flow[f.ID] = f
	}
	for _, r := range g.Grants {
		h.grant[r.ID] = r
	}
	for _, f := range bySeverity(g.Findings) {
		h.about[f.Subject] = append(h.about[f.Subject], f)
		if h.byRule[f.Rule] == nil {
			h.rules = append(h.rules, f.Rule)
		}
		h.byRule[f.Rule] = append(h.byRule[f.Rule], f)
	}
	for rule, list := range h.byRule {
		h.plan[rule] = commonRemedies(list)
	}
	for _, b := range g.Boundaries {
		_, known := h.unique[b.Name]
		h.unique[b.Name] = !known
	}
	for _, p := range g.Paths {
		h.paths[p.To]++
	}
	return h
}

// put writes markup of our own; args are texts, which are escaped.
func (h *htmlReport) put(markup string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = html.EscapeString(printable(s))
		}
	}
	fmt.Fprintf(&h.b, markup, args...)
}

// raw writes markup that is safe already.
func (h *htmlReport) raw(markup string) { h.b.WriteString(markup) }

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func (h *htmlReport) document() {
	style := ":root{" + variables(Light) + "}\n:root[data-theme=dark]{" + variables(Dark) + "}\n" +
		"@media (prefers-color-scheme: dark){:root:not([data-theme]){" + variables(Dark) + "}}\n" + h.looks.style() + compact(reportStyle)
	script := compact(reportScript)
	title := "Threat model"
	if h.opt.Title != "" {
		title += ": " + h.opt.Title
	}
	live, connect := "", ""
	if h.opt.Live != "" {
		live, connect = ` data-live="`+html.EscapeString(h.opt.Live)+`"`, "; connect-src 'self'"
	}
	h.raw("<!DOCTYPE html>\n<html lang=\"en\"" + live + ">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
	h.raw(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ` + hashOf(style) + `; script-src ` + hashOf(script) +
		connect + `; base-uri 'none'; form-action 'none'">` + "\n<meta name=\"referrer\" content=\"no-referrer\">\n")
	h.put("<title>%s</title>\n<style>", title)
	// The script stands in the head, so that no more is laid out at first than will be shown.
	h.raw(style + "</style>\n<script>" + script + "</script>\n</head>\n<body>\n")
	h.put(`<a class="skip" href="#findings">Skip to the findings</a>`+"\n"+`<header class="top"><h1>%s</h1><nav aria-label="Sections">`, title)
	body := h.sections()
	h.raw("</nav></header>\n<aside>\n")
	h.summary()
	h.raw("</aside>\n<main>\n" + body + "</main>\n" + h.packed.element() + "</body>\n</html>\n")
}

// sections writes links to all sections into the page's head and returns the sections.
func (h *htmlReport) sections() string {
	head := h.b
	h.b = bytes.Buffer{}
	links := []string{`<a href="#summary">Summary</a>`}
	for _, s := range []struct {
		id, name string
		write    func()
		count    int
		left     bool // out
	}{
		{"picture", "Diagram", h.picture, 0, false},
		{"findings", "Findings", h.findingItems, len(h.g.Findings), false},
		{"paths", "Attack paths", h.pathItems, len(h.g.Paths), len(h.g.Paths) == 0},
		{"since", "Since last time", h.since, h.deltas(), h.opt.Since == nil},
		{"history", "History", h.history, 0, h.opt.History == nil},
		{"tests", "Test plan", h.testItems, len(h.rules), len(h.rules) == 0},
		{"questions", "Questions", h.questionItems, len(h.g.Questions), len(h.g.Questions) == 0},
		{"decisions", "Decisions", h.decisions, h.decided(), h.decided() == 0},
		{"components", "Components", h.componentItems, len(h.g.Components), false},
		{"stated", "Stated", h.statedTable, len(h.statedFacts()), len(h.statedFacts()) == 0},
		{"flows", "Flows", h.flowItems, len(h.g.Flows), false},
		{"boundaries", "Trust boundaries", h.boundaryItems, len(h.g.Boundaries), len(h.g.Boundaries) == 0},
		{"assets", "Assets", h.assets, len(h.assetList()), len(h.assetList()) == 0},
		{"controls", "Controls", h.controls, 0, len(h.g.Components) == 0},
		{"coverage", "Coverage", h.coverage, 0, false},
		{"notes", "Notes", h.noteItems, len(h.g.Notes), len(h.g.Notes) == 0},
		{"code", "Code", h.codeSection, 0, h.opt.ReadFile == nil},
	} {
		if s.left {
			continue
		}
		link := fmt.Sprintf(`<a href="#%s">%s`, s.id, s.name)
		if s.count > 0 {
			link += fmt.Sprintf(` <span class="n">%d</span>`, s.count)
		}
		links = append(links, link+"</a>")
		s.write()
	}
	body := h.b.String()
	h.b = head
	h.raw(strings.Join(links, "\n"))
	return body
}

// list is a section of entries.
type list struct {
	id, name, lead string
	by             string   // the data attributes that entries are filtered by
	columns        []string // head the parts of their summaries
	entries        func()   // writes them with all that scripts show
	plain          func()   // writes them as they read without scripts
}

func (h *htmlReport) list(l list) {
	h.put(`<section id="%s" data-filters="%s"><h2>%s</h2>`+"\n", l.id, l.by, l.name)
	if l.lead != "" {
		h.put("<p class=\"lead\">%s</p>\n", l.lead)
	}
	h.raw(`<div class="list"><div class="cols">`)
	for _, c := range l.columns {
		h.put("<span>%s</span>", c)
	}
	h.raw("</div><div class=\"rows\"><noscript>\n")
	l.plain()
	h.raw("</noscript></div></div></section>\n")

	page := h.b
	h.b = bytes.Buffer{}
	l.entries()
	h.packed.list(l.id, h.b.String())
	h.b = page
}

// section begins a section of anything else.
func (h *htmlReport) section(id, name, lead string) {
	h.put(`<section id="%s"><h2>%s</h2>`+"\n", id, name)
	if lead != "" {
		h.put("<p class=\"lead\">%s</p>\n", lead)
	}
}

func (h *htmlReport) end() { h.raw("</section>\n") }

// severityBadge is a finding's number in the colour of its severity.
func severityBadge(text string, s graph.Severity) string {
	return `<b class="` + html.EscapeString(string(s)) + `">` + html.EscapeString(text) + `</b>`
}

// badges writes the numbers of findings, of many only the first.
func (h *htmlReport) badges(list []*graph.Finding) {
	const most = 3
	n := 0
	h.raw(`<span class=badges>`)
	for _, f := range list {
		number := h.numbers[f.ID]
		if number == "" {
			continue
		}
		if n++; n <= most {
			h.raw(severityBadge(number, f.Severity))
		}
	}
	if n > most {
		h.put(`<small>+%s</small>`, strconv.Itoa(n-most))
	}
	h.raw("</span>")
}

// Findings and flows are named in many places, so that their entries have short names.
func findingEntry(f *graph.Finding) string { return shortEntry("finding-", f.ID) }
func flowEntry(f *graph.Flow) string       { return shortEntry("flow-", f.ID) }

func shortEntry(kind, id string) string {
	sum := sha256.Sum256([]byte(id))
	return kind + hex.EncodeToString(sum[:6])
}

func testEntry(rule string) string { return elementID("test-", rule) }

// facets are what entries are filtered by, whatever they are.
type facets struct {
	severity, stride, status, boundary, team []string
}

// of adds what findings have.
func (x *facets) of(list []*graph.Finding) {
	for _, f := range list {
		x.severity = append(x.severity, string(f.Severity))
		x.status = append(x.status, string(cmp.Or(f.Status, graph.Open)))
		for _, s := range f.STRIDE {
			x.stride = append(x.stride, strideInitials([]graph.STRIDE{s}))
		}
	}
}

// within adds the boundaries around something and, of a component, its team.
func (h *htmlReport) within(x *facets, c *graph.Component, boundary string) {
	if c != nil {
		boundary = c.Boundary
		if t := teamOf(c.Tags); t != "" {
			x.team = append(x.team, t)
		}
	}
	for _, b := range h.index.Ancestors(boundary) {
		x.boundary = append(x.boundary, h.boundaryFacet(b))
	}
}

// boundaryFacet names a boundary so that no other is meant: where several have its name,
// with those around it.
func (h *htmlReport) boundaryFacet(b *graph.Boundary) string {
	if h.unique[b.Name] {
		return b.Name
	}
	var names []string
	for _, a := range slices.Backward(h.index.Ancestors(b.ID)) {
		names = append(names, cmp.Or(a.Name, a.ID))
	}
	return strings.Join(names, " › ")
}

// teamTags are the tags and labels, in lower case and without a prefix, that say whose
// something is, the most telling first.
var teamTags = []string{"team", "owner", "squad", "service-owner", "owned-by", "business-owner", "maintainer"}

func teamOf(tags map[string]string) string {
	best, rank := "", len(teamTags)
	for _, key := range sortedKeys(tags) {
		name := strings.ToLower(strings.ReplaceAll(key[strings.LastIndexByte(key, '/')+1:], "_", "-"))
		if i := slices.Index(teamTags, name); i >= 0 && i < rank && tags[key] != "" {
			best, rank = tags[key], i
		}
	}
	return best
}

// facets writes them as attributes.
func (h *htmlReport) facets(x facets) {
	for _, f := range []struct {
		name   string
		values []string
	}{{"severity", x.severity}, {"stride", x.stride}, {"status", x.status}, {"boundary", x.boundary}, {"team", x.team}} {
		var values []string
		for _, v := range f.values {
			if v = strings.ReplaceAll(v, "|", " "); v != "" && !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
		if len(values) > 0 && !slices.Equal(values, []string{string(graph.Open)}) { // the script takes it for open
			h.put(` data-`+f.name+`="%s"`, strings.Join(values, "|"))
		}
	}
}

// shows names the parts of a picture that an entry is about, where these are others
// than those with its own identifier.
func (h *htmlReport) shows(ids []string) {
	if len(ids) > 0 {
		h.put(` data-shows="%s"`, strings.Join(ids, " "))
	}
}

func (h *htmlReport) fact(name, value string) {
	if value != "" {
		h.put("<dt>%s</dt><dd>%s</dd>", name, value)
	}
}

func (h *htmlReport) bullets(heading string, items []string) {
	if len(items) == 0 {
		return
	}
	h.put("<h3>%s</h3><ul>", heading)
	for _, i := range items {
		h.raw("<li>" + prose(i) + "</li>")
	}
	h.raw("</ul>\n")
}

// quotedCode is what a text quotes, as `this = true`.
var quotedCode = regexp.MustCompile("`([^`]+)`")

// prose is a text as markup, with what it quotes as code.
func prose(text string) string {
	return quotedCode.ReplaceAllString(html.EscapeString(printable(text)), "<code>$1</code>")
}

// place writes where something stands, as a link to the lines.
func (h *htmlReport) place(at graph.Source) { h.placeAs(at, at.String()) }

func (h *htmlReport) placeAs(at graph.Source, text string) {
	if at.IsZero() {
		return
	}
	if anchor := h.code.cite(at); anchor != "" {
		h.put(`<a class=at href="#%s">%s</a>`, anchor, text)
		return
	}
	h.put(`<span class=at>%s</span>`, text)
}

// evidence writes reasons with the places that they stand at.
func (h *htmlReport) evidence(list []graph.Evidence) { h.reasons("Evidence", list) }

func (h *htmlReport) reasons(heading string, list []graph.Evidence) {
	if len(list) == 0 {
		return
	}
	const most = 20
	h.put("<h3>%s</h3>\n<ul class=\"evidence\">", heading)
	for i, e := range list {
		if i == most {
			h.put("<li>and %s more</li>", strconv.Itoa(len(list)-most))
			break
		}
		h.put("<li>%s ", capital(e.Why))
		if e.Address != "" {
			h.put("<code>%s</code> ", e.Address)
		}
		h.place(e.Source())
		h.raw("</li>\n")
	}
	h.raw("</ul>\n")
}

// link writes a link to an entry.
func (h *htmlReport) link(entry, text string) { h.put(`<a href="#%s">%s</a>`, entry, text) }

func (h *htmlReport) componentLink(id string) {
	if h.index.Component[id] == nil {
		h.put("%s", id)
		return
	}
	h.link(elementID("c-", id), h.name(id))
}

// chain names the boundaries around something, the outermost first.
func (h *htmlReport) chain(boundary string) string {
	var names []string
	for _, b := range slices.Backward(h.index.Ancestors(boundary)) {
		names = append(names, boundaryTitle(b))
	}
	return strings.Join(names, " › ")
}

// by names the chain that exposes a component.
func (h *htmlReport) by(c *graph.Component) string {
	if len(c.ExposedBy) == 0 {
		return ""
	}
	var names []string
	for _, id := range c.ExposedBy {
		names = append(names, h.name(id))
	}
	return " (" + strings.Join(names, " → ") + ")"
}

func (h *htmlReport) linkedFindings(list []*graph.Finding) {
	if len(list) == 0 {
		return
	}
	h.raw("<h3>Findings</h3><ul>")
	for _, f := range list {
		h.raw("<li>" + h.number(f) + " ")
		h.link(findingEntry(f), f.Title)
		if f.Settled() {
			h.put(` <small>%s</small>`, string(f.Status))
		}
		h.raw("</li>")
	}
	h.raw("</ul>\n")
}

func (h *htmlReport) flowLinks(heading string, list []*graph.Flow, other func(*graph.Flow) string) {
	const most = 40
	if len(list) == 0 {
		return
	}
	h.put("<h3>%s</h3><ul>", heading)
	for i, f := range list {
		if i == most {
			h.put("<li>and %s more</li>", strconv.Itoa(len(list)-most))
			break
		}
		h.raw("<li>")
		h.link(flowEntry(f), h.name(other(f)))
		h.put(` <small>%s</small></li>`, strings.TrimSpace(endpoint(f)+" "+encryptionWord(f.Encrypted)+basisWord(f)))
	}
	h.raw("</ul>\n")
}

func basisWord(f *graph.Flow) string {
	if f.Basis == graph.Permitted {
		return " only permitted"
	}
	return ""
}

// properties writes what is known of something that stands at a place, which is not
// repeated.
func (h *htmlReport) properties(of map[graph.Property]graph.Fact, stands graph.Source) {
	if len(of) == 0 {
		return
	}
	h.raw("<h3>What is known of it</h3><dl>")
	for _, p := range graph.Properties {
		f, ok := of[p]
		if !ok || f.Value == graph.Unknown {
			continue
		}
		h.put("<dt>%s</dt><dd>%s", strings.ReplaceAll(string(p), "_", " "), f.Value.String())
		if f.Evidence.Why != "" {
			h.put(` <small>%s</small>`, f.Evidence.Why)
		}
		switch at := f.Evidence.Source(); {
		case at == stands || at.IsZero():
		case at.File == stands.File && at.Line > 0:
			h.raw(" ")
			h.placeAs(at, ":"+strconv.Itoa(at.Line))
		default:
			h.raw(" ")
			h.place(at)
		}
		h.raw("</dd>")
	}
	h.raw("</dl>\n")
}
