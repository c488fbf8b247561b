package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"drawbridge/graph"
)

// sample builds graphs for tests out of short lines. Crossings follow from the
// boundaries, as package analyze finds them.
type sample struct {
	g graph.Graph
}

// boundary reads "ID|kind|Label|name|parent|trust".
func (s *sample) boundary(line string) {
	f := strings.Split(line, "|")
	trust, _ := strconv.Atoi(f[5])
	s.g.Boundaries = append(s.g.Boundaries, &graph.Boundary{
		ID: f[0], Kind: graph.BoundaryKind(f[1]), Label: f[2], Name: f[3], Parent: f[4], Trust: trust,
	})
}

// component reads "ID|kind|Label|name|boundary|file:line|property=yes,...".
func (s *sample) component(line string) *graph.Component {
	f := strings.Split(line, "|")
	file, number, _ := strings.Cut(f[5], ":")
	n, _ := strconv.Atoi(number)
	c := &graph.Component{
		ID: f[0], Kind: graph.Kind(f[1]), Label: f[2], Name: f[3], Boundary: f[4], Address: f[0],
		Source: graph.Source{File: file, Line: n},
	}
	if len(f) > 6 && f[6] != "" {
		for _, p := range strings.Split(f[6], ",") {
			name, value, _ := strings.Cut(p, "=")
			t, err := graph.ParseTruth(value)
			if err != nil {
				panic(err)
			}
			c.Set(graph.Property(name), t, graph.Evidence{})
		}
	}
	s.g.Components = append(s.g.Components, c)
	return c
}

// flow reads "from|to|protocol|port|encrypted".
func (s *sample) flow(line string) *graph.Flow {
	f := strings.Split(line, "|")
	port, _ := strconv.Atoi(f[3])
	encrypted, err := graph.ParseTruth(f[4])
	if err != nil {
		panic(err)
	}
	flow := &graph.Flow{
		ID: graph.FlowID(f[0], f[1], f[2], port, graph.Declared), From: f[0], To: f[1],
		Protocol: f[2], Port: port, Encrypted: encrypted, Basis: graph.Declared,
		Evidence: []graph.Evidence{{File: "main.tf", Line: 7, Why: "configuration names it"}},
	}
	s.g.Flows = append(s.g.Flows, flow)
	return flow
}

// finding reads "rule|severity|subject|title".
func (s *sample) finding(line string) *graph.Finding {
	f := strings.SplitN(line, "|", 4)
	out := &graph.Finding{
		ID: graph.FindingID(f[0], f[2], ""), Rule: f[0], Severity: graph.Severity(f[1]), Subject: f[2],
		Address: f[2], Title: f[3], Status: graph.Open,
	}
	s.g.Findings = append(s.g.Findings, out)
	return out
}

// done sorts the graph and finds the crossings.
func (s *sample) done() *graph.Graph {
	x := graph.NewIndex(&s.g)
	home := func(id string) []*graph.Boundary {
		if c := x.Component[id]; c != nil {
			return x.Ancestors(c.Boundary)
		}
		return nil
	}
	for _, f := range s.g.Flows {
		from, to := home(f.From), home(f.To)
		f.Crosses = nil
		for _, b := range from {
			if !slices.Contains(to, b) {
				f.Crosses = append(f.Crosses, graph.Crossing{Boundary: b.ID})
			}
		}
		for _, b := range slices.Backward(to) {
			if !slices.Contains(from, b) {
				f.Crosses = append(f.Crosses, graph.Crossing{Boundary: b.ID, Into: true})
			}
		}
	}
	s.g.Sort()
	return &s.g
}

func lines(text string, each func(string)) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			each(line)
		}
	}
}

