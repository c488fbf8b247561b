package kubernetes

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// operated is what an operator runs for one object of a kind: the software, and the
// Services by which it is reached. Its pods are the operator's to make, so nothing is
// said of how they are hardened or what selects them.
type operated struct {
	group, kind string
	label       string // for people to read
	image       string // of the software, as images knows it
	// services are the names of the Services that the operator makes, with * for that
	// of the object.
	services []string
	port     int
	// labels are those that the operator gives to the pods, by which further Services
	// select them; * is the name of the object.
	labels map[string]string
}

// operators lists such kinds. The names of Services are those of the operators'
// documentation.
func operators() []operated {
	const coreos = "monitoring.coreos.com"
	named := func(name string) map[string]string {
		return map[string]string{
			"app.kubernetes.io/name": name, "app.kubernetes.io/instance": "*", "app.kubernetes.io/managed-by": "prometheus-operator",
			name: "*", "operator.prometheus.io/name": "*",
		}
	}
	return []operated{
		{group: strimzi, kind: "Kafka", label: "Kafka cluster", image: "kafka", services: []string{"*-kafka-bootstrap", "*-kafka-brokers"}, port: 9092, labels: map[string]string{"strimzi.io/cluster": "*", "strimzi.io/kind": "Kafka", "strimzi.io/name": "*-kafka"}},
		{group: strimzi, kind: "KafkaConnect", label: "Kafka Connect", image: "kafka-connect", services: []string{"*-connect-api"}, port: 8083},
		{group: strimzi, kind: "KafkaBridge", label: "Kafka bridge", image: "kafka-bridge", services: []string{"*-bridge-service"}, port: 8080},
		{group: strimzi, kind: "KafkaMirrorMaker2", label: "Kafka MirrorMaker", image: "kafka-mirror-maker", services: []string{"*-mirrormaker2-api"}, port: 8083},
		{group: "postgresql.cnpg.io", kind: "Cluster", label: "PostgreSQL cluster", image: "postgresql", services: []string{"*-rw", "*-ro", "*-r"}, port: 5432, labels: map[string]string{"cnpg.io/cluster": "*"}},
		{group: "acid.zalan.do", kind: "postgresql", label: "PostgreSQL cluster", image: "postgresql", services: []string{"*", "*-repl", "*-pooler"}, port: 5432, labels: map[string]string{"application": "spilo", "cluster-name": "*"}},
		{group: "postgres-operator.crunchydata.com", kind: "PostgresCluster", label: "PostgreSQL cluster", image: "postgresql", services: []string{"*-primary", "*-ha", "*-replicas", "*-pgbouncer"}, port: 5432, labels: map[string]string{"postgres-operator.crunchydata.com/cluster": "*"}},
		{group: "mysql.oracle.com", kind: "InnoDBCluster", label: "MySQL cluster", image: "mysql", services: []string{"*"}, port: 3306},
		{group: "pxc.percona.com", kind: "PerconaXtraDBCluster", label: "MySQL cluster", image: "mysql", services: []string{"*-haproxy", "*-proxysql", "*-pxc"}, port: 3306},
		{group: "mongodbcommunity.mongodb.com", kind: "MongoDBCommunity", label: "MongoDB", image: "mongodb", services: []string{"*-svc"}, port: 27017, labels: map[string]string{"app": "*-svc"}},
		{group: "psmdb.percona.com", kind: "PerconaServerMongoDB", label: "MongoDB", image: "mongodb", services: []string{"*-rs0", "*-mongos"}, port: 27017},
		{group: "redis.redis.opstreelabs.in", kind: "Redis", label: "Redis", image: "redis", services: []string{"*"}, port: 6379},
		{group: "databases.spotahome.com", kind: "RedisFailover", label: "Redis", image: "redis", services: []string{"rfs-*", "rfrm-*", "rfrs-*"}, port: 6379},
		{group: "rabbitmq.com", kind: "RabbitmqCluster", label: "RabbitMQ cluster", image: "rabbitmq", services: []string{"*", "*-nodes"}, port: 5672, labels: map[string]string{"app.kubernetes.io/name": "*"}},
		{group: "elasticsearch.k8s.elastic.co", kind: "Elasticsearch", label: "Elasticsearch", image: "elasticsearch", services: []string{"*-es-http"}, port: 9200, labels: map[string]string{"elasticsearch.k8s.elastic.co/cluster-name": "*"}},
		{group: "minio.min.io", kind: "Tenant", label: "MinIO", image: "minio", services: []string{"*-hl", "minio"}, port: 9000, labels: map[string]string{"v1.min.io/tenant": "*"}},
		{group: "k8s.keycloak.org", kind: "Keycloak", label: "Keycloak", image: "keycloak", services: []string{"*-service"}, port: 8443},
		{group: "opentelemetry.io", kind: "OpenTelemetryCollector", label: "OpenTelemetry collector", image: "opentelemetry-collector", services: []string{"*-collector", "*-collector-headless"}, port: 4317},
		{group: coreos, kind: "Prometheus", label: "Prometheus", image: "prometheus", services: []string{"prometheus-operated"}, port: 9090, labels: named("prometheus")},
		{group: coreos, kind: "Alertmanager", label: "Alertmanager", image: "alertmanager", services: []string{"alertmanager-operated"}, port: 9093, labels: named("alertmanager")},
		{group: coreos, kind: "ThanosRuler", label: "Thanos ruler", image: "thanos", services: []string{"thanos-ruler-operated"}, port: 10902, labels: named("thanos-ruler")},
		{group: "grafana.integreatly.org", kind: "Grafana", label: "Grafana", image: "grafana", services: []string{"*-service"}, port: 3000, labels: map[string]string{"app": "*"}},
		{group: "jaegertracing.io", kind: "Jaeger", label: "Jaeger", image: "jaeger", services: []string{"*-collector", "*-query", "*-agent"}, port: 4317, labels: map[string]string{"app": "jaeger", "app.kubernetes.io/instance": "*"}},
		{group: "kibana.k8s.elastic.co", kind: "Kibana", label: "Kibana", image: "kibana", services: []string{"*-kb-http"}, port: 5601, labels: map[string]string{"kibana.k8s.elastic.co/name": "*"}},
	}
}

