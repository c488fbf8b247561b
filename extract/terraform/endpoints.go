package terraform

import (
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readKubernetesCluster decides how a managed cluster's API is reached. The
// provider's defaults: endpoint_public_access true, public_access_cidrs 0.0.0.0/0.
func readKubernetesCluster(b *builder, r *resource) {
	clusterEndpoint(b, r, r.Body.Get("vpc_config.endpoint_public_access"), graph.Yes, r.Body.Get("vpc_config.public_access_cidrs"))
}

// readModuleCluster is the same for the registry's module, which closes the
// endpoint by default since its version 19 and renamed its arguments in 21.
func readModuleCluster(b *builder, r *resource) {
	open, cidrs := r.Body.Get("endpoint_public_access"), r.Body.Get("endpoint_public_access_cidrs")
	if !open.IsSet() {
		open, cidrs = r.Body.Get("cluster_endpoint_public_access"), r.Body.Get("cluster_endpoint_public_access_cidrs")
	}
	clusterEndpoint(b, r, open, graph.No, cidrs)
}

func clusterEndpoint(b *builder, r *resource, v eval.Value, unset graph.Truth, cidrs eval.Value) {
	open := v.Truth(unset)
	r.self.Set(graph.PropPublicAddress, open, atValue(r, v, "endpoint_public_access "+unsetOr(v.IsSet(), "is not set, which means "+boolWord(unset))))
	if open != graph.Yes {
		return
	}
	peers, anywhere, known := []string{}, cidrs.IsNull(), true
	for _, e := range cidrs.Elements() {
		s, ok := e.Literal()
		if !ok {
			known = false
			continue
		}
		peers = append(peers, s)
		anywhere = anywhere || isAnywhere(s)
	}
	if cidrs.IsNull() {
		peers = []string{"0.0.0.0/0"}
	}
	f := graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.Yes, Peers: peers}
	if !anywhere {
		if known {
			r.self.Set(graph.PropPublic, graph.No, atValue(r, cidrs, "public endpoint is limited to address ranges"))
		}
		f.Basis = graph.Permitted
	}
	b.flow(b.internet(), r.self, f, atValue(r, v, "API endpoint is public"))
}

func unsetOr(isSet bool, unset string) string {
	if isSet {
		return "is set"
	}
	return unset
}

// readSearchDomain decides how a search domain is reached: outside of a network
// its endpoint is on the internet, and its access policy decides who may call.
func readSearchDomain(b *builder, r *resource) {
	if r.Body.Has("vpc_options") {
		r.self.inNetwork = true
		r.self.Set(graph.PropPublicAddress, graph.No, atValue(r, r.Body.Get("vpc_options"), "endpoint is inside a network"))
		return
	}
	r.self.Set(graph.PropPublicAddress, graph.Yes, at(r, "no vpc_options, so that its endpoint is on the internet"))
}

// readAppRunner opens a service to the internet unless its ingress is private.
func readAppRunner(b *builder, r *resource) {
	v := r.Body.Get("network_configuration.ingress_configuration.is_publicly_accessible")
	if r.Mode == eval.MissingModule {
		v = r.Body.Get("network_configuration").Field("ingress_configuration").Field("is_publicly_accessible")
	}
	if v.Truth(graph.Yes) == graph.Yes {
		b.publicEndpoint(r, atValue(r, v, "is_publicly_accessible "+unsetOr(v.IsSet(), "is not set, which means true")))
		return
	}
	r.self.Set(graph.PropPublicAddress, v.Truth(graph.Yes), atValue(r, v, "is_publicly_accessible is set"))
}

// readBucketACL finds buckets that an access control list opens.
func readBucketACL(b *builder, r *resource) {
	v := r.Body.Get("acl")
	acl, _ := v.Text()
	if !strings.HasPrefix(acl, "public-") && acl != "authenticated-read" {
		for _, c := range r.owners {
			if acl != "" && c.Is(graph.PropPublic) == graph.Unknown {
				c.Set(graph.PropPublic, graph.No, atValue(r, v, "acl is "+acl))
			}
		}
		return
	}
	for _, c := range r.owners {
		if bucketBlocked(c) {
			continue
		}
		c.Set(graph.PropPublic, graph.Yes, atValue(r, v, "acl is "+acl))
		b.flow(b.internet(), c, graph.Flow{Protocol: "https", Port: 443, Authenticated: graph.No, Peers: []string{"0.0.0.0/0"}}, atValue(r, v, "acl is "+acl))
	}
}

// readMachine decides whether a machine gets a public address: by its own word,
// else by its subnet's; without a subnet it stands in the default network, whose
// subnets give one.
func readMachine(b *builder, r *resource) {
	for _, c := range r.owners {
		if f, ok := c.Properties[graph.PropPublicAddress]; ok && f.Value != graph.Unknown {
			continue
		}
		for _, path := range []string{"associate_public_ip_address", "network_interfaces.associate_public_ip_address"} {
			if v := r.Body.Get(path); v.IsSet() && !v.IsNull() {
				c.Set(graph.PropPublicAddress, v.Truth(graph.Unknown), atValue(r, v, "associate_public_ip_address is set"))
				return
			}
		}
		if len(c.subnets) == 0 {
			if len(r.uses[placesInSubnet]) > 0 || r.self == c && r.row.role == detail {
				continue // in subnets that are not in this root, or that whoever launches it names
			}
			if c.Boundary == "" || b.nets.byID[c.Boundary] == nil || b.nets.byID[c.Boundary].Kind != graph.BoundaryNetwork {
				c.Set(graph.PropPublicAddress, graph.Yes, at(r, "no subnet is named, and the default network's give public addresses"))
			}
			continue
		}
		for _, key := range c.subnets {
			s := b.nets.subnets[key]
			if s == nil {
				continue
			}
			switch {
			case s.output != "":
				// A registry module's subnets: unknown.
			case s.autoAddress == graph.Yes:
				c.Set(graph.PropPublicAddress, graph.Yes, atValue(s.res, s.res.Body.Get("map_public_ip_on_launch"), "its subnet gives public addresses"))
			case s.autoAddress == graph.No:
				if c.Is(graph.PropPublicAddress) == graph.Unknown {
					c.Set(graph.PropPublicAddress, graph.No, at(s.res, "its subnet gives no public addresses"))
				}
			}
		}
	}
}

// readAddress gives a machine, or what stands behind one, a fixed public address.
func readAddress(b *builder, r *resource) {
	for _, attr := range []string{"instance", "instance_id", "network_interface", "network_interface_id"} {
		v := r.Body.Get(attr)
		for _, c := range b.targets(v) {
			c.Set(graph.PropPublicAddress, graph.Yes, atValue(r, v, "has an elastic address"))
		}
	}
}

// readBeanstalk opens an environment of the tier that serves the web, unless its
// load balancer is inside; a worker takes from a queue of its own.
func readBeanstalk(b *builder, r *resource) {
	tier := r.Body.Get("tier")
	if s, _ := tier.Text(); strings.EqualFold(s, "Worker") {
		r.self.Set(graph.PropPublicAddress, graph.No, atValue(r, tier, "a worker serves nobody"))
		return
	}
	for _, block := range r.Body.BlocksOf("setting") {
		name, _ := block.Get("name").Text()
		value, _ := block.Get("value").Text()
		if strings.EqualFold(name, "ELBScheme") && strings.EqualFold(value, "internal") {
			r.self.Set(graph.PropPublicAddress, graph.No, graph.EvidenceAt(block.Source, r.Address, "its load balancer is inside"))
			return
		}
	}
	b.publicEndpoint(r, at(r, "its endpoint is on the internet"))
}
