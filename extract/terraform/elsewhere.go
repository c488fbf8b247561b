package terraform

import (
	"net/netip"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/extract/terraform/iam"
	"drawbridge/graph"
)

// What a connector names and the root does not hold is an external entity: a host
// by its URL, a resource of another root or account by its ARN. Free configuration
// names too many ARNs in passing for that to hold there.

// reached returns what a connector's value leads to: components of the root, else
// the external entities that its texts name.
func (b *builder) reached(v eval.Value, label string) []*component {
	if own := b.targets(v); len(own) > 0 {
		return own
	}
	var out []*component
	for _, e := range v.Elements() {
		if c := b.elsewhere(e, label); c != nil {
			out = append(out, c)
		}
	}
	return out
}

// elsewhere returns the external entity that one text names, nil for none.
func (b *builder) elsewhere(v eval.Value, label string) *component {
	text, ok := v.Text()
	if !ok || v.IsSensitive() {
		return nil
	}
	if c := b.outsideURL(text, label, v.Source); c != nil {
		return c
	}
	return b.foreign(text, v.Source)
}

// outsideURL returns the host outside of the platform that a URL leads to, nil for
// anything else.
func (b *builder) outsideURL(text, label string, place graph.Source) *component {
	host := outsideHost(text)
	if host == "" {
		return nil
	}
	c := b.outside(host, host, label, graph.TechSaaS, place)
	if c.speaks == "" {
		c.speaks, _, _ = strings.Cut(text, ":")
	}
	return c
}

// foreignService is a service whose resources are named across roots and accounts.
type foreignService struct {
	label string
	tech  graph.Technology
}

// foreignServices by the service part of ARNs.
var foreignServices = map[string]foreignService{
	"dynamodb": {"DynamoDB table", graph.TechNoSQL},
	"events":   {"Event bus", graph.TechEventBus},
	"firehose": {"Firehose", graph.TechStream},
	"kinesis":  {"Kinesis stream", graph.TechStream},
	"lambda":   {"Lambda function", graph.TechFunction},
	"logs":     {"Log destination", graph.TechLog},
	"s3":       {"S3 bucket", graph.TechObject},
	"sns":      {"SNS topic", graph.TechTopic},
	"sqs":      {"SQS queue", graph.TechQueue},
	"states":   {"State machine", graph.TechWorkflow},
}

// foreign returns the resource of another root or account that an ARN names. Its
// name has to be written out; region and account may be computed.
func (b *builder) foreign(text string, place graph.Source) *component {
	arn, ok := iam.ParseARN(text)
	s, known := foreignServices[arn.Service]
	if !ok || !known || strings.ContainsAny(arn.Resource, "⟦*$") {
		return nil
	}
	kind, name, found := strings.Cut(strings.ReplaceAll(arn.Resource, "/", ":"), ":")
	if !found || arn.Service == "s3" {
		name = kind
	}
	name, _, _ = strings.Cut(name, ":")
	account := arn.Account
	if name == "" || (account == "" && arn.Service != "s3") || (arn.Service == "events" && kind != "event-bus") {
		return nil
	}
	label, id := s.label+" outside of this root", b.id(arn.Service+"/"+name)
	if len(account) == 12 && strings.Trim(account, "0123456789") == "" {
		label, id = s.label+" of account "+account, arn.Service+"/"+account+"/"+name
	}
	c := b.outside(id, name, label, s.tech, place)
	c.speaks = "https" // through the platform's API
	return c
}

// addressed returns the host that an IP address outside of the root's ranges names.
func (b *builder) addressed(v eval.Value) *component {
	text, ok := v.Literal()
	if _, err := netip.ParseAddr(text); !ok || err != nil {
		return nil
	}
	return b.outside(text, text, "host by its address", graph.TechHost, v.Source)
}
