package plan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
)

// Options are the inputs of a reading beside the file.
type Options struct {
	// Eval gives the shapes of computed attributes, and what further attributes data
	// sources compute from their arguments. Its variables are not used.
	Eval eval.Options
	// Dir is the result's directory; where it is empty, the file's own.
	Dir string
}

// Read reads a plan or state. The error is for what can't be read at all; what was
// not understood within it is a note in the result.
//
// Attributes are those that terraform printed, with two exceptions: what is unknown
// and was not configured is left out, as the evaluator leaves it out; and so is an
// empty text or collection that was not configured, which is how providers write
// down that an argument is not set. Nested blocks are attributes that hold lists of
// objects, except where the root's own files tell them from attributes.
func Read(fsys fs.FS, file string, opt Options) (*eval.Result, error) {
	content, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	r := &reader{
		file: file, opt: opt.Eval,
		byAddress: map[string]*instance{}, byBlock: map[string][]*instance{},
		modules: map[string][]string{}, inModules: map[string]bool{}, scopes: map[string]*scope{},
	}
	switch Recognize(content) {
	case Plan:
		err = r.readPlan(fsys, content)
	case State:
		err = r.readState(fsys, content)
	case RawState:
		err = r.readRawState(fsys, content)
	case Binary:
		err = fmt.Errorf("it is binary: convert it with terraform show -json %s > plan.json", path.Base(file))
	default:
		err = fmt.Errorf("it is neither a plan nor a state of terraform")
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return r.finish(cmp.Or(opt.Dir, path.Dir(file))), nil
}

// reader holds one plan or state.
type reader struct {
	file string
	opt  eval.Options

	instances []*instance
	byAddress map[string]*instance
	byBlock   map[string][]*instance // by address without the instance's own key
	modules   map[string][]string    // instances of a module call, by address without its own key
	inModules map[string]bool        // the addresses in modules

	config    *tfjson.Config // nil for a state
	variables map[string]any
	outputs   map[string]*tfjson.StateOutput
	scopes    map[string]*scope
	// source is the root evaluated from the files beside, nil where there are none.
	// For a state it tells places only: the files may have gone on since.
	source *eval.Result
	exact  *exactIndex
	// lost counts unknown values of which the plan does not say what they derive from.
	lost  int
	notes []graph.Note
}

// instance is one resource or data instance as terraform printed it, and what
// became of it.
type instance struct {
	*eval.Resource
	block   string // its address without its own key
	given   given
	depends []string // addresses of configuration that it depends on, for a state
	config  *tfjson.ConfigResource
	source  *eval.Resource // as evaluated from the files beside, nil where it is not there
	// busy is set while the body is being made: who asks then has found a cycle.
	busy    bool
	further map[string]cty.Value // of attributes that follow from the arguments
}

func (r *reader) readPlan(fsys fs.FS, content []byte) error {
	var p tfjson.Plan
	p.UseJSONNumber(true)
	if err := json.Unmarshal(content, &p); err != nil {
		return err
	}
	if p.PlannedValues == nil {
		return fmt.Errorf("the plan has no planned values")
	}
	r.config = p.Config
	r.outputs = p.PlannedValues.Outputs
	r.variables = map[string]any{}
	for name, v := range p.Variables {
		if v != nil {
			r.variables[name] = v.Value
		}
	}
	r.addModule(p.PlannedValues.RootModule, false, 0)
	// Data sources that are read already are in the prior state only.
	if p.PriorState != nil && p.PriorState.Values != nil {
		r.addModule(p.PriorState.Values.RootModule, true, 0)
	}
	for _, c := range p.ResourceChanges {
		if c == nil || c.Change == nil || c.DeposedKey != "" {
			continue
		}
		if in := r.byAddress[c.Address]; in != nil {
			in.given.unknown = c.Change.AfterUnknown
		}
	}
	r.evaluateSource(fsys, r.values())
	return nil
}

func (r *reader) readState(fsys fs.FS, content []byte) error {
	var s tfjson.State
	s.UseJSONNumber(true)
	if err := json.Unmarshal(content, &s); err != nil {
		return err
	}
	if s.Values != nil {
		r.outputs = s.Values.Outputs
		r.addModule(s.Values.RootModule, false, 0)
	}
	r.evaluateSource(fsys, nil)
	return nil
}

// values are the plan's variables for the evaluator.
func (r *reader) values() map[string]cty.Value {
	out := make(map[string]cty.Value, len(r.variables))
	for name, v := range r.variables {
		out[name] = exactly(v, 0)
	}
	return out
}

// evaluateSource evaluates the root's files where they lie beside.
func (r *reader) evaluateSource(fsys fs.FS, values map[string]cty.Value) {
	dir := path.Dir(r.file)
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil || !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() && eval.IsConfig(e.Name()) }) {
		return
	}
	opt := r.opt
	if values != nil {
		opt.Values, opt.Args = values, nil
	}
	r.source = eval.Root(fsys, dir, opt)
}

