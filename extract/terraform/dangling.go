package terraform

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"drawbridge/extract/carried"
	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// claimable is a kind of host name that whoever makes a resource of that name gets:
// where nobody has made it, a stranger may.
type claimable struct {
	// host has the resource's name as its first group. Without a group the resource has
	// the name of the record itself, as buckets that are served as sites do.
	host *regexp.Regexp
	what string
	// types are those that make it, with the attributes that name them.
	types map[string][]string
}

// claimables are the services whose host names are given out by name, first come first
// served. Names that the platform draws by lot (d111111abcdef8.cloudfront.net, a load
// balancer's) are not among them.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html,
// https://learn.microsoft.com/azure/security/fundamentals/subdomain-takeover,
// https://cloud.google.com/storage/docs/request-endpoints#cname
var claimables = []claimable{
	{regexp.MustCompile(`^(.+)\.s3(?:-website)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$`), "bucket", bucketNames},
	{siteHost, "bucket", bucketNames},
	{regexp.MustCompile(`^([a-z0-9-]+)\.(?:[a-z0-9-]+\.)?elasticbeanstalk\.com$`), "Elastic Beanstalk environment", map[string][]string{"aws_elastic_beanstalk_environment": {"cname_prefix"}}},
	{regexp.MustCompile(`^([a-z0-9-]+)\.azurewebsites\.net$`), "web app", map[string][]string{
		"azurerm_app_service": {"name"}, "azurerm_linux_web_app": {"name"}, "azurerm_windows_web_app": {"name"}, "azurerm_function_app": {"name"},
		"azurerm_linux_function_app": {"name"}, "azurerm_windows_function_app": {"name"}, "azurerm_logic_app_standard": {"name"},
	}},
	{regexp.MustCompile(`^([a-z0-9]+)\.(?:blob|web|z[0-9]+\.web)\.core\.windows\.net$`), "storage account", map[string][]string{"azurerm_storage_account": {"name"}}},
	{regexp.MustCompile(`^([a-z0-9-]+)\.trafficmanager\.net$`), "traffic manager profile", map[string][]string{"azurerm_traffic_manager_profile": {"dns_config.relative_name", "name"}}},
	{regexp.MustCompile(`^([a-z0-9-]+)\.azureedge\.net$`), "CDN endpoint", map[string][]string{"azurerm_cdn_endpoint": {"name"}}},
	{regexp.MustCompile(`^([a-z0-9-]+)\.[a-z0-9]+\.cloudapp\.azure\.com$`), "public address", map[string][]string{"azurerm_public_ip": {"domain_name_label"}}},
	{regexp.MustCompile(`^c\.storage\.googleapis\.com$`), "bucket", map[string][]string{"google_storage_bucket": {"name"}}},
}

// siteHost is the one host of all sites that buckets of a region serve.
var siteHost = regexp.MustCompile(`^s3-website[.-][a-z0-9-]+\.amazonaws\.com$`)

var bucketNames = map[string][]string{"aws_s3_bucket": {"bucket"}}

// recordTargets are the attributes of records that say where a name leads.
var recordTargets = map[string][]string{
	"aws_route53_record":       {"alias.name", "records"},
	"azurerm_dns_cname_record": {"record"},
	"google_dns_record_set":    {"rrdatas"},
	"cloudflare_dns_record":    {"content"},
	"cloudflare_record":        {"content", "value"},
}

// danglingNames tells of records that lead to what anybody may make, and nobody has: the
// root makes things of the kind, and none of that name.
func (b *builder) danglingNames() {
	for _, r := range b.resources {
		attrs := recordTargets[r.Type]
		if attrs == nil || r.Mode != eval.Managed {
			continue
		}
		for _, attr := range attrs {
			for _, v := range r.Body.All(attr) {
				for _, e := range v.Elements() {
					b.danglingName(r, e)
				}
			}
		}
	}
}

