package plan

import (
	"regexp"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"

	"github.com/zclconf/go-cty/cty"
)

// exactIndex finds the resource that a known value is of. It is for states, where
// no configuration says what derives from what, and for what a plan's
// configuration does not say.
//
// Two kinds of values are sound enough. A text that is unmistakable wherever it
// stands: an ARN, a resource path, a URL, a host name, an ID with a prefix and hex
// digits, a UUID. And a resource's name or ID where the attribute that holds it is
// called after the resource's type, as role is for aws_iam_role. Anything else, a
// name on its own or a number, may be the same by chance.
type exactIndex struct {
	r *reader
	// strong holds the owners of unmistakable texts.
	strong map[string]owner
	// named holds the instances by name and ID.
	named map[string][]owner
}

type owner struct {
	in   *instance
	attr string
}

// identities are the attributes that a resource is known by, and that are its own.
// Best first: of two with one text, the first is marked.
var identities = []string{
	"arn", "id", "self_link", "url", "invoke_arn", "qualified_arn", "execution_arn", "dns_name", "endpoint", "invoke_url", "repository_url",
	"address", "private_dns", "public_dns", "bucket_regional_domain_name", "bucket_domain_name", "domain_name", "function_url", "fqdn", "hostname", "uri", "unique_id",
	"cluster_endpoint", "reader_endpoint", "primary_endpoint_address", "configuration_endpoint_address", "resource_id", "key_id",
}

func newExactIndex(r *reader) *exactIndex {
	x := &exactIndex{r: r, strong: map[string]owner{}, named: map[string][]owner{}}
	claims := map[string][]owner{}
	for _, in := range r.instances {
		if in.Mode != eval.Managed {
			continue // it may have looked up what a resource of the same root makes
		}
		seen := map[string]bool{}
		for _, attr := range identities {
			if s, ok := in.given.field(attr).value.(string); ok && !seen[s] && unmistakable(s) {
				seen[s] = true
				claims[s] = append(claims[s], owner{in, attr})
			}
		}
		seen = map[string]bool{}
		for _, attr := range []string{"id", "name"} {
			if s, ok := in.given.field(attr).value.(string); ok && !seen[s] && len(s) >= 3 {
				seen[s] = true
				x.named[s] = append(x.named[s], owner{in, attr})
			}
		}
	}
	for s, owners := range claims {
		if o, ok := foremost(owners); ok {
			x.strong[s] = o
		}
	}
	return x
}

// foremost returns the one that owns a text where others only took it over: a
// bucket's policy has the bucket's ID, a secret's version the secret's ARN. Their
// types go on from the owner's type. Where that does not tell, nobody does.
func foremost(owners []owner) (owner, bool) {
	best := owners[0]
	for _, o := range owners[1:] {
		if len(o.in.Type) < len(best.in.Type) {
			best = o
		}
	}
	for _, o := range owners {
		if o.in != best.in && !strings.HasPrefix(o.in.Type, best.in.Type+"_") {
			return owner{}, false
		}
	}
	return best, true
}

var (
	prefixedID = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z]+)*-([0-9a-f]{8}|[0-9a-f]{16,32})$`)
	uuid       = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	hostName   = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9-]+){2,}\.?$`)
)

// unmistakable reports whether a text can only mean one resource.
func unmistakable(s string) bool {
	switch {
	case len(s) < 11 || len(s) > 2048 || strings.ContainsAny(s, " \n\t\"'"):
		return false
	case strings.HasPrefix(s, "arn:"):
		return strings.Count(s, ":") >= 5
	case strings.HasPrefix(s, "/subscriptions/"):
		return strings.Count(s, "/") >= 4
	case strings.HasPrefix(s, "projects/"):
		return strings.Count(s, "/") >= 3
	case strings.HasPrefix(s, "https://"), strings.HasPrefix(s, "http://"):
		return len(s) >= 20
	case prefixedID.MatchString(s), uuid.MatchString(s):
		return true
	}
	return len(s) >= 20 && hostName.MatchString(s)
}

// marks returns what a known text of an instance's attribute derives from.
func (x *exactIndex) marks(in *instance, attr, text string) cty.ValueMarks {
	var refs []eval.Ref
	if len(x.strong) > 0 {
		for _, run := range strings.FieldsFunc(text, delimits) {
			if o, ok := x.within(run); ok && o.in != in {
				refs = append(refs, eval.Ref{Address: o.in.Address, Attr: o.attr})
			}
		}
	}
	if len(refs) == 0 {
		if o, ok := x.byName(in, attr, text); ok {
			refs = append(refs, eval.Ref{Address: o.in.Address, Attr: o.attr})
		}
	}
	return x.r.marks(unique(refs))
}

// delimits tells the characters between texts in documents, scripts and DSNs.
func delimits(c rune) bool {
	return strings.ContainsRune(" \t\r\n\"'`,;=<>()[]{}|\\@?&$", c)
}

// within finds an owner's text at the beginning of a run of characters, up to a
// separator ("arn:aws:s3:::logs/*"), or as the host of a URL.
func (x *exactIndex) within(run string) (owner, bool) {
	const maxCuts = 16
	candidates := []string{run}
	if _, rest, ok := strings.Cut(run, "://"); ok {
		candidates = append(candidates, rest)
	}
	for _, s := range candidates {
		for range maxCuts {
			if len(s) < 11 {
				break
			}
			if o, ok := x.strong[s]; ok {
				return o, true
			}
			cut := strings.LastIndexAny(s, ":/")
			if cut < 0 {
				break
			}
			s = s[:cut]
		}
	}
	return owner{}, false
}

// byName finds the one resource of a name whose type the attribute is called
// after. A state says what an instance depends on: it has to be among that. What
// many things are called by default is no name.
func (x *exactIndex) byName(in *instance, attr, text string) (owner, bool) {
	stem := stemOf(attr)
	if stem == "" || text == "default" {
		return owner{}, false
	}
	var found []owner
	for _, o := range x.named[text] {
		if o.in == in || !strings.HasSuffix(o.in.Type, "_"+stem) {
			continue
		}
		if x.r.config == nil && !slices.Contains(in.depends, withoutKeys(o.in.Address)) {
			continue
		}
		found = append(found, o)
	}
	if len(found) != 1 {
		return owner{}, false
	}
	return found[0], true
}

// stemOf cuts what an attribute's name says beside the type: role_name, role_id
// and roles hold roles.
func stemOf(attr string) string {
	attr = strings.TrimSuffix(attr, "s")
	for _, end := range []string{"_name", "_id", "_identifier", "_arn"} {
		attr = strings.TrimSuffix(attr, end)
	}
	switch attr {
	case "name", "id", "arn", "identifier":
		return ""
	}
	return attr
}
