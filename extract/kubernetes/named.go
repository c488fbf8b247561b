package kubernetes

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"drawbridge/extract/carried"
	"drawbridge/graph"
)

// What manifests call by the name that its cloud gives it is of one of two kinds: a host,
// which is a component of its own, and a thing behind a host that all such things share.
// Package extract finds which of them a root of the same scan makes; see [carried.Named].

// nameThing leaves word of a thing that a component uses.
func (c *cluster) nameThing(from *graph.Component, n carried.Named, use call) {
	n.Flow = graph.Flow{
		From: from.ID, Protocol: use.protocol, Port: use.port, Basis: use.basis, Encrypted: use.encrypted, Authenticated: use.authenticated,
		Carries: n.Flow.Carries, Evidence: use.evidence,
	}
	c.things = append(c.things, n)
}

// registry is a form of image names that tells in which registry of a cloud they are.
type registry struct {
	pattern *regexp.Regexp // with groups "account" and "name"
	vendor  string
}

// registries are documented at
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html,
// https://cloud.google.com/artifact-registry/docs/docker/names and
// https://learn.microsoft.com/azure/container-registry/container-registry-concepts.
var registries = []registry{
	{regexp.MustCompile(`^(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/(?P<name>.+)$`), "aws"},
	{regexp.MustCompile(`^[a-z0-9-]+-docker\.pkg\.dev/(?P<account>[^/]+)/(?P<name>[^/]+)/.+$`), "google"},
	{regexp.MustCompile(`^(?P<name>[a-z0-9]+)(?P<account>)\.azurecr\.(?:io|cn|us)/.+$`), "azurerm"},
}

// registryOf tells which repository or registry of a cloud an image lies in.
func registryOf(ref string) (n carried.Named, ok bool) {
	repository := parseImage(ref).repository
	for _, r := range registries {
		if m := r.pattern.FindStringSubmatch(repository); m != nil {
			n = carried.Named{
				Vendor: r.vendor, Technology: graph.TechRegistry,
				Account: m[r.pattern.SubexpIndex("account")], Name: m[r.pattern.SubexpIndex("name")],
			}
			n.Flow.Carries = "container image"
			return n, true
		}
	}
	return carried.Named{}, false
}

// cloudHost is a form of host names that tells of which thing of a cloud they are.
type cloudHost struct {
	pattern    *regexp.Regexp // with the group "name"
	vendor     string
	technology graph.Technology
}

// cloudHosts are the names that clouds make of the names of what serves them.
var cloudHosts = []cloudHost{
	{regexp.MustCompile(`^(?P<name>[a-z0-9-]+)\.(?:cluster-(?:ro-)?|proxy-)?[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com$`), "aws", graph.TechSQL},
	{regexp.MustCompile(`^(?:master\.|replica\.|clustercfg\.)?(?P<name>[a-z0-9-]+?)(?:-ro)?\.[a-z0-9]+\.(?:[a-z0-9]+\.)*cache\.amazonaws\.com$`), "aws", graph.TechCache},
	{regexp.MustCompile(`^(?P<name>[a-z0-9.-]+)\.s3[.-](?:[a-z0-9.-]+\.)?amazonaws\.com$`), "aws", graph.TechObject},
	{regexp.MustCompile(`^(?P<name>[a-z0-9.-]+)\.storage\.googleapis\.com$`), "google", graph.TechObject},
	{regexp.MustCompile(`^(?P<name>[a-z0-9]+)\.(?:blob|file|queue|table|dfs)\.core\.windows\.net$`), "azurerm", graph.TechObject},
	{regexp.MustCompile(`^(?P<name>[a-z0-9-]+)\.vault\.azure\.net$`), "azurerm", graph.TechSecret},
	{regexp.MustCompile(`^(?P<name>[a-z0-9-]+)\.(?:database\.windows\.net|(?:postgres|mysql|mariadb)\.database\.azure\.com)$`), "azurerm", graph.TechSQL},
	{regexp.MustCompile(`^(?P<name>[a-z0-9-]+)\.documents\.azure\.com$`), "azurerm", graph.TechNoSQL},
	{regexp.MustCompile(`^(?P<name>[a-z0-9-]+)\.redis\.cache\.windows\.net$`), "azurerm", graph.TechCache},
}

// nameHosts leaves word of the hosts outside that clouds name after what a root may make.
func (c *cluster) nameHosts() {
	named := map[string]bool{} // ends of flows that word was left of
	for _, n := range c.things {
		named[n.Flow.From+"\x00"+n.Instead] = true
	}
	for _, id := range slices.Sorted(maps.Keys(c.flows)) {
		f := c.flows[id]
		to := c.components[f.To]
		if to == nil || to.Kind != graph.External || named[f.From+"\x00"+f.To] {
			continue
		}
		for _, h := range cloudHosts {
			if m := h.pattern.FindStringSubmatch(to.ID); m != nil {
				c.things = append(c.things, carried.Named{Vendor: h.vendor, Technology: h.technology, Name: m[h.pattern.SubexpIndex("name")], Flow: *f, Instead: to.ID})
				break
			}
		}
	}
}

// nameZones leaves word of the zones that ExternalDNS writes into, where the input has it.
// It takes names from an annotation, and from the hosts of an Ingress:
// https://kubernetes-sigs.github.io/external-dns/latest/docs/annotations/annotations/
func (c *cluster) nameZones() {
	var publisher *graph.Component
	for _, w := range c.workloads {
		if parseImage(w.main().Image).tail(1) == "external-dns" {
			publisher = w.component
		}
	}
	if publisher == nil {
		return
	}
	for _, o := range c.set.objects {
		type place struct {
			host string
			path []any
		}
		var hosts []place
		for host := range strings.SplitSeq(o.Annotations[externalDNS], ",") {
			hosts = append(hosts, place{strings.TrimSpace(host), []any{"metadata", "annotations", externalDNS}})
		}
		if o.Kind == "Ingress" {
			var spec ingressSpec
			_ = o.Decode(&spec, "spec") // told of where it is read
			for i, r := range spec.Rules {
				hosts = append(hosts, place{r.Host, []any{"spec", "rules", i, "host"}})
			}
		}
		for _, h := range hosts {
			if h.host == "" {
				continue
			}
			c.nameThing(publisher, carried.Named{Technology: graph.TechDNS, Name: h.host, Flow: graph.Flow{Carries: "DNS records"}}, call{
				protocol: "https", port: 443, encrypted: graph.Yes, basis: graph.Declared,
				evidence: []graph.Evidence{because(fmt.Sprintf("it publishes %s %s as %s", o.Kind, o.Name, h.host), o, h.path...)},
			})
		}
	}
}
