package terraform_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"drawbridge/extract/terraform"
	"drawbridge/extract/terraform/eval"
)

// shops makes files of ten blocks each: a function with its role and policy, a
// table, a queue that triggers it, a bucket with details, and a security group.
func shops(files int) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := range files {
		fsys[fmt.Sprintf("shop_%05d.tf", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, `
resource "aws_lambda_function" "f%[1]d" {
  function_name = "f-%[1]d"
  role          = aws_iam_role.r%[1]d.arn
  environment {
    variables = { TABLE = aws_dynamodb_table.t%[1]d.name, NEXT = aws_sqs_queue.q%[2]d.url }
  }
  vpc_config {
    subnet_ids         = ["subnet-1"]
    security_group_ids = [aws_security_group.g%[1]d.id]
  }
}
resource "aws_iam_role" "r%[1]d" {
  name               = "r-%[1]d"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "p%[1]d" {
  role   = aws_iam_role.r%[1]d.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ["dynamodb:PutItem"], Resource = aws_dynamodb_table.t%[1]d.arn }] })
}
resource "aws_dynamodb_table" "t%[1]d" {
  name     = "t-%[1]d"
  hash_key = "id"
}
resource "aws_sqs_queue" "q%[1]d" {
  name = "q-%[1]d"
}
resource "aws_lambda_event_source_mapping" "m%[1]d" {
  event_source_arn = aws_sqs_queue.q%[1]d.arn
  function_name    = aws_lambda_function.f%[1]d.arn
}
resource "aws_s3_bucket" "b%[1]d" {
  bucket = "b-%[1]d"
}
resource "aws_s3_bucket_versioning" "b%[1]d" {
  bucket = aws_s3_bucket.b%[1]d.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_cloudwatch_log_group" "l%[1]d" {
  name = "/aws/lambda/f-%[1]d"
}
resource "aws_security_group" "g%[1]d" {
  name = "g-%[1]d"
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}
`, i, (i+1)%files)}
	}
	return fsys
}

func BenchmarkRead(b *testing.B) {
	for _, blocks := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("blocks=%d", blocks), func(b *testing.B) {
			fsys := shops(blocks / 10)
			for b.Loop() {
				terraform.Read(fsys, ".", terraform.Options{})
			}
		})
	}
}

// BenchmarkEvaluate is the part of BenchmarkRead that is not this package's.
func BenchmarkEvaluate(b *testing.B) {
	fsys := shops(1000)
	for b.Loop() {
		terraform.Evaluate(fsys, ".", terraform.Options{Eval: eval.Options{}})
	}
}
