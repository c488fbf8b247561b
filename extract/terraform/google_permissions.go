package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// googlePower is one thing that a role lets its members do.
type googlePower struct {
	how  string // the role, or the permission of a custom role
	does graph.Ability
	on   graph.Technology // the only kind that it is about, "" for any
	// known is set where the role or permission is in a table.
	known bool
	// grantor is set where its member may give itself any other.
	grantor bool
	// permission is set for what a custom role holds.
	permission bool
	// condition is what must hold for the member to have it, "" for nothing.
	condition string
}

// googlePermissions holds the permissions that matter in custom roles, sorted. Google
// Cloud documentation, "IAM permissions reference"; those by which a member becomes
// another are known from "Privilege escalation in Google Cloud" of Rhino Security Labs.
var googlePermissions = []googlePower{
	{how: "artifactregistry.repositories.uploadArtifacts", does: graph.AbilityWrite, on: graph.TechRegistry},
	{how: "bigquery.tables.getData", does: graph.AbilityRead, on: graph.TechWarehouse},
	{how: "bigquery.tables.updateData", does: graph.AbilityWrite, on: graph.TechWarehouse},
	{how: "cloudbuild.builds.create", does: graph.AbilityExecute, on: graph.TechPipeline},
	{how: "cloudfunctions.functions.create", does: graph.AbilityExecute, on: graph.TechFunction},
	{how: "cloudfunctions.functions.setIamPolicy", does: graph.AbilityAdminister, on: graph.TechFunction},
	{how: "cloudfunctions.functions.update", does: graph.AbilityExecute, on: graph.TechFunction},
	{how: "cloudkms.cryptoKeyVersions.useToDecrypt", does: graph.AbilityReadSecret, on: graph.TechKey},
	{how: "cloudkms.cryptoKeys.setIamPolicy", does: graph.AbilityAdminister, on: graph.TechKey},
	{how: "cloudsql.instances.update", does: graph.AbilityAdminister, on: graph.TechSQL},
	{how: "cloudsql.users.update", does: graph.AbilityAdminister, on: graph.TechSQL},
	{how: "composer.environments.create", does: graph.AbilityExecute, on: graph.TechWorkflow},
	{how: "compute.instances.create", does: graph.AbilityExecute, on: graph.TechServer},
	{how: "compute.instances.osAdminLogin", does: graph.AbilityExecute, on: graph.TechServer},
	{how: "compute.instances.setMetadata", does: graph.AbilityExecute, on: graph.TechServer},
	{how: "compute.projects.setCommonInstanceMetadata", does: graph.AbilityExecute, on: graph.TechServer},
	{how: "container.pods.create", does: graph.AbilityExecute, on: graph.TechCluster},
	{how: "container.pods.exec", does: graph.AbilityExecute, on: graph.TechCluster},
	{how: "container.secrets.get", does: graph.AbilityReadSecret, on: graph.TechCluster},
	{how: "dataflow.jobs.create", does: graph.AbilityExecute, on: graph.TechETL},
	{how: "deploymentmanager.deployments.create", does: graph.AbilityAdminister, on: "", grantor: true}, // the service's own account is an editor
	{how: "iam.roles.update", does: graph.AbilityAdminister, on: "", grantor: true},
	{how: "iam.serviceAccountKeys.create", does: graph.AbilityAssume, on: graph.TechRole},
	{how: "iam.serviceAccounts.actAs", does: graph.AbilityPass, on: graph.TechRole},
	{how: "iam.serviceAccounts.getAccessToken", does: graph.AbilityAssume, on: graph.TechRole},
	{how: "iam.serviceAccounts.implicitDelegation", does: graph.AbilityAssume, on: graph.TechRole},
	{how: "iam.serviceAccounts.setIamPolicy", does: graph.AbilityAdminister, on: graph.TechRole},
	{how: "iam.serviceAccounts.signBlob", does: graph.AbilityAssume, on: graph.TechRole},
	{how: "iam.serviceAccounts.signJwt", does: graph.AbilityAssume, on: graph.TechRole},
	{how: "orgpolicy.policy.set", does: graph.AbilityAdminister, on: ""},
	{how: "pubsub.subscriptions.consume", does: graph.AbilityRead, on: graph.TechTopic},
	{how: "pubsub.topics.publish", does: graph.AbilityWrite, on: graph.TechTopic},
	{how: "resourcemanager.folders.setIamPolicy", does: graph.AbilityAdminister, on: "", grantor: true},
	{how: "resourcemanager.organizations.setIamPolicy", does: graph.AbilityAdminister, on: "", grantor: true},
	{how: "resourcemanager.projects.setIamPolicy", does: graph.AbilityAdminister, on: "", grantor: true},
	{how: "run.services.create", does: graph.AbilityExecute, on: graph.TechContainer},
	{how: "run.services.setIamPolicy", does: graph.AbilityAdminister, on: graph.TechContainer},
	{how: "run.services.update", does: graph.AbilityExecute, on: graph.TechContainer},
	{how: "secretmanager.versions.access", does: graph.AbilityReadSecret, on: graph.TechSecret},
	{how: "storage.buckets.setIamPolicy", does: graph.AbilityAdminister, on: graph.TechObject},
	{how: "storage.hmacKeys.create", does: graph.AbilityAssume, on: graph.TechRole},
	{how: "storage.objects.create", does: graph.AbilityWrite, on: graph.TechObject},
	{how: "storage.objects.delete", does: graph.AbilityWrite, on: graph.TechObject},
	{how: "storage.objects.get", does: graph.AbilityRead, on: graph.TechObject},
}

