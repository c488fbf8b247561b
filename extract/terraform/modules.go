package terraform

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// moduleRows is what widely used registry modules hold, for calls whose code is not
// there: by source without version, sorted.
var moduleRows = []row{
	{typ: "Azure/aks/azurerm", role: process, tech: graph.TechCluster, label: "AKS cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{off(graph.PropPublicAddress, "private_cluster_enabled", graph.Yes), fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "Azure/alz/azurerm", role: ignored, why: "management groups and policies of a landing zone"},
	{typ: "Azure/avm-ptn-alz-management/azurerm", role: store, tech: graph.TechLog, label: "Log Analytics"},
	{typ: "Azure/avm-ptn-alz/azurerm", role: ignored, why: "management groups and policies of a landing zone"},
	{typ: "Azure/avm-ptn-monitoring-amba-alz/azurerm", role: ignored, why: "what is warned of"},
	{typ: "Azure/avm-ptn-network-private-link-private-dns-zones/azurerm", role: connector, label: "private zones"},
	{typ: "Azure/avm-ptn-vnetgateway/azurerm", role: process, tech: graph.TechVPN, label: "Virtual network gateway"},
	{typ: "Azure/avm-res-app-containerapp/azurerm", role: process, tech: graph.TechContainer, label: "Container app", protocol: "https", port: 443, calls: []string{"template", "secrets"}},
	{typ: "Azure/avm-res-app-managedenvironment/azurerm", role: grouping, label: "Container Apps environment"},
	{typ: "Azure/avm-res-authorization-roleassignment/azurerm", role: connector, label: "role assignments"},
	{typ: "Azure/avm-res-cache-redis/azurerm", role: store, tech: graph.TechCache, label: "Redis cache", protocol: "redis", port: 6380, props: []prop{on(graph.PropPublicAddress, "public_network_access_enabled", graph.Unknown)}},
	{typ: "Azure/avm-res-cognitiveservices-account/azurerm", role: process, tech: graph.TechML, label: "AI services", protocol: "https", port: 443, props: []prop{on(graph.PropPublicAddress, "public_network_access_enabled", graph.Unknown)}},
	{typ: "Azure/avm-res-compute-virtualmachine/azurerm", role: process, tech: graph.TechServer, label: "Virtual machine", calls: []string{"custom_data"}},
	{typ: "Azure/avm-res-compute-virtualmachinescaleset/azurerm", role: process, tech: graph.TechServer, label: "Scale set", calls: []string{"user_data_base64"}},
	{typ: "Azure/avm-res-containerregistry-registry/azurerm", role: store, tech: graph.TechRegistry, label: "Container registry", protocol: "https", port: 443, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "images are always encrypted"), on(graph.PropPublicAddress, "public_network_access_enabled", graph.Unknown)}},
	{typ: "Azure/avm-res-containerservice-managedcluster/azurerm", role: process, tech: graph.TechCluster, label: "AKS cluster", protocol: "https", port: 443, props: []prop{off(graph.PropPublicAddress, "private_cluster_enabled", graph.Unknown)}},
	{typ: "Azure/avm-res-databricks-workspace/azurerm", role: process, tech: graph.TechETL, label: "Databricks workspace", protocol: "https", port: 443, props: []prop{on(graph.PropPublicAddress, "public_network_access_enabled", graph.Unknown)}},
	{typ: "Azure/avm-res-dbformysql-flexibleserver/azurerm", role: store, tech: graph.TechSQL, label: "MySQL server", protocol: "mysql", port: 3306, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "databases are always encrypted")}},
	{typ: "Azure/avm-res-dbforpostgresql-flexibleserver/azurerm", role: store, tech: graph.TechSQL, label: "PostgreSQL server", protocol: "postgres", port: 5432, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "databases are always encrypted"), on(graph.PropPublicAddress, "public_network_access_enabled", graph.Unknown)}},
	{typ: "Azure/avm-res-documentdb-databaseaccount/azurerm", role: store, tech: graph.TechNoSQL, label: "Cosmos DB account", protocol: "https", port: 443, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "accounts are always encrypted"), on(graph.PropPublicAddress, "public_network_access_enabled", graph.Unknown)}},
	{typ: "Azure/avm-res-eventhub-namespace/azurerm", role: store, tech: graph.TechStream, label: "Event Hubs", protocol: "amqps", port: 5671, props: []prop{on(graph.PropPublicAddress, "public_network_access_enabled", graph.Unknown)}},
	{typ: "Azure/avm-res-insights-component/azurerm", role: process, tech: graph.TechMonitoring, label: "Application Insights", links: []link{{to: "workspace_id", carries: "telemetry"}}},
	{typ: "Azure/avm-res-keyvault-vault/azurerm", role: store, tech: graph.TechSecret, label: "Key vault", protocol: "https", port: 443, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "vaults are always encrypted"), on(graph.PropPublicAddress, "public_network_access_enabled", graph.Unknown)}},
	{typ: "Azure/avm-res-machinelearningservices-workspace/azurerm", role: process, tech: graph.TechML, label: "Machine learning workspace", protocol: "https", port: 443},
	{typ: "Azure/avm-res-managedidentity-userassignedidentity/azurerm", role: identity, tech: graph.TechRole, label: "Managed identity", quiet: true},
	{typ: "Azure/avm-res-network-applicationgateway/azurerm", role: process, tech: graph.TechLoadBalancer, label: "Application gateway"},
	{typ: "Azure/avm-res-network-azurefirewall/azurerm", role: process, tech: graph.TechFirewall, label: "Firewall"},
	{typ: "Azure/avm-res-network-bastionhost/azurerm", role: process, tech: graph.TechVPN, label: "Bastion", protocol: "https", port: 443},
	{typ: "Azure/avm-res-network-firewallpolicy/azurerm", role: connector, label: "firewall policy"},
	{typ: "Azure/avm-res-network-firewallpolicy/azurerm//modules/rule_collection_groups", role: connector, label: "firewall rules"},
	{typ: "Azure/avm-res-network-loadbalancer/azurerm", role: process, tech: graph.TechLoadBalancer, label: "Load balancer"},
	{typ: "Azure/avm-res-network-natgateway/azurerm", role: process, tech: graph.TechNAT, label: "NAT gateway", quiet: true},
	{typ: "Azure/avm-res-network-networksecuritygroup/azurerm", role: connector, label: "network security group"},
	{typ: "Azure/avm-res-network-privatednszone/azurerm", role: connector, label: "private zone"},
	{typ: "Azure/avm-res-network-publicipaddress/azurerm", role: connector, label: "public address"},
	{typ: "Azure/avm-res-network-routetable/azurerm", role: connector, label: "route table"},
	{typ: "Azure/avm-res-network-virtualnetwork/azurerm", role: network, label: "virtual network"},
	{typ: "Azure/avm-res-network-virtualnetwork/azurerm//modules/peering", role: connector, label: "peering"},
	{typ: "Azure/avm-res-network-virtualnetwork/azurerm//modules/subnet", role: subnetwork, label: "subnet"},
	{typ: "Azure/avm-res-operationalinsights-workspace/azurerm", role: store, tech: graph.TechLog, label: "Log Analytics", protocol: "https", port: 443, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "logs are always encrypted")}},
	{typ: "Azure/avm-res-resources-resourcegroup/azurerm", role: grouping, label: "resource group"},
	{typ: "Azure/avm-res-search-searchservice/azurerm", role: store, tech: graph.TechSearch, label: "Search service", protocol: "https", port: 443, props: []prop{on(graph.PropPublicAddress, "public_network_access_enabled", graph.Unknown)}},
	{typ: "Azure/avm-res-servicebus-namespace/azurerm", role: store, tech: graph.TechQueue, label: "Service Bus", protocol: "amqps", port: 5671, props: []prop{on(graph.PropPublicAddress, "public_network_access_enabled", graph.Unknown)}},
	{typ: "Azure/avm-res-sql-server/azurerm", role: store, tech: graph.TechSQL, label: "SQL server", protocol: "mssql", port: 1433, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "databases are always encrypted"), on(graph.PropPublicAddress, "public_network_access_enabled", graph.Unknown)}},
	{typ: "Azure/avm-res-storage-storageaccount/azurerm", role: store, tech: graph.TechObject, label: "Storage account", protocol: "https", port: 443, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "accounts are always encrypted"), on(graph.PropPublicAddress, "public_network_access_enabled", graph.Unknown)}},
	{typ: "Azure/avm-res-web-serverfarm/azurerm", role: ignored, why: "the size of an app service"},
	{typ: "Azure/avm-res-web-site/azurerm", role: process, tech: graph.TechWebApp, label: "Web app", protocol: "https", port: 443, calls: []string{"app_settings", "connection_strings"}, props: []prop{on(graph.PropEncryptedTransit, "https_only", graph.Unknown), on(graph.PropPublicAddress, "public_network_access_enabled", graph.Unknown)}},
	{typ: "Azure/avm-utl-interfaces/azure", role: ignored, why: "values for other modules"},
	{typ: "Azure/avm-utl-regions/azurerm", role: ignored, why: "values for other modules"},
	{typ: "Azure/caf-enterprise-scale/azurerm", role: ignored, why: "management groups and policies of a landing zone"},
	{typ: "Azure/compute/azurerm", role: process, tech: graph.TechServer, label: "Virtual machine", calls: []string{"custom_data"}},
	{typ: "Azure/lz-vending/azurerm", role: ignored, why: "subscriptions of a landing zone"},
	{typ: "Azure/naming/azurerm", role: ignored, why: "names"},
	{typ: "Azure/network/azurerm", role: network, label: "virtual network"},
	{typ: "Azure/vnet/azurerm", role: network, label: "virtual network"},
	{typ: "GoogleCloudPlatform/alloy-db/google", role: store, tech: graph.TechSQL, label: "AlloyDB cluster", name: "cluster_id", protocol: "postgres", port: 5432, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "clusters are always encrypted"), fixed(graph.PropAuthenticated, graph.Yes, "databases ask for a user and password")}},
	{typ: "GoogleCloudPlatform/artifact-registry/google", role: store, tech: graph.TechRegistry, label: "Artifact registry", protocol: "https", port: 443, name: "repository_id"},
	{typ: "GoogleCloudPlatform/cloud-functions/google", role: process, tech: graph.TechFunction, label: "Cloud function", name: "function_name", protocol: "https", port: 443, calls: []string{"service_config", "event_trigger"}, props: []prop{fixed(graph.PropEncryptedTransit, graph.Yes, "functions take https only")}},
	{typ: "GoogleCloudPlatform/cloud-run/google", role: process, tech: graph.TechContainer, label: "Cloud Run service", name: "service_name", protocol: "https", port: 443, calls: []string{"env_vars", "env_secret_vars"}, props: []prop{fixed(graph.PropEncryptedTransit, graph.Yes, "the service takes https only")}, also: []semantic{readPublicMember}},
	{typ: "GoogleCloudPlatform/cloud-run/google//modules/job-exec", role: process, tech: graph.TechJob, label: "Cloud Run job", calls: []string{"env_vars", "env_secret_vars"}},
	{typ: "GoogleCloudPlatform/cloud-run/google//modules/secure-cloud-run", role: process, tech: graph.TechContainer, label: "Cloud Run service", name: "service_name", protocol: "https", port: 443, calls: []string{"env_vars"}, props: []prop{fixed(graph.PropEncryptedTransit, graph.Yes, "the service takes https only")}, also: []semantic{readPublicMember}},
	{typ: "GoogleCloudPlatform/cloud-run/google//modules/v2", role: process, tech: graph.TechContainer, label: "Cloud Run service", name: "service_name", protocol: "https", port: 443, calls: []string{"containers"}, props: []prop{fixed(graph.PropEncryptedTransit, graph.Yes, "the service takes https only")}, also: []semantic{readPublicMember}},
	{typ: "GoogleCloudPlatform/lb-internal/google", role: process, tech: graph.TechLoadBalancer, label: "Internal load balancer", calls: []string{"backends"}, props: []prop{fixed(graph.PropPublicAddress, graph.No, "the module's load balancer is internal")}},
	{typ: "GoogleCloudPlatform/secret-manager/google", role: store, tech: graph.TechSecret, label: "Secrets", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "secrets are always encrypted")}},
	{typ: "GoogleCloudPlatform/sql-db/google//modules/mssql", role: store, tech: graph.TechSQL, label: "Cloud SQL", protocol: "sqlserver", port: 1433, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "instances are always encrypted"), on(graph.PropPublicAddress, "ip_configuration.ipv4_enabled|assign_public_ip", graph.Yes), on(graph.PropBackedUp, "backup_configuration.enabled", graph.No), on(graph.PropDeletionProtected, "deletion_protection", graph.Yes)}},
	{typ: "GoogleCloudPlatform/sql-db/google//modules/mysql", role: store, tech: graph.TechSQL, label: "Cloud SQL", protocol: "mysql", port: 3306, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "instances are always encrypted"), on(graph.PropPublicAddress, "ip_configuration.ipv4_enabled|assign_public_ip", graph.Yes), on(graph.PropBackedUp, "backup_configuration.enabled", graph.No), on(graph.PropDeletionProtected, "deletion_protection", graph.Yes)}},
	{typ: "GoogleCloudPlatform/sql-db/google//modules/postgresql", role: store, tech: graph.TechSQL, label: "Cloud SQL", protocol: "postgres", port: 5432, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "instances are always encrypted"), on(graph.PropPublicAddress, "ip_configuration.ipv4_enabled|assign_public_ip", graph.Yes), on(graph.PropBackedUp, "backup_configuration.enabled", graph.No), on(graph.PropDeletionProtected, "deletion_protection", graph.Yes)}},
	{typ: "GoogleCloudPlatform/sql-db/google//modules/safer_mysql", role: store, tech: graph.TechSQL, label: "Cloud SQL", protocol: "mysql", port: 3306, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "instances are always encrypted"), on(graph.PropPublicAddress, "ip_configuration.ipv4_enabled|assign_public_ip", graph.No), on(graph.PropBackedUp, "backup_configuration.enabled", graph.No), on(graph.PropDeletionProtected, "deletion_protection", graph.Yes)}},
	{typ: "aws-ia/eks-blueprints-addon/aws", role: detail, label: "cluster addon", owner: []string{"cluster_name", "oidc_providers.this.provider_arn"}, alone: process, tech: graph.TechContainer},
	{typ: "aws-ia/eks-blueprints-addons/aws", role: detail, label: "cluster addons", owner: []string{"cluster_name"}},
	{typ: "aws-ia/eks-blueprints-teams/aws", role: ignored, why: "who works in a cluster"},
	{typ: "aws-ia/label/aws", role: ignored, why: "names"},
	{typ: "aws-ia/networkfirewall/aws", role: process, tech: graph.TechFirewall, label: "Network firewall"},
	{typ: "aws-ia/vpc/aws", role: network, label: "VPC"},
	{typ: "claranet/regions/azurerm", role: ignored, why: "names"},
	{typ: "cloudposse/alb/aws", role: process, tech: graph.TechLoadBalancer, label: "Load balancer", props: loadBalancerProps},
	{typ: "cloudposse/documentdb-cluster/aws", role: store, tech: graph.TechNoSQL, label: "DocumentDB cluster", protocol: "mongodb", port: 27017},
	{typ: "cloudposse/dynamic-subnets/aws", role: ignored, why: "subnets, which no output names for certain"},
	{typ: "cloudposse/dynamodb/aws", role: store, tech: graph.TechNoSQL, label: "DynamoDB table", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "tables are always encrypted")}},
	{typ: "cloudposse/ec2-instance/aws", role: process, tech: graph.TechServer, label: "EC2 instance", calls: []string{"user_data"}, internet: byAddress, also: []semantic{readMachine}},
	{typ: "cloudposse/ecr/aws", role: store, tech: graph.TechRegistry, label: "Container registry"},
	{typ: "cloudposse/ecs-alb-service-task/aws", role: process, tech: graph.TechContainer, label: "ECS service", calls: []string{"container_definition_json"}},
	{typ: "cloudposse/eks-cluster/aws", role: process, tech: graph.TechCluster, label: "EKS cluster"},
	{typ: "cloudposse/eks-node-group/aws", role: process, tech: graph.TechServer, label: "EKS nodes", links: []link{{to: "cluster_name"}}},
	{typ: "cloudposse/elasticache-redis/aws", role: store, tech: graph.TechCache, label: "ElastiCache", protocol: "redis", port: 6379, props: []prop{on(graph.PropEncryptedAtRest, "at_rest_encryption_enabled", graph.No), on(graph.PropEncryptedTransit, "transit_encryption_enabled", graph.Yes), given(graph.PropAuthenticated, "auth_token")}},
	{typ: "cloudposse/iam-role/aws", role: identity, tech: graph.TechRole, label: "IAM role"},
	{typ: "cloudposse/label/null", role: ignored, why: "names"},
	{typ: "cloudposse/msk-apache-kafka-cluster/aws", role: store, tech: graph.TechStream, label: "Kafka cluster", protocol: "kafka", port: 9094},
	{typ: "cloudposse/rds-cluster/aws", role: store, tech: graph.TechSQL, label: "Aurora cluster", engine: "engine", port: 3306, props: []prop{on(graph.PropEncryptedAtRest, "storage_encrypted", graph.No)}},
	{typ: "cloudposse/rds/aws", role: store, tech: graph.TechSQL, label: "RDS database", engine: "engine", port: 3306, props: []prop{on(graph.PropEncryptedAtRest, "storage_encrypted", graph.Yes), on(graph.PropPublicAddress, "publicly_accessible", graph.No)}},
	{typ: "cloudposse/s3-bucket/aws", role: store, tech: graph.TechObject, label: "S3 bucket", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "objects are always encrypted, since 2023"), on(graph.PropVersioned, "versioning_enabled", graph.Yes)}},
	{typ: "cloudposse/sns-topic/aws", role: store, tech: graph.TechTopic, label: "SNS topic"},
	{typ: "cloudposse/vpc/aws", role: network, label: "VPC"},
	{typ: "terraform-aws-modules/acm/aws", role: ignored, why: "certificates protect listeners, which say so themselves"},
	{typ: "terraform-aws-modules/alb/aws", role: process, tech: graph.TechLoadBalancer, label: "Load balancer", props: loadBalancerProps, internet: byListener, also: []semantic{readModuleLoadBalancer}},
	{typ: "terraform-aws-modules/apigateway-v2/aws", role: process, tech: graph.TechGateway, label: "HTTP API", internet: managedEndpoint, also: []semantic{readPublicService}, calls: []string{"integrations", "routes"}},
	{typ: "terraform-aws-modules/app-runner/aws", role: process, tech: graph.TechWebApp, label: "App Runner service", protocol: "https", port: 443, calls: []string{"source_configuration"}, internet: managedEndpoint, also: []semantic{readAppRunner}},
	{typ: "terraform-aws-modules/appsync/aws", role: process, tech: graph.TechGateway, label: "AppSync API", internet: managedEndpoint, calls: []string{"datasources"}, also: []semantic{readPublicService}},
	{typ: "terraform-aws-modules/autoscaling/aws", role: process, tech: graph.TechServer, label: "Autoscaling group", calls: []string{"user_data"}, also: []semantic{readScalingGroup}, internet: byAddress},
	{typ: "terraform-aws-modules/batch/aws", role: process, tech: graph.TechJob, label: "Batch", calls: []string{"job_definitions"}},
	{typ: "terraform-aws-modules/cloudfront/aws", role: process, tech: graph.TechCDN, label: "CloudFront", internet: managedEndpoint, also: []semantic{readPublicService}, calls: []string{"origin"}},
	{typ: "terraform-aws-modules/cloudwatch/aws//modules/log-group", role: store, tech: graph.TechLog, label: "Log group", quiet: true},
	{typ: "terraform-aws-modules/cloudwatch/aws//modules/metric-alarm", role: process, tech: graph.TechMonitoring, label: "Alarm", quiet: true},
	{typ: "terraform-aws-modules/dynamodb-table/aws", role: store, tech: graph.TechNoSQL, label: "DynamoDB table", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "tables are always encrypted"), on(graph.PropBackedUp, "point_in_time_recovery_enabled", graph.No)}},
	{typ: "terraform-aws-modules/ec2-instance/aws", role: process, tech: graph.TechServer, label: "EC2 instance", calls: []string{"user_data"}, internet: byAddress, also: []semantic{readMachine}},
	{typ: "terraform-aws-modules/ecr/aws", role: store, tech: graph.TechRegistry, label: "Container registry"},
	{typ: "terraform-aws-modules/ecs/aws", role: process, tech: graph.TechContainer, label: "ECS services", calls: []string{"services"}},
	{typ: "terraform-aws-modules/ecs/aws//modules/cluster", role: detail, label: "ECS cluster"},
	{typ: "terraform-aws-modules/ecs/aws//modules/service", role: process, tech: graph.TechContainer, label: "ECS service", adopts: []string{"cluster_arn"}, calls: []string{"container_definitions"}, also: []semantic{readModuleBalancers}},
	{typ: "terraform-aws-modules/efs/aws", role: store, tech: graph.TechFile, label: "EFS file system", protocol: "nfs", port: 2049},
	{typ: "terraform-aws-modules/eks-pod-identity/aws", role: identity, tech: graph.TechRole, label: "IAM role"},
	{typ: "terraform-aws-modules/eks/aws", role: process, tech: graph.TechCluster, label: "EKS cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}, also: []semantic{readModuleCluster}},
	{typ: "terraform-aws-modules/eks/aws//modules/eks-managed-node-group", role: process, tech: graph.TechServer, label: "EKS nodes", links: []link{{to: "cluster_name"}}},
	{typ: "terraform-aws-modules/eks/aws//modules/karpenter", role: ignored, why: "scaling of a cluster"},
	{typ: "terraform-aws-modules/elasticache/aws", role: store, tech: graph.TechCache, label: "ElastiCache", protocol: "redis", port: 6379},
	{typ: "terraform-aws-modules/elb/aws", role: process, tech: graph.TechLoadBalancer, label: "Classic load balancer", props: loadBalancerProps, internet: byListener, also: []semantic{readClassicBalancer}},
	{typ: "terraform-aws-modules/emr/aws", role: process, tech: graph.TechETL, label: "EMR cluster"},
	{typ: "terraform-aws-modules/eventbridge/aws", role: store, tech: graph.TechEventBus, label: "Event bus"},
	{typ: "terraform-aws-modules/global-accelerator/aws", role: process, tech: graph.TechCDN, label: "Global Accelerator", internet: managedEndpoint, also: []semantic{readPublicService}},
	{typ: "terraform-aws-modules/iam/aws//modules/iam-account", role: ignored, why: "account-wide setting"},
	{typ: "terraform-aws-modules/iam/aws//modules/iam-assumable-role", role: identity, tech: graph.TechRole, label: "IAM role"},
	{typ: "terraform-aws-modules/iam/aws//modules/iam-assumable-role-with-oidc", role: identity, tech: graph.TechRole, label: "IAM role"},
	{typ: "terraform-aws-modules/iam/aws//modules/iam-group-with-policies", role: identity, tech: graph.TechGroup, label: "IAM group"},
	{typ: "terraform-aws-modules/iam/aws//modules/iam-oidc-provider", role: external, tech: graph.TechIdentity, label: "OIDC provider", quiet: true},
	{typ: "terraform-aws-modules/iam/aws//modules/iam-policy", role: connector, label: "policy"},
	{typ: "terraform-aws-modules/iam/aws//modules/iam-read-only-policy", role: connector, label: "policy"},
	{typ: "terraform-aws-modules/iam/aws//modules/iam-role", role: identity, tech: graph.TechRole, label: "IAM role"},
	{typ: "terraform-aws-modules/iam/aws//modules/iam-role-for-service-accounts", role: identity, tech: graph.TechRole, label: "IAM role"},
	{typ: "terraform-aws-modules/iam/aws//modules/iam-role-for-service-accounts-eks", role: identity, tech: graph.TechRole, label: "IAM role"},
	{typ: "terraform-aws-modules/iam/aws//modules/iam-user", role: identity, tech: graph.TechUser, label: "IAM user"},
	{typ: "terraform-aws-modules/key-pair/aws", role: ignored, why: "who may log in is seen at the network"},
	{typ: "terraform-aws-modules/kms/aws", role: store, tech: graph.TechKey, label: "KMS key"},
	{typ: "terraform-aws-modules/lambda/aws", role: process, tech: graph.TechFunction, label: "Lambda function", unless: "create_layer", calls: []string{"environment_variables", "policy_statements", "policy_json", "policy_jsons", "event_source_mapping"}},
	{typ: "terraform-aws-modules/managed-service-grafana/aws", role: process, tech: graph.TechMonitoring, label: "Grafana", internet: managedEndpoint, also: []semantic{readPublicService}},
	{typ: "terraform-aws-modules/managed-service-prometheus/aws", role: store, tech: graph.TechMonitoring, label: "Prometheus"},
	{typ: "terraform-aws-modules/memory-db/aws", role: store, tech: graph.TechCache, label: "MemoryDB cluster", protocol: "redis", port: 6379, props: []prop{on(graph.PropEncryptedTransit, "tls_enabled", graph.Yes)}},
	{typ: "terraform-aws-modules/msk-kafka-cluster/aws", role: store, tech: graph.TechStream, label: "Kafka cluster", protocol: "kafka", port: 9094},
	{typ: "terraform-aws-modules/network-firewall/aws", role: process, tech: graph.TechFirewall, label: "Network firewall"},
	{typ: "terraform-aws-modules/notify-slack/aws", role: process, tech: graph.TechFunction, label: "Slack notifier", links: []link{{from: "sns_topic_name", carries: "notifications"}}},
	{typ: "terraform-aws-modules/opensearch/aws", role: store, tech: graph.TechSearch, label: "OpenSearch domain", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{on(graph.PropEncryptedAtRest, "encrypt_at_rest.enabled", graph.Yes), on(graph.PropEncryptedTransit, "domain_endpoint_options.enforce_https", graph.Yes)}, also: []semantic{readSearchDomain, readResourcePolicy("access_policies")}},
	{typ: "terraform-aws-modules/rds-aurora/aws", role: store, tech: graph.TechSQL, label: "Aurora cluster", engine: "engine", port: 3306, props: []prop{on(graph.PropEncryptedAtRest, "storage_encrypted", graph.Yes)}},
	{typ: "terraform-aws-modules/rds-proxy/aws", role: process, tech: graph.TechSQL, label: "RDS proxy", engine: "engine_family", links: []link{{to: "db_cluster_identifier", why: "proxy connects to the database"}, {to: "db_instance_identifier", why: "proxy connects to the database"}}},
	{typ: "terraform-aws-modules/rds/aws", role: store, tech: graph.TechSQL, label: "RDS database", engine: "engine", port: 3306, internet: byAddress, props: []prop{on(graph.PropEncryptedAtRest, "storage_encrypted", graph.Yes), on(graph.PropPublicAddress, "publicly_accessible", graph.No), on(graph.PropMultiZone, "multi_az", graph.No), on(graph.PropDeletionProtected, "deletion_protection", graph.No)}},
	{typ: "terraform-aws-modules/redshift/aws", role: store, tech: graph.TechWarehouse, label: "Redshift cluster", protocol: "redshift", port: 5439, props: []prop{on(graph.PropEncryptedAtRest, "encrypted", graph.Yes), on(graph.PropPublicAddress, "publicly_accessible", graph.No)}},
	{typ: "terraform-aws-modules/route53/aws//modules/records", role: ignored, why: "names"},
	{typ: "terraform-aws-modules/route53/aws//modules/zones", role: ignored, why: "names"},
	{typ: "terraform-aws-modules/s3-bucket/aws", role: store, tech: graph.TechObject, label: "S3 bucket", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "objects are always encrypted, since 2023"), fixed(graph.PropPublic, graph.No, "the module blocks public access"), on(graph.PropVersioned, "versioning.enabled|versioning.status", graph.No), given(graph.PropLogged, "logging")}},
	{typ: "terraform-aws-modules/s3-bucket/aws//modules/notification", role: detail, label: "bucket notification", owner: []string{"bucket"}, links: []link{{to: "lambda_notifications", carries: "object events"}, {to: "sqs_notifications", carries: "object events"}, {to: "sns_notifications", carries: "object events"}}},
	{typ: "terraform-aws-modules/s3-bucket/aws//modules/object", role: detail, label: "object", owner: []string{"bucket"}},
	{typ: "terraform-aws-modules/secrets-manager/aws", role: store, tech: graph.TechSecret, label: "Secret", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "secrets are always encrypted")}},
	{typ: "terraform-aws-modules/security-group/aws", role: guard, label: "security group", also: []semantic{readSecurityGroup}},
	{typ: "terraform-aws-modules/sns/aws", role: store, tech: graph.TechTopic, label: "SNS topic"},
	{typ: "terraform-aws-modules/sqs/aws", role: store, tech: graph.TechQueue, label: "SQS queue"},
	{typ: "terraform-aws-modules/ssm-parameter/aws", role: store, tech: graph.TechConfig, label: "Parameter", quiet: true},
	{typ: "terraform-aws-modules/step-functions/aws", role: process, tech: graph.TechWorkflow, label: "State machine", calls: []string{"definition"}},
	{typ: "terraform-aws-modules/transit-gateway/aws", role: process, tech: graph.TechNAT, label: "Transit gateway", quiet: true},
	{typ: "terraform-aws-modules/vpc/aws", role: network, label: "VPC"},
	{typ: "terraform-aws-modules/vpc/aws//modules/vpc-endpoints", role: connector, label: "VPC endpoints"},
	{typ: "terraform-aws-modules/vpn-gateway/aws", role: ignored, why: "joins a network and the gateway outside, which says so itself"},
	{typ: "terraform-google-modules/address/google", role: ignored, why: "a reserved address"},
	{typ: "terraform-google-modules/bastion-host/google", role: process, tech: graph.TechServer, label: "Bastion", props: []prop{on(graph.PropPublicAddress, "external_ip", graph.No)}},
	{typ: "terraform-google-modules/bigquery/google", role: store, tech: graph.TechWarehouse, label: "BigQuery dataset", name: "dataset_id", protocol: "https", port: 443, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "datasets are always encrypted")}},
	{typ: "terraform-google-modules/bootstrap/google", role: process, tech: graph.TechPipeline, label: "Seed project", calls: []string{"sa_org_iam_permissions"}},
	{typ: "terraform-google-modules/bootstrap/google//modules/tf_cloudbuild_builder", role: process, tech: graph.TechPipeline, label: "Build trigger", links: []link{{from: "dockerfile_repo_uri", carries: "source code"}}},
	{typ: "terraform-google-modules/bootstrap/google//modules/tf_cloudbuild_source", role: store, tech: graph.TechSource, label: "Source repositories", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "repositories are always encrypted")}},
	{typ: "terraform-google-modules/bootstrap/google//modules/tf_cloudbuild_workspace", role: process, tech: graph.TechPipeline, label: "Build trigger", links: []link{{from: "tf_repo_uri", carries: "source code"}}},
	{typ: "terraform-google-modules/cloud-dns/google", role: process, tech: graph.TechDNS, label: "DNS zone", quiet: true, protocol: "dns", port: 53},
	{typ: "terraform-google-modules/cloud-nat/google", role: ignored, why: "routes are not evaluated yet"},
	{typ: "terraform-google-modules/cloud-router/google", role: process, tech: graph.TechNAT, label: "Cloud Router", quiet: true, protocol: "bgp"},
	{typ: "terraform-google-modules/cloud-router/google//modules/interconnect_attachment", role: external, tech: graph.TechNetwork, label: "On-premises network", links: []link{{to: "router", protocol: "bgp", why: "Interconnect"}}},
	{typ: "terraform-google-modules/cloud-storage/google", role: store, tech: graph.TechObject, label: "Storage bucket", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "objects are always encrypted")}},
	{typ: "terraform-google-modules/cloud-storage/google//modules/simple_bucket", role: store, tech: graph.TechObject, label: "Storage bucket", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "objects are always encrypted"), on(graph.PropVersioned, "versioning", graph.Yes)}},
	{typ: "terraform-google-modules/folders/google", role: administrative, label: "folders"},
	{typ: "terraform-google-modules/gcloud/google", role: ignored, why: "a command that terraform runs"},
	{typ: "terraform-google-modules/gcloud/google//modules/kubectl-wrapper", role: ignored, why: "a command that terraform runs"},
	{typ: "terraform-google-modules/group/google", role: identity, tech: graph.TechGroup, label: "Group", name: "display_name"},
	{typ: "terraform-google-modules/iam/google//modules/custom_role_iam", role: ignored, why: "who may do what: the module is not here to be read"},
	{typ: "terraform-google-modules/iam/google//modules/folders_iam", role: ignored, why: "who may do what: the module is not here to be read"},
	{typ: "terraform-google-modules/iam/google//modules/member_iam", role: ignored, why: "who may do what: the module is not here to be read"},
	{typ: "terraform-google-modules/iam/google//modules/organizations_iam", role: ignored, why: "who may do what: the module is not here to be read"},
	{typ: "terraform-google-modules/iam/google//modules/projects_iam", role: ignored, why: "who may do what: the module is not here to be read"},
	{typ: "terraform-google-modules/iam/google//modules/service_accounts_iam", role: ignored, why: "who may do what: the module is not here to be read"},
	{typ: "terraform-google-modules/iam/google//modules/storage_buckets_iam", role: ignored, why: "who may do what: the module is not here to be read"},
	{typ: "terraform-google-modules/kms/google", role: store, tech: graph.TechKey, label: "KMS keys", name: "keyring", props: []prop{fixed(graph.PropKeyRotated, graph.Yes, "the module rotates keys unless it is told not to")}},
	{typ: "terraform-google-modules/kubernetes-engine/google", role: process, tech: graph.TechCluster, label: "GKE cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/auth", role: ignored, why: "how to log in to a cluster"},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/beta-autopilot-private-cluster", role: process, tech: graph.TechCluster, label: "GKE cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{off(graph.PropPublicAddress, "enable_private_endpoint", graph.Yes), fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/beta-autopilot-public-cluster", role: process, tech: graph.TechCluster, label: "GKE cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/beta-private-cluster", role: process, tech: graph.TechCluster, label: "GKE cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{off(graph.PropPublicAddress, "enable_private_endpoint", graph.Yes), fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/beta-private-cluster-update-variant", role: process, tech: graph.TechCluster, label: "GKE cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{off(graph.PropPublicAddress, "enable_private_endpoint", graph.Yes), fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/beta-public-cluster", role: process, tech: graph.TechCluster, label: "GKE cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/beta-public-cluster-update-variant", role: process, tech: graph.TechCluster, label: "GKE cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/fleet-app-operator-permissions", role: ignored, why: "groups clusters"},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/fleet-membership", role: ignored, why: "groups clusters"},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/gke-autopilot-cluster", role: process, tech: graph.TechCluster, label: "GKE cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/gke-node-pool", role: detail, label: "node pool", owner: []string{"cluster"}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/gke-standard-cluster", role: process, tech: graph.TechCluster, label: "GKE cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/hub-legacy", role: ignored, why: "groups clusters"},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/private-cluster", role: process, tech: graph.TechCluster, label: "GKE cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{off(graph.PropPublicAddress, "enable_private_endpoint", graph.Yes), fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/private-cluster-update-variant", role: process, tech: graph.TechCluster, label: "GKE cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{off(graph.PropPublicAddress, "enable_private_endpoint", graph.Yes), fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/safer-cluster", role: process, tech: graph.TechCluster, label: "GKE cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{off(graph.PropPublicAddress, "enable_private_endpoint", graph.Yes), fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/safer-cluster-update-variant", role: process, tech: graph.TechCluster, label: "GKE cluster", protocol: "https", port: 443, internet: managedEndpoint, props: []prop{off(graph.PropPublicAddress, "enable_private_endpoint", graph.Yes), fixed(graph.PropAuthenticated, graph.Yes, "the API asks for a signed token")}},
	{typ: "terraform-google-modules/kubernetes-engine/google//modules/workload-identity", role: identity, tech: graph.TechRole, label: "service account"},
	{typ: "terraform-google-modules/lb-http/google", role: process, tech: graph.TechLoadBalancer, label: "Load balancer", calls: []string{"backends"}, also: []semantic{readModuleWebBalancer}},
	{typ: "terraform-google-modules/lb-http/google//modules/backend", role: connector, label: "backend service"},
	{typ: "terraform-google-modules/lb-http/google//modules/dynamic_backends", role: process, tech: graph.TechLoadBalancer, label: "Load balancer", calls: []string{"backends"}, also: []semantic{readModuleWebBalancer}},
	{typ: "terraform-google-modules/lb-http/google//modules/frontend", role: process, tech: graph.TechLoadBalancer, label: "Load balancer", calls: []string{"url_map_input"}, also: []semantic{readModuleWebBalancer}},
	{typ: "terraform-google-modules/lb-http/google//modules/serverless_negs", role: process, tech: graph.TechLoadBalancer, label: "Load balancer", calls: []string{"backends"}, also: []semantic{readModuleWebBalancer}},
	{typ: "terraform-google-modules/log-export/google", role: process, tech: graph.TechMonitoring, label: "Log sink", name: "log_sink_name", links: []link{{to: "destination_uri", carries: "logs"}}},
	{typ: "terraform-google-modules/log-export/google//modules/bigquery", role: store, tech: graph.TechWarehouse, label: "BigQuery dataset", name: "dataset_name", protocol: "https", port: 443, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "datasets are always encrypted")}},
	{typ: "terraform-google-modules/log-export/google//modules/logbucket", role: store, tech: graph.TechLog, label: "Log bucket"},
	{typ: "terraform-google-modules/log-export/google//modules/project", role: ignored, why: "lets a sink write to a project"},
	{typ: "terraform-google-modules/log-export/google//modules/pubsub", role: store, tech: graph.TechTopic, label: "Pub/Sub topic", name: "topic_name", protocol: "https", port: 443, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "messages are always encrypted"), fixed(graph.PropAuthenticated, graph.Yes, "every request carries a token")}},
	{typ: "terraform-google-modules/log-export/google//modules/storage", role: store, tech: graph.TechObject, label: "Storage bucket", name: "storage_bucket_name", props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "objects are always encrypted")}},
	{typ: "terraform-google-modules/memorystore/google", role: store, tech: graph.TechCache, label: "Memorystore", protocol: "redis", port: 6379},
	{typ: "terraform-google-modules/network/google", role: network, label: "VPC network"},
	{typ: "terraform-google-modules/network/google//modules/fabric-net-firewall", role: ignored, why: "rules of a network: the module is not here to be read"},
	{typ: "terraform-google-modules/network/google//modules/fabric-net-svpc-access", role: ignored, why: "networks say which projects stand in them"},
	{typ: "terraform-google-modules/network/google//modules/firewall-rules", role: ignored, why: "rules of a network: the module is not here to be read"},
	{typ: "terraform-google-modules/network/google//modules/hierarchical-firewall-policy", role: ignored, why: "rules of a network: the module is not here to be read"},
	{typ: "terraform-google-modules/network/google//modules/network-connectivity-center", role: ignored, why: "routes are not evaluated yet"},
	{typ: "terraform-google-modules/network/google//modules/network-firewall-policy", role: ignored, why: "rules of a network: the module is not here to be read"},
	{typ: "terraform-google-modules/network/google//modules/network-peering", role: connector, label: "network peering"},
	{typ: "terraform-google-modules/network/google//modules/private-service-connect", role: ignored, why: "a reserved address for the platform's services"},
	{typ: "terraform-google-modules/network/google//modules/routes", role: ignored, why: "routes are not evaluated yet"},
	{typ: "terraform-google-modules/network/google//modules/subnets", role: ignored, why: "parts of a network: the module is not here to be read"},
	{typ: "terraform-google-modules/network/google//modules/subnets-beta", role: ignored, why: "parts of a network: the module is not here to be read"},
	{typ: "terraform-google-modules/network/google//modules/vpc", role: network, label: "VPC network", name: "network_name"},
	{typ: "terraform-google-modules/network/google//modules/vpc-serverless-connector-beta", role: process, tech: graph.TechNAT, label: "VPC connectors", quiet: true},
	{typ: "terraform-google-modules/org-policy/google", role: ignored, why: "policies of the organization are not evaluated yet"},
	{typ: "terraform-google-modules/org-policy/google//modules/bucket_policy_only", role: ignored, why: "policies of the organization are not evaluated yet"},
	{typ: "terraform-google-modules/org-policy/google//modules/domain_restricted_sharing", role: ignored, why: "policies of the organization are not evaluated yet"},
	{typ: "terraform-google-modules/org-policy/google//modules/org_policy_v2", role: ignored, why: "policies of the organization are not evaluated yet"},
	{typ: "terraform-google-modules/org-policy/google//modules/restrict_vm_external_ips", role: ignored, why: "policies of the organization are not evaluated yet"},
	{typ: "terraform-google-modules/org-policy/google//modules/skip_default_network", role: ignored, why: "policies of the organization are not evaluated yet"},
	{typ: projectFactory, role: administrative, label: "project"},
	{typ: "terraform-google-modules/project-factory/google//modules/project_services", role: ignored, why: "what a project switches on"},
	{typ: "terraform-google-modules/project-factory/google//modules/svpc_service_project", role: ignored, why: "the project's name, and what it switches on"},
	{typ: "terraform-google-modules/pubsub/google", role: store, tech: graph.TechTopic, label: "Pub/Sub topic", name: "topic", protocol: "https", port: 443, links: []link{{to: "push_subscriptions.push_endpoint", protocol: "https", carries: "messages"}}, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "messages are always encrypted"), fixed(graph.PropAuthenticated, graph.Yes, "every request carries a token")}},
	{typ: "terraform-google-modules/scheduled-function/google", role: process, tech: graph.TechFunction, label: "Cloud function", name: "function_name", calls: []string{"function_environment_variables"}},
	{typ: "terraform-google-modules/service-accounts/google", role: identity, tech: graph.TechRole, label: "Service accounts"},
	{typ: "terraform-google-modules/service-accounts/google//modules/simple-sa", role: identity, tech: graph.TechRole, label: "Service account"},
	{typ: "terraform-google-modules/sql-db/google//modules/mssql", role: store, tech: graph.TechSQL, label: "Cloud SQL", protocol: "sqlserver", port: 1433, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "instances are always encrypted"), on(graph.PropPublicAddress, "ip_configuration.ipv4_enabled|assign_public_ip", graph.Yes), on(graph.PropBackedUp, "backup_configuration.enabled", graph.No), on(graph.PropDeletionProtected, "deletion_protection", graph.Yes)}},
	{typ: "terraform-google-modules/sql-db/google//modules/mysql", role: store, tech: graph.TechSQL, label: "Cloud SQL", protocol: "mysql", port: 3306, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "instances are always encrypted"), on(graph.PropPublicAddress, "ip_configuration.ipv4_enabled|assign_public_ip", graph.Yes), on(graph.PropBackedUp, "backup_configuration.enabled", graph.No), on(graph.PropDeletionProtected, "deletion_protection", graph.Yes)}},
	{typ: "terraform-google-modules/sql-db/google//modules/postgresql", role: store, tech: graph.TechSQL, label: "Cloud SQL", protocol: "postgres", port: 5432, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "instances are always encrypted"), on(graph.PropPublicAddress, "ip_configuration.ipv4_enabled|assign_public_ip", graph.Yes), on(graph.PropBackedUp, "backup_configuration.enabled", graph.No), on(graph.PropDeletionProtected, "deletion_protection", graph.Yes)}},
	{typ: "terraform-google-modules/sql-db/google//modules/safer_mysql", role: store, tech: graph.TechSQL, label: "Cloud SQL", protocol: "mysql", port: 3306, props: []prop{fixed(graph.PropEncryptedAtRest, graph.Yes, "instances are always encrypted"), on(graph.PropPublicAddress, "ip_configuration.ipv4_enabled|assign_public_ip", graph.No), on(graph.PropBackedUp, "backup_configuration.enabled", graph.No), on(graph.PropDeletionProtected, "deletion_protection", graph.Yes)}},
	{typ: "terraform-google-modules/vm/google//modules/compute_instance", role: process, tech: graph.TechServer, label: "Compute instances", name: "hostname", internet: byAddress, adopts: []string{"instance_template"}, props: []prop{given(graph.PropPublicAddress, "access_config")}},
	{typ: "terraform-google-modules/vm/google//modules/instance_template", role: detail, label: "instance template", calls: []string{"metadata", "startup_script"}, props: []prop{given(graph.PropPublicAddress, "access_config")}},
	{typ: "terraform-google-modules/vm/google//modules/mig", role: process, tech: graph.TechServer, label: "Instance group", name: "hostname", internet: byAddress, adopts: []string{"instance_template"}},
	{typ: "terraform-google-modules/vm/google//modules/umig", role: process, tech: graph.TechServer, label: "Instance group", name: "hostname", internet: byAddress, adopts: []string{"instance_template"}},
	{typ: "terraform-google-modules/vpc-service-controls/google", role: ignored, why: "holds perimeters"},
	{typ: "terraform-google-modules/vpc-service-controls/google//modules/access_level", role: ignored, why: "a condition; perimeters name it"},
	{typ: "terraform-google-modules/vpc-service-controls/google//modules/regular_service_perimeter", role: ignored, why: "a perimeter around projects by their numbers: the module is not here to be read"},
	{typ: "terraform-google-modules/vpn/google//modules/vpn_ha", role: process, tech: graph.TechVPN, label: "VPN gateway", quiet: true},
}

