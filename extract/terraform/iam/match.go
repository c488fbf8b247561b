package iam

import (
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// MatchAction reports whether an Action element's text covers an action. Case
// does not count; * stands for any text, ? for one character.
// IAM User Guide, "IAM JSON policy elements: Action".
func MatchAction(pattern, action string) bool {
	return glob(strings.ToLower(pattern), strings.ToLower(action))
}

// glob matches with * and ?; it goes back to the last star only, so that no
// pattern takes exponential time.
func glob(pattern, text string) bool {
	p, t := 0, 0
	star, from := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			from++
			p, t = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

func isPattern(text string) bool { return strings.ContainsAny(text, "*?") }

// overlap reports whether some text matches both patterns.
func overlap(a, b string) bool {
	if !isPattern(a) {
		return glob(b, a)
	}
	// row[j] tells whether a[:i] and b[:j] can match the same text.
	row := make([]bool, len(b)+1)
	row[0] = true
	for j := range len(b) {
		row[j+1] = row[j] && b[j] == '*'
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = row[0] && a[i] == '*'
		for j := range len(b) {
			above := row[j+1]
			switch {
			case a[i] == '*' || b[j] == '*':
				row[j+1] = above || row[j]
			case a[i] == '?' || b[j] == '?' || a[i] == b[j]:
				row[j+1] = corner
			default:
				row[j+1] = false
			}
			corner = above
		}
	}
	return row[len(b)]
}

// ARN is an Amazon resource name in its parts. A part may be empty, hold
// wildcards and tokens, or be a placeholder (REGION, ACCOUNT).
// AWS General Reference, "Amazon Resource Names (ARNs)".
type ARN struct {
	Partition, Service, Region, Account string
	// Resource is all behind the fifth colon: "role/path/name", "function:name".
	Resource string
}

// ParseARN splits an ARN. Colons within tokens do not count.
func ParseARN(text string) (ARN, bool) {
	if !strings.HasPrefix(text, "arn:") {
		return ARN{}, false
	}
	p := fields(text)
	if len(p) < 6 {
		return ARN{}, false
	}
	return ARN{Partition: p[1], Service: p[2], Region: p[3], Account: p[4], Resource: p[5]}, true
}

// String is the inverse of ParseARN; "" for the zero value.
func (a ARN) String() string {
	if a == (ARN{}) {
		return ""
	}
	return strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Resource}, ":")
}

// fields splits at the first five colons that stand in no token.
func fields(text string) []string {
	tokens := eval.Tokens(text)
	var out []string
	from := 0
	for at := 0; at < len(text) && len(out) < 5; at++ {
		if len(tokens) > 0 && at == tokens[0].Start {
			at = tokens[0].End - 1
			tokens = tokens[1:]
			continue
		}
		if text[at] == ':' {
			out = append(out, text[from:at])
			from = at + 1
		}
	}
	return append(out, text[from:])
}

// MatchARN tells whether a Resource element's text covers a resource. The parts
// of an ARN are compared one by one, so that a wildcard stays within its part; a
// pattern with fewer than six parts covers by its beginning.
//
// A token equals itself, and differs from the token of another instance. Whether it
// equals a written name is Unknown, and so is a policy variable (${aws:username}),
// and a region or account of which only the placeholder is known.
func MatchARN(pattern, arn string) graph.Truth {
	if pattern == "*" {
		return graph.Yes
	}
	p, a := fields(pattern), fields(arn)
	if len(p) < 6 || len(a) < 6 {
		return matchPart(pattern, arn)
	}
	out := graph.Yes
	for i := range p {
		out = both(out, matchPart(p[i], a[i]))
	}
	return out
}

func matchPart(pattern, text string) graph.Truth {
	if pattern == text || glob(pattern, text) {
		return graph.Yes
	}
	// What computed parts turn into is any text.
	p, computed := loosen(pattern)
	t, computedText := loosen(text)
	if !computed && !computedText || !overlap(p, t) {
		return graph.No
	}
	a, b := firstToken(pattern), firstToken(text)
	if a == nil || b == nil || pattern[:a.Start] != text[:b.Start] {
		return graph.Unknown
	}
	if a.Address != b.Address {
		return graph.No
	}
	return matchPart(pattern[a.End:], text[b.End:])
}

// firstToken returns the first token of a text that names an instance, nil where
// the text has none or begins to be unknown before.
func firstToken(text string) *eval.TokenPlace {
	all := eval.Tokens(text)
	if len(all) == 0 || text[all[0].Start:all[0].End] == Unknown {
		return nil
	}
	return &all[0]
}

// loosen puts a * in place of tokens, policy variables and placeholders, and
// tells whether there was any.
func loosen(text string) (string, bool) {
	switch text {
	case "REGION", "ACCOUNT", "PARTITION":
		return "*", true
	}
	var b strings.Builder
	at := 0
	for _, p := range eval.Tokens(text) {
		b.WriteString(text[at:p.Start] + "*")
		at = p.End
	}
	b.WriteString(text[at:])
	out, changed := b.String(), at > 0
	for {
		i := strings.Index(out, "${")
		if i < 0 {
			return out, changed
		}
		j := strings.IndexByte(out[i:], '}')
		if j < 0 {
			return out, changed
		}
		out, changed = out[:i]+"*"+out[i+j+1:], true
	}
}

// both is the conjunction of three-valued facts.
func both(a, b graph.Truth) graph.Truth {
	switch {
	case a == graph.No || b == graph.No:
		return graph.No
	case a == graph.Unknown || b == graph.Unknown:
		return graph.Unknown
	}
	return graph.Yes
}
