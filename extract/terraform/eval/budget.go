package eval

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// The bounds of what expressions make. They lie far above what terraform itself can
// plan in reasonable time; what hits one becomes an unknown, and a note says so.
const (
	maxElements = 200_000   // of one collection
	maxParts    = 1_000_000 // values within one value, at any depth
	maxExponent = 4096      // of a number, in bits
	maxWidth    = 1024      // of a verb of format
	maxPairs    = 20_000_000
	maxChain    = 1_000 // values that wait for each other while one is evaluated
	fewParts    = 16    // of a template, that may be put together before they are measured
)

// budget is what all expressions of one evaluation may still make together: no
// single value need be large for the sum to be.
type budget struct {
	text     int // bytes of strings that templates, functions and for-expressions make
	elements int // that for-expressions go over
	parts    int // of values that are looked at as a whole
	walked   int // parts of the arguments of functions that go through all of them
	failures int // of elements of for-expressions
	// over tells what for-expressions went beyond, once they did. It is no error of
	// each of them: the errors of a million elements are a bomb themselves.
	over error
}

func newBudget() *budget {
	return &budget{text: 64 << 20, elements: 1_000_000, failures: 10_000, parts: 200_000_000, walked: 20_000_000}
}

// errLimit is wrapped by the errors of everything that hits a bound.
var errLimit = errors.New("limit")

const limitSummary = "Too large"

func overLimit(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errLimit, fmt.Sprintf(format, args...))
}

func limitDiag(at hcl.Range, err error) hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: limitSummary, Subject: &at,
		Detail: limitText(err),
	}}
}

func limitText(err error) string { return strings.TrimPrefix(err.Error(), errLimit.Error()+": ") }

// isLimit reports whether a diagnostic tells of a bound that was hit, in a function
// or in one of our nodes.
func isLimit(d *hcl.Diagnostic) bool {
	return d.Summary == limitSummary || strings.Contains(d.Detail, ": "+errLimit.Error()+": ")
}

const textSpent = "all strings together are longer than this tool holds"

// made takes a string that was made off the budget.
func (b *budget) made(v cty.Value) error {
	if v == cty.NilVal || v.Type() != cty.String {
		return nil
	}
	u, _ := v.Unmark()
	if !u.IsKnown() || u.IsNull() {
		return nil
	}
	if b.text -= len(u.AsString()); b.text < 0 {
		return overLimit(textSpent)
	}
	return nil
}

// weigh looks at a value at all depths. Bare is true where some part is unknown and
// carries no mark; the error tells that it has too many parts.
func (b *budget) weigh(v cty.Value) (bare bool, err error) {
	w := weighing{left: min(maxParts, b.parts)}
	start := w.left
	w.look(v)
	b.parts -= start - w.left
	if w.left <= 0 {
		return false, overLimit("a value has more than %d parts", maxParts)
	}
	if w.number {
		return false, overLimit("a number has more than %d bits", maxExponent)
	}
	return w.bare, nil
}

// walk takes the parts of a function's arguments off the budget. It is one of its own:
// where it is spent, other expressions go on.
func (b *budget) walk(name string, args []cty.Value) error {
	for _, a := range args {
		if u, _ := a.Unmark(); !u.IsKnown() || u.IsNull() || !u.CanIterateElements() {
			continue
		}
		w := weighing{left: min(maxParts, b.walked)}
		start := w.left
		w.look(a)
		if b.walked -= start - w.left; w.left <= 0 {
			return overLimit("the arguments of %s, and of calls like it, have more parts than this tool goes through", name)
		}
	}
	return nil
}

type weighing struct {
	left         int
	bare, number bool
}

func (w *weighing) look(v cty.Value) {
	if w.left--; w.left <= 0 {
		return
	}
	if v.IsMarked() {
		u, _ := v.Unmark()
		if !u.IsKnown() {
			return
		}
		v = u
	}
	if !v.IsKnown() {
		w.bare = true
		return
	}
	if v.IsNull() {
		return
	}
	if v.Type() == cty.Number {
		w.number = w.number || hugeNumber(v)
		return
	}
	if !v.CanIterateElements() {
		return
	}
	for it := v.ElementIterator(); w.left > 0 && it.Next(); {
		_, x := it.Element()
		w.look(x)
	}
}

// hugeNumber reports whether writing out a known number would fill memory.
func hugeNumber(v cty.Value) bool {
	f := v.AsBigFloat()
	exp := f.MantExp(nil)
	return !f.IsInf() && (exp > maxExponent || exp < -maxExponent)
}

func isHuge(v cty.Value) bool {
	if v == cty.NilVal || v.Type() != cty.Number {
		return false
	}
	u, _ := v.Unmark()
	return u.IsKnown() && !u.IsNull() && hugeNumber(u)
}

