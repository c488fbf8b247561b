package stated

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"drawbridge/graph"
)

// Decision is what people decided on findings: that they are accepted, mitigated where
// code does not show it, another's, or no weakness at all.
type Decision struct {
	Rule string // a rule's ID, or "*" for all
	// Address is a pattern of the addresses or identifiers of what findings are about.
	// A decision that stands beside code has At instead: the place that it is about.
	Address string
	At      graph.Source
	Status  graph.Status
	Reason  string
	Owner   string
	Ticket  string
	Date    string // the day on which it was made
	// Until is the last day on which it holds ("2027-01-31"), "" for no end.
	Until  string
	Source graph.Source // where it was written
}

// Rating changes a rule: it is off, or its findings have another severity, where the
// pattern of addresses matches ("" for everywhere); or it holds only where one of Only matches.
type Rating struct {
	Rule     string
	Match    string
	Only     []string
	Off      bool
	Severity graph.Severity
	Source   graph.Source
}

// Decide rates findings anew and gives each the status that was decided. Today is the
// day to compare dates with ("2026-11-24"): a decision that is past its date leaves its
// findings open, with a note; one that no finding is about is noted, too.
func Decide(g *graph.Graph, ratings []Rating, decisions []Decision, today string) {
	x := graph.NewIndex(g)
	for _, r := range ratings {
		rate(g, x, r)
	}
	for _, d := range decisions {
		decide(g, x, d, today)
	}
	g.Sort()
}

func rate(g *graph.Graph, x *graph.Index, r Rating) {
	for _, pattern := range append(slices.Clone(r.Only), r.Match) {
		if pattern != "" && !namesAnything(g, pattern) {
			unmatched(g, r.Source, fmt.Sprintf("%s, for rule %s,", pattern, r.Rule))
		}
	}
	p := Pattern(orAll(r.Match))
	concerns := func(f *graph.Finding) bool { return (r.Rule == "*" || f.Rule == r.Rule) && about(x, f, p) }
	if len(r.Only) > 0 {
		g.Findings = slices.DeleteFunc(g.Findings, func(f *graph.Finding) bool {
			return concerns(f) && !slices.ContainsFunc(r.Only, func(only string) bool { return about(x, f, Pattern(only)) })
		})
		return
	}
	if r.Off {
		g.Findings = slices.DeleteFunc(g.Findings, concerns)
		return
	}
	for _, f := range g.Findings {
		if concerns(f) && f.Severity != r.Severity {
			f.Factors = append(f.Factors, graph.Factor{Name: FactorStated, Why: fmt.Sprintf("rated %s instead of %s, as stated in %s", r.Severity, f.Severity, r.Source)})
			f.Severity = r.Severity
		}
	}
}

// FactorStated is the name of the factor that tells of a severity that a person gave.
const FactorStated = "stated"

func orAll(pattern string) string {
	if pattern == "" {
		return "*"
	}
	return pattern
}

// namesAnything reports whether a pattern of addresses means any element of a model.
func namesAnything(g *graph.Graph, pattern string) bool {
	p := Pattern(pattern)
	return slices.ContainsFunc(g.Components, func(c *graph.Component) bool { return names(p, c) }) ||
		slices.ContainsFunc(g.Boundaries, func(b *graph.Boundary) bool { return namesBoundary(p, b) }) ||
		slices.ContainsFunc(g.Findings, func(f *graph.Finding) bool { return p.MatchString(f.Address) || p.MatchString(f.Subject) })
}

// about reports whether a finding is about what a pattern of addresses matches.
func about(x *graph.Index, f *graph.Finding, p *regexp.Regexp) bool {
	if p.MatchString(f.Address) || p.MatchString(f.Subject) {
		return true
	}
	if c := x.Component[f.Subject]; c != nil {
		return names(p, c)
	}
	b := x.Boundary[f.Subject]
	return b != nil && (p.MatchString(b.Address) || p.MatchString(b.Name) || slices.ContainsFunc(b.Parts, p.MatchString))
}

// standsAt reports whether a finding is about a place: that of its subject, or of
// evidence on the resource to change.
func standsAt(x *graph.Index, f *graph.Finding, at graph.Source) bool {
	if c := x.Component[f.Subject]; c != nil && c.Source == at {
		return true
	}
	if b := x.Boundary[f.Subject]; b != nil && b.Source == at {
		return true
	}
	return slices.ContainsFunc(f.Evidence, func(e graph.Evidence) bool { return e.Source() == at })
}

func decide(g *graph.Graph, x *graph.Index, d Decision, today string) {
	pattern := Pattern(orAll(d.Address))
	var found []*graph.Finding
	for _, f := range g.Findings {
		switch {
		case d.Rule != "*" && f.Rule != d.Rule:
		case d.At.IsZero() && !about(x, f, pattern):
		case !d.At.IsZero() && !standsAt(x, f, d.At):
		default:
			found = append(found, f)
		}
	}
	where := d.Address
	if !d.At.IsZero() {
		where = d.At.String()
	}
	made := graph.Decision{
		Rule: d.Rule, Address: d.Address, Status: d.Status, Reason: d.Reason, Owner: d.Owner, Ticket: d.Ticket, Date: d.Date, Until: d.Until, State: graph.DecisionHolds, Source: d.Source,
	}
	defer func() { g.Decisions = append(g.Decisions, made) }()
	switch {
	case len(found) == 0:
		made.State = graph.DecisionUnused
		g.Notes = append(g.Notes, graph.Note{
			Code: "unused-decision", Source: d.Source, Message: fmt.Sprintf("the decision on %s at %s is about nothing that was found", d.Rule, where),
			Next: "take it out if the weakness is gone, else compare rule and address with the report",
		})
		return
	case d.Until != "" && d.Until < today:
		made.State = graph.DecisionExpired
		g.Notes = append(g.Notes, graph.Note{
			Code: "expired-decision", Source: d.Source, Message: fmt.Sprintf("the decision on %s at %s held until %s", d.Rule, where, d.Until),
			Next: "decide anew: the finding is open again",
		})
		return
	}
	for _, f := range found {
		if f.Status == graph.Open || f.Status == "" { // the first decision counts
			f.Status, f.StatusWhy = d.Status, d.why()
		}
	}
}

// why is the reason with who gave it, how long it holds and where it stands.
func (d Decision) why() string {
	var more []string
	if d.Owner != "" {
		more = append(more, "by "+d.Owner)
	}
	if d.Date != "" {
		more = append(more, "on "+d.Date)
	}
	if d.Until != "" {
		more = append(more, "until "+d.Until)
	}
	if d.Ticket != "" {
		more = append(more, d.Ticket)
	}
	if !d.Source.IsZero() {
		more = append(more, d.Source.String())
	}
	if len(more) == 0 {
		return d.Reason
	}
	return d.Reason + " (" + strings.Join(more, ", ") + ")"
}
