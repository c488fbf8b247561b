package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"drawbridge/analyze/stated"
	"drawbridge/graph"

	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v3"
)

// System is what the model is about, for the head of reports.
type System struct {
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	Owner       string `json:"owner,omitempty"`
}

// Scope is a part that another team owns: it is drawn as one external entity. What
// belongs to it is told by patterns of addresses, by tags, by folders of the code, or by
// the boundaries around it.
type Scope struct {
	Name       string            `json:"name"`
	Match      []string          `json:"match,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	Folders    []string          `json:"folders,omitempty"`
	Boundaries []string          `json:"boundaries,omitempty"`
}

// Part is a part of the whole of which a model of its own can be asked for, mostly what
// one team owns. With each there is one for every value of a tag, namespace or folder.
type Part struct {
	Name       string            `json:"name,omitempty"`
	Match      []string          `json:"match,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	Folders    []string          `json:"folders,omitempty"`
	Boundaries []string          `json:"boundaries,omitempty"`
	Each       string            `json:"each,omitempty"`
}

// Component changes what the code says of components, or adds one that it can't show.
type Component struct {
	// Match is a pattern of addresses; "*" stands for any characters.
	Match string `json:"match,omitempty"`
	// Merge are patterns of what is one component; the first that they match gives its address.
	Merge []string `json:"merge,omitempty"`
	// Add is the identifier of a component that code does not show.
	Add        string `json:"add,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Technology string `json:"technology,omitempty"`
	Boundary   string `json:"boundary,omitempty"`

	Name           string            `json:"name,omitempty"`
	Classification string            `json:"classification,omitempty"`
	Tags           map[string]string `json:"tags,omitempty"`
	Properties     map[string]bool   `json:"properties,omitempty"`
	Remove         bool              `json:"remove,omitempty"`
}

// Boundary changes what the code says of trust boundaries.
type Boundary struct {
	Match      string          `json:"match"`
	Name       string          `json:"name,omitempty"`
	Properties map[string]bool `json:"properties,omitempty"`
}

// Flow adds a flow, tells more of one, or removes it. From and to are patterns of addresses.
type Flow struct {
	From          string `json:"from"`
	To            string `json:"to"`
	Protocol      string `json:"protocol,omitempty"`
	Port          int    `json:"port,omitempty"`
	Encrypted     *bool  `json:"encrypted,omitempty"`
	Authenticated *bool  `json:"authenticated,omitempty"`
	Carries       string `json:"carries,omitempty"`
	// Peers are the address ranges that it is opened to.
	Peers  []string `json:"peers,omitempty"`
	Remove bool     `json:"remove,omitempty"`
}

// Statements are what the file says of the elements of a model, with places.
func (c *Config) Statements() stated.Model {
	var m stated.Model
	m.Ours = c.ours()
	for i, s := range c.Scopes {
		m.Scopes = append(m.Scopes, stated.Part{
			Name: s.Name, Match: s.Match, Tags: s.Tags, Folders: c.foldersFromTop(s.Folders), Boundaries: s.Boundaries, Source: c.at("scopes", i),
		})
	}
	for i, s := range c.Components {
		m.Components = append(m.Components, stated.Component{
			Match: s.Match, Merge: s.Merge, ID: s.Add, Kind: graph.Kind(s.Kind), Technology: graph.Technology(s.Technology), Boundary: s.Boundary,
			Name: s.Name, Classification: s.Classification, Tags: s.Tags, Properties: facts(s.Properties), Remove: s.Remove, Source: c.at("components", i),
		})
	}
	for i, s := range c.Boundaries {
		m.Boundaries = append(m.Boundaries, stated.Boundary{Match: s.Match, Name: s.Name, Properties: facts(s.Properties), Source: c.at("boundaries", i)})
	}
	for i, s := range c.Flows {
		m.Flows = append(m.Flows, stated.Flow{
			From: s.From, To: s.To, Protocol: strings.ToLower(s.Protocol), Port: s.Port, Encrypted: truth(s.Encrypted),
			Authenticated: truth(s.Authenticated), Carries: s.Carries, Peers: s.Peers, Remove: s.Remove, Source: c.at("flows", i),
		})
	}
	return m
}

// Parts are the parts of which a model can be asked for.
func (c *Config) Parts() []stated.Part {
	var out []stated.Part
	for i, s := range c.Models {
		each := s.Each
		if dir, ok := strings.CutPrefix(each, "folder:"); ok {
			each = "folder:" + c.fromTop(dir)
		}
		out = append(out, stated.Part{
			Name: s.Name, Match: s.Match, Tags: s.Tags, Folders: c.foldersFromTop(s.Folders), Boundaries: s.Boundaries, Each: each, Source: c.at("models", i),
		})
	}
	return out
}

// Rest is what a model calls all that belongs to none of the parts.
func (c *Config) Rest() string {
	if c.System != nil && c.System.Name != "" {
		return "rest of " + c.System.Name
	}
	return "the rest"
}

// ours is what the part is called that no scope holds.
func (c *Config) ours() string {
	if c.System == nil {
		return "this system"
	}
	return cmp.Or(c.System.Owner, c.System.Name, "this system")
}

func (c *Config) foldersFromTop(list []string) []string {
	var out []string
	for _, f := range list {
		out = append(out, c.fromTop(f))
	}
	return out
}

func facts(list map[string]bool) map[graph.Property]graph.Truth {
	out := make(map[graph.Property]graph.Truth, len(list))
	for name, value := range list {
		out[graph.Property(name)] = graph.Of(value)
	}
	return out
}

func truth(b *bool) graph.Truth {
	switch {
	case b == nil:
		return graph.Unknown
	case *b:
		return graph.Yes
	}
	return graph.No
}

// fromTop turns a path as seen from the file into one from the top of the tree.
func (c *Config) fromTop(dir string) string {
	if c.above == "" {
		return dir
	}
	if rest, ok := strings.CutPrefix(dir+"/", c.above+"/"); ok {
		return strings.TrimSuffix(rest, "/")
	}
	return strings.Repeat("../", strings.Count(c.above, "/")+1) + dir
}

// classifications are the words that a component's data may be classified by.
var classifications = []string{"public", "internal", "confidential", "restricted", "secret", "pii", "phi", "pci"}

func (s *Scope) check(*Config) error {
	switch {
	case s.Name == "":
		return errors.New("name is missing: the external entity is called by it")
	case len(s.Match)+len(s.Tags)+len(s.Folders)+len(s.Boundaries) == 0:
		return errors.New("nothing tells what belongs to it: give match, tags, folders or boundaries")
	}
	return nil
}

func (s *Part) check(*Config) error {
	told := len(s.Match) + len(s.Tags) + len(s.Folders) + len(s.Boundaries)
	switch {
	case s.Each != "" && (s.Name != "" || told > 0):
		return errors.New("each makes a model for every value, named by it: it stands alone")
	case s.Each != "":
		return stated.CheckEach(s.Each)
	case s.Name == "":
		return errors.New("name is missing: the model is chosen by it; or give each")
	case told == 0:
		return errors.New("nothing tells what belongs to it: give match, tags, folders or boundaries")
	}
	return nil
}

func (s *Component) check(*Config) error {
	kind, technology := graph.Kind(s.Kind), graph.Technology(s.Technology)
	ways := count(s.Match != "", len(s.Merge) > 0, s.Add != "")
	switch {
	case ways == 0:
		return errors.New("it needs match, for what the code shows, merge, for what is one, or add, for what the code does not show")
	case ways > 1:
		return errors.New("match, merge and add exclude each other: write an entry for each")
	case s.Add == "" && s.Boundary != "":
		return errors.New("boundary is for components that are added")
	case s.Match == "" && s.Remove:
		return errors.New("remove is for components that match names")
	case s.Remove && s.Name+s.Kind+s.Technology+s.Classification+s.Boundary != "" || s.Remove && len(s.Tags)+len(s.Properties) > 0:
		return errors.New("of what is removed nothing else can be said")
	case s.Match != "" && !s.Remove && s.Name+s.Kind+s.Technology+s.Classification == "" && len(s.Tags)+len(s.Properties) == 0:
		return errors.New("it says nothing: give name, kind, technology, classification, tags, properties or remove")
	case (s.Add != "" || s.Kind != "") && !slices.Contains(graph.Kinds, kind):
		return fmt.Errorf("kind %q is none of %s", s.Kind, listed(graph.Kinds))
	case s.Technology != "" && !slices.Contains(graph.Technologies, technology):
		return fmt.Errorf("technology %q is none of %s", s.Technology, listed(graph.Technologies))
	case s.Classification != "" && !slices.Contains(classifications, s.Classification):
		return fmt.Errorf("classification %q is none of %s", s.Classification, listed(classifications))
	}
	return knownProperties(s.Properties)
}

func (s *Boundary) check(*Config) error {
	switch {
	case s.Match == "":
		return errors.New("match is missing: a pattern of addresses or names of boundaries")
	case s.Name == "" && len(s.Properties) == 0:
		return errors.New("it says nothing: give name or properties")
	}
	return knownProperties(s.Properties)
}

func knownProperties(list map[string]bool) error {
	for _, name := range slices.Sorted(maps.Keys(list)) {
		if !slices.Contains(graph.Properties, graph.Property(name)) {
			return fmt.Errorf("property %q is none of %s", name, listed(slices.Sorted(slices.Values(graph.Properties))))
		}
	}
	return nil
}

func (s *Flow) check(*Config) error {
	switch {
	case s.From == "" || s.To == "":
		return errors.New("from and to must both be there")
	case s.Port < 0 || s.Port > 65535:
		return fmt.Errorf("port %d is none", s.Port)
	}
	for _, p := range s.Peers {
		if _, err := netip.ParsePrefix(p); err != nil {
			return fmt.Errorf("peers: %q is no address range; write it as 10.0.0.0/8", p)
		}
	}
	return nil
}

func listed[T ~string](list []T) string {
	var out []string
	for _, x := range list {
		if x != "" {
			out = append(out, string(x))
		}
	}
	return strings.Join(out, ", ")
}

// ExcludePatterns are what the file leaves out, as patterns from the top of the tree.
func (c *Config) ExcludePatterns() []string {
	var out []string
	for _, p := range c.Exclude {
		if p, inTree := c.excludeFromTop(p); inTree {
			out = append(out, p)
		}
	}
	return out
}

// excludeFromTop turns a pattern of Exclude into one from the top of the tree; false
// where it is about what is not in the tree.
func (c *Config) excludeFromTop(p string) (string, bool) {
	if strings.HasPrefix(p, "**/") {
		return p, true
	}
	p = c.fromTop(p)
	return p, !strings.HasPrefix(p, "../")
}

func (c *Config) excludeMakesSense(n *yaml.Node) (int, error) {
	for i, p := range c.Exclude {
		c.excludes = append(c.excludes, n.Content[i].Line)
		if !doublestar.ValidatePattern(p) {
			return n.Content[i].Line, fmt.Errorf("exclude[%d] %q is not a pattern", i, p)
		}
	}
	return 0, nil
}
