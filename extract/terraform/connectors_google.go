package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readPublicMember is the semantic of a role binding on a resource: what everyone
// holds opens it to the internet. "allUsers" is anyone, "allAuthenticatedUsers"
// anyone who has an account at all.
func readPublicMember(b *builder, r *resource) {
	for _, attr := range []string{"member", "members", "access.special_group", "special_group"} {
		for _, v := range r.Body.All(attr) {
			b.openToMember(r, v)
		}
	}
	for _, binding := range b.policyBindings(r) {
		b.openToMember(r, binding.Get("members"))
	}
}

// openToMember opens what an instance is about to everyone, where a list of members
// holds everyone.
func (b *builder) openToMember(r *resource, members eval.Value) {
	for _, e := range members.Elements() {
		who, _ := e.Text()
		if who != "allUsers" && who != "allAuthenticatedUsers" {
			continue
		}
		why := who + " may use it"
		for _, c := range r.owners {
			c.Set(graph.PropPublic, graph.Yes, atValue(r, members, why))
			c.Set(graph.PropAuthenticated, graph.No, atValue(r, members, why))
			b.flow(b.internet(), c, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.No, Peers: []string{"0.0.0.0/0"}}, atValue(r, members, why))
		}
	}
}

// readGoogleCluster decides how a managed cluster's API is reached: from anywhere
// unless its endpoint is private or networks are authorized.
func readGoogleCluster(b *builder, r *resource) {
	if r.self.Is(graph.PropPublicAddress) != graph.Yes {
		return
	}
	b.openToRanges(r, r.Body.All("master_authorized_networks_config.cidr_blocks.cidr_block"), !r.Body.Has("master_authorized_networks_config"),
		graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.Yes}, "API endpoint is public")
}

// readGoogleSQL decides how a database instance is reached: by its authorized
// networks alone.
func readGoogleSQL(b *builder, r *resource) {
	if r.self.Is(graph.PropPublicAddress) == graph.No {
		return
	}
	protocol, port := spoken(r.self)
	b.openToRanges(r, r.Body.All("settings.ip_configuration.authorized_networks.value"), false, graph.Flow{Protocol: protocol, Port: port}, "authorized network")
}

// readGoogleNetworks is the semantic of a part of a database whose attribute at a path
// lists the networks outside that may reach it.
func readGoogleNetworks(path string) semantic {
	return func(b *builder, r *resource) {
		for _, c := range r.owners {
			if c.Is(graph.PropPublicAddress) == graph.No {
				continue
			}
			protocol, port := spoken(c)
			b.openComponent(r, c, r.Body.All(path), false, graph.Flow{Protocol: protocol, Port: port}, "authorized network")
		}
	}
}

// readPublicAddress is the semantic of a managed service that stands on the internet
// where its row says that it has an address there.
func readPublicAddress(b *builder, r *resource) {
	if f, ok := r.self.Properties[graph.PropPublicAddress]; ok && f.Value == graph.Yes {
		b.publicEndpoint(r, f.Evidence)
	}
}

// readAppEngine opens a version of an application, which serves the internet unless
// the network settings of its service or the application's firewall say otherwise.
// Google Cloud documentation, "App Engine: Ingress settings" and "Application firewall".
func readAppEngine(b *builder, r *resource) {
	service, _ := r.Body.Get("service").Text()
	for _, s := range b.byType["google_app_engine_service_network_settings"] {
		ingress := s.Body.Get("network_settings.ingress_traffic_allowed")
		of, _ := s.Body.Get("service").Text()
		if named := b.targets(s.Body.Get("service")); of != service && !slices.Contains(named, r.self) {
			continue
		}
		switch text, known := ingress.Literal(); {
		case !known && !ingress.IsNull():
			r.self.Set(graph.PropPublicAddress, graph.Unknown, atValue(s, ingress, "which traffic may come in is not known"))
			return
		case strings.HasPrefix(text, "INGRESS_TRAFFIC_ALLOWED_INTERNAL"):
			r.self.Set(graph.PropPublicAddress, graph.No, atValue(s, ingress, "its ingress is "+text))
			return
		}
	}
	evidence := at(r, "App Engine serves the internet unless its settings say otherwise")
	for _, rule := range b.byType["google_app_engine_firewall_rule"] {
		action, _ := rule.Body.Get("action").Text()
		sources := rule.Body.Get("source_range")
		if text, ok := sources.Literal(); ok && (text == "*" || isAnywhere(text)) && action == "DENY" {
			r.self.Set(graph.PropPublicAddress, graph.No, atValue(rule, sources, "the application's firewall denies all others"))
			return
		}
	}
	b.publicEndpoint(r, evidence)
}

// readBuildTrigger is the semantic of what starts builds: where their source lies.
func readBuildTrigger(b *builder, r *resource) {
	if block := r.Body.BlocksOf("github"); len(block) > 0 {
		owner, name := block[0].Get("owner"), block[0].Get("name")
		o, okOwner := owner.Literal()
		n, okName := name.Literal()
		repo := ""
		if okOwner && okName {
			repo = o + "/" + n
		}
		from := b.repository("GitHub", repo, name)
		b.flow(from, r.self, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Carries: "source code"}, atValue(r, name, "source of the build"))
	}
	if len(r.Body.BlocksOf("webhook_config")) > 0 {
		b.flow(b.internet(), r.self, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.Yes, Carries: "events", Peers: []string{"0.0.0.0/0"}}, at(r, "a webhook with a secret starts it"))
	}
}

// readNetworkPeering joins two networks.
func readNetworkPeering(b *builder, r *resource) {
	b.join(r, b.networksNamed(r, "network", "peer_network"))
}

