package graph

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

type textWriter struct{ bytes.Buffer }

func (w *textWriter) line(words ...string) {
	w.WriteString(strings.Join(words, " "))
	w.WriteByte('\n')
}

// detail writes an indented line: a keyword that stands as it is, then words.
func (w *textWriter) detail(keyword string, words ...string) {
	w.WriteByte('\t')
	w.WriteString(keyword)
	for _, s := range words {
		w.WriteByte(' ')
		w.WriteString(quote(s))
	}
	w.WriteByte('\n')
}

// optional writes a detail unless its value is the one that Parse assumes.
func (w *textWriter) optional(keyword, value, assumed string) {
	if value != assumed {
		w.detail(keyword, value)
	}
}

func (w *textWriter) number(keyword string, n int) {
	if n != 0 {
		w.detail(keyword, strconv.Itoa(n))
	}
}

func (w *textWriter) list(keyword string, values []string) {
	for _, v := range values {
		w.detail(keyword, v)
	}
}

func (w *textWriter) pairs(keyword string, values map[string]string) {
	for _, k := range slices.Sorted(maps.Keys(values)) {
		w.detail(keyword, k, values[k])
	}
}

func (w *textWriter) evidence(list []Evidence) { w.reasons("because", list) }

func (w *textWriter) reasons(keyword string, list []Evidence) {
	for _, e := range list {
		w.detail(keyword, evidenceWords(e)...)
		w.optional("fix", e.Fix, "")
	}
}

func (w *textWriter) properties(facts map[Property]Fact) {
	for _, p := range slices.Sorted(maps.Keys(facts)) {
		f := facts[p]
		w.property(p, f.Value, f.Evidence)
		for _, e := range f.Also {
			w.property(p, f.Value, e)
		}
	}
}

func (w *textWriter) property(p Property, v Truth, e Evidence) {
	words := []string{string(p), v.String()}
	if e.File != "" || e.Line != 0 || e.Address != "" || e.Why != "" {
		words = append(words, evidenceWords(e)...)
	}
	w.detail("property", words...)
	w.optional("fix", e.Fix, "")
}

func (w *textWriter) component(c *Component) {
	assumed := newComponent(c.ID)
	head := []string{"component", quote(c.ID)}
	if c.Kind != assumed.Kind || c.Technology != assumed.Technology {
		head = append(head, quote(string(c.Kind)))
		if c.Technology != "" {
			head = append(head, quote(string(c.Technology)))
		}
	}
	w.line(appendIn(head, c.Boundary)...)
	w.optional("name", c.Name, assumed.Name)
	w.optional("label", c.Label, "")
	w.optional("address", c.Address, assumed.Address)
	w.optional("at", place(c.Source), "")
	w.number("replicas", c.Replicas)
	w.list("part", c.Parts)
	w.properties(c.Properties)
	w.pairs("attribute", c.Attributes)
	w.pairs("tag", c.Tags)
	w.reasons("stated", c.Stated)
	w.optional("exposure", string(c.Exposure), "")
	if len(c.ExposedBy) > 0 {
		w.detail("exposed-by", c.ExposedBy...)
	}
}

func (w *textWriter) boundary(b *Boundary) {
	assumed := newBoundary(b.ID)
	head := []string{"boundary", quote(b.ID)}
	if b.Kind != assumed.Kind {
		head = append(head, quote(string(b.Kind)))
	}
	w.line(appendIn(head, b.Parent)...)
	w.optional("name", b.Name, assumed.Name)
	w.optional("label", b.Label, "")
	w.optional("address", b.Address, assumed.Address)
	w.optional("at", place(b.Source), "")
	w.list("part", b.Parts)
	w.properties(b.Properties)
	w.pairs("attribute", b.Attributes)
	if b.TrustWhy != "" {
		w.detail("trust", strconv.Itoa(b.Trust), b.TrustWhy)
	} else {
		w.number("trust", b.Trust)
	}
}

func appendIn(head []string, outer string) []string {
	if outer == "" {
		return head
	}
	return append(head, "in", quote(outer))
}

func (w *textWriter) flow(f *Flow) {
	head := []string{"flow", quote(f.From), "->", quote(f.To)}
	service, plain := serviceWord(f)
	if service != "" {
		head = append(head, service)
	}
	if f.Basis != Declared {
		head = append(head, "("+string(f.Basis)+")")
	}
	w.line(head...)
	w.optional("id", f.ID, FlowID(f.From, f.To, f.Protocol, f.Port, f.Basis))
	if !plain {
		w.optional("protocol", f.Protocol, "")
		w.number("port", f.Port)
		w.number("port-end", f.PortEnd)
	}
	w.optional("passage", string(f.Passage), "")
	w.optional("encrypted", f.Encrypted.String(), "unknown")
	w.optional("authenticated", f.Authenticated.String(), "unknown")
	w.optional("carries", f.Carries, "")
	w.list("peer", f.Peers)
	w.evidence(f.Evidence)
	for _, x := range f.Crosses {
		w.detail("crosses", crossingWord(x.Into), x.Boundary)
	}
	for _, c := range f.Controls {
		w.detail("control", append([]string{string(c.Name)}, evidenceWords(c.Evidence)...)...)
	}
}

