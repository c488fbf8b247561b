package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// googleRole says what a predefined role lets its members do. Google Cloud
// documentation, "IAM roles and permissions index".
type googleRole struct {
	name string // without "roles/"
	does graph.Ability
	on   graph.Technology // the only kind that it is about, "" for any
}

// googleRoles holds the roles in most use, sorted.
var googleRoles = []googleRole{
	{"artifactregistry.admin", graph.AbilityAdminister, graph.TechRegistry},
	{"artifactregistry.reader", graph.AbilityRead, graph.TechRegistry},
	{"artifactregistry.repoAdmin", graph.AbilityWrite, graph.TechRegistry},
	{"artifactregistry.writer", graph.AbilityWrite, graph.TechRegistry},
	{"bigquery.admin", graph.AbilityAdminister, graph.TechWarehouse},
	{"bigquery.dataEditor", graph.AbilityWrite, graph.TechWarehouse},
	{"bigquery.dataOwner", graph.AbilityAdminister, graph.TechWarehouse},
	{"bigquery.dataViewer", graph.AbilityRead, graph.TechWarehouse},
	{"bigquery.jobUser", graph.AbilityOther, graph.TechWarehouse}, // runs queries, on data that other roles open
	{"bigquery.user", graph.AbilityOther, graph.TechWarehouse},
	{"cloudfunctions.admin", graph.AbilityAdminister, graph.TechFunction},
	{"cloudfunctions.developer", graph.AbilityExecute, graph.TechFunction},
	{"cloudfunctions.invoker", graph.AbilityInvoke, graph.TechFunction},
	{"cloudkms.admin", graph.AbilityAdminister, graph.TechKey},
	{"cloudkms.cryptoKeyDecrypter", graph.AbilityReadSecret, graph.TechKey},
	{"cloudkms.cryptoKeyEncrypter", graph.AbilityWrite, graph.TechKey},
	{"cloudkms.cryptoKeyEncrypterDecrypter", graph.AbilityReadSecret, graph.TechKey},
	{"cloudsql.admin", graph.AbilityAdminister, graph.TechSQL},
	{"cloudsql.client", graph.AbilityInvoke, graph.TechSQL},
	{"cloudsql.editor", graph.AbilityOther, graph.TechSQL},
	{"cloudsql.instanceUser", graph.AbilityInvoke, graph.TechSQL},
	{"compute.admin", graph.AbilityExecute, graph.TechServer},
	{"compute.instanceAdmin", graph.AbilityExecute, graph.TechServer},
	{"compute.instanceAdmin.v1", graph.AbilityExecute, graph.TechServer},
	{"compute.osAdminLogin", graph.AbilityExecute, graph.TechServer},
	{"compute.osLogin", graph.AbilityExecute, graph.TechServer},
	{"container.admin", graph.AbilityAdminister, graph.TechCluster},
	{"container.clusterAdmin", graph.AbilityAdminister, graph.TechCluster},
	{"container.developer", graph.AbilityExecute, graph.TechCluster},
	{"iam.serviceAccountAdmin", graph.AbilityAdminister, graph.TechRole},
	{"iam.serviceAccountKeyAdmin", graph.AbilityAssume, graph.TechRole}, // a key is the account
	{"iam.serviceAccountOpenIdTokenCreator", graph.AbilityAssume, graph.TechRole},
	{"iam.serviceAccountTokenCreator", graph.AbilityAssume, graph.TechRole},
	{"iam.serviceAccountUser", graph.AbilityPass, graph.TechRole},
	{"iam.workloadIdentityUser", graph.AbilityAssume, graph.TechRole},
	{"pubsub.admin", graph.AbilityAdminister, graph.TechTopic},
	{"pubsub.publisher", graph.AbilityWrite, graph.TechTopic},
	{"pubsub.subscriber", graph.AbilityRead, graph.TechTopic},
	{"run.admin", graph.AbilityAdminister, graph.TechContainer},
	{"run.developer", graph.AbilityExecute, graph.TechContainer},
	{"run.invoker", graph.AbilityInvoke, graph.TechContainer},
	{"secretmanager.admin", graph.AbilityReadSecret, graph.TechSecret},
	{"secretmanager.secretAccessor", graph.AbilityReadSecret, graph.TechSecret},
	{"secretmanager.secretVersionAdder", graph.AbilityWrite, graph.TechSecret},
	{"secretmanager.viewer", graph.AbilityOther, graph.TechSecret},
	{"storage.admin", graph.AbilityAdminister, graph.TechObject},
	{"storage.legacyBucketReader", graph.AbilityOther, graph.TechObject}, // lists names
	{"storage.objectAdmin", graph.AbilityWrite, graph.TechObject},
	{"storage.objectCreator", graph.AbilityWrite, graph.TechObject},
	{"storage.objectUser", graph.AbilityWrite, graph.TechObject},
	{"storage.objectViewer", graph.AbilityRead, graph.TechObject},
}

