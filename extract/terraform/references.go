package terraform

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// reference is a component that free configuration names, with where it does.
type reference struct {
	to *component
	// taken is the data source that took it in from outside while terraform ran, nil for
	// what is called.
	taken    *resource
	carries  string
	evidence graph.Evidence
	// script is set where a text of several lines names it among other things.
	script bool
}

// references makes flows of what free configuration names: environments, start
// scripts, container and state machine definitions. Builds are special: their
// variables are for what they build.
func (b *builder) references() {
	var builds []*build
	contents := b.secretContents()
	for _, r := range b.resources {
		if r.row == nil || len(r.row.calls) == 0 || len(r.owners) == 0 || r.Mode == eval.Data {
			continue
		}
		refs := b.referencesOf(r)
		for _, ref := range refs {
			for _, inner := range contents[ref.to] {
				if !slices.ContainsFunc(refs, func(have reference) bool { return have.to == inner.to }) {
					refs = append(refs, inner)
				}
			}
		}
		for _, c := range r.owners {
			if c.Technology == graph.TechPipeline {
				builds = append(builds, &build{comp: c, refs: refs})
				continue
			}
			for _, ref := range refs {
				if ref.taken != nil {
					b.flow(ref.to, c, takes(ref.taken), ref.evidence)
					continue
				}
				f := graph.Flow{Basis: graph.Referenced, Carries: ref.carries}
				if b.onlyFetches(c, ref.to) {
					b.flow(ref.to, c, f, ref.evidence)
				} else {
					b.flow(c, ref.to, f, ref.evidence)
				}
			}
		}
	}
	for _, x := range builds {
		b.applyBuild(x)
	}
}

// secretContents returns what the values of secrets and parameters name: whoever
// is given a secret that holds a database's address calls the database.
func (b *builder) secretContents() map[*component][]reference {
	out := map[*component][]reference{}
	for _, x := range []struct{ typ, attr string }{
		{"aws_secretsmanager_secret_version", "secret_string"},
		{"aws_ssm_parameter", "value"},
		{"google_secret_manager_regional_secret_version", "secret_data"},
		{"google_secret_manager_secret_version", "secret_data"},
	} {
		for _, r := range b.byType[x.typ] {
			v := r.Body.Get(x.attr)
			for _, owner := range r.owners {
				for _, named := range b.marked(v.Refs()) {
					c := b.componentOf(named)
					if c == nil || c == owner || isTaken(named) || c.Kind == graph.Identity || c.Technology == graph.TechSecret {
						continue
					}
					out[owner] = append(out[owner], reference{to: c, evidence: atValue(r, v, "secret that it is given names it")})
				}
			}
		}
	}
	return out
}

// onlyFetches reports whether all that is known of a consumer and a source of
// events says that the consumer takes from it: then a reference says no more.
func (b *builder) onlyFetches(c, source *component) bool {
	switch source.Technology {
	case graph.TechQueue, graph.TechStream, graph.TechBroker:
	default:
		if c.Technology != graph.TechETL {
			return false
		}
	}
	return b.claimed(source, c) && !b.claimed(c, source)
}

// anyAttribute in a row's calls stands for all of them: of a module of which
// nothing is known, each argument may be what it calls.
const anyAttribute = "*"

// referencesOf returns what the row's free configuration names, in its order.
func (b *builder) referencesOf(r *resource) []reference {
	s := &referenceScan{b: b, r: r, seen: map[*component]bool{}}
	for _, path := range r.row.calls {
		if path == anyAttribute {
			for _, name := range r.Body.Names() {
				s.value(name, r.Body.Attrs[name], 0)
			}
			continue
		}
		for _, v := range r.Body.All(path) {
			s.value(lastStep(path), v, 0)
		}
	}
	return s.out
}

// referenceScan walks configuration and collects what it names.
type referenceScan struct {
	b    *builder
	r    *resource
	seen map[*component]bool
	out  []reference
	// script is set while a text of several lines is read.
	script bool
}