// maxModules bounds the nesting of modules.
const maxModules = 100

// addModule takes the instances of a module and of those below it.
func (r *reader) addModule(m *tfjson.StateModule, dataOnly bool, depth int) {
	if m == nil {
		return
	}
	if depth > maxModules {
		r.note(graph.Note{Code: "limit", Address: m.Address, Message: fmt.Sprintf("not read: modules are nested deeper than %d", maxModules)})
		return
	}
	for _, s := range m.Resources {
		if s == nil || s.DeposedKey != "" || dataOnly && s.Mode != tfjson.DataResourceMode {
			continue
		}
		var sensitive any
		if len(s.SensitiveValues) > 0 && json.Unmarshal(s.SensitiveValues, &sensitive) != nil {
			sensitive = true // better hidden than shown
		}
		values := make(map[string]any, len(s.AttributeValues))
		for k, v := range s.AttributeValues {
			values[k] = v
		}
		r.add(&instance{
			Resource: &eval.Resource{Address: s.Address, Mode: eval.Mode(s.Mode), Type: s.Type, Name: s.Name, Module: m.Address},
			given:    given{value: values, sensitive: sensitive},
			depends:  s.DependsOn,
		})
	}
	for _, child := range m.ChildModules {
		r.addModule(child, dataOnly, depth+1)
	}
}

// add takes one instance; of two with one address, the first.
func (r *reader) add(in *instance) {
	if in.Address == "" || r.byAddress[in.Address] != nil {
		return
	}
	in.block = in.Address
	if parts := steps(in.Address); len(parts) > 0 && isKey(parts[len(parts)-1]) {
		key := parts[len(parts)-1]
		in.Key = strings.Trim(key, "[]")
		in.block = strings.TrimSuffix(in.Address, key)
	}
	r.instances = append(r.instances, in)
	r.byAddress[in.Address] = in
	r.byBlock[in.block] = append(r.byBlock[in.block], in)
	for module := in.Module; module != ""; {
		parent, name, key := lastModule(module)
		if name == "" || r.inModules[module] {
			break
		}
		r.inModules[module] = true
		block := strings.TrimSuffix(module, key)
		r.modules[block] = append(r.modules[block], module)
		module = parent
	}
}

func (r *reader) note(n graph.Note) {
	if n.Source.IsZero() {
		n.Source = graph.Source{File: r.file}
	}
	if !slices.Contains(r.notes, n) {
		r.notes = append(r.notes, n)
	}
}

// finish makes the result.
func (r *reader) finish(dir string) *eval.Result {
	blocks := map[string]bool{}
	for _, in := range r.instances {
		in.config = r.configOf(in)
		in.source = r.sourceOf(in)
		in.Source = graph.Source{File: r.file}
		switch {
		case in.source != nil:
			in.Source, in.Provider = in.source.Source, in.source.Provider
		case in.config != nil:
			in.Provider = r.providerReference(in.config.ProviderConfigKey)
		}
		blocks[withoutKeys(in.Address)] = true
	}
	r.exact = newExactIndex(r)
	resources := make([]*eval.Resource, len(r.instances))
	for i, in := range r.instances {
		r.body(in)
		resources[i] = in.Resource
	}
	if r.lost > 0 {
		r.note(graph.Note{
			Code: "plan-without-origin", Message: fmt.Sprintf("the plan does not say what values derive from that are not known yet (%d): it holds no locals and no dynamic blocks", r.lost),
			Next: "put the plan into the directory of the root's files",
		})
	}
	r.compareWithSource()
	res := eval.NewResult(dir, resources)
	res.Files, res.Blocks = 1, len(blocks)
	if r.config != nil {
		res.Blocks = max(res.Blocks, countBlocks(r.config.RootModule, 0))
	}
	res.Outputs, res.Providers = r.rootOutputs(), r.providers()
	if r.source != nil {
		res.Moved = r.source.Moved
	}
	g := graph.Graph{Notes: r.notes}
	g.Sort()
	res.Notes = g.Notes
	return res
}

