package plan

import (
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// soundsSecret tells by its name an argument whose value is a credential. A plan and
// a state hold that value wherever it came from; it is withheld unless it is known
// to be written out in the configuration, for that is what a reader of the
// configuration would see, and what makes it a weakness.
func soundsSecret(attribute string) bool {
	for _, word := range []string{
		"password", "passwd", "private_key", "secret_string", "secret_binary", "secret_key", "secret_access_key", "client_secret", "auth_token",
		"credentials", "kube_config", "connection_string", "access_key",
	} {
		if strings.HasSuffix(attribute, word) {
			return true
		}
	}
	return attribute == "secret" || attribute == "token" || attribute == "result"
}

// writtenOut reports whether an expression's value stands in the configuration: as
// a constant, or as the default of a variable that was left at it.
func (r *reader) writtenOut(s *scope, e *tfjson.Expression) bool {
	if s == nil || e == nil || e.ExpressionData == nil {
		return false
	}
	if len(e.References) == 0 {
		return e.ConstantValue != nil
	}
	for _, ref := range e.References {
		parts := steps(ref)
		if len(parts) < 2 || parts[0] != "var" || !r.leftAtDefault(s, parts[1]) {
			return false
		}
	}
	return true
}

// leftAtDefault reports whether the configuration gives a variable its value.
func (r *reader) leftAtDefault(s *scope, name string) bool {
	v := s.config.Variables[name]
	if s.parent != nil {
		if argument := s.call.Expressions[name]; argument != nil {
			return r.writtenOut(s.parent, argument)
		}
		return v != nil && v.Default != nil
	}
	if v == nil || v.Default == nil {
		return false
	}
	want, primitive := text(v.Default)
	got, _ := text(r.variables[name])
	return primitive && got == want
}
