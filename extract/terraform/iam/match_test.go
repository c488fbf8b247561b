package iam

import (
	"testing"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
)

func TestMatchARN(t *testing.T) {
	for _, c := range []struct {
		pattern, arn string
		want         graph.Truth
	}{
		{"*", "arn:aws:s3:::b", graph.Yes},
		{"arn:aws:s3:::*", "arn:aws:s3:::b/key", graph.Yes},
		{"arn:aws:s3:::b", "arn:aws:s3:::b/key", graph.No},
		{"arn:aws:iam::*:role/*", "arn:aws:iam::123456789012:role/path/name", graph.Yes},
		{"arn:aws:iam::*:role/*", "arn:aws:iam::123456789012:user/name", graph.No},
		{"arn:aws:sqs:*:123456789012:q", "arn:aws:sqs:eu-west-1:210987654321:q", graph.No},
		{"arn:aws:sqs:*", "arn:aws:sqs:eu-west-1:210987654321:q", graph.Yes},
		// A wildcard stays within its part.
		{"arn:aws:sqs:*:q", "arn:aws:sqs:eu-west-1:210987654321:q", graph.Yes},
		{"arn:aws:sqs:*:1:q", "arn:aws:sqs:eu:2:1:q", graph.No},
		// Tokens.
		{"arn:aws:sqs:REGION:ACCOUNT:⟦a.q⟧", "arn:aws:sqs:REGION:ACCOUNT:⟦a.q⟧", graph.Yes},
		{"arn:aws:sqs:REGION:ACCOUNT:⟦a.q⟧", "arn:aws:sqs:REGION:ACCOUNT:⟦a.r⟧", graph.No},
		{"arn:aws:sqs:eu-west-1:123456789012:*", "arn:aws:sqs:REGION:ACCOUNT:⟦a.q⟧", graph.Unknown},
		{"arn:aws:sqs:*:*:*", "arn:aws:sqs:REGION:ACCOUNT:⟦a.q⟧", graph.Yes},
		{"arn:aws:sqs:*:*:orders", "arn:aws:sqs:REGION:ACCOUNT:⟦a.q⟧", graph.Unknown},
		{"arn:aws:s3:::⟦a.b⟧/*", "arn:aws:s3:::⟦a.b⟧/key", graph.Yes},
		{"arn:aws:s3:::⟦a.b⟧/x/*", "arn:aws:s3:::⟦a.b⟧/y", graph.No},
		{"arn:aws:s3:::⟦a.b⟧/${aws:username}/*", "arn:aws:s3:::⟦a.b⟧/me/key", graph.Unknown},
		{"arn:aws:s3:::⟦a.b['x:y']⟧", "arn:aws:s3:::⟦a.b['x:y']⟧", graph.Yes},
		{"arn:aws:s3:::" + Unknown, "arn:aws:s3:::⟦a.b⟧", graph.Unknown},
		{Unknown, "arn:aws:s3:::⟦a.b⟧", graph.Unknown},
		{Unknown, Unknown, graph.Yes},
	} {
		if got := MatchARN(c.pattern, c.arn); got != c.want {
			t.Errorf("MatchARN(%q, %q) = %v, want %v", c.pattern, c.arn, got, c.want)
		}
	}
}

