package iam

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drawbridge/extract/terraform/eval"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

// TestDocuments reads each file's policy.tf (the body of a data
// "aws_iam_policy_document", in which unknown stands for a value that can't be
// known) or policy.json, and compares what was understood.
func TestDocuments(t *testing.T) {
	files, err := filepath.Glob("testdata/document/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := txtar.Archive{Comment: ar.Comment}
			add := func(name, text string) {
				got.Files = append(got.Files, txtar.File{Name: name, Data: []byte(strings.TrimRight(text, "\n") + "\n")})
			}
			for _, f := range ar.Files {
				switch f.Name {
				case "policy.tf":
					add(f.Name, string(f.Data))
					d, complete := FromBlocks(blockOf(t, string(f.Data)))
					add("json", d.JSON())
					add("understood", describe(d, complete))
				case "policy.json":
					add(f.Name, string(f.Data))
					d, err := Parse(string(f.Data))
					if err != nil {
						add("error", err.Error())
						break
					}
					add("understood", describe(d, d.Complete()))
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(&got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(txtar.Format(ar)), string(txtar.Format(&got))); diff != "" {
				t.Errorf("%s (-want +got)\n%s", bytes.TrimSpace(ar.Comment), diff)
			}
		})
	}
}

// describe writes what the package says about a document.
func describe(d *Document, complete bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "complete %v, admin %v\n", complete, d.IsAdmin())
	for i := range d.Statements {
		s := &d.Statements[i]
		effect := string(s.Effect)
		if s.Effect == EffectUnknown {
			effect = "Allow or deny"
		}
		fmt.Fprintf(&b, "%s\n", strings.Join(strings.Fields(effect+" "+s.Sid), " "))
		for _, p := range s.Principals {
			fmt.Fprintf(&b, "  to %s %s", p.Kind(), p.Name())
			if a := p.AccountID(); a != "" {
				fmt.Fprintf(&b, " of %s", a)
			}
			if a := p.Addresses(); a != nil {
				fmt.Fprintf(&b, " %v", a)
			}
			fmt.Fprintln(&b)
		}
		for _, p := range s.NotPrincipals {
			fmt.Fprintf(&b, "  to all but %s %s\n", p.Kind(), p.Name())
		}
		for _, a := range s.Actions {
			fmt.Fprintf(&b, "  %s: %v", a, AbilitiesOf(a))
			for _, f := range Flows(a) {
				way := "to"
				if !f.ToResource {
					way = "from"
				}
				fmt.Fprintf(&b, ", %s %s it", strings.Trim(f.Protocol+" flow", " "), way)
			}
			fmt.Fprintln(&b)
		}
		for _, a := range s.NotActions {
			fmt.Fprintf(&b, "  all but %s\n", a)
		}
		for _, t := range s.Targets() {
			fmt.Fprintf(&b, "  on %s %s", t.Kind, t.Text)
			if t.Except {
				fmt.Fprint(&b, ", excepted")
			}
			if t.Named != nil {
				fmt.Fprintf(&b, " %v%s", t.Named, t.Suffix)
			}
			fmt.Fprintln(&b)
		}
		for _, n := range s.Narrowing() {
			fmt.Fprintf(&b, "  if %s %s %s %v", n.Kind, n.Test, n.Variable, n.Values)
			if n.Weak != "" {
				fmt.Fprintf(&b, ", weak: %s", n.Weak)
			}
			fmt.Fprintln(&b)
		}
		if s.Incomplete {
			fmt.Fprintln(&b, "  incomplete")
		}
	}
	permitted := func(action string) bool {
		return slices.ContainsFunc(d.Statements, func(s Statement) bool { return s.Effect == Allow && s.Speaks(action) })
	}
	if !d.IsAdmin() && permitted("iam:PassRole") {
		for _, service := range PassServices() {
			if with := PassedTo([]string{service}, permitted); with != nil {
				fmt.Fprintf(&b, "passes to %s with %s\n", service, strings.Join(with, ", "))
			}
		}
	}
	return b.String()
}

