package terraform

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/extract/terraform/iam"
	"drawbridge/graph"
)

// apiService is a service of the platform that is called by its API alone: a
// program sends it data, or has it do something, and no resource of the root
// stands for it. A permission or an event pattern is the whole trace.
type apiService struct {
	prefix string // of its actions, and of its principal
	name   string
	tech   graph.Technology
	verbs  []string // actions that carry data or orders, by their beginning; none where it only sends events
}

// apiServices lists them by prefix. Service Authorization Reference; the verbs
// are those that programs call, not those that deploy.
var apiServices = []apiService{
	{"athena", "Amazon Athena", graph.TechETL, []string{"StartQuery"}},
	{"bedrock", "Amazon Bedrock", graph.TechML, []string{"InvokeModel", "Converse"}},
	{"cloudtrail", "AWS CloudTrail", graph.TechMonitoring, nil},
	{"codebuild", "AWS CodeBuild", graph.TechPipeline, nil},
	{"codecommit", "AWS CodeCommit", graph.TechSource, nil},
	{"codepipeline", "AWS CodePipeline", graph.TechPipeline, nil},
	{"comprehend", "Amazon Comprehend", graph.TechML, []string{"Detect", "BatchDetect", "Classify", "Contains"}},
	{"comprehendmedical", "Amazon Comprehend Medical", graph.TechML, []string{"Detect", "Infer"}},
	{"config", "AWS Config", graph.TechMonitoring, nil},
	{"ec2", "Amazon EC2", graph.TechServer, []string{
		"RunInstances", "StartInstances", "StopInstances", "RebootInstances", "TerminateInstances", "CreateImage", "CreateSnapshot", "DeregisterImage", "DeleteSnapshot",
	}},
	{"ecr", "Amazon ECR", graph.TechRegistry, nil},
	{"ecs", "Amazon ECS", graph.TechContainer, nil},
	{"geo", "Amazon Location", graph.TechSaaS, []string{"SearchPlaceIndex", "CalculateRoute", "BatchUpdateDevicePosition"}},
	{"guardduty", "Amazon GuardDuty", graph.TechMonitoring, nil},
	{"health", "AWS Health", graph.TechMonitoring, nil},
	{"iot", "AWS IoT Core", graph.TechBroker, []string{"Publish"}},
	{"kendra", "Amazon Kendra", graph.TechSearch, []string{"Query", "Retrieve"}},
	{"lex", "Amazon Lex", graph.TechML, []string{"Post", "RecognizeText", "RecognizeUtterance"}},
	{"mediaconvert", "AWS MediaConvert", graph.TechETL, []string{"CreateJob"}},
	{"mobiletargeting", "Amazon Pinpoint", graph.TechSaaS, []string{"Send"}},
	{"personalize", "Amazon Personalize", graph.TechML, []string{"GetRecommendations", "PutEvents", "GetPersonalizedRanking"}},
	{"polly", "Amazon Polly", graph.TechML, []string{"Synthesize", "StartSpeech"}},
	{"rekognition", "Amazon Rekognition", graph.TechML, []string{"Detect", "Recognize", "Compare", "Search", "Index", "Start"}},
	{"s3", "Amazon S3", graph.TechObject, nil},
	{"scheduler", "EventBridge Scheduler", graph.TechScheduler, []string{"CreateSchedule"}},
	{"securityhub", "AWS Security Hub", graph.TechMonitoring, nil},
	{"ses", "Amazon SES", graph.TechSaaS, []string{"SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulk"}},
	{"textract", "Amazon Textract", graph.TechML, []string{"Detect", "Analyze", "Start"}},
	{"transcribe", "Amazon Transcribe", graph.TechML, []string{"Start"}},
	{"translate", "Amazon Translate", graph.TechML, []string{"Translate", "StartText"}},
}

// apiServiceNamed returns the service of a prefix, nil for others.
func apiServiceNamed(prefix string) *apiService {
	i, found := slices.BinarySearchFunc(apiServices, strings.ToLower(prefix), func(s apiService, p string) int { return strings.Compare(s.prefix, p) })
	if !found {
		return nil
	}
	return &apiServices[i]
}

// apiServiceOf returns the service that an action calls, nil for others. A
// pattern for all of a service's actions counts.
func apiServiceOf(action string) *apiService {
	prefix, verb, ok := strings.Cut(action, ":")
	s := apiServiceNamed(prefix)
	if !ok || s == nil {
		return nil
	}
	for _, v := range s.verbs {
		if verb == "*" || strings.HasPrefix(strings.ToLower(verb), strings.ToLower(v)) || iam.MatchAction(action, s.prefix+":"+v) {
			return s
		}
	}
	return nil
}

// serviceComponent is the component that stands for a service.
func (b *builder) serviceComponent(s *apiService) *component {
	return b.add(&component{kept: true, Component: &graph.Component{
		ID: b.id("service/" + s.prefix), Kind: graph.Process, Name: s.name, Technology: s.tech, Label: "AWS service", Boundary: b.anyAccount("aws"),
	}})
}

// callServices makes the flows of a statement's actions to services, where none
// of their resources is there to be meant.
func (b *builder) callServices(p *principal, pol *policy, actions []string) {
	if pol.name != "" {
		return // AWS's own policies allow more than their holder uses
	}
	for _, action := range actions {
		s := apiServiceOf(action)
		if s == nil || len(p.holders) == 0 || slices.ContainsFunc(b.ofAction(action), func(c *component) bool { return c.Kind == graph.Process && c.Technology == s.tech }) {
			continue
		}
		basis := graph.Referenced
		if len(p.holders) > 1 {
			basis = graph.Permitted
		}
		for _, holder := range p.holders {
			if slices.Contains(p.stand, holder) {
				continue
			}
			b.flow(holder, b.serviceComponent(s), graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.Yes, Basis: basis},
				pol.evidence(fmt.Sprintf("policy of its role allows %s", action)))
		}
	}
}

// serviceHolders finds roles that nothing in the root runs as, but that trust a
// service which the root calls: the program that calls it hands the role on, and
// the service acts as it. It reports whether it found any.
func (b *builder) serviceHolders(p *principal) bool {
	if len(p.holders) > 0 || len(p.comp.resources) == 0 {
		return false
	}
	doc := b.document(p.comp.resources[0].Body.Get("assume_role_policy"))
	if doc == nil {
		return false
	}
	for i := range doc.Statements {
		for _, who := range doc.Statements[i].Principals {
			if who.Kind() != iam.Service {
				continue
			}
			prefix, _, _ := strings.Cut(who.Name(), ".")
			if c := b.comps[b.id("service/"+prefix)]; c != nil && !slices.Contains(p.holders, c) {
				p.holders = append(p.holders, c)
				p.stand = append(p.stand, c)
			}
		}
	}
	return len(p.holders) > 0
}

// patternServices returns the services whose events a pattern asks for: the one
// component of a service that the root has, else the service itself. Where the
// root has several, which is meant is not known.
func (b *builder) patternServices(v eval.Value) []*component {
	text, _ := v.Text()
	var pattern struct {
		Source []any `json:"source"`
	}
	if json.Unmarshal([]byte(text), &pattern) != nil {
		return nil
	}
	var out []*component
	for _, x := range pattern.Source {
		source, _ := x.(string)
		prefix, ok := strings.CutPrefix(source, "aws.")
		s := apiServiceNamed(prefix)
		if !ok || s == nil {
			continue
		}
		switch own := b.ofAction(prefix + ":*"); len(own) {
		case 0:
			out = append(out, b.serviceComponent(s))
		case 1:
			out = append(out, own[0])
		}
	}
	return out
}
