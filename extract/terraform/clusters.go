package terraform

import (
	"slices"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// clusterBoundaryName ends the identifier of the boundary that a cluster is.
const clusterBoundaryName = "/cluster"

// clusterBoundaries makes a boundary of each Kubernetes cluster that something stands
// in: its nodes, or what is deployed into it. It lies in the innermost boundary that
// holds the cluster and all of its nodes.
func (b *builder) clusterBoundaries() {
	deployed := map[*component]bool{}
	for _, r := range b.resources {
		if _, ok := carriedTypeOf(r.Type); ok && r.Mode == eval.Managed {
			if c := b.clusterOf(b.providerOf(r)); c != nil {
				deployed[c] = true
			}
		}
	}
	for _, c := range b.order {
		if !b.isKubernetes(c) {
			continue
		}
		nodes := b.nodesOf(c)
		if len(nodes) == 0 && !deployed[c] {
			continue
		}
		around := b.ancestors(c.Boundary)
		for _, n := range nodes {
			of := b.ancestors(n.Boundary)
			around = slices.DeleteFunc(around, func(id string) bool { return !slices.Contains(of, id) })
		}
		bd := &graph.Boundary{
			ID: c.ID + clusterBoundaryName, Kind: graph.BoundaryCluster, Name: c.Name, Label: "Kubernetes cluster", Address: c.ID + clusterBoundaryName, Source: c.Source,
		}
		if len(around) > 0 {
			bd.Parent = around[0]
		}
		b.g.Boundaries = append(b.g.Boundaries, bd)
		c.Boundary = bd.ID
		for _, n := range nodes {
			n.Boundary = bd.ID
		}
	}
}

// isKubernetes tells the clusters that pods run in from those of other kinds.
func (b *builder) isKubernetes(c *component) bool {
	return c.Technology == graph.TechCluster && c.row != nil && slices.Contains([]string{"AKS cluster", "EKS cluster", "GKE cluster"}, c.row.label)
}

// nodesOf returns the components that say they are nodes of a cluster.
func (b *builder) nodesOf(c *component) (out []*component) {
	for _, n := range b.order {
		if n.Technology != graph.TechServer || n.row == nil {
			continue
		}
		for _, l := range n.row.links {
			if l.to == "" || len(n.resources) == 0 {
				continue
			}
			if slices.Contains(b.targets(n.resources[0].Body.Get(l.to)), c) {
				out = append(out, n)
				break
			}
		}
	}
	return out
}

// ancestors returns a boundary and those around it, the innermost first.
func (b *builder) ancestors(id string) (out []string) {
	for id != "" && !slices.Contains(out, id) {
		out = append(out, id)
		i := slices.IndexFunc(b.g.Boundaries, func(bd *graph.Boundary) bool { return bd.ID == id })
		if i < 0 {
			break
		}
		id = b.g.Boundaries[i].Parent
	}
	return out
}
