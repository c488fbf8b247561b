package edge

import (
	"testing"

	"drawbridge/graph"
)

func TestOpenToAnyone(t *testing.T) {
	tests := []struct {
		name  string
		from  string
		peers []string
		want  bool
	}{
		{"no range limits it", "internet", nil, true},
		{"all of IPv4", "internet", []string{"0.0.0.0/0", "203.0.113.0/24"}, true},
		{"all of IPv6", "internet", []string{"::/0"}, true},
		{"half of IPv4", "internet", []string{"0.0.0.0/1", "128.0.0.0/1"}, true},
		{"all IPv6 in use", "internet", []string{"2000::/3"}, true},
		{"an office", "internet", []string{"203.0.113.0/24"}, false},
		{"a large provider's range", "internet", []string{"52.0.0.0/8"}, false},
		{"a list of prefixes by name", "internet", []string{"partners"}, false},
		{"not from the internet", "web", nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := OpenToAnyone(&graph.Flow{From: tt.from, Peers: tt.peers}); got != tt.want {
				t.Errorf("OpenToAnyone = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestRelays(t *testing.T) {
	process := func(technology graph.Technology) *graph.Component {
		return &graph.Component{Kind: graph.Process, Technology: technology}
	}
	store := &graph.Component{Kind: graph.Store, Technology: graph.TechSQL}
	tests := []struct {
		name     string
		from, to *graph.Component
		want     bool
	}{
		{"a service to a service", process(graph.TechContainer), process(graph.TechContainer), true},
		{"a queue to what it triggers", &graph.Component{Kind: graph.Store, Technology: graph.TechQueue}, process(graph.TechFunction), true},
		{"a gateway outside", &graph.Component{Kind: graph.External, Technology: graph.TechIngress}, process(graph.TechContainer), true},
		{"a partner's call to us", &graph.Component{Kind: graph.External, Technology: graph.TechSaaS}, process(graph.TechContainer), false},
		{"monitoring to what it watches", process(graph.TechMonitoring), process(graph.TechContainer), false},
		{"a dashboard to its metrics", process(graph.TechMonitoring), process(graph.TechMonitoring), true},
		{"a dashboard to a database", process(graph.TechMonitoring), store, true},
		{"an identity", &graph.Component{Kind: graph.Identity, Technology: graph.TechRole}, store, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Relays(tt.from, tt.to); got != tt.want {
				t.Errorf("Relays = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestArrives(t *testing.T) {
	tests := []struct {
		name            string
		flow            graph.Flow
		public, address graph.Truth // of the target
		subnet          graph.Truth // whether the target's subnet is public
		want            bool
	}{
		{name: "a listener", flow: graph.Flow{Basis: graph.Declared}, want: true},
		{name: "a listener for one office", flow: graph.Flow{Basis: graph.Declared, Peers: []string{"203.0.113.0/24"}}, want: true},
		{name: "a listener for addresses inside", flow: graph.Flow{Basis: graph.Declared, Peers: []string{"10.0.0.0/8", "172.20.0.0/16", "fd00::/8"}}, want: false},
		{name: "a listener for one office besides", flow: graph.Flow{Basis: graph.Declared, Peers: []string{"10.0.0.0/8", "203.0.113.0/24"}}, want: true},
		{name: "a listener for more than what is inside", flow: graph.Flow{Basis: graph.Declared, Peers: []string{"172.0.0.0/8"}}, want: true},
		{name: "a listener for addresses that the input leaves open", flow: graph.Flow{Basis: graph.Declared, Peers: []string{graph.PeersUnknown}}, want: false},
		{name: "a blocked listener", flow: graph.Flow{Basis: graph.Declared, Passage: graph.Blocked}, want: false},
		{name: "an open port", flow: graph.Flow{Basis: graph.Permitted}, want: true},
		{name: "a port open to one office", flow: graph.Flow{Basis: graph.Permitted, Peers: []string{"203.0.113.0/24"}}, want: false},
		{name: "an open port in a private subnet", flow: graph.Flow{Basis: graph.Permitted}, subnet: graph.No, want: false},
		{name: "an open port in a public subnet", flow: graph.Flow{Basis: graph.Permitted}, subnet: graph.Yes, want: true},
		{name: "an open port without an address", flow: graph.Flow{Basis: graph.Permitted}, address: graph.No, subnet: graph.Yes, want: false},
		{name: "an address says more than a subnet", flow: graph.Flow{Basis: graph.Permitted}, address: graph.Yes, subnet: graph.No, want: true},
		{name: "an open port of an internal thing", flow: graph.Flow{Basis: graph.Permitted}, public: graph.No, address: graph.Yes, want: false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			to := &graph.Component{ID: "web", Kind: graph.Process, Boundary: "subnet"}
			to.Set(graph.PropPublic, tt.public, graph.Evidence{})
			to.Set(graph.PropPublicAddress, tt.address, graph.Evidence{})
			subnet := &graph.Boundary{ID: "subnet", Kind: graph.BoundarySubnet}
			subnet.Set(graph.PropPublic, tt.subnet, graph.Evidence{})
			x := graph.NewIndex(&graph.Graph{Components: []*graph.Component{to}, Boundaries: []*graph.Boundary{subnet}})
			tt.flow.From, tt.flow.To = graph.InternetID, "web"
			if got := Arrives(x, &tt.flow, to); got != tt.want {
				t.Errorf("Arrives = %v, want %v", got, tt.want)
			}
		})
	}
}
