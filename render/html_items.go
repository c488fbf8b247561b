package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"
)

// subject is what a finding is about: the parts of a picture that show it, the facets
// that it has for that, and the component to name, nil for none.
func (h *htmlReport) subject(id string) (shows []string, x facets, about *graph.Component) {
	if r := h.grant[id]; r != nil {
		id = r.From
	}
	if c := h.index.Component[id]; c != nil {
		h.within(&x, c, "")
		return []string{elementID("c-", c.ID)}, x, c
	}
	if b := h.index.Boundary[id]; b != nil {
		h.within(&x, nil, b.ID)
		return nil, x, nil
	}
	if f := h.flow[id]; f != nil {
		to := h.index.Component[f.To]
		if to != nil {
			h.within(&x, to, "")
		}
		return []string{flowEntry(f)}, x, to
	}
	return nil, x, nil
}

func (h *htmlReport) findingItems() {
	lead := ""
	if len(h.g.Findings) == 0 {
		lead = "None. That says what the rules found, not that nothing can go wrong."
	}
	findings := bySeverity(h.g.Findings)
	h.list(list{
		"findings", "Findings", lead, "severity stride boundary team status rule",
		[]string{"No.", "What", "STRIDE", "Where"},
		func() {
			for _, like := range graph.Join(findings) {
				for _, f := range like {
					h.findingItem(f, like)
				}
			}
		}, func() { h.findingsText(findings) },
	})
}

// findingItem writes the finding of one place, with links to the other places where it is.
func (h *htmlReport) findingItem(f *graph.Finding, like []*graph.Finding) {
	shows, x, about := h.subject(f.Subject)
	x.of([]*graph.Finding{f})
	h.put(`<details class=item id="%s" data-rule="%s"`, findingEntry(f), f.Rule)
	h.facets(x)
	h.shows(shows)
	h.raw("><summary><span>" + h.number(f) + "</span>")
	h.put(`<span class=name>%s`, f.Title)
	if f.Settled() {
		h.put(` <span class=tag>%s</span>`, string(f.Status))
	}
	h.put(`</span><small title="%s">%s</small><span class=where>%s</span></summary><div>`+"\n", strideWords(f.STRIDE), strideInitials(f.STRIDE), place(f))
	if f.Threat != "" {
		h.raw("<p>" + prose(f.Threat) + "</p>\n")
	}
	h.otherPlaces(f, like)
	h.evidence(f.Evidence)
	h.remedies(remediesOf(f).beyond(h.plan[f.Rule]), "What to do here")
	h.raw(`<p class="see">`)
	h.link(testEntry(f.Rule), "What to do about it, and how to test it")
	h.raw("</p>\n")
	h.raw("<dl>")
	h.fact("Severity", string(f.Severity)+likelihoodWords(f))
	for _, x := range f.Factors {
		h.fact(fmt.Sprintf("%s %+d", x.Name, x.Effect), x.Why)
	}
	if f.Settled() {
		h.fact("Decision", strings.TrimSuffix(string(f.Status)+": "+f.StatusWhy, ": "))
	}
	if about != nil {
		h.raw("<dt>About</dt><dd>")
		h.componentLink(about.ID)
		h.raw("</dd>")
	}
	if flow := h.flow[f.Subject]; flow != nil {
		h.raw("<dt>Flow</dt><dd>")
		h.link(flowEntry(flow), h.name(flow.From)+" → "+h.name(flow.To))
		h.raw("</dd>")
	}
	h.fact("Rule", f.Rule)
	h.fact("Address", f.Address)
	h.raw("</dl>\n</div></details>\n")
}

func (h *htmlReport) otherPlaces(f *graph.Finding, like []*graph.Finding) {
	if len(like) == 1 {
		return
	}
	const most = 20
	h.put("<h3>The same in %s</h3><ul>", plural(len(like)-1, "other place", "other places"))
	n := 0
	for _, x := range like {
		if x == f {
			continue
		}
		if n++; n > most {
			h.put("<li>and %s more</li>", strconv.Itoa(len(like)-1-most))
			break
		}
		h.raw("<li>")
		h.link(findingEntry(x), x.Title)
		h.put(" <small>%s</small></li>", place(x))
	}
	h.raw("</ul>\n")
}

