package graph

import (
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

// document is the JSON form: the graph with its version before it, and its findings
// put together. What the graph's own fields are called there stands in their tags.
type document struct {
	Schema string `json:"schema"`
	Graph
	Findings []*JointFinding `json:"findings"`
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
	d.Graph.Findings = nil
	for _, f := range d.Findings {
		if f != nil {
			d.Graph.Findings = append(d.Graph.Findings, f.apart()...)
		}
	}
	sortFindings(d.Graph.Findings)
	return &d.Graph, nil
}