// googleGrantors holds the roles whose member may give itself any other, sorted.
var googleGrantors = []string{
	"deploymentmanager.editor", // which acts as the service's own account, an editor
	"iam.organizationRoleAdmin", "iam.roleAdmin", "iam.securityAdmin", "owner", "resourcemanager.folderIamAdmin", "resourcemanager.organizationAdmin", "resourcemanager.projectIamAdmin",
}

// googleAbility returns what a role does, and the only kind that it is about, where
// it is among the rows.
func googleAbility(role string) (does graph.Ability, on graph.Technology, known bool) {
	for _, r := range googleRoles {
		if r.name == role {
			return r.does, r.on, true
		}
	}
	return graph.AbilityOther, "", false
}

// readGoogleMembers is the semantic of members, bindings and policies: what a role
// lets its members do to a resource, or to all in a project or above.
func readGoogleMembers(b *builder, r *resource) {
	readPublicMember(b, r)
	b.googleBinding(r, r, r.Body)
	for _, data := range b.named(r.Body.Get("policy_data")) {
		for _, binding := range data.Body.BlocksOf("binding") {
			b.googleBinding(r, data, binding)
		}
	}
}

// googleBinding grants one role to its members; holder is the resource in which it
// is written.
func (b *builder) googleBinding(r, holder *resource, binding *eval.Block) {
	name, powers := b.googlePowers(binding)
	for _, attr := range []string{"member", "members"} {
		for _, v := range binding.Get(attr).Elements() {
			for _, who := range b.googlePrincipals(v) {
				if who.row != nil {
					who.Parts = append(who.Parts, r.Address)
				}
				for _, p := range powers {
					if p.grantor || p.how == "editor" {
						p.does, p.on = graph.AbilityAdminister, ""
					}
					b.startsPrograms(who.component, p.does, p.on)
				}
				for _, p := range powers {
					if r.row.role != detail {
						b.grantInProject(who, r, p, atValue(holder, v, name+" on all of "+googleLevel(r)))
						continue
					}
					b.grantOn(who, r.owners, p, atValue(holder, v, name+" is given to it"))
				}
			}
		}
	}
}

// grantOn grants on single components.
func (b *builder) grantOn(who googleMember, on []*component, p googlePower, e graph.Evidence) {
	if p.grantor || p.how == "admin" {
		p.does = graph.AbilityAdminister
	}
	for _, to := range on {
		if p.permission && p.on != "" && p.on != to.Technology {
			continue
		}
		b.grantIf(p.condition, who.component, to, p.how, p.does, who.everyone, e)
		b.given = append(b.given, givenRole{who: who.component, to: to, does: p.does, evidence: e})
	}
}

// readKeyRingMembers is the semantic of bindings on a ring of keys: they are for all
// keys in it.
func readKeyRingMembers(b *builder, r *resource) {
	var keys []*component
	for _, ring := range b.refs(r.Body.Get("key_ring_id")) {
		for _, key := range b.byType["google_kms_crypto_key"] {
			if key.self != nil && slices.Contains(b.refs(key.Body.Get("key_ring")), ring) {
				keys = append(keys, key.self)
			}
		}
	}
	for _, binding := range append([]*eval.Block{r.Body}, b.policyBindings(r)...) {
		name, powers := b.googlePowers(binding)
		for _, attr := range []string{"member", "members"} {
			for _, v := range binding.Get(attr).Elements() {
				for _, who := range b.googlePrincipals(v) {
					for _, p := range powers {
						b.grantOn(who, keys, p, atValue(r, v, name+" is given to it on all keys of the ring"))
					}
				}
			}
		}
	}
}

// policyBindings returns the bindings of the policy documents that an instance names.
func (b *builder) policyBindings(r *resource) []*eval.Block {
	var out []*eval.Block
	for _, data := range b.named(r.Body.Get("policy_data")) {
		out = append(out, data.Body.BlocksOf("binding")...)
	}
	return out
}

// refs returns the addresses of the instances that a value derives from.
func (b *builder) refs(v eval.Value) []string {
	var out []string
	for _, ref := range b.direct(v.Refs()) {
		out = append(out, ref.Address)
	}
	return out
}

// googleLevel returns the level of the hierarchy that a binding is on.
func googleLevel(r *resource) string {
	level, _, _ := strings.Cut(strings.TrimPrefix(r.Type, "google_"), "_")
	return "the " + level
}

// googleMember is who has a role.
type googleMember struct {
	*component
	// everyone is set for all whom an identity provider outside vouches for.
	everyone bool
}