// remedies are what to do about a finding, and how to find out whether it is one.
type remedies struct {
	do              []string
	verify, falseIf string
}

func remediesOf(f *graph.Finding) remedies { return remedies{f.Mitigations, f.Verify, f.FalseIf} }

// commonRemedies are what is the same of all findings of a rule.
func commonRemedies(list []*graph.Finding) remedies {
	out := remediesOf(list[0])
	out.do = slices.Clone(out.do)
	for _, f := range list[1:] {
		out.do = slices.DeleteFunc(out.do, func(s string) bool { return !slices.Contains(f.Mitigations, s) })
		if f.Verify != out.verify {
			out.verify = ""
		}
		if f.FalseIf != out.falseIf {
			out.falseIf = ""
		}
	}
	return out
}

// beyond are those of them that others don't hold already.
func (r remedies) beyond(known remedies) remedies {
	r.do = slices.DeleteFunc(slices.Clone(r.do), func(s string) bool { return slices.Contains(known.do, s) })
	if r.verify == known.verify {
		r.verify = ""
	}
	if r.falseIf == known.falseIf {
		r.falseIf = ""
	}
	return r
}

func (h *htmlReport) remedies(r remedies, heading string) {
	h.bullets(heading, r.do)
	if r.verify != "" {
		h.raw("<h3>How to verify</h3><p>" + prose(r.verify) + "</p>\n")
	}
	if r.falseIf != "" {
		h.raw("<h3>It is no weakness if</h3><p>" + prose(r.falseIf) + "</p>\n")
	}
}

func strideInitials(list []graph.STRIDE) string {
	var b strings.Builder
	for _, s := range graph.STRIDECategories {
		if slices.Contains(list, s) {
			b.WriteString(strings.ToUpper(string(s[:1])))
		}
	}
	return b.String()
}

func likelihoodWords(f *graph.Finding) string {
	if f.Likelihood == 0 || f.Impact == 0 {
		return ""
	}
	return fmt.Sprintf(" (likelihood %d × impact %d of 5)", f.Likelihood, f.Impact)
}

// testItems are the test plan: a kind of weakness, how to prove it and where. What is the
// same of all findings of a kind stands here only.
func (h *htmlReport) testItems() {
	h.list(list{
		"tests", "Test plan", "For a penetration tester: what to try where, the most severe first, and what would prove a finding wrong.",
		"severity stride boundary team status",
		[]string{"Worst", "Weakness", "STRIDE", "Places"},
		func() { each(h.rules, h.testItem) }, func() { each(h.rules, h.testText) },
	})
}

func (h *htmlReport) testItem(rule string) {
	list := h.byRule[rule]
	f := list[0]
	var x facets
	var shows []string
	x.of(list)
	for _, f := range list {
		s, in, _ := h.subject(f.Subject)
		shows = append(shows, s...)
		x.boundary, x.team = append(x.boundary, in.boundary...), append(x.team, in.team...)
	}
	h.put(`<details class=item id="%s"`, testEntry(rule))
	h.facets(x)
	h.shows(shows)
	h.raw("><summary><span>" + severityBadge(strings.ToUpper(string(f.Severity[:min(1, len(f.Severity))])), f.Severity) + "</span>")
	h.put(`<span class=name>%s</span><small title="%s">%s</small><span class=where>%s</span></summary><div>`+"\n", capital(strings.ReplaceAll(rule, "-", " ")),
		strideWords(f.STRIDE), strideInitials(f.STRIDE), strconv.Itoa(len(list)))
	h.raw(`<div class="shared">`)
	h.remedies(h.plan[rule], "What to do")
	if refs := references(f); refs != "" {
		h.put("<h3>References</h3><p>%s</p>\n", refs)
	}
	h.raw("</div><h3>Where</h3><ul>")
	for _, f := range list {
		h.raw("<li>" + h.number(f) + " ")
		h.link(findingEntry(f), f.Title)
		if f.Settled() {
			h.put(` <small>%s</small>`, string(f.Status))
		}
		if c := h.index.Component[f.Subject]; c != nil && c.Exposure == graph.ExposureDirect {
			h.raw(` <small>reached from the internet</small>`)
		}
		h.raw("</li>\n")
	}
	h.raw("</ul></div></details>\n")
}

