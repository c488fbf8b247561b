package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/extract/terraform/iam"
	"drawbridge/graph"
)

// This file finds the service accounts of Kubernetes that may become an identity of a
// cloud. The pods that run as them are another reader's to know: here an account is an
// identity named as Kubernetes itself names it, and what the cloud's identity reaches
// are flows of its own, until package extract knows who becomes it.

// subjectPrefix leads the name of a service account in the tokens of a cluster:
// https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens.
const subjectPrefix = "system:serviceaccount:"

// ServiceAccountOf returns the namespace and name of the service account of Kubernetes that
// an identifier of this package's stands for.
func ServiceAccountOf(id string) (namespace, name string, ok bool) {
	_, subject, ok := strings.Cut(id, subjectPrefix)
	if !ok {
		return "", "", false
	}
	return strings.Cut(subject, ":")
}

// podIdentities grants service accounts what trust policies, associations and
// federations let them become.
func (b *builder) podIdentities() {
	for _, r := range b.byType["aws_iam_role"] {
		if p := b.principals[r.Address]; p != nil {
			b.podTrust(p, r)
		}
	}
	for _, r := range b.byType["aws_eks_pod_identity_association"] {
		v := r.Body.Get("service_account")
		for _, p := range b.principalsNamed(r.Body.Get("role_arn")) {
			b.letBecome(p, r, v, r.Body.Get("namespace"), v, "pod identity association lets it become the role")
		}
	}
	for _, r := range b.resources {
		if r.Mode == eval.MissingModule && b.principals[r.Address] != nil {
			b.modulePodTrust(b.principals[r.Address], r)
		}
	}
	for _, typ := range []string{"google_service_account_iam_binding", "google_service_account_iam_member"} {
		for _, r := range b.byType[typ] {
			if role, _ := r.Body.Get("role").Text(); role != "roles/iam.workloadIdentityUser" {
				continue
			}
			for _, v := range append(r.Body.All("member"), r.Body.All("members")...) {
				for _, e := range v.Elements() {
					b.googleMember(r, e)
				}
			}
		}
	}
	for _, r := range b.byType["azurerm_federated_identity_credential"] {
		subject := r.Body.Get("subject")
		for _, attr := range []string{"parent_id", "user_assigned_identity_id"} {
			for _, p := range b.principalsNamed(r.Body.Get(attr)) {
				b.letSubject(p, r, subject, "federated credential lets it become the identity")
			}
		}
	}
}

// podTrust reads the trust policy of a role. IAM roles for service accounts compare the
// subject of the cluster's token; pod identity trusts a service of its own.
func (b *builder) podTrust(p *principal, r *resource) {
	v := r.Body.Get("assume_role_policy")
	doc := b.document(v)
	if doc == nil {
		return
	}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Effect != iam.Allow {
			continue
		}
		if slices.Contains(s.Actions, "sts:AssumeRoleWithWebIdentity") || slices.ContainsFunc(s.Principals, func(who iam.Principal) bool { return who.ID == "pods.eks.amazonaws.com" }) {
			p.forPods = true
		}
		for _, condition := range s.Conditions {
			for _, subject := range condition.Values {
				b.subject(p, r, v, subject, "trust policy names it")
			}
		}
	}
}

func (b *builder) letSubject(p *principal, r *resource, v eval.Value, why string) {
	if s, ok := v.Text(); ok {
		b.subject(p, r, v, s, why)
	}
}

// subject lets the service account that a token's subject names become an identity. A
// pattern names none.
func (b *builder) subject(p *principal, r *resource, v eval.Value, subject, why string) {
	rest, ok := strings.CutPrefix(subject, subjectPrefix)
	namespace, name, both := strings.Cut(rest, ":")
	if !ok || !both || namespace == "" || name == "" || strings.ContainsAny(rest, "*?⟦") {
		return
	}
	p.forPods = true
	b.grant(b.serviceAccount(namespace, name, r), p.comp, "assume", graph.AbilityAssume, false, atValue(r, v, why))
}

func (b *builder) letBecome(p *principal, r *resource, v, namespace, name eval.Value, why string) {
	ns, known := namespace.Text()
	account, too := name.Text()
	p.forPods = true
	if known && too {
		b.subject(p, r, v, subjectPrefix+ns+":"+account, why)
	}
}

// serviceAccount is an account of a cluster, as far as this root tells of it.
func (b *builder) serviceAccount(namespace, name string, r *resource) *component {
	id := b.prefix + subjectPrefix + namespace + ":" + name
	return b.add(&component{kept: true, Component: &graph.Component{
		ID: id, Kind: graph.Identity, Name: name, Address: subjectPrefix + namespace + ":" + name, Technology: graph.TechRole,
		Label: "service account", Source: r.Source,
	}})
}

// modulePodTrust reads the arguments of the registry's modules for such roles.
func (b *builder) modulePodTrust(p *principal, r *resource) {
	for _, v := range append(r.Body.All("oidc_providers"), r.Body.All("associations")...) {
		fields := v.Fields()
		for _, k := range sortedKeys(fields) {
			each := fields[k]
			for _, pair := range each.Field("namespace_service_accounts").Elements() {
				if s, ok := pair.Text(); ok {
					b.subject(p, r, each, subjectPrefix+s, "the module's trust policy names it")
				}
			}
			if account := each.Field("service_account"); account.IsSet() {
				b.letBecome(p, r, each, each.Field("namespace"), account, "pod identity association lets it become the role")
			}
		}
	}
}

// googleMember reads PROJECT.svc.id.goog[NAMESPACE/NAME]:
// https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity.
func (b *builder) googleMember(r *resource, v eval.Value) {
	s, ok := v.Text()
	if !ok {
		return
	}
	_, rest, ok := strings.Cut(s, ".svc.id.goog[")
	if !ok {
		return
	}
	subject := subjectPrefix + strings.Replace(strings.TrimSuffix(rest, "]"), "/", ":", 1)
	for _, p := range b.principalsNamed(r.Body.Get("service_account_id")) {
		b.subject(p, r, v, subject, "may use the service account as workload identity")
	}
}

// flowOfIdentity claims a flow of what becomes an identity, which is not known here.
func (b *builder) flowOfIdentity(from, to *component, f graph.Flow, evidence graph.Evidence) {
	f.From, f.To, f.Evidence = from.ID, to.ID, []graph.Evidence{evidence}
	key := [2]string{from.ID, to.ID}
	b.flows[key] = append(b.flows[key], &claim{flow: f})
}