// row is the row of the table of kinds.
func (k operated) row() kind {
	return kind{group: k.group, kind: k.kind, read: func(c *cluster, o *manifest.Object) { c.addOperated(k, o) }}
}

// addOperated makes the component of an operated object, and the Services that its
// operator makes for it. What its fields name it is configured to reach.
func (c *cluster) addOperated(k operated, o *manifest.Object) {
	w := &workload{object: o, namespace: o.Namespace}
	w.pod.Spec.Containers = []corev1.Container{{Name: o.Name, Image: k.image}}
	software, known := parseImage(k.image).software()
	component := graph.Component{
		ID: c.prefix + address(o), Kind: graph.Process, Name: o.Name, Label: k.label, Address: address(o),
		Boundary: c.namespace(o.Namespace).ID, Source: at(o), Replicas: replicas(o),
		Technology: graph.TechContainer, Tags: o.Labels,
	}
	if known {
		component.Technology = software.technology
	}
	if software.store {
		component.Kind = graph.Store
	}
	w.pod.Labels = podLabels(k, o)
	w.component = c.add(component)
	c.operated = append(c.operated, w)
	for _, pattern := range k.services {
		name := strings.ReplaceAll(pattern, "*", o.Name)
		if at := (key{o.Namespace, name}); c.services[at] == nil {
			s := &service{object: o, namespace: o.Namespace, name: name, targets: []*workload{w}}
			s.spec.Ports = []corev1.ServicePort{{Port: int32(k.port), TargetPort: intstr.FromInt(k.port)}}
			c.services[at] = s
		}
	}
	c.later(func() {
		for _, t := range fieldsOf(o) {
			c.follow(w, t, mentions(t, nil))
		}
		if o.Kind == "Kafka" {
			c.enterKafka(w)
		}
	})
}

