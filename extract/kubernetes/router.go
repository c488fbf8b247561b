package kubernetes

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/intstr"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// router is the name of what serves OpenShift's Routes.
const router = "openshift-router"

type routeTarget struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// readOpenShiftRoute reads a Route of OpenShift's router:
// https://docs.openshift.com/container-platform/latest/rest_api/network_apis/route-route-openshift-io-v1.html
func readOpenShiftRoute(c *cluster, o *manifest.Object) {
	var spec struct {
		To         routeTarget   `json:"to"`
		Alternates []routeTarget `json:"alternateBackends"`
		Port       struct {
			TargetPort intstr.IntOrString `json:"targetPort"`
		} `json:"port"`
		TLS *struct {
			Termination string `json:"termination"`
		} `json:"tls"`
	}
	c.decode(&spec, o, "spec")
	c.namespace(o.Namespace)
	c.later(func() {
		gate := c.gate(router, "OpenShift router", at(o))
		gate.Parts = append(gate.Parts, address(o))
		enter := graph.Flow{
			From: c.internet().ID, To: gate.ID, Protocol: "http", Port: 80, Basis: graph.Declared, Encrypted: graph.No,
			Evidence: []graph.Evidence{because("Route "+o.Name+" has no TLS", o, "spec")},
		}
		onward := call{port: spec.Port.TargetPort.IntValue(), basis: graph.Declared}
		if spec.Port.TargetPort.Type == intstr.String {
			onward.port, onward.portName = 0, spec.Port.TargetPort.StrVal
		}
		if spec.TLS != nil {
			enter.Protocol, enter.Port, enter.Encrypted = "https", 443, graph.Yes
			enter.Evidence = []graph.Evidence{because("Route "+o.Name+" has TLS", o, "spec", "tls")}
			if spec.TLS.Termination != "edge" {
				onward.protocol, onward.encrypted = "https", graph.Yes
			}
		}
		c.flow(enter)
		for i, to := range append([]routeTarget{spec.To}, spec.Alternates...) {
			path := []any{"spec", "to"}
			if i > 0 {
				path = []any{"spec", "alternateBackends", i - 1}
			}
			s := c.services[key{o.Namespace, to.Name}]
			if s == nil {
				c.note("unresolved-backend", o, fmt.Sprintf("Route %s leads to Service %s, which the input does not have", o.Name, to.Name), "scan it together with the Service", path...)
				continue
			}
			use := onward
			use.evidence = []graph.Evidence{because(fmt.Sprintf("Route %s leads to Service %s", o.Name, to.Name), o, path...)}
			c.connect(gate, s, use)
		}
	})
}
