package terraform

import (
	"strings"

	"drawbridge/graph"
)

// protocolOfPort names the protocol that is registered for a port (IANA) or that
// everyone expects there; "tcp" for others.
func protocolOfPort(port int) string {
	switch port {
	case 0:
		return ""
	case 21:
		return "ftp"
	case 22:
		return "ssh"
	case 25, 587:
		return "smtp"
	case 53:
		return "dns"
	case 80, 8000, 8080, 3000, 5000:
		return "http"
	case 443, 8443:
		return "https"
	case 1433:
		return "mssql"
	case 1521:
		return "oracle"
	case 2049:
		return "nfs"
	case 3306:
		return "mysql"
	case 3389:
		return "rdp"
	case 5432:
		return "postgres"
	case 5439:
		return "redshift"
	case 5671:
		return "amqps"
	case 5672:
		return "amqp"
	case 6379:
		return "redis"
	case 8182:
		return "neptune"
	case 9092, 9094, 9096, 9098:
		return "kafka"
	case 9200:
		return "elasticsearch"
	case 11211:
		return "memcached"
	case 27017:
		return "mongodb"
	}
	return "tcp"
}

// encryptedProtocol says what a protocol's name says about encryption: Unknown
// for those that can be either.
func encryptedProtocol(protocol string) graph.Truth {
	switch strings.ToLower(protocol) {
	case "https", "tls", "ssl", "ssh", "amqps", "wss", "sftp", "ftps", "ldaps", "ipsec", "aws":
		return graph.Yes
	case "http", "ftp", "telnet", "ws", "smtp", "memcached", "ldap":
		return graph.No
	}
	return graph.Unknown
}

// enginePort gives the default port of a database engine, by the names that
// providers use for it.
func enginePort(engine string) (string, int) {
	switch e := strings.ToLower(engine); {
	case strings.Contains(e, "postgres"):
		return "postgres", 5432
	case strings.Contains(e, "mysql"), strings.Contains(e, "maria"), e == "aurora":
		return "mysql", 3306
	case strings.Contains(e, "sqlserver"):
		return "mssql", 1433
	case strings.Contains(e, "oracle"):
		return "oracle", 1521
	case strings.Contains(e, "redis"), strings.Contains(e, "valkey"):
		return "redis", 6379
	case strings.Contains(e, "memcached"):
		return "memcached", 11211
	case strings.Contains(e, "docdb"):
		return "mongodb", 27017
	case strings.Contains(e, "neptune"):
		return "neptune", 8182
	case strings.Contains(e, "rabbitmq"):
		return "amqps", 5671
	case strings.Contains(e, "activemq"):
		return "openwire", 61617
	}
	return "", 0
}

// spoken returns what a component speaks, by its engine, its row, or its technology.
func spoken(c *component) (string, int) {
	if c.row == nil {
		switch c.speaks {
		case "https":
			return "https", 443
		case "http":
			return "http", 80
		}
		return "", 0
	}
	var protocol string
	var port int
	if c.row.engine != "" && len(c.resources) > 0 {
		engine, _ := c.resources[0].Body.Get(c.row.engine).Text()
		protocol, port = enginePort(engine)
	}
	if port == 0 {
		protocol, port = c.row.protocol, c.row.port
	}
	if len(c.resources) > 0 {
		if p, ok := c.resources[0].Body.Get("port").Int(); ok && p > 0 && c.Technology.IsDatabase() {
			port = p
		}
	}
	if protocol == "" && port == 0 && cloudService(c.Technology) {
		return "https", 443
	}
	return protocol, port
}

// cloudService reports whether a technology is spoken to through the platform's
// own HTTPS endpoints.
func cloudService(t graph.Technology) bool {
	switch t {
	case graph.TechFunction, graph.TechGateway, graph.TechWorkflow, graph.TechScheduler, graph.TechCluster, graph.TechPipeline, graph.TechMonitoring,
		graph.TechIdentity, graph.TechML, graph.TechETL, graph.TechNoSQL, graph.TechObject, graph.TechQueue, graph.TechTopic, graph.TechStream,
		graph.TechEventBus, graph.TechSecret, graph.TechKey, graph.TechConfig, graph.TechLog, graph.TechRegistry, graph.TechSource,
		graph.TechSearch, graph.TechCDN, graph.TechJob:
		return true
	}
	return false
}