// podLabels are the labels of the pods that an operator makes for an object.
func podLabels(k operated, o *manifest.Object) map[string]string {
	var own map[string]string
	_ = o.Decode(&own, "spec", "podMetadata", "labels") // the kinds of prometheus-operator have it
	out := map[string]string{}
	for name, value := range k.labels {
		out[name] = strings.ReplaceAll(value, "*", o.Name)
	}
	maps.Copy(out, own)
	return out
}

// fieldsOf are the texts in the specification of an object, each under the name of
// its field.
func fieldsOf(o *manifest.Object) (out []text) {
	var spec any
	_ = o.Decode(&spec, "spec") // anything goes into any
	var walk func(name string, v any, path []any)
	walk = func(name string, v any, path []any) {
		switch v := v.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				if !slices.Contains(notReached, k) {
					walk(k, v[k], append(slices.Clip(path), k))
				}
			}
		case []any:
			for i, item := range v {
				walk(name, item, append(slices.Clip(path), i))
			}
		case string:
			out = append(out, text{
				name: name, value: v, form: variable, object: o, what: "field " + name,
				source: graph.Source{File: o.File, Line: o.TextLine(path...)},
			})
		}
	}
	walk("", spec, []any{"spec"})
	return out
}

// notReached are fields that hold addresses which the object's own software does not
// call: its own, and where it was loaded from.
var notReached = []string{"image", "imageName", "externalURL", "hostname", "host", "advertisedHost", "build"}

// kafkaListener is what a Strimzi Kafka offers its clients:
// https://strimzi.io/docs/operators/latest/configuring.html#type-GenericKafkaListener-reference
type kafkaListener struct {
	Name           string    `json:"name"`
	Port           int       `json:"port"`
	Type           string    `json:"type"`
	TLS            bool      `json:"tls"`
	Authentication *struct{} `json:"authentication"`
}

// enterKafka draws the ways into a Kafka cluster from outside of the Kubernetes
// cluster, and records what its listeners ask of their callers.
func (c *cluster) enterKafka(w *workload) {
	var listeners []kafkaListener
	c.decode(&listeners, w.object, "spec", "kafka", "listeners")
	encrypted, authenticated := graph.Unknown, graph.Unknown
	for i, l := range listeners {
		because := because("listener "+l.Name+" is of type "+l.Type, w.object, "spec", "kafka", "listeners", i)
		encrypted, authenticated = weaker(encrypted, l.TLS), weaker(authenticated, l.Authentication != nil)
		w.component.Set(graph.PropEncryptedTransit, encrypted, because)
		w.component.Set(graph.PropAuthenticated, authenticated, because)
		if slices.Contains([]string{"loadbalancer", "nodeport", "ingress", "route"}, l.Type) {
			c.flow(graph.Flow{
				From: c.internet().ID, To: w.component.ID, Protocol: "kafka", Port: l.Port, Basis: graph.Declared,
				Encrypted: graph.Of(l.TLS), Authenticated: graph.Of(l.Authentication != nil), Evidence: []graph.Evidence{because},
			})
		}
	}
}

// weaker is No as soon as one of several is.
func weaker(all graph.Truth, one bool) graph.Truth {
	if all == graph.No {
		return graph.No
	}
	return graph.Of(one)
}

// readPartOf is for objects that an operator makes part of another one, which a label
// names: the users and topics of a Kafka, its pools of nodes.
func readPartOf(kind, label string) func(*cluster, *manifest.Object) {
	return func(c *cluster, o *manifest.Object) {
		c.later(func() {
			for _, w := range c.operated {
				if w.object.Kind == kind && w.namespace == o.Namespace && w.object.Name == o.Labels[label] {
					w.component.Parts = append(w.component.Parts, address(o))
				}
			}
		})
	}
}

// operator is the program that acts on objects of its kinds: the workload of the input
// that runs the image, else one outside of it.
func (c *cluster) operator(image, label string, source graph.Source) *graph.Component {
	for _, w := range c.workloads {
		if i := parseImage(w.main().Image); i.tail(1) == image || i.tail(2) == image {
			return w.component
		}
	}
	return c.add(graph.Component{
		ID: c.prefix + cmp.Or(label, image), Kind: graph.Process, Name: label, Label: "operator", Address: label,
		Technology: graph.TechContainer, Boundary: c.boundaryID(), Source: source,
	})
}
