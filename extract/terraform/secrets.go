package terraform

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	"github.com/zclconf/go-cty/cty"
)

// Forms of credentials that are certain by themselves.
var (
	accessKeyID = regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`)
	privateKey  = regexp.MustCompile(`-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----`)
	tokenForm   = regexp.MustCompile(`\b(?:gh[pousr]_[A-Za-z0-9]{36,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{35})\b`)
	urlPassword = regexp.MustCompile(`\b[a-z][a-z0-9+.-]*://[^\s:/@'"]+:([^\s@/'"]{3,})@`)
	// secretName matches names whose value is a secret. The end is bound, so that
	// names of secrets (password_secret_arn) don't count.
	secretName = regexp.MustCompile(`(?i)(?:^|[_\-.]|[a-z])(?:password|passwd|pwd|passphrase|secret|secret_?key|secret_?access_?key|api_?key|auth_?token|access_?token|private_?key|client_?secret|access_?key|token)$`)
	// assignment finds such names in scripts: export X=..., X: "...", define('X', '...').
	assignment = regexp.MustCompile(`(?i)['"]?([A-Z0-9_.\-]*(?:password|passwd|secret(?:_?access)?_?key|secret|api_?key|token|access_?key))['"]?\s*(?:=|:|,)\s*['"]?([^\s'"\\;,)]{6,})`)
)

// secretPlaces are the attributes in which configuration reaches programs, in any type.
var secretPlaces = []string{
	"user_data", "user_data_base64", "custom_data", "environment", "environment_variables", "container_definitions", "metadata", "app_settings",
	"metadata_startup_script", "default_arguments", "stage_variables", "variables", "job_definition", "definition", "container_properties", "configuration",
	"connection_properties", "template", "image_configuration", "provisioner.inline", "provisioner.content", "provisioner.environment", "provisioner.command",
	"connection.password", "connection.private_key",
}

// secrets finds credentials in plain configuration of processes: written out, or
// taken from a resource that makes them.
func (b *builder) secrets() {
	for _, c := range b.order {
		if c.Kind == graph.Store {
			b.writtenPasswords(c)
		}
		if c.Kind != graph.Process || len(c.resources) == 0 {
			continue
		}
		checked, known := false, true
		for _, r := range c.resources {
			for _, attr := range secretPlaces {
				for _, v := range r.Body.All(attr) {
					checked = true
					known = known && !dependsOnVariable(v)
					if name, at, ok := findSecret(lastStep(attr), v, 0); ok {
						c.Set(graph.PropSecretInConfig, graph.Yes, atValue(r, at, fmt.Sprintf("%s holds a credential in plain text", name)))
					}
				}
			}
		}
		if _, ok := c.Properties[graph.PropSecretInConfig]; checked && known && !ok {
			c.Set(graph.PropSecretInConfig, graph.No, at(c.resources[0], "no credential found in its configuration"))
		}
	}
}

// providerSecrets finds keys and passwords that stand in the configuration of providers: on
// the account that they open, or the one that the provider's other configurations work in.
func (b *builder) providerSecrets() {
	for _, p := range b.result.Providers {
		if p.Module != "" {
			continue
		}
		credentials, _ := b.credentials(p.Name, p.Alias)
		platform := platformOf(p.Name)
		around := b.nets.accounts[platform+" "+credentials]
		if around == nil {
			around = b.nets.accounts[platform+" "]
		}
		if around == nil {
			continue
		}
		for _, name := range p.Body.Names() {
			v := p.Body.Attrs[name]
			if !isSecretName(name) {
				continue
			}
			if text, ok := v.Literal(); ok && isSecret(name, text) && isString(v) {
				e := graph.EvidenceAt(cmp.Or(v.Source, p.Source), "provider."+p.Name, name+" is written out in the configuration of the provider")
				e.Fix = fmt.Sprintf("take `%s` out of the configuration of the provider, and give it by the environment or a role", name)
				around.Add(graph.PropSecretInConfig, graph.Yes, e)
			}
		}
	}
}

// writtenPasswords finds stores whose own password stands in the configuration.
func (b *builder) writtenPasswords(c *component) {
	for _, r := range c.resources {
		for _, name := range r.Body.Names() {
			if !isSecretName(name) {
				continue
			}
			v := r.Body.Attrs[name]
			if text, ok := v.Literal(); ok && isSecret(name, text) && isString(v) {
				c.Set(graph.PropSecretInConfig, graph.Yes, atValue(r, v, name+" is written out"))
			}
		}
	}
}

// readWrittenSecret says that the value of a secret stands in the code that makes it.
func readWrittenSecret(attr string) semantic {
	return func(_ *builder, r *resource) {
		v := r.Body.Get(attr)
		text, ok := v.Literal()
		if !ok || len(v.Refs()) > 0 || !isString(v) || isPlaceholder(text) || text == "" {
			return
		}
		e := atValue(r, v, attr+" is written out")
		e.Fix = fmt.Sprintf("take `%s` out of %s, and write the value by other means", attr, r.Address)
		for _, c := range r.owners {
			c.Add(graph.PropSecretInState, graph.Yes, e)
		}
	}
}

// isSecretName is secretName at a hundredth of its cost for the names of other things:
// it looks at the last two letters first.
func isSecretName(name string) bool {
	if len(name) < 3 {
		return false
	}
	switch strings.ToLower(name[len(name)-2:]) {
	case "rd", "wd", "se", "et", "ey", "en": // password, pwd, passphrase, secret, key, token
		return secretName.MatchString(name)
	}
	return false
}

func isString(v eval.Value) bool {
	u, _ := v.V.Unmark()
	return u.Type() == cty.String
}

// dependsOnVariable reports whether part of a value is a variable without a value.
func dependsOnVariable(v eval.Value) bool {
	return slices.ContainsFunc(v.Refs(), func(r eval.Ref) bool { return ofVariable(r.Address) })
}

// madeSecrets are the computed attributes that are credentials themselves, by type.
var madeSecrets = map[string][]string{
	"aws_iam_access_key":                 {"secret", "ses_smtp_password_v4"},
	"random_password":                    {"result"},
	"random_string":                      {},
	"tls_private_key":                    {"private_key_pem", "private_key_openssh", "private_key_pem_pkcs8"},
	"aws_cognito_user_pool_client":       {"client_secret"},
	"aws_api_gateway_api_key":            {"value"},
	"aws_appsync_api_key":                {"key"},
	"azuread_application_password":       {"value"},
	"azuread_service_principal_password": {"value"},
	"azurerm_cosmosdb_account":           {"primary_key", "primary_sql_connection_string", "secondary_key"},
	"azurerm_redis_cache":                {"primary_access_key", "primary_connection_string", "secondary_access_key"},
	"azurerm_servicebus_namespace":       {"default_primary_connection_string", "default_primary_key"},
	"azurerm_storage_account":            {"primary_access_key", "primary_connection_string", "secondary_access_key"},
	"google_service_account_key":         {"private_key"},
	"aws_elasticache_replication_group":  {"auth_token"},
}

// holdsMadeSecret reports whether a value derives from a credential that a
// resource makes, or that another resource is given.
func holdsMadeSecret(v eval.Value) bool {
	if _, ok := v.Text(); !ok {
		return false
	}
	return slices.ContainsFunc(v.Refs(), func(r eval.Ref) bool {
		typ := typeOf(r.Address)
		return slices.Contains(madeSecrets[typ], r.Attr) || (r.Attr == "password" || r.Attr == "master_password") && strings.HasPrefix(typ, "aws_")
	})
}

// typeOf returns the resource type in an address.
func typeOf(address string) string {
	parts := strings.Split(blockAddress(address), ".")
	if len(parts) < 2 {
		return ""
	}
	return parts[len(parts)-2]
}

// findSecret returns the name under which a credential stands.
func findSecret(name string, v eval.Value, depth int) (string, eval.Value, bool) {
	if v.IsNull() || depth > maxNesting {
		return "", v, false
	}
	if holdsMadeSecret(v) {
		return name, v, true
	}
	if fields := v.Fields(); fields != nil {
		if n, ok := fields["name"].Text(); ok {
			if text, ok := fields["value"].Text(); ok {
				return n, fields["value"], isSecret(n, text) || holdsMadeSecret(fields["value"])
			}
		}
		for _, k := range sortedKeys(fields) {
			if n, at, ok := findSecret(k, fields[k], depth+1); ok {
				return n, at, true
			}
		}
		return "", v, false
	}
	if text, ok := v.Text(); ok {
		if n, ok := secretInText(name, text); ok {
			return n, v, true
		}
		return "", v, false
	}
	if isPrimitive(v) {
		return "", v, false
	}
	for _, e := range v.Elements() {
		if n, at, ok := findSecret(name, e, depth+1); ok {
			return n, at, true
		}
	}
	return "", v, false
}

// secretInText looks at one text: a value, a JSON document, or a script.
func secretInText(name, text string) (string, bool) {
	if t := strings.TrimSpace(text); len(t) > 1 && (t[0] == '{' || t[0] == '[') {
		var doc any
		if json.Unmarshal([]byte(t), &doc) == nil {
			return secretInDocument(name, doc, 0)
		}
	}
	if isSecret(name, text) {
		return name, true
	}
	if strings.ContainsAny(text, "\n=") {
		for _, m := range assignment.FindAllStringSubmatch(text, -1) {
			if isSecret(m[1], m[2]) {
				return name + " (" + m[1] + ")", true
			}
		}
	}
	return "", false
}

func secretInDocument(name string, doc any, depth int) (string, bool) {
	if depth > 4*maxNesting {
		return "", false
	}
	switch x := doc.(type) {
	case map[string]any:
		if n, ok := x["name"].(string); ok {
			if text, ok := x["value"].(string); ok && isSecret(n, text) {
				return n, true
			}
		}
		for _, k := range sortedKeys(x) {
			if n, ok := secretInDocument(k, x[k], depth+1); ok {
				return n, true
			}
		}
	case []any:
		for _, e := range x {
			if n, ok := secretInDocument(name, e, depth+1); ok {
				return n, true
			}
		}
	case string:
		return name, isSecret(name, x)
	}
	return "", false
}

// isSecret reports whether a text is a credential: by its own form, or by the name
// that it stands under.
func isSecret(name, text string) bool {
	return certainSecret(text) || isSecretName(name) && !isPlaceholder(text)
}

// certainSecret reports whether a text holds what is a credential by its own form.
func certainSecret(text string) bool {
	if accessKeyID.MatchString(text) || privateKey.MatchString(text) || tokenForm.MatchString(text) {
		return true
	}
	if m := urlPassword.FindStringSubmatch(text); m != nil && !isPlaceholder(m[1]) {
		return true
	}
	return false
}

// isPlaceholder tells values that name a secret, or that are none, from secrets.
func isPlaceholder(text string) bool {
	t := strings.TrimSpace(text)
	low := strings.ToLower(t)
	switch {
	case len(t) < 4, len(t) > 400, strings.ContainsAny(t, "\n⟦⟧"):
		return true
	case strings.HasPrefix(t, "$"), strings.HasPrefix(t, "<"), strings.HasPrefix(t, "{{"), strings.HasPrefix(t, "%"), strings.HasPrefix(t, "`"):
		return true
	case strings.HasPrefix(low, "arn:"), strings.HasPrefix(low, "http"), strings.HasPrefix(low, "/"), strings.HasPrefix(low, "projects/"), strings.HasPrefix(low, "ssm:"), strings.HasPrefix(low, "secretsmanager:"):
		return true
	case strings.Contains(low, "changeme"), strings.Contains(low, "change_me"), strings.Contains(low, "placeholder"), strings.Contains(low, "your-"), strings.Contains(low, "your_"), strings.Trim(low, "x*.") == "":
		return true
	case low == "true", low == "false", low == "null", low == "none", low == "enabled", low == "disabled", low == "required", low == "optional":
		return true
	}
	return false
}
