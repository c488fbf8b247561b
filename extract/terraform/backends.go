package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
)

// remoteState is the data source that reads the outputs of another root.
const remoteState = "terraform_remote_state"

// backendType says what tells the states of one kind of backend apart.
type backendType struct {
	name string
	// key is the argument that names a state within its place; unset is its value where
	// it is not written.
	key, unset string
	// place are the arguments that say where the state lies, and also those that are
	// compared where both sides write them.
	place, also []string
}

// backendTypes are those of Terraform 1.11, by their documentation, but for those that
// it removed. Credentials tell no states apart.
var backendTypes = []backendType{
	{name: "azurerm", key: "key", place: []string{"storage_account_name", "container_name"}, also: []string{"resource_group_name", "subscription_id"}},
	{name: "consul", key: "path", also: []string{"address", "datacenter"}},
	{name: "cos", key: "key", unset: "terraform.tfstate", place: []string{"bucket"}, also: []string{"region", "prefix"}},
	{name: "gcs", key: "prefix", unset: "", place: []string{"bucket"}},
	{name: "http", key: "address"},
	{name: "kubernetes", key: "secret_suffix", also: []string{"namespace", "config_context"}},
	{name: "local", key: "path", unset: "terraform.tfstate"},
	{name: "oss", key: "key", unset: "terraform.tfstate", place: []string{"bucket"}, also: []string{"region", "prefix"}},
	{name: "pg", key: "schema_name", unset: "terraform_remote_state", also: []string{"conn_str"}},
	{name: "remote", key: "workspaces.name", place: []string{"organization"}, also: []string{"hostname"}},
	{name: "s3", key: "key", place: []string{"bucket"}, also: []string{"region", "workspace_key_prefix"}},
}

func backendNamed(name string) *backendType {
	if name == "cloud" { // the block for what the remote backend does
		name = "remote"
	}
	i := slices.IndexFunc(backendTypes, func(t backendType) bool { return t.name == name })
	if i < 0 {
		return nil
	}
	return &backendTypes[i]
}

// anything stands in a pattern for a text that can't be known.
const anything = "\x00"

// location is where a state lies: arguments of its backend, in which [anything] stands
// for what can't be known. What is not there is not written.
type location struct {
	typ  *backendType
	args map[string]string
	// partial is true where more arguments may be given when terraform is initialised.
	partial bool
}

// locate reads a location from evaluated arguments.
func locate(typ *backendType, get func(name string) eval.Value) location {
	l := location{typ: typ, args: map[string]string{}}
	for _, name := range slices.Concat([]string{typ.key}, typ.place, typ.also) {
		if v := get(name); !v.IsNull() {
			l.args[name] = pattern(v)
		}
	}
	if typ.name == "remote" {
		if v := get("workspaces.prefix"); !v.IsNull() && l.args[typ.key] == "" {
			l.args[typ.key] = pattern(v) + anything
		}
	}
	return l
}

// pattern writes a text with [anything] in place of what can't be known.
func pattern(v eval.Value) string {
	text, ok := v.Text()
	if !ok {
		return anything
	}
	var out strings.Builder
	last := 0
	for _, p := range eval.Tokens(text) {
		out.WriteString(text[last:p.Start] + anything)
		last = p.End
	}
	out.WriteString(text[last:])
	return out.String()
}

// fit is how well a state that is read and one that a root keeps agree.
type fit int

// The fits, from worst to best.
const (
	unlike fit = iota
	byName     // nothing of the root's key is known, but its directory is named as the key
	byPart     // what is known agrees, the key with something that names it
	exact
)

