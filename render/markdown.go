package render

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"drawbridge/graph"
)

// Markdown writes the report: what there is, what flows where and over which
// boundary, what could go wrong, and what was not understood. It shows everything,
// whatever the options leave out of a picture; the findings have the numbers of
// [Badges].
func Markdown(w io.Writer, g *graph.Graph, opt Options) error {
	r := &report{g: g, index: graph.NewIndex(g), numbers: Badges(g)}
	r.summary(opt)
	r.findings()
	r.paths()
	r.questions()
	r.components()
	r.stated()
	r.flows()
	r.notes()
	r.coverage()
	return writeForLogs(w, r.b.String())
}

type report struct {
	b       bytes.Buffer
	g       *graph.Graph
	index   *graph.Index
	numbers map[string]string
}

func (r *report) line(format string, args ...any) { fmt.Fprintf(&r.b, format+"\n", args...) }

func (r *report) summary(opt Options) {
	title := "Threat model"
	if opt.Title != "" {
		title += ": " + markdown(opt.Title)
	}
	r.line("# %s\n", title)
	if opt.Subtitle != "" {
		r.line("%s\n", markdown(opt.Subtitle))
	}
	crossing, told := 0, matters(r.g.Findings)
	for _, f := range r.g.Flows {
		if len(f.Crosses) > 0 {
			crossing++
		}
	}
	r.line("%s, %s, %s (%d cross a boundary), %s.", plural(len(r.g.Components), "component", "components"),
		plural(len(r.g.Boundaries), "trust boundary", "trust boundaries"), plural(len(r.g.Flows), "flow", "flows"),
		crossing, plural(len(told), "finding", "findings"))
	if counts := severityCounts(told); counts != "" {
		if len(told) < len(r.g.Findings) {
			counts += ", " + inPlaces(len(told), len(r.g.Findings))
		}
		r.line("\nFindings: %s.", counts)
	}
}

func (r *report) findings() {
	r.line("\n## Findings\n")
	if len(r.g.Findings) == 0 {
		r.line("None. That says what the rules found, not that nothing can go wrong.")
		return
	}
	r.line("| No. | Severity | What | Where | STRIDE |")
	r.line("|---|---|---|---|---|")
	folded := fold(bySeverity(r.g.Findings))
	for _, like := range folded {
		f := like[0]
		r.line("| %s | %s | %s | %s | %s |", cmp.Or(r.numbers[f.ID], "–"), markdown(string(f.Severity)),
			markdown(graph.JointTitle(like)), markdown(place(f)), markdown(strideWords(f.STRIDE)))
	}
	for _, like := range folded {
		r.finding(like)
	}
}

// place is where to look first for a finding, in words: its address where no place is known.
func place(f *graph.Finding) string {
	return cmp.Or(f.Place().String(), f.Address, f.Subject)
}

func strideWords(list []graph.STRIDE) string {
	var out []string
	for _, s := range list {
		out = append(out, strings.ReplaceAll(string(s), "-", " "))
	}
	return strings.Join(out, ", ")
}

// finding writes one finding, or several like it: then what is the same of all comes
// from the first, and each has its line of places.
func (r *report) finding(like []*graph.Finding) {
	f := like[0]
	heading := markdown(graph.JointTitle(like))
	if n := r.numbers[f.ID]; n != "" {
		heading = n + ". " + heading
	}
	r.line("\n### %s\n", heading)
	facts := []string{"severity **" + markdown(string(f.Severity)) + "**"}
	if f.Likelihood > 0 && f.Impact > 0 {
		facts = append(facts, fmt.Sprintf("likelihood %d × impact %d of 5", f.Likelihood, f.Impact))
	}
	facts = append(facts, "rule "+code(f.Rule))
	if f.Address != "" {
		facts = append(facts, code(f.Address))
	}
	if f.Status != "" && f.Status != graph.Open {
		status := string(f.Status)
		if f.StatusWhy != "" {
			status += " (" + markdown(f.StatusWhy) + ")"
		}
		facts = append(facts, status)
	}
	r.line("%s", strings.Join(facts, " · "))
	if f.Threat != "" {
		r.line("\n%s", markdown(f.Threat))
	}
	if len(like) > 1 {
		r.line("\nThe places:\n")
		for _, x := range like {
			number := ""
			if n := r.numbers[x.ID]; n != "" {
				number = n + ". "
			}
			r.line("- %s%s · %s · %s", number, markdown(x.Title), code(x.Address), markdown(place(x)))
		}
	}
	r.list("What to do", f.Mitigations)
	if f.Verify != "" {
		r.line("\nTo verify: %s", markdown(f.Verify))
	}
	if f.FalseIf != "" {
		r.line("\nNo weakness if: %s", markdown(f.FalseIf))
	}
	var factors []string
	for _, x := range f.Factors {
		factors = append(factors, fmt.Sprintf("%s %+d: %s", x.Name, x.Effect, x.Why))
	}
	r.list("Why this severity", factors)
	r.list("Evidence", evidenceLines(f.Evidence))
	var refs []string
	for _, c := range f.CWE {
		refs = append(refs, "CWE-"+strconv.Itoa(c))
	}
	refs = append(refs, f.References...)
	if len(refs) > 0 {
		r.line("\nReferences: %s.", markdown(strings.Join(refs, ", ")))
	}
}