// length is the number of elements of a known collection, 0 for all else.
func length(v cty.Value) int {
	u, _ := v.Unmark()
	if !u.IsKnown() || u.IsNull() || !u.CanIterateElements() {
		return 0
	}
	return u.LengthInt()
}

// textOf returns a known string, "" for all else.
func textOf(v cty.Value) string {
	if v == cty.NilVal || v.Type() != cty.String {
		return ""
	}
	u, _ := v.Unmark()
	if !u.IsKnown() || u.IsNull() {
		return ""
	}
	return u.AsString()
}

// before tells, by the arguments of a function, whether calling it would make or go
// through too much.
func (b *budget) before(name string, args []cty.Value, maxText int) error {
	text, elements := 0, 0
	if b.text < 0 {
		return overLimit(textSpent)
	}
	for _, a := range args {
		text += len(textOf(a))
		elements += length(a)
		if isHuge(a) {
			return overLimit("a number has more than %d bits", maxExponent)
		}
	}
	if elements > 2*maxElements || text > fewParts*maxText {
		return overLimit("the arguments of %s are too large", name)
	}
	arg := func(i int) cty.Value {
		if i < len(args) {
			return args[i]
		}
		return cty.NilVal
	}
	out := 0 // bytes
	switch name {
	case "jsonencode", "yamlencode", "flatten", "tolist", "toset", "tomap", "distinct", "setproduct", "setunion", "setintersection", "setsubtract", "contains", "index", "matchkeys":
		for _, a := range args {
			if _, err := b.weigh(a); err != nil {
				return err
			}
		}
	}
	switch name {
	case "distinct":
		if n := length(arg(0)); n*n/2 > maxPairs {
			return overLimit("distinct of %d elements", n)
		}
	case "matchkeys":
		if n := length(arg(1)) * length(arg(2)); n > maxPairs {
			return overLimit("matchkeys of %d pairs", n)
		}
	case "parseint":
		if len(textOf(arg(0))) > maxExponent {
			return overLimit("a number of %d digits", len(textOf(arg(0))))
		}
	case "split":
		if n := strings.Count(textOf(arg(1)), textOf(arg(0))) + 1; len(args) == 2 && n > maxElements {
			return overLimit("split into %d elements", n)
		}
	case "indent":
		if f, ok := (Value{V: arg(0)}).Int(); ok && f > 0 {
			out = min(f, maxText) * (strings.Count(textOf(arg(1)), "\n") + 1)
		}
	case "replace":
		out = replacedLength(textOf(arg(0)), textOf(arg(1)), textOf(arg(2)))
	case "join":
		for _, list := range args[min(1, len(args)):] {
			out += len(textOf(arg(0)))*length(list) + textWithin(list)
		}
	case "format":
		width, err := formatWidth(textOf(arg(0)))
		if err != nil {
			return err
		}
		out = width + text
	case "formatlist":
		width, err := formatWidth(textOf(arg(0)))
		if err != nil {
			return err
		}
		n, within := 1, 0
		for _, a := range args[min(1, len(args)):] {
			n = max(n, length(a))
			within += textWithin(a)
		}
		if total := n*(width+text) + within; total > fewParts*maxText {
			return overLimit("formatlist would make more than %d bytes", fewParts*maxText)
		}
	}
	if out > maxText {
		return overLimit("a string is longer than %d bytes", maxText)
	}
	return nil
}

// after takes what a function made off the budget.
func (b *budget) after(name string, v cty.Value) error {
	if length(v) > maxElements {
		return overLimit("%s makes more than %d elements", name, maxElements)
	}
	switch name {
	case "jsondecode", "yamldecode":
		if _, err := b.weigh(v); err != nil {
			return err
		}
	}
	if isHuge(v) {
		return overLimit("a number has more than %d bits", maxExponent)
	}
	return b.made(v)
}

// textWithin is the length of the strings in a collection.
func textWithin(v cty.Value) int {
	if length(v) == 0 {
		return 0
	}
	u, _ := v.Unmark()
	n := 0
	for it := u.ElementIterator(); it.Next(); {
		_, x := it.Element()
		n += len(textOf(x))
	}
	return n
}

// replacedLength bounds what replace makes.
func replacedLength(s, part, with string) int {
	if len(part) > 1 && part[0] == '/' && part[len(part)-1] == '/' {
		re, err := regexp.Compile(part[1 : len(part)-1])
		if err != nil {
			return 0
		}
		if strings.Contains(with, "$") { // each may stand for the whole match
			return len(s) * (1 + strings.Count(with, "$"))
		}
		return len(s) + len(re.FindAllStringIndex(s, -1))*len(with)
	}
	n := strings.Count(s, part)
	if part == "" {
		n = utf8.RuneCountInString(s) + 1
	}
	return len(s) + n*len(with)
}

