package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// handedOver adds to flows from one root to another the place where the one hands the
// component over: its output, by which what names the component came to know it.
func (b *builder) handedOver(flows []*graph.Flow) {
	for _, f := range flows {
		from, to := b.rootOf(f.From), b.rootOf(f.To)
		if from == to {
			continue
		}
		for _, e := range slices.Clone(f.Evidence) {
			r := b.byAddress[e.Address]
			if r == nil {
				continue
			}
			for _, o := range b.outputsRead(r) {
				if b.leadsTo(o, b.comps[f.From]) || b.leadsTo(o, b.comps[f.To]) {
					name := o.Name[strings.LastIndexByte(o.Name, '.')+1:]
					f.Evidence = append(f.Evidence, graph.EvidenceAt(o.Source, o.Name, "output "+name+" hands it to other roots"))
				}
			}
		}
	}
}

// outputsRead returns the outputs of other roots from which attributes of an instance
// derive.
func (b *builder) outputsRead(r *resource) []eval.Output {
	if b.outputs == nil {
		b.outputs = map[string]eval.Output{}
		for _, o := range b.result.Outputs {
			b.outputs[o.Name] = o
		}
	}
	var out []eval.Output
	own := b.rootOf(r.Address)
	var walk func(block *eval.Block)
	walk = func(block *eval.Block) {
		if block == nil {
			return
		}
		for _, name := range block.Names() {
			for _, ref := range block.Attrs[name].Refs() {
				o, ok := b.outputs[ref.Address]
				if ok && b.rootOf(o.Name) != own && !slices.ContainsFunc(out, func(have eval.Output) bool { return have.Name == o.Name }) {
					out = append(out, o)
				}
			}
		}
		for _, n := range block.Blocks {
			walk(n)
		}
	}
	walk(r.Body)
	return out
}

// leadsTo reports whether an output derives from a component or a part of it, which
// are of the output's own root.
func (b *builder) leadsTo(o eval.Output, c *component) bool {
	if c == nil || b.rootOf(c.ID) != b.rootOf(o.Name) {
		return false
	}
	return slices.ContainsFunc(eval.Value{V: o.Value}.Refs(), func(ref eval.Ref) bool {
		return slices.ContainsFunc(b.at(ref.Address), func(r *resource) bool { return slices.Contains(r.owners, c) })
	})
}
