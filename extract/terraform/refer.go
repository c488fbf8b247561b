package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// named returns the instances that a value names, in the order of addresses. A
// token in a text is the exact answer where it leads to something; else the marks
// are, without those that came along with another (a table's name built from a
// bucket's name names the table). An account's or project's number in a text is part of
// a name that has it to be unique.
func (b *builder) named(v eval.Value) []*resource {
	refs := v.Refs()
	if len(refs) == 0 {
		return nil
	}
	if s, ok := v.Text(); ok {
		var out []*resource
		for _, p := range eval.Tokens(s) {
			for _, r := range b.at(p.Address) {
				if meaningful(r) && r.row.role != administrative && !slices.Contains(out, r) {
					out = append(out, r)
				}
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return b.marked(refs)
}

// marked returns the instances that marks name.
func (b *builder) marked(refs []eval.Ref) []*resource {
	var out []*resource
	for _, ref := range b.direct(refs) {
		for _, r := range b.at(ref.Address) {
			if meaningful(r) && !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

// meaningful leaves out what never is the thing meant: random suffixes and the like.
func meaningful(r *resource) bool {
	return r.row != nil && r.row.role != ignored
}

// at returns the instances at an address: one, or all of a block named without a key.
func (b *builder) at(address string) []*resource {
	if r := b.byAddress[address]; r != nil {
		return []*resource{r}
	}
	return b.byBlock[address]
}

// direct drops the refs that another ref's own attribute already derives from.
func (b *builder) direct(refs []eval.Ref) []eval.Ref {
	if len(refs) < 2 {
		return refs
	}
	inherited := map[string]bool{}
	for _, ref := range refs {
		if ref.Computed || ref.Attr == "" {
			continue
		}
		r := b.byAddress[ref.Address]
		if r == nil {
			continue
		}
		for _, inner := range r.Body.Get(ref.Attr).Refs() {
			if inner.Address != ref.Address {
				inherited[inner.Address] = true
			}
		}
	}
	if len(inherited) == 0 {
		return refs
	}
	out := make([]eval.Ref, 0, len(refs))
	for _, ref := range refs {
		if !inherited[ref.Address] {
			out = append(out, ref)
		}
	}
	return out
}

// targets returns the components that a value leads to, through details and
// connectors to what they belong to. What belongs to several is ambiguous and
// leads nowhere. A literal leads to the component of that name or ARN.
func (b *builder) targets(v eval.Value) []*component {
	var out []*component
	for _, e := range v.Elements() {
		named := b.named(e)
		if b.vague(e, named) {
			continue
		}
		for _, r := range named {
			if c := b.componentOf(r); c != nil && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
		if len(named) == 0 {
			if c := b.literal(e); c != nil && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// vague reports whether a single value that is not known derives from components of
// different sorts: it names one of them at most, and which is not known. Values that
// pass through collections whose shape is not known carry the marks of all in them.
func (b *builder) vague(v eval.Value, named []*resource) bool {
	if len(named) < 2 || v.Known() {
		return false
	}
	var first *component
	for _, r := range named {
		c := b.componentOf(r)
		switch {
		case c == nil:
		case first == nil:
			first = c
		case c.Technology != first.Technology:
			return true
		}
	}
	return false
}

func (b *builder) componentOf(r *resource) *component {
	b.materialize(r)
	if len(r.owners) == 1 {
		return r.owners[0]
	}
	return nil
}

// literalNames are the written-out names of an instance. A variable without a
// value counts as written out: where it stands twice, the names are the same.
func literalNames(r *resource) []string {
	var out []string
	for _, a := range namesOf(r) {
		if s, ok := writtenOut(r.Body.Attrs[a]); ok && s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// writtenOut returns a text that derives from no resource.
func writtenOut(v eval.Value) (string, bool) {
	s, ok := v.Text()
	if !ok {
		return "", false
	}
	for _, p := range eval.Tokens(s) {
		if !ofVariable(p.Address) {
			return "", false
		}
	}
	return s, true
}

// ofVariable reports whether an address is that of a variable without a value, of a
// root that may be one of several.
func ofVariable(address string) bool {
	if strings.HasPrefix(address, "var.") {
		return true
	}
	_, own, led := strings.Cut(address, ":")
	return led && strings.HasPrefix(own, "var.")
}

// literal returns the component that a text without references means: by ARN, or
// by its whole name where only one component has it. nil where none does.
func (b *builder) literal(v eval.Value) *component {
	s, ok := writtenOut(v)
	if !ok || len(s) < 3 {
		return nil
	}
	if strings.HasPrefix(s, "arn:") {
		return b.byARN(s)
	}
	if strings.HasPrefix(s, "/subscriptions/") {
		return b.byManagerID(s)
	}
	if found := b.byName[s]; len(found) == 1 {
		return found[0]
	}
	return b.byURL(s)
}

// byManagerID matches an identifier of Azure's resource manager by type and name; what lies in
// a resource leads to that. Subscription and group are seldom known.
func (b *builder) byManagerID(id string) *component {
	_, rest, ok := strings.Cut(id, "/providers/")
	parts := strings.Split(rest, "/")
	if !ok || len(parts) < 3 {
		return nil
	}
	typ := managerType(strings.ToLower(parts[0] + "/" + parts[1]))
	var found *component
	for _, c := range b.byName[parts[2]] {
		if c.row == nil || typ == "" || b.table[typ] == nil || c.Label != b.table[typ].label {
			continue
		}
		if found != nil {
			return nil
		}
		found = c
	}
	return found
}

// byURL returns the bucket or queue that a written-out URL of theirs names, nil for
// others: "s3://NAME/KEY", "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME".
func (b *builder) byURL(text string) *component {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return nil
	}
	host, path, _ := strings.Cut(rest, "/")
	name, tech := host, graph.TechObject
	switch {
	case strings.HasPrefix(scheme, "s3"):
	case strings.HasPrefix(host, "sqs.") && strings.HasSuffix(host, ".amazonaws.com"):
		_, name, _ = strings.Cut(path, "/")
		tech = graph.TechQueue
	default:
		return nil
	}
	var found *component
	for _, c := range b.byName[name] {
		if c.Technology != tech {
			continue
		}
		if found != nil {
			return nil
		}
		found = c
	}
	return found
}

// byARN matches an ARN by service and name; region and account are seldom known.
func (b *builder) byARN(arn string) *component {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return nil
	}
	service, rest := parts[2], parts[5]
	if service == "apigateway" && strings.HasPrefix(rest, "path/") {
		service = parts[4] // an integration's URI: apigateway:REGION:sqs:path/ACCOUNT/NAME
	}
	if service == "events" && rest == "event-bus/default" {
		return b.defaultBus()
	}
	names := []string{rest}
	if i := strings.LastIndexAny(rest, ":/"); i >= 0 {
		names = append(names, rest[i+1:])
	}
	if before, _, ok := strings.Cut(rest, "/"); ok {
		names = append(names, before)
	}
	for _, name := range names {
		var found *component
		for _, c := range b.byName[name] {
			if serviceOf(c) != service {
				continue
			}
			if found != nil {
				return nil
			}
			found = c
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// serviceOf returns the service part of a component's ARN.
func serviceOf(c *component) string {
	if c.row == nil {
		return ""
	}
	service, _, _ := strings.Cut(strings.TrimPrefix(arnFormat(c.row, c.row.typ), "arn:aws:"), ":")
	return service
}
