package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"
)

// summary says what the whole comes to: it stands beside everything that has nothing
// better to show there.
func (h *htmlReport) summary() {
	h.section("summary", "Summary", h.opt.Subtitle)
	open := unsettled(h.g.Findings)
	h.severities(open)
	h.topFindings(open)
	h.counts()
	h.strideTable(open)
	h.end()
}

func (h *htmlReport) severities(open []*graph.Finding) {
	count := map[graph.Severity]int{}
	told := matters(open)
	for _, f := range told {
		count[f.Severity]++
	}
	words := plural(len(told), "open finding", "open findings") + " " + inPlaces(len(told), len(open))
	h.put("<p class=\"big\"><b>%s</b> %s</p>\n", strconv.Itoa(len(told)), strings.TrimSpace(strings.TrimPrefix(words, strconv.Itoa(len(told)))))
	if len(open) == 0 {
		h.raw("<p>That says what the rules found, not that nothing can go wrong.</p>\n")
		return
	}
	// The bar is a picture of the words below it.
	const width = 300
	h.raw(fmt.Sprintf(`<svg class="bar" viewBox="0 0 %d 10" preserveAspectRatio="none" aria-hidden="true">`, width))
	x := 0.0
	for _, s := range slices.Backward(graph.Severities) {
		w := float64(width) * float64(count[s]) / float64(len(told))
		if w > 0 {
			h.raw(fmt.Sprintf(`<rect class="%s" x="%.1f" width="%.1f" height="10"/>`, s, x, w))
		}
		x += w
	}
	h.raw("</svg>\n<ul class=\"counts\">")
	for _, s := range slices.Backward(graph.Severities) {
		if count[s] > 0 {
			h.put(`<li><a href="#findings?severity=%s">%s <b>%s</b> %s</a></li>`, string(s), strings.ToUpper(string(s[:1])), strconv.Itoa(count[s]), string(s))
		}
	}
	h.raw("</ul>\n")
}

func (h *htmlReport) topFindings(open []*graph.Finding) {
	const most = 5
	if len(open) > 0 {
		h.raw("<h3>Look at first</h3><ul class=\"top\">")
		folded := fold(bySeverity(open))
		for _, like := range folded[:min(most, len(folded))] {
			f := like[0]
			h.raw("<li>" + h.number(f) + " ")
			h.link(findingEntry(f), graph.JointTitle(like))
			h.raw("</li>")
		}
		h.raw("</ul>\n")
	}
	if widest, ok := graph.WidestStep(h.g, h.g.Paths); ok && widest.Paths > 1 {
		h.put(`<p>One change cuts %s of the <a href="#paths">%s</a>: the step from `, strconv.Itoa(widest.Paths), plural(len(h.g.Paths), "attack path", "attack paths"))
		h.componentLink(widest.From)
		h.put(", which %s.</p>\n", widest.How)
	}
	if h.opt.Since != nil {
		h.put(`<h3><a href="#since">Since last time</a></h3><p>%s</p>`+"\n", h.opt.Since.Verdict())
	}
}

