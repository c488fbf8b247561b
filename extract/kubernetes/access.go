package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// account is a ServiceAccount: an object of the input, or only a name that
// workloads and bindings use.
type account struct {
	key
	object *manifest.Object // nil where the input has none
	mount  *bool            // automountServiceAccountToken
}

type role struct {
	object *manifest.Object
	rules  []rbacv1.PolicyRule
}

type binding struct {
	object   *manifest.Object
	role     rbacv1.RoleRef
	subjects []rbacv1.Subject
}

func readServiceAccount(c *cluster, o *manifest.Object) {
	a := &account{key: key{o.Namespace, o.Name}, object: o}
	c.decode(&a.mount, o, "automountServiceAccountToken")
	c.accounts[a.key] = a
}

func readRole(c *cluster, o *manifest.Object) {
	r := &role{object: o}
	c.decode(&r.rules, o, "rules")
	c.roles[key{o.Namespace, o.Name}] = r
}

func readBinding(c *cluster, o *manifest.Object) {
	b := &binding{object: o}
	c.decode(&b.role, o, "roleRef")
	c.decode(&b.subjects, o, "subjects")
	c.bindings = append(c.bindings, b)
}

// builtIn gives the rules of the roles that every cluster has:
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
var builtIn = map[string][]rbacv1.PolicyRule{
	"cluster-admin": {{APIGroups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"*"}}},
	"admin":         {{APIGroups: []string{""}, Resources: []string{"secrets", "pods/exec", "pods", "serviceaccounts", "rolebindings"}, Verbs: []string{"create", "delete", "get", "list", "update"}}},
	"edit":          {{APIGroups: []string{""}, Resources: []string{"secrets", "pods/exec", "pods", "serviceaccounts"}, Verbs: []string{"create", "delete", "get", "list", "update"}}},
	// What clusters have for servers of further APIs and for metrics.
	"system:auth-delegator":                     {{APIGroups: []string{"authentication.k8s.io", "authorization.k8s.io"}, Resources: []string{"tokenreviews", "subjectaccessreviews"}, Verbs: []string{"create"}}},
	"extension-apiserver-authentication-reader": {{APIGroups: []string{""}, Resources: []string{"configmaps"}, ResourceNames: []string{"extension-apiserver-authentication"}, Verbs: []string{"get", "list", "watch"}}},
	"system:monitoring":                         {{NonResourceURLs: []string{"/metrics", "/healthz", "/livez", "/readyz"}, Verbs: []string{"get"}}},
	"system:discovery":                          {{NonResourceURLs: []string{"/api", "/apis", "/openapi", "/version", "/healthz"}, Verbs: []string{"get"}}},
	"view":                                      {{APIGroups: []string{""}, Resources: []string{"pods", "services", "configmaps"}, Verbs: []string{"get", "list"}}},
}

// linkAccess draws who may talk to the API server: identities for the service
// accounts that a role is bound to, what they may do, and the workloads that
// run as them.
func (c *cluster) linkAccess() {
	c.bound = map[key]*graph.Component{}
	c.eachSubject(func(k key, b *binding, subject int) {
		if c.bound[k] == nil {
			c.bound[k] = c.identity(k, at(b.object, "subjects", subject))
		}
	})
	c.eachSubject(func(k key, b *binding, subject int) { c.bind(c.bound[k], b, subject) })
	for _, w := range c.workloads {
		c.runAs(w, c.bound[key{w.namespace, w.account()}])
	}
}

// eachSubject calls f for each service account that a binding names.
func (c *cluster) eachSubject(f func(k key, b *binding, subject int)) {
	for _, b := range c.bindings {
		for i, s := range b.subjects {
			if s.Kind == rbacv1.ServiceAccountKind {
				f(key{cmp.Or(s.Namespace, b.object.Namespace, "default"), s.Name}, b, i)
			}
		}
	}
}

func (c *cluster) identity(k key, source graph.Source) *graph.Component {
	if a := c.accounts[k]; a != nil {
		source = at(a.object)
	}
	address := k.namespace + "/ServiceAccount/" + k.name
	return c.add(graph.Component{
		ID: c.prefix + address, Kind: graph.Identity, Name: k.name, Label: "ServiceAccount", Address: address,
		Technology: graph.TechRole, Boundary: c.namespace(k.namespace).ID, Source: source,
	})
}

