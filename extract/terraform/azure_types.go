package terraform

import (
	"encoding/json"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	"github.com/zclconf/go-cty/cty"
)

// managerTypes maps the resource manager's own names of types, which resources of
// azapi have in their argument type, to the types whose rows say what they are. Sorted.
var managerTypes = []struct{ name, typ string }{
	{"microsoft.apimanagement/service", "azurerm_api_management"},
	{"microsoft.app/containerapps", "azurerm_container_app"},
	{"microsoft.app/jobs", "azurerm_container_app_job"},
	{"microsoft.app/managedenvironments", "azurerm_container_app_environment"},
	{"microsoft.appconfiguration/configurationstores", "azurerm_app_configuration"},
	{"microsoft.authorization/roleassignments", "azurerm_role_assignment"},
	{"microsoft.automation/automationaccounts", "azurerm_automation_account"},
	{"microsoft.batch/batchaccounts", "azurerm_batch_account"},
	{"microsoft.cache/redis", "azurerm_redis_cache"},
	{"microsoft.cache/redisenterprise", "azurerm_redis_enterprise_cluster"},
	{"microsoft.cdn/profiles", "azurerm_cdn_frontdoor_profile"},
	{"microsoft.cognitiveservices/accounts", "azurerm_cognitive_account"},
	{"microsoft.compute/disks", "azurerm_managed_disk"},
	{"microsoft.compute/virtualmachines", "azurerm_virtual_machine"},
	{"microsoft.compute/virtualmachinescalesets", "azurerm_virtual_machine_scale_set"},
	{"microsoft.containerinstance/containergroups", "azurerm_container_group"},
	{"microsoft.containerregistry/registries", "azurerm_container_registry"},
	{"microsoft.containerservice/managedclusters", "azurerm_kubernetes_cluster"},
	{"microsoft.databricks/workspaces", "azurerm_databricks_workspace"},
	{"microsoft.datafactory/factories", "azurerm_data_factory"},
	{"microsoft.dbformysql/flexibleservers", "azurerm_mysql_flexible_server"},
	{"microsoft.dbforpostgresql/flexibleservers", "azurerm_postgresql_flexible_server"},
	{"microsoft.documentdb/databaseaccounts", "azurerm_cosmosdb_account"},
	{"microsoft.documentdb/mongoclusters", "azurerm_mongo_cluster"},
	{"microsoft.eventgrid/namespaces", "azurerm_eventgrid_namespace"},
	{"microsoft.eventgrid/topics", "azurerm_eventgrid_topic"},
	{"microsoft.eventhub/namespaces", "azurerm_eventhub_namespace"},
	{"microsoft.insights/components", "azurerm_application_insights"},
	{"microsoft.keyvault/managedhsms", "azurerm_key_vault_managed_hardware_security_module"},
	{"microsoft.keyvault/vaults", "azurerm_key_vault"},
	{"microsoft.kusto/clusters", "azurerm_kusto_cluster"},
	{"microsoft.logic/workflows", "azurerm_logic_app_workflow"},
	{"microsoft.machinelearningservices/workspaces", "azurerm_machine_learning_workspace"},
	{"microsoft.managedidentity/userassignedidentities", "azurerm_user_assigned_identity"},
	{"microsoft.management/managementgroups", "azurerm_management_group"},
	{"microsoft.network/applicationgateways", "azurerm_application_gateway"},
	{"microsoft.network/azurefirewalls", "azurerm_firewall"},
	{"microsoft.network/bastionhosts", "azurerm_bastion_host"},
	{"microsoft.network/loadbalancers", "azurerm_lb"},
	{"microsoft.network/natgateways", "azurerm_nat_gateway"},
	{"microsoft.network/virtualnetworks", "azurerm_virtual_network"},
	{"microsoft.network/virtualnetworks/subnets", "azurerm_subnet"},
	{"microsoft.operationalinsights/workspaces", "azurerm_log_analytics_workspace"},
	{"microsoft.recoveryservices/vaults", "azurerm_recovery_services_vault"},
	{"microsoft.resources/resourcegroups", "azurerm_resource_group"},
	{"microsoft.search/searchservices", "azurerm_search_service"},
	{"microsoft.servicebus/namespaces", "azurerm_servicebus_namespace"},
	{"microsoft.signalrservice/signalr", "azurerm_signalr_service"},
	{"microsoft.sql/managedinstances", "azurerm_mssql_managed_instance"},
	{"microsoft.sql/servers", "azurerm_mssql_server"},
	{"microsoft.storage/storageaccounts", "azurerm_storage_account"},
	{"microsoft.synapse/workspaces", "azurerm_synapse_workspace"},
	{"microsoft.web/sites", "azurerm_linux_web_app"},
	{"microsoft.web/staticsites", "azurerm_static_web_app"},
}

// managerType returns the type whose row says what one of the resource manager's is, ""
// for those that are not known.
func managerType(name string) string {
	i, found := slices.BinarySearchFunc(managerTypes, name, func(x struct{ name, typ string }, name string) int { return strings.Compare(x.name, name) })
	if !found {
		return ""
	}
	return managerTypes[i].typ
}