// compare tells whether a state that is read is the one that is kept, and which
// arguments can't be compared in full. Dir is the directory of the root that keeps it.
func compare(read, kept location, dir string) (f fit, unknown []string, steps int) {
	if read.typ != kept.typ {
		return unlike, nil, 0
	}
	a, inRead := read.args[read.typ.key]
	b, inKept := kept.args[read.typ.key]
	if !inRead {
		a = read.typ.unset
	}
	if !inKept && !kept.partial {
		b, inKept = read.typ.unset, true
	}
	if inKept && b != anything && !unify(a, b) {
		return unlike, nil, 0
	}
	f = exact
	for _, name := range slices.Concat(read.typ.place, read.typ.also) {
		x, inRead := read.args[name]
		y, inKept := kept.args[name]
		switch {
		case inRead && inKept && !unify(x, y):
			return unlike, nil, 0
		case inRead && inKept && !strings.Contains(x+y, anything):
		case inRead && inKept, slices.Contains(read.typ.place, name):
			f, unknown = byPart, append(unknown, name)
		}
	}
	switch {
	case !inKept || b == anything:
		if steps = commonSteps(a, dir); steps == 0 {
			return unlike, nil, 0
		}
		return byName, append(unknown, read.typ.key), steps
	case !strings.Contains(a+b, anything):
	default:
		f, unknown = byPart, append(unknown, read.typ.key)
	}
	if f == byPart && !(telling(a) && telling(b)) {
		return unlike, nil, 0
	}
	return f, unknown, 0
}

// telling reports whether what is known of a key says which state it is: more than the
// words that all keys have.
func telling(key string) bool {
	letters := 0
	for _, part := range strings.FieldsFunc(key, func(r rune) bool { return strings.ContainsRune("/._-"+anything, r) }) {
		if !slices.Contains(usualWords, part) {
			letters += len(part)
		}
	}
	return letters >= 3
}

// usualWords stand in keys whatever the state is of.
var usualWords = []string{"default", "env", "main", "state", "states", "terraform", "tf", "tfstate"}

// commonSteps returns how many names at the end of a key, without those that all keys
// have, are those at the end of a directory.
func commonSteps(key, dir string) int {
	steps := strings.Split(strings.TrimSuffix(strings.TrimSuffix(key, ".tfstate"), ".state"), "/")
	for len(steps) > 0 && slices.Contains(usualWords, steps[len(steps)-1]) {
		steps = steps[:len(steps)-1]
	}
	names := strings.Split(dir, "/")
	n := 0
	for n < len(steps) && n < len(names) && len(steps[len(steps)-1-n]) > 2 && steps[len(steps)-1-n] == names[len(names)-1-n] {
		n++
	}
	return n
}

// unify reports whether there is a text that two patterns both match, where [anything]
// matches one byte or more.
func unify(a, b string) bool {
	if !strings.Contains(a+b, anything) {
		return a == b
	}
	if len(a) > maxPattern || len(b) > maxPattern || !sameEnds(a, b) {
		return false
	}
	// reach[j] tells whether the first i bytes of a and j of b can stand for one text;
	// a byte that is anything stays for as long as it likes.
	is := func(s string, i int) bool { return s[i] == anything[0] }
	reach := make([][]bool, len(a)+1)
	for i := range reach {
		reach[i] = make([]bool, len(b)+1)
	}
	reach[0][0] = true
	for i := range len(a) + 1 {
		for j := range len(b) + 1 {
			if !reach[i][j] {
				if i > 0 && j > 0 {
					same := a[i-1] == b[j-1] || is(a, i-1) || is(b, j-1)
					reach[i][j] = same && (reach[i-1][j-1] || is(a, i-1) && reach[i][j-1] || is(b, j-1) && reach[i-1][j])
				}
			}
		}
	}
	return reach[len(a)][len(b)]
}

// sameEnds reports whether what is known of the beginnings of two patterns agrees, and
// of their ends: it mostly doesn't, and costs little.
func sameEnds(a, b string) bool {
	for i := 0; i < len(a) && i < len(b) && a[i] != anything[0] && b[i] != anything[0]; i++ {
		if a[i] != b[i] {
			return false
		}
	}
	for i := 1; i <= len(a) && i <= len(b) && a[len(a)-i] != anything[0] && b[len(b)-i] != anything[0]; i++ {
		if a[len(a)-i] != b[len(b)-i] {
			return false
		}
	}
	return true
}

// maxPattern bounds the texts that are compared with unknown parts.
const maxPattern = 500
