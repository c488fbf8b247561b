package chart

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	helm "helm.sh/helm/v4/pkg/chart/v2"
)

// offline refuses references to schemas that lie elsewhere: Helm would fetch them.
type offline struct{}

func (offline) Load(url string) (any, error) {
	return nil, fmt.Errorf("the schema %s is not loaded", url)
}

// violations tells where the values do not meet the schemas of a chart and its
// sub-charts, one line for each chart that has some. Helm would refuse to render.
func violations(c *helm.Chart, values map[string]any) []string {
	var out []string
	if len(c.Schema) > 0 {
		if err := validate(c.Schema, values); err != nil {
			out = append(out, fmt.Sprintf("values of the chart %s do not meet its schema: %v", c.Name(), err))
		}
	}
	for _, sub := range c.Dependencies() {
		if own, ok := values[sub.Name()].(map[string]any); ok {
			out = append(out, violations(sub, own)...)
		}
	}
	return out
}

func validate(schema []byte, values map[string]any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the schema is not understood: %v", r)
		}
	}()
	const name = "values.schema.json"
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(offline{})
	if err := compiler.AddResource(name, doc); err != nil {
		return err
	}
	compiled, err := compiler.Compile(name)
	if err != nil {
		return err
	}
	text, err := json.Marshal(values)
	if err != nil {
		return err
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	err = compiled.Validate(instance)
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		return errors.New(firstCause(invalid))
	}
	return err
}

// firstCause words the first place that is wrong; the others are often its consequences.
func firstCause(err *jsonschema.ValidationError) string {
	for len(err.Causes) > 0 {
		err = err.Causes[0]
	}
	message := err.Error()
	if _, cause, ok := strings.Cut(message, "- at "); ok {
		message = "at " + cause
	}
	return strings.TrimSpace(message)
}
