package terragrunt

import (
	"path"
	"slices"

	"drawbridge/extract/terraform/eval"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// dependency is the value of dependency.NAME: the other unit's outputs where it lies
// in the tree, else the mocked ones, else a token for each output that is asked for.
func (c *config) dependency(name string, at hcl.Range) cty.Value {
	owner, block := c.dependencyBlock(name)
	if c.live.loading {
		return cty.DynamicVal
	}
	if block == nil {
		if name != "" {
			c.note("undeclared", at, "declare it", "dependency "+name+" is not declared")
		}
		return cty.DynamicVal
	}
	return c.once(c.deps, name, "dependency "+name, at, func() cty.Value {
		outputs, known := c.outputsOf(owner, name, block)
		if !known {
			return cty.ObjectVal(map[string]cty.Value{"outputs": cty.DynamicVal.Mark(eval.Ref{Address: "dependency." + name, Computed: true})})
		}
		return cty.ObjectVal(map[string]cty.Value{"outputs": cty.ObjectVal(outputs)})
	})
}

// dependencyBlock finds the block: the file's own, else one of an included
// configuration, which is merged into it.
func (c *config) dependencyBlock(name string) (*config, *hclsyntax.Block) {
	for _, b := range c.blocks("dependency") {
		if label(b) == name {
			return c, b
		}
	}
	for _, i := range c.includes {
		if owner, b := i.config.dependencyBlock(name); b != nil {
			return owner, b
		}
	}
	return nil, nil
}

// outputsOf returns the outputs of what a dependency block names; false where they
// can't even be named.
func (c *config) outputsOf(owner *config, name string, b *hclsyntax.Block) (outputs map[string]cty.Value, known bool) {
	names, whole := c.outputNames(name)
	text, ok := owner.argument(b.Body, "config_path").Literal()
	off, _ := owner.argument(b.Body, "enabled").Literal()
	skip, _ := owner.argument(b.Body, "skip_outputs").Literal()
	if other := c.live.unitAt(c.dir, text); ok && other != nil && off != "false" && skip != "true" {
		if other.busy {
			c.note("cycle", b.DefRange(), "break the cycle: terragrunt refuses it", "dependency "+name+" depends on this unit")
			return nil, false
		}
		outputs = c.live.outputs(other, names)
		c.root().needsUnit(other.dir)
		if other.source.dir == "" && other.source.text != "" && whole {
			return nil, false // any output, of a module that is not there
		}
		return outputs, true
	}
	if mock := owner.argument(b.Body, "mock_outputs"); mock.IsSet() && !mock.IsNull() {
		outputs = map[string]cty.Value{}
		for n, v := range mock.Fields() {
			outputs[n] = v.V
		}
		if off != "false" && skip != "true" {
			c.note("missing-dependency", b.DefRange(), "scan the tree that holds it", "the unit of dependency "+name+" is not here: its mocked outputs stand for it")
		}
		return outputs, true
	}
	c.note("missing-dependency", b.DefRange(), "scan the tree that holds it", "the unit of dependency "+name+" is not here: its outputs are not known")
	outputs = map[string]cty.Value{}
	stand := &eval.Resource{Address: "dependency." + name, Mode: eval.MissingModule, Type: "module", Name: name}
	for _, n := range names {
		outputs[n] = c.live.opt.Computed(stand, n)
	}
	return outputs, !whole
}

// root is the configuration of the unit itself.
func (c *config) root() *config {
	for c.child != nil {
		c = c.child
	}
	return c
}

func (c *config) needsUnit(dir string) {
	if c.unit != nil && c.unit.dir != dir {
		c.unit.needs[dir] = true
	}
}

// unitAt returns the unit that a config_path names, nil where it is not in the tree.
func (l *Live) unitAt(from, text string) *unit {
	dir, err := l.scope(from).Path(text)
	if err != nil {
		return nil
	}
	if path.Base(dir) == FileName { // config_path may name the file
		dir = path.Dir(dir)
	}
	if u := l.units[dir]; u != nil || !l.follow || !l.isFile(path.Join(dir, FileName)) {
		return u
	}
	if c := l.config(path.Join(dir, FileName), dir, nil); c != nil {
		return l.add(c)
	}
	return nil
}

// outputNames returns the outputs of a dependency that the file, what it includes and
// what includes it name, sorted; whole is true where something uses all of them.
func (c *config) outputNames(dependency string) (names []string, whole bool) {
	files := []*file{c.file, c.root().file}
	for _, i := range c.root().includes {
		files = append(files, i.config.file)
	}
	for _, f := range files {
		_ = hclsyntax.VisitAll(f.body, func(n hclsyntax.Node) hcl.Diagnostics {
			e, ok := n.(*hclsyntax.ScopeTraversalExpr)
			if !ok || e.Traversal.RootName() != "dependency" || step(e.Traversal, 1) != dependency {
				return nil
			}
			if output := step(e.Traversal, 3); output != "" {
				names = append(names, output)
			} else {
				whole = true
			}
			return nil
		})
	}
	slices.Sort(names)
	return slices.Compact(names), whole
}
