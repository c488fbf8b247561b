package render

import (
	"encoding/json"
	"io"

	"drawbridge/graph"
)

// GitLab writes the open findings of a model as a Code Quality report, which GitLab
// shows in merge requests: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
// Below is where the model's directory lies in the repository.
func GitLab(w io.Writer, g *graph.Graph, below string) error {
	return codeQuality(w, problemsOf(g, below))
}

// ChangeGitLab writes what a change makes worse as a Code Quality report.
func ChangeGitLab(w io.Writer, c *graph.Change, below string) error {
	return codeQuality(w, changeProblems(c, below))
}

// The parts of the report. Field names are GitLab's.
type (
	degradation struct {
		Description string              `json:"description"`
		Check       string              `json:"check_name"`
		Fingerprint string              `json:"fingerprint"`
		Severity    string              `json:"severity"`
		Location    degradationLocation `json:"location"`
	}
	degradationLocation struct {
		Path  string           `json:"path"`
		Lines degradationLines `json:"lines"`
	}
	degradationLines struct {
		Begin int `json:"begin"`
	}
)

func codeQuality(w io.Writer, list []problem) error {
	out := []degradation{}
	for _, p := range list {
		if p.state != problemOpen {
			continue
		}
		d := degradation{
			Description: printable(p.line()), Check: printable(p.kind), Fingerprint: fingerprint(p.id), Severity: gitlabSeverity(p.severity),
		}
		// Both are required: what has no place is told of the repository.
		d.Location.Path, d.Location.Lines.Begin = ".", max(p.at.Line, 1)
		if p.at.File != "" {
			d.Location.Path = printable(p.at.File)
		}
		out = append(out, d)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func gitlabSeverity(s graph.Severity) string {
	switch s {
	case graph.Critical:
		return "blocker"
	case graph.High:
		return "critical"
	case graph.Medium:
		return "major"
	case graph.Low:
		return "minor"
	}
	return "info"
}
