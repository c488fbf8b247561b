package graph

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// HistorySchemaID names the version of the JSON form of a history, as SchemaID does of
// a model's.
const HistorySchemaID = "drawbridge/history/1"

// HistorySchema is the JSON Schema (draft 2020-12) of the JSON form of a history.
//
//go:embed history.schema.json
var HistorySchema []byte

// History is how a model changed over some revisions.
type History struct {
	Schema string `json:"schema"`
	// Steps are the revisions, oldest first.
	Steps []*HistoryStep `json:"steps"`
	// Findings and Exposures are all that the revisions had: what is still there
	// first, then what is gone; within these the most severe first.
	Findings  []*Lifetime `json:"findings"`
	Exposures []*Lifetime `json:"exposures"`

	last *Graph
	// What is there now, by its ID in the last model.
	findings, exposures map[string]*Lifetime
}

// HistoryStep is what there was to see of one revision.
type HistoryStep struct {
	Revision string `json:"revision"`
	Date     string `json:"date"`
	Subject  string `json:"subject"`
	// Verdict is on the change from the step before, "" of the first one; Worse and
	// Better tell whether it says that anything gets so.
	Verdict string `json:"verdict"`
	Worse   bool   `json:"worse"`
	Better  bool   `json:"better"`

	Components int              `json:"components"`
	Boundaries int              `json:"boundaries"`
	Flows      int              `json:"flows"`
	Crossings  int              `json:"crossings"` // flows that cross a boundary
	Exposed    int              `json:"exposed"`   // components that the internet reaches
	Paths      int              `json:"paths"`     // of attack
	Findings   map[Severity]int `json:"findings"`  // open ones
}

// Open is the number of open findings.
func (s *HistoryStep) Open() int {
	n := 0
	for _, count := range s.Findings {
		n += count
	}
	return n
}

// Lifetime tells since when something is there, and until when.
type Lifetime struct {
	ID       string   `json:"id"` // the last one that it had
	Title    string   `json:"title"`
	Severity Severity `json:"severity,omitempty"` // of findings, the last one
	// FirstSeen is the revision that brought it, or the first of all: then Before is
	// true, for it may have been there before.
	FirstSeen string `json:"first_seen"`
	Before    bool   `json:"before,omitempty"`
	// Gone is the revision in which it was there no more, "" while it is.
	Gone string `json:"gone,omitempty"`
}

// NewHistory returns a history without steps.
func NewHistory() *History {
	return &History{
		Schema: HistorySchemaID, Steps: []*HistoryStep{}, Findings: []*Lifetime{}, Exposures: []*Lifetime{},
		findings: map[string]*Lifetime{}, exposures: map[string]*Lifetime{},
	}
}

// Add appends a revision with its analysed model, which is kept until the next one.
// A nil model stands for the same as before.
func (h *History) Add(revision, date, subject string, g *Graph) {
	s := &HistoryStep{Revision: revision, Date: date, Subject: subject, Findings: map[Severity]int{}}
	first := h.last == nil
	if g == nil {
		g = h.last
	}
	if g == nil {
		g = &Graph{}
	}
	s.count(g)
	base := h.last
	if first {
		base = &Graph{}
	}
	c := Diff(base, g)
	h.Findings = append(h.Findings, live(h.findings, c.HeadFinding, openFindings(g), revision, first)...)
	h.Exposures = append(h.Exposures, live(h.exposures, c.HeadID, exposures(g), revision, first)...)
	if !first {
		s.Verdict = c.Verdict()
		for _, d := range c.Deltas {
			s.Worse = s.Worse || d.Effect == Worse
			s.Better = s.Better || d.Effect == Better
		}
	}
	h.Steps = append(h.Steps, s)
	h.last = g
	h.arrange()
}

func (s *HistoryStep) count(g *Graph) {
	s.Components, s.Boundaries, s.Flows, s.Paths = len(g.Components), len(g.Boundaries), 0, len(g.Paths)
	for _, f := range g.Flows {
		if f.Basis == Permitted {
			continue
		}
		s.Flows++
		if len(f.Crosses) > 0 {
			s.Crossings++
		}
	}
	for _, c := range g.Components {
		if c.exposed() {
			s.Exposed++
		}
	}
	for _, f := range g.Findings {
		if isOpen(f) {
			s.Findings[f.Severity]++
		}
	}
}

func openFindings(g *Graph) map[string]*Lifetime {
	out := map[string]*Lifetime{}
	for _, f := range g.Findings {
		if isOpen(f) {
			out[f.ID] = &Lifetime{ID: f.ID, Title: f.Title, Severity: f.Severity}
		}
	}
	return out
}

func exposures(g *Graph) map[string]*Lifetime {
	out := map[string]*Lifetime{}
	for _, c := range g.Components {
		if c.exposed() {
			out[c.ID] = &Lifetime{ID: c.ID, Title: c.Name}
		}
	}
	return out
}

// live goes on with the lives of what is there in one more revision, and returns those that
// begin. Head tells by which ID the revision knows what the one before had.
func live(lives map[string]*Lifetime, head func(string) string, now map[string]*Lifetime, revision string, first bool) (fresh []*Lifetime) {
	before := maps.Clone(lives)
	clear(lives)
	for _, id := range slices.Sorted(maps.Keys(before)) {
		l := before[id]
		if to := now[head(id)]; to != nil && lives[to.ID] == nil {
			l.ID, l.Title, l.Severity = to.ID, to.Title, to.Severity
			lives[to.ID] = l
		} else {
			l.Gone = revision
		}
	}
	for id, l := range now {
		if lives[id] == nil {
			l.FirstSeen, l.Before = revision, first
			lives[id] = l
			fresh = append(fresh, l)
		}
	}
	return fresh
}

// arrange sorts the lives.
func (h *History) arrange() {
	place := map[string]int{}
	for i, s := range h.Steps {
		place[s.Revision] = i
	}
	for _, list := range [][]*Lifetime{h.Findings, h.Exposures} {
		slices.SortFunc(list, func(a, b *Lifetime) int {
			switch {
			case (a.Gone == "") != (b.Gone == ""):
				if a.Gone == "" {
					return -1
				}
				return 1
			case a.Severity != b.Severity:
				return b.Severity.Rank() - a.Severity.Rank()
			case a.FirstSeen != b.FirstSeen:
				return place[a.FirstSeen] - place[b.FirstSeen]
			case a.Gone != b.Gone:
				return place[a.Gone] - place[b.Gone]
			}
			return strings.Compare(a.ID, b.ID)
		})
	}
}

// ReadHistoryJSON reads the JSON form that WriteHistoryJSON wrote. No more can be added to
// such a history.
func ReadHistoryJSON(r io.Reader) (*History, error) {
	var h History
	if err := json.NewDecoder(r).Decode(&h); err != nil {
		return nil, fmt.Errorf("read a history in JSON: %w", err)
	}
	if h.Schema != HistorySchemaID {
		return nil, fmt.Errorf("read a history in JSON: its schema is %q, this version of drawbridge reads %q", h.Schema, HistorySchemaID)
	}
	return &h, nil
}

// WriteHistoryJSON writes a history in its JSON form.
func WriteHistoryJSON(w io.Writer, h *History) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(h)
}
