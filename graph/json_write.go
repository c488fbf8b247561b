package graph

import (
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

// WriteJSON writes a graph in its JSON form. Sort it first: the order of the
// slices is the order in the arrays. Arrays are never null; strings that are no
// valid UTF-8 lose the bytes that are wrong.
//
// It gives the bytes that encoding/json gives for the tags of the fields, at a
// tenth of its cost, which would be most of the time that a large scan takes.
func WriteJSON(w io.Writer, g *Graph) error {
	j := &jsonWriter{out: w}
	j.braces(func() {
		j.text("schema", SchemaID)
		jsonArray(j, "components", g.Components, j.component)
		jsonArray(j, "boundaries", g.Boundaries, j.boundary)
		jsonArray(j, "flows", g.Flows, j.flow)
		jsonArray(j, "grants", g.Grants, j.grant)
		jsonArray(j, "findings", Join(g.Findings), j.finding)
		jsonArray(j, "paths", g.Paths, j.path)
		jsonArray(j, "questions", g.Questions, j.question)
		jsonArray(j, "notes", g.Notes, j.note)
		jsonArray(j, "coverage", g.Coverage, j.coverage)
		if len(g.Moved) > 0 {
			jsonArray(j, "moved", g.Moved, func(m Move) {
				j.text("from", m.From)
				j.text("to", m.To)
			})
		}
		if len(g.Decisions) > 0 {
			jsonArray(j, "decisions", g.Decisions, j.decision)
		}
	})
	j.buf = append(j.buf, '\n')
	j.flush()
	return j.err
}

// jsonWriter appends indented JSON. Methods that take a name write a member of
// the object that is open; the others write a value alone.
type jsonWriter struct {
	out   io.Writer
	err   error
	buf   []byte
	depth int
	empty bool // nothing stands yet in what is open
}

const jsonFlushSize = 64 << 10

func (j *jsonWriter) flush() {
	if j.err == nil {
		_, j.err = j.out.Write(j.buf)
	}
	j.buf = j.buf[:0]
}

func (j *jsonWriter) component(c *Component) {
	j.text("id", c.ID)
	j.text("kind", string(c.Kind))
	j.text("name", c.Name)
	j.text("technology", string(c.Technology))
	j.optional("label", c.Label)
	j.text("address", c.Address)
	jsonWords(j, "parts", c.Parts)
	j.text("boundary", c.Boundary)
	j.source(c.Source)
	j.optionalNumber("replicas", c.Replicas)
	j.properties(c.Properties)
	j.texts("attributes", c.Attributes)
	j.texts("tags", c.Tags)
	if len(c.Stated) > 0 {
		jsonArray(j, "stated", c.Stated, j.evidence)
	}
	j.optional("exposure", string(c.Exposure))
	if len(c.ExposedBy) > 0 {
		jsonWords(j, "exposed_by", c.ExposedBy)
	}
}

func (j *jsonWriter) boundary(b *Boundary) {
	j.text("id", b.ID)
	j.text("kind", string(b.Kind))
	j.text("name", b.Name)
	j.optional("label", b.Label)
	j.text("parent", b.Parent)
	j.text("address", b.Address)
	jsonWords(j, "parts", b.Parts)
	j.source(b.Source)
	j.properties(b.Properties)
	j.texts("attributes", b.Attributes)
	j.optionalNumber("trust", b.Trust)
	j.optional("trust_why", b.TrustWhy)
}

func (j *jsonWriter) flow(f *Flow) {
	j.text("id", f.ID)
	j.text("from", f.From)
	j.text("to", f.To)
	j.text("protocol", f.Protocol)
	j.number("port", f.Port)
	j.optionalNumber("port_end", f.PortEnd)
	j.text("basis", string(f.Basis))
	j.optional("passage", string(f.Passage))
	j.text("encrypted", f.Encrypted.String())
	j.text("authenticated", f.Authenticated.String())
	j.optional("carries", f.Carries)
	jsonWords(j, "peers", f.Peers)
	jsonArray(j, "evidence", f.Evidence, j.evidence)
	jsonArray(j, "crosses", f.Crosses, func(x Crossing) {
		j.text("boundary", x.Boundary)
		j.boolean("into", x.Into)
	})
	if len(f.Controls) > 0 {
		jsonArray(j, "controls", f.Controls, func(c Control) {
			j.text("name", string(c.Name))
			j.evidence(c.Evidence)
		})
	}
}

func (j *jsonWriter) grant(r *Grant) {
	j.text("id", r.ID)
	j.text("from", r.From)
	j.text("to", r.To)
	j.text("how", r.How)
	j.optional("does", string(r.Does))
	if r.Wildcard {
		j.boolean("wildcard", true)
	}
	j.optional("scope", r.Scope)
	j.optional("condition", r.Condition)
	jsonArray(j, "evidence", r.Evidence, j.evidence)
}

func (j *jsonWriter) finding(like []*Finding) {
	f := joint(like)
	j.text("id", f.ID)
	j.text("rule", f.Rule)
	j.text("title", f.Title)
	j.text("subject", f.Subject)
	j.text("address", f.Address)
	j.text("severity", string(f.Severity))
	j.number("likelihood", f.Likelihood)
	j.number("impact", f.Impact)
	jsonArray(j, "factors", f.Factors, j.factor)
	jsonWords(j, "stride", f.STRIDE)
	j.array("cwe", len(f.CWE), func(i int) { j.integer(f.CWE[i]) })
	jsonWords(j, "references", f.References)
	j.text("threat", f.Threat)
	jsonWords(j, "mitigations", f.Mitigations)
	j.optional("verify", f.Verify)
	j.optional("false_if", f.FalseIf)
	jsonArray(j, "evidence", f.Evidence, j.evidence)
	j.optional("status", string(f.Status))
	j.optional("status_why", f.StatusWhy)
	if len(f.Places) > 0 {
		jsonArray(j, "places", f.Places, j.findingPlace)
	}
}

func (j *jsonWriter) factor(x Factor) {
	j.text("name", x.Name)
	j.number("effect", x.Effect)
	j.text("why", x.Why)
}

func (j *jsonWriter) findingPlace(p FindingPlace) {
	j.text("id", p.ID)
	j.text("title", p.Title)
	j.text("subject", p.Subject)
	j.text("address", p.Address)
	j.optional("threat", p.Threat)
	if len(p.Factors) > 0 {
		jsonArray(j, "factors", p.Factors, j.factor)
	}
	if len(p.Mitigations) > 0 {
		jsonWords(j, "mitigations", p.Mitigations)
	}
	jsonArray(j, "evidence", p.Evidence, j.evidence)
}

func (j *jsonWriter) path(p *Path) {
	j.text("id", p.ID)
	j.text("from", p.From)
	j.text("to", p.To)
	j.number("worth", p.Worth)
	j.text("why", p.Why)
	jsonArray(j, "steps", p.Steps, func(s Step) {
		j.text("from", s.From)
		j.text("to", s.To)
		j.text("by", s.By)
		j.text("how", s.How)
		j.number("paths", s.Paths)
		if s.Evidence != (Evidence{}) {
			j.object("evidence", func() { j.evidence(s.Evidence) })
		}
	})
}

func (j *jsonWriter) question(q *Question) {
	j.text("id", q.ID)
	j.text("rule", q.Rule)
	j.text("subject", q.Subject)
	j.text("address", q.Address)
	j.text("text", q.Text)
	j.text("why", q.Why)
	j.text("severity", string(q.Severity))
	j.optional("asks", q.Asks)
}

func (j *jsonWriter) decision(d Decision) {
	j.text("rule", d.Rule)
	j.optional("address", d.Address)
	j.text("status", string(d.Status))
	j.optional("reason", d.Reason)
	j.optional("owner", d.Owner)
	j.optional("ticket", d.Ticket)
	j.optional("date", d.Date)
	j.optional("until", d.Until)
	j.text("state", string(d.State))
	j.source(d.Source)
}

func (j *jsonWriter) note(n Note) {
	j.text("code", n.Code)
	j.optional("file", n.File)
	j.optionalNumber("line", n.Line)
	j.optional("address", n.Address)
	j.text("message", n.Message)
	j.optional("next", n.Next)
}

func (j *jsonWriter) coverage(c Coverage) {
	j.text("input", c.Input)
	j.number("files", c.Files)
	j.number("read", c.Read)
	j.number("modelled", c.Modelled)
	j.number("ignored", c.Ignored)
	j.number("unknown", c.Unknown)
	j.optionalNumber("noted", c.Noted)
	if len(c.UnknownTypes) == 0 {
		return
	}
	j.object("unknown_types", func() {
		for _, name := range slices.Sorted(maps.Keys(c.UnknownTypes)) {
			j.number(name, c.UnknownTypes[name])
		}
	})
}

func (j *jsonWriter) source(s Source) {
	if s.IsZero() {
		return
	}
	j.object("source", func() {
		j.optional("file", s.File)
		j.optionalNumber("line", s.Line)
	})
}

func (j *jsonWriter) evidence(e Evidence) {
	j.optional("file", e.File)
	j.optionalNumber("line", e.Line)
	j.optional("address", e.Address)
	j.text("why", e.Why)
	j.optional("fix", e.Fix)
}

func (j *jsonWriter) properties(facts map[Property]Fact) {
	if len(facts) == 0 {
		return
	}
	j.object("properties", func() {
		for _, p := range slices.Sorted(maps.Keys(facts)) {
			f := facts[p]
			j.object(string(p), func() {
				j.text("value", f.Value.String())
				if f.Evidence != (Evidence{}) {
					j.object("evidence", func() { j.evidence(f.Evidence) })
				}
				if len(f.Also) > 0 {
					jsonArray(j, "also", f.Also, j.evidence)
				}
			})
		}
	})
}

func (j *jsonWriter) texts(name string, values map[string]string) {
	if len(values) == 0 {
		return
	}
	j.object(name, func() {
		for _, k := range slices.Sorted(maps.Keys(values)) {
			j.text(k, values[k])
		}
	})
}

func (j *jsonWriter) object(name string, members func()) {
	j.key(name)
	j.braces(members)
}

func (j *jsonWriter) braces(members func()) {
	j.open('{')
	members()
	j.close('}')
}

func (j *jsonWriter) array(name string, n int, element func(i int)) {
	j.key(name)
	j.open('[')
	for i := range n {
		j.newItem()
		element(i)
	}
	j.close(']')
}

// jsonArray writes an array of objects.
func jsonArray[T any](j *jsonWriter, name string, list []T, members func(T)) {
	j.array(name, len(list), func(i int) {
		j.braces(func() { members(list[i]) })
		if len(j.buf) >= jsonFlushSize {
			j.flush()
		}
	})
}

func jsonWords[T ~string](j *jsonWriter, name string, list []T) {
	j.array(name, len(list), func(i int) { j.quoted(string(list[i])) })
}

func (j *jsonWriter) text(name, value string) {
	j.key(name)
	j.quoted(value)
}

func (j *jsonWriter) optional(name, value string) {
	if value != "" {
		j.text(name, value)
	}
}

func (j *jsonWriter) number(name string, n int) {
	j.key(name)
	j.integer(n)
}

func (j *jsonWriter) integer(n int) { j.buf = strconv.AppendInt(j.buf, int64(n), 10) }

func (j *jsonWriter) optionalNumber(name string, n int) {
	if n != 0 {
		j.number(name, n)
	}
}

func (j *jsonWriter) boolean(name string, b bool) {
	j.key(name)
	j.buf = strconv.AppendBool(j.buf, b)
}

func (j *jsonWriter) key(name string) {
	j.newItem()
	j.quoted(name)
	j.buf = append(j.buf, ": "...)
}

func (j *jsonWriter) newItem() {
	if !j.empty {
		j.buf = append(j.buf, ',')
	}
	j.empty = false
	j.newLine()
}

func (j *jsonWriter) newLine() {
	j.buf = append(j.buf, '\n')
	for range j.depth {
		j.buf = append(j.buf, ' ', ' ')
	}
}

func (j *jsonWriter) open(bracket byte) {
	j.buf = append(j.buf, bracket)
	j.depth++
	j.empty = true
}

func (j *jsonWriter) close(bracket byte) {
	j.depth--
	if !j.empty {
		j.newLine()
	}
	j.empty = false
	j.buf = append(j.buf, bracket)
}

func (j *jsonWriter) quoted(s string) {
	b := append(j.buf, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		escape := jsonEscape(r, size)
		if escape != "" {
			b = append(append(b, s[start:i]...), escape...)
			start = i + size
		}
		i += size
	}
	b = append(b, s[start:]...)
	j.buf = append(b, '"')
}

// jsonEscape returns how a character is written in a string, "" for as it is.
// U+2028 and U+2029 are escaped for the sake of JSON that is put into JavaScript.
func jsonEscape(r rune, size int) string {
	switch {
	case r == utf8.RuneError && size == 1:
		return `\ufffd`
	case r == '"':
		return `\"`
	case r == '\\':
		return `\\`
	case r == '\b':
		return `\b`
	case r == '\f':
		return `\f`
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < ' ', r == '\u2028', r == '\u2029':
		return `\u` + strconv.FormatInt(0x10000+int64(r), 16)[1:]
	}
	return ""
}