// shop is a small web shop: what fits on one screen, with one of each sign.
func shop() *graph.Graph {
	s := &sample{}
	lines(`
		acct|account|AWS account|123456789012 / eu-west-1||1
		vpc|network|VPC|shop-vpc 10.0.0.0/16|acct|2
		pub|subnet|Subnet|public-a|vpc|2
		priv|subnet|Subnet|private-a|vpc|3
		data|subnet|Subnet|data-a|vpc|4
		empty|subnet|Subnet|nobody-here|vpc|4
	`, s.boundary)
	lines(`
		internet|external||Internet|||
		ops|external|External entity|Ops engineer|||
		cdn|process|CloudFront|shop-cdn|acct|cdn.tf:3
		assets|store|S3 bucket|shop-assets|acct|s3.tf:12|public=yes
		alb|process|Load balancer|shop-alb|pub|alb.tf:1
		bastion|process|EC2 instance|bastion|pub|ec2.tf:40|public_address=yes
		api|process|ECS service|checkout-api|priv|modules/service/ecs.tf:22
		worker|process|Lambda|order-worker|priv|lambda.tf:8
		db|store|RDS Postgres|orders-db|data|rds.tf:5|encrypted_at_rest=no
		pay|external|External service|api.stripe.com||
		role|identity|IAM role|checkout|acct|iam.tf:4
	`, func(l string) { s.component(l) })
	s.g.Components[6].Replicas = 3
	lines(`
		internet|cdn|https|443|yes
		cdn|assets|https|443|yes
		cdn|alb|http|80|no
		alb|api|http|8080|no
		api|db|postgres|5432|no
		bastion|db|postgres|5432|unknown
		api|worker|sqs|0|yes
		worker|db|postgres|5432|yes
		worker|pay|https|443|yes
	`, func(l string) { s.flow(l) })
	s.flow("ops|bastion|ssh|22|yes").Peers = []string{"0.0.0.0/0"}
	p := s.flow("worker|assets|https|443|yes")
	p.Basis, p.ID = graph.Permitted, graph.FlowID("worker", "assets", "https", 443, graph.Permitted)
	lines(`
		admin-port-open|critical|ops -> bastion ssh:22|Port 22 of bastion is open to the internet
		store-public|high|assets|shop-assets can be read by anyone
		plaintext-crossing|high|api -> db postgres:5432|checkout-api speaks plaintext to orders-db
		secret-in-config|medium|api|checkout-api holds a password in plain configuration
		store-unencrypted|medium|db|orders-db is not encrypted at rest
		plaintext-crossing|low|cdn -> alb http:80|shop-cdn speaks plaintext to shop-alb
		logging-off|info|alb|shop-alb keeps no access log
	`, func(l string) { s.finding(l) })
	return s.done()
}

