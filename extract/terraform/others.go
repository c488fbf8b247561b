package terraform

import "drawbridge/graph"

// otherRows is what is known of types of providers beside the three clouds, sorted.
// They stand outside of any account. Types of theirs without a row are settings:
// see settingsProviders.
var otherRows = []row{
	{typ: "auth0_client", role: external, tech: graph.TechIdentity, label: "Auth0 application", quiet: true},
	{typ: "cloudflare_d1_database", role: store, tech: graph.TechSQL, label: "D1 database", quiet: true},
	{typ: "cloudflare_dns_record", role: detail, label: "DNS record", owner: []string{"content"}},
	{typ: "cloudflare_load_balancer", role: process, tech: graph.TechLoadBalancer, label: "Cloudflare load balancer"},
	{typ: "cloudflare_pages_project", role: process, tech: graph.TechWebApp, label: "Cloudflare Pages", protocol: "https", port: 443, calls: []string{"deployment_configs"}, internet: managedEndpoint, also: []semantic{readHostedEdge}},
	{typ: "cloudflare_queue", role: store, tech: graph.TechQueue, label: "Cloudflare queue", quiet: true},
	{typ: "cloudflare_r2_bucket", role: store, tech: graph.TechObject, label: "R2 bucket", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "objects are always encrypted")}},
	{typ: "cloudflare_record", role: detail, label: "DNS record", owner: []string{"content", "value"}},
	{typ: "cloudflare_tunnel", role: process, tech: graph.TechVPN, label: "Cloudflare tunnel", quiet: true},
	{typ: "cloudflare_tunnel_config", role: detail, label: "tunnel configuration", owner: []string{"tunnel_id"}, links: []link{{to: "config.ingress_rule.service", why: "the tunnel leads to it"}}},
	{typ: "cloudflare_worker_domain", role: detail, owner: []string{"service"}},
	{typ: "cloudflare_worker_route", role: detail, label: "route", owner: []string{"script_name"}, also: []semantic{readHostedEdge}},
	{typ: "cloudflare_worker_script", role: process, tech: graph.TechFunction, label: "Cloudflare worker", calls: []string{"plain_text_binding"}},
	{typ: "cloudflare_workers_kv_namespace", role: store, tech: graph.TechNoSQL, label: "Workers KV", name: "title", quiet: true},
	{typ: "cloudflare_workers_route", role: detail, label: "route", owner: []string{"script", "script_name"}, also: []semantic{readHostedEdge}},
	{typ: "cloudflare_workers_script", role: process, tech: graph.TechFunction, label: "Cloudflare worker", calls: []string{"bindings"}},
	{typ: "cloudflare_zero_trust_tunnel_cloudflared", role: process, tech: graph.TechVPN, label: "Cloudflare tunnel", quiet: true},
	{typ: "cloudflare_zero_trust_tunnel_cloudflared_config", role: detail, label: "tunnel configuration", owner: []string{"tunnel_id"}, links: []link{{to: "config.ingress.service|config.ingress_rule.service", why: "the tunnel leads to it"}}},
	{typ: "cloudflare_zone", role: process, tech: graph.TechDNS, label: "Cloudflare zone", name: "zone", quiet: true, protocol: "dns", port: 53},
	{typ: "confluent_kafka_cluster", role: store, tech: graph.TechStream, label: "Confluent Kafka cluster", protocol: "kafka", port: 9092, name: "display_name", props: []prop{fixed(graph.PropEncryptedTransit, graph.Yes, "clusters take encrypted connections only"), fixed(graph.PropEncryptedAtRest, graph.Yes, "clusters are always encrypted"), fixed(graph.PropAuthenticated, graph.Yes, "every connection is authenticated")}, shapes: map[string]string{"bootstrap_endpoint": "SASL_SSL://%s.confluent.cloud:9092"}},
	{typ: "confluent_kafka_topic", role: detail, owner: []string{"kafka_cluster.id"}},
	{typ: "datadog_logs_archive", role: external, tech: graph.TechMonitoring, label: "Datadog archive", protocol: "https", port: 443, links: []link{{to: "s3_archive.bucket", carries: "logs"}, {to: "azure_archive.storage_account", carries: "logs"}, {to: "gcs_archive.bucket", carries: "logs"}}},
	{typ: "datadog_webhook", role: external, tech: graph.TechMonitoring, label: "Datadog webhook", links: []link{{to: "url", protocol: "https", carries: "alerts"}}},
	{typ: "docker_container", role: process, tech: graph.TechContainer, label: "container", calls: []string{"env"}},
	{typ: "ec_deployment", role: store, tech: graph.TechSearch, label: "Elastic deployment", protocol: "https", port: 443},
	{typ: "github_actions_environment_secret", role: detail, label: "secret", owner: []string{"repository"}},
	{typ: "github_actions_secret", role: detail, label: "secret", owner: []string{"repository"}},
	{typ: "github_repository", role: store, tech: graph.TechSource, label: "GitHub repository", quiet: true, props: []prop{equal(graph.PropPublic, "visibility", "public", graph.Unknown)}},
	{typ: "github_repository_environment", role: detail, owner: []string{"repository"}},
	{typ: "github_repository_webhook", role: detail, label: "webhook", owner: []string{"repository"}, links: []link{{to: "configuration.url", protocol: "https", carries: "repository events"}}},
	{typ: "gitlab_project", role: store, tech: graph.TechSource, label: "GitLab project", quiet: true, props: []prop{equal(graph.PropPublic, "visibility_level", "public", graph.No)}},
	{typ: "gitlab_project_hook", role: detail, label: "webhook", owner: []string{"project"}, links: []link{{to: "url", protocol: "https", carries: "project events"}}},
	{typ: "gitlab_project_variable", role: detail, label: "variable", owner: []string{"project"}},
	{typ: "mailgun_domain", role: process, tech: graph.TechSaaS, label: "Mail domain", quiet: true},
	{typ: "mongodbatlas_advanced_cluster", role: store, tech: graph.TechNoSQL, label: "MongoDB Atlas cluster", protocol: "mongodb", port: 27017, props: atlasProps},
	{typ: "mongodbatlas_cloud_provider_snapshot_backup_policy", role: ignored, why: "when backups are made"},
	{typ: "mongodbatlas_cluster", role: store, tech: graph.TechNoSQL, label: "MongoDB Atlas cluster", protocol: "mongodb", port: 27017, props: atlasProps},
	{typ: "mongodbatlas_project_ip_access_list", role: connector, label: "access list", also: []semantic{readAtlasAccess}},
	{typ: "mongodbatlas_serverless_instance", role: store, tech: graph.TechNoSQL, label: "MongoDB Atlas instance", protocol: "mongodb", port: 27017, props: atlasProps},
	{typ: "okta_app_oauth", role: external, tech: graph.TechIdentity, label: "Okta application", name: "label", quiet: true},
	{typ: "okta_app_saml", role: external, tech: graph.TechIdentity, label: "Okta application", name: "label", quiet: true},
	{typ: "snowflake_database", role: store, tech: graph.TechWarehouse, label: "Snowflake database", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "databases are always encrypted"), fixed(graph.PropEncryptedTransit, graph.Yes, "the service takes https only")}},
	{typ: "snowflake_pipe", role: detail, label: "pipe", owner: []string{"database"}},
	{typ: "snowflake_schema", role: detail, owner: []string{"database"}},
	{typ: "snowflake_stage", role: detail, label: "stage", owner: []string{"database"}, links: []link{{from: "url", carries: "records"}}},
	{typ: "snowflake_table", role: detail, owner: []string{"database"}},
	{typ: "vault_aws_secret_backend", role: store, tech: graph.TechSecret, label: "Vault credentials for AWS", name: "path"},
	{typ: "vault_database_secret_backend_connection", role: detail, label: "database connection", owner: []string{"backend"}, links: []link{{to: "postgresql.connection_url|mysql.connection_url|mssql.connection_url|mongodb.connection_url", why: "makes its users"}}},
	{typ: "vault_database_secrets_mount", role: store, tech: graph.TechSecret, label: "Vault database credentials", name: "path", links: []link{{to: "postgresql.connection_url|mysql.connection_url|mssql.connection_url|mongodb.connection_url", why: "makes its users"}}},
	{typ: "vault_generic_secret", role: store, tech: graph.TechSecret, label: "Vault secret", name: "path", quiet: true},
	{typ: "vault_kv_secret_v2", role: detail, owner: []string{"mount"}},
	{typ: "vault_mount", role: store, tech: graph.TechSecret, label: "Vault secrets", name: "path"},
}

