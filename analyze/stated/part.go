package stated

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"drawbridge/analyze"
	"drawbridge/graph"

	"github.com/bmatcuk/doublestar/v4"
)

// Part is a part of a model that belongs together, mostly because one team owns it.
type Part struct {
	Name string
	// A component belongs to the part if any of these says so: patterns of its address,
	// tags that all must be there, directories of the code, or patterns of the addresses
	// and names of the boundaries around it.
	Match      []string
	Tags       map[string]string
	Folders    []string
	Boundaries []string
	// Each makes a part for every value in place of the above: of a tag ("tag:team"), for
	// every "namespace", or for every directory that a pattern matches ("folder:teams/*").
	Each   string
	Source graph.Source
}

// Kinds of parts that are told by one word, for [Part.Each] and [Chosen].
const (
	byTag       = "tag"
	byNamespace = "namespace"
	byFolder    = "folder"
)

// CheckEach tells what is wrong with the Each of a part, nil for nothing.
func CheckEach(each string) error {
	kind, of, _ := strings.Cut(each, ":")
	switch {
	case each == byNamespace, kind == byTag && of != "", kind == byFolder && of != "" && doublestar.ValidatePattern(of):
		return nil
	}
	return fmt.Errorf("each %q is none of tag:KEY, namespace, folder:PATTERN", each)
}

// Chosen turns the name of a model that no entry has into the part that it spells out:
// "tag:KEY=VALUE", "namespace:NAME" or "folder:DIRECTORY"; false for any other name.
func Chosen(name string) (Part, bool) {
	kind, of, _ := strings.Cut(name, ":")
	p := Part{Name: of}
	switch {
	case of == "":
		return p, false
	case kind == byTag:
		key, value, ok := strings.Cut(of, "=")
		p.Name, p.Tags = value, map[string]string{key: value}
		return p, ok && key != ""
	case kind == byNamespace:
		p.Boundaries = []string{of}
	case kind == byFolder:
		p.Folders = []string{of}
	}
	return p, p.Boundaries != nil || p.Folders != nil
}

// holder finds the part that a component belongs to.
type holder struct {
	index *graph.Index
	parts []compiledPart
}

type compiledPart struct {
	Part
	match, boundaries []*regexp.Regexp
}

func newHolder(g *graph.Graph, parts []Part) *holder {
	h := &holder{index: graph.NewIndex(g)}
	for _, p := range parts {
		c := compiledPart{Part: p}
		for _, m := range p.Match {
			c.match = append(c.match, Pattern(m))
		}
		for _, m := range p.Boundaries {
			c.boundaries = append(c.boundaries, Pattern(m))
		}
		h.parts = append(h.parts, c)
	}
	return h
}

// of returns the name of the first part that holds a component, and the place where it
// was said; "" for none.
func (h *holder) of(c *graph.Component) (name string, at graph.Source) {
	for i := range h.parts {
		if name := h.parts[i].nameFor(h.index, c); name != "" {
			return name, h.parts[i].Source
		}
	}
	return "", graph.Source{}
}

func (p *compiledPart) nameFor(x *graph.Index, c *graph.Component) string {
	kind, of, _ := strings.Cut(p.Each, ":")
	switch {
	case kind == byTag:
		return c.Tags[of]
	case kind == byNamespace:
		for _, b := range x.Ancestors(c.Boundary) {
			if b.Kind == graph.BoundaryNamespace {
				return b.Name
			}
		}
		return ""
	case kind == byFolder:
		for dir := path.Dir(c.Source.File); dir != "." && dir != "/" && dir != ".."; dir = path.Dir(dir) {
			if ok, _ := doublestar.Match(strings.TrimSuffix(of, "/"), dir); ok {
				return path.Base(dir)
			}
		}
		return ""
	case p.holds(x, c):
		return p.Name
	}
	return ""
}

func (p *compiledPart) holds(x *graph.Index, c *graph.Component) bool {
	if slices.ContainsFunc(p.match, func(m *regexp.Regexp) bool { return names(m, c) }) {
		return true
	}
	for _, dir := range p.Folders {
		if dir = strings.TrimSuffix(dir, "/"); dir == "." || strings.HasPrefix(c.Source.File, dir+"/") {
			return true
		}
	}
	for _, b := range x.Ancestors(c.Boundary) {
		if slices.ContainsFunc(p.boundaries, func(m *regexp.Regexp) bool { return namesBoundary(m, b) }) {
			return true
		}
	}
	for k, v := range p.Tags {
		if c.Tags[k] != v {
			return false
		}
	}
	return len(p.Tags) > 0
}

