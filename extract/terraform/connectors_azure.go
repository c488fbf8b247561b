package terraform

import (
	"cmp"
	"encoding/json"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readGridSubscription makes the flow from what sends events to what handles them.
func readGridSubscription(b *builder, r *resource) {
	var sources []*component
	for _, attr := range []string{"scope", "system_topic", "topic_name"} {
		sources = append(sources, b.targets(r.Body.Get(attr))...)
	}
	for _, path := range []string{
		"azure_function_endpoint.function_id", "eventhub_endpoint_id", "eventhub_endpoint.eventhub_id", "service_bus_queue_endpoint_id", "service_bus_topic_endpoint_id",
		"hybrid_connection_endpoint_id", "storage_queue_endpoint.storage_account_id", "webhook_endpoint.url", "storage_blob_dead_letter_destination.storage_account_id",
	} {
		carries := "events"
		if strings.Contains(path, "dead_letter") {
			carries = "events that could not be delivered"
		}
		for _, v := range r.Body.All(path) {
			for _, to := range b.reached(v, "webhook") {
				for _, from := range sources {
					b.flow(from, to, graph.Flow{Carries: carries}, atValue(r, v, "event subscription delivers to it"))
				}
			}
		}
	}
}

// readDiagnostics is the semantic of a diagnostic setting: what its target logs, and where
// that goes.
func readDiagnostics(b *builder, r *resource) {
	v := r.Body.Get("target_resource_id")
	logged := len(r.Body.BlocksOf("enabled_log")) > 0
	for _, block := range r.Body.BlocksOf("log") {
		logged = logged || block.Get("enabled").Truth(graph.Yes) != graph.No
	}
	carries := "logs"
	if !logged {
		carries = "metrics"
	}
	for _, n := range b.named(v) {
		if n.row.role == network && logged {
			if bd := b.nets.byID[b.nets.network[n.Address]]; bd != nil {
				bd.Parts = append(bd.Parts, r.Address)
			}
		}
	}
	for _, c := range b.targets(v) {
		c.Parts = append(c.Parts, r.Address)
		if logged {
			c.Set(graph.PropLogged, graph.Yes, at(r, "a diagnostic setting keeps its logs"))
		} else {
			c.Set(graph.PropMonitored, graph.Yes, at(r, "a diagnostic setting keeps its metrics"))
		}
		for _, attr := range []string{"log_analytics_workspace_id", "storage_account_id", "eventhub_name", "eventhub_authorization_rule_id"} {
			to := r.Body.Get(attr)
			for _, store := range b.targets(to) {
				b.flow(c, store, graph.Flow{Carries: carries}, atValue(r, to, "diagnostic setting sends "+carries+" there"))
			}
		}
	}
}

// readDataCollection is the semantic of what a collection rule takes from a machine or a
// cluster, and where that goes.
func readDataCollection(b *builder, r *resource) {
	for _, c := range b.targets(r.Body.Get("target_resource_id")) {
		for _, rule := range b.named(r.Body.Get("data_collection_rule_id")) {
			for _, path := range []string{"destinations.log_analytics.workspace_resource_id", "destinations.monitor_account.monitor_account_id", "destinations.storage_blob.storage_account_id"} {
				for _, v := range rule.Body.All(path) {
					for _, to := range b.targets(v) {
						c.Set(graph.PropMonitored, graph.Yes, at(r, "a collection rule watches it"))
						b.flow(c, to, graph.Flow{Carries: "logs and metrics"}, at(r, "a collection rule is associated with it"), atValue(rule, v, "destination of the collection rule"))
					}
				}
			}
		}
	}
}

// readAzureBackup is the semantic of what is backed up, and where to.
func readAzureBackup(what, vault string) semantic {
	return func(b *builder, r *resource) {
		v := r.Body.Get(what)
		for _, c := range b.targets(v) {
			c.Parts = append(c.Parts, r.Address)
			c.Set(graph.PropBackedUp, graph.Yes, atValue(r, v, "it is backed up"))
			for _, to := range b.targets(r.Body.Get(vault)) {
				b.flow(c, to, graph.Flow{Carries: "backups"}, atValue(r, v, "it is backed up there"))
			}
		}
	}
}

// binding is one of a function, as function.json has them: Azure documentation, "Azure
// Functions triggers and bindings".
type binding struct {
	Type       string `json:"type"`
	Direction  string `json:"direction"`
	Connection string `json:"connection"`
	AuthLevel  string `json:"authLevel"`
}

// readFunctionBindings makes the flows of a function's bindings: from what triggers it, or
// it reads, and to what it writes. What a binding leads to stands in the setting of the app that it names.
func readFunctionBindings(b *builder, r *resource) {
	v := r.Body.Get("config_json")
	text, ok := v.Text()
	if !ok {
		return
	}
	var doc struct {
		Bindings []binding `json:"bindings"`
	}
	if json.Unmarshal([]byte(text), &doc) != nil {
		return
	}
	for _, c := range r.owners {
		for _, x := range doc.Bindings {
			if strings.EqualFold(x.Type, "httpTrigger") {
				anonymous := strings.EqualFold(x.AuthLevel, "anonymous")
				if anonymous || c.Is(graph.PropAuthenticated) == graph.Unknown {
					c.Set(graph.PropAuthenticated, graph.Of(!anonymous), atValue(r, v, "authLevel of a trigger is "+x.AuthLevel))
				}
				continue
			}
			name := cmp.Or(x.Connection, "AzureWebJobsStorage") // the app's own account
			for _, other := range b.connectionOf(c, name) {
				e := atValue(r, v, x.Type+" binding is on the connection "+name)
				switch {
				case strings.HasSuffix(strings.ToLower(x.Type), "trigger"):
					b.flow(other, c, graph.Flow{Carries: "events"}, e)
				case strings.EqualFold(x.Direction, "in"):
					b.flow(c, other, graph.Flow{Carries: "queries"}, e)
				default:
					b.flow(c, other, graph.Flow{Carries: "results"}, e)
				}
			}
		}
	}
}

// connectionOf returns what the setting of an app leads to that a binding names. With an
// identity in place of a key the setting's name is led on by two underscores.
func (b *builder) connectionOf(c *component, name string) []*component {
	for _, r := range c.resources {
		settings := r.Body.Get("app_settings").Fields()
		for _, key := range sortedKeys(settings) {
			if key == name || strings.HasPrefix(key, name+"__") {
				if found := b.targets(settings[key]); len(found) > 0 {
					return found
				}
			}
		}
	}
	if name != "AzureWebJobsStorage" {
		return nil
	}
	for _, r := range c.resources {
		if found := b.targets(r.Body.Get("storage_account_name")); len(found) > 0 {
			return found
		}
	}
	return nil
}

// readDaprComponent connects the apps of an environment with what a component of Dapr
// leads to: those that it is scoped to, or all.
func readDaprComponent(b *builder, r *resource) {
	scopes := map[string]bool{}
	for _, e := range r.Body.Get("scopes").Elements() {
		if s, ok := e.Text(); ok {
			scopes[s] = true
		}
	}
	environment := r.Body.Get("container_app_environment_id")
	for _, app := range b.byType["azurerm_container_app"] {
		id, _ := app.Body.Get("dapr.app_id").Text()
		if app.self == nil || id == "" || len(scopes) > 0 && !scopes[id] || !sameNamed(b, environment, app.Body.Get("container_app_environment_id")) {
			continue
		}
		for _, v := range append(r.Body.All("metadata.value"), r.Body.All("secret.value")...) {
			for _, to := range b.targets(v) {
				b.flow(app.self, to, graph.Flow{Basis: graph.Referenced}, atValue(r, v, "Dapr component of its environment names it"))
			}
		}
	}
}

func sameNamed(b *builder, x, y eval.Value) bool {
	for _, r := range b.named(x) {
		for _, s := range b.named(y) {
			if r == s {
				return true
			}
		}
	}
	return false
}

// readAPIManagement opens a gateway unless it stands in a network alone.
func readAPIManagement(b *builder, r *resource) {
	v := r.Body.Get("virtual_network_type")
	if kind, _ := v.Literal(); strings.EqualFold(kind, "Internal") {
		r.self.Set(graph.PropPublicAddress, graph.No, atValue(r, v, "virtual_network_type is Internal"))
	}
	readAzureEndpoint(b, r)
}

// readManagedAPI says whether an API asks callers who they are: for a subscription's key,
// or a token.
func readManagedAPI(_ *builder, r *resource) {
	v := r.Body.Get("subscription_required")
	for _, c := range r.owners {
		switch {
		case len(r.Body.BlocksOf("oauth2_authorization"))+len(r.Body.BlocksOf("openid_authentication")) > 0:
			if c.Is(graph.PropAuthenticated) == graph.Unknown {
				c.Set(graph.PropAuthenticated, graph.Yes, at(r, "an API asks for a token"))
			}
		case v.Truth(graph.Yes) == graph.No:
			c.Set(graph.PropAuthenticated, graph.No, atValue(r, v, "an API asks for no subscription"))
		case v.Truth(graph.Yes) == graph.Yes && c.Is(graph.PropAuthenticated) == graph.Unknown:
			c.Set(graph.PropAuthenticated, graph.Yes, atValue(r, v, "subscription_required "+unsetOr(v.IsSet(), "is not set, which means true")))
		}
	}
}

// readAPIPolicy finds policies that ask for a token, or limit callers.
func readAPIPolicy(_ *builder, r *resource) {
	v := r.Body.Get("xml_content")
	text, _ := v.Text()
	for _, c := range r.owners {
		for _, asks := range []string{"<validate-jwt", "<validate-azure-ad-token", "<validate-client-certificate", "<authentication-certificate"} {
			if strings.Contains(text, asks) {
				c.Set(graph.PropAuthenticated, graph.Yes, atValue(r, v, "a policy asks for "+asks[1:]))
			}
		}
		if strings.Contains(text, "<rate-limit") || strings.Contains(text, "<quota") {
			c.Set(graph.PropRateLimited, graph.Yes, atValue(r, v, "a policy limits callers"))
		}
	}
}

// readWorkflowTrigger opens a workflow that starts on requests: its address holds a key.
func readWorkflowTrigger(b *builder, r *resource) {
	for _, c := range r.owners {
		for _, block := range c.resources[0].Body.BlocksOf("access_control.trigger") {
			v := block.Get("allowed_caller_ip_address_range")
			if len(v.Elements()) > 0 {
				c.Set(graph.PropPublic, graph.No, atValue(r, v, "its triggers take requests from few addresses"))
				return
			}
		}
		c.Set(graph.PropAuthenticated, graph.Yes, at(r, "the address of a trigger holds a key"))
		b.flow(b.internet(), c, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.Yes, Peers: []string{"0.0.0.0/0"}}, at(r, "a trigger takes requests"))
	}
}
