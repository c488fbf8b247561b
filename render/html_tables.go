package render

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"
)

// since says what changed against an earlier model.
func (h *htmlReport) since() {
	c := h.opt.Since
	w := newWording(c)
	h.list(list{
		"since", "Since last time", c.Verdict(), "kind change effect",
		[]string{"Change", "What", "Effect", "Where"},
		func() {
			for _, d := range c.Deltas {
				h.deltaItem(d, w.row(d))
			}
		}, func() { h.deltaTable(c.Deltas, w) },
	})
}

func (h *htmlReport) deltaItem(d *graph.Delta, r changeRow) {
	h.put(`<details class=item data-kind="%s" data-change="%s" data-effect="%s"><summary><small>%s</small><span class=name>%s</span><small>%s</small><span class=where>%s</span></summary><div><p>%s</p>`+"\n",
		string(d.Kind), string(d.Change), string(d.Effect), changeWord(d)+" "+string(d.Kind), r.what, effectWord(d.Effect), changePlace(d), r.about)
	if entry := h.deltaEntry(d); entry != "" {
		h.raw("<p>")
		h.link(entry, "What it is now")
		h.raw("</p>")
	}
	h.raw("</div></details>\n")
}

func effectWord(e graph.Effect) string {
	if e == graph.Neutral {
		return ""
	}
	return string(e)
}

// deltaEntry is where the report tells of what differs, "" where it is there no more.
func (h *htmlReport) deltaEntry(d *graph.Delta) string {
	switch {
	case d.Change == graph.Removed:
	case h.index.Component[d.ID] != nil:
		return elementID("c-", d.ID)
	case h.index.Boundary[d.ID] != nil:
		return elementID("b-", d.ID)
	case h.flow[d.ID] != nil:
		return flowEntry(h.flow[d.ID])
	case d.Kind == graph.DeltaPath:
		return elementID("path-", d.ID)
	case d.Kind == graph.DeltaFinding:
		return shortEntry("finding-", d.ID)
	}
	return ""
}

func (h *htmlReport) deltas() int {
	if h.opt.Since == nil {
		return 0
	}
	return len(h.opt.Since.Deltas)
}

// history shows how the model changed over some revisions.
func (h *htmlReport) history() {
	x := h.opt.History
	h.section("history", "History", "")
	var b bytes.Buffer
	p, roles := namedPalette()
	if err := historyChart(&b, x, "", p); err == nil {
		if chart, err := parseSVG(b.Bytes()); err == nil {
			chart = inRoles(chart, roles)
			chart.remove("width")
			chart.remove("height")
			chart.remove("xmlns")
			chart.remove("font-family")
			chart.set("class", "chart")
			var out bytes.Buffer
			chart.write(&out)
			h.raw(out.String())
		}
	}
	h.raw("<table><thead><tr><th>Date</th><th>Revision</th><th>What</th><th>Open findings</th><th>Components</th><th>Verdict</th></tr></thead><tbody>\n")
	for _, s := range slices.Backward(x.Steps) {
		h.put("<tr><td>%s</td><td><code>%s</code></td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", s.Date, shortRevision(s.Revision), s.Subject,
			strconv.Itoa(s.Open()), strconv.Itoa(s.Components), s.Verdict)
	}
	h.raw("</tbody></table>\n")
	h.end()
}

// assetList are the stores, and what attack paths end at, by what they are worth and
// how many ways lead there.
func (h *htmlReport) assetList() []*asset {
	known := map[string]*asset{}
	var out []*asset
	add := func(id string) *asset {
		a := known[id]
		if a == nil {
			a = &asset{component: h.index.Component[id], id: id}
			known[id] = a
			out = append(out, a)
		}
		return a
	}
	for _, p := range h.g.Paths {
		a := add(p.To)
		a.ways++
		if p.Worth > a.worth {
			a.worth, a.why = p.Worth, p.Why
		}
	}
	for _, c := range h.g.Components {
		if c.Kind == graph.Store {
			add(c.ID)
		}
	}
	slices.SortStableFunc(out, func(a, b *asset) int {
		return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(b.ways, a.ways), strings.Compare(a.id, b.id))
	})
	return out
}

type asset struct {
	id        string
	component *graph.Component // nil for what is no component
	worth     int              // of 5, 0 where no path leads to it
	why       string
	ways      int
}

func (a *asset) worthWords() string {
	if a.worth == 0 {
		return "not reached"
	}
	return strconv.Itoa(a.worth) + " of 5"
}

// encrypted says whether it is, at rest.
func (a *asset) encrypted() string {
	if a.component == nil {
		return ""
	}
	return a.component.Is(graph.PropEncryptedAtRest).String()
}

func (h *htmlReport) assets() {
	assets := h.assetList()
	h.list(list{
		"assets", "Assets", "Stores, and whatever else is worth having; how many ways lead an attacker there.", "worth boundary team severity",
		[]string{"Worth", "Asset", "Ways there", "Encrypted"},
		func() { each(assets, h.assetItem) }, func() { h.assetTable(assets) },
	})
}

