package kubernetes

import (
	"slices"
	"strings"

	"drawbridge/extract/carried"
	"drawbridge/graph"
)

// cloudIdentity is how a cloud lets the pods of a service account act as an identity
// of its own: an annotation names that.
type cloudIdentity struct {
	annotation string
	label      string
	name       func(string) string // what people call it by
}

// cloudIdentities are documented at
// https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html,
// https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity and
// https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html.
var cloudIdentities = []cloudIdentity{
	{"eks.amazonaws.com/role-arn", "IAM role", func(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }},
	{"iam.gke.io/gcp-service-account", "Google service account", func(email string) string { return email }},
	{"azure.workload.identity/client-id", "managed identity", func(id string) string { return id }},
}

// linkCloud draws the identities in a cloud that the workloads of a service account can
// become. An account that no workload uses leads nowhere.
func (c *cluster) linkCloud() {
	for _, w := range c.workloads {
		k := key{w.namespace, w.account()}
		a := c.accounts[k]
		if a == nil {
			continue
		}
		for _, cloud := range cloudIdentities {
			id := strings.TrimSpace(a.object.Annotations[cloud.annotation])
			if id == "" {
				continue
			}
			ref := c.identityNamed(id, a.object.Marks("metadata", "annotations", cloud.annotation))
			own := c.identity(k, at(a.object))
			w.component.Parts = slices.DeleteFunc(w.component.Parts, func(part string) bool { return part == own.Address })
			named := because("annotation "+cloud.annotation+" names "+id, a.object, "metadata", "annotations", cloud.annotation)
			there := ref.ID
			if there == "" {
				there = c.add(graph.Component{
					ID: id, Kind: graph.Identity, Name: cloud.name(id), Label: cloud.label, Address: id, Technology: graph.TechRole, Source: named.Source(),
				}).ID
			}
			c.grant(graph.Grant{From: w.component.ID, To: own.ID, How: "assume", Does: graph.AbilityAssume, Evidence: []graph.Evidence{
				w.because("it runs as service account "+k.name, w.field("spec", "serviceAccountName")...),
			}})
			c.grant(graph.Grant{From: own.ID, To: there, How: "assume", Does: graph.AbilityAssume, Evidence: []graph.Evidence{named}})
		}
	}
}

// identityNamed returns the identity of the carrying root that a value names, the zero Ref for none.
func (c *cluster) identityNamed(value string, marks []string) carried.Ref {
	for _, word := range c.referred(value, marks) {
		if ref := c.carried.Refs[word]; ref.Kind == graph.Identity {
			return ref
		}
	}
	return carried.Ref{}
}
