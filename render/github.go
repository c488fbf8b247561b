package render

import (
	"fmt"
	"io"
	"strings"

	"drawbridge/graph"
)

// mostAnnotations is how many annotations of one level GitHub keeps of a step.
const mostAnnotations = 10

// GitHub writes the open findings of a model as workflow commands, which GitHub Actions
// shows as annotations beside the code:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
// Below is where the model's directory lies in the repository. Names can hold no further command.
func GitHub(w io.Writer, g *graph.Graph, below string) error {
	return annotations(w, problemsOf(g, below))
}

// ChangeGitHub writes what a change makes worse as workflow commands.
func ChangeGitHub(w io.Writer, c *graph.Change, below string) error {
	return annotations(w, changeProblems(c, below))
}

func annotations(w io.Writer, list []problem) error {
	var b strings.Builder
	count := map[string]int{}
	for _, p := range list {
		level := annotationLevel(p.severity)
		if p.state != problemOpen {
			continue
		}
		if count[level]++; count[level] > mostAnnotations {
			continue
		}
		b.WriteString("::" + level + " title=" + commandProperty(p.title))
		if p.at.File != "" {
			b.WriteString(",file=" + commandProperty(p.at.File))
			if p.at.Line > 0 {
				fmt.Fprintf(&b, ",line=%d", p.at.Line)
			}
		}
		text := p.text
		if text == "" {
			text = p.title
		}
		b.WriteString("::" + commandData(text) + "\n")
	}
	for _, level := range []string{"error", "warning", "notice"} {
		if more := count[level] - mostAnnotations; more > 0 {
			fmt.Fprintf(&b, "%d more of level %s have no room: GitHub keeps %d of a step\n", more, level, mostAnnotations)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func annotationLevel(s graph.Severity) string {
	switch s {
	case graph.Critical, graph.High:
		return "error"
	case graph.Medium:
		return "warning"
	}
	return "notice"
}

// commandData escapes the text of a workflow command as its parser undoes it.
func commandData(s string) string { return strings.ReplaceAll(printable(s), "%", "%25") }

// commandProperty escapes a property, which a comma or a colon would end.
func commandProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(commandData(s))
}
