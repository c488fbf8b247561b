package terraform

import (
	"encoding/json"
	"fmt"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readStateMachine is the semantic of a state machine: its definition (Amazon States
// Language) names what its tasks call. Integrations that name no resource call the
// service itself, the default event bus, or a host.
func readStateMachine(b *builder, r *resource) {
	v := r.Body.Get("definition")
	if !v.IsSet() {
		return
	}
	s := &referenceScan{b: b, r: r, seen: map[*component]bool{}}
	s.value("definition", v, 0)
	for _, ref := range s.out {
		b.flow(r.self, ref.to, graph.Flow{Carries: ref.carries}, ref.evidence)
	}
	text, _ := v.Text()
	var doc any
	if json.Unmarshal([]byte(text), &doc) != nil {
		return
	}
	m := &machine{b: b, r: r, definition: v}
	m.walk("", doc, 0)
}

// machine is a state machine while its states are read.
type machine struct {
	b          *builder
	r          *resource
	definition eval.Value
}

// walk finds tasks at any depth: in branches of parallel states and in maps. The
// name is that of the state, where x is one.
func (m *machine) walk(name string, x any, depth int) {
	if depth > 4*maxNesting {
		return
	}
	switch x := x.(type) {
	case map[string]any:
		if resource, ok := x["Resource"].(string); ok && x["Type"] == "Task" {
			params, _ := x["Parameters"].(map[string]any)
			if params == nil {
				params, _ = x["Arguments"].(map[string]any) // with JSONata
			}
			m.task(name, resource, params)
		}
		for _, k := range sortedKeys(x) {
			m.walk(k, x[k], depth+1)
		}
	case []any:
		for _, e := range x {
			m.walk(name, e, depth+1)
		}
	}
}

// task makes the flow of a task whose resource is a service integration:
// "arn:aws:states:::sns:publish.waitForTaskToken",
// "arn:aws:states:::aws-sdk:rekognition:detectLabels".
func (m *machine) task(name, resource string, params map[string]any) {
	_, integration, ok := strings.Cut(resource, ":states:::")
	if !ok {
		return
	}
	integration = strings.TrimPrefix(integration, "aws-sdk:")
	service, action, _ := strings.Cut(integration, ":")
	action, _, _ = strings.Cut(action, ".")
	evidence := atValue(m.r, m.definition, fmt.Sprintf("state %s calls %s:%s", name, service, action))
	flow := graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.Yes}
	switch service {
	case "events", "eventbridge":
		if !mentions(params, "EventBusName") && strings.EqualFold(action, "putEvents") {
			m.b.flow(m.r.self, m.b.defaultBus(), graph.Flow{Carries: "events"}, evidence)
		}
	case "http":
		endpoint, _ := params["ApiEndpoint"].(string)
		m.b.flow(m.r.self, m.b.outsideURL(endpoint, "HTTP endpoint", m.definition.Source), graph.Flow{}, evidence)
	default:
		if prefix, ok := sdkNames[service]; ok {
			service = prefix
		}
		s := apiServiceOf(service + ":" + action)
		if s == nil {
			return
		}
		for _, own := range m.b.ofAction(service + ":" + action) {
			if own.Technology == s.tech && m.b.flowing(m.r.self, own) {
				return
			}
		}
		m.b.flow(m.r.self, m.b.serviceComponent(s), flow, evidence)
	}
}

// sdkNames are names of services in integrations that differ from the prefix of
// their actions.
var sdkNames = map[string]string{
	"bedrockagentruntime": "bedrock",
	"bedrockruntime":      "bedrock",
	"lexruntimev2":        "lex",
	"pinpoint":            "mobiletargeting",
	"sesv2":               "ses",
}

// mentions reports whether a key stands anywhere in a document.
func mentions(x any, key string) bool {
	switch x := x.(type) {
	case map[string]any:
		for k, v := range x {
			if strings.TrimSuffix(k, ".$") == key || mentions(v, key) {
				return true
			}
		}
	case []any:
		for _, e := range x {
			if mentions(e, key) {
				return true
			}
		}
	}
	return false
}