// boutique is a platform of forty components in nested boundaries.
func boutique() *graph.Graph {
	s := &sample{}
	lines(`
		acct|account|AWS account|prod 123456789012||1
		vpc|network|VPC|boutique 10.20.0.0/16|acct|2
		pub|subnet|Subnet|public-a/b/c|vpc|2
		data|subnet|Subnet|data-a/b/c|vpc|4
		eks|cluster|EKS cluster|boutique|vpc|3
		web|namespace|Namespace|web|eks|3
		core|namespace|Namespace|core|eks|3
		payns|namespace|Namespace|payments (PCI)|eks|4
		mon|namespace|Namespace|monitoring|eks|3
		jobs|namespace|Namespace|jobs|eks|3
		sys|namespace|Namespace|kube-system|eks|4
	`, s.boundary)
	lines(`
		internet|external||Internet|||
		dev|external|External entity|Developer|||
		bi|external|External entity|BI vendor|||
		sre|external|External entity|SRE|||
		gha|external|External CI/CD|GitHub Actions|||
		waf|process|WAF + CloudFront|edge-waf|acct|edge.tf:3
		tfstate|store|S3 bucket|tf-state|acct|backend.tf:2|public=no
		images|store|ECR|images|acct|ecr.tf:1
		assets|store|S3 bucket|boutique-assets|acct|s3.tf:14
		orders|store|SQS queue|orders|acct|sqs.tf:1
		secrets|store|Secrets Manager|boutique/*|acct|secrets.tf:4
		cognito|process|Cognito|customers|acct|auth.tf:2
		fraud|process|Lambda|fraud-check|acct|fraud.tf:6
		scores|store|DynamoDB|fraud-scores|acct|fraud.tf:20
		kms|store|KMS key|boutique-key|acct|kms.tf:1
		apiserver|process|EKS control plane|EKS API server|acct|eks.tf:9|public=yes
		alb|process|Load balancer|ingress-alb|pub|k8s/ingress.yaml:1
		nat|process|NAT gateway|nat-gw|pub|vpc.tf:60
		redis|store|ElastiCache Redis|cart-cache|data|redis.tf:3|authenticated=no
		pg|store|RDS Postgres|orders-db|data|rds.tf:7
		wh|store|Redshift|warehouse|data|wh.tf:2|public=yes
		frontend|process|Deployment|frontend|web|k8s/web/frontend.yaml:1
		recs|process|Deployment|recommendation|web|k8s/web/recommendation.yaml:1
		ads|process|Deployment|adservice|web|k8s/web/ads.yaml:1
		checkout|process|Deployment|checkoutservice|core|k8s/core/checkout.yaml:1
		cart|process|Deployment|cartservice|core|k8s/core/cart.yaml:1
		currency|process|Deployment|currencyservice|core|k8s/core/currency.yaml:1
		shipping|process|Deployment|shippingservice|core|k8s/core/shipping.yaml:1
		catalog|process|Deployment|productcatalog|core|k8s/core/catalog.yaml:1
		payment|process|Deployment|paymentservice|payns|k8s/payments/payment.yaml:1
		vault|store|StatefulSet|token-vault|payns|k8s/payments/vault.yaml:1
		grafana|process|Deployment|grafana|mon|k8s/monitoring/grafana.yaml:1
		prometheus|process|StatefulSet|prometheus|mon|k8s/monitoring/prometheus.yaml:1
		report|process|CronJob|nightly-report|jobs|k8s/jobs/report.yaml:1
		email|process|Deployment|email-worker|jobs|k8s/jobs/email.yaml:1
		eso|process|Deployment|external-secrets|sys|k8s/system/eso.yaml:1
		stripe|external|External service|api.stripe.com||
		ses|external|External service|email-smtp.eu-west-1.amazonaws.com||
		carrier|external|External service|api.carrier.io||
		dd|external|External service|api.datadoghq.eu||
	`, func(l string) { s.component(l) })
	lines(`
		internet|waf|https|443|yes
		waf|alb|https|443|yes
		waf|assets|https|443|yes
		dev|apiserver|https|443|yes
		gha|apiserver|https|443|yes
		gha|tfstate|https|443|yes
		gha|images|https|443|yes
		sre|grafana|https|443|yes
		bi|wh|redshift|5439|unknown
		alb|frontend|http|8080|no
		images|frontend|https|443|yes
		frontend|cognito|https|443|yes
		frontend|recs|grpc|8080|no
		frontend|ads|grpc|9555|no
		frontend|checkout|grpc|5050|no
		frontend|cart|grpc|7070|no
		frontend|catalog|grpc|3550|no
		recs|catalog|grpc|3550|no
		checkout|cart|grpc|7070|no
		checkout|currency|grpc|7000|no
		checkout|shipping|grpc|50051|no
		checkout|catalog|grpc|3550|no
		checkout|payment|grpc|50051|no
		checkout|orders|https|443|yes
		checkout|pg|postgres|5432|yes
		cart|redis|redis|6379|no
		payment|vault|https|8200|yes
		payment|stripe|https|443|yes
		payment|fraud|https|443|yes
		payment|pg|postgres|5432|yes
		vault|kms|kms|0|yes
		secrets|kms|kms|0|yes
		fraud|scores|https|443|yes
		shipping|nat|https|443|yes
		nat|carrier|https|443|yes
		orders|email|https|443|yes
		email|ses|smtp|587|yes
		report|wh|redshift|5439|unknown
		report|pg|postgres|5432|yes
		grafana|prometheus|http|9090|no
		prometheus|dd|https|443|yes
		eso|secrets|https|443|yes
		apiserver|eso|https|10250|yes
	`, func(l string) { s.flow(l) })
	lines(`
		public-admin|critical|apiserver|The API server is open to the internet
		store-open|critical|vault|token-vault
		plaintext-crossing|high|checkout -> payment grpc:50051|checkoutservice speaks plaintext to paymentservice
		no-auth|high|redis|cart-cache asks nobody who they are
		store-public|high|wh|warehouse is open to the internet
		state-readable|high|tfstate|tf-state
		secret-in-config|high|checkout|a secret in plain configuration
		mutable-tags|medium|images|images can be replaced
		privileged|medium|frontend|frontend is privileged
		default-identity|medium|report|the default identity
		unencrypted|medium|wh|not encrypted
		logs-off|medium|fraud|no logs
		plaintext-crossing|high|cart -> redis redis:6379|cartservice speaks plaintext to cart-cache
		anonymous|low|grafana|grafana lets anyone in
		over-powered|low|eso|over-powered
		no-policy|medium|mon|monitoring has no network policy
	`, func(l string) { s.finding(l) })
	return s.done()
}

