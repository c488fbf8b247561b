package render

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"
)

// This file writes entries as they read without scripts: findings with their threats,
// evidence and lines, everything else as a table. End tags that HTML does not need are
// left out.

func each[T any](list []T, write func(T)) {
	for _, x := range list {
		write(x)
	}
}

// number is a finding's badge, its severity where it has none.
func (h *htmlReport) number(f *graph.Finding) string {
	return severityBadge(cmp.Or(h.numbers[f.ID], string(f.Severity)), f.Severity)
}

// findingsText writes findings; of those like each other the threat and the evidence of
// the first only.
func (h *htmlReport) findingsText(sorted []*graph.Finding) {
	for _, like := range fold(sorted) {
		h.raw("<div class=entry>")
		for i, f := range like {
			h.put(`<p id="%s">`, findingEntry(f))
			h.raw(h.number(f))
			h.put(" <b>%s</b>", f.Title)
			if f.Settled() {
				h.put(" (%s)", strings.TrimSuffix(string(f.Status)+": "+f.StatusWhy, ": "))
			}
			h.put(" <small>%s</small>", strings.TrimSpace(strideInitials(f.STRIDE)+" "+f.Address))
			own := remediesOf(f).beyond(h.plan[f.Rule])
			if i > 0 {
				if at := f.Place(); !at.IsZero() {
					h.put(" <small>%s</small>", at.String())
				}
				h.remediesText(own)
				continue
			}
			if f.Threat != "" {
				h.raw("<br>" + prose(f.Threat))
			}
			h.remediesText(own)
			h.evidenceText(f.Evidence)
		}
		h.raw("</div>\n")
	}
}

// remediesText writes what to do about a finding that the test plan does not say.
func (h *htmlReport) remediesText(r remedies) {
	for _, s := range slices.Concat(r.do, []string{r.verify, r.falseIf}) {
		if s != "" {
			h.raw("<br>→ " + prose(s))
		}
	}
}

// evidenceText writes reasons with their places, a file's name only where it is another than
// that of the place before, and the line itself.
func (h *htmlReport) evidenceText(list []graph.Evidence) {
	if len(list) == 0 {
		return
	}
	const most, longest = 5, 80
	h.raw("<ul>")
	file := ""
	for i, e := range list {
		if i == most {
			h.put("<li>and %s more", strconv.Itoa(len(list)-most))
			break
		}
		at := e.Source()
		h.put("<li>%s %s", capital(e.Why), after(&file, at))
		if line := strings.TrimSpace(h.code.line(at)); line != "" && len(line) <= longest {
			h.put(" <code>%s</code>", line)
		}
	}
	h.raw("</ul>")
}

// after names a place for who has just read the name of a file.
func after(file *string, at graph.Source) string {
	if at.File == *file && at.File != "" && at.Line > 0 {
		return ":" + strconv.Itoa(at.Line)
	}
	*file = at.File
	return at.String()
}

func (h *htmlReport) testText(rule string) {
	list := h.byRule[rule]
	h.put("<div class=entry><h3>%s</h3>", capital(strings.ReplaceAll(rule, "-", " ")))
	h.remedies(h.plan[rule], "What to do")
	if refs := references(list[0]); refs != "" {
		h.put("<p>References: %s</p>", refs)
	}
	h.raw("<p>Where:")
	for _, f := range list {
		if n := h.numbers[f.ID]; n != "" {
			h.raw(" " + severityBadge(n, f.Severity))
		} else {
			h.put(" %s;", f.Title)
		}
	}
	h.raw("</p></div>\n")
}

func (h *htmlReport) pathText(p *graph.Path) {
	h.put("<div class=entry><p><b>%s to %s</b> <small>worth %s of 5</small> %s.<ol>", h.name(p.From), h.name(p.To), strconv.Itoa(p.Worth), capital(p.Why))
	file := ""
	for _, s := range p.Steps {
		h.put("<li>%s %s <small>%s %s</small>", h.name(s.From), s.How, s.Evidence.Why, after(&file, s.Evidence.Source()))
	}
	h.raw("</ol></div>\n")
}

func (h *htmlReport) questionText(q *graph.Question) {
	h.raw("<p>" + severityBadge(string(q.Severity), q.Severity))
	h.put(" <b>%s</b> <small>%s</small> %s</p>\n", q.Text, q.Address, q.Why)
}

