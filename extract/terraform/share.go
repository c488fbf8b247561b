package terraform

import (
	"slices"

	"drawbridge/extract/terraform/iam"
	"drawbridge/graph"
)

// readShare is the semantic of a resource in a share: the accounts that the share
// names may use it.
func readShare(b *builder, r *resource) {
	shares := b.named(r.Body.Get("resource_share_arn"))
	for _, with := range b.byType["aws_ram_principal_association"] {
		same := slices.ContainsFunc(b.named(with.Body.Get("resource_share_arn")), func(s *resource) bool { return slices.Contains(shares, s) })
		who, ok := with.Body.Get("principal").Text()
		if !same || !ok {
			continue
		}
		from := b.principalComponent(with, iam.Principal{Type: iam.TypeAWS, ID: who})
		for _, c := range b.targets(r.Body.Get("resource_arn")) {
			b.grant(from, c, "is shared", graph.AbilityOther, false, at(with, "shared with the account"))
		}
	}
}
