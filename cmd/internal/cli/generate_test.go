package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// serviceBlocks is the number of resource blocks that service writes.
const serviceBlocks = 10

// service returns the configuration of one small service, about as dense as
// real ones: ten blocks, templates, a policy in jsonencode, references among them.
func service(name string) string {
	return strings.ReplaceAll(`
locals {
  NAME_name = "${var.prefix}-NAME"
  NAME_tags = merge(var.tags, { service = "NAME" })
}

resource "aws_sqs_queue" "NAME" {
  name                       = local.NAME_name
  visibility_timeout_seconds = 30 * 2
  sqs_managed_sse_enabled    = true
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.NAME_dead.arn
    maxReceiveCount     = 5
  })
  tags = local.NAME_tags
}

resource "aws_sqs_queue" "NAME_dead" {
  name                      = "${local.NAME_name}-dead"
  message_retention_seconds = 14 * 24 * 3600
  tags                      = local.NAME_tags
}

resource "aws_dynamodb_table" "NAME" {
  name         = local.NAME_name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  point_in_time_recovery {
    enabled = var.prefix == "production"
  }
  tags = local.NAME_tags
}

resource "aws_s3_bucket" "NAME" {
  bucket = "${local.NAME_name}-files"
  tags   = local.NAME_tags
}

resource "aws_s3_bucket_public_access_block" "NAME" {
  bucket              = aws_s3_bucket.NAME.id
  block_public_acls   = true
  block_public_policy = true
}

resource "aws_iam_role" "NAME" {
  name = local.NAME_name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "NAME" {
  role = aws_iam_role.NAME.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
        Resource = aws_sqs_queue.NAME.arn
      },
      {
        Effect   = "Allow"
        Action   = ["dynamodb:PutItem", "dynamodb:GetItem"]
        Resource = [aws_dynamodb_table.NAME.arn, "${aws_dynamodb_table.NAME.arn}/index/*"]
      },
    ]
  })
}

resource "aws_lambda_function" "NAME" {
  function_name = local.NAME_name
  role          = aws_iam_role.NAME.arn
  runtime       = "python3.13"
  handler       = "main.handle"
  filename      = "${path.module}/NAME.zip"
  timeout       = 30
  environment {
    variables = {
      TABLE  = aws_dynamodb_table.NAME.name
      BUCKET = aws_s3_bucket.NAME.bucket
      STAGE  = upper(var.prefix)
    }
  }
  tags = local.NAME_tags
}

resource "aws_lambda_event_source_mapping" "NAME" {
  event_source_arn = aws_sqs_queue.NAME.arn
  function_name    = aws_lambda_function.NAME.arn
  batch_size       = 10
}

resource "aws_cloudwatch_log_group" "NAME" {
  name              = "/aws/lambda/${aws_lambda_function.NAME.function_name}"
  retention_in_days = 30
  tags              = local.NAME_tags
}
`, "NAME", name)
}

const serviceVariables = `
variable "prefix" {
  type    = string
  default = "production"
}

variable "tags" {
  type    = map(string)
  default = { owner = "platform" }
}
`

// generate writes blocks resource blocks, ten to a file, spread over roots root
// modules, and returns the directory.
func generate(t testing.TB, blocks, roots int) string {
	t.Helper()
	dir := t.TempDir()
	services := blocks / serviceBlocks
	for r := range roots {
		root := filepath.Join(dir, fmt.Sprintf("root%03d", r))
		writeFile(t, filepath.Join(root, "variables.tf"), serviceVariables)
		for s := r; s < services; s += roots {
			name := fmt.Sprintf("s%05d", s)
			writeFile(t, filepath.Join(root, name+".tf"), service(name))
		}
	}
	return dir
}

// generateInstances writes one root with a resource block of n instances, a
// multiple of 100, and a second one that refers to each.
func generateInstances(t testing.TB, n int) string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "main.tf"), fmt.Sprintf(`
resource "aws_sqs_queue" "q" {
  for_each = toset(flatten([for i in range(%d) : [for j in range(100) : format("q%%03d%%02d", i, j)]]))
  name     = "jobs-${each.key}"
}

resource "aws_lambda_function" "f" {
  for_each      = aws_sqs_queue.q
  function_name = "worker-${each.key}"
  filename      = "worker.zip"
  handler       = "main.handle"
  runtime       = "python3.13"
  role          = "arn:aws:iam::111122223333:role/worker"
  environment {
    variables = { QUEUE_URL = each.value.url }
  }
}
`, n/100)) // range gives 1,024 numbers at most
	return dir
}

func writeFile(t testing.TB, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}
