package terraform

import (
	"slices"
	"strconv"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// components makes a component of each instance whose row says so. What a data
// source looked up becomes one later, when something names it.
func (b *builder) components() {
	for _, r := range b.resources {
		if r.Mode != eval.Data && r.row != nil && r.row.role.kind() != "" && !switchedOff(r) {
			b.makeComponent(r, r.row.role)
		}
	}
}

// switchedOff reports whether an argument says that there is no such component.
func switchedOff(r *resource) bool {
	if r.Mode == eval.MissingModule && slices.ContainsFunc(moduleSwitches, func(name string) bool {
		return r.Body.Get(name).Truth(graph.Yes) == graph.No
	}) {
		return true
	}
	return r.row.unless != "" && r.Body.Get(r.row.unless).Truth(graph.No) == graph.Yes
}

func (b *builder) makeComponent(r *resource, as role) *component {
	c := &component{
		row:       r.row,
		resources: []*resource{r},
		Component: &graph.Component{
			ID: b.id(r.Address), Kind: as.kind(), Name: b.humanName(r), Technology: r.row.tech, Label: r.row.label,
			Address: r.Address, Source: r.Source, Attributes: attributes(r.Body), Tags: tags(r.Body),
		},
	}
	if r.Many {
		c.Replicas = -1
	}
	r.self = b.add(c)
	r.owners = []*component{c}
	if provider(c.row.typ) == "aws" {
		b.byService[serviceOf(c)] = append(b.byService[serviceOf(c)], c)
	}
	for _, name := range literalNames(r) {
		b.byName[name] = append(b.byName[name], c)
	}
	return c
}

// maxAttribute is the length from which a value is left out of the raw attributes.
const maxAttribute = 2000

// attributes flattens a body to dotted paths.
func attributes(block *eval.Block) map[string]string {
	out := map[string]string{}
	flattenBlock(out, "", block, 0)
	return out
}

func flattenBlock(out map[string]string, path string, block *eval.Block, depth int) {
	if block == nil || depth > maxNesting {
		return
	}
	for name, v := range block.Attrs {
		if path == "" && (name == "tags" || name == "labels" || name == "tags_all") {
			continue
		}
		flattenValue(out, join(path, name), v, depth+1)
	}
	count := map[string]int{}
	for _, n := range block.Blocks {
		p := join(path, n.Type)
		if count[n.Type] > 0 {
			p += "." + strconv.Itoa(count[n.Type])
		}
		count[n.Type]++
		flattenBlock(out, p, n, depth+1)
	}
}

func flattenValue(out map[string]string, path string, v eval.Value, depth int) {
	if v.IsNull() || depth > maxNesting {
		return
	}
	if s, ok := v.Text(); ok {
		if v.IsSensitive() {
			out[path] = "(sensitive)"
		} else if len(s) <= maxAttribute {
			out[path] = readable(s)
		}
		return
	}
	if fields := v.Fields(); fields != nil {
		for name, field := range fields {
			flattenValue(out, join(path, name), field, depth+1)
		}
		return
	}
	if isPrimitive(v) {
		return // not known
	}
	elements := v.Elements()
	if len(elements) > 50 {
		elements = elements[:50]
	}
	for i, e := range elements {
		if _, ok := e.Text(); ok || e.Fields() != nil {
			flattenValue(out, path+"."+strconv.Itoa(i), e, depth+1)
		}
	}
}

// readable writes tokens the way a person writes references.
func readable(s string) string {
	places := eval.Tokens(s)
	if len(places) == 0 {
		return s
	}
	var w strings.Builder
	last := 0
	for _, p := range places {
		w.WriteString(s[last:p.Start])
		w.WriteString("${" + p.Address + "}")
		last = p.End
	}
	w.WriteString(s[last:])
	return w.String()
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func tags(block *eval.Block) map[string]string {
	var out map[string]string
	for _, attr := range []string{"tags", "labels"} {
		for k, v := range block.Get(attr).Fields() {
			if s, ok := v.Literal(); ok && !v.IsSensitive() && len(s) <= maxAttribute {
				if out == nil {
					out = map[string]string{}
				}
				out[k] = s
			}
		}
	}
	return out
}

// adoptDetails settles what belongs to which component: a detail names its owner,
// or a component names its details. What nothing owns stands alone or is left out.
func (b *builder) adoptDetails() {
	for _, r := range b.resources {
		if r.row == nil || len(r.row.adopts) == 0 {
			continue
		}
		for _, path := range r.row.adopts {
			for _, v := range r.Body.All(path) {
				for _, d := range b.named(v) {
					if d.row != nil && d.row.role == detail && d != r {
						d.adopters = append(d.adopters, r)
					}
				}
			}
		}
	}
	for _, r := range b.resources {
		b.settle(r)
	}
	for _, r := range b.resources {
		if r.row == nil || r.row.role != detail || r.Mode == eval.Data {
			continue
		}
		if len(r.owners) == 0 && r.row.alone != 0 && len(r.adopters) == 0 {
			b.makeComponent(r, r.row.alone)
		}
	}
	// Details of what stands alone find it now.
	for _, r := range b.resources {
		if r.row != nil && r.row.shared != nil && r.Mode != eval.Data {
			c := r.row.shared(b, r)
			r.owners = append(r.owners, c)
			for _, name := range literalNames(r) {
				b.byName[name] = append(b.byName[name], c)
			}
			if service := serviceOf(c); !slices.Contains(b.byService[service], c) {
				b.byService[service] = append(b.byService[service], c)
			}
		}
	}
	for _, r := range b.resources {
		r.settled = false
		if len(r.owners) == 0 {
			b.settle(r)
		}
	}
	for _, r := range b.resources {
		for _, c := range r.owners {
			if r.self != c {
				c.resources = append(c.resources, r)
				c.Parts = append(c.Parts, r.Address)
			}
		}
	}
}

// settle finds the components that a detail or connector belongs to, following
// owners that are details themselves.
func (b *builder) settle(r *resource) {
	if r.settled || r.self != nil || r.row == nil || (r.row.role != detail && !r.row.role.connects()) {
		return
	}
	r.settled = true // before going on, so that a cycle ends here
	var owners []*component
	for _, path := range r.row.owner {
		for _, v := range r.Body.All(path) {
			for _, o := range b.named(v) {
				b.settle(o)
				b.materialize(o)
				owners = append(owners, o.owners...)
			}
			if len(owners) == 0 {
				if c := b.literal(v); c != nil {
					owners = append(owners, c)
				}
			}
		}
		if len(owners) > 0 {
			break
		}
	}
	for _, a := range r.adopters {
		b.settle(a)
		owners = append(owners, a.owners...)
	}
	slices.SortFunc(owners, func(x, y *component) int { return strings.Compare(x.ID, y.ID) })
	r.owners = slices.Compact(owners)
}

// materialize makes a component of what a data source looked up, once something
// names it: it exists, outside of this root.
func (b *builder) materialize(r *resource) {
	if r.Mode != eval.Data || r.self != nil || r.row == nil || r.row.role.kind() == "" {
		return
	}
	if isTaken(r) {
		b.takenIn(r)
		return
	}
	c := b.makeComponent(r, r.row.role)
	c.kept = true
	c.Boundary = b.account(r)
}