func namesBoundary(p *regexp.Regexp, b *graph.Boundary) bool {
	return p.MatchString(b.Address) || p.MatchString(b.ID) || p.MatchString(b.Name) || slices.ContainsFunc(b.Parts, p.MatchString)
}

// Choose leaves the model of one part: what belongs to the other parts is one external
// entity each, and so is all that belongs to none. What stays is in a boundary of the
// part's name, so that flows from and to others are crossings. Rest is what that which
// belongs to no part is called. It fails where nothing belongs to the part.
func Choose(g *graph.Graph, parts []Part, chosen, rest string) error {
	isNamed := slices.ContainsFunc(parts, func(p Part) bool { return p.Name == chosen })
	if p, ok := Chosen(chosen); ok && !isNamed {
		parts, chosen = append([]Part{p}, parts...), p.Name
	}
	h := newHolder(g, parts)
	owner := map[string]string{} // by component
	said := map[string]graph.Source{}
	for _, c := range g.Components {
		if c.Kind == graph.External {
			continue
		}
		name, at := h.of(c)
		owner[c.ID] = name
		if _, known := said[name]; !known {
			said[name] = at
		}
	}
	if _, ok := said[chosen]; !ok {
		return noModel(parts, slices.Sorted(maps.Keys(said)), chosen)
	}
	for _, r := range g.Grants { // an identity that nobody claims belongs to those who run as it
		if to := h.index.Component[r.To]; r.Does == graph.AbilityAssume && owner[r.From] == chosen && to != nil && to.Kind == graph.Identity && owner[to.ID] == "" {
			owner[to.ID] = chosen
		}
	}
	others := map[string]outside{}
	for _, c := range g.Components {
		if name, inside := owner[c.ID]; inside && name != chosen {
			others[c.ID] = outside{cmp.Or(name, rest), said[name]}
		}
	}
	handOver(g, others)
	dropUnconnected(g)
	encloseWith(g, chosen, said[chosen])
	return nil
}

func noModel(parts []Part, found []string, chosen string) error {
	found = slices.DeleteFunc(found, func(name string) bool { return name == "" })
	switch {
	case slices.ContainsFunc(parts, func(p Part) bool { return p.Name == chosen }):
		return fmt.Errorf("nothing in what was read belongs to the model %s", chosen)
	case len(found) == 0:
		return fmt.Errorf("there is no model %s; name it in the configuration, or choose tag:KEY=VALUE, namespace:NAME or folder:DIRECTORY", chosen)
	}
	return fmt.Errorf("there is no model %s; there are %s", chosen, strings.Join(found, ", "))
}

// outside says to whom a component belongs that is to leave a model, and where that was said.
type outside struct {
	owner string
	said  graph.Source
}

func (o outside) id() string { return scopePrefix + o.owner }

// scopePrefix begins the identifiers of what stands for a part.
const scopePrefix = "scope:"

// handOver takes components out of a model. One external entity for each of their owners
// takes their place in flows and grants with the rest; what goes on inside is its
// owner's. What the internet reached through them stays known.
func handOver(g *graph.Graph, others map[string]outside) {
	analyze.Expose(g)
	x := graph.NewIndex(g)
	for _, f := range g.Flows {
		to := x.Component[f.To]
		if from := x.Component[f.From]; others[f.From].owner != "" && to != nil && to.Exposure == graph.ExposureIndirect && slices.Contains(to.ExposedBy, from.ID) {
			if _, leaves := others[f.To]; !leaves {
				o := others[f.From]
				to.Set(graph.PropRelayed, graph.Yes, graph.EvidenceAt(from.Source, from.Address, fmt.Sprintf("%s belongs to %s and hands on what the internet sends it", cmp.Or(from.Name, from.ID), o.owner)))
			}
		}
	}
	entities := map[string]*graph.Component{}
	g.Components = slices.DeleteFunc(g.Components, func(c *graph.Component) bool {
		o, leaves := others[c.ID]
		if !leaves {
			return false
		}
		e := entities[o.id()]
		if e == nil {
			e = &graph.Component{ID: o.id(), Kind: graph.External, Name: o.owner, Label: "Other team", Address: o.id(), Source: o.said}
			e.Stated = []graph.Evidence{said(o.said, "stands for what belongs to "+o.owner)}
			entities[o.id()] = e
		}
		e.Parts = append(append(e.Parts, c.Address), c.Parts...)
		return true
	})
	for _, id := range slices.Sorted(maps.Keys(entities)) {
		g.Components = append(g.Components, entities[id])
	}
	reroute(g, func(id string) (string, *graph.Evidence) {
		o, leaves := others[id]
		if !leaves {
			return id, nil
		}
		e := said(o.said, "belongs to "+o.owner+", as stated")
		return o.id(), &e
	}, func(from, to string) bool {
		_, both := entities[from]
		_, also := entities[to]
		return both && (also || to == graph.InternetID) || also && from == graph.InternetID // their owners' affair
	})
	dropEmpty(g)
}

