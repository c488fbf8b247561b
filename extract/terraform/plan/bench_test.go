package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"drawbridge/extract/terraform/plan"
)

// BenchmarkState reads a state of instances that name each other by ARN.
func BenchmarkState(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var s strings.Builder
			s.WriteString(`{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{"resources":[`)
			for i := range n {
				if i > 0 {
					s.WriteString(",")
				}
				fmt.Fprintf(&s, `{"address":"aws_sqs_queue.q[%d]","mode":"managed","type":"aws_sqs_queue","name":"q","index":%d,"values":{"id":"https://sqs.eu-west-1.amazonaws.com/123456789012/q%d",`+
					`"arn":"arn:aws:sqs:eu-west-1:123456789012:q%d","name":"q%d","redrive_policy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:eu-west-1:123456789012:q%d\",\"maxReceiveCount\":4}",`+
					`"tags":{"a":"b","c":"d"},"visibility_timeout_seconds":30},"sensitive_values":{"tags":{}},"depends_on":["aws_sqs_queue.dead"]}`, i, i, i, i, i, (i+1)%n)
			}
			s.WriteString("]}}}")
			fsys := fstest.MapFS{"state.json": {Data: []byte(s.String())}}
			b.SetBytes(int64(s.Len()))
			for b.Loop() {
				if _, err := plan.Read(fsys, "state.json", plan.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