func (h *htmlReport) counts() {
	kinds, exposed := map[graph.Kind]int{}, map[graph.Exposure]int{}
	for _, c := range h.g.Components {
		kinds[c.Kind]++
		exposed[c.Exposure]++
	}
	var parts []string
	for _, k := range graph.Kinds {
		if n := kinds[k]; n > 0 {
			parts = append(parts, kindCount(k, n))
		}
	}
	crossing, crosses := map[graph.Truth]int{}, 0
	for _, f := range h.g.Flows {
		if len(f.Crosses) > 0 {
			crosses++
			crossing[f.Encrypted]++
		}
	}
	h.raw("<h3>The model</h3><dl>")
	row := func(section, name string, n int, about string) {
		h.put(`<dt><a href="#%s">%s</a></dt><dd><b>%s</b> <small>%s</small></dd>`, section, name, strconv.Itoa(n), about)
	}
	row("components", "Components", len(h.g.Components), strings.Join(parts, ", "))
	if n := exposed[graph.ExposureDirect]; n > 0 {
		row("components?exposure=direct", "Reached", n, "from the internet directly, "+strconv.Itoa(exposed[graph.ExposureIndirect])+" through others")
	}
	row("flows", "Flows", len(h.g.Flows), "")
	if crosses > 0 {
		var words []string
		for _, x := range []struct {
			truth graph.Truth
			word  string
		}{{graph.Yes, "encrypted"}, {graph.No, "plaintext"}, {graph.Unknown, "unknown"}} {
			if n := crossing[x.truth]; n > 0 {
				words = append(words, strconv.Itoa(n)+" "+x.word)
			}
		}
		row("flows?crossing=crosses+a+boundary", "Crossing", crosses, "a boundary: "+strings.Join(words, ", "))
	}
	if n := len(h.g.Boundaries); n > 0 {
		row("boundaries", "Boundaries", n, "")
	}
	if n := len(h.g.Paths); n > 0 {
		row("paths", "Attack paths", n, "")
	}
	if n := len(h.g.Questions); n > 0 {
		row("questions", "Questions", n, "for those who know the system")
	}
	if n := h.decided(); n > 0 {
		row("decisions", "Decided", n, "or mitigated")
	}
	for _, c := range h.g.Coverage {
		h.put(`<dt><a href="#coverage">Understood</a></dt><dd><b>%s</b> <small>of %s</small></dd>`, percent(c.Share()), c.Input)
	}
	h.raw("</dl>\n")
}

// strideTable counts findings by category and severity, each count a filter.
func (h *htmlReport) strideTable(open []*graph.Finding) {
	if len(open) == 0 {
		return
	}
	h.raw(`<h3>By category</h3><table class="stride"><thead><tr><th></th>`)
	severities := slices.Clone(graph.Severities)
	slices.Reverse(severities)
	for _, s := range severities {
		h.put(`<th><abbr title="%s">%s</abbr></th>`, string(s), strings.ToUpper(string(s[:1])))
	}
	h.raw("</tr></thead><tbody>\n")
	for _, category := range graph.STRIDECategories {
		h.put("<tr><th>%s</th>", strings.ReplaceAll(string(category), "-", " "))
		for _, s := range severities {
			n := 0
			for _, f := range open {
				if f.Severity == s && slices.Contains(f.STRIDE, category) {
					n++
				}
			}
			if n == 0 {
				h.raw(`<td class="muted">·</td>`)
				continue
			}
			h.put(`<td><a href="#findings?severity=%s&amp;stride=%s">%s</a></td>`, string(s), strideInitials([]graph.STRIDE{category}), strconv.Itoa(n))
		}
		h.raw("</tr>\n")
	}
	h.raw("</tbody></table>\n")
}

// picture writes the pages of the data-flow diagram.
func (h *htmlReport) picture() {
	h.section("picture", "Data-flow diagram", "")
	if len(h.pictures) > 0 {
		h.raw(`<div class="stage"><div class="tabs" hidden></div>` + "\n")
		h.raw(h.looks.definitions())
		for i, p := range h.pictures {
			h.put(`<figure class="page" id="page-%s" data-title="%s"><figcaption>%s</figcaption>`+"\n", p.name, strings.ReplaceAll(p.name, "-", " "), p.title)
			if i == 0 {
				h.raw(p.svg + "</figure>\n")
				continue
			}
			h.packed.page("page-"+p.name, p.svg)
			h.raw("<noscript><p>Drawn where scripts run, and by <code>drawbridge scan -o FOLDER/</code>.</p></noscript></figure>\n")
		}
		h.raw(legendHTML + "</div>\n")
	}
	if h.noPicture != nil {
		h.put("<p class=\"none\">There is no picture: %s.</p>\n", h.noPicture.Error())
	}
	h.end()
}

const legendHTML = `<details class="legend" open><summary>Legend</summary><span><b>Rectangle</b> external entity</span><span><b>Rounded</b> process</span><span><b>Cylinder</b> data store</span>` +
	`<span><b>Dashed frame</b> trust boundary, tinted by trust</span><span><b>Thick arrow</b> crosses a boundary</span><span><b>Closed lock, solid</b> encrypted</span>` +
	`<span><b>Open lock, dashed</b> plaintext</span><span><b>Dotted</b> encryption unknown</span><span><b>C1 H2 M3 L4</b> finding, by severity</span></details>` + "\n"
