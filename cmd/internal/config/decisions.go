package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"drawbridge/analyze/custom"
	"drawbridge/analyze/rules"
	"drawbridge/analyze/stated"
	"drawbridge/graph"
)

// Rule switches a rule off or gives its findings another severity.
type Rule struct {
	Rule string `json:"rule"`
	// Match limits it to what a pattern of addresses matches.
	Match string `json:"match,omitempty"`
	// Only leaves its findings at what one of these patterns matches.
	Only     []string `json:"only,omitempty"`
	Off      bool     `json:"disabled,omitempty"`
	Severity string   `json:"severity,omitempty"`
}

// Decision is what was decided on findings of a rule.
type Decision struct {
	Rule string `json:"rule"`
	// Address is that of the resource or object, or a pattern of addresses.
	Address  string `json:"address"`
	Decision string `json:"decision"`
	Reason   string `json:"reason"`
	Owner    string `json:"owner,omitempty"`
	Ticket   string `json:"ticket,omitempty"`
	Date     string `json:"date,omitempty"`
	Until    string `json:"until,omitempty"`
}

// verbs are the decisions by the words that people write.
var verbs = map[string]graph.Status{
	"accept": graph.Accepted, "mitigate": graph.Mitigated, "transfer": graph.Transferred, "false-positive": graph.FalsePositive,
}

const verbList = "accept, mitigate, transfer, false-positive"

// Ratings are what the file says of rules, with places.
func (c *Config) Ratings() []stated.Rating {
	var out []stated.Rating
	for i, r := range c.Rules {
		out = append(out, stated.Rating{Rule: r.Rule, Match: r.Match, Only: r.Only, Off: r.Off, Severity: graph.Severity(r.Severity), Source: c.at("rules", i)})
	}
	return out
}

// Decided are the decisions of the file, with places.
func (c *Config) Decided() []stated.Decision {
	var out []stated.Decision
	for i, d := range c.Decisions {
		out = append(out, stated.Decision{
			Rule: d.Rule, Address: d.Address, Status: verbs[d.Decision], Reason: d.Reason, Owner: d.Owner, Ticket: d.Ticket, Date: d.Date, Until: d.Until,
			Source: c.at("decisions", i),
		})
	}
	return out
}

func (r *Rule) check(c *Config) error {
	switch {
	case !c.known(r.Rule):
		return fmt.Errorf("there is no rule %q; 'drawbridge rules' lists them", r.Rule)
	case r.Match != "" && len(r.Only) > 0:
		return errors.New("match and only exclude each other: write two entries")
	case count(r.Off, r.Severity != "", len(r.Only) > 0) != 1:
		return errors.New("it needs one of disabled: true, a severity, and only")
	case r.Severity != "" && graph.Severity(r.Severity).Rank() < 0:
		return fmt.Errorf("severity %q is none of %s", r.Severity, listed(graph.Severities))
	}
	return nil
}

// Blank stands in a first file for what a person has to fill in.
const Blank = "..."

func (d *Decision) check(c *Config) error {
	switch {
	case !c.known(d.Rule):
		return fmt.Errorf("there is no rule %q; 'drawbridge rules' lists them", d.Rule)
	case d.Address == "":
		return errors.New("address is missing: that of the resource, as the report shows it, or a pattern")
	case verbs[d.Decision] == "":
		return fmt.Errorf("decision %q is none of %s", d.Decision, verbList)
	case d.Reason == "":
		return errors.New("reason is missing: those who come after you will ask")
	case d.Reason == Blank || d.Owner == Blank:
		return fmt.Errorf("reason and owner are still %q: write who decided, and why", Blank)
	}
	for _, date := range []string{d.Date, d.Until} {
		if date != "" && !isDate(date) {
			return fmt.Errorf("%q is no date; write it as 2027-01-31", date)
		}
	}
	if d.Date != "" && d.Until != "" && d.Until < d.Date {
		return fmt.Errorf("it ends on %s, before it was made on %s", d.Until, d.Date)
	}
	return nil
}

// count tells how many of some conditions hold.
func count(conditions ...bool) int {
	n := 0
	for _, holds := range conditions {
		if holds {
			n++
		}
	}
	return n
}

// known reports whether there is a rule, drawbridge's own or one of the file's.
func (c *Config) known(rule string) bool {
	return rule == "*" || rules.ByID(rule) != nil || slices.ContainsFunc(c.compiled, func(r *custom.Compiled) bool { return r.ID == rule })
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// inline is a decision that stands in a comment beside what it is about:
//
//	# drawbridge:accept unlogged-edge the platform's own logs are enough, by alice, until 2027-01-31
var inline = regexp.MustCompile(`(?:#|//)\s*drawbridge:([a-z-]+)(?:\s+(\S+))?(?:\s+(.*?))?\s*$`)

// untilIn finds the end date at the end of a reason.
var untilIn = regexp.MustCompile(`,?\s*\buntil\s+(\d{4}-\d{2}-\d{2})$`)

// byIn finds who decided, at the end of a reason.
var byIn = regexp.MustCompile(`,\s*by\s+([^,]+)$`)

// comment finds lines that hold nothing but a comment, or nothing at all.
var comment = regexp.MustCompile(`^\s*(?:$|#|//)`)

// Inline returns the decisions that stand as comments in a file: each is about the
// line that it stands on, or where the line has nothing else, about the next one that has.
// What looks like a decision and is none becomes a note.
func (c *Config) Inline(name string, lines []string) (out []stated.Decision, notes []graph.Note) {
	for i, line := range lines {
		m := inline.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		at := graph.Source{File: name, Line: i + 1}
		problem := ""
		switch {
		case verbs[m[1]] == "":
			problem = fmt.Sprintf("drawbridge:%s is none of %s", m[1], verbList)
		case !c.known(m[2]):
			problem = fmt.Sprintf("there is no rule %q", m[2])
		case m[3] == "":
			problem = "the decision has no reason"
		}
		if problem != "" {
			notes = append(notes, graph.Note{Code: "unread-decision", Source: at, Message: problem, Next: "write '# drawbridge:accept RULE REASON, until 2027-01-31'"})
			continue
		}
		d := stated.Decision{Rule: m[2], Status: verbs[m[1]], Reason: m[3], At: at, Source: at}
		if u := untilIn.FindStringSubmatch(d.Reason); u != nil && isDate(u[1]) {
			d.Until, d.Reason = u[1], d.Reason[:len(d.Reason)-len(u[0])]
		}
		if by := byIn.FindStringSubmatch(d.Reason); by != nil {
			d.Owner, d.Reason = by[1], d.Reason[:len(d.Reason)-len(by[0])]
		}
		if comment.MatchString(line) {
			if next := slices.IndexFunc(lines[i+1:], func(l string) bool { return !comment.MatchString(l) }); next >= 0 {
				d.At.Line = i + 2 + next
			}
		}
		out = append(out, d)
	}
	return out, notes
}
