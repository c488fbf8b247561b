package terraform

import "drawbridge/graph"

// azureRows is what is known of Azure's resource types, sorted.
var azureRows = []row{
	{typ: "azurerm_application_gateway", role: process, tech: graph.TechLoadBalancer, label: "Application gateway"},
	{typ: "azurerm_container_registry", role: store, tech: graph.TechRegistry, label: "Container registry", protocol: "https", port: 443},
	{typ: "azurerm_cosmosdb_account", role: store, tech: graph.TechNoSQL, label: "Cosmos DB account", props: []prop{on(graph.PropPublicAddress, "public_network_access_enabled", graph.Yes), fixed(graph.PropEncryptedAtRest, graph.Yes, "accounts are always encrypted")}},
	{typ: "azurerm_key_vault", role: store, tech: graph.TechSecret, label: "Key vault", props: []prop{on(graph.PropDeletionProtected, "purge_protection_enabled", graph.No), fixed(graph.PropEncryptedAtRest, graph.Yes, "vaults are always encrypted")}},
	{typ: "azurerm_key_vault_key", role: detail, owner: []string{"key_vault_id"}},
	{typ: "azurerm_key_vault_secret", role: detail, owner: []string{"key_vault_id"}},
	{typ: "azurerm_kubernetes_cluster", role: process, tech: graph.TechCluster, label: "AKS cluster", props: []prop{off(graph.PropPublicAddress, "private_cluster_enabled", graph.Yes)}},
	{typ: "azurerm_linux_virtual_machine", role: process, tech: graph.TechServer, label: "Virtual machine", adopts: []string{"network_interface_ids"}, calls: []string{"custom_data", "user_data"}},
	{typ: "azurerm_linux_web_app", role: process, tech: graph.TechWebApp, label: "Web app", calls: []string{"app_settings", "connection_string"}, internet: managedEndpoint, also: []semantic{readPublicService}},
	{typ: "azurerm_managed_disk", role: store, tech: graph.TechBlock, label: "Managed disk", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "disks are always encrypted")}},
	{typ: "azurerm_mssql_database", role: detail, owner: []string{"server_id"}},
	{typ: "azurerm_mssql_server", role: store, tech: graph.TechSQL, label: "SQL server", protocol: "mssql", port: 1433, props: []prop{on(graph.PropPublicAddress, "public_network_access_enabled", graph.Yes), fixed(graph.PropEncryptedAtRest, graph.Yes, "databases are always encrypted")}},
	{typ: "azurerm_mysql_server", role: store, tech: graph.TechSQL, label: "MySQL server", protocol: "mysql", port: 3306, props: []prop{on(graph.PropPublicAddress, "public_network_access_enabled", graph.Yes), on(graph.PropEncryptedTransit, "ssl_enforcement_enabled", graph.Unknown)}},
	{typ: "azurerm_network_interface", role: detail},
	{typ: "azurerm_network_security_group", role: connector, label: "network security group"},
	{typ: "azurerm_postgresql_server", role: store, tech: graph.TechSQL, label: "PostgreSQL server", protocol: "postgres", port: 5432, props: []prop{on(graph.PropPublicAddress, "public_network_access_enabled", graph.Yes), on(graph.PropEncryptedTransit, "ssl_enforcement_enabled", graph.Unknown)}},
	{typ: "azurerm_public_ip", role: connector, label: "public address"},
	{typ: "azurerm_resource_group", role: network, tech: techGroup, label: "resource group"},
	{typ: "azurerm_storage_account", role: store, tech: graph.TechObject, label: "Storage account", props: []prop{on(graph.PropEncryptedTransit, "https_traffic_only_enabled|enable_https_traffic_only", graph.Yes), fixed(graph.PropEncryptedAtRest, graph.Yes, "accounts are always encrypted"), on(graph.PropPublicAddress, "public_network_access_enabled", graph.Yes)}},
	{typ: "azurerm_storage_container", role: detail, owner: []string{"storage_account_name", "storage_account_id"}, props: []prop{differs(graph.PropPublic, "container_access_type", "private", graph.No)}},
	{typ: "azurerm_subnet", role: network, tech: techSubnet, label: "subnet"},
	{typ: "azurerm_virtual_network", role: network, label: "virtual network"},
	{typ: "azurerm_windows_virtual_machine", role: process, tech: graph.TechServer, label: "Virtual machine", adopts: []string{"network_interface_ids"}, calls: []string{"custom_data", "user_data"}},
}