// moduleSwitches are the arguments of widely used modules that, where false, have a
// module make nothing, or not what it is for.
var moduleSwitches = []string{
	"create", "create_bucket", "create_db_instance", "create_distribution", "create_function", "create_lb", "create_table", "create_vpc",
	"enabled",
}

// moduleRow returns what stands for a call of a module that is not there.
func moduleRow(source string) *row {
	name := moduleName(source)
	// Each submodule of this one is the module with rules for one protocol.
	if base, _, ok := strings.Cut(name, "//"); ok && base == "terraform-aws-modules/security-group/aws" {
		name = base
	}
	if i, ok := slices.BinarySearchFunc(moduleRows, name, func(r row, name string) int { return strings.Compare(r.typ, name) }); ok {
		return &moduleRows[i]
	}
	return &row{typ: name, role: process, tech: graph.TechModule, label: "module " + shortSource(name), calls: []string{anyAttribute}}
}

// moduleName strips a source to its registry name: no host, no version.
func moduleName(source string) string {
	s, _, _ := strings.Cut(source, "?")
	s = strings.TrimPrefix(s, "registry.terraform.io/")
	s = strings.TrimPrefix(s, "app.terraform.io/")
	// The GitHub forms of the same modules: git::https://github.com/OWNER/terraform-PROVIDER-NAME,
	// git@github.com:OWNER/..., and a directory inside after a double slash.
	if _, rest, ok := strings.Cut(strings.Replace(s, "github.com:", "github.com/", 1), "github.com/"); ok {
		rest, inside, _ := strings.Cut(rest, "//")
		rest = strings.TrimSuffix(strings.TrimSuffix(rest, "/"), ".git")
		if owner, repo, ok := strings.Cut(rest, "/terraform-"); ok {
			if prov, name, ok := strings.Cut(repo, "-"); ok && !strings.Contains(repo, "/") {
				name = owner + "/" + name + "/" + prov
				if inside != "" {
					name += "//" + inside
				}
				return name
			}
		}
	}
	return s
}

