package kubernetes

import (
	"fmt"
	"net/netip"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// A Service without a selector leads to the addresses that Endpoints of its name, or
// EndpointSlices with its label, list:
// https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors

// endpoint is one such address with where it stands.
type endpoint struct {
	host     string
	evidence graph.Evidence
}

// maxEndpoints bounds the addresses of one Service that are drawn.
const maxEndpoints = 16

func readEndpoints(c *cluster, o *manifest.Object) {
	var subsets []struct {
		Addresses []struct {
			IP string `json:"ip"`
		} `json:"addresses"`
	}
	c.decode(&subsets, o, "subsets")
	for i, s := range subsets {
		for j, a := range s.Addresses {
			c.addEndpoint(o.Name, a.IP, o, "subsets", i, "addresses", j, "ip")
		}
	}
}

func readEndpointSlice(c *cluster, o *manifest.Object) {
	var endpoints []struct {
		Addresses []string `json:"addresses"`
	}
	c.decode(&endpoints, o, "endpoints")
	for i, e := range endpoints {
		for j, a := range e.Addresses {
			c.addEndpoint(o.Labels["kubernetes.io/service-name"], a, o, "endpoints", i, "addresses", j)
		}
	}
}

func (c *cluster) addEndpoint(service, host string, o *manifest.Object, path ...any) {
	k := key{o.Namespace, service}
	if _, err := netip.ParseAddr(host); (err != nil && !isOutside(host)) || isLocal(host) || len(c.endpoints[k]) == maxEndpoints {
		return
	}
	c.endpoints[k] = append(c.endpoints[k], endpoint{host, because(fmt.Sprintf("%s %s lists it", o.Kind, o.Name), o, path...)})
}
