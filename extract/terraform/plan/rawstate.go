package plan

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	tfjson "github.com/hashicorp/terraform-json"
)

// rawState is a state file of format 4, the one since Terraform 0.12. Terraform
// doesn't promise to keep it, but what is read here has not changed since.
type rawState struct {
	Outputs map[string]struct {
		Value     any
		Sensitive bool
	}
	Resources []struct {
		Module, Mode, Type, Name string
		Instances                []struct {
			IndexKey   any `json:"index_key"`
			Deposed    string
			Attributes map[string]any
			// Flat is the form of resources that no terraform since 0.12 has touched.
			Flat         map[string]any    `json:"attributes_flat"`
			Sensitive    []json.RawMessage `json:"sensitive_attributes"`
			Dependencies []string
		}
	}
}

func (r *reader) readRawState(fsys fs.FS, content []byte) error {
	var s rawState
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber()
	if err := d.Decode(&s); err != nil {
		return err
	}
	r.outputs = map[string]*tfjson.StateOutput{}
	for name, o := range s.Outputs {
		r.outputs[name] = &tfjson.StateOutput{Value: o.Value, Sensitive: o.Sensitive}
	}
	for _, res := range s.Resources {
		block := res.Type + "." + res.Name
		if res.Mode == string(eval.Data) {
			block = "data." + block
		}
		block = join(res.Module, block)
		for _, inst := range res.Instances {
			if inst.Deposed != "" {
				continue
			}
			address := block + keyOf(inst.IndexKey)
			if inst.Attributes == nil && inst.Flat != nil {
				r.note(graph.Note{
					Code: "old-state", Address: address, Message: "not read: its attributes are in the form of Terraform 0.11",
					Next: "run terraform apply -refresh-only with a current version, and scan again",
				})
				continue
			}
			for name, v := range inst.Attributes {
				inst.Attributes[name] = withoutType(v)
			}
			r.add(&instance{
				Resource: &eval.Resource{Address: address, Mode: eval.Mode(res.Mode), Type: res.Type, Name: res.Name, Module: res.Module},
				given:    given{value: inst.Attributes, sensitive: sensitiveParts(inst.Sensitive, inst.Attributes)},
				depends:  inst.Dependencies,
			})
		}
	}
	r.evaluateSource(fsys, nil)
	return nil
}

// keyOf writes an instance key as addresses have it.
func keyOf(key any) string {
	switch k := key.(type) {
	case string:
		return `["` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", "$${", "%{", "%%{").Replace(k) + `"]`
	case json.Number:
		return "[" + k.String() + "]"
	}
	return ""
}

// withoutType unwraps a value of a type that the schema leaves open: the state has
// it as an object of the value and its type.
func withoutType(v any) any {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 2 || m["type"] == nil {
		return v
	}
	if inner, ok := m["value"]; ok {
		return inner
	}
	return v
}

// sensitiveParts marks each attribute of which any part is sensitive. The file names
// what configuration made sensitive; what providers declare so is told by its name,
// for the file does not say it.
func sensitiveParts(paths []json.RawMessage, attributes map[string]any) any {
	out := map[string]any{}
	for _, p := range paths {
		var steps []struct{ Value any }
		if json.Unmarshal(p, &steps) != nil || len(steps) == 0 {
			continue
		}
		if name, ok := steps[0].Value.(string); ok {
			out[name] = true
		}
	}
	for name := range attributes {
		if soundsSecret(name) {
			out[name] = true
		}
	}
	return out
}
