package terraform

import "drawbridge/graph"

// googleRows is what is known of Google Cloud's resource types, sorted.
var googleRows = []row{
	{typ: "google_artifact_registry_repository", role: store, tech: graph.TechRegistry, label: "Artifact registry", protocol: "https", port: 443},
	{typ: "google_bigquery_dataset", role: store, tech: graph.TechWarehouse, label: "BigQuery dataset", protocol: "https", port: 443, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "datasets are always encrypted")}},
	{typ: "google_bigquery_table", role: detail, owner: []string{"dataset_id"}},
	{typ: "google_cloud_run_service", role: process, tech: graph.TechContainer, label: "Cloud Run service", protocol: "https", port: 443, calls: []string{"template"}},
	{typ: "google_cloud_run_v2_service", role: process, tech: graph.TechContainer, label: "Cloud Run service", protocol: "https", port: 443, calls: []string{"template"}},
	{typ: "google_compute_disk", role: store, tech: graph.TechBlock, label: "Disk", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "disks are always encrypted")}},
	{typ: "google_compute_firewall", role: connector, label: "firewall rule"},
	{typ: "google_compute_instance", role: process, tech: graph.TechServer, label: "Compute instance", calls: []string{"metadata", "metadata_startup_script"}, props: []prop{given(graph.PropPublicAddress, "network_interface.access_config")}},
	{typ: "google_compute_network", role: network, label: "VPC network"},
	{typ: "google_compute_subnetwork", role: network, tech: techSubnet, label: "subnet"},
	{typ: "google_container_cluster", role: process, tech: graph.TechCluster, label: "GKE cluster", props: []prop{off(graph.PropPublicAddress, "private_cluster_config.enable_private_endpoint", graph.Yes)}},
	{typ: "google_container_node_pool", role: detail, owner: []string{"cluster"}},
	{typ: "google_kms_crypto_key", role: store, tech: graph.TechKey, label: "KMS key", props: []prop{given(graph.PropKeyRotated, "rotation_period")}},
	{typ: "google_kms_key_ring", role: ignored, why: "groups keys"},
	{typ: "google_project_service", role: ignored, why: "switches a service on"},
	{typ: "google_redis_instance", role: store, tech: graph.TechCache, label: "Memorystore", protocol: "redis", port: 6379, props: []prop{on(graph.PropAuthenticated, "auth_enabled", graph.No), equal(graph.PropEncryptedTransit, "transit_encryption_mode", "SERVER_AUTHENTICATION", graph.No)}},
	{typ: "google_secret_manager_secret", role: store, tech: graph.TechSecret, label: "Secret", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "secrets are always encrypted")}},
	{typ: "google_secret_manager_secret_version", role: detail, owner: []string{"secret"}},
	{typ: "google_service_account", role: identity, tech: graph.TechRole, label: "Service account"},
	{typ: "google_sql_database", role: detail, owner: []string{"instance"}},
	{typ: "google_sql_database_instance", role: store, tech: graph.TechSQL, label: "Cloud SQL", engine: "database_version", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "instances are always encrypted"), on(graph.PropBackedUp, "settings.backup_configuration.enabled", graph.No), on(graph.PropPublicAddress, "settings.ip_configuration.ipv4_enabled", graph.Yes)}},
	{typ: "google_sql_user", role: detail, owner: []string{"instance"}},
	{typ: "google_storage_bucket", role: store, tech: graph.TechObject, label: "Storage bucket", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "objects are always encrypted"), on(graph.PropVersioned, "versioning.enabled", graph.No), given(graph.PropLogged, "logging")}, links: []link{{to: "logging.log_bucket", carries: "access logs"}}},
	{typ: "google_storage_bucket_object", role: detail, owner: []string{"bucket"}},
	{typ: "google_vpc_access_connector", role: connector, label: "VPC connector"},
}