// compareWithSource notes what the files beside a plan hold that the plan does not:
// it would be missing from the model without a word.
func (r *reader) compareWithSource() {
	if r.source == nil || r.config == nil {
		return
	}
	var missing []*eval.Resource
	for _, s := range r.source.Resources {
		if s.Mode == eval.Managed && !s.Many && r.one(s.Address) == nil {
			missing = append(missing, s)
		}
	}
	if len(missing) > 0 {
		r.note(graph.Note{
			Code: "plan-differs", Source: missing[0].Source, Address: missing[0].Address,
			Message: fmt.Sprintf("%d of the resources in the files are not in %s, this one is the first: the plan may be older than the files, or of a part of them", len(missing), path.Base(r.file)),
			Next:    "make the plan again",
		})
	}
}

// configOf returns the block that an instance comes from, nil where it is not known.
func (r *reader) configOf(in *instance) *tfjson.ConfigResource {
	s := r.scope(in.Module)
	if s == nil {
		return nil
	}
	return s.resources[strings.TrimPrefix(in.block, in.Module+".")]
}

// sourceOf returns the instance as it was evaluated from the files beside. Where
// the number of instances could not be evaluated, one stands for all.
func (r *reader) sourceOf(in *instance) *eval.Resource {
	if r.source == nil {
		return nil
	}
	if s := r.source.Lookup(in.Address); s != nil {
		return s
	}
	if s := r.source.Lookup(in.block); s != nil && s.Many {
		return s
	}
	return nil
}

// countBlocks counts resource, data and module blocks, those of a module that is
// called twice once for each call.
func countBlocks(m *tfjson.ConfigModule, depth int) int {
	if m == nil || depth > maxModules {
		return 0
	}
	n := len(m.Resources) + len(m.ModuleCalls)
	for _, c := range m.ModuleCalls {
		if c != nil {
			n += countBlocks(c.Module, depth+1)
		}
	}
	return n
}

// providerReference turns the key of a provider's configuration into the reference
// that a resource writes, "" for the default one.
func (r *reader) providerReference(key string) string {
	if p := r.config.ProviderConfigs[key]; p != nil && p.Alias != "" {
		return p.Name + "." + p.Alias
	}
	return ""
}

// providers returns the provider configurations with what is constant or a
// variable of the root in them.
func (r *reader) providers() []eval.Provider {
	if r.source != nil {
		return r.source.Providers
	}
	if r.config == nil {
		return nil
	}
	var out []eval.Provider
	at := graph.Source{File: r.file}
	for _, p := range r.config.ProviderConfigs {
		if p == nil {
			continue
		}
		out = append(out, eval.Provider{
			Name: p.Name, Alias: p.Alias, Module: p.ModuleAddress, Source: at,
			Body: r.constants(p.Expressions, p.ModuleAddress == "", at),
		})
	}
	slices.SortFunc(out, func(a, b eval.Provider) int {
		return cmp.Or(strings.Compare(a.Module, b.Module), strings.Compare(a.Name, b.Name), strings.Compare(a.Alias, b.Alias))
	})
	return out
}

// constants makes a body of what expressions say by themselves.
func (r *reader) constants(expressions map[string]*tfjson.Expression, root bool, at graph.Source) *eval.Block {
	out := &eval.Block{Attrs: map[string]eval.Value{}, Source: at}
	for _, name := range sortedKeys(expressions) {
		e := expressions[name]
		switch {
		case e == nil || e.ExpressionData == nil:
		case len(e.NestedBlocks) > 0:
			for _, nested := range e.NestedBlocks {
				b := r.constants(nested, root, at)
				b.Type = name
				out.Blocks = append(out.Blocks, b)
			}
		case len(e.References) == 0:
			out.Attrs[name] = eval.Value{V: exactly(e.ConstantValue, 0), Source: at}
		default:
			v := cty.DynamicVal
			if name, ok := strings.CutPrefix(e.References[0], "var."); ok && root && len(e.References) == 1 {
				if given, known := r.variables[name]; known {
					v = exactly(given, 0)
				}
			}
			out.Attrs[name] = eval.Value{V: v, Source: at}
		}
	}
	return out
}

// rootOutputs returns the root's outputs.
func (r *reader) rootOutputs() []eval.Output {
	if r.source != nil && r.config != nil {
		return r.source.Outputs
	}
	var out []eval.Output
	root, nobody := r.scope(""), converter{r, &instance{Resource: &eval.Resource{}}}
	for _, name := range sortedKeys(r.outputs) {
		o := r.outputs[name]
		if o == nil {
			continue
		}
		v := cty.DynamicVal
		if o.Value != nil {
			v = nobody.value(name, given{value: o.Value}, cty.NilVal, nil, 0)
		}
		if root != nil {
			v = v.WithMarks(r.marks(root.output(name)))
		}
		if o.Sensitive {
			v = v.Mark(eval.Sensitive{})
		}
		out = append(out, eval.Output{Name: name, Value: v, Sensitive: o.Sensitive, Source: graph.Source{File: r.file}})
	}
	return out
}