func (b *builder) danglingName(r *resource, v eval.Value) {
	target, ok := v.Text()
	if !ok {
		return
	}
	full := b.fullName(r)
	for i := range claimables {
		c := &claimables[i]
		name := ""
		switch m := c.host.FindStringSubmatch(hostOf(target)); {
		case len(m) > 1:
			name = m[1]
		case m != nil, c.host == siteHost && leadsToSite(v):
			name = full
		default:
			continue
		}
		if name == "" || len(eval.Tokens(name)) > 0 || b.makes(c, name) != graph.No {
			continue
		}
		around := b.nets.byID[b.account(r)]
		if around == nil {
			around = b.makerOf(c)
		}
		if around == nil {
			continue
		}
		e := atValue(r, v, fmt.Sprintf("leads to the %s %s, which nothing here makes: whoever makes it gets what is sent to the name", c.what, name))
		e.Fix = fmt.Sprintf("remove %s, or make the %s `%s` beside it", r.Address, c.what, name)
		around.Add(graph.PropDanglingName, graph.Yes, e)
		b.dangling = append(b.dangling, carried.Dangling{Made: carried.Made{Kind: c.what, Name: strings.ToLower(name)}, Boundary: around.ID, Evidence: e})
		return
	}
}

// leadsToSite reports whether a value is the site's host of some bucket: the site that
// answers there is the one of the bucket which is called as the record is.
func leadsToSite(v eval.Value) bool {
	return slices.ContainsFunc(v.Refs(), func(r eval.Ref) bool {
		return r.Attr == "website_domain" && (strings.Contains(r.Address, "aws_s3_bucket.") || strings.Contains(r.Address, "aws_s3_bucket_website_configuration."))
	})
}

func hostOf(target string) string { return strings.ToLower(strings.TrimSuffix(target, ".")) }

// fullName is the name of a record with its zone's, "" where it is not known.
func (b *builder) fullName(r *resource) string {
	name, ok := r.Body.Get("name").Literal()
	if !ok || name == "" {
		return ""
	}
	name = hostOf(name)
	if r.Type == "google_dns_record_set" {
		return name
	}
	for _, zone := range b.named(r.Body.Get("zone_id")) {
		of, ok := zone.Body.Get("name").Literal()
		if of = hostOf(of); !ok || of == "" {
			continue
		}
		if name == of || strings.HasSuffix(name, "."+of) {
			return name
		}
		return name + "." + of
	}
	return ""
}

// makes tells whether a root makes what a host name is given out for: Unknown where it
// makes nothing of the kind, which others do then, or one whose name is not known.
func (b *builder) makes(c *claimable, name string) graph.Truth {
	found := graph.Unknown
	for _, r := range b.resources {
		attrs := c.types[r.Type]
		if attrs == nil {
			if r.Mode == eval.MissingModule && r.row != nil && b.maySupply(r, c) {
				return graph.Unknown
			}
			continue
		}
		for _, attr := range attrs {
			v := r.Body.Get(attr)
			if !v.IsSet() || v.IsNull() {
				continue // the platform draws its name by lot
			}
			text, ok := v.Literal()
			switch {
			case !ok:
				return graph.Unknown
			case strings.EqualFold(text, name):
				return graph.Yes
			}
		}
		if r.Mode == eval.Managed && !r.Many {
			found = graph.No
		}
		if r.Many {
			return graph.Unknown
		}
	}
	return found
}

// madeByName returns what the root makes of the things whose hosts are given out by name.
func (b *builder) madeByName() (out []carried.Made) {
	for _, r := range b.resources {
		for i := range claimables {
			c := &claimables[i]
			attrs := c.types[r.Type]
			if attrs == nil {
				if r.Mode == eval.MissingModule && r.row != nil && b.maySupply(r, c) {
					out = append(out, carried.Made{Kind: c.what})
				}
				continue
			}
			for _, attr := range attrs {
				v := r.Body.Get(attr)
				if !v.IsSet() || v.IsNull() {
					continue
				}
				text, ok := v.Literal()
				if !ok || r.Many {
					text = ""
				}
				if made := (carried.Made{Kind: c.what, Name: strings.ToLower(text)}); !slices.Contains(out, made) {
					out = append(out, made)
				}
			}
		}
	}
	return out
}

// maySupply reports whether code that is not there may make a resource of the kind.
func (b *builder) maySupply(r *resource, c *claimable) bool {
	for typ := range c.types {
		if row := b.table[typ]; row != nil && row.tech == r.row.tech {
			return true
		}
	}
	return false
}

// makerOf is the account of something of the kind, for records of a provider that has none.
func (b *builder) makerOf(c *claimable) *graph.Boundary {
	for _, r := range b.resources {
		if c.types[r.Type] != nil {
			if around := b.nets.byID[b.account(r)]; around != nil {
				return around
			}
		}
	}
	return nil
}
