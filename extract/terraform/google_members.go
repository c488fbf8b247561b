package terraform

import (
	"slices"
	"strings"
)

// memberTypes names a type that others are given roles on, and the attribute by which
// its bindings name it: google_TYPE_iam_binding, google_TYPE_iam_member and
// google_TYPE_iam_policy each give roles on it.
type memberTypes struct {
	of, by string
	label  string
}

// googleMemberTypes are the types with bindings of their own, sorted. Those on whole
// levels of the hierarchy, which belong to no component, are rows of [googleRows].
var googleMemberTypes = []memberTypes{
	{"google_api_gateway_api", "api", "api"},
	{"google_api_gateway_api_config", "api_config", "configuration"},
	{"google_api_gateway_gateway", "gateway", "gateway"},
	{"google_artifact_registry_repository", "repository", "repository"},
	{"google_bigquery_connection", "connection_id", "connection"},
	{"google_bigquery_dataset", "dataset_id", "dataset"},
	{"google_bigquery_table", "dataset_id", "table"},
	{"google_bigtable_instance", "instance", "instance"},
	{"google_bigtable_table", "instance_name", "table"},
	{"google_cloud_run_service", "service", "service"},
	{"google_cloud_run_v2_job", "name", "job"},
	{"google_cloud_run_v2_service", "name", "service"},
	{"google_cloud_run_v2_worker_pool", "name", "pool"},
	{"google_cloud_tasks_queue", "name", "queue"},
	{"google_cloudbuildv2_connection", "name", "connection"},
	{"google_clouddeploy_delivery_pipeline", "name", "pipeline"},
	{"google_clouddeploy_target", "name", "target"},
	{"google_cloudfunctions2_function", "cloud_function", "function"},
	{"google_cloudfunctions_function", "cloud_function", "function"},
	{"google_compute_disk", "name", "disk"},
	{"google_compute_image", "image", "image"},
	{"google_compute_instance", "instance_name", "machine"},
	{"google_compute_region_disk", "name", "disk"},
	{"google_compute_snapshot", "name", "snapshot"},
	{"google_data_fusion_instance", "name", "instance"},
	{"google_dataform_repository", "repository", "repository"},
	{"google_dataproc_cluster", "cluster", "cluster"},
	{"google_dataproc_job", "job_id", "job"},
	{"google_dataproc_metastore_service", "service_id", "metastore"},
	{"google_dns_managed_zone", "managed_zone", "zone"},
	{"google_endpoints_service", "service_name", "service"},
	{"google_healthcare_consent_store", "dataset", "store"},
	{"google_healthcare_dataset", "dataset_id", "dataset"},
	{"google_healthcare_dicom_store", "dicom_store_id", "store"},
	{"google_healthcare_fhir_store", "fhir_store_id", "store"},
	{"google_healthcare_hl7_v2_store", "hl7_v2_store_id", "store"},
	{"google_iap_tunnel_instance", "instance", "tunnel"},
	{"google_kms_crypto_key", "crypto_key_id", "key"},
	{"google_logging_log_view", "bucket", "view"},
	{"google_notebooks_instance", "instance_name", "notebook"},
	{"google_notebooks_runtime", "runtime_name", "notebook"},
	{"google_privateca_ca_pool", "ca_pool", "authority"},
	{"google_pubsub_subscription", "subscription", "subscription"},
	{"google_pubsub_topic", "topic", "topic"},
	{"google_secret_manager_regional_secret", "secret_id", "secret"},
	{"google_secret_manager_secret", "secret_id", "secret"},
	{"google_secure_source_manager_instance", "instance_id", "instance"},
	{"google_secure_source_manager_repository", "repository_id", "repository"},
	{"google_service_account", "service_account_id", "account"},
	{"google_sourcerepo_repository", "repository", "repository"},
	{"google_spanner_database", "instance", "database"},
	{"google_spanner_instance", "instance", "instance"},
	{"google_storage_bucket", "bucket", "bucket"},
	{"google_storage_managed_folder", "bucket", "folder"},
	{"google_vertex_ai_endpoint", "endpoint", "endpoint"},
	{"google_vertex_ai_featurestore", "featurestore", "store"},
	{"google_workbench_instance", "name", "notebook"},
	{"google_workstations_workstation", "workstation_id", "workstation"},
	{"google_workstations_workstation_config", "workstation_config_id", "workstations"},
}

// googleMemberRows are the rows of the bindings, sorted.
var googleMemberRows = memberRows(googleMemberTypes)

func memberRows(types []memberTypes) []row {
	var out []row
	for _, t := range types {
		for _, form := range []string{"binding", "member", "policy"} {
			out = append(out, row{typ: t.of + "_iam_" + form, role: detail, label: t.label + " " + form, owner: []string{t.by}, also: []semantic{readGoogleMembers}})
		}
	}
	slices.SortFunc(out, func(x, y row) int { return strings.Compare(x.typ, y.typ) })
	return out
}