func (r *report) list(heading string, items []string) {
	if len(items) == 0 {
		return
	}
	r.line("\n%s:\n", heading)
	for _, i := range items {
		r.line("- %s", markdown(i))
	}
}

func evidenceLines(list []graph.Evidence) []string {
	var out []string
	for _, e := range list {
		var parts []string
		for _, p := range []string{e.Source().String(), e.Address, e.Why} {
			if p != "" {
				parts = append(parts, p)
			}
		}
		out = append(out, strings.Join(parts, ": "))
	}
	return out
}

// paths writes the attack paths, each as a table of steps, and the step that most
// of them take.
func (r *report) paths() {
	widest, ok := graph.WidestStep(r.g, r.g.Paths)
	if !ok {
		return
	}
	r.line("\n## Attack paths\n")
	r.line("The shortest way from each place where attackers begin to each thing worth having, if every program on it can be taken over.")
	if widest.Paths > 1 {
		r.line("\nOne change cuts %d of the %d: the step from %s, which %s.", widest.Paths, len(r.g.Paths), markdown(r.name(widest.From)), markdown(widest.How))
	}
	for _, p := range r.g.Paths {
		r.line("\n### %s to %s\n", markdown(r.name(p.From)), markdown(r.name(p.To)))
		r.line("Worth %d of 5: %s.\n", p.Worth, markdown(p.Why))
		for i, s := range p.Steps {
			why := ""
			if lines := evidenceLines([]graph.Evidence{s.Evidence}); lines[0] != "" {
				why = " (" + markdown(lines[0]) + ")"
			}
			r.line("%d. %s %s%s", i+1, markdown(r.name(s.From)), markdown(s.How), why)
		}
	}
}

func (r *report) questions() {
	if len(r.g.Questions) == 0 {
		return
	}
	r.line("\n## What we could not know\n")
	r.line("Questions for those who know the system, first those whose answer weighs most.\n")
	r.line("| Severity if not | Question | Why | Address |")
	r.line("|---|---|---|---|")
	for _, q := range r.g.Questions {
		r.line("| %s | %s | %s | %s |", markdown(string(q.Severity)), markdown(q.Text), markdown(q.Why), code(q.Address))
	}
}

// components writes a table a boundary, outside first, then the tree in depth.
func (r *report) components() {
	r.line("\n## Components")
	members := map[string][]*graph.Component{}
	for _, c := range r.g.Components {
		home := c.Boundary
		if r.index.Boundary[home] == nil {
			home = ""
		}
		members[home] = append(members[home], c)
	}
	r.table("Outside of all boundaries", "", members[""])
	for _, b := range r.tree() {
		path := []string{}
		for _, a := range slices.Backward(r.index.Ancestors(b.ID)) {
			path = append(path, boundaryTitle(a))
		}
		about := ""
		if b.Trust > 0 {
			about = fmt.Sprintf("Trust %d of 5", b.Trust)
			if b.TrustWhy != "" {
				about += ": " + b.TrustWhy
			}
			about += "."
		}
		r.table(strings.Join(path, " › "), about, members[b.ID])
	}
}

// stated lists what people said of components, which beats what was derived.
func (r *report) stated() {
	begun := false
	for _, c := range r.g.Components {
		for _, e := range c.Stated {
			if !begun {
				r.line("\n## Stated by people\n")
				r.line("What the code does not show, or shows otherwise. It beats what was derived.\n")
				begun = true
			}
			r.line("- %s: %s", code(c.Address), markdown(strings.TrimSpace(e.Why+" "+parenthesised(e.Source().String()))))
		}
	}
}

