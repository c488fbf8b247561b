package terraform

import (
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readPipeline is the semantic of a delivery pipeline: where its source lies, what
// it starts, where it keeps its artifacts.
func readPipeline(b *builder, r *resource) {
	for _, block := range r.Body.BlocksOf("artifact_store") {
		v := block.Get("location")
		for _, c := range b.targets(v) {
			b.flow(r.self, c, graph.Flow{Carries: "build artifacts"}, atValue(r, v, "artifact store of the pipeline"))
		}
	}
	for _, block := range r.Body.BlocksOf("stage.action") {
		b.pipelineAction(r, block)
	}
}

// pipelineTargets are the settings of an action that name what it starts, by the
// action's provider; for sources, what it reads.
var pipelineTargets = map[string][]string{
	"CodeBuild":        {"ProjectName"},
	"CodeDeploy":       {"ApplicationName"},
	"CodeDeployToECS":  {"ApplicationName"},
	"ECS":              {"ServiceName"},
	"Lambda":           {"FunctionName"},
	"StepFunctions":    {"StateMachineArn"},
	"S3":               {"BucketName", "S3Bucket"},
	"ECR":              {"RepositoryName"},
	"CodeCommit":       {"RepositoryName"},
	"ElasticBeanstalk": {"ApplicationName"},
}

func (b *builder) pipelineAction(r *resource, block *eval.Block) {
	name, _ := block.Get("provider").Text()
	category, _ := block.Get("category").Text()
	conf := block.Get("configuration")
	if category == "Source" {
		if from := b.sourceRepository(name, conf); from != nil {
			b.flow(from, r.self, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Carries: "source code"}, atValue(r, conf, "source stage of the pipeline"))
			return
		}
	}
	for _, v := range []eval.Value{conf.Field("NotificationArn")} {
		for _, c := range b.targets(v) {
			b.flow(r.self, c, graph.Flow{Carries: "notifications"}, atValue(r, v, strings.ToLower(category)+" stage of the pipeline"))
		}
	}
	for _, key := range pipelineTargets[name] {
		v := conf.Field(key)
		for _, c := range b.targets(v) {
			if category == "Source" {
				b.flow(c, r.self, graph.Flow{Carries: "source code"}, atValue(r, v, "source stage of the pipeline"))
			} else {
				b.flow(r.self, c, graph.Flow{}, atValue(r, v, strings.ToLower(category)+" stage of the pipeline"))
			}
		}
	}
}

// sourceRepository returns the repository outside of the platform that a source
// action reads, nil for the platform's own.
func (b *builder) sourceRepository(name string, conf eval.Value) *component {
	field := func(keys ...string) string {
		for _, k := range keys {
			if s, ok := conf.Field(k).Literal(); ok {
				return s
			}
		}
		return ""
	}
	switch name {
	case "GitHub", "Bitbucket":
		repo := strings.Trim(field("Owner")+"/"+field("Repo"), "/")
		return b.repository(name, repo, conf)
	case "CodeStarSourceConnection":
		service := "GitHub"
		for _, c := range b.named(conf.Field("ConnectionArn")) {
			if s, ok := c.Body.Get("provider_type").Literal(); ok {
				service = s
			}
		}
		return b.repository(service, field("FullRepositoryId"), conf)
	}
	return nil
}

func (b *builder) repository(service, name string, v eval.Value) *component {
	host := map[string]string{"GitHub": "github.com", "Bitbucket": "bitbucket.org", "GitLab": "gitlab.com"}[service]
	if host == "" {
		host = strings.ToLower(service)
	}
	id := host
	if name != "" {
		id += "/" + name
	}
	return b.outside(id, id, service+" repository", graph.TechSource, v.Source)
}

// readBuildSource is the semantic of a build project's own source.
func readBuildSource(b *builder, r *resource) {
	for _, block := range append(r.Body.BlocksOf("source"), r.Body.BlocksOf("secondary_sources")...) {
		kind, _ := block.Get("type").Text()
		v := block.Get("location")
		switch kind {
		case "GITHUB", "GITHUB_ENTERPRISE", "BITBUCKET", "GITLAB":
			text, _ := v.Literal()
			host := outsideHost(text)
			if host == "" {
				host = map[string]string{"GITHUB": "github.com", "BITBUCKET": "bitbucket.org", "GITLAB": "gitlab.com"}[kind]
			}
			if host == "" {
				continue
			}
			path := strings.TrimSuffix(strings.Trim(text[strings.Index(text, host)+max(0, len(host)):], "/"), ".git")
			if !strings.Contains(text, host) {
				path = ""
			}
			id := strings.TrimSuffix(host+"/"+path, "/")
			from := b.outside(id, id, "source repository", graph.TechSource, v.Source)
			b.flow(from, r.self, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Carries: "source code"}, atValue(r, v, "source of the build"))
		case "S3", "CODECOMMIT":
			from := b.targets(v)
			if text, ok := v.Literal(); ok && len(from) == 0 {
				from = append(from, b.byURL("s3://"+text)) // BUCKET/KEY
			}
			for _, c := range from {
				b.flow(c, r.self, graph.Flow{Carries: "source code"}, atValue(r, v, "source of the build"))
			}
		}
	}
	for _, v := range r.Body.All("artifacts.location") {
		for _, c := range b.targets(v) {
			b.flow(r.self, c, graph.Flow{Carries: "build artifacts"}, atValue(r, v, "artifacts of the build"))
		}
	}
}