func references(f *graph.Finding) string {
	var refs []string
	for _, c := range f.CWE {
		refs = append(refs, "CWE-"+strconv.Itoa(c))
	}
	return strings.Join(append(refs, f.References...), ", ")
}

func (h *htmlReport) pathItems() {
	h.list(list{
		"paths", "Attack paths", "The shortest way from each place where attackers begin to each thing worth having, if every program on it can be taken over.",
		"from worth",
		[]string{"Worth", "From and to", "Steps", ""},
		func() { each(h.g.Paths, h.pathItem) }, func() { each(h.g.Paths, h.pathText) },
	})
}

func (h *htmlReport) pathItem(p *graph.Path) {
	shows := []string{elementID("c-", p.From)}
	for _, s := range p.Steps {
		if f := h.flow[s.By]; f != nil {
			shows = append(shows, flowEntry(f))
		}
		shows = append(shows, elementID("c-", s.To))
	}
	h.put(`<details class=item id="%s" data-from="%s" data-worth="%s"`, elementID("path-", p.ID), strings.ReplaceAll(h.name(p.From), "|", " "), strconv.Itoa(p.Worth))
	h.shows(shows)
	h.put(`><summary><span>%s of 5</span><span class=name>%s to %s</span><small>%s</small><span></span></summary><div><p>%s.</p><ol class="steps">`,
		strconv.Itoa(p.Worth), h.name(p.From), h.name(p.To), strconv.Itoa(len(p.Steps)), capital(p.Why))
	for _, s := range p.Steps {
		h.raw("<li>")
		h.componentLink(s.From)
		h.put(" %s", s.How)
		if s.Evidence.Why != "" {
			h.put(` <small>%s</small>`, s.Evidence.Why)
		}
		h.raw(" ")
		h.place(s.Evidence.Source())
		h.raw("</li>")
	}
	h.raw("<li>")
	h.componentLink(p.To)
	h.raw("</li></ol></div></details>\n")
}

func (h *htmlReport) questionItems() {
	h.list(list{
		"questions", "Questions", "What the code does not tell. For those who know the system, first those whose answer weighs most.",
		"severity boundary team",
		[]string{"If not", "Question", "", ""},
		func() { each(h.g.Questions, h.questionItem) }, func() { each(h.g.Questions, h.questionText) },
	})
}

func (h *htmlReport) questionItem(q *graph.Question) {
	shows, x, _ := h.subject(q.Subject)
	x.severity = []string{string(q.Severity)}
	h.put(`<details class=item id="%s"`, elementID("question-", q.ID))
	h.facets(x)
	h.shows(shows)
	h.raw("><summary><span>" + severityBadge(string(q.Severity), q.Severity) + "</span>")
	h.put(`<span class=name>%s</span><span></span><span></span></summary><div><p>`, q.Text)
	h.raw(prose(q.Why) + "</p><dl>")
	if h.index.Component[q.Subject] != nil {
		h.raw("<dt>About</dt><dd>")
		h.componentLink(q.Subject)
		h.raw("</dd>")
	}
	h.fact("Address", q.Address)
	h.fact("Decides", q.Rule)
	h.raw("</dl></div></details>\n")
}

func (h *htmlReport) componentItems() {
	h.list(list{
		"components", "Components", "", "severity stride kind boundary team exposure status",
		[]string{"Findings", "Name", "Exposure", "Stands in"},
		func() { each(h.g.Components, h.componentItem) }, func() { h.componentTable() },
	})
}

