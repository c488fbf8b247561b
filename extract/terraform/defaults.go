package terraform

import (
	"strings"

	"drawbridge/graph"
)

// Defaults that hang on other arguments, or on a setting of the whole account. The
// provider's documentation pages of the types that the functions are named in.

// inheritedEncryption is for databases: storage_encrypted is false where it is not
// set, but a copy is encrypted as its source is, and a serverless Aurora cluster always.
func inheritedEncryption(_ *builder, r *resource) {
	if r.Body.Get("storage_encrypted").IsSet() || r.self == nil {
		return
	}
	if mode := r.Body.Get("engine_mode"); mode.IsSet() {
		switch s, ok := mode.Literal(); {
		case !ok:
			r.self.Set(graph.PropEncryptedAtRest, graph.Unknown, atValue(r, mode, "engine_mode is not known, and serverless clusters are encrypted"))
		case strings.EqualFold(s, "serverless"):
			r.self.Set(graph.PropEncryptedAtRest, graph.Yes, atValue(r, mode, "serverless clusters are always encrypted"))
		}
	}
	for _, attr := range []string{"snapshot_identifier", "replicate_source_db", "replication_source_identifier", "global_cluster_identifier", "restore_to_point_in_time", "s3_import"} {
		source := r.Body.Get(attr)
		if source.IsNull() && len(r.Body.BlocksOf(attr)) == 0 {
			continue
		}
		r.self.Set(graph.PropEncryptedAtRest, graph.Unknown, atValue(r, source, "encrypted as what "+attr+" names is"))
	}
}

// readCacheEncryption is for replication groups: with the engine valkey
// at_rest_encryption_enabled is true where it is not set; of encryption in transit
// no default is documented then.
func readCacheEncryption(_ *builder, r *resource) {
	engine := r.Body.Get("engine")
	if s, ok := engine.Literal(); (ok && !strings.EqualFold(s, "valkey")) || !engine.IsSet() || engine.IsNull() {
		return
	}
	const atRest, inTransit = "at_rest_encryption_enabled", "transit_encryption_enabled"
	if !r.Body.Get(atRest).IsSet() {
		value, why := graph.Unknown, " is not set, and its default hangs on the engine"
		if _, known := engine.Literal(); known {
			value, why = graph.Yes, " is not set, which means true for valkey"
		}
		r.self.Set(graph.PropEncryptedAtRest, value, at(r, atRest+why))
	}
	if !r.Body.Get(inTransit).IsSet() {
		r.self.Set(graph.PropEncryptedTransit, graph.Unknown, at(r, inTransit+" is not set, and its default hangs on the engine"))
	}
}

// readDeliveryEncryption is for delivery streams: those with a source stream hold
// no data of their own, and may not be encrypted then.
func readDeliveryEncryption(_ *builder, r *resource) {
	for _, source := range []string{"kinesis_source_configuration", "msk_source_configuration"} {
		if blocks := r.Body.BlocksOf(source); len(blocks) > 0 {
			r.self.Set(graph.PropEncryptedAtRest, graph.Unknown, graph.EvidenceAt(blocks[0].Source, r.Address, "records stay in the source stream, which says whether they are encrypted"))
		}
	}
}

// readKeyRotation is for keys: only symmetric keys for encryption can be rotated by
// the service.
func readKeyRotation(_ *builder, r *resource) {
	if r.Body.Get("enable_key_rotation").Truth(graph.No) == graph.Yes {
		return
	}
	for _, x := range []struct{ attr, rotated string }{{"customer_master_key_spec", "SYMMETRIC_DEFAULT"}, {"key_usage", "ENCRYPT_DECRYPT"}, {"custom_key_store_id", ""}} {
		v := r.Body.Get(x.attr)
		if v.IsNull() {
			continue
		}
		if s, ok := v.Literal(); !ok || s != x.rotated {
			r.self.Set(graph.PropKeyRotated, graph.Unknown, atValue(r, v, x.attr+" is set, and the service rotates symmetric keys only"))
		}
	}
}

// readEncryptionByDefault is for the setting that encrypts each new volume of the
// account's region.
func readEncryptionByDefault(b *builder, r *resource) {
	if r.Body.Get("enabled").Truth(graph.Yes) != graph.Yes {
		return
	}
	for _, c := range b.order {
		if c.row == nil || len(c.resources) == 0 || (c.Technology != graph.TechServer && c.Technology != graph.TechBlock) || provider(c.row.typ) != "aws" {
			continue
		}
		if b.account(c.resources[0]) == b.account(r) && c.Is(graph.PropEncryptedAtRest) == graph.No {
			c.Set(graph.PropEncryptedAtRest, graph.Yes, at(r, "volumes of the account are encrypted by default"))
		}
	}
}

// readMetadataDefaults is for the account's defaults of the instance metadata service.
func readMetadataDefaults(b *builder, r *resource) {
	v := r.Body.Get("http_tokens")
	if s, _ := v.Text(); s != "required" {
		return
	}
	for _, c := range b.order {
		if f, ok := c.Properties[graph.PropMetadataGuarded]; !ok || f.Value != graph.No || len(c.resources) == 0 || b.account(c.resources[0]) != b.account(r) {
			continue
		}
		if !saysTokens(c) {
			c.Set(graph.PropMetadataGuarded, graph.Yes, atValue(r, v, "the account's default asks for a session token"))
		}
	}
}

func saysTokens(c *component) bool {
	for _, r := range c.resources {
		if r.Body.Has("metadata_options.http_tokens") {
			return true
		}
	}
	return false
}

// readRegistryScanning is for the registry's own setting, which scans whatever the
// repositories say.
func readRegistryScanning(b *builder, r *resource) {
	for _, block := range r.Body.BlocksOf("rule") {
		frequency, _ := block.Get("scan_frequency").Text()
		if filter, _ := block.Get("repository_filter.filter").Text(); filter != "*" || (frequency != "SCAN_ON_PUSH" && frequency != "CONTINUOUS_SCAN") {
			continue
		}
		for _, repo := range b.byType["aws_ecr_repository"] {
			if repo.self != nil && b.account(repo) == b.account(r) {
				repo.self.Set(graph.PropScanned, graph.Yes, graph.EvidenceAt(block.Source, r.Address, "the registry scans all images"))
			}
		}
	}
}
