package config

import (
	"fmt"

	"drawbridge/extract/terraform"
	"drawbridge/graph"
)

// Type is what the users know of a Terraform resource type: a row of their own.
type Type struct {
	Type       string         `json:"type"`
	Role       string         `json:"role"`
	Technology string         `json:"technology,omitempty"`
	Label      string         `json:"label,omitempty"`
	Name       string         `json:"name,omitempty"`
	Protocol   string         `json:"protocol,omitempty"`
	Port       int            `json:"port,omitempty"`
	Owner      []string       `json:"owner,omitempty"`
	Calls      []string       `json:"calls,omitempty"`
	Internet   string         `json:"internet,omitempty"`
	Links      []TypeLink     `json:"links,omitempty"`
	Properties []TypeProperty `json:"properties,omitempty"`
	Why        string         `json:"why,omitempty"`
}

// TypeLink is a flow between what two attributes name; the end that is left out is the
// resource itself.
type TypeLink struct {
	From     string `json:"from,omitempty"`
	To       string `json:"to,omitempty"`
	Protocol string `json:"protocol,omitempty"`
	Carries  string `json:"carries,omitempty"`
}

// TypeProperty is an attribute that decides a property.
type TypeProperty struct {
	Property  string `json:"property"`
	Attribute string `json:"attribute,omitempty"`
	Test      string `json:"test"`
	Value     string `json:"value,omitempty"`
	Default   *bool  `json:"default,omitempty"`
}

// Rows are the users' own rows.
func (c *Config) Rows() []terraform.Type {
	var out []terraform.Type
	for i := range c.Types {
		out = append(out, c.Types[i].row())
	}
	return out
}

func (t *Type) row() terraform.Type {
	out := terraform.Type{
		Type: t.Type, Role: t.Role, Technology: graph.Technology(t.Technology), Label: t.Label, Name: t.Name, Protocol: t.Protocol, Port: t.Port,
		Owner: t.Owner, Calls: t.Calls, Internet: t.Internet, Why: t.Why,
	}
	for _, l := range t.Links {
		out.Links = append(out.Links, terraform.TypeLink(l))
	}
	for _, p := range t.Properties {
		out.Properties = append(out.Properties, terraform.TypeProperty{
			Property: graph.Property(p.Property), Attribute: p.Attribute, Test: p.Test, Value: p.Value, Default: truth(p.Default),
		})
	}
	return out
}

func (t *Type) check(c *Config) error {
	for i := range c.Types {
		if other := &c.Types[i]; other == t {
			break
		} else if other.Type == t.Type {
			return fmt.Errorf("%s stands in types[%d] already", t.Type, i)
		}
	}
	row := t.row()
	return row.Check()
}