// head begins a table.
func (h *htmlReport) head(columns ...string) {
	h.raw("<table><thead><tr>")
	for _, c := range columns {
		h.put("<th>%s", c)
	}
	h.raw("<tbody>\n")
}

func (h *htmlReport) componentTable() {
	h.head("Name", "Address", "Exposure", "Stands in", "Stands at", "", "Findings")
	file := ""
	for _, c := range h.g.Components {
		h.put(`<tr id="%s"><td>%s <small>%s</small><td>%s<td>%s<td>%s<td>%s<td>%s`, elementID("c-", c.ID), cmp.Or(c.Name, c.ID), kindWord(c), c.Address,
			cmp.Or(string(c.Exposure), "unknown"), h.boundaryName(c.Boundary), after(&file, c.Source), strings.Join(tellingWords(c), ", "))
		h.numbersOf(h.about[c.ID])
	}
	h.raw("</table>\n")
}

func (h *htmlReport) boundaryName(id string) string {
	b := h.index.Boundary[id]
	if b == nil {
		return ""
	}
	return cmp.Or(b.Name, b.ID)
}

// numbersOf begins a cell with the numbers of some findings.
func (h *htmlReport) numbersOf(list []*graph.Finding) {
	h.raw("<td>")
	for _, f := range list {
		if n := h.numbers[f.ID]; n != "" {
			h.raw(severityBadge(n, f.Severity))
		}
	}
	h.raw("\n")
}

func (h *htmlReport) flowTable() {
	if len(h.g.Flows) == 0 {
		return
	}
	h.head("No.", "From and to", "What", "Crosses", "Why", "Findings")
	file := ""
	for i, f := range h.g.Flows {
		h.put("<tr><td>%s<td>%s → %s<td>%s<td>%s<td>", strconv.Itoa(i+1), h.name(f.From), h.name(f.To), flowFacts(f), strings.Join(h.crossings(f), ", "))
		if len(f.Evidence) > 0 {
			h.put("%s %s", capital(f.Evidence[0].Why), after(&file, f.Evidence[0].Source()))
		}
		h.numbersOf(h.about[f.ID])
	}
	h.raw("</table>\n")
}

// flowFacts say what flows, how it is protected and whether it is used.
func flowFacts(f *graph.Flow) string {
	return strings.TrimSpace(endpoint(f) + peerWords(f) + "  " + encryptionWord(f.Encrypted) + basisWord(f))
}

func (h *htmlReport) boundaryTable(tree []*graph.Boundary, inside, crossed map[string]int) {
	h.head("Boundary", "Trust", "Holds", "Crossed by", "Stands at", "Findings")
	for _, b := range tree {
		h.put(`<tr id="%s"><td>%s<td>%s<td>%s<td>%s<td>%s`, elementID("b-", b.ID), h.chain(b.ID), trustWords(b), plural(inside[b.ID], "component", "components"),
			plural(crossed[b.ID], "flow", "flows"), b.Source.String())
		h.numbersOf(h.about[b.ID])
	}
	h.raw("</table>\n")
}

func (h *htmlReport) assetTable(list []*asset) {
	h.head("Worth", "Asset", "Why", "Ways there", "Encrypted")
	for _, a := range list {
		h.put("<tr><td>%s<td>%s<td>%s<td>%s<td>%s\n", a.worthWords(), h.name(a.id), capital(a.why), strconv.Itoa(a.ways), a.encrypted())
	}
	h.raw("</table>\n")
}

func (h *htmlReport) noteTable() {
	h.head("What", "What you can do", "Where")
	for _, n := range h.g.Notes {
		h.put("<tr><td>%s<td>%s<td>%s\n", n.Message, capital(n.Next), cmp.Or(n.Source.String(), n.Address))
	}
	h.raw("</table>\n")
}

func (h *htmlReport) deltaTable(list []*graph.Delta, w *wording) {
	h.head("Change", "What", "Effect", "Where", "")
	for _, d := range list {
		r := w.row(d)
		h.put("<tr><td>%s<td>%s<td>%s<td>%s<td>%s\n", changeWord(d)+" "+string(d.Kind), r.what, effectWord(d.Effect), changePlace(d), r.about)
	}
	h.raw("</table>\n")
}