// blockOf evaluates a body without references: unknown is a marked unknown string.
func blockOf(t *testing.T, source string) *eval.Block {
	t.Helper()
	f, diags := hclsyntax.ParseConfig([]byte(source), "policy.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	mark := eval.Ref{Address: "var.name"}
	ctx := &hcl.EvalContext{Variables: map[string]cty.Value{
		"unknown":      cty.UnknownVal(cty.String).Mark(mark),
		"unknown_list": cty.UnknownVal(cty.List(cty.String)).Mark(mark),
	}}
	return convert(t, ctx, f.Body.(*hclsyntax.Body), "")
}

func convert(t *testing.T, ctx *hcl.EvalContext, body *hclsyntax.Body, typ string) *eval.Block {
	b := &eval.Block{Type: typ, Attrs: map[string]eval.Value{}}
	for name, a := range body.Attributes {
		v, diags := a.Expr.Value(ctx)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		b.Attrs[name] = eval.Value{V: v}
	}
	for _, n := range body.Blocks {
		b.Blocks = append(b.Blocks, convert(t, ctx, n.Body, n.Type))
	}
	return b
}

func TestDocumentValuesCarryTheMarksOfAllArguments(t *testing.T) {
	queue := eval.Ref{Address: "aws_sqs_queue.q", Attr: "arn", Computed: true}
	vpc := eval.Ref{Address: "aws_vpc.v", Attr: "id", Computed: true}
	marked := func(text string, r eval.Ref) eval.Value { return eval.Value{V: cty.StringVal(text).Mark(r)} }
	r := &eval.Resource{Body: &eval.Block{Blocks: []*eval.Block{{
		Type: "statement",
		Attrs: map[string]eval.Value{
			"actions":   {V: cty.TupleVal([]cty.Value{cty.StringVal("sqs:SendMessage")})},
			"resources": {V: cty.TupleVal([]cty.Value{marked("arn:aws:sqs:REGION:ACCOUNT:⟦aws_sqs_queue.q⟧", queue).V})},
		},
		Blocks: []*eval.Block{{Type: "condition", Attrs: map[string]eval.Value{
			"test":     {V: cty.StringVal("StringEquals")},
			"variable": {V: cty.StringVal("aws:SourceVpc")},
			"values":   {V: cty.ListVal([]cty.Value{marked("⟦aws_vpc.v⟧", vpc).V})},
		}}},
	}}}}
	values := DocumentValues(r)
	for _, name := range []string{"json", "minified_json"} {
		v := eval.Value{V: values[name]}
		if diff := cmp.Diff([]eval.Ref{queue, vpc}, v.Refs()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	text, _ := eval.Value{V: values["minified_json"]}.Text()
	want := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage",` +
		`"Resource":"arn:aws:sqs:REGION:ACCOUNT:⟦aws_sqs_queue.q⟧","Condition":{"StringEquals":{"aws:SourceVpc":"⟦aws_vpc.v⟧"}}}]}`
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Published plans show this identifier for this document, so its text is the provider's to the byte.
func TestDocumentValuesComputeTheIdentifier(t *testing.T) {
	trust := `statement {
	  actions = ["sts:AssumeRole"]
	  principals {
	    type        = "Service"
	    identifiers = ["lambda.amazonaws.com"]
	  }
	}`
	values := DocumentValues(&eval.Resource{Body: blockOf(t, trust)})
	if id, _ := (eval.Value{V: values["id"]}).Text(); id != "2690255455" {
		t.Errorf("id = %q", id)
	}
	computed := DocumentValues(&eval.Resource{Body: blockOf(t, `statement {
	  actions   = ["s3:GetObject"]
	  resources = ["arn:aws:s3:::⟦aws_s3_bucket.b⟧"]
	}`)})
	if _, ok := computed["id"]; ok {
		t.Error("a document with a computed part has an identifier before apply")
	}
}

func TestParseReadsBackWhatJSONWrites(t *testing.T) {
	for _, p := range managed {
		want := p.Document()
		got, err := Parse(want.JSON())
		if err != nil {
			t.Fatalf("%s: %v", p.Name, err)
		}
		for i := range want.Statements {
			want.Statements[i].Conditions = mergeConditions(want.Statements[i].Conditions)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", p.Name, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/document/*.txtar")
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range ar.Files {
			if part.Name == "policy.json" || part.Name == "json" {
				f.Add(string(part.Data))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line ") {
				t.Fatalf("no position in %q", err)
			}
			return
		}
		describe(d, true) // no panic
		again, err := Parse(d.JSON())
		if err != nil {
			t.Fatalf("%v\n%s", err, d.JSON())
		}
		if diff := cmp.Diff(d, again); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}