func TestTargets(t *testing.T) {
	for _, want := range []Target{
		{Text: "*", Kind: TargetAny, Wildcard: true, Broad: true},
		{Text: Unknown, Kind: TargetUnknown},
		{Text: "arn:aws:s3:::*logs*", Kind: TargetARN, ARN: ARN{"aws", "s3", "", "", "*logs*"}, Wildcard: true},
		{Text: "arn:aws:s3:::*", Kind: TargetARN, ARN: ARN{"aws", "s3", "", "", "*"}, Wildcard: true, Broad: true},
		{
			Text: "arn:aws:s3:::⟦aws_s3_bucket.b[0]⟧/logs/*", Kind: TargetInstance,
			ARN:       ARN{"aws", "s3", "", "", "⟦aws_s3_bucket.b[0]⟧/logs/*"},
			Addresses: []string{"aws_s3_bucket.b[0]"}, Named: []string{"aws_s3_bucket.b[0]"}, Suffix: "/logs/*", Wildcard: true,
		},
		{
			Text: "arn:aws:iam::123456789012:role/*", Kind: TargetARN,
			ARN: ARN{"aws", "iam", "", "123456789012", "role/*"}, Wildcard: true, Broad: true,
		},
		{ // the token is the account's, so no instance is the target
			Text: "arn:aws:sqs:eu-west-1:⟦data.aws_caller_identity.me⟧:orders", Kind: TargetARN,
			ARN:       ARN{"aws", "sqs", "eu-west-1", "⟦data.aws_caller_identity.me⟧", "orders"},
			Addresses: []string{"data.aws_caller_identity.me"}, Suffix: ":orders",
		},
		{
			Text: "⟦aws_thing.t['a:b']⟧", Kind: TargetInstance,
			Addresses: []string{`aws_thing.t["a:b"]`}, Named: []string{`aws_thing.t["a:b"]`},
		},
		{Text: "bucket", Kind: TargetOther},
		{Text: "", Kind: TargetOther},
	} {
		if diff := cmp.Diff(want, TargetOf(want.Text)); diff != "" {
			t.Errorf("%q (-want +got)\n%s", want.Text, diff)
		}
		if got := want.ARN.String(); want.ARN != (ARN{}) && got != want.Text {
			t.Errorf("ARN of %q is written %q", want.Text, got)
		}
	}
}

func TestAllows(t *testing.T) {
	parse := func(text string) *Document {
		d, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		name, policy string
		want         graph.Truth
	}{
		{"named", `{"Statement":{"Effect":"Allow","Action":"sqs:Send*","Resource":"arn:aws:sqs:*:*:q"}}`, graph.Yes},
		{"other action", `{"Statement":{"Effect":"Allow","Action":"sqs:Receive*","Resource":"*"}}`, graph.No},
		{"other resource", `{"Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:*:r"}}`, graph.No},
		{"condition", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}}`, graph.Unknown},
		{"not action", `{"Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}}`, graph.Yes},
		{"not this action", `{"Statement":{"Effect":"Allow","NotAction":"sqs:*","Resource":"*"}}`, graph.No},
		{"not this resource", `{"Statement":{"Effect":"Allow","Action":"*","NotResource":"arn:aws:sqs:*:*:*"}}`, graph.No},
		{"denied", `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"sqs:*","Resource":"*"}]}`, graph.No},
		{"perhaps denied", `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"sqs:*","Resource":"⟦unknown⟧"}]}`, graph.Unknown},
		{"unknown effect", `{"Statement":{"Effect":"⟦var.effect⟧","Action":"*","Resource":"*"}}`, graph.Unknown},
		{"unknown action", `{"Statement":{"Effect":"Allow","Action":"⟦unknown⟧","Resource":"*"}}`, graph.Unknown},
		{"unknown service's action", `{"Statement":{"Effect":"Allow","Action":"s3:⟦unknown⟧","Resource":"*"}}`, graph.No},
		{"nothing", `{"Statement":[]}`, graph.No},
	} {
		if got := parse(c.policy).Allows("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:q"); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestWildcards(t *testing.T) {
	for _, c := range []struct {
		name      string
		s         Statement
		admin     bool
		actions   []string
		resources bool
	}{
		{"administrator", allow("*"), true, []string{"*"}, true},
		{"narrowed", allow("*").only("Bool", "aws:MultiFactorAuthPresent", "true"), false, []string{"*"}, true},
		{"denied", Statement{Effect: Deny, Actions: []string{"*"}, Resources: []string{"*"}}, false, nil, true},
		{"service", allow("s3:*", "sqs:SendMessage"), false, []string{"s3:*"}, true},
		{"one bucket", allowOn("arn:aws:s3:::b", "*"), false, []string{"*"}, false},
		{"prefix", allow("s3:Get*"), false, nil, true},
		{"all but", Statement{Effect: Allow, NotActions: []string{"iam:*"}, Resources: []string{"*"}}, false, []string{"*"}, true},
		{"trust", Statement{Effect: Allow, Actions: []string{"sts:AssumeRole"}}, false, nil, false},
	} {
		if got := c.s.IsAdmin(); got != c.admin {
			t.Errorf("%s: IsAdmin() = %v", c.name, got)
		}
		if diff := cmp.Diff(c.actions, c.s.WildcardActions()); diff != "" {
			t.Errorf("%s: actions (-want +got)\n%s", c.name, diff)
		}
		if got := c.s.WildcardResources(); got != c.resources {
			t.Errorf("%s: WildcardResources() = %v", c.name, got)
		}
	}
}