// googlePowers returns a role's name and what it lets its members do: one thing for a
// predefined role, one for each permission that matters for a custom role.
func (b *builder) googlePowers(binding *eval.Block) (name string, powers []googlePower) {
	name, powers = b.googleRolePowers(binding.Get("role"))
	if condition := googleCondition(binding); condition != "" {
		for i := range powers {
			powers[i].condition = condition
		}
	}
	return name, powers
}

// googleCondition returns the expression that must hold for a binding, "" for none.
// Google Cloud documentation, "Overview of IAM Conditions".
func googleCondition(binding *eval.Block) string {
	conditions := binding.BlocksOf("condition") // one at most
	if len(conditions) == 0 {
		return ""
	}
	text, ok := conditions[0].Get("expression").Text()
	if !ok {
		return "a condition that the input leaves open"
	}
	return strings.Join(strings.Fields(readable(text)), " ")
}

func (b *builder) googleRolePowers(role eval.Value) (name string, powers []googlePower) {
	if custom := b.customRole(role); custom != nil {
		name = "custom role " + b.humanName(custom)
		for _, v := range custom.Body.Get("permissions").Elements() {
			permission, _ := v.Text()
			i, ok := slices.BinarySearchFunc(googlePermissions, permission, func(p googlePower, s string) int { return strings.Compare(p.how, s) })
			if !ok {
				continue
			}
			p := googlePermissions[i]
			p.known, p.permission = true, true
			if !slices.ContainsFunc(powers, func(have googlePower) bool {
				return have.does == p.does && have.on == p.on && have.grantor == p.grantor
			}) {
				powers = append(powers, p)
			}
		}
		return name, powers
	}
	text, ok := role.Text()
	if !ok {
		return "", nil
	}
	name = strings.TrimPrefix(text, "roles/")
	p := googlePower{how: name, grantor: slices.Contains(googleGrantors, name)}
	p.does, p.on, p.known = googleAbility(name)
	return name, []googlePower{p}
}

// customRole returns the resource of the custom role that a value names, nil for a
// predefined role.
func (b *builder) customRole(role eval.Value) *resource {
	for _, r := range b.named(role) {
		if strings.HasSuffix(r.Type, "_iam_custom_role") {
			return r
		}
	}
	text, ok := role.Literal()
	if !ok {
		return nil
	}
	_, id, ok := strings.Cut(text, "/roles/") // projects/PROJECT/roles/ID
	if !ok {
		return nil
	}
	for _, typ := range []string{"google_organization_iam_custom_role", "google_project_iam_custom_role"} {
		for _, r := range b.byType[typ] {
			if own, _ := r.Body.Get("role_id").Literal(); own == id {
				return r
			}
		}
	}
	return nil
}
