package kubernetes

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"drawbridge/graph"
)

// protocol is what the name of a protocol, a URL's scheme or a port's name tells.
type protocol struct {
	name      string // as flows have it
	port      int    // the one that is meant where none is written
	encrypted graph.Truth
}

// protocols are keyed by scheme and by the names that flows have. The protocols of stores are
// encrypted or not by agreement of both sides, so their names alone tell nothing.
var protocols = map[string]protocol{
	"http": {"http", 80, graph.No}, "https": {"https", 443, graph.Yes}, "http2": {"http", 80, graph.Unknown}, "h2c": {"http", 80, graph.No},
	"ws": {"websocket", 80, graph.No}, "wss": {"websocket", 443, graph.Yes}, "websocket": {"websocket", 0, graph.Unknown},
	"grpc": {"grpc", 0, graph.Unknown}, "grpcs": {"grpc", 443, graph.Yes}, "grpc-web": {"grpc", 0, graph.Unknown},
	"postgres": {"postgres", 5432, graph.Unknown}, "postgresql": {"postgres", 5432, graph.Unknown}, "cockroachdb": {"postgres", 26257, graph.Unknown},
	"mysql": {"mysql", 3306, graph.Unknown}, "mysql2": {"mysql", 3306, graph.Unknown}, "mariadb": {"mysql", 3306, graph.Unknown},
	"sqlserver": {"mssql", 1433, graph.Unknown}, "mssql": {"mssql", 1433, graph.Unknown}, "oracle": {"oracle", 1521, graph.Unknown},
	"mongo": {"mongodb", 27017, graph.Unknown}, "mongodb": {"mongodb", 27017, graph.Unknown}, "mongodb+srv": {"mongodb", 27017, graph.Yes},
	"redis": {"redis", 6379, graph.Unknown}, "rediss": {"redis", 6379, graph.Yes}, "memcached": {"memcached", 11211, graph.Unknown},
	"amqp": {"amqp", 5672, graph.Unknown}, "amqps": {"amqp", 5671, graph.Yes}, "kafka": {"kafka", 9092, graph.Unknown},
	"nats": {"nats", 4222, graph.Unknown}, "tls": {"tls", 443, graph.Yes}, "mqtt": {"mqtt", 1883, graph.Unknown}, "mqtts": {"mqtt", 8883, graph.Yes},
	"cassandra": {"cassandra", 9042, graph.Unknown}, "bolt": {"bolt", 7687, graph.Unknown}, "neo4j": {"bolt", 7687, graph.Unknown},
	"elasticsearch": {"http", 9200, graph.Unknown}, "etcd": {"etcd", 2379, graph.Unknown}, "zookeeper": {"zookeeper", 2181, graph.Unknown},
	"ldap": {"ldap", 389, graph.Unknown}, "ldaps": {"ldap", 636, graph.Yes}, "smtp": {"smtp", 25, graph.Unknown}, "smtps": {"smtp", 465, graph.Yes},
	"ssh": {"ssh", 22, graph.Yes}, "git": {"git", 9418, graph.No}, "ftp": {"ftp", 21, graph.No}, "nfs": {"nfs", 2049, graph.Unknown},
	"clickhouse": {"clickhouse", 9000, graph.Unknown}, "pulsar": {"pulsar", 6650, graph.Unknown}, "thrift": {"thrift", 0, graph.Unknown},
	"tcp": {"", 0, graph.Unknown}, "udp": {"", 0, graph.Unknown}, "dns": {"dns", 53, graph.Unknown}, "otlp": {"grpc", 4317, graph.Unknown},
}

// protocolAt tells what is spoken on a port that is registered for it.
var protocolAt = map[int]string{
	80: "http", 443: "https", 5432: "postgres", 3306: "mysql", 1433: "mssql", 1521: "oracle", 27017: "mongodb", 6379: "redis",
	11211: "memcached", 5672: "amqp", 9092: "kafka", 4222: "nats", 9042: "cassandra", 9200: "http", 2379: "etcd", 2181: "zookeeper",
	7687: "bolt", 389: "ldap", 25: "smtp", 587: "smtp", 22: "ssh", 53: "dns", 1883: "mqtt", 4317: "grpc", 9411: "http", 8125: "statsd",
}

// portProtocol reads the application protocol of a Service's port: from its
// appProtocol, else from its name or that of the container's port behind it, by
// the convention of service meshes ("http", "grpc-web", "tcp-redis").
func portProtocol(p *corev1.ServicePort, container string) protocol {
	if p.AppProtocol != nil {
		app := strings.ToLower(*p.AppProtocol)
		if known, ok := protocols[app[strings.LastIndexByte(app, '/')+1:]]; ok && known.name != "" {
			return known
		}
	}
	for _, name := range []string{p.Name, p.TargetPort.StrVal, container} {
		name = strings.ToLower(name)
		first, rest, _ := strings.Cut(name, "-")
		for _, n := range []string{name, first, rest} {
			if known, ok := protocols[n]; ok && known.name != "" {
				return known
			}
		}
	}
	return protocol{}
}

// learnProtocols gives the flows of which no side tells the protocol that of
// another flow to the same port: what listens there speaks one.
func (c *cluster) learnProtocols() {
	type socket struct {
		to   string
		port int
	}
	spoken := map[socket]map[string]bool{}
	ids := slices.Sorted(maps.Keys(c.flows))
	for _, id := range ids {
		if f := c.flows[id]; f.Protocol != "" && f.Port != 0 {
			s := socket{f.To, f.Port}
			if spoken[s] == nil {
				spoken[s] = map[string]bool{}
			}
			spoken[s][f.Protocol] = true
		}
	}
	for _, id := range ids {
		f := c.flows[id]
		if one := spoken[socket{f.To, f.Port}]; f.Protocol == "" && f.Port != 0 && len(one) == 1 {
			delete(c.flows, id)
			f.Protocol = slices.Collect(maps.Keys(one))[0]
			c.settleEncryption(f)
			c.flow(*f)
		}
	}
}
