package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"drawbridge/graph"
)

// testRepository is a git repository that a test commits to.
type testRepository struct {
	t   testing.TB
	dir string
}

func newTestRepository(t testing.TB, options ...string) *testRepository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("DRAWBRIDGE_NO_SKIP") != "" {
			t.Fatal("git is not installed, and DRAWBRIDGE_NO_SKIP is set")
		}
		t.Skip("git is not installed")
	}
	r := &testRepository{t, t.TempDir()}
	r.git(append([]string{"init", "-q", "-b", "main"}, options...)...)
	return r
}

func (r *testRepository) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *testRepository) write(name, content string) {
	writeFile(r.t, filepath.Join(r.dir, name), content)
}

func (r *testRepository) read(name string) string {
	content, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(content)
}

// replace changes a text that must be in the file.
func (r *testRepository) replace(name, old, with string) {
	r.t.Helper()
	content := r.read(name)
	if !strings.Contains(content, old) {
		r.t.Fatalf("%s holds no %q", name, old)
	}
	r.write(name, strings.ReplaceAll(content, old, with))
}

func (r *testRepository) append(name, more string) { r.write(name, r.read(name)+more) }

func (r *testRepository) commit(message string) {
	r.git("add", "-A")
	r.git("commit", "-q", "-m", message)
}

const historyMain = `
variable "prefix" { default = "shop" }

locals {
  name = "${var.prefix}-orders"
}

resource "aws_sqs_queue" "orders" {
  name                    = local.name
  sqs_managed_sse_enabled = true
}

resource "aws_lambda_function" "worker" {
  function_name = "worker"
  runtime       = "python3.13"
  handler       = "main.handle"
  filename      = "worker.zip"
  role          = aws_iam_role.worker.arn
  environment {
    variables = { QUEUE_URL = aws_sqs_queue.orders.url }
  }
}

resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
`

const historyNetwork = `
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "data" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_security_group" "db" {
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/16"]
  }
}

resource "aws_db_subnet_group" "db" {
  subnet_ids = [aws_subnet.data.id]
}

resource "aws_db_instance" "db" {
  engine                 = "postgres"
  storage_encrypted      = true
  publicly_accessible    = false
  db_subnet_group_name   = aws_db_subnet_group.db.name
  vpc_security_group_ids = [aws_security_group.db.id]
}
`

