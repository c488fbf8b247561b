package render

import (
	"cmp"
	"strings"
)

// shownName is a name as pictures show it: what was not known of it, which stands in it as
// "${var.env}" or as the rest of a token, is "…". Tooltips and tables have the name itself.
func shownName(name string) string {
	s, only := name, ""
	for {
		from := strings.Index(s, "${")
		if from < 0 {
			break
		}
		depth, to := 0, len(s)
		for i := from; i < len(s); i++ {
			if s[i] == '{' {
				depth++
			} else if s[i] == '}' {
				if depth--; depth == 0 {
					to = i + 1
					break
				}
			}
		}
		only = strings.Trim(s[from:to], "${}")
		s = s[:from] + ellipsis + s[to:]
	}
	// A token that something cut ("windowsvm_id⟧"), or a whole one.
	for {
		open, end := strings.Index(s, "⟦"), strings.Index(s, "⟧")
		switch {
		case open >= 0 && end > open:
			s = s[:open] + ellipsis + s[end+len("⟧"):]
		case open >= 0 && end < 0:
			s = s[:open] + ellipsis
		case end >= 0:
			s = s[:lastBreak(s[:end])] + ellipsis + s[end+len("⟧"):]
		default:
			for strings.Contains(s, ellipsis+ellipsis) {
				s = strings.ReplaceAll(s, ellipsis+ellipsis, ellipsis)
			}
			if strings.Trim(s, ellipsis+" -_./:") != "" {
				return s
			}
			// Nothing is left of it: what it is made of tells most.
			only = only[strings.LastIndexByte(only, '.')+1:]
			if only = strings.TrimSpace(only); only == "" {
				return cmp.Or(strings.Trim(name, "⟦⟧"), name)
			}
			return "(" + only + ")"
		}
	}
}

// breaks are the signs that parts of names stand between.
const breaks = "-_./: "

// lastBreak is where the last part of a name begins; tokens have underscores within.
func lastBreak(s string) int { return strings.LastIndexAny(s, "-./: ") + 1 }

// parts divides a name after each run of signs between its parts, and where small letters
// turn into capitals.
func nameParts(s string) []string {
	var out []string
	start := 0
	lower := func(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
	for i := 1; i < len(s); i++ {
		separates := strings.IndexByte(breaks, s[i-1]) >= 0 && strings.IndexByte(breaks, s[i]) < 0
		if separates || lower(s[i-1]) && 'A' <= s[i] && s[i] <= 'Z' {
			out = append(out, s[start:i])
			start = i
		}
	}
	return append(out, s[start:])
}

// shorten fits a name into a width by leaving out whole parts of its middle, and cuts a part
// only where a single one is wider.
func shorten(s string, width, size float64, bold bool) string {
	if textWidth(s, size, bold) <= width {
		return s
	}
	parts := nameParts(s)
	best := ""
	for head, tail := 0, len(parts); head < tail; {
		// The end of a name tells it apart more often than its beginning.
		if try := strings.Join(parts[:head], "") + ellipsis + strings.Join(parts[tail-1:], ""); textWidth(try, size, bold) <= width {
			tail--
			best = try
		} else {
			break
		}
		if try := strings.Join(parts[:head+1], "") + ellipsis + strings.Join(parts[tail:], ""); head+1 < tail && textWidth(try, size, bold) <= width {
			head++
			best = try
		}
	}
	if best == "" {
		return middle(s, width, size, bold)
	}
	return best
}

// wrap sets a name in up to two lines of a width, broken between its parts, and shortens it
// where it needs more.
func wrap(s string, width, size float64, bold bool) []string {
	if textWidth(s, size, bold) <= width {
		return []string{s}
	}
	parts := nameParts(s)
	at, least := 0, 0.0
	for i := 1; i < len(parts); i++ {
		wider := max(textWidth(strings.Join(parts[:i], ""), size, bold), textWidth(strings.Join(parts[i:], ""), size, bold))
		if at == 0 || wider < least {
			at, least = i, wider
		}
	}
	if at == 0 || least > width {
		if at == 0 || least > 1.9*width {
			return []string{shorten(s, width, size, bold)}
		}
		// Two full lines, without what lies between them.
		short := shorten(s, 1.7*width, size, bold)
		if short == s || textWidth(short, size, bold) <= width {
			return []string{shorten(s, width, size, bold)}
		}
		return wrap(short, width, size, bold)
	}
	return []string{strings.TrimRight(strings.Join(parts[:at], ""), " "), strings.Join(parts[at:], "")}
}

// shortFlow fits the words on a flow into a width: to whom it is open goes first, then all but
// the first of several protocols.
func shortFlow(s string, width, size float64, bold bool) string {
	if textWidth(s, size, bold) <= width {
		return s
	}
	s, _, _ = strings.Cut(s, "  ")
	first, rest, several := strings.Cut(s, ", ")
	if _, more, counted := strings.Cut(rest, " "); several && textWidth(s, size, bold) > width {
		if s = first + " …"; counted {
			s = first + " " + more
		}
	}
	return shorten(s, width, size, bold)
}
