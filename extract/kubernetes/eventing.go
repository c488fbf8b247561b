package kubernetes

import (
	"cmp"
	"fmt"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// Knative Eventing: https://knative.dev/docs/eventing/.

// eventSink is where events are sent: an object or an address.
type eventSink struct {
	Ref struct {
		Kind      string `json:"kind"`
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"ref"`
	URI string `json:"uri"`
}

// readEventBus makes a store of what keeps events until they are taken: a Broker or a
// Channel.
func readEventBus(c *cluster, o *manifest.Object) { c.eventBus(o.Namespace, o.Kind, o.Name, at(o)) }

func (c *cluster) eventBus(namespace, kind, name string, source graph.Source) *graph.Component {
	address := namespace + "/" + kind + "/" + name
	return c.add(graph.Component{
		ID: c.prefix + address, Kind: graph.Store, Name: name, Label: kind, Address: address,
		Technology: graph.TechEventBus, Boundary: c.namespace(namespace).ID, Source: source,
	})
}

func readTrigger(c *cluster, o *manifest.Object) {
	var spec struct {
		Broker     string    `json:"broker"`
		Subscriber eventSink `json:"subscriber"`
	}
	c.decode(&spec, o, "spec")
	c.later(func() {
		broker := c.eventBus(o.Namespace, "Broker", cmp.Or(spec.Broker, "default"), at(o, "spec", "broker"))
		c.deliver(broker, o, spec.Subscriber, "spec", "subscriber")
	})
}

func readSubscription(c *cluster, o *manifest.Object) {
	var spec struct {
		Channel struct {
			Kind string `json:"kind"`
			Name string `json:"name"`
		} `json:"channel"`
		Subscriber eventSink `json:"subscriber"`
	}
	c.decode(&spec, o, "spec")
	c.later(func() {
		channel := c.eventBus(o.Namespace, cmp.Or(spec.Channel.Kind, "Channel"), spec.Channel.Name, at(o, "spec", "channel"))
		c.deliver(channel, o, spec.Subscriber, "spec", "subscriber")
	})
}

// readAPISource reads a source of events about the objects of the cluster.
func readAPISource(c *cluster, o *manifest.Object) {
	var sink eventSink
	c.decode(&sink, o, "spec", "sink")
	c.later(func() { c.deliver(c.apiServer(), o, sink, "spec", "sink") })
}

// deliver draws the flow of events to a sink.
func (c *cluster) deliver(from *graph.Component, o *manifest.Object, to eventSink, path ...any) {
	use := call{protocol: "http", basis: graph.Declared}
	namespace := cmp.Or(to.Ref.Namespace, o.Namespace)
	switch to.Ref.Kind {
	case "Service":
		use.evidence = []graph.Evidence{because(fmt.Sprintf("%s %s sends events to Service %s", o.Kind, o.Name, to.Ref.Name), o, path...)}
		if s := c.find(to.Ref.Name, namespace); s != nil {
			c.connect(from, s, use)
			return
		}
		c.note("unresolved-backend", o, fmt.Sprintf("%s %s sends events to Service %s, which the input does not have", o.Kind, o.Name, to.Ref.Name), "scan it together with the Service", path...)
	case "Broker", "Channel", "InMemoryChannel", "KafkaChannel":
		use.evidence = []graph.Evidence{because(fmt.Sprintf("%s %s sends events to %s %s", o.Kind, o.Name, to.Ref.Kind, to.Ref.Name), o, path...)}
		c.drawFlow(from, c.eventBus(namespace, to.Ref.Kind, to.Ref.Name, at(o, path...)), use, protocol{}, "")
	}
	for _, m := range located(to.URI) {
		use.port, use.encrypted = m.port, m.encrypted
		use.evidence = []graph.Evidence{because(fmt.Sprintf("%s %s sends events to %s", o.Kind, o.Name, m), o, path...)}
		if s := c.find(m.host, namespace); s != nil {
			c.connect(from, s, use)
		} else if isOutside(m.host) {
			c.connectExternal(from, m.host, use)
		}
	}
}
