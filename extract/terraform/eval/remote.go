package eval

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"slices"

	"drawbridge/graph"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// remoteStateType is the data source that reads the outputs of another root.
const remoteStateType = "terraform_remote_state"

// backend is where a root keeps its state, as it is written.
type backend struct {
	typ    string
	body   *body // of a block
	value  *expr // in JSON syntax: an object of the arguments by type
	source graph.Source
}

// outputRead is an expression that reads an output from a remote state, without a
// value for where it fails.
type outputRead struct {
	key, output string // of the data source
	source      graph.Source
}

// addSettings takes from a terraform block what is looked at: the backend.
func (m *module) addSettings(b *body, at graph.Source) {
	for _, n := range b.blocks {
		switch {
		case n.typ == "backend" && len(n.labels) > 0:
			m.backend = &backend{typ: n.labels[0], body: n.body, source: n.source}
		case n.typ == "cloud":
			m.backend = &backend{typ: n.typ, body: n.body, source: n.source}
		}
	}
	if e := b.attr("backend"); e != nil {
		m.backend = &backend{value: e, source: cmp.Or(e.source, at)}
	}
	if e := b.attr("cloud"); e != nil {
		m.backend = &backend{typ: "cloud", value: e, source: cmp.Or(e.source, at)}
	}
}

// States says where a root keeps its state, and which states of other roots it reads.
type States struct {
	// Backend is the type ("s3", "cloud"), "" where no block names one, which means a
	// local file.
	Backend string
	// Config are the backend's arguments.
	Config *Block
	// Reads are the terraform_remote_state data sources of the root and of its modules.
	Reads []*Resource
	// Outputs are what is read of each by name, by address.
	Outputs map[string][]OutputRead
	Source  graph.Source // of the backend
}

// OutputRead is an output that an expression reads from a remote state.
type OutputRead struct {
	Name   string
	Source graph.Source
}

// ReadStates evaluates the backend and the remote states of the root in dir, and only
// what these depend on. Without reads, the modules that the root calls are not opened.
func ReadStates(fsys fs.FS, dir string, reads bool, opt Options) *States {
	dir = path.Clean(dir)
	ev := newEvaluator(fsys, dir, opt)
	out := &States{Config: &Block{}, Outputs: map[string][]OutputRead{}}
	m := ev.loader.module(dir)
	if m == nil {
		return out
	}
	if reads {
		ev.loadTree(m, "", map[*module]bool{})
	}
	for _, v := range m.variables {
		if v.typ == cty.DynamicPseudoType { // of old configurations: in the name of a state it is a text
			v.typ = cty.String
		}
	}
	root := newInstance(ev, m)
	if m.backend != nil {
		out.Backend, out.Config, out.Source = root.backend(m.backend)
	}
	if reads {
		root.remoteStates(out)
	}
	return out
}

// backend evaluates where the state is kept.
func (in *instance) backend(b *backend) (typ string, config *Block, at graph.Source) {
	if b.body != nil {
		return b.typ, in.block(b.body, in.scope(uniqueRefs(b.body.collect(nil)))), b.source
	}
	v := Value{V: in.eval(b.value, in.scope(b.value.refs)), Source: b.source}
	if b.typ != "" {
		return b.typ, &Block{Attrs: v.Fields(), Source: b.source}, b.source
	}
	fields := v.Fields()
	for _, typ := range slices.Sorted(maps.Keys(fields)) {
		return typ, &Block{Attrs: fields[typ].Fields(), Source: b.source}, b.source
	}
	return "", &Block{}, b.source
}

// remoteStates adds the remote states of a module instance and of those below it.
func (in *instance) remoteStates(out *States) {
	ev := in.ev
	for _, key := range in.mod.resourceOrder {
		if in.mod.resources[key].typ == remoteStateType {
			out.Reads = append(out.Reads, in.node(key).instances...)
		}
	}
	for _, read := range in.mod.outputsRead {
		if in.mod.resources[read.key] == nil {
			continue
		}
		for _, r := range in.node(read.key).instances {
			out.Outputs[r.Address] = append(out.Outputs[r.Address], OutputRead{read.output, read.source})
		}
	}
	for _, name := range in.mod.callOrder {
		c := in.mod.calls[name]
		code := ev.loader.module(cmp.Or(c.dir, ev.installed[in.path(c.name)], ev.fetched.dir(c.module, c.version), "/"))
		if code == nil || !ev.readsStates(code, in.path(c.name)+".", map[*module]bool{}) {
			continue
		}
		for _, child := range in.callNode(name).instances {
			child.remoteStates(out)
		}
	}
}

// readsStates reports whether a module, or one that it calls, reads a state. Prefix is
// as for loadTree.
func (ev *evaluator) readsStates(m *module, prefix string, seen map[*module]bool) bool {
	if seen[m] {
		return false
	}
	seen[m] = true
	for _, key := range m.resourceOrder {
		if m.resources[key].typ == remoteStateType {
			return true
		}
	}
	return slices.ContainsFunc(m.callOrder, func(name string) bool {
		c := m.calls[name]
		code := ev.loader.module(cmp.Or(c.dir, ev.installed[prefix+name], ev.fetched.dir(c.module, c.version), "/"))
		return code != nil && ev.readsStates(code, prefix+name+".", seen)
	})
}

// remoteState gives the outputs of another root: of the root itself where it is here,
// else of a state file that lies in the scanned tree. Terraform 0.11 read outputs as
// attributes of the data source.
func (ev *evaluator) remoteState(r *Resource) map[string]cty.Value {
	var given map[string]cty.Value
	if ev.opt.RemoteState != nil {
		given = ev.opt.RemoteState(r)
	}
	if given == nil {
		given = ev.stateFile(r)
	}
	if given == nil {
		return nil
	}
	out := map[string]cty.Value{}
	for name, v := range r.Body.Get("defaults").Fields() {
		out[name] = v.V
	}
	maps.Copy(out, given)
	outputs := cty.ObjectVal(out)
	attributes := maps.Clone(out)
	attributes["outputs"] = outputs
	return attributes
}

// stateFile reads the outputs that a local state holds; nil where there is none.
func (ev *evaluator) stateFile(r *Resource) map[string]cty.Value {
	if b, _ := r.Body.Get("backend").Text(); b != "local" {
		return nil
	}
	p, ok := r.Body.Get("config.path").Literal()
	if !ok {
		return nil
	}
	src, err := ev.readText(p)
	if err != nil {
		ev.note("missing-state", r.Source, r.Address, "scan the root that writes it together with this one", "state not read: %v", err)
		return nil
	}
	var state struct {
		Outputs map[string]struct{ Value, Type json.RawMessage }
	}
	if err := json.Unmarshal(src, &state); err != nil {
		ev.note("parse-error", graph.Source{File: p}, r.Address, "", "state not read: %v", err)
		return nil
	}
	out := map[string]cty.Value{}
	for name, o := range state.Outputs {
		typ, err := ctyjson.UnmarshalType(o.Type)
		if err != nil {
			continue
		}
		if v, err := ctyjson.Unmarshal(o.Value, typ); err == nil {
			out[name] = v
		}
	}
	return out
}