// shortSource is what a module is called where there is little room: NAME of a registry's
// NAMESPACE/NAME/PROVIDER, with the last folder of what lies inside after a double slash, and
// the last folder of other sources.
func shortSource(name string) string {
	source, inside, _ := strings.Cut(name, "//")
	url := strings.HasSuffix(source, ":")
	if url {
		source, inside, _ = strings.Cut(inside, "//")
	}
	short := strings.TrimSuffix(path.Base(source), ".git")
	if parts := strings.Split(source, "/"); len(parts) == 3 && !url && !strings.HasPrefix(source, ".") {
		short = parts[1]
	}
	if inside != "" {
		short += "//" + path.Base(inside)
	}
	return short
}

// moduleProvider guesses the provider of a module by its registry name
// (NAMESPACE/NAME/PROVIDER), else takes the one that the root uses first.
func (b *builder) moduleProvider(source string) string {
	name, _, _ := strings.Cut(moduleName(source), "//")
	if parts := strings.Split(name, "/"); len(parts) == 3 {
		if label, _ := accountLabel(parts[2]); label != "" {
			return parts[2]
		}
	}
	for _, r := range b.resources {
		if label, _ := accountLabel(provider(r.Type)); label != "" && r.Mode == eval.Managed {
			return provider(r.Type)
		}
	}
	return ""
}

