package kubernetes

import (
	"regexp"
	"slices"
	"strings"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// software is what is known of a program by the name of its image.
type software struct {
	technology graph.Technology
	store      bool
	protocol   string // what it speaks to its clients
}

// image is a container image reference in its parts.
type image struct{ repository, tag, digest string }

func parseImage(ref string) image {
	var i image
	ref, i.digest, _ = strings.Cut(ref, "@")
	if colon := strings.LastIndexByte(ref, ':'); colon > strings.LastIndexByte(ref, '/') {
		ref, i.tag = ref[:colon], ref[colon+1:]
	}
	i.repository = ref
	return i
}

// placeholder tells whether no registry can hold an image of the name: something fills
// it in. https://github.com/distribution/reference has the grammar, which is lower case.
func (i image) placeholder() bool {
	const lower, upper, other = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789._-"
	host, path, found := strings.Cut(i.repository, "/")
	if !found || !strings.ContainsAny(host, ".:") && host != "localhost" {
		host, path = "", i.repository
	}
	return path == "" || strings.Trim(path, lower+other+"/") != "" || strings.Trim(host, lower+upper+other+":") != "" || strings.Trim(i.tag, lower+upper+other) != ""
}

// builtImages are the images that builds put their own names for: the manifests hold what
// the artifacts of skaffold are called. https://skaffold.dev/docs/references/yaml/
func builtImages(objects []*manifest.Object) map[string]bool {
	out := map[string]bool{}
	for _, o := range objects {
		if o.GroupKind().Group != "skaffold" {
			continue
		}
		var artifacts []struct {
			Image string `json:"image"`
		}
		if o.Decode(&artifacts, "build", "artifacts") != nil {
			continue // ignored like the rest of the file
		}
		for _, a := range artifacts {
			out[a.Image] = true
		}
	}
	return out
}

// tail is the last n elements of the repository, lower case.
func (i image) tail(n int) string {
	elements := strings.Split(strings.ToLower(i.repository), "/")
	return strings.Join(elements[max(0, len(elements)-n):], "/")
}

// pinned tells whether the image names one version: by digest, or by a tag that
// is not one of those that move.
func (i image) pinned() bool {
	moving := []string{"", "latest", "main", "master", "stable", "edge", "nightly", "dev", "develop"}
	return i.digest != "" || !slices.Contains(moving, strings.ToLower(i.tag))
}

var (
	sqlOf = func(protocol string) software { return software{graph.TechSQL, true, protocol} }

	postgres = sqlOf("postgres")
	mysql    = sqlOf("mysql")
	mongo    = software{graph.TechNoSQL, true, "mongodb"}
	redis    = software{graph.TechCache, true, "redis"}
	memcache = software{graph.TechCache, true, "memcached"}
	kafka    = software{graph.TechStream, true, "kafka"}
	amqp     = software{graph.TechBroker, true, "amqp"}
	nats     = software{graph.TechBroker, true, "nats"}
	elastic  = software{graph.TechSearch, true, "http"}
	object   = software{graph.TechObject, true, "http"}
	etcd     = software{graph.TechConfig, true, "etcd"}
	monitor  = software{graph.TechMonitoring, false, "http"}
	entrance = software{graph.TechIngress, false, ""}
	idp      = software{graph.TechIdentity, false, "http"}
)

// images maps the last element of an image's repository to what runs in it.
var images = map[string]software{
	"postgres": postgres, "postgresql": postgres, "postgis": postgres, "timescaledb": postgres, "pgvector": postgres,
	"postgresql-repmgr": postgres, "spilo": postgres, "cockroach": postgres, "cockroachdb": postgres, "yugabyte": postgres, "alloydb-omni": postgres,
	"mysql": mysql, "mysql-server": mysql, "mariadb": mysql, "mariadb-galera": mysql, "percona": mysql, "percona-server": mysql,
	"percona-xtradb-cluster": mysql, "tidb": mysql, "azure-sql-edge": sqlOf("mssql"), "oracle-xe": sqlOf("oracle"),
	"mssql-server": sqlOf("mssql"), "mssql/server": sqlOf("mssql"), "database/express": sqlOf("oracle"), "mssql-server-linux": sqlOf("mssql"), "clickhouse-server": {graph.TechWarehouse, true, "clickhouse"}, "clickhouse": {graph.TechWarehouse, true, "clickhouse"},
	"mongo": mongo, "mongodb": mongo, "mongodb-community-server": mongo, "percona-server-mongodb": mongo, "ferretdb": mongo,
	"cassandra": {graph.TechNoSQL, true, "cassandra"}, "scylla": {graph.TechNoSQL, true, "cassandra"}, "couchdb": {graph.TechNoSQL, true, "http"},
	"couchbase": {graph.TechNoSQL, true, "couchbase"}, "dynamodb-local": {graph.TechNoSQL, true, "http"}, "rethinkdb": {graph.TechNoSQL, true, "rethinkdb"},
	"influxdb": {graph.TechNoSQL, true, "http"}, "aerospike-server": {graph.TechNoSQL, true, "aerospike"},
	"neo4j": {graph.TechGraphDB, true, "bolt"}, "janusgraph": {graph.TechGraphDB, true, "websocket"}, "dgraph": {graph.TechGraphDB, true, "grpc"},
	"redis": redis, "redis-stack": redis, "redis-stack-server": redis, "redis-cluster": redis, "redis-alpine": redis, "valkey": redis, "keydb": redis, "dragonfly": redis,
	"memcached": memcache, "hazelcast": {graph.TechCache, true, "hazelcast"}, "infinispan": {graph.TechCache, true, "http"},
	"kafka": kafka, "cp-kafka": kafka, "cp-server": kafka, "redpanda": kafka, "kafka-native": kafka, "pulsar": {graph.TechStream, true, "pulsar"},
	"rabbitmq": amqp, "activemq": {graph.TechBroker, true, "openwire"}, "activemq-classic": {graph.TechBroker, true, "openwire"},
	"activemq-artemis": amqp, "nats": nats, "nats-streaming": nats, "mosquitto": {graph.TechBroker, true, "mqtt"},
	"eclipse-mosquitto": {graph.TechBroker, true, "mqtt"}, "emqx": {graph.TechBroker, true, "mqtt"}, "elasticmq": {graph.TechQueue, true, "http"},
	"elasticsearch": elastic, "elasticsearch-oss": elastic, "opensearch": elastic, "solr": elastic, "meilisearch": elastic, "typesense": elastic, "quickwit": elastic,
	"qdrant": {graph.TechSearch, true, "http"}, "weaviate": {graph.TechSearch, true, "http"}, "milvus": {graph.TechSearch, true, "grpc"},
	"minio": object, "seaweedfs": object, "localstack": object,
	"etcd": etcd, "zookeeper": {graph.TechConfig, true, "zookeeper"}, "cp-zookeeper": {graph.TechConfig, true, "zookeeper"}, "consul": {graph.TechConfig, true, "http"},
	"vault": {graph.TechSecret, true, "http"}, "openbao": {graph.TechSecret, true, "http"},
	"registry": {graph.TechRegistry, true, "http"}, "harbor-core": {graph.TechRegistry, false, "http"}, "nexus3": {graph.TechRegistry, true, "http"},
	"loki": {graph.TechLog, true, "http"}, "gitea": {graph.TechSource, true, "http"}, "gitlab-ce": {graph.TechSource, true, "http"},
	"nfs-server-provisioner": {graph.TechFile, true, "nfs"}, "volume-nfs": {graph.TechFile, true, "nfs"},

	"prometheus": monitor, "grafana": monitor, "kibana": monitor, "alertmanager": monitor, "jaeger": monitor, "all-in-one": monitor, "zipkin": monitor,
	"tempo": monitor, "mimir": monitor, "opentelemetry-collector": monitor, "opentelemetry-collector-contrib": monitor, "kube-state-metrics": monitor,
	"node-exporter": monitor, "fluentd": monitor, "fluent-bit": monitor, "filebeat": monitor, "logstash": monitor, "telegraf": monitor,
	"traefik": entrance, "ingress-nginx/controller": entrance, "kong": entrance, "nginx-ingress": entrance, "nginx-ingress-controller": entrance, "haproxy-ingress": entrance,
	"contour": entrance, "emissary": entrance, "aws-load-balancer-controller": entrance, "proxyv2": entrance,
	"keycloak": idp, "dex": idp, "oauth2-proxy": idp, "hydra": idp, "kratos": idp, "authelia": idp,
	"coredns": {graph.TechDNS, false, "dns"}, "jenkins": {graph.TechPipeline, false, "http"}, "argocd": {graph.TechPipeline, false, "http"},
}

// software is what runs in an image, by the last element of its repository, or
// the last two where the last alone says little ("mssql/server").
func (i image) software() (software, bool) {
	if s, ok := images[i.tail(2)]; ok {
		return s, true
	}
	s, ok := images[i.tail(1)]
	return s, ok
}

// storeAtPort tells what listens on a port that is registered for one kind of
// store, for images with a name of their own.
var storeAtPort = map[int]software{
	5432: postgres, 3306: mysql, 1433: sqlOf("mssql"), 1521: sqlOf("oracle"), 27017: mongo, 6379: redis, 11211: memcache,
	9092: kafka, 5672: amqp, 9042: {graph.TechNoSQL, true, "cassandra"}, 7687: {graph.TechGraphDB, true, "bolt"}, 2379: etcd,
	2181: {graph.TechConfig, true, "zookeeper"},
}

// storeAtMount tells a store by the folder in which it keeps its data.
var storeAtMount = map[string]software{
	"/var/lib/postgresql": postgres, "/var/lib/postgresql/data": postgres, "/var/lib/mysql": mysql, "/data/db": mongo,
	"/var/lib/mongodb": mongo, "/var/lib/cassandra": {graph.TechNoSQL, true, "cassandra"}, "/var/lib/rabbitmq": amqp,
	"/usr/share/elasticsearch/data": elastic, "/bitnami/postgresql": postgres, "/bitnami/mysql": mysql, "/bitnami/mongodb": mongo,
	"/var/opt/mssql": sqlOf("mssql"), "/var/lib/neo4j": {graph.TechGraphDB, true, "bolt"}, "/var/lib/registry": {graph.TechRegistry, true, "http"},
}

// helper matches the images of programs that stand beside or before others:
// sidecars, exporters, clients and proxies of a store are not the store.
var helper = regexp.MustCompile(`exporter|proxy|envoy|pgbouncer|pgpool|sidecar|agent|backup|client|reloader|operator|fluent|filebeat|promtail|config-reload|busybox|wait-for|git-sync`)

func (i image) isHelper() bool {
	_, known := i.software()
	return !known && helper.MatchString(i.tail(1))
}
