package terraform

import (
	"fmt"
	"slices"
	"strings"

	"drawbridge/extract/terraform/iam"
	"drawbridge/graph"
)

// apiService is a service of the platform that holds no resources of one's own:
// a program sends it data and gets an answer. No resource stands for it, and a
// policy can name it by "*" only, so that the permission is the whole trace.
type apiService struct {
	prefix string // of its actions
	name   string
	tech   graph.Technology
	verbs  []string // actions that carry data, by their beginning
}

// apiServices lists them by prefix. Service Authorization Reference, services
// whose data actions take no resource type.
var apiServices = []apiService{
	{"bedrock", "Amazon Bedrock", graph.TechML, []string{"InvokeModel", "Converse"}},
	{"comprehend", "Amazon Comprehend", graph.TechML, []string{"Detect", "BatchDetect", "Classify", "Contains"}},
	{"polly", "Amazon Polly", graph.TechML, []string{"Synthesize", "StartSpeech"}},
	{"rekognition", "Amazon Rekognition", graph.TechML, []string{"Detect", "Recognize", "Compare", "Search", "Index", "Start"}},
	{"ses", "Amazon SES", graph.TechSaaS, []string{"SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulk"}},
	{"textract", "Amazon Textract", graph.TechML, []string{"Detect", "Analyze", "Start"}},
	{"transcribe", "Amazon Transcribe", graph.TechML, []string{"Start"}},
	{"translate", "Amazon Translate", graph.TechML, []string{"Translate", "StartText"}},
}

// apiServiceOf returns the service whose data an action carries, nil for others.
// A pattern for all of a service's actions counts.
func apiServiceOf(action string) *apiService {
	prefix, verb, ok := strings.Cut(action, ":")
	if !ok {
		return nil
	}
	i, found := slices.BinarySearchFunc(apiServices, strings.ToLower(prefix), func(s apiService, p string) int { return strings.Compare(s.prefix, p) })
	if !found {
		return nil
	}
	for _, v := range apiServices[i].verbs {
		if verb == "*" || strings.HasPrefix(strings.ToLower(verb), strings.ToLower(v)) || iam.MatchAction(action, apiServices[i].prefix+":"+v) {
			return &apiServices[i]
		}
	}
	return nil
}

// callServices makes the flows of a statement's actions to services without resources.
func (b *builder) callServices(p *principal, pol *policy, actions []string) {
	if pol.name != "" {
		return // AWS's own policies allow more than their holder uses
	}
	for _, action := range actions {
		s := apiServiceOf(action)
		if s == nil {
			continue
		}
		basis := graph.Referenced
		if len(p.holders) > 1 {
			basis = graph.Permitted
		}
		for _, holder := range p.holders {
			to := b.add(&component{kept: true, Component: &graph.Component{
				ID: b.id("service/" + s.prefix), Kind: graph.Process, Name: s.name, Technology: s.tech, Label: "AWS service", Boundary: b.anyAccount("aws"),
			}})
			b.flow(holder, to, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.Yes, Basis: basis},
				pol.evidence(fmt.Sprintf("policy of its role allows %s", action)))
		}
	}
}