func (s *referenceScan) add(c *component, name string, v eval.Value, carries string) {
	if c == nil || c.Kind == graph.Identity || s.seen[c] {
		return
	}
	s.seen[c] = true
	s.out = append(s.out, reference{to: c, carries: carries, script: s.script, evidence: atValue(s.r, v, fmt.Sprintf("%s names it", name))})
}

// resource adds the component that an instance is or belongs to.
func (s *referenceScan) resource(r *resource, name string, v eval.Value, carries string) {
	c := s.b.componentOf(r)
	if c == nil || !isTaken(r) {
		s.add(c, name, v, carries)
		s.keptIn(r)
		return
	}
	if !s.seen[c] {
		s.seen[c] = true
		s.out = append(s.out, reference{to: c, taken: r, evidence: atValue(s.r, v, name+" derives from it")})
	}
}

// keptIn adds what the value of one secret of a vault names: whoever is given the secret
// calls what it opens. Other secrets of the vault say nothing of that.
func (s *referenceScan) keptIn(r *resource) {
	if r.Type != "azurerm_key_vault_secret" || r.Mode == eval.Data {
		return
	}
	v := r.Body.Get("value")
	for _, named := range s.b.marked(v.Refs()) {
		c := s.b.componentOf(named)
		if c == nil || c.Kind == graph.Identity || c.Technology == graph.TechSecret || isTaken(named) || s.seen[c] {
			continue
		}
		s.seen[c] = true
		s.out = append(s.out, reference{to: c, evidence: atValue(r, v, "secret that it is given names it")})
	}
}

func (s *referenceScan) value(name string, v eval.Value, depth int) {
	if v.IsNull() || depth > maxNesting {
		return
	}
	if fields := v.Fields(); fields != nil {
		// A list of variables {name, value} reads as the variable.
		if n, ok := fields["name"].Text(); ok && fields["value"].IsSet() {
			s.value(n, fields["value"], depth+1)
			return
		}
		for _, k := range sortedKeys(fields) {
			s.value(k, fields[k], depth+1)
		}
		return
	}
	if text, ok := v.Text(); ok {
		s.text(name, text, v)
		return
	}
	if elements := v.Elements(); len(elements) > 0 && !isPrimitive(v) && v.Known() {
		for _, e := range elements {
			s.value(name, e, depth+1)
		}
		return
	}
	for _, r := range s.b.marked(v.Refs()) {
		s.resource(r, name, v, "")
	}
}

// text reads one text: a document in JSON by its parts, else as a whole.
func (s *referenceScan) text(name, text string, v eval.Value) {
	if t := strings.TrimSpace(text); len(t) > 1 && (t[0] == '{' || t[0] == '[') {
		var doc any
		if json.Unmarshal([]byte(t), &doc) == nil {
			s.document(name, doc, v, 0)
			// What is marked without a token left: a name that is written out.
			for _, r := range s.b.marked(v.Refs()) {
				s.resource(r, name, v, "")
			}
			return
		}
	}
	s.script = strings.Contains(text, "\n")
	defer func() { s.script = false }()
	for _, r := range s.b.named(v) {
		s.resource(r, name, v, "")
	}
	if s.script {
		for _, r := range s.b.marked(v.Refs()) { // a script names many things
			s.resource(r, name, v, "")
		}
		return
	}
	s.literal(name, text, v)
}

// literal reads a text without references: an ARN, a name that only one
// component has and that reads like one, or a URL of the world outside.
func (s *referenceScan) literal(name, text string, v eval.Value) {
	if len(v.Refs()) > 0 || v.IsSensitive() {
		return
	}
	if strings.HasPrefix(text, "arn:") || strings.ContainsAny(text, "-_/.") {
		if c := s.b.literal(v); c != nil {
			s.add(c, name, v, "")
			return
		}
	}
	s.add(s.b.outsideURL(text, "external service", v.Source), name, v, "")
}

