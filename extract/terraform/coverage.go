package terraform

import (
	"fmt"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// coverage counts blocks by what became of them. A block counts once, however
// many instances it gave.
type coverage struct {
	ignored map[string]bool // by blockOf
	unknown map[string]string
}

// blockOf tells blocks apart: by their places, and by addresses where a plan
// without its files gives no places.
func blockOf(r *resource) string {
	if r.Source.Line == 0 {
		return blockAddress(r.Address)
	}
	return r.Source.String()
}

func (c *coverage) ignore(r *resource) {
	if c.ignored == nil {
		c.ignored = map[string]bool{}
	}
	c.ignored[blockOf(r)] = true
}

func (c *coverage) miss(r *resource) {
	if c.unknown == nil {
		c.unknown = map[string]string{}
	}
	c.unknown[blockOf(r)] = r.Type
}

// row sums up. Module calls whose code was read count as modelled, as their content does.
func (c *coverage) row(res *eval.Result) graph.Coverage {
	out := graph.Coverage{Input: "terraform", Files: res.Files, Ignored: len(c.ignored), Unknown: len(c.unknown), Noted: res.Noted}
	out.Read = max(res.Blocks, out.Ignored+out.Unknown)
	out.Modelled = out.Read - out.Ignored - out.Unknown
	for _, typ := range c.unknown {
		if out.UnknownTypes == nil {
			out.UnknownTypes = map[string]int{}
		}
		out.UnknownTypes[typ]++
	}
	return out
}

// classify gives each instance its row, or one by convention, and counts what
// is left out. Types without a row are named in one note each.
func (b *builder) classify() {
	type unknownType struct {
		first  *resource
		count  int
		placed bool
	}
	missing := map[string]*unknownType{}
	for _, r := range b.resources {
		r.uses = findUses(r.Body)
		switch {
		case r.Mode == eval.Data:
			if !b.dataMatters(r) {
				b.coverage.ignore(r)
			}
			continue
		case r.row != nil && r.row.role == ignored:
			b.coverage.ignore(r)
			continue
		case r.row != nil:
			continue
		case isUtility(r.Type), settingsProviders[provider(r.Type)] != "":
			b.coverage.ignore(r)
			continue
		}
		u := missing[r.Type]
		if u == nil {
			u = &unknownType{first: r}
			missing[r.Type] = u
		}
		u.count++
		if r.uses.covers() {
			r.row = conventionalRow(r.Type)
			u.placed = true
		} else {
			b.coverage.miss(r)
		}
	}
	for _, typ := range sortedKeys(missing) {
		u := missing[typ]
		what := "it is left out of the diagram"
		if u.placed {
			what = "it is placed by its attributes' names, its properties are not known"
		}
		b.note(graph.Note{
			Code: "unknown-type", Source: u.first.Source, Address: u.first.Address,
			Message: fmt.Sprintf("resource type %s (%d in this root) has no description: %s", typ, u.count, what),
			Next:    "describe it under types in .drawbridge.yaml, or report it",
		})
	}
}

// dataMatters reports whether a data source says something about the model,
// rather than only looking up a value.
func (b *builder) dataMatters(r *resource) bool {
	if r.Type == "aws_iam_policy_document" {
		return true
	}
	return r.row != nil && r.row.role != ignored && !r.row.role.connects()
}
