package plan

import (
	"cmp"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
)

// scope is one instance of a module with its configuration: where references are
// looked up.
type scope struct {
	r       *reader
	address string
	parent  *scope
	key     string // its own instance key, in brackets
	call    *tfjson.ModuleCall
	config  *tfjson.ConfigModule
	// resources are the blocks by their address in the module.
	resources map[string]*tfjson.ConfigResource

	memo map[string]*lookup // by "var.name", "output.name" and module references
}

// lookup is what a variable or output leads to, found once. While it is being
// looked for, busy is true: who asks then has found a cycle.
type lookup struct {
	busy, done bool
	refs       []eval.Ref
}

// repetition is what count and for_each make of a block's own references.
type repetition struct {
	self    string   // address of the instance itself
	key     string   // in brackets
	forEach []string // the references of for_each
}

// scope returns the scope of a module instance, nil where the configuration does
// not hold it.
func (r *reader) scope(address string) *scope {
	if s, ok := r.scopes[address]; ok {
		return s
	}
	var s *scope
	if address == "" {
		if r.config != nil && r.config.RootModule != nil {
			s = &scope{config: r.config.RootModule}
		}
	} else if parent, name, key := lastModule(address); name != "" {
		if p := r.scope(parent); p != nil {
			if c := p.config.ModuleCalls[name]; c != nil && c.Module != nil {
				s = &scope{parent: p, key: key, call: c, config: c.Module}
			}
		}
	}
	if s != nil {
		s.r, s.address = r, address
		s.memo = map[string]*lookup{}
		s.resources = make(map[string]*tfjson.ConfigResource, len(s.config.Resources))
		for _, c := range s.config.Resources {
			if c != nil {
				s.resources[c.Address] = c
			}
		}
	}
	r.scopes[address] = s
	return s
}

// once looks something up for the memo. A cycle leads nowhere.
func (s *scope) once(what string, f func() []eval.Ref) []eval.Ref {
	l := s.memo[what]
	if l == nil {
		l = &lookup{}
		s.memo[what] = l
	}
	if l.done || l.busy {
		return l.refs
	}
	l.busy = true
	l.refs = f()
	l.busy, l.done = false, true
	return l.refs
}

// resolve returns the attributes of instances that references lead to, sorted. A
// block of which no single instance can be told stands for all of its instances.
//
// The JSON lists each reference and then what it begins with ("aws_vpc.v.id",
// "aws_vpc.v"): the shorter ones say nothing new.
func (s *scope) resolve(references []string, rep repetition) []eval.Ref {
	var out []eval.Ref
	// A reference by each.key or count.index is cut at the index: aws_vpc.v[each.key]
	// is "aws_vpc.v" and "each.key". The instance of the same key is meant.
	same := ""
	for _, ref := range references {
		if strings.HasPrefix(ref, "each.") || ref == "count.index" {
			same = rep.key
		}
	}
	for i, ref := range references {
		if i > 0 && begins(references[i-1], ref) {
			continue
		}
		out = append(out, s.reference(steps(ref), same, rep)...)
	}
	return unique(out)
}