// large makes n components in nested boundaries, with flows along chains.
func large(n int) *graph.Graph {
	s := &sample{}
	s.component("internet|external||Internet|||")
	for a := range max(1, n/200) {
		acct := fmt.Sprintf("acct%d", a)
		s.boundary(acct + "|account|Account|account " + strconv.Itoa(a) + "||1")
		for k := range 8 {
			s.boundary(fmt.Sprintf("%s/ns%d|namespace|Namespace|team-%d|%s|3", acct, k, k, acct))
		}
	}
	kinds := []string{"process|Deployment", "process|Lambda", "store|S3 bucket", "store|RDS Postgres"}
	for i := range n {
		home := fmt.Sprintf("acct%d/ns%d", i%max(1, n/200), i/3%8)
		s.component(fmt.Sprintf("c%04d|%s|component-%d|%s|dir/file%d.tf:%d", i, kinds[i%4], i, home, i%50, i+1))
		switch {
		case i == 0:
			s.flow("internet|c0000|https|443|yes")
		case i%5 != 0:
			s.flow(fmt.Sprintf("c%04d|c%04d|https|443|%s", i-1, i, []string{"yes", "no", "unknown"}[i%3]))
		}
		if i%7 == 0 {
			s.finding(fmt.Sprintf("some-rule|%s|c%04d|component-%d has trouble", graph.Severities[1+i%4], i, i))
		}
	}
	return s.done()
}

// scattered is what a folder of examples gives: many stores and few flows.
func scattered() *graph.Graph {
	s := &sample{}
	s.boundary("acct|account|AWS account|this account||1")
	s.boundary("vpc|network|VPC|web_vpc|acct|2")
	s.boundary("sub|subnet|Subnet|web_subnet|vpc|2")
	s.component("internet|external||internet|||")
	s.component("web|process|EC2 instance|web_host|sub|ec2.tf:1|public_address=yes")
	s.component("db|store|RDS instance|default|sub|db-app.tf:1|encrypted_at_rest=no")
	s.component("fn|process|Lambda|analysis_lambda|acct|lambda.tf:27")
	s.flow("internet|web|ssh|22|yes").Peers = []string{"0.0.0.0/0"}
	s.flow("internet|web|http|80|no")
	s.flow("web|db|mysql|3306|unknown")
	for i, name := range []string{"data", "financials", "operations", "data_science", "logs", "flowbucket", "search", "repository", "logs_key", "storage"} {
		s.component(fmt.Sprintf("s%d|store|S3 bucket|%s|acct|s3.tf:%d|public=yes", i, name, i*20+1))
		s.finding(fmt.Sprintf("unencrypted|high|s%d|x", i))
		s.finding(fmt.Sprintf("unlogged|medium|s%d|x", i))
		s.finding(fmt.Sprintf("unversioned|low|s%d|x", i))
		s.finding(fmt.Sprintf("public|critical|s%d|x", i))
	}
	return s.done()
}

var samples = []struct {
	name string
	make func() *graph.Graph
}{
	{"shop", shop},
	{"boutique", boutique},
	{"scattered", scattered},
}