func crossingWord(into bool) string {
	if into {
		return "into"
	}
	return "out-of"
}

func (w *textWriter) grant(r *Grant) {
	head := []string{"grant", quote(r.From), "=>", quote(r.To), quote(r.How)}
	if r.Does != "" {
		head = append(head, "("+string(r.Does)+")")
	}
	w.line(head...)
	w.optional("id", r.ID, GrantID(r.From, r.To, r.How))
	if r.Wildcard {
		w.detail("wildcard")
	}
	w.optional("scope", r.Scope, "")
	w.optional("condition", r.Condition, "")
	w.evidence(r.Evidence)
}

func (w *textWriter) finding(f *Finding) {
	head := []string{"finding", quote(string(f.Severity)), quote(f.Rule), quote(f.Subject)}
	assumed := FindingID(f.Rule, f.Subject, "")
	if detail, ok := strings.CutPrefix(f.ID, assumed+"#"); ok && detail != "" {
		head = append(head, quote(detail))
		assumed = f.ID
	}
	w.line(head...)
	w.optional("id", f.ID, assumed)
	w.optional("title", f.Title, "")
	w.optional("address", f.Address, "")
	w.number("likelihood", f.Likelihood)
	w.number("impact", f.Impact)
	for _, x := range f.Factors {
		w.detail("factor", x.Name, fmt.Sprintf("%+d", x.Effect), x.Why)
	}
	if len(f.STRIDE) > 0 {
		w.detail("stride", asStrings(f.STRIDE)...)
	}
	if len(f.CWE) > 0 {
		words := make([]string, len(f.CWE))
		for i, n := range f.CWE {
			words[i] = strconv.Itoa(n)
		}
		w.detail("cwe", words...)
	}
	w.list("reference", f.References)
	w.optional("threat", f.Threat, "")
	w.list("mitigation", f.Mitigations)
	w.optional("verify", f.Verify, "")
	w.optional("false-if", f.FalseIf, "")
	w.evidence(f.Evidence)
	if f.StatusWhy != "" {
		w.detail("status", string(f.Status), f.StatusWhy)
	} else {
		w.optional("status", string(f.Status), "")
	}
}

func asStrings[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

func (w *textWriter) path(p *Path) {
	w.line("path", quote(p.From), "~>", quote(p.To))
	w.optional("id", p.ID, PathID(p.From, p.To))
	if p.Why != "" {
		w.detail("worth", strconv.Itoa(p.Worth), p.Why)
	} else {
		w.number("worth", p.Worth)
	}
	for _, s := range p.Steps {
		words := []string{s.From, s.To, s.By, strconv.Itoa(s.Paths), s.How}
		if s.Evidence != (Evidence{}) {
			words = append(words, evidenceWords(s.Evidence)...)
		}
		w.detail("step", words...)
		w.optional("fix", s.Evidence.Fix, "")
	}
}

func (w *textWriter) question(q *Question) {
	w.line("question", quote(string(q.Severity)), quote(q.Rule), quote(q.Subject))
	w.optional("id", q.ID, QuestionID(q.Rule, q.Subject))
	w.optional("address", q.Address, "")
	w.optional("text", q.Text, "")
	w.optional("why", q.Why, "")
	w.optional("asks", q.Asks, "")
}

func (w *textWriter) decision(d Decision) {
	w.line("decision", quote(string(d.Status)), quote(d.Rule), quote(d.Address), quote(string(d.State)))
	w.optional("at", place(d.Source), "")
	w.optional("date", d.Date, "")
	w.optional("until", d.Until, "")
	w.optional("owner", d.Owner, "")
	w.optional("ticket", d.Ticket, "")
	w.optional("reason", d.Reason, "")
}

func (w *textWriter) note(n Note) {
	head := []string{"note", quote(n.Code)}
	for _, s := range evidenceWords(EvidenceAt(n.Source, n.Address, n.Message)) {
		head = append(head, quote(s))
	}
	w.line(head...)
	w.optional("next", n.Next, "")
}

func (w *textWriter) coverage(c Coverage) {
	head := []string{"coverage", quote(c.Input)}
	for _, x := range coverageCounts(&c) {
		if *x.count != 0 {
			head = append(head, x.name, strconv.Itoa(*x.count))
		}
	}
	w.line(head...)
	for _, t := range slices.Sorted(maps.Keys(c.UnknownTypes)) {
		w.detail("unknown-type", t, strconv.Itoa(c.UnknownTypes[t]))
	}
}

type coverageCount struct {
	name  string
	count *int
}

func coverageCounts(c *Coverage) []coverageCount {
	return []coverageCount{
		{"files", &c.Files}, {"read", &c.Read}, {"modelled", &c.Modelled}, {"ignored", &c.Ignored}, {"unknown", &c.Unknown}, {"noted", &c.Noted},
	}
}