func begins(long, short string) bool {
	rest, ok := strings.CutPrefix(long, short)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

func unique(refs []eval.Ref) []eval.Ref {
	slices.SortFunc(refs, func(a, b eval.Ref) int {
		return cmp.Or(strings.Compare(a.Address, b.Address), strings.Compare(a.Attr, b.Attr))
	})
	return slices.Compact(refs)
}

// reference follows one reference.
func (s *scope) reference(parts []string, same string, rep repetition) []eval.Ref {
	if len(parts) < 2 {
		return nil
	}
	switch parts[0] {
	case "var":
		return s.variable(parts[1])
	case "each":
		if parts[1] != "value" || rep.forEach == nil {
			return nil
		}
		// for_each cannot refer to itself: an empty repetition ends this.
		return s.resolve(append(slices.Clone(rep.forEach), "each.key"), repetition{self: rep.self, key: rep.key})
	case "local", "path", "terraform", "self", "count":
		return nil // locals are not in the JSON; the others are no resources
	case "module":
		return s.module(parts[1:], same)
	case "resource":
		parts = parts[1:]
	}
	n := 2
	if parts[0] == "data" || parts[0] == "ephemeral" {
		n = 3
	}
	if len(parts) < n {
		return nil
	}
	block := join(s.address, strings.Join(parts[:n], "."))
	parts = parts[n:]
	key := ""
	if len(parts) > 0 && isKey(parts[0]) {
		key, parts = parts[0], parts[1:]
	}
	attr := ""
	if len(parts) > 0 && !isKey(parts[0]) {
		attr = parts[0]
	}
	if block+same == rep.self {
		same = "" // [count.index - 1]: nothing refers to itself
	}
	address := s.r.pick(block, key, same)
	if address == "" {
		return nil
	}
	return []eval.Ref{{Address: address, Attr: attr}}
}

// pick returns the instance of a block that is meant, the block's address where
// several are, "" where there is none.
func (r *reader) pick(block, key, same string) string {
	list := r.byBlock[block]
	if len(list) == 0 {
		return ""
	}
	for _, k := range []string{key, same} {
		if k != "" && r.byAddress[block+k] != nil {
			return block + k
		}
	}
	if len(list) == 1 {
		return list[0].Address
	}
	return block
}

// variable returns what a variable of a module derives from: the call's argument.
func (s *scope) variable(name string) []eval.Ref {
	if s.parent == nil {
		return nil // of the root: the plan holds its value
	}
	return s.once("var."+name, func() []eval.Ref {
		e := s.call.Expressions[name]
		if e == nil || e.ExpressionData == nil {
			return nil
		}
		return s.parent.resolve(e.References, repetition{key: s.key, forEach: references(s.call.ForEachExpression)})
	})
}

// output returns what an output of this module derives from.
func (s *scope) output(name string) []eval.Ref {
	return s.once("output."+name, func() []eval.Ref {
		o := s.config.Outputs[name]
		if o == nil {
			return nil
		}
		return s.resolve(references(o.Expression), repetition{})
	})
}

// module follows a reference to a module's output, or to all of a module.
func (s *scope) module(parts []string, same string) []eval.Ref {
	name, parts := parts[0], parts[1:]
	key := ""
	if len(parts) > 0 && isKey(parts[0]) {
		key, parts = parts[0], parts[1:]
	}
	output := ""
	if len(parts) > 0 && !isKey(parts[0]) {
		output = parts[0]
	}
	block := join(s.address, "module."+name)
	instances := s.r.modules[block]
	for _, k := range []string{key, same} {
		if k != "" && s.r.inModules[block+k] {
			instances = []string{block + k}
			break
		}
	}
	if len(instances) == 0 {
		instances = []string{block + key} // it holds no resources, but its outputs may refer to some
	}
	find := func() []eval.Ref {
		var out []eval.Ref
		for _, address := range instances {
			child := s.r.scope(address)
			switch {
			case child == nil:
			case output != "":
				out = append(out, child.output(output)...)
			default:
				for _, o := range sortedKeys(child.config.Outputs) {
					out = append(out, child.output(o)...)
				}
			}
		}
		return unique(out)
	}
	if len(instances) == 1 {
		return find()
	}
	return s.once("module."+name+"."+output, find)
}

func references(e *tfjson.Expression) []string {
	if e == nil || e.ExpressionData == nil {
		return nil
	}
	return e.References
}

// marks turns references into the marks that values carry.
func (r *reader) marks(refs []eval.Ref) cty.ValueMarks {
	if len(refs) == 0 {
		return nil
	}
	out := make(cty.ValueMarks, len(refs))
	for _, ref := range refs {
		ref.Computed = r.isUnknown(ref)
		out[ref] = struct{}{}
	}
	return out
}

// isUnknown reports whether terraform does not know an attribute yet.
func (r *reader) isUnknown(ref eval.Ref) bool {
	in := r.one(ref.Address)
	return in != nil && ref.Attr != "" && in.given.field(ref.Attr).anyUnknown(0)
}

// one returns the instance at an address, the first one of a block.
func (r *reader) one(address string) *instance {
	if in := r.byAddress[address]; in != nil {
		return in
	}
	if list := r.byBlock[address]; len(list) > 0 {
		return list[0]
	}
	return nil
}

// remark brings the evaluator's marks to what the plan knows: modules whose code
// was not there are there now, and what was computed may be known.
func (r *reader) remark(marks cty.ValueMarks) cty.ValueMarks {
	if len(marks) == 0 {
		return nil
	}
	out := make(cty.ValueMarks, len(marks))
	for m := range marks {
		ref, ok := m.(eval.Ref)
		switch {
		case !ok:
			out[m] = struct{}{}
		case r.one(ref.Address) != nil:
			ref.Computed = r.isUnknown(ref)
			out[ref] = struct{}{}
		case strings.HasPrefix(ref.Address, "module."):
			for m := range r.marks(r.outputOf(ref)) {
				out[m] = struct{}{}
			}
		case strings.HasPrefix(ref.Address, "var."):
			// The plan knows the value.
		default:
			out[ref] = struct{}{}
		}
	}
	return out
}

// outputOf returns what a module's output derives from, for a module that the
// evaluator took for one thing.
func (r *reader) outputOf(ref eval.Ref) []eval.Ref {
	parent, name, key := lastModule(ref.Address)
	s := r.scope(parent)
	if s == nil || name == "" {
		return nil
	}
	parts := []string{name}
	for _, p := range []string{key, ref.Attr} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return s.module(parts, "")
}
