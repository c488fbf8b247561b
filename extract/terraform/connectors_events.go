package terraform

import (
	"encoding/json"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/extract/terraform/iam"
	"drawbridge/graph"
)

// defaultBus is the event bus that each account has, which no resource makes.
func (b *builder) defaultBus() *component {
	id := b.id("default-event-bus")
	if c := b.comps[id]; c != nil {
		return c
	}
	return b.add(&component{kept: true, row: b.table["aws_cloudwatch_event_bus"], Component: &graph.Component{
		ID: id, Kind: graph.Store, Name: "EventBridge default bus", Technology: graph.TechEventBus, Label: "Event bus", Boundary: b.anyAccount("aws"),
	}})
}

// anyAccount returns the default account's boundary of a provider.
func (b *builder) anyAccount(name string) string {
	return b.account(&resource{Resource: &eval.Resource{Type: name + "_"}})
}

// busOf returns the bus that an attribute names, the default one where it is not set.
func (b *builder) busOf(v eval.Value) *component {
	if buses := b.targets(v); len(buses) > 0 {
		return buses[0]
	}
	if s, ok := v.Literal(); ok && s != "" && s != "default" && !strings.HasSuffix(s, "/default") {
		name := s[strings.LastIndexByte(s, '/')+1:]
		c := b.outside(b.id("event-bus/"+name), name, "Event bus", graph.TechEventBus, v.Source)
		return c
	}
	return b.defaultBus()
}

// readEventRule is the semantic of a rule: it listens at its bus, to the sources
// that its pattern names.
func readEventRule(b *builder, r *resource) {
	bus := b.busOf(r.Body.Get("event_bus_name"))
	r.owners = append(r.owners, bus)
	bus.Parts = append(bus.Parts, r.Address)
	v := r.Body.Get("event_pattern")
	if v.IsNull() {
		return
	}
	sources := b.patternSources(v)
	if len(sources) == 0 {
		for _, source := range b.patternServices(v) {
			b.flow(source, bus, graph.Flow{Carries: "events"}, atValue(r, v, "event pattern asks for its events"))
		}
	}
	for _, source := range sources {
		if source.Technology == graph.TechObject || source.Kind == graph.Process {
			b.flow(source, bus, graph.Flow{Carries: "events"}, atValue(r, v, "event pattern names it"))
		}
	}
}

// patternSources returns the components that an event pattern names.
func (b *builder) patternSources(v eval.Value) []*component {
	var out []*component
	for _, r := range b.marked(v.Refs()) {
		if c := b.componentOf(r); c != nil {
			out = append(out, c)
		}
	}
	text, ok := v.Literal()
	if !ok {
		return out
	}
	var pattern struct {
		Detail struct {
			Bucket struct {
				Name []any `json:"name"`
			} `json:"bucket"`
		} `json:"detail"`
	}
	if json.Unmarshal([]byte(text), &pattern) == nil {
		for _, n := range pattern.Detail.Bucket.Name {
			if s, ok := n.(string); ok {
				out = append(out, b.byName[s]...)
			}
		}
	}
	return out
}

// readEventTarget is the semantic of a rule's target: from the rule's bus to the target.
func readEventTarget(b *builder, r *resource) {
	var bus *component
	for _, rule := range b.named(r.Body.Get("rule")) {
		if rule.Type == "aws_cloudwatch_event_rule" {
			bus = b.busOf(rule.Body.Get("event_bus_name"))
		}
	}
	if bus == nil {
		bus = b.busOf(r.Body.Get("event_bus_name"))
	}
	for _, t := range b.invoked(r, r.Body, "ecs_target.task_definition_arn", "batch_target.job_definition") {
		b.flow(bus, t.comp, graph.Flow{Carries: "events"}, atValue(r, t.value, "target of an event rule"))
	}
	b.deadLetters(r, bus, r.Body.Get("dead_letter_config.arn"))
}

