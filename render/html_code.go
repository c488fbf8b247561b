package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"drawbridge/graph"
)

const (
	codeBefore, codeAfter = 2, 6 // lines around one that is cited
	longestLine           = 200
)

// excerpts are the lines of the input that a report cites. Each stands in it once.
type excerpts struct {
	read   func(name string) ([]byte, error) // nil for no lines at all
	secret map[graph.Source]bool             // places where a credential stands
	files  map[string]*excerptFile
	order  []*excerptFile
}

type excerptFile struct {
	name   string
	number int      // in the order of their first place in the report
	lines  []string // nil for what could not be read
	cited  map[int]bool
	masked map[int]bool // lines that may hold a secret, nil before the first is shown
}

// cite returns the anchor of a place, "" where its lines can't be shown.
func (x *excerpts) cite(at graph.Source) string {
	if x.read == nil || at.File == "" || at.Line < 1 {
		return ""
	}
	f := x.files[at.File]
	if f == nil {
		f = &excerptFile{name: at.File, number: len(x.order), cited: map[int]bool{}}
		if content, err := x.read(at.File); err == nil && utf8.Valid(content) {
			f.lines = strings.Split(strings.ReplaceAll(string(content), "\r\n", "\n"), "\n")
		}
		if x.files == nil {
			x.files = map[string]*excerptFile{}
		}
		x.files[at.File] = f
		x.order = append(x.order, f)
	}
	if at.Line > len(f.lines) {
		return ""
	}
	f.cited[at.Line] = true
	return fmt.Sprintf("L%d-%d", f.number, at.Line)
}

// line is one that a place names, as it is shown; "" where it can't be.
func (x *excerpts) line(at graph.Source) string {
	if x.cite(at) == "" {
		return ""
	}
	return x.files[at.File].shown(at.Line, x.secret)
}

// shown is a line as a report shows it. One that may hold a secret goes without its
// values: a report goes to more people than the code does.
func (f *excerptFile) shown(line int, secret map[graph.Source]bool) string {
	if f.masked == nil {
		f.masked = f.besideSecrets(secret)
	}
	text := f.lines[line-1]
	if f.masked[line] || namesSecret.MatchString(text) {
		text = maskedLine(text)
	}
	if len(text) > longestLine {
		text = strings.ToValidUTF8(text[:longestLine], "") + "…"
	}
	return printable(strings.ReplaceAll(text, "\t", "  "))
}

// codeSection is for the excerpts of each file, which scripts put there: without any,
// lines stand beside what cites them.
func (h *htmlReport) codeSection() {
	h.section("code", "Code", "The lines that the report cites, with some around them. Values of what may be a credential are left out.")
	h.raw("<noscript><p>Shown where scripts run. The lines that findings rest on stand beside them.</p></noscript>\n")
	h.end()
	for _, f := range h.code.order {
		packed := packedFile{Name: f.name, Cited: sortedKeys(f.cited)}
		for _, r := range f.ranges() {
			var b strings.Builder
			for line := r[0]; line <= r[1]; line++ {
				b.WriteString(f.shown(line, h.code.secret) + "\n")
			}
			packed.Ranges = append(packed.Ranges, packedRange{r[0], b.String()})
		}
		h.packed.Code = append(h.packed.Code, packed)
	}
}

// ranges are the first and last lines to show, ascending and apart.
func (f *excerptFile) ranges() [][2]int {
	var out [][2]int
	for _, line := range sortedKeys(f.cited) {
		first, last := max(1, line-codeBefore), min(len(f.lines), line+codeAfter)
		if n := len(out); n > 0 && first <= out[n-1][1]+1 {
			out[n-1][1] = last
			continue
		}
		out = append(out, [2]int{first, last})
	}
	return out
}

// besideSecrets are the lines near places where a credential stands.
func (f *excerptFile) besideSecrets(secret map[graph.Source]bool) map[int]bool {
	out := map[int]bool{}
	for at := range secret {
		if at.File != f.name {
			continue
		}
		for line := at.Line - codeBefore; line <= at.Line+codeAfter; line++ {
			out[line] = true
		}
	}
	return out
}

// secretPlaces are where findings about credentials, and components with one in their
// configuration, say that it stands. Weaknesses CWE-259, 312, 321, 522 and 798 are about those.
func secretPlaces(g *graph.Graph) map[graph.Source]bool {
	out := map[graph.Source]bool{}
	for _, f := range g.Findings {
		if slices.ContainsFunc(f.CWE, func(c int) bool { return slices.Contains([]int{259, 312, 321, 522, 798}, c) }) {
			for _, e := range f.Evidence {
				out[e.Source()] = true
			}
		}
	}
	for _, c := range g.Components {
		if f := c.Properties[graph.PropSecretInConfig]; f.Value == graph.Yes {
			out[c.Source], out[f.Evidence.Source()] = true, true
		}
	}
	return out
}

// namesSecret finds a line that sets something called like a credential.
var namesSecret = regexp.MustCompile(`(?i)(passw|passwd|pwd|secret|token|credential|api_?key|access_?key|private_?key|conn(ection)?_?string).*[:=]`)

// blockHeader is the first line of a block, whose labels are names.
var blockHeader = regexp.MustCompile(`^\s*[\w-]+(\s+"[^"]*")*\s*\{\s*$`)

var assignment = regexp.MustCompile(`^([^:=]*[:=]\s*)(.*)$`)

// maskedLine leaves out the values of a line: what stands in quotes, and what is set
// without any.
func maskedLine(line string) string {
	if blockHeader.MatchString(line) {
		return line
	}
	var b strings.Builder
	quote := byte(0)
	quoted := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0 && c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
			b.WriteByte(c)
		case quote != 0:
		case c == '"' || c == '\'':
			quote, quoted = c, true
			b.WriteString(string(c) + "…")
		default:
			b.WriteByte(c)
		}
	}
	if quoted {
		return b.String()
	}
	if m := assignment.FindStringSubmatch(line); m != nil && m[2] != "" && !strings.ContainsAny(m[2][:1], "{[|>") && !isReference(m[2]) {
		return m[1] + "…"
	}
	return line
}

// isReference tells an expression that names where a value comes from.
var reference = regexp.MustCompile(`^(var|local|module|data|each|count|true|false|null)\b[\w.\[\]"-]*$`)

func isReference(value string) bool { return reference.MatchString(strings.TrimSpace(value)) }
