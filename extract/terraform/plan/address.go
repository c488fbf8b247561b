package plan

import (
	"slices"
	"strings"
)

// steps cuts an address or a reference into names and bracketed keys:
// module.a["x.y"].aws_vpc.v[0].id gives module, a, ["x.y"], aws_vpc, v, [0], id.
func steps(s string) []string {
	var out []string
	for s != "" {
		n := strings.IndexAny(s, ".[")
		if s[0] == '[' {
			n = keyEnd(s)
		}
		if n < 0 {
			n = len(s)
		}
		if n > 0 {
			out = append(out, s[:n])
		}
		s = strings.TrimPrefix(s[n:], ".")
	}
	return out
}

// keyEnd returns the length of the bracketed key that s begins with, quotes considered.
func keyEnd(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ']' && !quoted:
			return i + 1
		}
	}
	return len(s)
}

func isKey(step string) bool { return strings.HasPrefix(step, "[") }

// join puts names together behind the address of a module.
func join(module, rest string) string {
	if module == "" {
		return rest
	}
	return module + "." + rest
}

// lastModule cuts the innermost call off a module's address; the name is empty
// where it is no module's address.
func lastModule(address string) (parent, name, key string) {
	parts := steps(address)
	n := len(parts)
	if n > 0 && isKey(parts[n-1]) {
		key = parts[n-1]
		n--
	}
	if n < 2 || parts[n-2] != "module" {
		return "", "", ""
	}
	name = parts[n-1]
	parent, ok := strings.CutSuffix(address, "module."+name+key)
	if !ok {
		return "", "", ""
	}
	return strings.TrimSuffix(parent, "."), name, key
}

// withoutKeys is an address of configuration: of the block that an instance of a
// module's instance comes from.
func withoutKeys(address string) string {
	return strings.Join(slices.DeleteFunc(steps(address), isKey), ".")
}