// dropUnconnected takes out the external entities that no flow or grant leads to or from.
func dropUnconnected(g *graph.Graph) {
	used := map[string]bool{}
	for _, f := range g.Flows {
		used[f.From], used[f.To] = true, true
	}
	for _, r := range g.Grants {
		used[r.From], used[r.To] = true, true
	}
	g.Components = slices.DeleteFunc(g.Components, func(c *graph.Component) bool {
		return c.Kind == graph.External && c.ID != graph.InternetID && !used[c.ID]
	})
}

// dropEmpty takes out boundaries that hold nothing any more.
func dropEmpty(g *graph.Graph) {
	x := graph.NewIndex(g)
	held := map[string]bool{}
	for _, c := range g.Components {
		for _, b := range x.Ancestors(c.Boundary) {
			held[b.ID] = true
		}
	}
	g.Boundaries = slices.DeleteFunc(g.Boundaries, func(b *graph.Boundary) bool { return !held[b.ID] })
}

// encloseWith puts all but external entities into one boundary.
func encloseWith(g *graph.Graph, name string, at graph.Source) {
	b := &graph.Boundary{ID: scopePrefix + name, Kind: graph.BoundaryGroup, Name: name, Label: "Team", Address: scopePrefix + name, Source: at}
	for _, c := range g.Components {
		if c.Boundary == "" && c.Kind != graph.External {
			c.Boundary = b.ID
		}
	}
	for _, other := range g.Boundaries {
		if other.Parent == "" {
			other.Parent = b.ID
		}
	}
	g.Boundaries = append(g.Boundaries, b)
}

// reroute leads flows and grants to what has taken the place of their ends. Of what is
// between the same ends then, one stays, with the evidence of all and the worse answers;
// what leads from a thing to itself goes, as does what drop says.
func reroute(g *graph.Graph, end func(id string) (string, *graph.Evidence), drop func(from, to string) bool) {
	stays := func(id string) bool {
		_, why := end(id)
		return why == nil
	}
	flows := map[string]*graph.Flow{}
	for _, f := range g.Flows {
		if stays(f.From) && stays(f.To) {
			flows[f.ID] = f
		}
	}
	g.Flows = slices.DeleteFunc(g.Flows, func(f *graph.Flow) bool {
		from, why := end(f.From)
		to, also := end(f.To)
		if why == nil && also == nil {
			return false
		}
		if from == to || drop(from, to) {
			return true
		}
		f.From, f.To = from, to
		f.ID = graph.FlowID(from, to, f.Protocol, f.Port, f.Basis)
		f.Evidence = withReasons(f.Evidence, why, also)
		if have := flows[f.ID]; have != nil {
			have.Evidence = append(have.Evidence, f.Evidence...)
			have.Encrypted, have.Authenticated = weaker(have.Encrypted, f.Encrypted), weaker(have.Authenticated, f.Authenticated)
			if len(have.Peers) > 0 && len(f.Peers) > 0 {
				have.Peers = append(have.Peers, f.Peers...)
			} else {
				have.Peers = nil
			}
			if have.Passage != f.Passage { // one of them gets through, or may
				have.Passage = graph.PassageUnknown
			}
			return true
		}
		flows[f.ID] = f
		return false
	})
	grants := map[string]*graph.Grant{}
	for _, r := range g.Grants {
		if stays(r.From) && stays(r.To) {
			grants[r.ID] = r
		}
	}
	g.Grants = slices.DeleteFunc(g.Grants, func(r *graph.Grant) bool {
		from, why := end(r.From)
		to, also := end(r.To)
		if why == nil && also == nil {
			return false
		}
		if from == to || drop(from, to) {
			return true
		}
		r.From, r.To, r.ID = from, to, graph.GrantID(from, to, r.How)
		r.Evidence = withReasons(r.Evidence, why, also)
		if have := grants[r.ID]; have != nil {
			have.Join(r)
			return true
		}
		grants[r.ID] = r
		return false
	})
}

func withReasons(list []graph.Evidence, more ...*graph.Evidence) []graph.Evidence {
	for _, e := range more {
		if e != nil {
			list = append(list, *e)
		}
	}
	return list
}

// weaker is the worse of two answers: No, then Unknown.
func weaker(a, b graph.Truth) graph.Truth {
	for _, t := range []graph.Truth{graph.No, graph.Unknown} {
		if a == t || b == t {
			return t
		}
	}
	return graph.Yes
}
