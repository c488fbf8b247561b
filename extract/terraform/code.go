package terraform

import "drawbridge/graph"

// codePlaces are the attributes that name the store from which a program's code is
// taken when it is deployed or started.
var codePlaces = []struct{ typ, attr string }{
	{"aws_glue_job", "command.script_location"},
	{"aws_lambda_function", "s3_bucket"},
	{"aws_lambda_layer_version", "s3_bucket"},
	{"aws_mwaa_environment", "source_bucket_arn"},
	{"aws_sagemaker_model", "primary_container.model_data_url"},
	{"google_cloudfunctions2_function", "build_config.source.storage_source.bucket"},
	{"google_cloudfunctions_function", "source_archive_bucket"},
	{"google_composer_environment", "storage_config.bucket"},
	{"google_dataproc_job", "pyspark_config.main_python_file_uri"},
}

// codeStores makes grants of what programs are made of: who changes what lies in the store changes
// the program.
func (b *builder) codeStores() {
	for _, x := range codePlaces {
		for _, r := range b.byType[x.typ] {
			for _, v := range r.Body.All(x.attr) {
				for _, from := range b.targets(v) {
					if from.Kind != graph.Store {
						continue
					}
					for _, c := range r.owners {
						b.grant(from, c, "holds its code", graph.AbilityAdminister, false, atValue(r, v, "its code is taken from there"))
					}
				}
			}
		}
	}
}