func (h *htmlReport) assetItem(a *asset) {
	var x facets
	kind := ""
	if c := a.component; c != nil {
		h.within(&x, c, "")
		x.of(h.about[c.ID])
		kind = kindWord(c)
	}
	h.put(`<details class=item data-worth="%s"`, a.worthWords())
	h.facets(x)
	h.shows([]string{elementID("c-", a.id)})
	h.put(`><summary><span>%s</span><span class=name>%s <small>%s</small> `, a.worthWords(), h.name(a.id), kind)
	h.badges(h.about[a.id])
	h.put(`</span><span>%s</span><span class=where>%s</span></summary><div>`, strconv.Itoa(a.ways), a.encrypted())
	if a.why != "" {
		h.put("<p>%s.</p>", capital(a.why))
	}
	h.raw("<p>")
	h.componentLink(a.id)
	h.raw("</p>\n")
	const most = 5
	n := 0
	for _, p := range h.g.Paths {
		if p.To != a.id {
			continue
		}
		if n == 0 {
			h.raw("<h3>Attack paths</h3><ul>")
		}
		if n++; n <= most {
			h.raw("<li>")
			h.link(elementID("path-", p.ID), "from "+h.name(p.From))
			h.put(` <small>%s</small></li>`, plural(len(p.Steps), "step", "steps"))
		}
	}
	if n > most {
		h.put("<li>and %s more</li>", strconv.Itoa(n-most))
	}
	if n > 0 {
		h.raw("</ul>")
	}
	h.raw("</div></details>\n")
}

// controls counts how far each property that protects is there.
func (h *htmlReport) controls() {
	h.section("controls", "Controls", "Components that have a control, that lack it, and those of which neither is known.")
	h.raw("<table><thead><tr><th>Control</th><th>Has it</th><th>Not known</th><th>Lacks it</th></tr></thead><tbody>\n")
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
		h.put("<tr><td class=short>%s</td><td class=short>%s</td><td class=short>%s</td><td>", strings.ReplaceAll(string(p), "_", " "), strconv.Itoa(count[graph.Yes]), strconv.Itoa(count[graph.Unknown]))
		if len(lacks) > 0 {
			h.put("<b>%s</b>: ", strconv.Itoa(len(lacks)))
		}
		const most = 12
		for i, id := range lacks {
			if i == most {
				h.put(" and %s more", strconv.Itoa(len(lacks)-most))
				break
			}
			if i > 0 {
				h.raw(", ")
			}
			h.componentLink(id)
		}
		h.raw("</td></tr>\n")
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

// statedFact is what people said of a component.
type statedFact struct {
	of   *graph.Component
	said graph.Evidence
}

func (h *htmlReport) statedFacts() []statedFact {
	var out []statedFact
	for _, c := range h.g.Components {
		for _, e := range c.Stated {
			out = append(out, statedFact{c, e})
		}
	}
	return out
}

// statedTable tells what people said, apart from what the code says.
func (h *htmlReport) statedTable() {
	h.section("stated", "Stated by people", "What the code does not show, or shows otherwise. It beats what was derived.")
	h.head("Component", "What is stated", "Where")
	for _, s := range h.statedFacts() {
		h.raw("<tr><td>")
		h.componentLink(s.of.ID)
		h.put("<td>%s<td>", capital(s.said.Why))
		h.place(s.said.Source())
		h.raw("\n")
	}
	h.raw("</table>\n")
	h.end()
}

// decided is the number of findings that need no work.
func (h *htmlReport) decided() int { return len(h.g.Findings) - len(unsettled(h.g.Findings)) }

func (h *htmlReport) decisions() {
	h.section("decisions", "Decisions", "Findings that need no work, and why.")
	h.raw("<table><thead><tr><th>No.</th><th>Finding</th><th>Decision</th><th>Why</th></tr></thead><tbody>\n")
	for _, f := range bySeverity(h.g.Findings) {
		if f.Settled() {
			h.raw("<tr><td>" + h.number(f) + "</td><td>")
			h.link(findingEntry(f), f.Title)
			h.put("</td><td>%s</td><td>%s</td></tr>\n", string(f.Status), f.StatusWhy)
		}
	}
	h.raw("</tbody></table>\n")
	h.end()
}

// coverage tells how much of the input was understood.
func (h *htmlReport) coverage() {
	h.section("coverage", "Coverage of the input", "")
	if len(h.g.Coverage) > 0 {
		h.raw("<table><thead><tr><th>Input</th><th>Files</th><th>Read</th><th>Modelled</th><th>Ignored on purpose</th><th>Not understood</th><th>Understood</th><th>Evaluated without a note</th></tr></thead><tbody>\n")
		for _, c := range h.g.Coverage {
			evaluated := ""
			if _, share, ok := c.Evaluated(); ok {
				evaluated = percent(share)
			}
			h.put("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td><b>%s</b></td><td>%s</td></tr>\n", c.Input, strconv.Itoa(c.Files), strconv.Itoa(c.Read),
				strconv.Itoa(c.Modelled), strconv.Itoa(c.Ignored), unknownWords(c, len(c.UnknownTypes)), percent(c.Share()), evaluated)
		}
		h.raw("</tbody></table>\n")
	}
	if n := len(h.g.Notes); n > 0 {
		h.put(`<p><a href="#notes">%s</a> on what was not understood.</p>`+"\n", plural(n, "note", "notes"))
	}
	h.raw("<p>The model says what the code says, not what runs. What the rules did not find can go wrong all the same.</p>\n")
	h.end()
}
