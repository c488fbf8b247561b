package plan

import (
	"bytes"
	"encoding/json"
)

// Kind is what a file's content is.
type Kind int

// The kinds.
const (
	Other    Kind = iota
	Plan          // terraform show -json of a plan
	State         // terraform show -json of a state
	RawState      // a state file, terraform.tfstate
	Binary        // a plan as terraform plan -out writes it, which only terraform reads
)

// Recognize tells what a file's content is. The beginning of a file is enough for
// [Binary]; all others are told by the keys of the whole document.
//
// Terraform's documentation, "JSON Output Format".
func Recognize(content []byte) Kind {
	if IsBinary(content) {
		return Binary
	}
	content = bytes.TrimLeft(content, "\ufeff \t\r\n")
	if len(content) == 0 || content[0] != '{' || !mayHold(content) {
		return Other
	}
	var top map[string]json.RawMessage
	if json.Unmarshal(content, &top) != nil {
		return Other
	}
	has := func(keys ...string) bool {
		for _, k := range keys {
			if _, ok := top[k]; !ok {
				return false
			}
		}
		return true
	}
	switch {
	case has("format_version", "planned_values"):
		return Plan
	case has("format_version", "values", "terraform_version"):
		return State
	case has("version", "lineage", "serial", "resources") && string(top["version"]) == "4":
		return RawState
	}
	return Other
}

// IsBinary reports whether a file begins as a plan that terraform plan -out wrote: a zip
// archive, whose first entry's name stands at byte 30.
func IsBinary(head []byte) bool {
	return len(head) >= 36 && string(head[:4]) == "PK\x03\x04" && string(head[30:36]) == "tfplan"
}

// mayHold spares documents of other kinds the decoding.
func mayHold(content []byte) bool {
	for _, keys := range [][]string{{"format_version", "planned_values"}, {"format_version", "values"}, {"lineage", "resources"}} {
		all := true
		for _, k := range keys {
			all = all && bytes.Contains(content, []byte(`"`+k+`"`))
		}
		if all {
			return true
		}
	}
	return false
}
