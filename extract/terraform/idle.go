package terraform

import (
	"fmt"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// storePorts are the ports of databases, caches and search engines.
var storePorts = []int{1433, 1521, 3306, 5432, 6379, 9200, 27017}

// idleOpenings tells of groups of rules that open a sensitive port to anyone, and that
// stand around nothing: on the network that they are of, or what else they lie in.
func (b *builder) idleOpenings(holders map[string][]*component) {
	for _, addr := range sortedKeys(b.secGroups) {
		r := b.byAddress[addr]
		if r == nil || r.row == nil || r.row.role != guard || len(holders[addr]) > 0 || b.groupIsUsed(addr) {
			continue
		}
		bd := b.nets.byID[b.networkOf(r.Body.All("vpc_id"))]
		if bd == nil {
			bd = b.nets.byID[b.resourceGroup(r)]
		}
		if bd == nil {
			bd = b.nets.byID[b.account(r)]
		}
		if bd == nil {
			continue
		}
		for i := range b.secGroups[addr].rules {
			rule := &b.secGroups[addr].rules[i]
			if len(rule.internet) == 0 || rule.protocol == "icmp" || rule.protocol == "icmpv6" || !rule.opensSensitive() {
				continue
			}
			e := rule.evidence
			e.Why = fmt.Sprintf("opens %s, and stands around nothing", strings.TrimPrefix(rule.describe(), "opens "))
			e.Fix = "remove " + addr + ", or let in named addresses only"
			bd.Add(graph.PropIdleOpening, graph.Yes, e)
		}
	}
}

// opensSensitive reports whether a rule covers a port that nobody opens to everybody on purpose.
func (r *groupRule) opensSensitive() bool {
	for _, a := range graph.AdministrationPorts {
		if r.covers(a.Port) {
			return true
		}
	}
	return slices.ContainsFunc(storePorts, r.covers)
}

// groupIsUsed reports whether anything in the root names a group, as a rule's peer or
// in a place that is not understood. What watches a group does not stand in it.
func (b *builder) groupIsUsed(addr string) bool {
	for _, r := range b.resources {
		if r.Address == addr || r.row != nil && (r.row.role == guard || r.row.tech == graph.TechMonitoring || r.row.role == connector && strings.HasSuffix(r.Type, "_rule")) {
			continue
		}
		if names(r.Body, addr) {
			return true
		}
	}
	return false
}

// names reports whether an attribute of a block, or of a block in it, derives from a resource.
func names(block *eval.Block, addr string) bool {
	for _, v := range block.Attrs {
		if slices.ContainsFunc(v.Refs(), func(r eval.Ref) bool { return r.Address == addr || strings.HasPrefix(r.Address, addr+"[") }) {
			return true
		}
	}
	return slices.ContainsFunc(block.Blocks, func(inner *eval.Block) bool { return names(inner, addr) })
}
