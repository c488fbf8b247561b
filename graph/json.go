package graph

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
)

// SchemaID names the version of the JSON form, in its "schema" field. Fields may
// be added within a version; none changes its meaning or goes away.
const SchemaID = "drawbridge/model/1"

// Schema is the JSON Schema (draft 2020-12) of the JSON form.
//
//go:embed schema.json
var Schema []byte

// document is the JSON form: the graph with its version before it. What the
// graph's own fields are called there stands in their tags.
type document struct {
	Schema string `json:"schema"`
	Graph
}

// WriteJSON writes a graph in its JSON form. Sort it first: the order of the
// slices is the order in the arrays. Arrays are never null; strings that are no
// valid UTF-8 lose the bytes that are wrong.
func WriteJSON(w io.Writer, g *Graph) error {
	buf := bufio.NewWriter(w)
	e := json.NewEncoder(buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(document{SchemaID, withoutNull(g)}); err != nil {
		return fmt.Errorf("write the model as JSON: %w", err)
	}
	return buf.Flush()
}

// ReadJSON reads the JSON form that WriteJSON wrote. Fields that it does not know
// are skipped, so that a later drawbridge of the same version can add some.
func ReadJSON(r io.Reader) (*Graph, error) {
	var d document
	if err := json.NewDecoder(r).Decode(&d); err != nil {
		return nil, fmt.Errorf("read a model in JSON: %w", err)
	}
	if d.Schema != SchemaID {
		return nil, fmt.Errorf("read a model in JSON: its schema is %q, this version of drawbridge reads %q", d.Schema, SchemaID)
	}
	return &d.Graph, nil
}

// withoutNull returns a copy of the graph in which the slices that JSON shows
// are not nil. The elements are copied too, their contents are shared.
func withoutNull(g *Graph) Graph {
	return Graph{
		Components: copies(g.Components, func(c *Component) { c.Parts = notNil(c.Parts) }),
		Boundaries: copies(g.Boundaries, func(b *Boundary) { b.Parts = notNil(b.Parts) }),
		Flows: copies(g.Flows, func(f *Flow) {
			f.Peers, f.Evidence, f.Crosses = notNil(f.Peers), notNil(f.Evidence), notNil(f.Crosses)
		}),
		Grants: copies(g.Grants, func(r *Grant) { r.Evidence = notNil(r.Evidence) }),
		Findings: copies(g.Findings, func(f *Finding) {
			f.Factors, f.STRIDE, f.CWE = notNil(f.Factors), notNil(f.STRIDE), notNil(f.CWE)
			f.References, f.Mitigations, f.Evidence = notNil(f.References), notNil(f.Mitigations), notNil(f.Evidence)
		}),
		Notes:    notNil(g.Notes),
		Coverage: notNil(g.Coverage),
	}
}

func copies[T any](list []*T, change func(*T)) []*T {
	values, out := make([]T, len(list)), make([]*T, len(list))
	for i, v := range list {
		values[i] = *v
		change(&values[i])
		out[i] = &values[i]
	}
	return out
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
