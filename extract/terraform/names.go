package terraform

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"drawbridge/extract/terraform/eval"
)

// nameAttributes are where resource types keep the name that people gave.
var nameAttributes = []string{
	"identifier", "bucket", "function_name", "cluster_identifier", "node_group_name", "table_name", "replication_group_id", "broker_name",
	"alarm_name", "repository_name", "repository", "queue_name", "name", "family", "domain_name", "display_name", "cluster_id",
}

// genericNames are block names that say nothing of what a block is for.
var genericNames = []string{"this", "main", "default", "self", "it", "resource", "module", "primary", "example", "instance", "current", "managed"}

// maxName is the length from which an attribute is no name for a diagram.
const maxName = 100

// humanName is the resource's own name where it is written out, else its Name
// tag, else what its block and the calls around it are named.
func (b *builder) humanName(r *resource) string {
	if r.Mode != eval.MissingModule { // arguments of a module are named as its author likes
		for _, a := range namesOf(r) {
			if s := writtenName(r.Body.Attrs[a]); s != "" {
				return s
			}
		}
		if s := writtenName(r.Body.Get("tags.Name")); s != "" {
			return s
		}
	}
	return b.blockName(r)
}

// namesOf returns the attributes that hold an instance's name.
func namesOf(r *resource) []string {
	if r.row != nil && r.row.name != "" {
		return []string{r.row.name}
	}
	return nameAttributes
}

// writtenName returns a name that people can read, "" for none. One variable
// without a value may stand in it: "${env}-orders".
func writtenName(v eval.Value) string {
	s, ok := writtenOut(v)
	if !ok || len(s) >= maxName {
		return ""
	}
	variables := eval.Tokens(s)
	if len(variables) == 0 {
		return withoutPlaceholders(s)
	}
	p := variables[0]
	if rest := s[:p.Start] + s[p.End:]; len(variables) > 1 || !namesSomething.MatchString(rest) {
		return ""
	}
	return withoutPlaceholders(s[:p.Start] + "${" + lastStep(p.Address) + "}" + s[p.End:])
}

// namesSomething matches what is left of a name when it is more than separators.
var namesSomething = regexp.MustCompile(`[A-Za-z]{2}`)

// withoutPlaceholders drops what stands for the account's number and region.
func withoutPlaceholders(s string) string {
	if !strings.Contains(s, "ACCOUNT") && !strings.Contains(s, "REGION") {
		return s
	}
	s = strings.NewReplacer("ACCOUNT", "", "REGION", "").Replace(s)
	s = strings.ReplaceAll(s, "--", "-")
	return strings.Trim(s, "-_. ")
}

// blockName is the block's name with the instance's key. Where that says nothing
// it is led or replaced by the calls around it; of a generic block at the top the
// key alone is left.
func (b *builder) blockName(r *resource) string {
	key := b.instanceKey(r)
	calls := callNames(r.Module)
	generic := saysNothing(r)
	switch {
	case len(calls) > 0 && generic:
		return withKey(lastCalls(calls, b.callCount(r)), key)
	case len(calls) > 0 && len(b.modulesOf[r.Type+"."+r.Name]) > 1:
		return withKey(lastCalls(calls, b.callCount(r))+" "+r.Name, key)
	case generic && strings.HasPrefix(key, `"`):
		return strings.Trim(key, `"`)
	}
	return withKey(r.Name, key)
}

// saysNothing reports whether a block's name only repeats its type, or nothing.
func saysNothing(r *resource) bool {
	if slices.Contains(genericNames, r.Name) {
		return true
	}
	if r.Mode == eval.MissingModule {
		return false
	}
	words := strings.Split(r.Type, "_")
	return !slices.ContainsFunc(strings.FieldsFunc(r.Name, func(c rune) bool { return c == '_' || c == '-' }), func(w string) bool {
		return !slices.Contains(words, w)
	})
}

func withKey(name, key string) string {
	if key == "" {
		return name
	}
	return name + "[" + strings.Trim(key, `"`) + "]"
}

// instanceKey returns the instance's key where it tells it apart.
func (b *builder) instanceKey(r *resource) string {
	if _, err := strconv.Atoi(r.Key); err == nil && len(b.byBlock[blockAddress(r.Address)]) == 1 {
		return ""
	}
	return r.Key
}

// callCount returns how many names of calls it takes to tell the modules that
// hold blocks of this type and name apart.
func (b *builder) callCount(r *resource) int {
	modules := b.modulesOf[r.Type+"."+r.Name]
	for n := 1; n < maxNesting; n++ {
		seen := map[string]bool{}
		for _, m := range modules {
			seen[lastCalls(callNames(m), n)] = true
		}
		if len(seen) == len(modules) {
			return n
		}
	}
	return 1
}

// lastCalls joins the names of the last n calls, with more where these are generic.
func lastCalls(calls []string, n int) string {
	n = min(n, len(calls))
	for n < len(calls) && slices.Contains(genericNames, calls[len(calls)-n]) {
		n++
	}
	return strings.Join(calls[len(calls)-n:], " ")
}

// moduleStep matches one call in a module's address, with its instance key.
var moduleStep = regexp.MustCompile(`module\.([A-Za-z0-9_-]+)(?:\[("(?:[^"\\]|\\.)*"|[0-9]+)\])?`)

// callNames returns the names of the calls in a module's address, outermost
// first; a call in a for_each has its key ("queue[orders]").
func callNames(module string) []string {
	var out []string
	for _, m := range moduleStep.FindAllStringSubmatch(module, -1) {
		name := m[1]
		if m[2] != "" && m[2] != "0" {
			name = withKey(name, m[2])
		}
		out = append(out, name)
	}
	return out
}

// findModules remembers which modules hold blocks of each type and name.
func (b *builder) findModules() {
	b.modulesOf = map[string][]string{}
	for _, r := range b.resources {
		if r.Mode == eval.Data {
			continue
		}
		k := r.Type + "." + r.Name
		if !slices.Contains(b.modulesOf[k], r.Module) {
			b.modulesOf[k] = append(b.modulesOf[k], r.Module)
		}
	}
}

// groupName names several things that are drawn as one: by what their names begin
// with, else by the first and their number.
func groupName(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	prefix := names[0]
	for _, n := range names[1:] {
		for !strings.HasPrefix(n, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	if prefix = strings.TrimRight(prefix, "-_. ["); len(prefix) < 3 {
		prefix = names[0]
	}
	return prefix + " ×" + strconv.Itoa(len(names))
}