// googlePrincipals returns the components that a member stands for. Service accounts
// of a cluster are not the cluster; podIdentities reads them.
func (b *builder) googlePrincipals(member eval.Value) []googleMember {
	text, _ := member.Text()
	if strings.Contains(text, ".svc.id.goog[") {
		return nil
	}
	var out []googleMember
	add := func(m googleMember) {
		if !slices.ContainsFunc(out, func(have googleMember) bool { return have.component == m.component }) {
			out = append(out, m)
		}
	}
	for _, r := range b.named(member) {
		c := b.componentOf(r)
		switch {
		case c == nil || c.Kind == graph.Store:
		case strings.HasPrefix(text, "principal"):
			for _, issuer := range b.federated(r, text) {
				add(issuer)
			}
		default:
			add(googleMember{component: c})
		}
	}
	return out
}

// federated returns who is behind a member of a pool of identities from outside: the
// providers that the pool trusts. "principalSet://iam.googleapis.com/POOL/*" is all of
// them, unless each provider's condition says whom it lets in. Google Cloud
// documentation, "Workload Identity Federation".
func (b *builder) federated(pool *resource, member string) []googleMember {
	all := strings.HasSuffix(member, "/*")
	var out []googleMember
	for _, p := range b.byType["google_iam_workload_identity_pool_provider"] {
		if !slices.Contains(b.named(p.Body.Get("workload_identity_pool_id")), pool) {
			continue
		}
		conditional := p.Body.Get("attribute_condition").IsSet()
		if issuer, ok := p.Body.Get("oidc.issuer_uri").Literal(); ok {
			host := strings.TrimSuffix(strings.TrimPrefix(issuer, "https://"), "/")
			out = append(out, googleMember{b.outside(host, host, "identity provider", graph.TechIdentity, p.Source), all && !conditional})
		}
		if account, ok := p.Body.Get("aws.account_id").Literal(); ok {
			out = append(out, googleMember{b.outside("account "+account, "account "+account, "AWS account", graph.TechAccount, p.Source), all && !conditional})
		}
	}
	if len(out) == 0 {
		if c := b.componentOf(pool); c != nil {
			out = append(out, googleMember{c, all})
		}
	}
	return out
}

// grantInProject grants on all of a project, or of all projects where it is on a
// level above. The basic roles and those that hand out roles are powers of their own.
func (b *builder) grantInProject(member googleMember, r *resource, p googlePower, e graph.Evidence) {
	who := member.component
	switch {
	case p.grantor:
		who.Set(graph.PropAdmin, unconditional(p.condition), e)
		b.grantSelf(who, p.how, p.condition, e)
		return
	case p.how == "editor":
		who.Set(graph.PropWildcardPolicy, unconditional(p.condition), e)
		return
	case !p.known:
		return
	}
	project, folder := projectOf(r), b.unitNamed(r.Body.Get("folder"))
	made := 0
	var given []givenRole
	for _, c := range b.order {
		if c == who || c.Technology != p.on || c.row == nil || provider(c.row.typ) != "google" || len(c.resources) == 0 {
			continue
		}
		if own := projectOf(c.resources[0]); own != "" && project != "" && own != project {
			continue
		}
		if folder != "" && b.insideUnit(b.account(c.resources[0]), folder) == graph.No {
			continue
		}
		if made++; made > maxWildcardGrants {
			return
		}
		// Of others outside, a wildcard says that they are not named.
		b.grantIf(p.condition, who, c, p.how, p.does, who.Kind != graph.External || member.everyone, e)
		given = append(given, givenRole{who: who, to: c, does: p.does, sole: true, evidence: e})
	}
	if len(given) == 1 { // of its kind the project holds one
		b.given = append(b.given, given...)
	}
}

// projectOf tells projects apart by what their names are written as or derive from,
// "" where that says nothing. A project that was looked up may be any.
func projectOf(r *resource) string {
	v := r.Body.Get("project")
	if s, ok := v.Literal(); ok {
		return s
	}
	for _, ref := range v.Refs() {
		if !strings.Contains("."+ref.Address, ".data.") {
			return ref.Address
		}
	}
	return ""
}

// readDefaultAccount is the semantic of what runs as the project's default account
// where no other is named, at any of the paths.
func readDefaultAccount(paths ...string) semantic {
	return func(_ *builder, r *resource) {
		for _, path := range paths {
			for _, v := range r.Body.All(path) {
				if v.IsSet() {
					return
				}
			}
		}
		for _, c := range r.owners {
			c.Set(graph.PropDefaultIdentity, graph.Yes, at(r, "no service account is named, which means the project's default one"))
		}
	}
}

// readMachineAccount is the semantic of machines, which run as nobody unless they
// ask for an account.
func readMachineAccount(b *builder, r *resource) {
	if len(r.Body.BlocksOf("service_account")) > 0 {
		readDefaultAccount("service_account.email")(b, r)
	}
}