var formatNumber = regexp.MustCompile(`[0-9]{2,}`)

// formatWidth bounds what the verbs of a format add to its arguments.
func formatWidth(format string) (int, error) {
	total := 0
	for part := range strings.SplitSeq(format, "%") {
		for _, digits := range formatNumber.FindAllString(part[:min(len(part), 40)], 2) {
			n := 0
			for _, c := range digits[:min(len(digits), 9)] {
				n = 10*n + int(c-'0')
			}
			if n > maxWidth && strings.HasPrefix(strings.TrimLeft(part, "+- 0#."), strings.TrimLeft(digits, "0")) {
				return 0, overLimit("a format is wider than %d characters", maxWidth)
			}
			total += min(n, maxWidth)
		}
	}
	return total, nil
}

func within(e hclsyntax.Expression) *hclsyntax.ParenthesesExpr {
	return &hclsyntax.ParenthesesExpr{Expression: e, SrcRange: e.Range()}
}

// counted is the collection of a for-expression. It and [made] hold theirs within
// parentheses: hcl finds references by walking to a node's children, and would take
// a reference in a node that it does not know for none.
type counted struct {
	*hclsyntax.ParenthesesExpr
	budget *budget
}

func (e counted) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if e.budget.over != nil {
		return cty.DynamicVal, nil
	}
	v, diags := e.ParenthesesExpr.Value(ctx)
	n := length(v)
	if n > maxElements {
		return cty.DynamicVal, limitDiag(e.Range(), overLimit("a for-expression over more than %d elements", maxElements))
	}
	e.budget.elements -= n
	switch {
	case e.budget.text < 0:
		e.budget.over = overLimit(textSpent)
	case e.budget.elements < 0:
		e.budget.over = overLimit("for-expressions go over more elements than this tool does")
	default:
		return v, diags
	}
	return cty.DynamicVal, nil
}

// made is what a for-expression makes of one element.
type made struct {
	*hclsyntax.ParenthesesExpr
	budget *budget
}

func (e made) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if e.budget.over != nil {
		return cty.DynamicVal, nil
	}
	v, diags := e.ParenthesesExpr.Value(ctx)
	if err := e.budget.made(v); err != nil {
		e.budget.over = err
	}
	if diags.HasErrors() {
		if e.budget.failures--; e.budget.failures < 0 {
			e.budget.over = overLimit("for-expressions fail for more elements than this tool goes on with")
		}
	}
	return v, diags
}

// template is a template of several parts. Many parts are measured before they are
// put together.
type template struct {
	*hclsyntax.TemplateExpr
	budget *budget
}

func (e template) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if e.budget.text < 0 {
		return cty.UnknownVal(cty.String), limitDiag(e.SrcRange, overLimit(textSpent))
	}
	t := e.TemplateExpr
	if len(t.Parts) > fewParts {
		t = &hclsyntax.TemplateExpr{Parts: make([]hclsyntax.Expression, len(e.Parts)), SrcRange: e.SrcRange}
		var all hcl.Diagnostics
		total := 0
		for i, part := range e.Parts {
			v, diags := part.Value(ctx)
			all = append(all, diags...)
			total += len(textOf(v))
			t.Parts[i] = &hclsyntax.LiteralValueExpr{Val: v, SrcRange: part.Range()}
		}
		if all.HasErrors() {
			return cty.UnknownVal(cty.String), all
		}
		if total > e.budget.text {
			return cty.UnknownVal(cty.String), limitDiag(e.SrcRange, overLimit("a string is longer than this tool holds"))
		}
	}
	v, diags := t.Value(ctx)
	if err := e.budget.made(v); err != nil {
		return cty.UnknownVal(cty.String), limitDiag(e.SrcRange, err)
	}
	return v, diags
}

// joined is a directive for of a template: the text of all elements.
type joined struct {
	*hclsyntax.TemplateJoinExpr
	budget *budget
}

func (e joined) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	tuple, diags := e.Tuple.Value(ctx)
	if diags.HasErrors() {
		return cty.UnknownVal(cty.String), diags
	}
	if textWithin(tuple) > e.budget.text {
		return cty.UnknownVal(cty.String), limitDiag(e.Range(), overLimit("a string is longer than this tool holds"))
	}
	plain := &hclsyntax.TemplateJoinExpr{Tuple: &hclsyntax.LiteralValueExpr{Val: tuple, SrcRange: e.Tuple.Range()}}
	v, more := plain.Value(ctx)
	diags = append(diags, more...)
	if err := e.budget.made(v); err != nil {
		return cty.UnknownVal(cty.String), limitDiag(e.Range(), err)
	}
	return v, diags
}
