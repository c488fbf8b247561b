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
// in it that forbids any. Everything reads without scripts; with them pictures move,
// and entries are searched, filtered and linked. What comes from the input is only
// ever text. Without a layout program it has no pictures, and says why.
func HTML(ctx context.Context, w io.Writer, g *graph.Graph, opt Options, l Layouter) error {
	pages, err := Pages(g, opt)
	if err != nil {
		return err
	}
	h := &htmlReport{
		report: report{g: g, index: graph.NewIndex(g), numbers: Badges(g)}, opt: opt, files: map[string][]string{},
		about: map[string][]*graph.Finding{},
	}
	for _, f := range bySeverity(g.Findings) {
		h.about[f.Subject] = append(h.about[f.Subject], f)
	}
	for _, p := range pages {
		picture, err := htmlPicture(ctx, p.view, l)
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
	files     map[string][]string         // lines by name, nil for what could not be read
	about     map[string][]*graph.Finding // by subject
}

type htmlPage struct{ name, title, svg string }

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
		"@media (prefers-color-scheme: dark){:root:not([data-theme]){" + variables(Dark) + "}}\n" + reportStyle
	title := "Threat model"
	if h.opt.Title != "" {
		title += ": " + h.opt.Title
	}
	h.put("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
	h.raw(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ` + hashOf(style) + `; script-src ` + hashOf(reportScript) +
		`; base-uri 'none'; form-action 'none'">` + "\n<meta name=\"referrer\" content=\"no-referrer\">\n")
	h.put("<title>%s</title>\n<style>", title)
	h.raw(style + "</style>\n</head>\n<body>\n")
	h.put(`<a class="skip" href="#findings">Skip to the findings</a>`+"\n"+`<header class="top"><h1>%s</h1><nav aria-label="Sections">`, title)
	body := h.sections()
	h.raw("</nav></header>\n<main>\n" + body + "</main>\n<script>" + reportScript + "</script>\n</body>\n</html>\n")
}

// sections writes links to all sections into the page's head and returns the sections.
func (h *htmlReport) sections() string {
	head := h.b
	h.b = bytes.Buffer{}
	var links []string
	for _, s := range []struct {
		id, name string
		write    func()
		empty    bool
	}{
		{"picture", "Picture", h.picture, false},
		{"since", "Since last time", h.since, h.opt.Since == nil},
		{"findings", "Findings", h.findingItems, false},
		{"paths", "Attack paths", h.pathItems, len(h.g.Paths) == 0},
		{"questions", "Questions", h.questionItems, len(h.g.Questions) == 0},
		{"components", "Components", h.componentItems, false},
		{"flows", "Flows", h.flowItems, false},
		{"boundaries", "Trust boundaries", h.boundaryItems, len(h.g.Boundaries) == 0},
		{"assets", "Assets", h.assets, len(h.g.Paths) == 0},
		{"controls", "Controls", h.controls, len(h.g.Components) == 0},
		{"decisions", "Decisions", h.decisions, !slices.ContainsFunc(h.g.Findings, decided)},
		{"limits", "Limits", h.limits, false},
	} {
		if s.empty {
			continue
		}
		links = append(links, fmt.Sprintf(`<a href="#%s">%s</a>`, s.id, s.name))
		s.write()
	}
	body := h.b.String()
	h.b = head
	h.raw(strings.Join(links, " "))
	return body
}

func (h *htmlReport) section(id, name, lead, filters string) {
	h.raw("<section id=\"" + id + "\"")
	if filters != "" {
		h.raw(` data-filters="` + filters + `" data-order="critical high medium low info"`)
	}
	h.put("><h2>%s</h2>\n", name)
	if lead != "" {
		h.put("<p class=\"lead\">%s</p>\n", lead)
	}
}

func (h *htmlReport) end() { h.raw("</section>\n") }

// severityBadge is a finding's number in the colour of its severity.
func severityBadge(text string, s graph.Severity) string {
	return `<span class="badge ` + string(s) + `">` + html.EscapeString(text) + `</span>`
}

func (h *htmlReport) picture() {
	h.section("picture", "Data-flow diagram", h.opt.Subtitle, "")
	crossing := 0
	for _, f := range h.g.Flows {
		if len(f.Crosses) > 0 {
			crossing++
		}
	}
	h.raw(`<ul class="counts">`)
	for _, s := range slices.Backward(graph.Severities) {
		n := 0
		for _, f := range h.g.Findings {
			if f.Severity == s {
				n++
			}
		}
		if n > 0 {
			h.raw(fmt.Sprintf("<li>%s <b>%d</b> %s</li>", severityBadge(strings.ToUpper(string(s[:1])), s), n, s))
		}
	}
	for _, c := range []struct {
		n         int
		one, many string
	}{
		{len(h.g.Components), "component", "components"},
		{len(h.g.Boundaries), "trust boundary", "trust boundaries"},
		{len(h.g.Flows), "flow", "flows"},
		{crossing, "flow crosses a boundary", "flows cross a boundary"},
		{len(h.g.Paths), "attack path", "attack paths"},
	} {
		count, rest, _ := strings.Cut(plural(c.n, c.one, c.many), " ")
		h.put("<li><b>%s</b> %s</li>", count, rest)
	}
	h.raw("</ul>\n")
	if len(h.pictures) > 0 {
		h.raw(`<div class="stage"><div class="tabs" role="tablist" hidden></div>` + "\n")
		for _, p := range h.pictures {
			h.put(`<figure class="page" id="page-%s" data-title="%s"><h3>%s</h3>`+"\n", p.name, strings.ReplaceAll(p.name, "-", " "), p.title)
			h.raw(p.svg + "</figure>\n")
		}
		h.raw(legendHTML + "</div>\n")
	}
	if h.noPicture != nil {
		h.put("<p class=\"none\">There is no picture: %s.</p>\n", h.noPicture.Error())
	}
	h.end()
}

const legendHTML = `<div class="legend"><span><b>Rectangle</b> external entity</span><span><b>Rounded</b> process</span><span><b>Cylinder</b> data store</span>` +
	`<span><b>Dashed frame</b> trust boundary, tinted by trust</span><span><b>Thick arrow</b> crosses a boundary</span><span><b>Closed lock, solid</b> encrypted</span>` +
	`<span><b>Open lock, dashed</b> plaintext</span><span><b>Dotted</b> encryption unknown</span><span><b>C1 H2 M3 L4</b> finding, by severity</span></div>` + "\n"

// since says what changed against an earlier model.
func (h *htmlReport) since() {
	c := h.opt.Since
	h.section("since", "Since last time", c.Verdict(), "kind change")
	w := newWording(c)
	for _, d := range c.Deltas {
		r := w.row(d)
		h.put(`<details class="item" data-kind="%s" data-change="%s"><summary><span class="muted">%s</span><span class="name">%s</span></summary><div><p>%s</p></div></details>`+"\n",
			string(d.Kind), string(d.Change), changeWord(d)+" "+string(d.Kind), r.what, r.about)
	}
	h.end()
}

func (h *htmlReport) findingItems() {
	h.section("findings", "Findings", "", "severity stride boundary status rule")
	if len(h.g.Findings) == 0 {
		h.raw("<p>None. That says what the rules found, not that nothing can go wrong.</p>\n")
	}
	for _, f := range bySeverity(h.g.Findings) {
		h.findingItem(f)
	}
	h.end()
}

func findingEntry(f *graph.Finding) string { return elementID("finding-", f.ID) }

// flowEntry is short: pictures name each of their flows by it.
func flowEntry(f *graph.Flow) string {
	sum := sha256.Sum256([]byte(f.ID))
	return "flow-" + hex.EncodeToString(sum[:6])
}

func (h *htmlReport) findingItem(f *graph.Finding) {
	status := cmp.Or(f.Status, graph.Open)
	var categories []string
	for _, s := range f.STRIDE {
		categories = append(categories, string(s))
	}
	var shows []string
	boundary := ""
	switch c, b := h.index.Component[f.Subject], h.index.Boundary[f.Subject]; {
	case c != nil:
		shows, boundary = []string{elementID("c-", c.ID)}, c.Boundary
	case b != nil:
		boundary = b.ID
	default:
		for _, flow := range h.g.Flows {
			if flow.ID == f.Subject {
				shows = []string{flowEntry(flow)}
				if to := h.index.Component[flow.To]; to != nil {
					boundary = to.Boundary
				}
			}
		}
	}
	if b := h.index.Boundary[boundary]; b != nil {
		boundary = b.Name
	}
	h.put(`<details class="item" id="%s" data-severity="%s" data-stride="%s" data-status="%s" data-rule="%s" data-boundary="%s"`,
		findingEntry(f), string(f.Severity), strings.Join(categories, "|"), string(status), f.Rule, strings.ReplaceAll(boundary, "|", " "))
	h.shows(shows)
	h.raw("><summary>" + severityBadge(cmp.Or(h.numbers[f.ID], string(f.Severity)), f.Severity))
	h.put(`<span class="name">%s</span><span class="at">%s</span></summary><div>`+"\n", f.Title, place(f))
	if f.Threat != "" {
		h.put("<p>%s</p>\n", f.Threat)
	}
	h.raw("<dl>")
	h.fact("Severity", string(f.Severity)+likelihoodWords(f))
	h.fact("STRIDE", strideWords(f.STRIDE))
	h.fact("Rule", f.Rule)
	h.fact("Address", f.Address)
	if status != graph.Open {
		h.fact("Status", strings.TrimSuffix(string(status)+": "+f.StatusWhy, ": "))
	}
	var refs []string
	for _, c := range f.CWE {
		refs = append(refs, "CWE-"+strconv.Itoa(c))
	}
	h.fact("References", strings.Join(append(refs, f.References...), ", "))
	if c := h.index.Component[f.Subject]; c != nil {
		h.put(`<dt>About</dt><dd><a href="#%s">%s</a></dd>`, elementID("c-", c.ID), cmp.Or(c.Name, c.ID))
	}
	h.raw("</dl>\n")
	h.bullets("What to do", f.Mitigations)
	var factors []string
	for _, x := range f.Factors {
		factors = append(factors, fmt.Sprintf("%s %+d: %s", x.Name, x.Effect, x.Why))
	}
	h.bullets("Why this severity", factors)
	h.evidence(f.Evidence, holdsSecret(f))
	h.raw("</div></details>\n")
}

func likelihoodWords(f *graph.Finding) string {
	if f.Likelihood == 0 || f.Impact == 0 {
		return ""
	}
	return fmt.Sprintf(" (likelihood %d × impact %d of 5)", f.Likelihood, f.Impact)
}

// itself says that an entry is about the part of a picture with its own identifier.
const itself = "self"

// shows names the parts of a picture that an entry is about.
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
	h.put("<h3>%s</h3><ul class=\"plain\">", heading)
	for _, i := range items {
		h.put("<li>%s</li>", i)
	}
	h.raw("</ul>\n")
}