// atlasProps: MongoDB Atlas, "Configure Encryption": storage is always encrypted,
// connections are by TLS, and callers give a user.
var atlasProps = []prop{
	fixed(graph.PropEncryptedAtRest, graph.Yes, "storage is always encrypted"), fixed(graph.PropEncryptedTransit, graph.Yes, "connections are always encrypted"),
	fixed(graph.PropAuthenticated, graph.Yes, "databases ask for a user and password"), on(graph.PropBackedUp, "backup_enabled|cloud_backup", graph.Unknown),
}

// readAtlasAccess is the semantic of an entry of a project's access list: without
// any, nobody reaches the project's clusters.
func readAtlasAccess(b *builder, r *resource) {
	v := r.Body.Get("cidr_block")
	if text, ok := v.Literal(); !ok || !isAnywhere(text) {
		return
	}
	project, _ := r.Body.Get("project_id").Text()
	for _, typ := range []string{"mongodbatlas_advanced_cluster", "mongodbatlas_cluster", "mongodbatlas_serverless_instance"} {
		for _, cluster := range b.byType[typ] {
			if of, _ := cluster.Body.Get("project_id").Text(); of != project || cluster.self == nil {
				continue
			}
			cluster.self.Set(graph.PropPublicAddress, graph.Yes, atValue(r, v, "access list lets in every address"))
			b.flow(b.internet(), cluster.self, graph.Flow{Protocol: "mongodb", Port: 27017, Encrypted: graph.Yes, Peers: []string{"0.0.0.0/0"}}, atValue(r, v, "access list lets in every address"))
		}
	}
}