func (h *htmlReport) componentItem(c *graph.Component) {
	name := cmp.Or(c.Name, c.ID)
	switch {
	case c.Replicas > 1:
		name += " ×" + strconv.Itoa(c.Replicas)
	case c.Replicas < 0:
		name += " ×n"
	}
	var x facets
	h.within(&x, c, "")
	x.of(h.about[c.ID])
	exposure := cmp.Or(string(c.Exposure), "unknown")
	h.put(`<details class=item id="%s" data-kind="%s" data-exposure="%s"`, elementID("c-", c.ID), string(c.Kind), exposure)
	h.facets(x)
	h.raw("><summary>")
	h.badges(h.about[c.ID])
	h.put(`<span class=name>%s <small>%s</small>`, name, kindWord(c))
	if len(c.Stated) > 0 {
		h.raw(` <span class=tag>stated</span>`)
	}
	h.put(`</span><small>%s</small><span class=where>%s</span></summary><div><dl>`, exposure, h.boundaryName(c.Boundary))
	h.fact("Address", c.Address)
	if !c.Source.IsZero() {
		h.raw("<dt>Stands at</dt><dd>")
		h.place(c.Source)
		h.raw("</dd>")
	}
	h.fact("Stands in", h.chain(c.Boundary))
	h.fact("Exposure", exposure+h.by(c))
	if n := h.paths[c.ID]; n > 0 {
		h.put(`<dt>Attack paths</dt><dd>%s here</dd>`, plural(n, "leads", "lead"))
	}
	h.fact("Stands for", strings.Join(c.Parts, ", "))
	var tags []string
	for _, k := range sortedKeys(c.Tags) {
		tags = append(tags, k+"="+c.Tags[k])
	}
	h.fact("Tags", strings.Join(tags, ", "))
	h.raw("</dl>\n")
	h.reasons("Stated by people", c.Stated)
	h.linkedFindings(h.about[c.ID])
	h.flowLinks("Receives from", h.index.In[c.ID], func(f *graph.Flow) string { return f.From })
	h.flowLinks("Sends to", h.index.Out[c.ID], func(f *graph.Flow) string { return f.To })
	h.properties(c.Properties, c.Source)
	h.raw("</div></details>\n")
}

func (h *htmlReport) flowItems() {
	lead := ""
	if len(h.g.Flows) == 0 {
		lead = "None were found."
	}
	h.list(list{
		"flows", "Flows", lead, "encrypted crossing basis passage severity boundary team",
		[]string{"No.", "From and to", "What", "Crosses"},
		func() {
			for i, f := range h.g.Flows {
				h.flowItem(i+1, f)
			}
		}, h.flowTable,
	})
}

func (h *htmlReport) flowItem(number int, f *graph.Flow) {
	crossing := "stays inside"
	if len(f.Crosses) > 0 {
		crossing = "crosses a boundary"
	}
	var x facets
	x.of(h.about[f.ID])
	for _, end := range []string{f.From, f.To} {
		if c := h.index.Component[end]; c != nil {
			h.within(&x, c, "")
		}
	}
	crosses := strings.Join(h.crossings(f), ", ")
	h.put(`<details class=item id="%s" data-encrypted="%s" data-crossing="%s" data-basis="%s" data-passage="%s"`, flowEntry(f),
		"encrypted: "+f.Encrypted.String(), crossing, string(f.Basis), string(f.Passage))
	h.facets(x)
	h.put(`><summary><small>%s</small><span class=name>%s → %s `, strconv.Itoa(number), h.name(f.From), h.name(f.To))
	h.badges(h.about[f.ID])
	h.put(`</span><small>%s</small><span class=where>%s</span></summary><div><dl>`,
		flowFacts(f), crosses)
	h.raw("<dt>From</dt><dd>")
	h.componentLink(f.From)
	h.raw("</dd><dt>To</dt><dd>")
	h.componentLink(f.To)
	h.raw("</dd>")
	h.fact("Encrypted", f.Encrypted.String())
	h.fact("Authenticated", f.Authenticated.String())
	h.fact("Carries", f.Carries)
	h.fact("Open to", strings.Join(f.Peers, ", "))
	h.fact("Crosses", cmp.Or(crosses, "no boundary"))
	h.fact("Basis", string(f.Basis))
	h.fact("Network policy", string(f.Passage))
	h.raw("</dl>\n")
	h.linkedFindings(h.about[f.ID])
	h.evidence(f.Evidence)
	h.raw("</div></details>\n")
}

