package terraform

import (
	"strings"

	"drawbridge/extract/terraform/eval"
)

// shapes returns what stands for attributes that are known only after apply: the
// row's own shapes first, then what the attribute's name says by convention.
func shapes(t table) func(eval.Mode, string, string) eval.Shape {
	return func(mode eval.Mode, typ, attr string) eval.Shape {
		r := t[typ]
		if r != nil {
			if s, ok := r.shapes[attr]; ok {
				return eval.Shape{Format: s}
			}
		}
		if mode == eval.MissingModule {
			return eval.Shape{Format: moduleOutputShape(attr)}
		}
		if attr == "arn" || attr == "qualified_arn" {
			return eval.Shape{Format: arnFormat(r, typ)}
		}
		return eval.Shape{Format: conventionalShape(attr)}
	}
}

// arnFormat returns the ARN's form with %s for the name.
func arnFormat(r *row, typ string) string {
	if r != nil && r.arn != "" {
		return "arn:aws:" + r.arn
	}
	if provider(typ) != "aws" {
		return "%s"
	}
	service := strings.TrimPrefix(typ, "aws_")
	service, _, _ = strings.Cut(service, "_")
	return "arn:aws:" + service + ":REGION:ACCOUNT:%s"
}

// conventionalShape returns the form of an attribute whose name says that it is
// a string, "" for any other. The names are those that providers share.
func conventionalShape(attr string) string {
	switch attr {
	case "id", "name", "arn", "fqdn", "hostname", "host", "bucket", "key", "domain", "url", "uri", "self_link", "unique_id", "location",
		"public_ip", "private_ip", "public_dns", "private_dns", "ip_address", "email", "ip", "connection_name", "token", "password",
		"secret", "json", "rendered", "hex", "result", "b64_url", "b64_std", "dec", "address", "endpoint", "configuration_endpoint",
		"reader_endpoint", "dns_name", "domain_name", "invoke_url", "repository_url", "login_server", "alias", "family", "region", "account_id",
		"zone_id", "hosted_zone_id", "primary_blob_endpoint", "primary_access_key", "certificate", "data", "fingerprint", "pem", "version", "etag",
		"wait_until", "path", "value", "secret_string", "plaintext", "access_key", "secret_key", "metadata", "issuer", "stage_name", "role":
		return stringShape(attr)
	}
	for _, suffix := range []string{
		"_id", "_name", "_arn", "_url", "_uri", "_endpoint", "_dns", "_dns_name", "_domain_name", "_address", "_fqdn", "_host", "_hostname", "_ip",
		"_key", "_pem", "_link", "_identifier", "_string", "_token", "_secret", "_password", "_bootstrap_brokers", "_connection_string", "_email",
	} {
		if strings.HasSuffix(attr, suffix) {
			return stringShape(attr)
		}
	}
	if strings.HasPrefix(attr, "bootstrap_brokers") || strings.HasPrefix(attr, "zookeeper_connect_string") {
		return "%s.brokers.internal:9092"
	}
	return ""
}

// stringShape makes host names look like host names and URLs like URLs, so that
// functions which take them apart find what they look for.
func stringShape(attr string) string {
	switch {
	case strings.HasSuffix(attr, "arn"):
		return "arn:aws:service:REGION:ACCOUNT:%s"
	case strings.HasSuffix(attr, "url"), strings.HasSuffix(attr, "uri"):
		return "https://%s"
	}
	return "%s"
}

// moduleOutputShape returns the form of an output of a module that is not there:
// lists can't be told by a name for certain, so only singular names are strings.
func moduleOutputShape(output string) string {
	if strings.HasSuffix(output, "s") && !strings.HasSuffix(output, "_address") && !strings.HasSuffix(output, "dns") {
		return ""
	}
	return conventionalShape(output)
}
