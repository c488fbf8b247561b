package iam

import (
	"hash/crc32"
	"slices"
	"strconv"
	"strings"

	"drawbridge/extract/terraform/eval"

	"github.com/zclconf/go-cty/cty"
)

// FromBlocks reads the arguments of data "aws_iam_policy_document" as the
// provider does: source documents first, then the statement blocks, then the
// override documents, each merged by Sid. Lists are in the provider's order,
// which is from Z to A. The one difference that is left: a list of one in a
// source document is printed as plain text, where the provider keeps the list.
//
// Complete is false where something could not be known: a text of that kind is
// [Unknown] in its statement, and a document that could not be read is one
// statement of which nothing is known.
//
// AWS provider documentation, "Data Source: aws_iam_policy_document".
func FromBlocks(b *eval.Block) (d *Document, complete bool) {
	d, complete = &Document{}, true
	merge := func(path string) {
		for _, v := range b.All(path) {
			for _, e := range v.Elements() {
				if e.IsNull() {
					continue
				}
				o, ok := embedded(e)
				d.Merge(o)
				complete = complete && ok
			}
		}
	}
	merge("source_json")
	merge("source_policy_documents")

	own := &Document{Version: orDefault(text(b.Get("version")), "2012-10-17"), ID: text(b.Get("policy_id"))}
	for _, s := range b.BlocksOf("statement") {
		own.Statements = append(own.Statements, statementOf(s, own.Version))
		complete = complete && !s.Many
	}
	d.Merge(own)

	merge("override_json")
	merge("override_policy_documents")
	return d, complete && d.Complete()
}

// embedded parses a document given as text within another one.
func embedded(v eval.Value) (d *Document, ok bool) {
	text, known := v.Text()
	if known && strings.TrimSpace(text) == "" {
		return &Document{}, true
	}
	if d, err := Parse(text); known && err == nil {
		return d, true
	}
	return &Document{Statements: []Statement{{
		Effect: EffectUnknown, Actions: []string{Unknown}, Resources: []string{Unknown}, Incomplete: true,
	}}}, false
}

func statementOf(b *eval.Block, version string) Statement {
	s := Statement{
		Sid:          text(b.Get("sid")),
		Effect:       effectOf(b.Get("effect")),
		Actions:      texts(b, "actions"),
		NotActions:   texts(b, "not_actions"),
		Resources:    variables(texts(b, "resources"), version),
		NotResources: variables(texts(b, "not_resources"), version),
	}
	s.Principals = principalsOf(b.BlocksOf("principals"), version)
	s.NotPrincipals = principalsOf(b.BlocksOf("not_principals"), version)
	for _, c := range b.BlocksOf("condition") {
		// A condition's values keep their order: the provider documents it as a list.
		var values []string
		for _, v := range c.All("values") {
			for _, e := range v.Elements() {
				values = append(values, text(e))
			}
		}
		s.Conditions = append(s.Conditions, Condition{
			Test: text(c.Get("test")), Variable: text(c.Get("variable")), Values: variables(values, version),
		})
	}
	s.Conditions = mergeConditions(s.Conditions)
	s.Incomplete = b.Many || s.incomplete() || slices.ContainsFunc(b.Blocks, func(n *eval.Block) bool { return n.Many })
	return s
}

func effectOf(v eval.Value) Effect {
	switch t := text(v); {
	case t == "":
		return Allow
	case strings.EqualFold(t, string(Allow)):
		return Allow
	case strings.EqualFold(t, string(Deny)):
		return Deny
	}
	return EffectUnknown
}

func principalsOf(blocks []*eval.Block, version string) []Principal {
	var out []Principal
	for _, b := range blocks {
		typ := PrincipalType(text(b.Get("type")))
		for _, id := range variables(texts(b, "identifiers"), version) {
			out = append(out, Principal{typ, id})
		}
	}
	slices.SortStableFunc(out, func(a, b Principal) int { return strings.Compare(b.ID, a.ID) })
	sortPrincipals(out)
	return slices.Compact(out)
}

// text returns a value as text, Unknown where it is set and can't be known, "" where it is not set.
func text(v eval.Value) string {
	if v.IsNull() {
		return ""
	}
	if t, ok := v.Text(); ok {
		return t
	}
	return Unknown
}

// texts returns a set of strings in the provider's order, without repetition.
func texts(b *eval.Block, path string) []string {
	var out []string
	for _, v := range b.All(path) {
		for _, e := range v.Elements() {
			if t := text(e); t != "" {
				out = append(out, t)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(b, a) })
	return slices.Compact(out)
}

// variables writes IAM's policy variables as AWS knows them: "&{aws:username}" is
// the provider's spelling for "${aws:username}", which HCL would take for its own.
// Version 2008-10-17 has none.
func variables(list []string, version string) []string {
	if version == "2008-10-17" {
		return list
	}
	for i, t := range list {
		list[i] = strings.ReplaceAll(t, "&{", "${")
	}
	return list
}

func orDefault(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// DocumentValues computes data "aws_iam_policy_document" for
// [eval.Options].Compute: its attributes "json" and "minified_json", and "id" where
// nothing in it is computed. They carry the marks of all arguments, so that they
// say what the document derives from.
func DocumentValues(r *eval.Resource) map[string]cty.Value {
	d, _ := FromBlocks(r.Body)
	marks := cty.ValueMarks{}
	addMarks(r.Body, marks)
	text := d.JSON()
	out := map[string]cty.Value{
		"json":          cty.StringVal(text).WithMarks(marks),
		"minified_json": cty.StringVal(d.MinifiedJSON()).WithMarks(marks),
	}
	if len(eval.Tokens(text)) == 0 {
		// The provider's identifier is a checksum of the text.
		sum := strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(text))), 10)
		out["id"] = cty.StringVal(sum).WithMarks(marks)
	}
	return out
}

func addMarks(b *eval.Block, to cty.ValueMarks) {
	if b == nil {
		return
	}
	for _, v := range b.Attrs {
		if v.V == cty.NilVal {
			continue
		}
		_, marks := v.V.UnmarkDeep()
		for m := range marks {
			to[m] = struct{}{}
		}
	}
	for _, n := range b.Blocks {
		addMarks(n, to)
	}
}
