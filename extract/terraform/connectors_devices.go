package terraform

import "drawbridge/graph"

// deviceBroker is the platform's broker for devices: one for each account, which no
// resource makes.
func (b *builder) deviceBroker() *component { return b.serviceComponent(apiServiceNamed("iot")) }

// deviceFlow is how devices speak: MQTT, with a certificate each.
// AWS IoT Core Developer Guide, "Device communication protocols".
var deviceFlow = graph.Flow{Protocol: "mqtts", Port: 8883, Encrypted: graph.Yes, Authenticated: graph.Yes, Carries: "messages of devices"}

// readThing is the semantic of a device.
func readThing(b *builder, r *resource) {
	b.flow(r.self, b.deviceBroker(), deviceFlow, at(r, "device of the registry"))
}

// readDeviceAccess is the semantic of what is there for devices: certificates,
// policies, ways to enrol. Where no device is named, they are one external entity.
func readDeviceAccess(b *builder, r *resource) {
	if len(b.byType["aws_iot_thing"]) > 0 {
		return
	}
	devices := b.outside(b.id("iot devices"), "IoT devices", "devices", graph.TechHost, r.Source)
	b.flow(devices, b.deviceBroker(), deviceFlow, at(r, "lets devices in"))
}

// readTopicRule is the semantic of a rule: the broker hands it what devices say.
// What it sends on to stands in the row.
func readTopicRule(b *builder, r *resource) {
	v := r.Body.Get("sql")
	b.flow(b.deviceBroker(), r.self, graph.Flow{Carries: "messages of devices"}, atValue(r, v, "rule listens to topics"))
	if len(r.Body.BlocksOf("republish")) > 0 {
		b.flow(r.self, b.deviceBroker(), graph.Flow{Carries: "messages"}, at(r, "rule publishes to another topic"))
	}
}