// managerSettings are the types, by the beginnings of their names, that have no bearing
// on the diagram.
var managerSettings = []struct{ prefix, why string }{
	{"microsoft.authorization/policy", "policies of the subscription are not evaluated yet"},
	{"microsoft.compute/sshpublickeys", "a public key"},
	{"microsoft.containerservice/fleets", "groups clusters"},
	{"microsoft.costmanagement/", "costs"},
	{"microsoft.features/", "switches a service on"},
	{"microsoft.insights/datacollection", "what monitoring collects"},
	{"microsoft.labservices/", "machines for classes"},
	{"microsoft.management/managementgroups/settings", "settings of the hierarchy"},
	{"microsoft.management/managementgroups/subscriptions", "where a subscription lies"},
	{"microsoft.network/dnsresolver", "where names are asked for"},
	{"microsoft.network/networksecurityperimeters", "perimeters are not evaluated yet"},
	{"microsoft.network/serviceendpointpolicies", "which accounts an endpoint leads to"},
	{"microsoft.security/", "the platform's own threat detection"},
	{"microsoft.securityinsights/", "the platform's own threat detection"},
}

// managerRow returns the row of a resource of azapi, by the type that it is given. What
// lies in another's type is a part of that; a type that is not known has no row.
func (b *builder) managerRow(r *eval.Resource) *row {
	text, ok := r.Body.Get("type").Text()
	if !ok {
		return nil
	}
	name, _, _ := strings.Cut(strings.ToLower(text), "@")
	typ := managerType(name)
	if typ == "" {
		for _, none := range managerSettings {
			if strings.HasPrefix(name, none.prefix) {
				return &row{typ: r.Type, role: ignored, why: none.why}
			}
		}
		if strings.Count(name, "/") > 1 || strings.HasPrefix(name, "microsoft.insights/diagnostic") {
			return &row{typ: r.Type, role: detail, owner: []string{"parent_id"}, calls: []string{"body"}}
		}
		return nil
	}
	known := b.table[typ]
	if known == nil || known.role == connector || known.role == administrative {
		return known
	}
	// Its arguments have other names than those of the type: what is always so is known.
	out := &row{typ: r.Type, role: known.role, tech: known.tech, label: known.label, quiet: known.quiet, protocol: known.protocol, port: known.port, shapes: known.shapes}
	for _, p := range known.props {
		switch {
		case p.test == always:
			out.props = append(out.props, p)
		case p.property == graph.PropPublicAddress:
			out.props = append(out.props, managerPublic)
			out.also = []semantic{readManagerEndpoint}
		}
	}
	if out.tech == graph.TechCluster && known.label == "AKS cluster" {
		out.props = append(slices.DeleteFunc(out.props, func(p prop) bool { return p.property == graph.PropPublicAddress }), managerPrivateCluster)
		out.also = []semantic{readManagedCluster}
	}
	if out.role == process {
		out.calls = []string{"body"}
	}
	return out
}

// managerPublic: of services that have the property at all, Enabled is its default.
var managerPublic = differs(graph.PropPublicAddress, "body.properties.publicNetworkAccess", "Disabled", graph.Unknown)

var managerPrivateCluster = off(graph.PropPublicAddress, "body.properties.apiServerAccessProfile.enablePrivateCluster", graph.Yes)

// readManagerEndpoint opens a service that says so itself; the default is not the
// provider's to document here.
func readManagerEndpoint(b *builder, r *resource) {
	if r.self != nil && r.self.Is(graph.PropPublicAddress) == graph.Yes {
		readAzureEndpoint(b, r)
	}
}

// withBody returns an instance whose body, a document in JSON until version 2 of azapi, is
// the object that it holds, its parts marked as the whole is.
func withBody(r *eval.Resource) *eval.Resource {
	v := r.Body.Get("body")
	text, ok := v.Text()
	if !ok || !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return r
	}
	var doc any
	if json.Unmarshal([]byte(text), &doc) != nil {
		return r
	}
	_, marks := v.V.Unmark()
	block := *r.Body
	block.Attrs = map[string]eval.Value{}
	for name, a := range r.Body.Attrs {
		block.Attrs[name] = a
	}
	v.V = marked(doc, marks, 0)
	block.Attrs["body"] = v
	out := *r
	out.Body = &block
	return &out
}

func marked(doc any, marks cty.ValueMarks, depth int) cty.Value {
	if depth > 4*maxNesting {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	switch x := doc.(type) {
	case map[string]any:
		fields := map[string]cty.Value{}
		for name, inner := range x {
			fields[name] = marked(inner, marks, depth+1)
		}
		return cty.ObjectVal(fields)
	case []any:
		elements := make([]cty.Value, len(x))
		for i, inner := range x {
			elements[i] = marked(inner, marks, depth+1)
		}
		return cty.TupleVal(elements)
	case string:
		if strings.Contains(x, "⟦") {
			return cty.StringVal(x).WithMarks(marks)
		}
		return cty.StringVal(x)
	case bool:
		return cty.BoolVal(x)
	case float64:
		return cty.NumberFloatVal(x)
	}
	return cty.NullVal(cty.DynamicPseudoType)
}