func (h *htmlReport) boundaryItems() {
	members, inside, crossed := map[string]int{}, map[string]int{}, map[string]int{}
	for _, c := range h.g.Components {
		members[c.Boundary]++
		for _, b := range h.index.Ancestors(c.Boundary) {
			inside[b.ID]++
		}
	}
	for _, f := range h.g.Flows {
		for _, x := range f.Crosses {
			crossed[x.Boundary]++
		}
	}
	tree := h.tree()
	h.list(list{
		"boundaries", "Trust boundaries", "From the outermost in.", "kind severity",
		[]string{"Findings", "Boundary", "Trust", "Holds"},
		func() {
			for _, b := range tree {
				h.boundaryItem(b, inside[b.ID], members[b.ID], crossed[b.ID])
			}
		}, func() { h.boundaryTable(tree, inside, crossed) },
	})
}

func (h *htmlReport) boundaryItem(b *graph.Boundary, inside, members, crossed int) {
	var x facets
	x.of(h.about[b.ID])
	h.put(`<details class=item id="%s" data-kind="%s"`, elementID("b-", b.ID), string(b.Kind))
	h.facets(x)
	h.raw("><summary>")
	h.badges(h.about[b.ID])
	h.put(`<span class=name>%s</span><small>%s</small><span class=where>%s</span></summary><div><dl>`, h.chain(b.ID), trustWords(b), plural(inside, "component", "components"))
	if b.Trust > 0 {
		h.fact("Trust", trustWords(b)+": "+b.TrustWhy)
	}
	holds := plural(inside, "component", "components")
	if members < inside {
		holds += ", " + strconv.Itoa(members) + " of them directly"
	}
	h.fact("Holds", holds)
	h.fact("Crossed by", plural(crossed, "flow", "flows"))
	if !b.Source.IsZero() {
		h.raw("<dt>Stands at</dt><dd>")
		h.place(b.Source)
		h.raw("</dd>")
	}
	h.fact("Address", b.Address)
	h.fact("Stands for", strings.Join(b.Parts, ", "))
	h.raw("</dl>\n")
	h.linkedFindings(h.about[b.ID])
	h.properties(b.Properties, b.Source)
	h.raw("</div></details>\n")
}

func trustWords(b *graph.Boundary) string {
	if b.Trust == 0 {
		return ""
	}
	return fmt.Sprintf("%d of 5", b.Trust)
}

func (h *htmlReport) noteItems() {
	h.list(list{
		"notes", "Notes", "What was not understood, and what you can do about it.", "note",
		[]string{"", "What", "", "Where"},
		func() { each(h.g.Notes, h.noteItem) }, h.noteTable,
	})
}

func (h *htmlReport) noteItem(n graph.Note) {
	h.put(`<details class=item data-note="%s"><summary><span></span><span class=name>%s</span><small>%s</small><span class=where>%s</span></summary><div>`,
		n.Code, n.Message, n.Code, n.Source.String())
	if n.Next != "" {
		h.raw("<p>" + prose(capital(n.Next)) + "</p>")
	}
	h.raw("<dl>")
	h.fact("Address", n.Address)
	if !n.IsZero() {
		h.raw("<dt>Stands at</dt><dd>")
		h.place(n.Source)
		h.raw("</dd>")
	}
	h.raw("</dl></div></details>\n")
}