// moduleSubnet returns the subnet that an output of a missing network module
// stands for, nil where it is none.
func (b *builder) moduleSubnet(r *resource, output string) *subnet {
	if r.Mode != eval.MissingModule || r.row == nil || r.row.role != network || !strings.Contains(output, "subnet") {
		return nil
	}
	key := r.Address + "." + output
	if s := b.nets.subnets[key]; s != nil {
		return s
	}
	s := &subnet{res: r, key: key, output: output, network: b.makeNetwork(r)}
	s.tier = s
	switch {
	case strings.Contains(output, "public"):
		s.public, s.why = graph.Yes, at(r, "the module's public subnets have a route to the internet")
	case strings.Contains(output, "private"), strings.Contains(output, "intra"), strings.Contains(output, "database"), strings.Contains(output, "elasticache"):
		s.public, s.why = graph.No, at(r, "the module gives these subnets no route from the internet")
	}
	b.nets.subnets[key] = s
	return s
}

// readModuleLoadBalancer reads the listeners of the registry's load balancer module,
// and the rules of the security group that it makes.
func readModuleLoadBalancer(b *builder, r *resource) {
	for _, attr := range []string{"listeners", "http_tcp_listeners", "https_listeners"} {
		v := r.Body.Get(attr)
		list := v.Elements()
		if fields := v.Fields(); fields != nil {
			list = nil
			for _, k := range sortedKeys(fields) {
				list = append(list, fields[k])
			}
		}
		for _, l := range list {
			port, ok := l.Field("port").Int()
			if !ok {
				continue
			}
			protocol, _ := l.Field("protocol").Text()
			if protocol = strings.ToLower(protocol); protocol == "" {
				protocol = protocolOfPort(port)
				if attr == "https_listeners" {
					protocol = "https"
				}
			}
			r.self.listeners = append(r.self.listeners, listener{
				protocol: listenerProtocol(protocol, port), port: port, encrypted: encryptedProtocol(protocol),
				evidence: atValue(r, v, "listener at "+protocol+" "+strconv.Itoa(port)),
			})
		}
	}
	rules := r.Body.Get("security_group_ingress_rules").Fields()
	if len(rules) == 0 {
		return
	}
	g := b.securityGroup(r.Address)
	for _, name := range sortedKeys(rules) {
		g.add(b, r, &eval.Block{Type: "ingress", Attrs: rules[name].Fields(), Source: rules[name].Source})
	}
	r.self.groups = append(r.self.groups, r.Address)
}