const historyKubernetes = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: example/web:1.0
          env:
            - {name: API, value: "http://api:8080"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - {name: api, image: example/api:1.0}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec:
  selector: {app: api}
  ports: [{port: 8080}]
`

const historyChart = `apiVersion: apps/v1
kind: Deployment
metadata: {name: mail, namespace: mail}
spec:
  selector: {matchLabels: {app: mail}}
  template:
    metadata:
      labels: {app: mail}
    spec:
      containers:
        - name: mail
          image: {{ .Values.image }}
          ports: [{containerPort: {{ .Values.port }}}]
`

const historyWorker = `variable "queue" {}
resource "aws_lambda_function" "mails" {
  function_name = "mails"
  runtime       = "python3.13"
  handler       = "main.handle"
  filename      = "mails.zip"
  role          = "arn:aws:iam::111122223333:role/mails"
}
resource "aws_lambda_event_source_mapping" "mails" {
  event_source_arn = var.queue
  function_name    = aws_lambda_function.mails.arn
}
`

// What a commit does.
const (
	refactors = true  // leaves the threat model as it is
	matters   = false // does something to it
)

// life is a repository's life, one commit a step. The verdicts on what matters are
// in testdata/verdicts/history.txt.
var life = []struct {
	message string
	change  func(r *testRepository)
	quiet   bool
}{
	{"the beginning of the services", func(r *testRepository) {
		r.write("main.tf", historyMain)
		r.write("network.tf", historyNetwork)
		r.write("k8s/shop.yaml", historyKubernetes)
	}, matters},
	{"a comment", func(r *testRepository) { r.append("main.tf", "\n# The worker empties the queue.\n") }, refactors},
	{"a document", func(r *testRepository) { r.write("README.md", "# Shop\n") }, refactors},
	{"another format", func(r *testRepository) {
		r.replace("main.tf", "  name                    = local.name\n", "\n\n      name = local.name\n")
	}, refactors},
	{"blocks in another order", func(r *testRepository) {
		head, tail, _ := strings.Cut(r.read("main.tf"), `resource "aws_lambda_function"`)
		r.write("main.tf", `resource "aws_lambda_function"`+tail+"\n"+head)
	}, refactors},
	{"a file by another name", func(r *testRepository) { r.git("mv", "network.tf", "vpc.tf") }, refactors},
	{"two files out of one", func(r *testRepository) {
		head, tail, _ := strings.Cut(r.read("vpc.tf"), `resource "aws_db_subnet_group"`)
		r.write("vpc.tf", head)
		r.write("database.tf", `resource "aws_db_subnet_group"`+tail)
	}, refactors},
	{"a local by another name", func(r *testRepository) {
		r.replace("main.tf", "  name = \"${var.prefix}", "  orders_name = \"${var.prefix}")
		r.replace("main.tf", "local.name", "local.orders_name")
	}, refactors},
	{"a variable by another name", func(r *testRepository) {
		r.replace("main.tf", `variable "prefix"`, `variable "stem"`)
		r.replace("main.tf", "var.prefix", "var.stem")
	}, refactors},
	{"a literal becomes a variable", func(r *testRepository) {
		r.replace("database.tf", `"postgres"`, "var.engine")
		r.append("database.tf", "variable \"engine\" { default = \"postgres\" }\n")
	}, refactors},
	{"a timeout", func(r *testRepository) {
		r.replace("main.tf", `  filename      = "worker.zip"`, "  filename      = \"worker.zip\"\n  timeout = 60")
	}, refactors},
	{"a moved block", func(r *testRepository) {
		r.replace("main.tf", `"aws_sqs_queue" "orders"`, `"aws_sqs_queue" "jobs"`)
		r.replace("main.tf", "aws_sqs_queue.orders", "aws_sqs_queue.jobs")
		r.append("main.tf", "moved {\n  from = aws_sqs_queue.orders\n  to   = aws_sqs_queue.jobs\n}\n")
	}, refactors},
	{"a module out of the network, moved", func(r *testRepository) {
		r.write("net/main.tf", r.read("vpc.tf")+"output \"subnet\" { value = aws_subnet.data.id }\noutput \"group\" { value = aws_security_group.db.id }\n")
		r.write("vpc.tf", `module "net" { source = "./net" }
moved {
  from = aws_vpc.main
  to   = module.net.aws_vpc.main
}
moved {
  from = aws_subnet.data
  to   = module.net.aws_subnet.data
}
moved {
  from = aws_security_group.db
  to   = module.net.aws_security_group.db
}
`)
		r.replace("database.tf", "aws_subnet.data.id", "module.net.subnet")
		r.replace("database.tf", "aws_security_group.db.id", "module.net.group")
	}, refactors},
	{"the module by another name, moved", func(r *testRepository) {
		r.replace("vpc.tf", `module "net"`, `module "network"`)
		r.replace("database.tf", "module.net.", "module.network.")
		r.append("vpc.tf", "moved {\n  from = module.net\n  to   = module.network\n}\n")
	}, refactors},
	{"the module in another directory", func(r *testRepository) {
		r.git("mv", "net", "modules")
		r.replace("vpc.tf", "./net", "./modules")
	}, refactors},
	{"count for one instance", func(r *testRepository) {
		r.replace("database.tf", `  engine                 =`, "  count = 1\n  engine                 =")
	}, refactors},
	{"a rename without a moved block", func(r *testRepository) {
		r.replace("main.tf", `"aws_lambda_function" "worker"`, `"aws_lambda_function" "consumer"`)
	}, refactors},
	{"a manifest in another file, in another order", func(r *testRepository) {
		web, rest, _ := strings.Cut(r.read("k8s/shop.yaml"), "---\n")
		r.write("k8s/api.yaml", rest)
		r.write("k8s/shop.yaml", "# the front\n"+web)
	}, refactors},
	{"a tag of an image", func(r *testRepository) { r.replace("k8s/api.yaml", "api:1.0", "api:1.1") }, refactors},
	{"a tag", func(r *testRepository) {
		r.replace("main.tf", "sqs_managed_sse_enabled = true", "sqs_managed_sse_enabled = true\n  tags = { team = \"orders\" }")
	}, matters},
	{"an event source", func(r *testRepository) {
		r.append("main.tf", `
resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn = aws_sqs_queue.jobs.arn
  function_name    = aws_lambda_function.consumer.arn
}
`)
	}, matters},
	{"the database for everyone", func(r *testRepository) {
		r.replace("database.tf", "publicly_accessible    = false", "publicly_accessible    = true")
		r.replace("modules/main.tf", `["10.0.0.0/16"]`, `["0.0.0.0/0"]`)
	}, matters},
	{"not for everyone after all", func(r *testRepository) {
		r.replace("database.tf", "publicly_accessible    = true", "publicly_accessible    = false")
		r.replace("modules/main.tf", `["0.0.0.0/0"]`, `["10.0.0.0/16"]`)
	}, matters},
	{"plain storage", func(r *testRepository) {
		r.replace("database.tf", "storage_encrypted      = true", "storage_encrypted      = false")
	}, matters},
	{"a bucket", func(r *testRepository) {
		r.append("main.tf", "\nresource \"aws_s3_bucket\" \"files\" {\n  bucket = \"files\"\n}\n")
	}, matters},
	{"no bucket", func(r *testRepository) {
		r.replace("main.tf", "\nresource \"aws_s3_bucket\" \"files\" {\n  bucket = \"files\"\n}\n", "")
	}, matters},
	{"a privileged container", func(r *testRepository) {
		r.replace("k8s/api.yaml", "{name: api, image: example/api:1.1}", "{name: api, image: example/api:1.1, securityContext: {privileged: true}}")
	}, matters},
	{"an ingress", func(r *testRepository) {
		r.write("k8s/ingress.yaml", `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: shop}
