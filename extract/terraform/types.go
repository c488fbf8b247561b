package terraform

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"drawbridge/graph"
)

// Type is what somebody knows of a resource type that the tables don't have, or that is
// something else in his place: a row in the tables' own vocabulary. It stands in place
// of a row of the tables.
type Type struct {
	Type string
	// Role is one of [TypeRoles].
	Role       string
	Technology graph.Technology
	Label      string
	// Name is the attribute that holds its name.
	Name     string
	Protocol string
	Port     int
	// Owner holds the attributes that name what a detail belongs to.
	Owner []string
	// Calls holds the attributes of free configuration: what they name is called.
	Calls []string
	// Internet is one of [TypeAccess], "" for what has no address on the internet.
	Internet   string
	Links      []TypeLink
	Properties []TypeProperty
	// Why is the reason of an ignored type.
	Why string
}

// TypeLink says that data flows between what two attributes name; an empty end is the
// resource itself.
type TypeLink struct{ From, To, Protocol, Carries string }

// TypeProperty says that an attribute decides a property.
type TypeProperty struct {
	Property  graph.Property
	Attribute string
	// Test is one of [TypeTests], Value the text that equals wants.
	Test, Value string
	// Default is the value where the attribute is not set.
	Default graph.Truth
}

var (
	typeRoles = map[string]role{
		"process": process, "store": store, "external": external, "identity": identity, "detail": detail, "connector": connector, "ignored": ignored,
	}
	typeAccess = map[string]access{"address": byAddress, "endpoint": managedEndpoint}
	typeTests  = map[string]test{"true": flag, "false": notFlag, "set": set, "positive": positive, "equals": is, "always": always}
)

// TypeRoles, TypeAccess and TypeTests are the words for roles, ways from the internet and tests, sorted.
func TypeRoles() []string  { return slices.Sorted(maps.Keys(typeRoles)) }
func TypeAccess() []string { return slices.Sorted(maps.Keys(typeAccess)) }
func TypeTests() []string  { return slices.Sorted(maps.Keys(typeTests)) }

// row turns what was said into a row of the table.
func (t *Type) row() *row {
	out := &row{
		typ: t.Type, role: typeRoles[t.Role], tech: t.Technology, label: t.Label, name: t.Name, why: t.Why, owner: t.Owner, calls: t.Calls,
		protocol: t.Protocol, port: t.Port, internet: typeAccess[t.Internet],
	}
	for _, l := range t.Links {
		out.links = append(out.links, link{from: l.From, to: l.To, protocol: l.Protocol, carries: l.Carries})
	}
	for _, p := range t.Properties {
		out.props = append(out.props, prop{property: p.Property, attr: p.Attribute, test: typeTests[p.Test], want: p.Value, unset: p.Default, why: "as .drawbridge.yaml says of its type"})
	}
	return out
}

// Check tells what is wrong with a row, nil for nothing.
func (t *Type) Check() error {
	component := typeRoles[t.Role].kind() != ""
	switch {
	case t.Type == "":
		return errors.New("type is missing: the resource type that it is about")
	case typeRoles[t.Role] == 0:
		return fmt.Errorf("role %q is none of %s", t.Role, strings.Join(TypeRoles(), ", "))
	case component && t.Technology == "":
		return fmt.Errorf("technology is missing: what kind of %s it is", t.Role)
	case !slices.Contains(graph.Technologies, t.Technology) && t.Technology != "":
		return fmt.Errorf("technology %q is none that drawbridge knows; its JSON Schema lists them", t.Technology)
	case !component && t.Technology != "":
		return fmt.Errorf("technology is for components, which a %s is not", t.Role)
	case t.Role == "detail" && len(t.Owner) == 0:
		return errors.New("owner is missing: the attribute that names what it belongs to")
	case t.Role != "detail" && len(t.Owner) > 0:
		return fmt.Errorf("owner is for details, which a %s is not", t.Role)
	case t.Role == "ignored" && t.Why == "":
		return errors.New("why is missing: those who come after you will ask why it does not count")
	case t.Port < 0 || t.Port > 65535:
		return fmt.Errorf("port %d is none", t.Port)
	case t.Internet != "" && typeAccess[t.Internet] == 0:
		return fmt.Errorf("internet %q is none of %s", t.Internet, strings.Join(TypeAccess(), ", "))
	}
	for i, l := range t.Links {
		if l.From == "" && l.To == "" {
			return fmt.Errorf("links[%d] needs from or to: the attribute that names the other end", i)
		}
	}
	for i, p := range t.Properties {
		_, known := typeTests[p.Test]
		switch {
		case !slices.Contains(graph.Properties, p.Property):
			return fmt.Errorf("properties[%d]: property %q is none that drawbridge knows", i, p.Property)
		case !known:
			return fmt.Errorf("properties[%d]: test %q is none of %s", i, p.Test, strings.Join(TypeTests(), ", "))
		case (p.Attribute == "") != (p.Test == "always"):
			return fmt.Errorf("properties[%d]: an attribute is needed for all tests but always", i)
		case (p.Value != "") != (p.Test == "equals"):
			return fmt.Errorf("properties[%d]: a value is needed for the test equals, and for no other", i)
		}
	}
	return nil
}

// tableWith is the table with what is known of further types.
func tableWith(types []Type) table {
	t := newTable()
	if len(types) == 0 {
		return t
	}
	t = maps.Clone(t)
	for i := range types {
		t[types[i].Type] = types[i].row()
	}
	return t
}
