package iam

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
)

// Unknown stands within a document for a text that could not be known. It has
// the shape of a token, so that whoever asks for tokens sees that the text is
// computed; no instance has such an address.
const Unknown = "⟦unknown⟧"

// Document is a policy: of an identity, a resource, or the trust of a role.
// IAM User Guide, "IAM JSON policy element reference".
type Document struct {
	Version    string // "2012-10-17", "2008-10-17", or "" where it is not written (which means the latter)
	ID         string
	Statements []Statement
}

// Effect is what a statement does.
type Effect string

// The effects.
const (
	Allow Effect = "Allow"
	Deny  Effect = "Deny"
	// EffectUnknown is neither: it could be either.
	EffectUnknown Effect = Unknown
)

// Statement is one permission. Lists keep the order in which they were written;
// principals are sorted by type, conditions by test and variable.
type Statement struct {
	Sid           string
	Effect        Effect
	Principals    []Principal
	NotPrincipals []Principal
	Actions       []string
	NotActions    []string
	Resources     []string
	NotResources  []string
	Conditions    []Condition
	// Incomplete is true where some part of the statement is Unknown, so that it
	// may hold more than it shows.
	Incomplete bool
}

// Condition is one test of a statement's Condition element. All conditions of a
// statement must hold; of one condition's values any may match.
type Condition struct {
	Test     string // the operator as written: "StringEquals", "ForAnyValue:StringLike"
	Variable string // the key: "aws:SourceArn"
	Values   []string
}

// Condition says in one line what must hold for the statement to apply, as "Test
// Variable Value or Value" of each of its conditions; "" where it has none.
func (s *Statement) Condition() string {
	var all []string
	for _, c := range s.Conditions {
		all = append(all, strings.TrimSpace(c.Test+" "+c.Variable+" "+strings.Join(c.Values, " or ")))
	}
	return strings.NewReplacer(Unknown, "(unknown)", "⟦", "${", "⟧", "}").Replace(strings.Join(all, " and "))
}

// incomplete reports whether any text of the statement holds the Unknown marker.
func (s *Statement) incomplete() bool {
	has := func(t string) bool { return strings.Contains(t, Unknown) }
	who := func(p Principal) bool { return has(p.ID) || has(string(p.Type)) }
	return has(string(s.Effect)) || has(s.Sid) ||
		slices.ContainsFunc(s.Actions, has) || slices.ContainsFunc(s.NotActions, has) ||
		slices.ContainsFunc(s.Resources, has) || slices.ContainsFunc(s.NotResources, has) ||
		slices.ContainsFunc(s.Principals, who) || slices.ContainsFunc(s.NotPrincipals, who) ||
		slices.ContainsFunc(s.Conditions, func(c Condition) bool {
			return has(c.Test) || has(c.Variable) || slices.ContainsFunc(c.Values, has)
		})
}

// Complete reports whether no statement is incomplete.
func (d *Document) Complete() bool {
	return !slices.ContainsFunc(d.Statements, func(s Statement) bool { return s.Incomplete })
}

// Merge adds o's statements to d as the provider's aws_iam_policy_document does
// for source and override documents: a statement replaces the one with the same
// Sid in its place, one without Sid is appended; o's ID and newer version win.
func (d *Document) Merge(o *Document) {
	if o.ID != "" {
		d.ID = o.ID
	}
	d.Version = max(d.Version, o.Version)
	for _, s := range o.Statements {
		same := func(e Statement) bool { return s.Sid != "" && e.Sid == s.Sid }
		if i := slices.IndexFunc(d.Statements, same); i >= 0 {
			d.Statements[i] = s
		} else {
			d.Statements = append(d.Statements, s)
		}
	}
}

// Tokens returns the addresses of the instances that any text of the document
// names, sorted and without repetition.
func (d *Document) Tokens() []string {
	var out []string
	for _, s := range d.Statements {
		for _, t := range slices.Concat(s.Resources, s.NotResources) {
			out = append(out, addresses(t)...)
		}
		for _, p := range slices.Concat(s.Principals, s.NotPrincipals) {
			out = append(out, addresses(p.ID)...)
		}
		for _, c := range s.Conditions {
			for _, v := range c.Values {
				out = append(out, addresses(v)...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// addresses returns the instances that tokens in text name, in order.
func addresses(text string) []string {
	var out []string
	for _, p := range eval.Tokens(text) {
		if text[p.Start:p.End] != Unknown {
			out = append(out, p.Address)
		}
	}
	return out
}

// JSON returns the document in the form of the provider's
// aws_iam_policy_document, attribute "json": two spaces of indentation, elements
// in the provider's order, a list of one as plain text.
//
// The order of lists is the document's; [FromBlocks] gives the provider's.
func (d *Document) JSON() string { return indent(d.MinifiedJSON()) }

// MinifiedJSON is JSON without white space: attribute "minified_json".
func (d *Document) MinifiedJSON() string {
	out := documentJSON{Version: d.Version, ID: d.ID}
	for _, s := range d.Statements {
		out.Statement = append(out.Statement, statementJSON{
			Sid: s.Sid, Effect: s.Effect,
			Action: oneOrMany(s.Actions), NotAction: oneOrMany(s.NotActions),
			Resource: oneOrMany(s.Resources), NotResource: oneOrMany(s.NotResources),
			Principal: principalsJSON(s.Principals), NotPrincipal: principalsJSON(s.NotPrincipals),
			Condition: conditionsJSON(s.Conditions),
		})
	}
	// Marshal can't fail: the structures below hold strings only.
	b, _ := json.Marshal(out)
	return string(b)
}

func indent(minified string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(minified), "", "  ") != nil {
		return minified
	}
	return b.String()
}

// The structures fix the provider's order of elements, which is not the alphabet's.
type documentJSON struct {
	Version   string          `json:",omitempty"`
	ID        string          `json:"Id,omitempty"`
	Statement []statementJSON `json:",omitempty"`
}

type statementJSON struct {
	Sid          string `json:",omitempty"`
	Effect       Effect `json:",omitempty"`
	Action       any    `json:",omitempty"`
	NotAction    any    `json:",omitempty"`
	Resource     any    `json:",omitempty"`
	NotResource  any    `json:",omitempty"`
	Principal    any    `json:",omitempty"`
	NotPrincipal any    `json:",omitempty"`
	Condition    any    `json:",omitempty"`
}

func oneOrMany(list []string) any {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return list
}

// principalsJSON writes {"AWS": ...}; of the two forms of "anyone" each keeps its
// own, since a role's trust accepts {"AWS": "*"} only.
func principalsJSON(list []Principal) any {
	if len(list) == 0 {
		return nil
	}
	if len(list) == 1 && list[0].Type == TypeAnyone && list[0].ID == "*" {
		return "*"
	}
	ids := map[PrincipalType][]string{}
	for _, p := range list {
		ids[p.Type] = append(ids[p.Type], p.ID)
	}
	out := map[PrincipalType]any{}
	for t, list := range ids {
		out[t] = oneOrMany(list)
	}
	return out
}

func conditionsJSON(list []Condition) any {
	if len(list) == 0 {
		return nil
	}
	out := map[string]map[string]any{}
	for _, c := range list {
		if out[c.Test] == nil {
			out[c.Test] = map[string]any{}
		}
		if v := oneOrMany(c.Values); v != nil {
			out[c.Test][c.Variable] = v
		} else {
			out[c.Test][c.Variable] = []string{}
		}
	}
	return out
}
