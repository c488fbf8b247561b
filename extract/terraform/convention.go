package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// meaning is what an attribute's name means across types.
type meaning int

// The meanings.
const (
	placesInSubnet meaning = iota + 1
	placesInNetwork
	guardedBy  // security groups
	encryptsBy // keys
	runsAs     // roles
	// placesInGroup names what several share that stand together, and are apart from others.
	placesInGroup
)

// conventions are the attribute names that mean the same wherever they stand.
var conventions = map[string]meaning{
	"client_subnets":              placesInSubnet,
	"db_subnet_group_name":        placesInSubnet,
	"private_subnets":             placesInSubnet,
	"cache_subnet_group_name":     placesInSubnet,
	"subnet_group_name":           placesInSubnet,
	"neptune_subnet_group_name":   placesInSubnet,
	"cluster_subnet_group_name":   placesInSubnet,
	"replication_subnet_group_id": placesInSubnet,
	"subnet":                      placesInSubnet,
	"subnet_id":                   placesInSubnet,
	"subnet_ids":                  placesInSubnet,
	"subnets":                     placesInSubnet,
	"subnetwork":                  placesInSubnet,
	"virtual_network_subnet_id":   placesInSubnet,
	"vnet_subnet_id":              placesInSubnet,
	"delegated_subnet_id":         placesInSubnet,
	"database_subnets":            placesInSubnet,
	"vpc_subnet_ids":              placesInSubnet,
	"vpc_zone_identifier":         placesInSubnet,
	// As the resource manager of Azure itself writes them.
	"delegatedSubnetResourceId":     placesInSubnet,
	"infrastructure_subnet_id":      placesInSubnet,
	"infrastructureSubnetId":        placesInSubnet,
	"subnetId":                      placesInSubnet,
	"private_ip_subnet_resource_id": placesInSubnet,
	"subnetResourceId":              placesInSubnet,
	"virtualNetworkSubnetId":        placesInSubnet,
	"vnetSubnetID":                  placesInSubnet,

	"app_service_environment_id":   placesInGroup,
	"app_service_plan_id":          placesInGroup,
	"container_app_environment_id": placesInGroup,
	"environmentId":                placesInGroup,
	"managedEnvironmentId":         placesInGroup,
	"service_plan_id":              placesInGroup,

	"network":            placesInNetwork,
	"private_network":    placesInNetwork,
	"authorized_network": placesInNetwork,
	"virtual_network_id": placesInNetwork,
	"vpc":                placesInNetwork,
	"vpc_id":             placesInNetwork,

	"security_group_id":      guardedBy,
	"security_group_ids":     guardedBy,
	"security_groups":        guardedBy,
	"vpc_security_group_ids": guardedBy,

	"cmk_key_arn":                     encryptsBy,
	"disk_encryption_set_id":          encryptsBy,
	"encryption_key":                  encryptsBy,
	"key_vault_key_id":                encryptsBy,
	"kms_arn":                         encryptsBy,
	"kms_key":                         encryptsBy,
	"kms_key_arn":                     encryptsBy,
	"kms_key_id":                      encryptsBy,
	"kms_key_name":                    encryptsBy,
	"kms_key_self_link":               encryptsBy,
	"kms_master_key_id":               encryptsBy,
	"performance_insights_kms_key_id": encryptsBy,
	"sse_kms_key_id":                  encryptsBy,

	"credentials":               runsAs,
	"credentials_arn":           runsAs,
	"execution_role_arn":        runsAs,
	"identity_ids":              runsAs,
	"agent_resource_role_arn":   runsAs,
	"iam_instance_profile":      runsAs,
	"iam_role":                  runsAs,
	"iam_role_arn":              runsAs,
	"iam_roles":                 runsAs,
	"instance_profile":          runsAs,
	"instance_role":             runsAs,
	"job_flow_role":             runsAs,
	"job_role_arn":              runsAs,
	"lambda_role":               runsAs,
	"node_role_arn":             runsAs,
	"role":                      runsAs,
	"role_arn":                  runsAs,
	"service_access_role_arn":   runsAs,
	"service_account":           runsAs,
	"service_account_email":     runsAs,
	"service_account_name":      runsAs,
	"service_execution_role":    runsAs,
	"service_role":              runsAs,
	"service_role_arn":          runsAs,
	"task_role_arn":             runsAs,
	"user_assigned_identity_id": runsAs,
	"tasks_iam_role_arn":        runsAs,
}

// admitting are blocks that name networks which something lets in, not those that it
// stands in, and other things of which it makes use.
var admitting = []string{
	"ingress_application_gateway", "ip_restriction", "network_acls", "network_rule_set", "network_rules", "network_rulesets", "scm_ip_restriction",
	"virtual_network_rule", "virtual_network_rules",
}

// uses are the attributes of an instance that have a conventional meaning.
type uses map[meaning][]eval.Value

// findUses walks a body once.
func findUses(block *eval.Block) uses {
	u := uses{}
	u.walk(block, 0)
	return u
}

// maxNesting bounds walks into values; configuration nests a handful of levels.
const maxNesting = 12

func (u uses) walk(block *eval.Block, depth int) {
	if block == nil || depth > maxNesting {
		return
	}
	for _, name := range mayMean(block.Attrs) {
		v := block.Attrs[name]
		if m, ok := conventions[name]; ok && !v.IsNull() {
			u[m] = append(u[m], v)
			continue
		}
		u.walkValue(v, depth+1)
	}
	for _, nested := range block.Blocks {
		if slices.Contains(admitting, nested.Type) {
			continue
		}
		// "iam_instance_profile { name = ... }" and "vpc { ... }" are blocks in some types.
		if m, ok := conventions[nested.Type]; ok {
			for _, name := range nested.Names() {
				if name == "name" || name == "arn" || name == "email" {
					u[m] = append(u[m], nested.Attrs[name])
				}
			}
		}
		u.walk(nested, depth+1)
	}
}

// walkValue finds conventional names in objects within attributes: attributes as
// blocks, JSON syntax, a missing module's arguments.
func (u uses) walkValue(v eval.Value, depth int) {
	if depth > maxNesting || v.IsNull() || isPrimitive(v) {
		return
	}
	for _, e := range v.Elements() {
		fields := e.Fields()
		for _, name := range mayMean(fields) {
			f := fields[name]
			if m, ok := conventions[name]; ok && !f.IsNull() {
				u[m] = append(u[m], f)
				continue
			}
			u.walkValue(f, depth+1)
		}
	}
}

// mayMean returns the names of the values that have a conventional meaning or may hold
// ones that do, sorted: few of all.
func mayMean(of map[string]eval.Value) []string {
	var names []string
	for name, v := range of {
		if conventions[name] != 0 || v.IsSet() && !isPrimitive(v) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func isPrimitive(v eval.Value) bool {
	return v.V.Type().IsPrimitiveType()
}

// covers reports whether a type without a row is understood all the same: it
// stands in a network, or runs as a role.
func (u uses) covers() bool {
	return len(u[placesInSubnet]) > 0 || len(u[placesInNetwork]) > 0 || len(u[guardedBy]) > 0
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// conventionalRow stands for a type without a row that conventions place.
func conventionalRow(typ string) *row {
	_, rest, _ := strings.Cut(typ, "_")
	return &row{typ: typ, role: process, tech: graph.TechUnknown, label: strings.ReplaceAll(rest, "_", " "), quiet: false}
}