// evidence writes reasons with the lines that they stand on.
func (h *htmlReport) evidence(list []graph.Evidence, secret bool) {
	if len(list) == 0 {
		return
	}
	const shown = 3 // with their lines
	h.raw("<h3>Evidence</h3>\n")
	for i, e := range list {
		h.put("<p>%s ", capital(e.Why))
		if e.Address != "" {
			h.put("<code>%s</code> ", e.Address)
		}
		h.put("<span class=\"muted\">%s</span></p>\n", e.Source().String())
		if i < shown {
			h.code(e.Source(), secret)
		}
	}
}

func (h *htmlReport) pathItems() {
	h.section("paths", "Attack paths", "The shortest way from each place where attackers begin to each thing worth having, if every program on it can be taken over.", "from worth")
	if widest, ok := graph.WidestStep(h.g.Paths); ok && widest.Paths > 1 {
		h.put("<p>One change cuts %s of the %s: the step from %s, which %s.</p>\n", strconv.Itoa(widest.Paths), strconv.Itoa(len(h.g.Paths)), h.name(widest.From), widest.How)
	}
	flows := map[string]*graph.Flow{}
	for _, f := range h.g.Flows {
		flows[f.ID] = f
	}
	for _, p := range h.g.Paths {
		shows := []string{elementID("c-", p.From)}
		for _, s := range p.Steps {
			if f := flows[s.By]; f != nil {
				shows = append(shows, flowEntry(f))
			}
			shows = append(shows, elementID("c-", s.To))
		}
		h.put(`<details class="item" id="%s" data-from="%s" data-worth="%s"`, elementID("path-", p.ID), strings.ReplaceAll(h.name(p.From), "|", " "), strconv.Itoa(p.Worth))
		h.shows(shows)
		h.put(`><summary><span class="name">%s to %s</span><span class="at">%s, worth %s of 5</span></summary><div><p>%s.</p><ol class="plain">`,
			h.name(p.From), h.name(p.To), plural(len(p.Steps), "step", "steps"), strconv.Itoa(p.Worth), capital(p.Why))
		for _, s := range p.Steps {
			h.put("<li>%s %s <span class=\"muted\">%s</span></li>", h.name(s.From), s.How, strings.Join(evidenceLines([]graph.Evidence{s.Evidence}), ""))
		}
		h.raw("</ol></div></details>\n")
	}
	h.end()
}

