package config

import (
	"errors"
	"fmt"
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
// belongs to it is told by patterns of addresses, by tags, or by folders of the code.
type Scope struct {
	Name    string            `json:"name"`
	Match   []string          `json:"match,omitempty"`
	Tags    map[string]string `json:"tags,omitempty"`
	Folders []string          `json:"folders,omitempty"`
}

// Component changes what the code says of components, or adds one that it can't show.
type Component struct {
	// Match is a pattern of addresses; "*" stands for any characters.
	Match string `json:"match,omitempty"`
	// Add is the identifier of a component that code does not show.
	Add        string `json:"add,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Technology string `json:"technology,omitempty"`
	Boundary   string `json:"boundary,omitempty"`

	Name           string            `json:"name,omitempty"`
	Classification string            `json:"classification,omitempty"`
	Tags           map[string]string `json:"tags,omitempty"`
	Remove         bool              `json:"remove,omitempty"`
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
	Remove        bool   `json:"remove,omitempty"`
}

// Statements are what the file says of the elements of a model, with places.
func (c *Config) Statements() stated.Model {
	var m stated.Model
	for i, s := range c.Scopes {
		var folders []string
		for _, f := range s.Folders {
			folders = append(folders, c.fromTop(f))
		}
		m.Scopes = append(m.Scopes, stated.Scope{Name: s.Name, Match: s.Match, Tags: s.Tags, Folders: folders, Source: c.at("scopes", i)})
	}
	for i, s := range c.Components {
		m.Components = append(m.Components, stated.Component{
			Match: s.Match, ID: s.Add, Kind: graph.Kind(s.Kind), Technology: graph.Technology(s.Technology), Boundary: s.Boundary,
			Name: s.Name, Classification: s.Classification, Tags: s.Tags, Remove: s.Remove, Source: c.at("components", i),
		})
	}
	for i, s := range c.Flows {
		m.Flows = append(m.Flows, stated.Flow{
			From: s.From, To: s.To, Protocol: strings.ToLower(s.Protocol), Port: s.Port, Encrypted: truth(s.Encrypted),
			Authenticated: truth(s.Authenticated), Carries: s.Carries, Remove: s.Remove, Source: c.at("flows", i),
		})
	}
	return m
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
	case len(s.Match)+len(s.Tags)+len(s.Folders) == 0:
		return errors.New("nothing tells what belongs to it: give match, tags or folders")
	}
	return nil
}

func (s *Component) check(*Config) error {
	kind, technology := graph.Kind(s.Kind), graph.Technology(s.Technology)
	switch {
	case s.Match == "" && s.Add == "":
		return errors.New("it needs match, for what the code shows, or add, for what it does not")
	case s.Match != "" && s.Add != "":
		return errors.New("match and add exclude each other: write two entries")
	case s.Add == "" && s.Kind+s.Technology+s.Boundary != "":
		return errors.New("kind, technology and boundary are for components that are added")
	case s.Add != "" && s.Remove:
		return errors.New("what is added can't be removed")
	case s.Add != "" && !slices.Contains(graph.Kinds, kind):
		return fmt.Errorf("kind %q is none of %s", s.Kind, listed(graph.Kinds))
	case s.Technology != "" && !slices.Contains(graph.Technologies, technology):
		return fmt.Errorf("technology %q is none of %s", s.Technology, listed(graph.Technologies))
	case s.Classification != "" && !slices.Contains(classifications, s.Classification):
		return fmt.Errorf("classification %q is none of %s", s.Classification, listed(classifications))
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
		if strings.HasPrefix(p, "**/") {
			out = append(out, p)
			continue
		}
		if p = c.fromTop(p); !strings.HasPrefix(p, "../") {
			out = append(out, p)
		}
	}
	return out
}

func excludeMakesSense(list []string, n *yaml.Node) (int, error) {
	for i, p := range list {
		if !doublestar.ValidatePattern(p) {
			return n.Content[i].Line, fmt.Errorf("exclude[%d] %q is not a pattern", i, p)
		}
	}
	return 0, nil
}
