package iam

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
)

// TargetKind tells what a Resource element's text names.
type TargetKind string

// The kinds.
const (
	TargetAny      TargetKind = "any"      // "*"
	TargetInstance TargetKind = "instance" // tokens name the instances
	TargetARN      TargetKind = "arn"      // a written ARN, perhaps with wildcards
	TargetUnknown  TargetKind = "unknown"
	TargetOther    TargetKind = "other" // text that is no ARN
)

// Target is one text of a statement's Resource or NotResource.
type Target struct {
	Text string
	Kind TargetKind
	// Addresses are the instances that its tokens name, in order. A token may stand
	// for the account or region only: Named tells those apart.
	Addresses []string
	// Named are those of Addresses whose token stands in the ARN's resource part, or
	// in a text that is no ARN.
	Named []string
	// Suffix is what follows the last token ("/*", ":*"), "" without one.
	Suffix string
	// ARN holds the parts where the text has the form of one, tokens included.
	ARN ARN
	// Wildcard is true where the text holds * or ? outside of its tokens, be it
	// only in the suffix.
	Wildcard bool
	// Broad is true where the resource part is nothing but wildcards, so that it
	// covers the whole kind ("arn:aws:s3:::*", "arn:aws:iam::123456789012:role/*").
	Broad bool
	// Except is true for NotResource: all but this.
	Except bool
}

// Targets returns what the statement's resources name, in their order.
func (s *Statement) Targets() []Target {
	out := make([]Target, 0, len(s.Resources)+len(s.NotResources))
	for _, r := range s.Resources {
		out = append(out, TargetOf(r))
	}
	for _, r := range s.NotResources {
		t := TargetOf(r)
		t.Except = true
		out = append(out, t)
	}
	return out
}

// TargetOf reads one resource text.
func TargetOf(text string) Target {
	t := Target{Text: text, Addresses: addresses(text)}
	arn, isARN := ParseARN(text)
	t.ARN = arn
	switch {
	case isARN:
		t.Named = addresses(arn.Resource)
	default:
		t.Named = t.Addresses
	}
	tokens := eval.Tokens(text)
	bare := text
	if n := len(tokens); n > 0 {
		t.Suffix = text[tokens[n-1].End:]
		bare = outside(text, tokens)
	}
	t.Wildcard = strings.ContainsAny(bare, "*?")
	t.Broad = isARN && broad(arn.Resource)
	switch {
	case strings.Trim(text, "*") == "" && text != "":
		t.Kind, t.Broad = TargetAny, true
	case len(t.Named) > 0:
		t.Kind = TargetInstance
	case strings.Contains(text, Unknown):
		t.Kind = TargetUnknown
	case isARN:
		t.Kind = TargetARN
	case len(t.Addresses) > 0:
		t.Kind = TargetInstance
	default:
		t.Kind = TargetOther
	}
	return t
}

// outside returns the text between tokens.
func outside(text string, tokens []eval.TokenPlace) string {
	var b strings.Builder
	at := 0
	for _, p := range tokens {
		b.WriteString(text[at:p.Start])
		at = p.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// resourceKinds are words that begin an ARN's resource part and name a kind.
var resourceKinds = []string{
	"alarm", "cluster", "db", "function", "group", "instance", "key", "log-group", "parameter", "policy", "repository",
	"role", "rule", "secret", "stack", "stateMachine", "stream", "table", "topic", "user", "volume",
}

func broad(resource string) bool {
	i := strings.IndexAny(resource, ":/")
	if i >= 0 && slices.Contains(resourceKinds, resource[:i]) {
		resource = resource[i+1:]
	}
	return strings.HasPrefix(resource, "*") && strings.Trim(resource, "*?/:") == ""
}
