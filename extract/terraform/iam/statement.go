package iam

import (
	"slices"
	"strings"

	"drawbridge/graph"
)

// Allows tells whether the statement allows an action on a resource, by itself:
// it is Unknown where it does so under a condition only, or may do so in a part
// that is not known. Principals are not looked at.
func (s *Statement) Allows(action, resource string) graph.Truth {
	switch s.Effect {
	case Deny:
		return graph.No
	case Allow:
		return s.Covers(action, resource)
	}
	return both(graph.Unknown, s.Covers(action, resource))
}

// Covers is Allows for either effect: whether the statement speaks of that
// action on that resource, under its conditions.
func (s *Statement) Covers(action, resource string) graph.Truth {
	out := both(s.coversAction(action), s.coversResource(resource))
	if len(s.Conditions) > 0 {
		out = both(out, graph.Unknown)
	}
	return out
}

func (s *Statement) coversAction(action string) graph.Truth {
	match := func(list []string) graph.Truth {
		return anyOf(list, func(p string) graph.Truth {
			if text, computed := loosen(p); computed {
				return both(graph.Unknown, graph.Of(MatchAction(text, action)))
			}
			return graph.Of(MatchAction(p, action))
		})
	}
	if len(s.NotActions) > 0 {
		return match(s.NotActions).Not()
	}
	return match(s.Actions)
}

// coversResource takes a statement without resources, as trust policies have, to
// be about whatever it is attached to.
func (s *Statement) coversResource(resource string) graph.Truth {
	match := func(list []string) graph.Truth {
		return anyOf(list, func(p string) graph.Truth { return MatchARN(p, resource) })
	}
	switch {
	case len(s.NotResources) > 0:
		return match(s.NotResources).Not()
	case len(s.Resources) > 0:
		return match(s.Resources)
	}
	return graph.Yes
}

// anyOf is the disjunction of three-valued facts over a list.
func anyOf(list []string, f func(string) graph.Truth) graph.Truth {
	out := graph.No
	for _, e := range list {
		switch f(e) {
		case graph.Yes:
			return graph.Yes
		case graph.Unknown:
			out = graph.Unknown
		}
	}
	return out
}

// Allows tells what the document makes of an action on a resource: a deny wins
// over every allow. IAM User Guide, "Policy evaluation logic".
func (d *Document) Allows(action, resource string) graph.Truth {
	allowed, denied := graph.No, graph.No
	for i := range d.Statements {
		s := &d.Statements[i]
		covers := s.Covers(action, resource)
		maybe := both(covers, graph.Unknown)
		switch s.Effect {
		case Allow:
			allowed = either(allowed, covers)
		case Deny:
			denied = either(denied, covers)
		default:
			allowed, denied = either(allowed, maybe), either(denied, maybe)
		}
	}
	return both(allowed, denied.Not())
}

func either(a, b graph.Truth) graph.Truth { return both(a.Not(), b.Not()).Not() }

// IsAdmin reports whether the statement allows every action on every resource
// without a condition.
func (s *Statement) IsAdmin() bool {
	every := func(a string) bool { return strings.Trim(a, "*") == "" || a == "*:*" }
	return s.Effect == Allow && len(s.Conditions) == 0 &&
		slices.ContainsFunc(s.Actions, every) && s.WildcardResources()
}

// IsAdmin reports whether a statement of the document makes its holder an administrator.
func (d *Document) IsAdmin() bool {
	return slices.ContainsFunc(d.Statements, func(s Statement) bool { return s.IsAdmin() })
}

// WildcardActions returns the actions of an allowing statement that cover a whole
// service or everything ("s3:*", "*"), in their order. A statement of NotAction
// gives "*", since it allows all but some.
func (s *Statement) WildcardActions() []string {
	if s.Effect != Allow {
		return nil
	}
	if len(s.NotActions) > 0 {
		return []string{"*"}
	}
	var out []string
	for _, a := range s.Actions {
		_, verb, cut := strings.Cut(a, ":")
		if !cut {
			verb = a
		}
		if verb != "" && strings.Trim(verb, "*") == "" {
			out = append(out, a)
		}
	}
	return out
}

// WildcardResources reports whether the statement covers every resource, or all
// but some (NotResource). A pattern that is wild in its resource only ("arn:aws:s3:::*")
// is a [Target] with Wildcard set.
func (s *Statement) WildcardResources() bool {
	return len(s.NotResources) > 0 ||
		slices.ContainsFunc(s.Resources, func(r string) bool { return r != "" && strings.Trim(r, "*") == "" })
}
