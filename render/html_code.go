package render

import (
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"drawbridge/graph"
)

const (
	codeBefore, codeAfter = 1, 3 // lines around the one that evidence names
	longestLine           = 200
)

// holdsSecret reports whether a finding's evidence may show a credential: weaknesses
// CWE-259, 312, 321, 522 and 798 are about those.
func holdsSecret(f *graph.Finding) bool {
	return slices.ContainsFunc(f.CWE, func(c int) bool { return slices.Contains([]int{259, 312, 321, 522, 798}, c) })
}

// code writes some lines of a file, the named one marked. Where they may hold a
// secret, what stands in quotes or after a colon is left out: a report goes to more
// people than the code does.
func (h *htmlReport) code(at graph.Source, secret bool) {
	if h.opt.ReadFile == nil || at.File == "" || at.Line < 1 {
		return
	}
	lines, ok := h.files[at.File]
	if !ok {
		if content, err := h.opt.ReadFile(at.File); err == nil && utf8.Valid(content) {
			lines = strings.Split(strings.ReplaceAll(string(content), "\r\n", "\n"), "\n")
		}
		h.files[at.File] = lines
	}
	if at.Line > len(lines) {
		return
	}
	first, last := max(1, at.Line-codeBefore), min(len(lines), at.Line+codeAfter)
	h.raw(`<pre class="lines"><span>`)
	for n := first; n <= last; n++ {
		h.raw(strconv.Itoa(n) + "\n")
	}
	h.raw("</span><code>")
	for n := first; n <= last; n++ {
		line := lines[n-1]
		if secret {
			line = masked(line)
		}
		if len(line) > longestLine {
			line = strings.ToValidUTF8(line[:longestLine], "") + "…"
		}
		line = html.EscapeString(printable(strings.ReplaceAll(line, "\t", "  ")))
		if n == at.Line {
			line = "<mark>" + line + "</mark>"
		}
		h.raw(line + "\n")
	}
	h.raw("</code></pre>\n")
}

// masked leaves out the values of a line: what stands in quotes, and in YAML what
// follows the key.
func masked(line string) string {
	var b strings.Builder
	quote := byte(0)
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
			quote = c
			b.WriteString(string(c) + "…")
		default:
			b.WriteByte(c)
		}
	}
	line = b.String()
	if key, value, ok := strings.Cut(line, ": "); ok && !strings.ContainsAny(value, `"'{[`) {
		return key + ": …"
	}
	return line
}