// readSpoke joins a network with all others that are spokes of the same hub.
func readSpoke(b *builder, r *resource) {
	for _, hub := range b.named(r.Body.Get("hub")) {
		b.joinAt(hub, b.networksNamed(r, "linked_vpc_network.uri"))
	}
}

// readTunnel is the semantic of a VPN tunnel to an address of another network.
func readTunnel(b *builder, r *resource) {
	v := r.Body.Get("peer_ip")
	if r.Body.Get("peer_external_gateway").IsSet() || r.Body.Get("peer_gcp_gateway").IsSet() || !v.IsSet() {
		return
	}
	peer, known := v.Literal()
	if !known {
		peer = "another network"
	}
	for _, attr := range []string{"vpn_gateway", "target_vpn_gateway"} {
		for _, gateway := range b.targets(r.Body.Get(attr)) {
			from := b.outside(b.id("network "+peer), peer, "Gateway of another network", graph.TechNetwork, r.Source)
			b.flow(from, gateway, graph.Flow{Protocol: "ipsec", Encrypted: graph.Yes}, atValue(r, v, "VPN tunnel"))
		}
	}
}

// readEventarcTrigger is the semantic of a trigger: events of what its criteria or its
// transport name go to its destination.
func readEventarcTrigger(b *builder, r *resource) {
	var to []*component
	for _, path := range []string{"destination.cloud_run_service.service", "destination.workflow", "destination.cloud_function", "destination.gke.cluster", "destination.http_endpoint.uri"} {
		for _, v := range r.Body.All(path) {
			to = append(to, b.reached(v, "HTTP endpoint")...)
		}
	}
	for _, path := range []string{"matching_criteria.value", "transport.pubsub.topic", "channel"} {
		for _, v := range r.Body.All(path) {
			for _, from := range b.targets(v) {
				for _, c := range to {
					b.flow(from, c, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.Yes, Carries: "events"}, atValue(r, v, "trigger hands on its events"))
				}
			}
		}
	}
}

// publicACLs are the predefined lists that let everyone read. Google Cloud
// documentation, "Access control lists: Predefined ACLs".
var publicACLs = []string{"publicRead", "publicReadWrite", "authenticatedRead"}

// readGoogleACL is the semantic of access control lists of buckets and objects: what
// they give everyone opens the bucket.
func readGoogleACL(b *builder, r *resource) {
	public := func(v eval.Value, who string) {
		for _, c := range r.owners {
			why := who + " may use it"
			c.Set(graph.PropPublic, graph.Yes, atValue(r, v, why))
			c.Set(graph.PropAuthenticated, graph.No, atValue(r, v, why))
			b.flow(b.internet(), c, graph.Flow{Protocol: "https", Port: 443, Encrypted: graph.Yes, Authenticated: graph.No, Peers: []string{"0.0.0.0/0"}}, atValue(r, v, why))
		}
	}
	for _, attr := range []string{"entity", "role_entity"} {
		for _, v := range r.Body.Get(attr).Elements() {
			text, _ := v.Text()
			_, who, ok := strings.Cut(text, ":")
			if !ok {
				who = text
			}
			if who == "allUsers" || who == "allAuthenticatedUsers" {
				public(v, who)
			}
		}
	}
	if v := r.Body.Get("predefined_acl"); slices.Contains(publicACLs, textOf(v)) {
		public(v, "everyone, by the list "+textOf(v)+",")
	}
}

// openToRanges makes the flow from the internet where ranges hold all of it, or
// where there are none and that means everyone.
func (b *builder) openToRanges(r *resource, ranges []eval.Value, everyone bool, f graph.Flow, why string) {
	b.openComponent(r, r.self, ranges, everyone, f, why)
}

// openComponent does so for a component that the resource is a part of.
func (b *builder) openComponent(r *resource, c *component, ranges []eval.Value, everyone bool, f graph.Flow, why string) {
	if everyone {
		f.Peers = []string{"0.0.0.0/0"}
		b.flow(b.internet(), c, f, at(r, why))
		return
	}
	for _, v := range ranges {
		if s, _ := v.Literal(); isAnywhere(s) {
			f.Peers = []string{s}
			b.flow(b.internet(), c, f, atValue(r, v, why+" is "+s))
		}
	}
}

// readDefaultFirestore makes the default database of a project where no resource does: an
// application's type makes it, and documents, fields and indexes that name no other lie in it.
// https://cloud.google.com/firestore/docs/manage-databases#the_default_database
func readDefaultFirestore(b *builder, r *resource) {
	v := r.Body.Get("database")
	if r.Type == "google_app_engine_application" {
		v = r.Body.Get("database_type")
		if text, _ := v.Text(); !strings.HasPrefix(text, "CLOUD_") {
			return
		}
	} else if text, known := v.Text(); len(r.owners) > 0 || v.IsSet() && !v.IsNull() && (!known || text != "(default)") {
		return
	}
	for _, c := range b.byName["(default)"] {
		if c.row != nil && c.row.typ == "google_firestore_database" {
			return
		}
	}
	id := b.id("google_firestore_database.(default)")
	c := b.comps[id]
	if c == nil {
		c = b.add(&component{kept: true, row: b.table["google_firestore_database"], resources: []*resource{r}, Component: &graph.Component{
			ID: id, Kind: graph.Store, Name: "(default)", Technology: graph.TechNoSQL, Label: "Firestore", Boundary: b.account(r), Address: r.Address, Source: r.Source,
		}})
		c.Set(graph.PropEncryptedAtRest, graph.Yes, at(r, "databases are always encrypted"))
		c.Set(graph.PropEncryptedTransit, graph.Yes, at(r, "the service takes https only"))
		return
	}
	c.Parts = append(c.Parts, r.Address)
}
