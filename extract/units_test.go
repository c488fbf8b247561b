package extract

import (
	"testing"

	"drawbridge/graph"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// Terragrunt units are read beside roots, the modules that they call only through
// them, and an output of one unit makes a flow in another.
func TestUnits(t *testing.T) {
	files, _ := tree(t, txtar.Parse([]byte(`
-- plain/main.tf --
resource "aws_sqs_queue" "plain" {}
-- modules/queue/main.tf --
resource "aws_sqs_queue" "q" {}
output "url" { value = aws_sqs_queue.q.url }
-- modules/worker/main.tf --
variable "queue" {}
resource "aws_lambda_function" "f" {
  environment {
    variables = { QUEUE = var.queue }
  }
}
-- live/queue/terragrunt.hcl --
terraform {
  source = "../../modules//queue"
}
-- live/worker/terragrunt.hcl --
terraform {
  source = "../../modules//worker"
}
dependency "queue" {
  config_path = "../queue"
}
inputs = { queue = dependency.queue.outputs.url }
`)))
	g, err := Dir(files, Options{LetPanic: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range g.Components {
		got = append(got, c.ID)
	}
	for _, f := range g.Flows {
		got = append(got, f.From+" -> "+f.To)
	}
	want := []string{
		"live/queue:aws_sqs_queue.q", "live/worker:aws_lambda_function.f", "plain:aws_sqs_queue.plain",
		"live/worker:aws_lambda_function.f -> live/queue:aws_sqs_queue.q",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("components and flows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]graph.Note(nil), g.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}
