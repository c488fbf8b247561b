package render

import (
	"slices"
	"testing"
)

func TestShownName(t *testing.T) {
	for name, want := range map[string]string{
		"orders":                             "orders",
		"alb-${environment_name}-cli":        "alb-…-cli",
		"${cgid}_easy":                       "…_easy",
		"vnet-${tre_id}-ws-_id⟧":             "vnet-…-ws-…",
		"windowsvm_id⟧":                      "windowsvm_id",
		"a-⟦aws_vpc.x⟧-b":                    "a-…-b",
		"cut-⟦aws_v":                         "cut-…",
		"${var.a}${var.b}-x":                 "…-x",
		"x-${format(\"%s-{}\", var.name)}-y": "x-…-y",
		"${random_pet.rg_name}":              "(rg_name)",
		"⟦x⟧":                                "x",
		"${":                                 "${",
		"":                                   "",
	} {
		if got := shownName(name); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}

// Names lose whole parts and never a piece of one.
func TestShorten(t *testing.T) {
	for _, tt := range []struct {
		name  string
		width float64
		want  []string
	}{
		{"orders", widestName, []string{"orders"}},
		{"lambda_sqs_websocket_response", widestName, []string{"lambda_sqs_", "websocket_response"}},
		{"/aws/api_gw/apigw-http-lambda-rds-proxy", widestName, []string{"/aws/api_gw/apigw-", "http-lambda-rds-proxy"}},
		{"BedrockAgentRuntimeKnowledgeBaseRole", widestName, []string{"BedrockAgentRuntime", "KnowledgeBaseRole"}},
	} {
		got := wrap(tt.name, tt.width, nameSize, true)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s is set as %q, want %q", tt.name, got, tt.want)
		}
	}
	if got, want := shorten("team-orders-production-worker-queue-eu-west-1", 190, nameSize, true), "team-orders-…queue-eu-west-1"; got != want {
		t.Errorf("shortened to %q, want %q", got, want)
	}
	for words, want := range map[string]string{
		"https:443  0.0.0.0/0":                       "https:443  0.0.0.0/0",
		"postgresql-wire:5432  range unknown":        "postgresql-wire:5432",
		"kafka-broker, schema-registry-https +3 ×12": "kafka-broker +3 ×12",
	} {
		if got := shortFlow(words, widestFlow, flowSize, true); got != want {
			t.Errorf("%q on a flow is %q, want %q", words, got, want)
		}
	}
}