// bind grants an identity what the role of a binding allows.
func (c *cluster) bind(identity *graph.Component, b *binding, subject int) {
	k := key{"", b.role.Name}
	if b.role.Kind == "Role" {
		k.namespace = b.object.Namespace
	}
	bound := because(fmt.Sprintf("%s %s binds it to %s %s", b.object.Kind, b.object.Name, b.role.Kind, b.role.Name), b.object, "subjects", subject)
	identity.Parts = append(identity.Parts, address(b.object))
	if k.namespace == "" && b.role.Name == "cluster-admin" && b.object.Kind == "ClusterRoleBinding" {
		identity.Set(graph.PropAdmin, graph.Yes, bound)
	}
	api, scope := c.apiServer(), ""
	if b.object.Kind == "RoleBinding" {
		scope = "namespace " + b.object.Namespace
	}
	r := c.roles[k]
	rules, known := builtIn[b.role.Name]
	if r != nil {
		rules = r.rules
	} else if !known || k.namespace != "" && k.namespace != "kube-system" {
		c.note("missing-role", b.object, fmt.Sprintf("%s %s is not in the input: what it allows is not known", b.role.Kind, b.role.Name), "", "roleRef")
		c.grant(graph.Grant{From: identity.ID, To: api.ID, How: "what " + b.role.Kind + " " + b.role.Name + " allows", Does: graph.AbilityOther, Evidence: []graph.Evidence{bound}})
		return
	}
	for i, rule := range rules {
		evidence := []graph.Evidence{bound}
		if r != nil {
			evidence = append(evidence, because("the rule of the role", r.object, "rules", i))
		}
		how := strings.Join(slices.Concat(rule.Resources, rule.NonResourceURLs), ",") + " " + strings.Join(rule.Verbs, ",")
		if len(rule.ResourceNames) > 0 {
			how += " named " + strings.Join(rule.ResourceNames, ",")
		}
		wildcard := slices.Contains(rule.Verbs, "*") || slices.Contains(rule.Resources, "*")
		c.grant(graph.Grant{From: identity.ID, To: api.ID, How: how, Does: ability(rule), Wildcard: wildcard, Scope: scope, Evidence: evidence})
		if scope != "" {
			c.grantWithin(identity, b.object.Namespace, rule, how, evidence)
		}
		if wildcard {
			identity.Set(graph.PropWildcardPolicy, graph.Yes, evidence[len(evidence)-1])
		}
		if slices.Contains(rule.Verbs, "*") && slices.Contains(rule.Resources, "*") && slices.Contains(rule.APIGroups, "*") && b.object.Kind == "ClusterRoleBinding" {
			identity.Set(graph.PropAdmin, graph.Yes, evidence[len(evidence)-1])
		}
	}
}

// grantWithin grants an identity what a rule gives it of the other identities of a
// namespace: programs that it starts run as any of them, those that it gets into as theirs.
func (c *cluster) grantWithin(identity *graph.Component, namespace string, rule rbacv1.PolicyRule, how string, evidence []graph.Evidence) {
	does := ability(rule)
	if does != graph.AbilityExecute && does != graph.AbilityAssume && does != graph.AbilityAdminister {
		return
	}
	running := map[string]bool{}
	for _, w := range c.workloads {
		if w.namespace == namespace {
			running[w.account()] = true
		}
	}
	for _, k := range sortedKeys(c.bound) {
		other := c.bound[k]
		if k.namespace != namespace || other == identity || does == graph.AbilityExecute && !starts(rule) && !running[k.name] {
			continue
		}
		if len(rule.ResourceNames) > 0 && does == graph.AbilityAssume && !slices.Contains(rule.ResourceNames, k.name) {
			continue
		}
		c.grant(graph.Grant{From: identity.ID, To: other.ID, How: how, Does: graph.AbilityAssume, Evidence: evidence})
	}
}

// starts reports whether a rule lets programs be started or changed, whose account can be chosen.
func starts(rule rbacv1.PolicyRule) bool { return slices.ContainsFunc(rule.Resources, isWorkload) }

func isWorkload(resource string) bool {
	return slices.Contains([]string{"*", "pods", "deployments", "daemonsets", "statefulsets", "jobs", "cronjobs", "replicasets", "replicationcontrollers"}, resource)
}

