package graph

import (
	_ "embed"
	"encoding/json"
	"io"
)

// ChangeSchemaID names the version of the JSON form of a change, as SchemaID does of
// a model's.
const ChangeSchemaID = "drawbridge/change/1"

// ChangeSchema is the JSON Schema (draft 2020-12) of the JSON form of a change.
//
//go:embed change.schema.json
var ChangeSchema []byte

// changeDocument is the JSON form of a change.
type changeDocument struct {
	Schema  string          `json:"schema"`
	Verdict string          `json:"verdict"`
	Changes []deltaDocument `json:"changes"`
	Renames []Rename        `json:"renames"`
	Unknown map[string]int  `json:"unknown,omitempty"`
	Gaps    []gapDocument   `json:"gaps,omitempty"`
}

type gapDocument struct {
	Note
	InBase bool     `json:"in_base"`
	InHead bool     `json:"in_head"`
	Inputs []string `json:"inputs,omitempty"`
}

type deltaDocument struct {
	Kind         DeltaKind     `json:"kind"`
	Change       DeltaChange   `json:"change"`
	ID           string        `json:"id"`
	BaseID       string        `json:"base_id,omitempty"`
	Effect       Effect        `json:"effect"`
	Doubt        bool          `json:"doubt,omitempty"`
	Severity     Severity      `json:"severity,omitempty"`
	Crossing     bool          `json:"crossing,omitempty"`
	FromInternet bool          `json:"from_internet,omitempty"`
	Fields       []FieldChange `json:"fields,omitempty"`
	BaseAt       []Source      `json:"base_at,omitempty"`
	HeadAt       []Source      `json:"head_at,omitempty"`
	Causes       []Source      `json:"caused_by,omitempty"`
}

// WriteChangeJSON writes a change in its JSON form.
func WriteChangeJSON(w io.Writer, c *Change) error {
	doc := changeDocument{
		Schema: ChangeSchemaID, Verdict: c.Verdict(), Changes: []deltaDocument{},
		Renames: append([]Rename{}, c.Renames...), Unknown: c.Unknown,
	}
	for _, d := range c.Deltas {
		doc.Changes = append(doc.Changes, deltaDocument{
			d.Kind, d.Change, d.ID, d.BaseID, d.Effect, d.Doubt, d.Severity, d.Crossing, d.FromInternet, d.Fields, d.BaseAt, d.HeadAt, d.Causes,
		})
	}
	for _, g := range c.Gaps {
		doc.Gaps = append(doc.Gaps, gapDocument{g.Note, g.InBase, g.InHead, g.Inputs})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}