// readModuleBalancers attaches a module's service to the target groups that its arguments name.
func readModuleBalancers(b *builder, r *resource) {
	for _, v := range r.Body.All("load_balancer") {
		for _, x := range b.marked(v.Refs()) {
			if x.row.role == pool {
				g := b.group(x.Address)
				for _, c := range r.owners {
					g.members = append(g.members, attached{comp: c, evidence: []graph.Evidence{atValue(r, v, "member of the target group")}})
				}
			} else if lb := b.componentOf(x); lb != nil && lb.Technology == graph.TechLoadBalancer {
				for _, c := range r.owners {
					b.flow(lb, c, graph.Flow{}, atValue(r, v, "member of the load balancer's target group"))
				}
			}
		}
	}
}

// contractModules makes a module call whose content became a single component,
// with its roles, one of that component's parts: who looks for the call finds it.
func (b *builder) contractModules() {
	sole := map[string]*component{}
	for _, c := range b.order {
		if c.Kind == graph.Identity {
			continue // roles go with what runs as them
		}
		seen := map[string]bool{}
		for _, r := range c.resources {
			if r.Module != "" && !seen[r.Module] {
				seen[r.Module] = true
				if have, ok := sole[r.Module]; ok && have != c {
					sole[r.Module] = nil
				} else if !ok {
					sole[r.Module] = c
				}
			}
		}
	}
	for _, module := range sortedKeys(sole) {
		if c := sole[module]; c != nil && strings.HasPrefix(c.Address, module+".") {
			c.Parts = append(c.Parts, module)
		}
	}
}