// readHostedEdge opens what is served on a provider's edge to everyone.
func readHostedEdge(b *builder, r *resource) {
	for _, c := range r.owners {
		c.Set(graph.PropPublicAddress, graph.Yes, at(r, "it is served on the internet"))
		b.flow(b.internet(), c, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Peers: []string{"0.0.0.0/0"}}, at(r, "it is served on the internet"))
	}
}

// settingsProviders configure what runs elsewhere: users, rules and dashboards of
// services that are no part of the diagram, or are in it already. What of theirs
// matters has a row.
var settingsProviders = map[string]string{
	"acme":          "certificates protect listeners, which say so themselves",
	"auth0":         "settings of an identity provider",
	"azuredevops":   "settings of source repositories and pipelines",
	"bitbucket":     "settings of source repositories",
	"checkly":       "checks from outside",
	"cloudflare":    "settings of a zone and of who signs in",
	"confluent":     "settings of a streaming service",
	"consul":        "settings of a service registry",
	"datadog":       "monitoring outside",
	"docker":        "images and networks of one machine",
	"ec":            "settings of a search service",
	"elasticsearch": "settings inside a search domain",
	"elasticstack":  "settings inside a search domain",
	"github":        "settings of source repositories",
	"gitlab":        "settings of source repositories",
	"grafana":       "dashboards",
	"hcp":           "settings of a platform outside",
	"keycloak":      "settings of an identity provider",
	"launchdarkly":  "feature flags",
	"mailgun":       "settings of mail domains",
	"mongodbatlas":  "settings of projects and users",
	"mysql":         "users and grants inside a database",
	"newrelic":      "monitoring outside",
	"okta":          "settings of an identity provider",
	"opensearch":    "settings inside a search domain",
	"opsgenie":      "who is called when something breaks",
	"pagerduty":     "who is called when something breaks",
	"nomad":         "what a scheduler runs, as its own language says",
	"ns1":           "names",
	"postgresql":    "users and grants inside a database",
	"rabbitmq":      "queues and users inside a broker",
	"sentry":        "monitoring outside",
	"snowflake":     "users and grants inside a warehouse",
	"spacelift":     "settings of pipelines",
	"statuscake":    "checks from outside",
	"sumologic":     "monitoring outside",
	"tfe":           "settings of pipelines",
	"vault":         "policies and users of a secret store",
}
