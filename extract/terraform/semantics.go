package terraform

import (
	"encoding/json"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readPublicService is the semantic of services whose endpoint is always on the internet.
func readPublicService(b *builder, r *resource) {
	b.publicEndpoint(r, at(r, "its endpoint is on the internet"))
}

// readTransferServer opens a file transfer server by its endpoint type.
func readTransferServer(b *builder, r *resource) {
	if r.self.Is(graph.PropPublicAddress) == graph.Yes {
		b.flow(b.internet(), r.self, graph.Flow{Protocol: "sftp", Port: 22, Encrypted: graph.Yes, Peers: []string{"0.0.0.0/0"}}, at(r, "endpoint type is PUBLIC"))
	}
}

// readRoleInDocument finds roles that stand in a JSON document, under the given keys.
func readRoleInDocument(attr string, keys ...string) semantic {
	return func(b *builder, r *resource) {
		v := r.Body.Get(attr)
		text, ok := v.Text()
		if !ok {
			return
		}
		var doc map[string]any
		if json.Unmarshal([]byte(text), &doc) != nil {
			return
		}
		for _, key := range keys {
			role, _ := doc[key].(string)
			for _, p := range eval.Tokens(role) {
				if pr := b.principals[p.Address]; pr != nil && r.self != nil && !slices.Contains(pr.holders, r.self) {
					pr.holders = append(pr.holders, r.self)
				}
			}
		}
	}
}

// readBackupSelection is the semantic of a selection: what it names is backed up.
func readBackupSelection(b *builder, r *resource) {
	v := r.Body.Get("resources")
	var vaults []*component
	for _, plan := range b.named(r.Body.Get("plan_id")) {
		for _, vault := range plan.Body.All("rule.target_vault_name") {
			vaults = append(vaults, b.targets(vault)...)
		}
	}
	for _, c := range append(b.targets(v), b.selectedByTag(r)...) {
		c.Set(graph.PropBackedUp, graph.Yes, atValue(r, v, "a backup plan selects it"))
		for _, vault := range vaults {
			b.flow(c, vault, graph.Flow{Carries: "backups"}, atValue(r, v, "a backup plan selects it"))
		}
	}
}

// selectedByTag returns what a selection's tags select, by the tags that resources
// carry themselves.
func (b *builder) selectedByTag(r *resource) []*component {
	var out []*component
	for _, block := range r.Body.BlocksOf("selection_tag") {
		kind, _ := block.Get("type").Text()
		key, okKey := block.Get("key").Literal()
		value, okValue := block.Get("value").Literal()
		if kind != "STRINGEQUALS" || !okKey || !okValue {
			continue
		}
		for _, c := range b.order {
			if c.Tags[key] == value && c.Kind == graph.Store && c.row != nil && provider(c.row.typ) == "aws" {
				out = append(out, c)
			}
		}
	}
	return out
}

// readBackupCopies is the semantic of a plan's copies in other vaults.
func readBackupCopies(b *builder, r *resource) {
	for _, rule := range r.Body.BlocksOf("rule") {
		for _, from := range b.targets(rule.Get("target_vault_name")) {
			for _, v := range rule.All("copy_action.destination_vault_arn") {
				for _, to := range b.targets(v) {
					b.flow(from, to, graph.Flow{Carries: "backups"}, atValue(r, v, "backup plan copies to it"))
				}
			}
		}
	}
}

// readAPIDestination connects a destination with the host that it calls.
func readAPIDestination(b *builder, r *resource) {
	v := r.Body.Get("invocation_endpoint")
	for _, c := range b.reached(v, "HTTP endpoint") {
		b.flow(r.self, c, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes}, atValue(r, v, "invocation endpoint"))
	}
}

// readIdentityPoolRoles says which roles an identity pool hands to whom.
func readIdentityPoolRoles(b *builder, r *resource) {
	for _, pool := range b.targets(r.Body.Get("identity_pool_id")) {
		roles := r.Body.Get("roles")
		fields := roles.Fields()
		for _, who := range sortedKeys(fields) {
			for _, c := range b.targets(fields[who]) {
				b.grant(pool, c, "hands out to "+who+" users", graph.AbilityAssume, false, atValue(r, roles, "identity pool hands the role to "+who+" users"))
			}
		}
	}
}

// inheritEncryption copies the encryption of what a snapshot was taken of.
func inheritEncryption(attr string) semantic {
	return func(b *builder, r *resource) {
		v := r.Body.Get(attr)
		for _, c := range b.targets(v) {
			if f, ok := c.Properties[graph.PropEncryptedAtRest]; ok && r.self != nil {
				why := "a snapshot is encrypted as its source is, and that is"
				if f.Value == graph.No {
					why += " not"
				}
				r.self.Set(graph.PropEncryptedAtRest, f.Value, atValue(r, v, why))
			}
		}
	}
}

// readCopies is the semantic of snapshots: who has one has the data of its source.
func readCopies(attr string) semantic {
	return func(b *builder, r *resource) {
		v := r.Body.Get(attr)
		for _, c := range b.targets(v) {
			b.grant(r.self, c, "holds a copy of its data", graph.AbilityRead, false, atValue(r, v, "is a copy of its data"))
		}
	}
}

// readFlowLog says that the network it watches is monitored.
func readFlowLog(b *builder, r *resource) {
	for _, attr := range []string{"vpc_id", "subnet_id"} {
		for _, n := range b.named(r.Body.Get(attr)) {
			for _, bd := range b.g.Boundaries {
				if bd.Address == n.Address {
					bd.Set(graph.PropLogged, graph.Yes, at(r, "a flow log records its traffic"))
				}
			}
		}
	}
}

// bucketBlocked reports whether a bucket's public access is blocked by a setting
// of its own.
func bucketBlocked(c *component) bool {
	for _, r := range c.resources {
		if strings.HasSuffix(r.Type, "_public_access_block") {
			if r.Body.Get("restrict_public_buckets").Truth(graph.No) == graph.Yes || r.Body.Get("block_public_policy").Truth(graph.No) == graph.Yes {
				return true
			}
		}
	}
	return false
}
