package cli

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"drawbridge/analyze"
	"drawbridge/analyze/custom"
	"drawbridge/analyze/stated"
	"drawbridge/cmd/internal/config"
	"drawbridge/extract"
	"drawbridge/graph"
	"drawbridge/render"
)

// settings are what a tree's configuration says of its model.
type settings struct {
	config      *config.Config
	files       fs.FS // for decisions that stand beside code
	noticed     *extract.Noticed
	environment string
	model       string // the part to keep, "" for all
	today       string
}

// decisionMark is in every comment that holds a decision.
const decisionMark = "drawbridge:"

// complete is for a graph that was read and not yet analyzed: people's statements come
// to it, with notes on those about nothing. It fails where no root has the environment
// that was asked for.
func (s *settings) complete(g *graph.Graph) error {
	if err := knownEnvironment(s.config, s.environment); err != nil {
		return err
	}
	g.Notes = append(g.Notes, s.config.Unused(s.hasType(g), s.noticed.LeftOut)...)
	stated.Apply(g, s.config.Statements())
	if s.model == "" {
		return nil
	}
	if err := stated.Choose(g, s.config.Parts(), s.model, s.config.Rest()); err != nil {
		return fmt.Errorf("--model: %w", err)
	}
	return nil
}

// quotedType is how code names a resource type.
func quotedType(t string) string { return strconv.Quote(t) }

// hasType returns whether a resource type stands in what was read: in a file that was
// looked at, or in the model, for modules may lie elsewhere.
func (s *settings) hasType(g *graph.Graph) func(string) bool {
	return func(t string) bool {
		of := func(address string) bool {
			return strings.HasPrefix(address, t+".") || strings.Contains(address, "."+t+".")
		}
		return s.noticed.Held(quotedType(t)) || slices.ContainsFunc(g.Components, func(c *graph.Component) bool {
			return of(c.Address) || slices.ContainsFunc(c.Parts, of)
		})
	}
}

// analyze finds what follows from a complete graph, and what was decided on it.
func (s *settings) analyze(g *graph.Graph) {
	analyze.Run(g)
	found, notes := custom.Run(g, s.config.Custom())
	g.Findings, g.Notes = append(g.Findings, found...), append(g.Notes, notes...)
	decisions := s.config.Decided()
	for _, name := range namedFiles(g) {
		if holds, looked := s.noticed.In(name); looked && !holds {
			continue
		}
		content, err := fs.ReadFile(s.files, name)
		if err != nil || !bytes.Contains(content, []byte(decisionMark)) {
			continue // what can't be read is noted where it was to be read for more than this
		}
		beside, notes := s.config.Inline(name, strings.Split(string(content), "\n"))
		decisions = append(decisions, beside...)
		g.Notes = append(g.Notes, notes...)
	}
	stated.Decide(g, s.config.Ratings(), decisions, s.today)
	if s.model != "" { // what is said of the other parts is about nothing here
		g.Decisions = slices.DeleteFunc(g.Decisions, func(d graph.Decision) bool { return d.State == graph.DecisionUnused })
		g.Notes = slices.DeleteFunc(g.Notes, func(n graph.Note) bool { return n.Code == "unused-decision" || n.Code == "unused-statement" })
	}
}

// namedFiles are the files that a graph has places in, sorted.
func namedFiles(g *graph.Graph) []string {
	seen := map[string]bool{}
	for _, c := range g.Components {
		seen[c.Source.File] = true
	}
	for _, b := range g.Boundaries {
		seen[b.Source.File] = true
	}
	for _, f := range g.Flows {
		for _, e := range f.Evidence {
			seen[e.File] = true
		}
	}
	for _, f := range g.Findings {
		for _, e := range f.Evidence {
			seen[e.File] = true
		}
	}
	var out []string
	for name := range seen {
		if fs.ValidPath(strings.TrimLeft(name, "./")) && name != "" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// name gives a report the system's own name.
func (s *settings) name(opt *render.Options) {
	system := s.config.System
	if system == nil {
		return
	}
	if system.Name != "" {
		opt.Title = system.Name
	}
	opt.Subtitle = system.Description
	if system.Owner != "" {
		opt.Subtitle = strings.TrimSpace(opt.Subtitle + " Owner: " + system.Owner + ".")
	}
}

// today is the day that decisions are held against: SOURCE_DATE_EPOCH, where it is set,
// makes a run repeatable.
func (p Process) today() string {
	now := time.Now()
	if epoch, err := strconv.ParseInt(p.environ()["SOURCE_DATE_EPOCH"], 10, 64); err == nil {
		now = time.Unix(epoch, 0)
	}
	return now.UTC().Format(time.DateOnly)
}