func parenthesised(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

// tree lists the boundaries, each followed by those within it.
func (r *report) tree() []*graph.Boundary {
	children := map[string][]*graph.Boundary{}
	for _, b := range r.g.Boundaries {
		parent := b.Parent
		if r.index.Boundary[parent] == nil {
			parent = ""
		}
		children[parent] = append(children[parent], b)
	}
	var out []*graph.Boundary
	seen := map[*graph.Boundary]bool{}
	var walk func(list []*graph.Boundary)
	walk = func(list []*graph.Boundary) {
		for _, b := range list {
			if !seen[b] {
				seen[b] = true
				out = append(out, b)
				walk(children[b.ID])
			}
		}
	}
	walk(children[""])
	walk(r.g.Boundaries) // those that lie within each other
	return out
}

func (r *report) table(heading, about string, members []*graph.Component) {
	if len(members) == 0 {
		return
	}
	r.line("\n### %s\n", markdown(heading))
	if about != "" {
		r.line("%s\n", markdown(about))
	}
	r.line("| Component | What | Kind | Exposure | Where | Address |")
	r.line("|---|---|---|---|---|---|")
	for _, c := range members {
		name := c.Name
		switch {
		case c.Replicas > 1:
			name += " ×" + strconv.Itoa(c.Replicas)
		case c.Replicas < 0:
			name += " ×n"
		}
		r.line("| %s | %s | %s | %s | %s | %s |", markdown(cmp.Or(name, c.ID)), markdown(kindWord(c)), markdown(string(c.Kind)),
			cmp.Or(markdown(string(c.Exposure)), "unknown"), markdown(c.Source.String()), code(c.Address))
	}
}

func (r *report) flows() {
	r.line("\n## Flows\n")
	if len(r.g.Flows) == 0 {
		r.line("None were found.")
		return
	}
	r.line("| No. | From | To | What | Encrypted | Crosses | Basis | Evidence |")
	r.line("|---|---|---|---|---|---|---|---|")
	for i, f := range r.g.Flows {
		crosses := r.crossings(f)
		why := ""
		if lines := evidenceLines(f.Evidence); len(lines) > 0 {
			why = lines[0]
			if len(lines) > 1 {
				why += fmt.Sprintf(" (and %d more)", len(lines)-1)
			}
		}
		basis := string(f.Basis)
		if f.Passage == graph.Blocked {
			basis += ", blocked by policy"
		}
		r.line("| %d | %s | %s | %s | %s | %s | %s | %s |", i+1, markdown(r.name(f.From)), markdown(r.name(f.To)),
			markdown(strings.TrimSpace(endpoint(f)+peerWords(f))), f.Encrypted, cmp.Or(markdown(strings.Join(crosses, ", ")), "–"),
			markdown(basis), markdown(why))
	}
}

// crossings says which boundaries a flow enters and leaves.
func (r *report) crossings(f *graph.Flow) []string {
	var out []string
	for _, x := range f.Crosses {
		name := x.Boundary
		if b := r.index.Boundary[x.Boundary]; b != nil {
			name = boundaryTitle(b)
		}
		if x.Into {
			out = append(out, "into "+name)
		} else {
			out = append(out, "out of "+name)
		}
	}
	return out
}

func (r *report) name(id string) string {
	if c := r.index.Component[id]; c != nil {
		return cmp.Or(c.Name, id)
	}
	return id
}

func (r *report) notes() {
	if len(r.g.Notes) == 0 {
		return
	}
	r.line("\n## Questions and limits\n")
	r.line("What was not understood, and what you can do about it.\n")
	for _, n := range r.g.Notes {
		r.line("- %s", markdown(n.String()))
	}
}

func (r *report) coverage() {
	if len(r.g.Coverage) == 0 {
		return
	}
	r.line("\n## Coverage\n")
	r.line("| Input | Files | Read | Modelled | Ignored on purpose | Not understood | Understood | Evaluated without a note |")
	r.line("|---|---|---|---|---|---|---|---|")
	for _, c := range r.g.Coverage {
		evaluated := ""
		if _, share, ok := c.Evaluated(); ok {
			evaluated = percent(share)
		}
		r.line("| %s | %d | %d | %d | %d | %s | %s | %s |", markdown(c.Input), c.Files, c.Read, c.Modelled, c.Ignored,
			markdown(unknownWords(c, 5)), percent(c.Share()), evaluated)
	}
}

// unknownWords says "3: 2 x_thing, 1 y_thing", the most frequent types first.
func unknownWords(c graph.Coverage, most int) string {
	types := sortedKeys(c.UnknownTypes)
	slices.SortStableFunc(types, func(a, b string) int { return cmp.Compare(c.UnknownTypes[b], c.UnknownTypes[a]) })
	var parts []string
	for i, t := range types {
		if i == most {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, fmt.Sprintf("%d %s", c.UnknownTypes[t], t))
	}
	s := strconv.Itoa(c.Unknown)
	if len(parts) > 0 {
		s += ": " + strings.Join(parts, ", ")
	}
	return s
}

// percent never rounds up to all.
func percent(share float64) string {
	return strconv.Itoa(int(share*100)) + "%"
}

// markdown escapes a text for use within a line or table cell: it can hold neither
// markup nor HTML, nor end the cell or line.
func markdown(s string) string {
	var b strings.Builder
	for i, r := range printable(s) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
			continue
		case r == '>':
			b.WriteString("&gt;")
			continue
		case r == '&':
			b.WriteString("&amp;")
			continue
		case r == '_' && insideWord(s, i):
			// Markdown leaves it alone there, and names are full of them.
		case strings.ContainsRune("\\`*_[]|~#!$", r), i == 0 && strings.ContainsRune("+-=", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// insideWord tells whether the byte at i has a letter or digit on both sides.
func insideWord(s string, i int) bool {
	if i == 0 || i+1 >= len(s) {
		return false
	}
	letter := func(c byte) bool {
		return c < 0x80 && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)))
	}
	return letter(s[i-1]) && letter(s[i+1])
}

// code sets a text as code, "" for none. A backtick or pipe would end it or its
// cell, so that such a text is escaped instead.
func code(s string) string {
	s = printable(s)
	switch {
	case s == "":
		return ""
	case strings.ContainsAny(s, "`|<>&") || strings.TrimSpace(s) != s:
		return markdown(s)
	}
	return "`" + s + "`"
}
