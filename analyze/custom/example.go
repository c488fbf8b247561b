package custom

import (
	"fmt"
	"slices"

	"drawbridge/graph"
)

// Example is a small model, as a user writes it to show what a rule finds. What is left
// out of it is not known.
type Example struct {
	Components []ExampleComponent `json:"components,omitempty"`
	Boundaries []ExampleBoundary  `json:"boundaries,omitempty"`
	Flows      []ExampleFlow      `json:"flows,omitempty"`
	Grants     []ExampleGrant     `json:"grants,omitempty"`
}

// ExampleComponent is a component of an example. The internet is there without being named.
type ExampleComponent struct {
	ID         string            `json:"id"`
	Kind       string            `json:"kind,omitempty"` // a process if it is left out
	Technology string            `json:"technology,omitempty"`
	Boundary   string            `json:"boundary,omitempty"`
	Properties map[string]bool   `json:"properties,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

// ExampleBoundary is a boundary of an example.
type ExampleBoundary struct {
	ID         string          `json:"id"`
	Kind       string          `json:"kind,omitempty"` // a group if it is left out
	Parent     string          `json:"parent,omitempty"`
	Properties map[string]bool `json:"properties,omitempty"`
}

// ExampleFlow is a flow of an example.
type ExampleFlow struct {
	From          string   `json:"from"`
	To            string   `json:"to"`
	Protocol      string   `json:"protocol,omitempty"`
	Port          int      `json:"port,omitempty"`
	Basis         string   `json:"basis,omitempty"` // declared if it is left out
	Encrypted     *bool    `json:"encrypted,omitempty"`
	Authenticated *bool    `json:"authenticated,omitempty"`
	Peers         []string `json:"peers,omitempty"`
}

// ExampleGrant is a grant of an example.
type ExampleGrant struct {
	From     string `json:"from"`
	To       string `json:"to"`
	How      string `json:"how,omitempty"`
	Does     string `json:"does,omitempty"`
	Wildcard bool   `json:"wildcard,omitempty"`
}

// Graph makes the example a graph that is not yet analyzed.
func (e Example) Graph() (*graph.Graph, error) {
	g := &graph.Graph{Components: []*graph.Component{{
		ID: graph.InternetID, Name: graph.InternetID, Address: graph.InternetID, Kind: graph.External, Technology: graph.TechInternet,
	}}}
	there := map[string]bool{graph.InternetID: true}
	for _, b := range e.Boundaries {
		kind := oneOf(graph.BoundaryKind(b.Kind), graph.BoundaryGroup)
		if !slices.Contains(graph.BoundaryKinds, kind) {
			return nil, fmt.Errorf("boundary %s: kind %q is none of %s", b.ID, b.Kind, listed(words(graph.BoundaryKinds)))
		}
		out := &graph.Boundary{ID: b.ID, Name: b.ID, Address: b.ID, Kind: kind, Parent: b.Parent}
		if err := setAll(b.ID, b.Properties, out.Set); err != nil {
			return nil, err
		}
		g.Boundaries = append(g.Boundaries, out)
	}
	for _, c := range e.Components {
		kind := oneOf(graph.Kind(c.Kind), graph.Process)
		switch {
		case c.ID == "" || there[c.ID]:
			return nil, fmt.Errorf("component id %q is empty or there twice", c.ID)
		case !slices.Contains(graph.Kinds, kind):
			return nil, fmt.Errorf("component %s: kind %q is none of %s", c.ID, c.Kind, listed(words(graph.Kinds)))
		case c.Technology != "" && !slices.Contains(graph.Technologies, graph.Technology(c.Technology)):
			return nil, fmt.Errorf("component %s: technology %q is none of %s", c.ID, c.Technology, listed(words(graph.Technologies)))
		}
		there[c.ID] = true
		out := &graph.Component{
			ID: c.ID, Name: c.ID, Address: c.ID, Kind: kind, Technology: graph.Technology(c.Technology), Boundary: c.Boundary,
			Tags: c.Tags, Attributes: c.Attributes,
		}
		if err := setAll(c.ID, c.Properties, out.Set); err != nil {
			return nil, err
		}
		g.Components = append(g.Components, out)
	}
	for _, f := range e.Flows {
		basis := oneOf(graph.Basis(f.Basis), graph.Declared)
		switch {
		case !there[f.From] || !there[f.To]:
			return nil, fmt.Errorf("the flow from %q to %q: both must be components of the example", f.From, f.To)
		case !slices.Contains(graph.Bases, basis):
			return nil, fmt.Errorf("the flow from %s: basis %q is none of %s", f.From, f.Basis, listed(words(graph.Bases)))
		}
		g.Flows = append(g.Flows, &graph.Flow{
			ID: graph.FlowID(f.From, f.To, f.Protocol, f.Port, basis), From: f.From, To: f.To, Protocol: f.Protocol, Port: f.Port,
			Basis: basis, Encrypted: said(f.Encrypted), Authenticated: said(f.Authenticated), Peers: f.Peers,
		})
	}
	for _, r := range e.Grants {
		if !there[r.From] || !there[r.To] {
			return nil, fmt.Errorf("the grant from %q to %q: both must be components of the example", r.From, r.To)
		}
		if r.Does != "" && !slices.Contains(graph.Abilities, graph.Ability(r.Does)) {
			return nil, fmt.Errorf("the grant from %s: does %q is none of %s", r.From, r.Does, listed(words(graph.Abilities)))
		}
		g.Grants = append(g.Grants, &graph.Grant{
			ID: graph.GrantID(r.From, r.To, r.How), From: r.From, To: r.To, How: r.How, Does: graph.Ability(r.Does), Wildcard: r.Wildcard,
		})
	}
	g.Sort()
	return g, nil
}

func oneOf[T ~string](word, otherwise T) T {
	if word == "" {
		return otherwise
	}
	return word
}

func said(b *bool) graph.Truth {
	if b == nil {
		return graph.Unknown
	}
	return graph.Of(*b)
}

func setAll(id string, properties map[string]bool, set func(graph.Property, graph.Truth, graph.Evidence)) error {
	for _, p := range keys(properties) {
		if !slices.Contains(graph.Properties, graph.Property(p)) {
			return fmt.Errorf("%s: there is no property %q; the vocabulary lists them", id, p)
		}
		set(graph.Property(p), graph.Of(properties[p]), graph.Evidence{Why: "as the example says"})
	}
	return nil
}

// Failures are the examples of a rule that it does not do right, as sentences. Complete
// is the analysis that comes before rules.
func (r *Compiled) Failures(complete func(*graph.Graph)) ([]string, error) {
	var out []string
	for _, list := range []struct {
		key      string
		examples []Example
		found    bool
	}{{"bad", r.Bad, true}, {"good", r.Good, false}} {
		for i, e := range list.examples {
			g, err := e.Graph()
			if err != nil {
				return nil, err
			}
			complete(g)
			findings, notes := Run(g, []*Compiled{r})
			for _, n := range notes {
				out = append(out, fmt.Sprintf("%s example %d: %s", list.key, i+1, n.Message))
			}
			switch {
			case list.found && len(findings) == 0:
				out = append(out, fmt.Sprintf("%s example %d: nothing is found", list.key, i+1))
			case !list.found && len(findings) > 0:
				out = append(out, fmt.Sprintf("%s example %d: it finds %q", list.key, i+1, findings[0].Title))
			}
		}
	}
	return out, nil
}
