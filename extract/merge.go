package extract

import (
	"cmp"
	"fmt"

	"drawbridge/graph"
)

// Merge makes one sorted graph of several. Elements of the same ID become one:
// the first decides, and later ones add what it does not know. Where two
// contradict each other on what a component or boundary is, a note says so.
//
// The result shares the elements of the graphs, which must not be used afterwards.
func Merge(graphs ...*graph.Graph) *graph.Graph {
	g := &graph.Graph{}
	m := &merger{
		g:          g,
		components: map[string]*graph.Component{},
		boundaries: map[string]*graph.Boundary{},
		flows:      map[string]*graph.Flow{},
		grants:     map[string]*graph.Grant{},
		findings:   map[string]bool{},
		coverage:   map[string]int{},
	}
	for _, in := range graphs {
		m.add(in)
	}
	g.Sort()
	return g
}

type merger struct {
	g          *graph.Graph
	components map[string]*graph.Component
	boundaries map[string]*graph.Boundary
	flows      map[string]*graph.Flow
	grants     map[string]*graph.Grant
	findings   map[string]bool
	coverage   map[string]int // index in the graph's slice
}

func (m *merger) add(in *graph.Graph) {
	for _, c := range in.Components {
		if first := m.components[c.ID]; first != nil {
			m.component(first, c)
			continue
		}
		m.components[c.ID] = c
		m.g.Components = append(m.g.Components, c)
	}
	for _, b := range in.Boundaries {
		if first := m.boundaries[b.ID]; first != nil {
			m.boundary(first, b)
			continue
		}
		m.boundaries[b.ID] = b
		m.g.Boundaries = append(m.g.Boundaries, b)
	}
	for _, f := range in.Flows {
		if first := m.flows[f.ID]; first != nil {
			mergeFlow(first, f)
			continue
		}
		m.flows[f.ID] = f
		m.g.Flows = append(m.g.Flows, f)
	}
	for _, r := range in.Grants {
		if first := m.grants[r.ID]; first != nil {
			first.Join(r)
			continue
		}
		m.grants[r.ID] = r
		m.g.Grants = append(m.g.Grants, r)
	}
	for _, f := range in.Findings {
		if !m.findings[f.ID] {
			m.findings[f.ID] = true
			m.g.Findings = append(m.g.Findings, f)
		}
	}
	m.g.Notes = append(m.g.Notes, in.Notes...)
	m.g.Moved = append(m.g.Moved, in.Moved...)
	for _, c := range in.Coverage {
		m.cover(c)
	}
}

func (m *merger) component(first, c *graph.Component) {
	m.settle(c.ID, "kind", string(first.Kind), string(c.Kind), first.Source, c.Source)
	m.settle(c.ID, "technology", string(first.Technology), string(c.Technology), first.Source, c.Source)
	m.settle(c.ID, "boundary", first.Boundary, c.Boundary, first.Source, c.Source)
	first.Kind = cmp.Or(first.Kind, c.Kind)
	first.Technology = cmp.Or(first.Technology, c.Technology)
	first.Boundary = cmp.Or(first.Boundary, c.Boundary)
	first.Name = cmp.Or(first.Name, c.Name)
	first.Label = cmp.Or(first.Label, c.Label)
	first.Address = cmp.Or(first.Address, c.Address)
	first.Source = cmp.Or(first.Source, c.Source)
	first.Replicas = cmp.Or(first.Replicas, c.Replicas)
	first.Parts = append(first.Parts, c.Parts...)
	first.Properties = mergeFacts(first.Properties, c.Properties)
	first.Attributes = mergeMaps(first.Attributes, c.Attributes)
	first.Tags = mergeMaps(first.Tags, c.Tags)
}

func (m *merger) boundary(first, b *graph.Boundary) {
	m.settle(b.ID, "kind", string(first.Kind), string(b.Kind), first.Source, b.Source)
	m.settle(b.ID, "parent", first.Parent, b.Parent, first.Source, b.Source)
	first.Kind = cmp.Or(first.Kind, b.Kind)
	first.Parent = cmp.Or(first.Parent, b.Parent)
	first.Name = cmp.Or(first.Name, b.Name)
	first.Label = cmp.Or(first.Label, b.Label)
	first.Address = cmp.Or(first.Address, b.Address)
	first.Source = cmp.Or(first.Source, b.Source)
	first.Parts = append(first.Parts, b.Parts...)
	first.Properties = mergeFacts(first.Properties, b.Properties)
	first.Attributes = mergeMaps(first.Attributes, b.Attributes)
}

// settle notes a contradiction. Knowing nothing contradicts nothing.
func (m *merger) settle(id, what, first, second string, at, other graph.Source) {
	if first == second || first == "" || second == "" {
		return
	}
	message := fmt.Sprintf("the %s of %s is %s here", what, id, second)
	if at.IsZero() {
		message += fmt.Sprintf(" and %s elsewhere", first)
	} else {
		message += fmt.Sprintf(" and %s in %s", first, at)
	}
	m.g.Notes = append(m.g.Notes, graph.Note{
		Code: "conflict", Source: other, Address: id, Message: message + ", which counts",
		Next: "scan the two on their own if they are different things of one name",
	})
}

func mergeFlow(first, f *graph.Flow) {
	first.Basis = stronger(first.Basis, f.Basis)
	first.Encrypted = weaker(first.Encrypted, f.Encrypted)
	first.Authenticated = weaker(first.Authenticated, f.Authenticated)
	first.Passage = cmp.Or(first.Passage, f.Passage)
	first.Carries = cmp.Or(first.Carries, f.Carries)
	first.PortEnd = max(first.PortEnd, f.PortEnd)
	first.Peers = append(first.Peers, f.Peers...)
	first.Evidence = append(first.Evidence, f.Evidence...)
}

// stronger returns the basis that says more.
func stronger(a, b graph.Basis) graph.Basis {
	for _, basis := range graph.Bases {
		if a == basis || b == basis {
			return basis
		}
	}
	return a
}

// weaker returns No where either is No: a way without a control is a way without it.
func weaker(a, b graph.Truth) graph.Truth {
	if a == graph.No || b == graph.No {
		return graph.No
	}
	return max(a, b)
}

// mergeFacts adds what is decided in b and not in a.
func mergeFacts(a, b map[graph.Property]graph.Fact) map[graph.Property]graph.Fact {
	if a == nil {
		return b
	}
	for p, fact := range b {
		if a[p].Value == graph.Unknown {
			a[p] = fact
		}
	}
	return a
}

func mergeMaps(a, b map[string]string) map[string]string {
	if a == nil {
		return b
	}
	for k, v := range b {
		if _, ok := a[k]; !ok {
			a[k] = v
		}
	}
	return a
}

// cover adds up the rows of one kind of input.
func (m *merger) cover(c graph.Coverage) {
	i, ok := m.coverage[c.Input]
	if !ok {
		m.coverage[c.Input] = len(m.g.Coverage)
		m.g.Coverage = append(m.g.Coverage, c)
		return
	}
	sum := &m.g.Coverage[i]
	sum.Files += c.Files
	sum.Read += c.Read
	sum.Modelled += c.Modelled
	sum.Ignored += c.Ignored
	sum.Unknown += c.Unknown
	sum.Noted += c.Noted
	if sum.UnknownTypes == nil {
		sum.UnknownTypes = c.UnknownTypes
		return
	}
	for name, n := range c.UnknownTypes {
		sum.UnknownTypes[name] += n
	}
}
