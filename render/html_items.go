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
	h.list("findings", "Findings", "", "severity stride boundary team status rule", "No.", "What", "STRIDE", "Where")
	if len(h.g.Findings) == 0 {
		h.raw("<p>None. That says what the rules found, not that nothing can go wrong.</p>\n")
	}
	for _, like := range graph.Join(bySeverity(h.g.Findings)) {
		for _, f := range like {
			h.findingItem(f, like)
		}
	}
	h.endList()
}

// findingItem writes the finding of one place, with links to the other places where it is.
func (h *htmlReport) findingItem(f *graph.Finding, like []*graph.Finding) {
	shows, x, about := h.subject(f.Subject)
	x.of([]*graph.Finding{f})
	h.put(`<details class=item id="%s" data-rule="%s"`, findingEntry(f), f.Rule)
	h.facets(x)
	h.shows(shows)
	h.raw("><summary><span>" + severityBadge(cmp.Or(h.numbers[f.ID], string(f.Severity)), f.Severity) + "</span>")
	h.put(`<span class=name>%s`, f.Title)
	if f.Settled() {
		h.put(` <span class=tag>%s</span>`, string(f.Status))
	}
	h.put(`</span><small title="%s">%s</small><span class=where>%s</span></summary><div>`+"\n", strideWords(f.STRIDE), strideInitials(f.STRIDE), place(f))
	if f.Threat != "" {
		h.put("<p>%s</p>\n", f.Threat)
	}
	h.otherPlaces(f, like)
	h.evidence(f.Evidence)
	if first := h.byRule[f.Rule][0]; slices.Equal(first.Mitigations, f.Mitigations) && first.Verify == f.Verify && first.FalseIf == f.FalseIf {
		h.raw(`<p class="see">`)
		h.link(testEntry(f.Rule), "What to do about it, and how to test it")
		h.raw("</p>\n")
	} else {
		h.remedies(f)
	}
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

// remedies says what to do about a finding, and how to find out whether it is one.
func (h *htmlReport) remedies(f *graph.Finding) {
	h.bullets("What to do", f.Mitigations)
	if f.Verify != "" {
		h.put("<h3>How to verify</h3><p>%s</p>\n", f.Verify)
	}
	if f.FalseIf != "" {
		h.put("<h3>It is no weakness if</h3><p>%s</p>\n", f.FalseIf)
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
	h.list("tests", "Test plan", "For a penetration tester: what to try where, the most severe first, and what would prove a finding wrong.", "severity stride boundary team status", "Worst", "Weakness", "STRIDE", "Places")
	for _, rule := range h.rules {
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
		h.put(`<span class=name>%s</span><small title="%s">%s</small><span class=where>%s</span></summary><div>`+"\n", strings.ReplaceAll(rule, "-", " "),
			strideWords(f.STRIDE), strideInitials(f.STRIDE), strconv.Itoa(len(list)))
		h.raw(`<div class="shared">`)
		h.remedies(f)
		var refs []string
		for _, c := range f.CWE {
			refs = append(refs, "CWE-"+strconv.Itoa(c))
		}
		if refs = append(refs, f.References...); len(refs) > 0 {
			h.put("<h3>References</h3><p>%s</p>\n", strings.Join(refs, ", "))
		}
		h.raw("</div><h3>Where</h3><ul>")
		for _, f := range list {
			h.raw("<li>" + severityBadge(cmp.Or(h.numbers[f.ID], string(f.Severity)), f.Severity) + " ")
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
	h.endList()
}

func (h *htmlReport) pathItems() {
	h.list("paths", "Attack paths", "The shortest way from each place where attackers begin to each thing worth having, if every program on it can be taken over.", "from worth", "Worth", "From and to", "Steps", "")
	for _, p := range h.g.Paths {
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
	h.endList()
}

func (h *htmlReport) questionItems() {
	h.list("questions", "Questions", "What the code does not tell. For those who know the system, first those whose answer weighs most.", "severity boundary team", "If not", "Question", "", "")
	for _, q := range h.g.Questions {
		shows, x, _ := h.subject(q.Subject)
		x.severity = []string{string(q.Severity)}
		h.put(`<details class=item id="%s"`, elementID("question-", q.ID))
		h.facets(x)
		h.shows(shows)
		h.raw("><summary><span>" + severityBadge(string(q.Severity), q.Severity) + "</span>")
		h.put(`<span class=name>%s</span><span></span><span></span></summary><div><p>%s</p><dl>`, q.Text, q.Why)
		if h.index.Component[q.Subject] != nil {
			h.raw("<dt>About</dt><dd>")
			h.componentLink(q.Subject)
			h.raw("</dd>")
		}
		h.fact("Address", q.Address)
		h.fact("Decides", q.Rule)
		h.raw("</dl></div></details>\n")
	}
	h.endList()
}

func (h *htmlReport) componentItems() {
	h.list("components", "Components", "", "severity stride kind boundary team exposure status", "Findings", "Name", "Exposure", "Stands in")
	for _, c := range h.g.Components {
		h.componentItem(c)
	}
	h.endList()
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
	boundary := ""
	if b := h.index.Boundary[c.Boundary]; b != nil {
		boundary = cmp.Or(b.Name, b.ID)
	}
	exposure := cmp.Or(string(c.Exposure), "unknown")
	h.put(`<details class=item id="%s" data-kind="%s" data-exposure="%s"`, elementID("c-", c.ID), string(c.Kind), exposure)
	h.facets(x)
	h.raw("><summary>")
	h.badges(h.about[c.ID])
	h.put(`<span class=name>%s <small>%s</small></span><small>%s</small><span class=where>%s</span></summary><div><dl>`, name, kindWord(c), exposure, boundary)
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
	h.linkedFindings(h.about[c.ID])
	h.flowLinks("Receives from", h.index.In[c.ID], func(f *graph.Flow) string { return f.From })
	h.flowLinks("Sends to", h.index.Out[c.ID], func(f *graph.Flow) string { return f.To })
	h.properties(c.Properties, c.Source)
	h.raw("</div></details>\n")
}

func (h *htmlReport) flowItems() {
	h.list("flows", "Flows", "", "encrypted crossing basis passage severity boundary team", "No.", "From and to", "What", "Crosses")
	if len(h.g.Flows) == 0 {
		h.raw("<p>None were found.</p>\n")
	}
	for i, f := range h.g.Flows {
		h.flowItem(i+1, f)
	}
	h.endList()
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
		strings.TrimSpace(endpoint(f)+peerWords(f)+"  "+encryptionWord(f.Encrypted)+basisWord(f)), crosses)
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
	h.list("boundaries", "Trust boundaries", "From the outermost in.", "kind severity", "Findings", "Boundary", "Trust", "Holds")
	members := map[string]int{}
	for _, c := range h.g.Components {
		members[c.Boundary]++
	}
	crossed := map[string]int{}
	for _, f := range h.g.Flows {
		for _, x := range f.Crosses {
			crossed[x.Boundary]++
		}
	}
	for _, b := range h.tree() {
		var x facets
		x.of(h.about[b.ID])
		h.put(`<details class=item id="%s" data-kind="%s"`, elementID("b-", b.ID), string(b.Kind))
		h.facets(x)
		h.raw("><summary>")
		h.badges(h.about[b.ID])
		trust := ""
		if b.Trust > 0 {
			trust = fmt.Sprintf("%d of 5", b.Trust)
		}
		h.put(`<span class=name>%s</span><small>%s</small><span class=where>%s</span></summary><div><dl>`, h.chain(b.ID), trust, plural(members[b.ID], "component", "components"))
		if b.Trust > 0 {
			h.fact("Trust", fmt.Sprintf("%d of 5: %s", b.Trust, b.TrustWhy))
		}
		h.fact("Holds", plural(members[b.ID], "component", "components")+" directly")
		h.fact("Crossed by", plural(crossed[b.ID], "flow", "flows"))
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
	h.endList()
}

func (h *htmlReport) noteItems() {
	h.list("notes", "Notes", "What was not understood, and what you can do about it.", "note", "", "What", "", "Where")
	for _, n := range h.g.Notes {
		h.put(`<details class=item data-note="%s"><summary><span></span><span class=name>%s</span><small>%s</small><span class=where>%s</span></summary><div>`,
			n.Code, n.Message, n.Code, n.Source.String())
		if n.Next != "" {
			h.put("<p>%s</p>", capital(n.Next))
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
	h.endList()
}