// ability classes a rule by the worst that it allows. Kubernetes documentation, "Role
// Based Access Control Good Practices", section "privilege escalation risks". A shell in a pod is opened by GET as well as by POST,
// which ask for the verbs get and create; what is sent to a kubelet by way of nodes/proxy is asked for get alone.
func ability(rule rbacv1.PolicyRule) graph.Ability {
	resource := func(names ...string) bool {
		return slices.ContainsFunc(append(names, "*"), func(n string) bool { return slices.Contains(rule.Resources, n) })
	}
	verb := func(names ...string) bool {
		return slices.ContainsFunc(append(names, "*"), func(n string) bool { return slices.Contains(rule.Verbs, n) })
	}
	writes := verb("create", "update", "patch", "delete", "deletecollection")
	switch {
	case resource("*") && verb("*"), verb("escalate", "bind"),
		writes && resource("roles", "rolebindings", "clusterroles", "clusterrolebindings", "mutatingwebhookconfigurations", "validatingwebhookconfigurations"),
		verb("impersonate") && resource("users", "groups"),
		verb("approve") && resource("signers"), verb("update", "patch") && resource("certificatesigningrequests/approval"):
		return graph.AbilityAdminister
	case verb("impersonate"), verb("create") && resource("serviceaccounts/token"):
		return graph.AbilityAssume
	case verb("get", "create") && resource("pods/exec", "pods/attach", "nodes/proxy"), slices.Contains(rule.Resources, "pods/exec"),
		verb("update", "patch") && resource("pods/ephemeralcontainers"),
		verb("create", "update", "patch") && slices.ContainsFunc(rule.Resources, isWorkload),
		verb("create", "patch") && slices.Contains(rule.Resources, "persistentvolumes"): // one may be a directory of a node
		return graph.AbilityExecute
	case verb("get", "list", "watch") && resource("secrets"):
		return graph.AbilityReadSecret
	case writes:
		return graph.AbilityWrite
	case verb("get", "list", "watch"):
		return graph.AbilityRead
	}
	return graph.AbilityOther
}

// runAs records the identity of a workload, and its way to the API server where
// a role is bound to it. identity is nil where none is.
func (c *cluster) runAs(w *workload, identity *graph.Component) {
	name := w.account()
	w.component.Set(graph.PropDefaultIdentity, graph.Of(name == "default"), w.because("serviceAccountName is "+name, w.field("spec", "serviceAccountName")...))
	w.mend(graph.PropDefaultIdentity, "set `serviceAccountName` to an account of its own in the pod of")
	a := c.accounts[key{w.namespace, name}]
	mounted, evidence := true, w.because("automountServiceAccountToken is true by default", w.field("spec", "automountServiceAccountToken")...)
	if a != nil {
		if identity == nil {
			w.component.Parts = append(w.component.Parts, address(a.object))
		}
		if a.mount != nil {
			mounted, evidence = *a.mount, because(fmt.Sprintf("automountServiceAccountToken of its service account is %t", *a.mount), a.object, "automountServiceAccountToken")
		}
	}
	if m := w.pod.Spec.AutomountServiceAccountToken; m != nil {
		mounted, evidence = *m, w.because(fmt.Sprintf("automountServiceAccountToken is %t", *m), w.field("spec", "automountServiceAccountToken")...)
	}
	if i := slices.IndexFunc(w.pod.Spec.Volumes, projectsToken); i >= 0 {
		mounted, evidence = true, w.because("a projected volume holds a service account token", w.field("spec", "volumes", i)...)
	}
	w.component.Set(graph.PropTokenMounted, graph.Of(mounted), evidence)
	w.mend(graph.PropTokenMounted, "set `automountServiceAccountToken: false` in the pod of")
	if identity == nil || !mounted {
		return
	}
	account := w.because("it runs as service account "+name, w.field("spec", "serviceAccountName")...)
	c.grant(graph.Grant{From: w.component.ID, To: identity.ID, How: "assume", Does: graph.AbilityAssume, Evidence: []graph.Evidence{account}})
	c.flow(graph.Flow{
		From: w.component.ID, To: c.apiServer().ID, Protocol: "https", Port: 443, Basis: graph.Referenced,
		Encrypted: graph.Yes, Authenticated: graph.Yes,
		Evidence: append([]graph.Evidence{account, evidence}, c.bindingsOf(key{w.namespace, name})...),
	})
}

func (c *cluster) bindingsOf(k key) []graph.Evidence {
	var out []graph.Evidence
	c.eachSubject(func(of key, b *binding, subject int) {
		if of == k {
			out = append(out, because("a role is bound to the service account", b.object, "subjects", subject))
		}
	})
	return out
}

func projectsToken(v corev1.Volume) bool {
	return v.Projected != nil && slices.ContainsFunc(v.Projected.Sources, func(p corev1.VolumeProjection) bool {
		return p.ServiceAccountToken != nil && p.ServiceAccountToken.Audience == ""
	})
}

// linkHost draws what a workload reaches of its node by mounted paths.
func (c *cluster) linkHost(w *workload) {
	for i, v := range w.pod.Spec.Volumes {
		if v.HostPath == nil {
			continue
		}
		protocol, why := "file", "volume "+v.Name+" is "+v.HostPath.Path+" of the node"
		if strings.HasSuffix(v.HostPath.Path, ".sock") {
			protocol, why = "unix", "volume "+v.Name+" is the socket "+v.HostPath.Path+" of the node"
		}
		c.flow(graph.Flow{
			From: w.component.ID, To: c.nodeHost().ID, Protocol: protocol, Basis: graph.Referenced,
			Evidence: []graph.Evidence{w.because(why, w.field("spec", "volumes", i, "hostPath", "path")...)},
		})
	}
}