// invoked returns what a target block starts: a task rather than the cluster that
// it runs in, else what its ARN names, else what its input names for universal targets.
func (b *builder) invoked(r *resource, block *eval.Block, tasks ...string) []end {
	var out []end
	for _, path := range tasks {
		for _, v := range block.All(path) {
			for _, c := range b.targets(v) {
				out = append(out, end{comp: c, value: v})
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	arn := block.Get("arn")
	for _, c := range b.reached(arn, "event target") {
		out = append(out, end{comp: c, value: arn})
	}
	text, _ := arn.Text()
	if len(out) == 0 && strings.Contains(text, ":aws-sdk:") {
		input := block.Get("input")
		for _, ref := range b.bodyTargets(r, input) {
			out = append(out, end{comp: ref.to, value: input})
		}
		if len(out) == 0 && strings.Contains(text, ":aws-sdk:eventbridge:") {
			out = append(out, end{comp: b.defaultBus(), value: arn})
		}
	}
	if len(out) == 0 && strings.HasSuffix(text, "event-bus/default") {
		out = append(out, end{comp: b.defaultBus(), value: arn})
	}
	return out
}

func (b *builder) deadLetters(r *resource, from *component, v eval.Value) {
	for _, q := range b.targets(v) {
		b.flow(from, q, graph.Flow{Carries: "undelivered messages"}, atValue(r, v, "dead-letter queue"))
	}
}

// readSchedule is the semantic of a schedule of EventBridge Scheduler.
func readSchedule(b *builder, r *resource) {
	for _, block := range r.Body.BlocksOf("target") {
		for _, t := range b.invoked(r, block, "ecs_parameters.task_definition_arn") {
			f := graph.Flow{}
			if arn, _ := block.Get("arn").Text(); strings.Contains(arn, ":aws-sdk:") {
				f = graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes} // a call of the platform's API about it
			}
			b.flow(r.self, t.comp, f, atValue(r, t.value, "target of the schedule"))
		}
		b.deadLetters(r, r.self, block.Get("dead_letter_config.arn"))
	}
}

// readPipe is the semantic of an EventBridge pipe.
func readPipe(b *builder, r *resource) {
	for _, from := range b.targets(r.Body.Get("source")) {
		b.flow(from, r.self, graph.Flow{Carries: "events"}, atValue(r, r.Body.Get("source"), "source of the pipe"))
	}
	for _, attr := range []string{"enrichment", "target"} {
		v := r.Body.Get(attr)
		to := b.targets(v)
		for _, task := range r.Body.All("target_parameters.ecs_task_parameters.task_definition_arn") {
			if found := b.targets(task); attr == "target" && len(found) > 0 {
				to = found
			}
		}
		for _, c := range to {
			b.flow(r.self, c, graph.Flow{Carries: "events"}, atValue(r, v, attr+" of the pipe"))
		}
	}
	b.deadLetters(r, r.self, r.Body.Get("source_parameters.sqs_queue_parameters.dead_letter_config.arn"))
}

// readBucketNotification is the semantic of a bucket's notifications.
func readBucketNotification(b *builder, r *resource) {
	for _, from := range r.owners {
		for _, path := range []string{"lambda_function.lambda_function_arn", "queue.queue_arn", "topic.topic_arn"} {
			for _, v := range r.Body.All(path) {
				for _, to := range b.targets(v) {
					b.flow(from, to, graph.Flow{Carries: "object events"}, atValue(r, v, "bucket notification"))
				}
			}
		}
		if v := r.Body.Get("eventbridge"); v.Truth(graph.No) == graph.Yes {
			b.flow(from, b.defaultBus(), graph.Flow{Carries: "object events"}, atValue(r, v, "bucket sends its events to EventBridge"))
		}
	}
}

// readSubscription is the semantic of a topic's subscription.
func readSubscription(b *builder, r *resource) {
	endpoint := r.Body.Get("endpoint")
	protocol, _ := r.Body.Get("protocol").Text()
	to := b.reached(endpoint, "HTTP endpoint")
	place := endpoint.Source
	switch protocol {
	case "email", "email-json":
		to = []*component{b.outside("mail recipients", "email recipients", "mail recipients", graph.TechUser, place)}
	case "sms":
		to = []*component{b.outside("sms recipients", "sms recipients", "sms recipients", graph.TechUser, place)}
	}
	f := graph.Flow{Carries: "notifications"}
	if protocol == "http" {
		f.Protocol, f.Port, f.Encrypted = "http", 80, graph.No
	}
	for _, topic := range b.reached(r.Body.Get("topic_arn"), "topic") {
		for _, c := range to {
			b.flow(topic, c, f, atValue(r, endpoint, "subscription to the topic"))
		}
		b.deadLetters(r, topic, r.Body.Get("redrive_policy"))
	}
}

// alarmsOf is the one component for the alarms of an account: each is its part.
func (b *builder) alarmsOf(r *resource) *component {
	account := b.account(r)
	id := b.id("alarms")
	if account != b.anyAccount("aws") {
		id = account + "/alarms"
	}
	return b.add(&component{row: b.table[r.Type], Component: &graph.Component{
		ID: id, Kind: graph.Process, Name: "CloudWatch alarms", Technology: graph.TechMonitoring, Label: "alarms", Source: r.Source, Boundary: account,
	}})
}

// readAlarm connects the alarms with what this one tells.
func readAlarm(b *builder, r *resource) {
	for _, attr := range []string{"alarm_actions", "ok_actions", "insufficient_data_actions"} {
		v := r.Body.Get(attr)
		for _, c := range b.targets(v) {
			if c.Technology == graph.TechTopic || c.Technology == graph.TechFunction {
				for _, from := range r.owners {
					b.flow(from, c, graph.Flow{Carries: "alarms"}, atValue(r, v, "alarm action"))
				}
			}
		}
	}
}

// readPermission is the semantic of a function's resource policy: who may invoke it.
func readPermission(b *builder, r *resource) {
	source := r.Body.Get("source_arn")
	for _, f := range b.targets(r.Body.Get("function_name")) {
		for _, from := range b.targets(source) {
			b.flow(from, f, graph.Flow{Basis: graph.Permitted}, atValue(r, source, "permission to invoke the function"))
		}
		who, _ := r.Body.Get("principal").Text()
		if strings.HasSuffix(who, ".amazonaws.com") && f.Is(graph.PropCallersBound) != graph.No {
			unbound := !source.IsSet() && !r.Body.Get("source_account").IsSet()
			e := at(r, "the permission for "+who+" names a source")
			if unbound {
				e.Why = "any customer's resource may call through " + who + ": neither source_arn nor source_account is set"
				e.Fix = "set `source_arn` in " + r.Address
			}
			f.Set(graph.PropCallersBound, graph.Of(!unbound), e)
		}
		if from := b.principalComponent(r, iam.Principal{Type: iam.TypeAWS, ID: who}); from != nil && from.ID != graph.InternetID {
			action, _ := r.Body.Get("action").Text()
			b.grant(from, f, action, graph.AbilityInvoke, false, atValue(r, r.Body.Get("principal"), "permission names it"))
		}
		if who == "*" && source.IsNull() && r.Body.Get("source_account").IsNull() && r.Body.Get("principal_org_id").IsNull() && r.Body.Get("function_url_auth_type").IsNull() {
			f.Set(graph.PropPublic, graph.Yes, atValue(r, r.Body.Get("principal"), "anyone may invoke the function"))
			b.flow(b.internet(), f, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.No}, atValue(r, r.Body.Get("principal"), "anyone may invoke the function"))
		}
	}
}

// readFunctionLogs connects a function with the log group that its name gives it.
func readFunctionLogs(b *builder, r *resource) {
	for _, name := range []string{"function_name"} {
		s, ok := r.Body.Get(name).Text()
		if !ok {
			continue
		}
		for _, c := range b.logGroups("/aws/lambda/" + s) {
			b.flow(r.self, c, graph.Flow{Carries: "logs"}, atValue(r, r.Body.Get(name), "log group of the function"))
		}
	}
	for _, v := range r.Body.All("logging_config.log_group") {
		for _, c := range b.targets(v) {
			b.flow(r.self, c, graph.Flow{Carries: "logs"}, atValue(r, v, "log group of the function"))
		}
	}
}

// logGroups returns the log groups of a name, which may hold tokens: a group is
// named after what writes to it.
func (b *builder) logGroups(name string) []*component {
	if b.logsByName == nil {
		b.logsByName = map[string][]*component{}
		for _, r := range b.byType["aws_cloudwatch_log_group"] {
			if s, ok := r.Body.Get("name").Text(); ok && r.self != nil {
				b.logsByName[s] = append(b.logsByName[s], r.self)
			}
		}
	}
	return b.logsByName[name]
}

// readEventSubscription is the semantic of a database service's event
// subscription. Its source may be of another root: then it stands outside.
func readEventSubscription(b *builder, r *resource) {
	sources := b.targets(r.Body.Get("source_ids"))
	if len(sources) == 0 {
		kind, _ := r.Body.Get("source_type").Literal()
		sources = append(sources, b.outside(b.id("rds "+kind), strings.TrimSpace("rds "+kind), "RDS", graph.TechSQL, r.Source))
	}
	v := r.Body.Get("sns_topic")
	for _, from := range sources {
		for _, to := range b.targets(v) {
			b.flow(from, to, graph.Flow{Carries: "events"}, atValue(r, v, "event subscription"))
		}
	}
}