func (h *htmlReport) questionItems() {
	h.section("questions", "What we could not know", "Questions for those who know the system, first those whose answer weighs most.", "severity")
	for _, q := range h.g.Questions {
		h.put(`<details class="item" data-severity="%s"`, string(q.Severity))
		if h.index.Component[q.Subject] != nil {
			h.shows([]string{elementID("c-", q.Subject)})
		}
		h.raw("><summary>" + severityBadge(string(q.Severity), q.Severity))
		h.put(`<span class="name">%s</span></summary><div><p>%s</p><p><code>%s</code></p></div></details>`+"\n", q.Text, q.Why, q.Address)
	}
	h.end()
}

func (h *htmlReport) componentItems() {
	h.section("components", "Components", "", "kind boundary exposure")
	for _, c := range h.g.Components {
		name := cmp.Or(c.Name, c.ID)
		switch {
		case c.Replicas > 1:
			name += " ×" + strconv.Itoa(c.Replicas)
		case c.Replicas < 0:
			name += " ×n"
		}
		boundary := ""
		if b := h.index.Boundary[c.Boundary]; b != nil {
			boundary = b.Name
		}
		element := elementID("c-", c.ID)
		h.put(`<details class="item" id="%s" data-kind="%s" data-boundary="%s" data-exposure="%s"`, element, string(c.Kind),
			strings.ReplaceAll(boundary, "|", " "), cmp.Or(string(c.Exposure), "unknown"))
		h.put(` data-shows="%s"><summary><span class="name">%s <span class="muted">%s</span></span>`, itself, name, kindWord(c))
		for _, f := range h.about[c.ID] {
			if n := h.numbers[f.ID]; n != "" {
				h.raw(severityBadge(n, f.Severity))
			}
		}
		h.put(`<span class="at">%s</span></summary><div><dl>`, c.Source.String())
		h.fact("Address", c.Address)
		h.fact("Stands in", h.chain(c.Boundary))
		h.fact("Exposure", cmp.Or(string(c.Exposure), "unknown")+h.by(c))
		h.fact("Stands for", strings.Join(c.Parts, ", "))
		for _, k := range sortedKeys(c.Tags) {
			h.fact("Tag "+k, c.Tags[k])
		}
		h.raw("</dl>\n")
		h.linkedFindings(h.about[c.ID])
		h.flowLinks("Receives from", h.index.In[c.ID], func(f *graph.Flow) string { return f.From })
		h.flowLinks("Sends to", h.index.Out[c.ID], func(f *graph.Flow) string { return f.To })
		h.properties(c.Properties)
		h.code(c.Source, c.Is(graph.PropSecretInConfig) == graph.Yes)
		h.raw("</div></details>\n")
	}
	h.end()
}