spec:
  rules:
    - host: shop.example.com
      http:
        paths: [{path: /, pathType: Prefix, backend: {service: {name: api, port: {number: 8080}}}}]
`)
	}, matters},
	{"a role by another name", func(r *testRepository) {
		r.replace("main.tf", `"aws_iam_role" "worker"`, `"aws_iam_role" "consumer"`)
		r.replace("main.tf", "aws_iam_role.worker", "aws_iam_role.consumer")
		r.replace("main.tf", `  name = "worker"`, `  name = "consumer"`)
	}, refactors},
	{"the root in another directory", func(r *testRepository) {
		r.git("mv", "modules", "net")
		r.write("infra/.keep", "")
		r.git("mv", "main.tf", "vpc.tf", "database.tf", "net", "infra")
		r.replace("infra/vpc.tf", "./modules", "./net")
	}, refactors},
	{"a secret that the function may read", func(r *testRepository) {
		r.append("infra/main.tf", `
resource "aws_secretsmanager_secret" "key" { name = "key" }
resource "aws_iam_role_policy" "key" {
  role   = aws_iam_role.consumer.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.key.arn }] })
}
`)
	}, matters},
	{"a network policy", func(r *testRepository) {
		r.write("k8s/policy.yaml", `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 8080}]}]
`)
	}, matters},
	{"a chart", func(r *testRepository) {
		r.write("chart/Chart.yaml", "apiVersion: v2\nname: mail\nversion: 1.0.0\n")
		r.write("chart/values.yaml", "image: example/mail:1.0\nport: 8025\n")
		r.write("chart/templates/mail.yaml", historyChart)
	}, matters},
	{"a chart's template by another name", func(r *testRepository) {
		r.git("mv", "chart/templates/mail.yaml", "chart/templates/deployment.yaml")
	}, refactors},
	{"a chart's helper for its labels", func(r *testRepository) {
		r.write("chart/templates/_helpers.tpl", "{{- define \"mail.labels\" -}}\napp: mail\n{{- end }}\n")
		r.replace("chart/templates/deployment.yaml", "labels: {app: mail}", "labels: {{- include \"mail.labels\" . | nindent 8 }}")
	}, refactors},
	{"a chart's value in another place", func(r *testRepository) {
		r.write("chart/values.yaml", "image: {name: example/mail, tag: \"1.0\"}\nservice: {port: 8025}\n")
		r.replace("chart/templates/deployment.yaml", "{{ .Values.image }}", "{{ .Values.image.name }}:{{ .Values.image.tag }}")
		r.replace("chart/templates/deployment.yaml", ".Values.port", ".Values.service.port")
	}, refactors},
	{"a kustomization", func(r *testRepository) {
		r.write("deploy/base/kustomization.yaml", "resources: [all.yaml]\n")
		r.write("deploy/base/all.yaml", strings.ReplaceAll(historyKubernetes, "shop", "stock"))
		r.write("deploy/prod/kustomization.yaml", "resources: [../base]\nimages: [{name: example/web, newTag: \"2.0\"}]\n")
	}, matters},
	{"a kustomization's base in two files", func(r *testRepository) {
		web, rest, _ := strings.Cut(r.read("deploy/base/all.yaml"), "---\n")
		r.write("deploy/base/web.yaml", web)
		r.write("deploy/base/api.yaml", rest)
		r.git("rm", "-q", "-f", "deploy/base/all.yaml")
		r.write("deploy/base/kustomization.yaml", "resources: [web.yaml, api.yaml]\n")
	}, refactors},
	{"a kustomization's base in two bases", func(r *testRepository) {
		r.git("mv", "deploy/base/api.yaml", "deploy/api.yaml")
		r.write("deploy/api/kustomization.yaml", "resources: [api.yaml]\n")
		r.git("mv", "deploy/api.yaml", "deploy/api/api.yaml")
		r.write("deploy/base/kustomization.yaml", "resources: [web.yaml]\n")
		r.replace("deploy/prod/kustomization.yaml", "[../base]", "[../base, ../api]")
	}, refactors},
	{"a Terragrunt unit", func(r *testRepository) {
		r.write("live/queue/terragrunt.hcl", "terraform {\n  source = \"../../units/queue\"\n}\ninputs = {\n  name = \"mails\"\n}\n")
		r.write("units/queue/main.tf", "variable \"name\" {}\nresource \"aws_sqs_queue\" \"this\" {\n  name = var.name\n}\noutput \"arn\" { value = aws_sqs_queue.this.arn }\n")
		r.write("live/worker/terragrunt.hcl", "terraform {\n  source = \"../../units/worker\"\n}\ndependency \"queue\" { config_path = \"../queue\" }\ninputs = {\n  queue = dependency.queue.outputs.arn\n}\n")
		r.write("units/worker/main.tf", historyWorker)
	}, matters},
	{"a Terragrunt unit's inputs through locals and an include", func(r *testRepository) {
		r.write("live/root.hcl", "locals {\n  queue = \"mails\"\n}\ninputs = {\n  name = local.queue\n}\n")
		r.write("live/queue/terragrunt.hcl", "include \"root\" {\n  path = find_in_parent_folders(\"root.hcl\")\n}\nterraform {\n  source = \"../../units/queue\"\n}\n")
	}, refactors},
	{"a Terragrunt unit's output by another name", func(r *testRepository) {
		r.replace("units/queue/main.tf", `output "arn"`, `output "queue_arn"`)
		r.replace("live/worker/terragrunt.hcl", "outputs.arn", "outputs.queue_arn")
	}, refactors},
	{"a module's output by another name", func(r *testRepository) {
		r.replace("infra/net/main.tf", `output "group"`, `output "security_group_id"`)
		r.replace("infra/database.tf", ".group", ".security_group_id")
	}, refactors},
}

func TestThirtyCommits(t *testing.T) {
	r := newTestRepository(t)
	var verdicts strings.Builder
	if len(life) <= 30 {
		t.Errorf("only %d commits", len(life)-1)
	}
	for i, step := range life {
		step.change(r)
		r.commit(step.message)
		if i == 0 {
			continue
		}
		var got struct {
			Verdict string
			Changes []any
		}
		out := run(t, r.dir, statusOK, "diff", "--format", "json", "HEAD~1", "HEAD")
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		quiet := len(got.Changes) == 0
		if quiet != (got.Verdict == graph.NoEffect) {
			t.Errorf("%s: verdict %q with %d changes", step.message, got.Verdict, len(got.Changes))
		}
		if quiet != step.quiet {
			t.Errorf("%s: verdict %q\n%s", step.message, got.Verdict, run(t, r.dir, statusOK, "diff", "HEAD~1", "HEAD"))
		}
		fmt.Fprintf(&verdicts, "%s:\n\t%s\n", step.message, got.Verdict)
	}
	golden(t, "../verdicts/commits.txt", verdicts.String())
}