// document walks decoded JSON: container definitions, state machines, templates.
func (s *referenceScan) document(name string, doc any, v eval.Value, depth int) {
	if depth > 4*maxNesting {
		return
	}
	switch x := doc.(type) {
	case map[string]any:
		if n, ok := x["name"].(string); ok {
			if value, ok := x["value"].(string); ok {
				s.document(n, value, v, depth+1)
				return
			}
			if from, ok := x["valueFrom"].(string); ok {
				s.document(n, from, v, depth+1)
				return
			}
		}
		for _, k := range sortedKeys(x) {
			s.document(k, x[k], v, depth+1)
		}
	case []any:
		for _, e := range x {
			s.document(name, e, v, depth+1)
		}
	case string:
		s.leaf(name, x, v)
	}
}

func (s *referenceScan) leaf(name, text string, v eval.Value) {
	carries := ""
	switch name {
	case "image":
		carries = "container image"
	case "awslogs-group":
		carries = "logs"
	}
	for _, p := range eval.Tokens(text) {
		for _, r := range s.b.at(p.Address) {
			if meaningful(r) {
				s.resource(r, name, v, carries)
			}
		}
	}
	if strings.Contains(text, "⟦") {
		return
	}
	if c := s.b.byURL(text); c != nil {
		s.add(c, name, v, carries)
		return
	}
	if c := s.b.byName[text]; len(c) == 1 && strings.ContainsAny(text, "-_/.") && name != "name" && name != "containerName" {
		s.add(c[0], name, v, carries)
	} else if strings.HasPrefix(text, "arn:") {
		s.add(s.b.byARN(text), name, v, carries)
	}
}

// outsideHost returns the host of a URL that leads out of the platform, "" for
// anything else.
func outsideHost(text string) string {
	if !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if !strings.Contains(host, ".") || strings.ContainsAny(host, "⟦⟧${}*<> ") {
		return ""
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	if strings.Trim(last, "0123456789") == "" || last == "local" || last == "internal" || last == "localhost" || last == "example" || last == "test" || last == "invalid" {
		return ""
	}
	for _, own := range []string{"amazonaws.com", "googleapis.com", "windows.net", "azure.com", "w3.org", "schema.org", "json-schema.org"} {
		if host == own || strings.HasSuffix(host, "."+own) {
			return ""
		}
	}
	return host
}

// build is a build project: what it is told about is for what it builds.
type build struct {
	comp *component
	refs []reference
}

// applyBuild takes a build's variables apart. Where the build's own role lets it
// reach what a variable names, the build does. What the build is told about beside
// a workload is baked into that workload: its tables, the addresses it calls. Of the
// many things that a script names nobody can tell which belong together.
func (b *builder) applyBuild(x *build) {
	var workloads, rest []reference
	for _, ref := range x.refs {
		switch ref.to.Technology {
		case graph.TechContainer, graph.TechFunction, graph.TechServer, graph.TechJob, graph.TechWebApp:
			workloads = append(workloads, ref)
		case graph.TechPipeline, graph.TechSaaS:
		default:
			if b.claimed(x.comp, ref.to) || ref.to.Technology == graph.TechRegistry {
				b.flow(x.comp, ref.to, graph.Flow{Basis: graph.Referenced}, ref.evidence)
				if ref.to.Technology == graph.TechRegistry || ref.to.Technology == graph.TechObject {
					continue
				}
			}
			rest = append(rest, ref)
		}
	}
	for _, w := range workloads {
		for _, ref := range rest {
			if w.script || ref.script {
				continue
			}
			if len(w.to.roles) > 0 && governed(ref.to) && !b.claimed(w.to, ref.to) {
				continue
			}
			b.flow(w.to, ref.to, graph.Flow{Basis: graph.Referenced}, ref.evidence, w.evidence)
		}
	}
}

// claimed reports whether anything, a permission included, says that from reaches to.
func (b *builder) claimed(from, to *component) bool {
	return len(b.flows[[2]string{from.ID, to.ID}]) > 0
}

// governed reports whether identity policies alone decide who reaches a component.
func governed(c *component) bool {
	return slices.Contains([]graph.Technology{
		graph.TechNoSQL, graph.TechObject, graph.TechQueue, graph.TechTopic, graph.TechStream, graph.TechSecret, graph.TechKey, graph.TechConfig,
		graph.TechFunction, graph.TechWorkflow, graph.TechEventBus,
	}, c.Technology)
}