// chain names the boundaries around something, the outermost first.
func (h *htmlReport) chain(boundary string) string {
	var names []string
	for _, b := range slices.Backward(h.index.Ancestors(boundary)) {
		names = append(names, boundaryWord(b)+" "+cmp.Or(b.Name, b.ID))
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
	h.raw("<h3>Findings</h3><ul class=\"plain\">")
	for _, f := range list {
		h.put(`<li><a href="#%s">%s</a> <span class="muted">%s</span></li>`, findingEntry(f), f.Title, string(f.Severity))
	}
	h.raw("</ul>\n")
}

func (h *htmlReport) flowLinks(heading string, list []*graph.Flow, other func(*graph.Flow) string) {
	const most = 40
	if len(list) == 0 {
		return
	}
	h.put("<h3>%s</h3><ul class=\"plain\">", heading)
	for i, f := range list {
		if i == most {
			h.put("<li>and %s more</li>", strconv.Itoa(len(list)-most))
			break
		}
		h.put(`<li><a href="#%s">%s</a> <span class="muted">%s</span></li>`, flowEntry(f), h.name(other(f)),
			strings.TrimSpace(endpoint(f)+" "+encryptionWord(f.Encrypted)+basisWord(f)))
	}
	h.raw("</ul>\n")
}

func basisWord(f *graph.Flow) string {
	if f.Basis == graph.Permitted {
		return " only permitted"
	}
	return ""
}

func (h *htmlReport) properties(of map[graph.Property]graph.Fact) {
	if len(of) == 0 {
		return
	}
	h.raw("<h3>What is known of it</h3><dl>")
	for _, p := range graph.Properties {
		f, ok := of[p]
		if !ok || f.Value == graph.Unknown {
			continue
		}
		value := f.Value.String()
		if lines := evidenceLines([]graph.Evidence{f.Evidence}); lines[0] != "" {
			value += " — " + lines[0]
		}
		h.fact(strings.ReplaceAll(string(p), "_", " "), value)
	}
	h.raw("</dl>\n")
}

func (h *htmlReport) flowItems() {
	h.section("flows", "Flows", "", "encrypted crossing basis passage")
	if len(h.g.Flows) == 0 {
		h.raw("<p>None were found.</p>\n")
	}
	for i, f := range h.g.Flows {
		crossing := "stays inside"
		if len(f.Crosses) > 0 {
			crossing = "crosses a boundary"
		}
		entry := flowEntry(f)
		h.put(`<details class="item" id="%s" data-encrypted="%s" data-crossing="%s" data-basis="%s" data-passage="%s"`, entry,
			"encrypted: "+f.Encrypted.String(), crossing, string(f.Basis), string(f.Passage))
		h.put(` data-shows="%s"><summary><span class="muted">%s</span><span class="name">%s → %s <span class="muted">%s</span></span>`, itself, strconv.Itoa(i+1), h.name(f.From), h.name(f.To),
			strings.TrimSpace(endpoint(f)+peerWords(f)+"  "+encryptionWord(f.Encrypted)+basisWord(f)))
		for _, x := range h.about[f.ID] {
			if n := h.numbers[x.ID]; n != "" {
				h.raw(severityBadge(n, x.Severity))
			}
		}
		h.raw("</summary><div><dl>")
		h.fact("Encrypted", f.Encrypted.String())
		h.fact("Authenticated", f.Authenticated.String())
		h.fact("Carries", f.Carries)
		h.fact("Open to", strings.Join(f.Peers, ", "))
		h.fact("Crosses", cmp.Or(strings.Join(h.crossings(f), ", "), "no boundary"))
		h.fact("Basis", string(f.Basis))
		h.fact("Network policy", string(f.Passage))
		h.put(`<dt>Ends</dt><dd><a href="#%s">%s</a>, <a href="#%s">%s</a></dd></dl>`+"\n", elementID("c-", f.From), h.name(f.From), elementID("c-", f.To), h.name(f.To))
		h.linkedFindings(h.about[f.ID])
		h.evidence(f.Evidence, false)
		h.raw("</div></details>\n")
	}
	h.end()
}

func (h *htmlReport) boundaryItems() {
	h.section("boundaries", "Trust boundaries", "From the outermost in.", "kind")
	members := map[string]int{}
	for _, c := range h.g.Components {
		members[c.Boundary]++
	}
	for _, b := range h.tree() {
		h.put(`<details class="item" id="%s" data-kind="%s"><summary><span class="name">%s</span>`, elementID("b-", b.ID), string(b.Kind), h.chain(b.ID))
		for _, f := range h.about[b.ID] {
			if n := h.numbers[f.ID]; n != "" {
				h.raw(severityBadge(n, f.Severity))
			}
		}
		h.put(`<span class="at">%s</span></summary><div><dl>`, b.Source.String())
		if b.Trust > 0 {
			h.fact("Trust", fmt.Sprintf("%d of 5: %s", b.Trust, b.TrustWhy))
		}
		h.fact("Holds", plural(members[b.ID], "component", "components")+" directly")
		h.fact("Address", b.Address)
		h.fact("Stands for", strings.Join(b.Parts, ", "))
		h.raw("</dl>\n")
		h.linkedFindings(h.about[b.ID])
		h.properties(b.Properties)
		h.raw("</div></details>\n")
	}
	h.end()
}

// assets are what attack paths end at.
func (h *htmlReport) assets() {
	h.section("assets", "Assets", "What is worth having, by what is known of it, and how many ways lead there.", "")
	ways := map[string]int{}
	var order []*graph.Path
	for _, p := range h.g.Paths {
		if ways[p.To] == 0 {
			order = append(order, p)
		}
		ways[p.To]++
	}
	slices.SortStableFunc(order, func(a, b *graph.Path) int { return cmp.Compare(b.Worth, a.Worth) })
	h.raw("<table><thead><tr><th>Asset</th><th>Worth, of 5</th><th>Why</th><th>Ways there</th></tr></thead><tbody>\n")
	for _, p := range order {
		h.put(`<tr><td><a href="#%s">%s</a></td><td>%s</td><td>%s</td><td>%s</td></tr>`+"\n", elementID("c-", p.To), h.name(p.To), strconv.Itoa(p.Worth), p.Why, strconv.Itoa(ways[p.To]))
	}
	h.raw("</tbody></table>\n")
	h.end()
}

// controls counts how far each property that protects is there.
func (h *htmlReport) controls() {
	h.section("controls", "Controls", "Components that have a control, that lack it, and those of which neither is known.", "")
	h.raw("<table><thead><tr><th>Control</th><th>Has it</th><th>Lacks it</th><th>Not known</th></tr></thead><tbody>\n")
	for _, p := range protecting {
		count := map[graph.Truth]int{}
		var lacks []string
		for _, c := range h.g.Components {
			f, ok := c.Properties[p]
			if !ok {
				continue
			}
			count[f.Value]++
			if f.Value == graph.No {
				lacks = append(lacks, c.ID)
			}
		}
		if count[graph.Yes]+count[graph.No]+count[graph.Unknown] == 0 {
			continue
		}
		h.put("<tr><td>%s</td><td>%s</td><td>", strings.ReplaceAll(string(p), "_", " "), strconv.Itoa(count[graph.Yes]))
		const most = 20
		for i, id := range lacks {
			if i == most {
				h.put("and %s more", strconv.Itoa(len(lacks)-most))
				break
			}
			h.put(`<a href="#%s">%s</a> `, elementID("c-", id), h.name(id))
		}
		h.put("</td><td>%s</td></tr>\n", strconv.Itoa(count[graph.Unknown]))
	}
	h.raw("</tbody></table>\n")
	h.end()
}

// protecting are the properties that are a control where they hold.
var protecting = []graph.Property{
	graph.PropAuthenticated, graph.PropFirewalled, graph.PropRateLimited, graph.PropEncryptedTransit, graph.PropEncryptedAtRest, graph.PropKeyRotated,
	graph.PropLogged, graph.PropMonitored, graph.PropBackedUp, graph.PropVersioned, graph.PropDeletionProtected, graph.PropMultiZone, graph.PropImmutable,
	graph.PropScanned, graph.PropMetadataGuarded, graph.PropReadOnlyRoot, graph.PropPolicyPresent, graph.PropResourceLimits, graph.PropPinnedImage,
}

func decided(f *graph.Finding) bool { return f.Settled() }

func (h *htmlReport) decisions() {
	h.section("decisions", "Decisions", "Findings that need no work, and why.", "")
	h.raw("<table><thead><tr><th>Finding</th><th>Decision</th><th>Why</th></tr></thead><tbody>\n")
	for _, f := range bySeverity(h.g.Findings) {
		if decided(f) {
			h.put(`<tr><td><a href="#%s">%s</a></td><td>%s</td><td>%s</td></tr>`+"\n", findingEntry(f), f.Title, string(f.Status), f.StatusWhy)
		}
	}
	h.raw("</tbody></table>\n")
	h.end()
}

// limits tell how much of the input was understood, and what was not.
func (h *htmlReport) limits() {
	h.section("limits", "Limits", "", "")
	if len(h.g.Coverage) > 0 {
		h.raw("<table><thead><tr><th>Input</th><th>Files</th><th>Read</th><th>Modelled</th><th>Ignored on purpose</th><th>Not understood</th><th>Understood</th></tr></thead><tbody>\n")
		for _, c := range h.g.Coverage {
			h.put("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", c.Input, strconv.Itoa(c.Files), strconv.Itoa(c.Read),
				strconv.Itoa(c.Modelled), strconv.Itoa(c.Ignored), unknownWords(c, 5), percent(c.Share()))
		}
		h.raw("</tbody></table>\n")
	}
	if len(h.g.Notes) > 0 {
		h.raw("<p>What was not understood, and what you can do about it.</p>\n<ul class=\"plain\">")
		for _, n := range h.g.Notes {
			h.put("<li>%s</li>\n", n.String())
		}
		h.raw("</ul>\n")
	}
	h.raw("<p>The model says what the code says, not what runs. What the rules did not find can go wrong all the same.</p>\n")
	h.end()
}
