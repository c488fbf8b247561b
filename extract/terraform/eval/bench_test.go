package eval_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"drawbridge/extract/terraform/eval"

	"github.com/hashicorp/hcl/v2/hclparse"
)

// blocks makes a root of n resource blocks in files of ten, each with references to
// others, a policy and nested blocks, as real roots have.
func blocks(n int) fstest.MapFS {
	fsys := fstest.MapFS{
		"variables.tf": {Data: []byte("variable \"env\" {\n  default = \"prod\"\n}\nlocals {\n  tags = { env = var.env, team = \"shop\" }\n}\n")},
	}
	for f := 0; f*10 < n; f++ {
		var b strings.Builder
		for i := f * 10; i < f*10+10 && i < n; i++ {
			switch i % 5 {
			case 0:
				fmt.Fprintf(&b, "resource \"aws_sqs_queue\" \"q%d\" {\n  name                      = \"${var.env}-q%d\"\n  message_retention_seconds = 86400\n  kms_master_key_id         = \"alias/aws/sqs\"\n  tags                      = local.tags\n}\n", i, i)
			case 1:
				fmt.Fprintf(&b, "resource \"aws_lambda_function\" \"f%d\" {\n  function_name = \"${var.env}-f%d\"\n  role          = aws_iam_role.r%d.arn\n  handler       = \"index.handler\"\n  runtime       = \"nodejs20.x\"\n  environment {\n    variables = {\n      QUEUE_URL = aws_sqs_queue.q%d.url\n      STAGE     = var.env\n    }\n  }\n  tags = local.tags\n}\n", i, i, i+1, i-1)
			case 2:
				fmt.Fprintf(&b, "resource \"aws_iam_role\" \"r%d\" {\n  name = \"${var.env}-r%d\"\n  assume_role_policy = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = { Service = \"lambda.amazonaws.com\" } }]\n  })\n}\n", i, i)
			case 3:
				fmt.Fprintf(&b, "resource \"aws_iam_role_policy\" \"p%d\" {\n  role = aws_iam_role.r%d.id\n  policy = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [{ Effect = \"Allow\", Action = [\"sqs:SendMessage\"], Resource = aws_sqs_queue.q%d.arn }]\n  })\n}\n", i, i-1, i-3)
			case 4:
				fmt.Fprintf(&b, "resource \"aws_s3_bucket\" \"b%d\" {\n  bucket = \"${var.env}-b%d\"\n  tags   = merge(local.tags, { Name = \"b%d\" })\n}\n", i, i, i)
			}
		}
		fsys[fmt.Sprintf("f%05d.tf", f)] = &fstest.MapFile{Data: []byte(b.String())}
	}
	return fsys
}

func BenchmarkRoot(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		fsys := blocks(n)
		b.Run(fmt.Sprintf("blocks=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := eval.Root(fsys, ".", eval.Options{}); len(r.Resources) != n {
					b.Fatalf("%d resources, want %d", len(r.Resources), n)
				}
			}
		})
		b.Run(fmt.Sprintf("parse-only=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p := hclparse.NewParser()
				names, _ := fs.Glob(fsys, "*.tf")
				for _, name := range names {
					if _, diags := p.ParseHCL(fsys[name].Data, name); diags.HasErrors() {
						b.Fatal(diags)
					}
				}
			}
		})
	}
}

// BenchmarkForEach is linear in the instances: no scope is copied for each.
func BenchmarkForEach(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		fsys := fstest.MapFS{"main.tf": {Data: fmt.Appendf(nil, `
locals { all = { for i in range(%d) : "k${i}" => { name = "n${i}", size = i } } }
resource "aws_sqs_queue" "q" {
  for_each = local.all
  name     = each.value.name
}
resource "aws_sqs_queue_policy" "p" {
  for_each  = aws_sqs_queue.q
  queue_url = each.value.url
  policy    = jsonencode({ Statement = [{ Resource = each.value.arn }] })
}
output "urls" { value = [for q in aws_sqs_queue.q : q.url] }
`, min(n, 1000))}}
		if n > 1000 { // range is bounded as terraform's is: a product makes more
			fsys["main.tf"].Data = []byte(strings.Replace(string(fsys["main.tf"].Data),
				`{ for i in range(1000) : "k${i}" => { name = "n${i}", size = i } }`,
				fmt.Sprintf(`{ for p in setproduct(range(100), range(%d)) : "k${p[0]}-${p[1]}" => { name = "n${p[0]}", size = p[1] } }`, n/100), 1))
		}
		b.Run(fmt.Sprintf("instances=%d", n), func(b *testing.B) {
			for b.Loop() {
				if r := eval.Root(fsys, ".", eval.Options{}); len(r.Resources) != 2*n {
					b.Fatalf("%d resources, want %d", len(r.Resources), 2*n)
				}
			}
		})
	}
}

// BenchmarkModules evaluates 1,000 calls of a module of ten resources, each with
// arguments of its own, and 50 levels of modules.
func BenchmarkModules(b *testing.B) {
	var calls, ten strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&calls, "module \"m%d\" {\n  source = \"./ten\"\n  name   = \"n%d\"\n}\n", i, i)
	}
	ten.WriteString("variable \"name\" {}\n")
	for i := range 10 {
		fmt.Fprintf(&ten, "resource \"aws_sqs_queue\" \"q%d\" {\n  name = \"${var.name}-%d\"\n}\n", i, i)
	}
	wide := fstest.MapFS{"main.tf": {Data: []byte(calls.String())}, "ten/main.tf": {Data: []byte(ten.String())}}
	deep := fstest.MapFS{}
	for i := range 50 {
		dir := strings.Repeat("m/", i)
		deep[dir+"main.tf"] = &fstest.MapFile{Data: []byte("variable \"name\" {\n  default = \"top\"\n}\nresource \"aws_sqs_queue\" \"q\" {\n  name = var.name\n}\nmodule \"m\" {\n  source = \"./m\"\n  name   = \"${var.name}x\"\n}\n")}
	}
	deep[strings.Repeat("m/", 50)+"main.tf"] = &fstest.MapFile{Data: []byte("variable \"name\" {}\nresource \"aws_sqs_queue\" \"q\" {\n  name = var.name\n}\n")}
	for name, c := range map[string]struct {
		fsys fstest.MapFS
		want int
	}{"calls=1000": {wide, 10_000}, "levels=50": {deep, 51}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r := eval.Root(c.fsys, ".", eval.Options{})
				if len(r.Resources) != c.want || len(r.Notes) > 0 {
					b.Fatalf("%d resources, want %d; notes %v", len(r.Resources), c.want, r.Notes)
				}
			}
		})
	}
}
