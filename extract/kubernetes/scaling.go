package kubernetes

import (
	"fmt"
	"maps"
	"slices"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// consumed are the triggers of KEDA that scale a workload by what waits for it: it
// takes its work from there. Others only measure. https://keda.sh/docs/latest/scalers/
var consumed = []string{
	"activemq", "apache-kafka", "artemis-queue", "aws-sqs-queue", "aws-kinesis-stream", "azure-queue", "azure-servicebus", "azure-eventhub", "beanstalkd",
	"gcp-pubsub", "kafka", "mongodb", "mssql", "mysql", "nats-jetstream", "postgresql", "pulsar", "rabbitmq", "redis", "redis-cluster", "redis-streams", "stan",
}

// readScaledObject reads what a workload is scaled by. Where that is a queue or the
// like, and an address is told, the workload reads from it.
func readScaledObject(c *cluster, o *manifest.Object) {
	var spec struct {
		Target struct {
			Kind string `json:"kind"`
			Name string `json:"name"`
		} `json:"scaleTargetRef"`
		Triggers []struct {
			Type     string            `json:"type"`
			Metadata map[string]string `json:"metadata"`
		} `json:"triggers"`
	}
	c.decode(&spec, o, "spec")
	c.later(func() {
		i := slices.IndexFunc(c.workloads, func(w *workload) bool {
			return w.namespace == o.Namespace && w.object.Name == spec.Target.Name && (spec.Target.Kind == "" || spec.Target.Kind == w.object.Kind)
		})
		if i < 0 {
			return
		}
		w := c.workloads[i]
		w.component.Parts = append(w.component.Parts, address(o))
		for n, t := range spec.Triggers {
			if !slices.Contains(consumed, t.Type) {
				continue
			}
			beside := portsAmong(t.Metadata)
			for _, name := range slices.Sorted(maps.Keys(t.Metadata)) {
				text := text{
					name: name, value: t.Metadata[name], form: variable, object: o, what: fmt.Sprintf("trigger %s of ScaledObject %s", t.Type, o.Name),
					source: graph.Source{File: o.File, Line: o.TextLine("spec", "triggers", n, "metadata", name)},
				}
				c.follow(w, text, mentions(text, beside))
			}
		}
	})
}
