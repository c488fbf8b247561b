package chart

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"
)

// A rendered line does not tell which line of which template made it. So that it
// does, each template is changed before Helm sees it: calls of a function are put
// into its text, which print a mark that no YAML can hold, and which are taken
// out of the result again.
//
//	metadata:                        {{srcline 3 7}}metadata:
//	  name: {{ .Release.Name }}  ->  {{srcline 3 8}}  name: {{srcline 3 8}}{{ .Release.Name }}
//	{{- with .Values.a }}            {{- with .Values.a }}
//
// A mark stands where the template's own white space control leaves the text
// alone: at the beginning of a line inside of a text, or before an action, whose
// control the mark takes over. So the result without the marks is what the
// template would have given, and line numbers in errors stay right.
//
// What is printed inside of a named template (define) carries no marks, because
// callers measure, cut and compare it: it is told to come from the line that calls
// it, and so is what a value or a file of the chart brings in. A template file that
// another includes as a whole, as for a checksum, prints none there either.

// origin is where a template comes from.
type origin struct {
	file   string
	packed bool // the file is an archive that holds it
}

// trace knows the templates of one chart by number, and follows a rendering.
type trace struct {
	origins []origin
	crds    []Rendered
	budget  *budget

	// inside are the templates that are being executed, the outermost first.
	inside []int
}

// Names of the functions that marked templates call.
const (
	lineFunc  = "srcline"  // number of a template, line: prints a mark
	enterFunc = "srcenter" // number of a template: it begins
	leaveFunc = "srcleave" // it ends
	spendFunc = "srcspend" // bytes of text: a loop's body or a named template begins
)

var mark = regexp.MustCompile("\x00([0-9]+):([0-9]+)\x00")

func (t *trace) functions() map[string]any {
	return map[string]any{
		lineFunc: func(n, line int) string {
			if len(t.inside) != 1 {
				return ""
			}
			return fmt.Sprintf("\x00%d:%d\x00", n, line)
		},
		enterFunc: func(n int) string { t.inside = append(t.inside, n); return "" },
		leaveFunc: func() string { t.inside = t.inside[:max(len(t.inside)-1, 0)]; return "" },
		spendFunc: func(bytes int) (string, error) { return "", t.budget.spend(bytes) },
	}
}

// beginning is what the marked text of a template starts with.
func beginning(n int) []byte { return fmt.Appendf(nil, "{{%s %d}}", enterFunc, n) }

// mark returns a template's text with its marks, and remembers where it is from.
// The error is that it does not parse.
func (t *trace) mark(name string, content []byte, from origin) ([]byte, error) {
	n := len(t.origins)
	trees := map[string]*parse.Tree{}
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(string(content), "", "", trees); err != nil {
		return nil, err
	}
	t.origins = append(t.origins, from)
	m := marker{text: string(content), number: n}
	for _, tr := range trees {
		m.main = tr.Name == name
		if tr.Root != nil {
			m.spend(tr.Root)
			m.list(tr.Root)
		}
	}
	return fmt.Appendf(nil, "%s%s{{%s}}", beginning(n), m.apply(), leaveFunc), nil
}

// marker collects what to insert into the text of one template.
type marker struct {
	text   string
	number int
	main   bool // the tree is the file's own, not a named template's
	edits  []edit
}

type edit struct {
	pos    int
	insert string
}

func (m *marker) list(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			m.textLines(n)
		case *parse.ActionNode:
			m.action(int(n.Pos))
		case *parse.TemplateNode:
			m.action(strings.LastIndex(m.text[:n.Pos], "template"))
		case *parse.IfNode:
			m.list(n.List)
			m.list(n.ElseList)
		case *parse.WithNode:
			m.list(n.List)
			m.list(n.ElseList)
		case *parse.RangeNode:
			m.spend(n.List)
			m.list(n.List)
			m.list(n.ElseList)
		}
	}
}

// textLines marks each line that begins in a text, and the text itself.
func (m *marker) textLines(n *parse.TextNode) {
	if !m.main {
		return
	}
	start, end := int(n.Pos), int(n.Pos)+len(n.Text)
	m.line(start)
	for i := start; i < end-1; i++ {
		if m.text[i] == '\n' {
			m.line(i + 1)
		}
	}
}

func (m *marker) line(pos int) {
	m.edits = append(m.edits, edit{pos, "{{" + m.call(pos) + "}}"})
}

func (m *marker) call(pos int) string {
	return fmt.Sprintf("%s %d %d", lineFunc, m.number, 1+strings.Count(m.text[:pos], "\n"))
}

// action marks the action whose first word stands at pos.
func (m *marker) action(pos int) {
	if open := m.opening(pos); m.main && open >= 0 {
		m.edits = append(m.edits, edit{open, " " + m.call(open) + "}}{{"})
	}
}

// opening returns the place behind an action's braces and its white space
// control, -1 where they do not come right before pos.
func (m *marker) opening(pos int) int {
	if pos < 0 {
		return -1
	}
	before := strings.TrimRight(m.text[:pos], " \t\r\n")
	if strings.HasSuffix(before, "{{-") || strings.HasSuffix(before, "{{") {
		return len(before)
	}
	return -1
}

// spend makes a body count each time that it is run, by a call before all else in it.
func (m *marker) spend(body *parse.ListNode) {
	size := 0
	for _, n := range body.Nodes {
		if text, ok := n.(*parse.TextNode); ok {
			size += len(text.Text)
		}
	}
	trim := ""
	if strings.HasPrefix(m.text[body.Pos:], "{{-") {
		trim = "- " // what stands before it is not printed; nor is it before the call
	}
	m.edits = append(m.edits, edit{int(body.Pos), fmt.Sprintf("{{%s%s %d}}", trim, spendFunc, size)})
}

// apply makes the insertions. Those at one place keep their order.
func (m *marker) apply() []byte {
	slices.SortStableFunc(m.edits, func(a, b edit) int { return a.pos - b.pos })
	var out bytes.Buffer
	done := 0
	for _, e := range m.edits {
		out.WriteString(m.text[done:e.pos])
		out.WriteString(e.insert)
		done = e.pos
	}
	out.WriteString(m.text[done:])
	return out.Bytes()
}

// unmark takes the marks out of a rendered text and returns the number of the
// template, -1 where there is no mark, and the template's line for each line of
// the text. A line is told by the mark right before its first character that is
// no space, else by the last mark before it.
func unmark(text string) (clean []byte, number int, lines []int) {
	number = -1
	last := 0
	var out bytes.Buffer
	for line := range strings.Lines(text) {
		places := mark.FindAllStringSubmatchIndex(line, -1)
		own, at, blank := last, 0, true
		for _, p := range places {
			part := line[at:p[0]]
			blank = blank && strings.TrimSpace(part) == ""
			out.WriteString(part)
			at = p[1]
			number, _ = strconv.Atoi(line[p[2]:p[3]])
			last, _ = strconv.Atoi(line[p[4]:p[5]])
			if blank {
				own = last
			}
		}
		out.WriteString(line[at:])
		lines = append(lines, own)
	}
	return out.Bytes(), number, lines
}
