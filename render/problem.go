package render

import (
	"cmp"
	"path"

	"drawbridge/graph"
)

// problem is one line of the lists that continuous integration shows: a finding, or
// another difference that makes things worse or better.
type problem struct {
	id, kind string // kind is the rule of a finding, else what differs ("exposure-added")
	title    string
	text     string // more about it, "" for nothing
	severity graph.Severity
	at       graph.Source // from the top of the repository; zero where no place is known
	state    problemState
	why      string // of what is suppressed
}

// problemState says whether anybody has to do something.
type problemState int

const (
	problemOpen problemState = iota
	problemSolved
	problemSuppressed // mitigated or accepted
)

// problemsOf are the findings of a model, from the most severe down. Below is where the
// model's directory lies in its repository, for platforms tell places from there.
func problemsOf(g *graph.Graph, below string) []problem {
	var out []problem
	for _, f := range bySeverity(g.Findings) {
		out = append(out, findingProblem(f, below))
	}
	return out
}

func findingProblem(f *graph.Finding, below string) problem {
	p := problem{
		id: f.ID, kind: f.Rule, title: cmp.Or(f.Title, f.Rule), text: f.Threat, severity: f.Severity,
		at: fromTop(f.Place(), below),
	}
	if f.Settled() {
		p.state, p.why = problemSuppressed, string(f.Status)
		if f.StatusWhy != "" {
			p.why += ": " + f.StatusWhy
		}
	}
	return p
}

// changeProblems are what a change makes worse, in the order of the deltas, then what
// it makes better.
func changeProblems(c *graph.Change, below string) []problem {
	w := newWording(c)
	var worse, better []problem
	for _, d := range c.Deltas {
		if d.Effect == graph.Neutral {
			continue
		}
		p := deltaProblem(w, d, below)
		if p.state == problemSolved {
			better = append(better, p)
		} else {
			worse = append(worse, p)
		}
	}
	return append(worse, better...)
}

func deltaProblem(w *wording, d *graph.Delta, below string) problem {
	side := w.head
	if d.Change == graph.Removed {
		side = w.base
	}
	p := problem{kind: string(d.Kind) + "-" + string(d.Change), severity: deltaSeverity(d)}
	p.id = p.kind + " " + d.ID
	if f := side.findings[d.ID]; d.Kind == graph.DeltaFinding && f != nil {
		p = findingProblem(f, below)
	} else {
		r := w.row(d)
		p.title, p.text = capital(string(d.Kind))+" "+changeWord(d)+": "+r.what, r.about
	}
	if list := append(d.HeadAt[:len(d.HeadAt):len(d.HeadAt)], d.BaseAt...); len(list) > 0 {
		p.at = fromTop(list[0], below)
	}
	p.state = problemOpen
	if d.Effect == graph.Better {
		p.state = problemSolved
	}
	return p
}

// deltaSeverity rates what no rule has rated: a way for attackers above the rest.
func deltaSeverity(d *graph.Delta) graph.Severity {
	switch {
	case d.Kind == graph.DeltaFinding:
		return d.Severity
	case d.Kind == graph.DeltaExposure, d.Kind == graph.DeltaPath, d.FromInternet:
		return graph.Medium
	}
	return graph.Low
}

// fromTop tells a place from the top of the repository.
func fromTop(s graph.Source, below string) graph.Source {
	if s.File != "" {
		s.File = path.Join(below, s.File)
	}
	return s
}

// line is the title and the text as one line.
func (p problem) line() string {
	if p.text == "" || p.text == p.title {
		return p.title
	}
	return p.title + ": " + p.text
}
