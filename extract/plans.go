package extract

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/terraform/plan"
	"drawbridge/graph"
)

// record is a file in which terraform wrote a root down: a plan or a state.
type record struct {
	file string
	kind plan.Kind
}

// choice says what each Terraform root is read from.
type choice struct {
	roots []string // read from their files
	plans []planned
	notes []graph.Note
}

// planned is a record to be read, with the directory that leads its identifiers.
type planned struct{ file, dir string }

// choose decides which records are read, and which roots they stand for:
//
//   - A plan in the directory of a root stands for the root, for it is exact. Of
//     several, the one that was named does, else the first.
//   - A state beside configuration may be older than the configuration: it is read
//     only where it was named.
//   - Where there is no configuration, each plan is a root of its own; where there
//     is no plan either, each state is.
//
// What is not read is noted.
func choose(records []record, starts, configuration, roots []string) choice {
	c := choice{roots: slices.Clone(roots)}
	configured := map[string]bool{}
	for _, file := range configuration {
		configured[path.Dir(file)] = true
	}
	byDir := map[string][]record{}
	for _, r := range records {
		if r.kind == plan.Binary {
			c.note("binary-plan", r.file, "not read: only terraform reads a plan in this form",
				fmt.Sprintf("convert it: terraform show -json %s > plan.json", path.Base(r.file)))
			continue
		}
		byDir[path.Dir(r.file)] = append(byDir[path.Dir(r.file)], r)
	}
	for _, dir := range slices.Sorted(maps.Keys(byDir)) {
		c.directory(dir, byDir[dir], starts, configured[dir])
	}
	return c
}

// directory decides about the records of one directory.
func (c *choice) directory(dir string, records []record, starts []string, configured bool) {
	var plans, states, named []record
	for _, r := range records {
		switch {
		case slices.Contains(starts, r.file):
			named = append(named, r)
		case r.kind == plan.Plan:
			plans = append(plans, r)
		default:
			states = append(states, r)
		}
	}
	read, left := append(named, plans...), states
	if len(read) == 0 && !configured {
		read, left = states, nil
	}
	if configured && len(read) > 0 {
		at := slices.Index(c.roots, dir)
		keep := max(len(named), 1)
		switch {
		case at >= 0:
			c.roots = slices.Delete(c.roots, at, at+1)
			c.note("plan-used", read[0].file, "it stands for the root beside it, whose files give places and what it does not know", "exclude it to read the files")
		case len(named) == 0:
			keep = 0 // a plan of a module that a root of this tree calls
		}
		left = append(left, read[keep:]...)
		read = read[:keep]
	}
	for _, r := range left {
		why := "a state may be older than what lies beside it"
		if r.kind == plan.Plan {
			why = "another plan stands for this root, or another root calls it as a module"
		}
		c.note("plan-not-used", r.file, "not read: "+why, "name the file to have it read")
	}
	for _, r := range read {
		own := dir
		if len(read) > 1 {
			own = strings.TrimSuffix(r.file, path.Ext(r.file))
		}
		c.plans = append(c.plans, planned{r.file, own})
	}
}

func (c *choice) note(code, file, message, next string) {
	c.notes = append(c.notes, graph.Note{Code: code, Source: graph.Source{File: file}, Message: message, Next: next})
}
