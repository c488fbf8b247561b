package kubernetes

import "strings"

// nodeAddress stands for the address of the node in a variable that the downward API
// fills with it. What a pod calls there is an agent that runs once on each node, or the
// kubelet: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
const nodeAddress = "status.hostIP"

// kubeletPorts are those of the kubelet itself, encrypted and not.
var kubeletPorts = map[int]string{10250: "https", 10255: "http"}

// isNodeAddress tells whether a host name is the stand-in.
func isNodeAddress(host string) bool { return strings.EqualFold(host, nodeAddress) }

// reachNode draws the flow to what listens on a port of the node. Without a port
// nothing says that the address is called at all.
func (c *cluster) reachNode(w *workload, port int, use call) {
	if port == 0 {
		return
	}
	for _, agent := range c.workloads {
		if number, ok := agent.onNode(port); ok {
			c.drawFlow(w.component, agent.component, use, protocol{name: protocolAt[number]}, agent.protocol())
			return
		}
	}
	if scheme, ok := kubeletPorts[port]; ok {
		use.protocol, use.encrypted = scheme, protocols[scheme].encrypted
		c.drawFlow(w.component, c.platform("kubelet", "kubelet"), use, protocol{}, "")
		return
	}
	c.drawFlow(w.component, c.nodeHost(), use, protocol{}, "")
}

// onNode tells whether the pods of a workload listen on a port of their node, and
// gives their own port behind it.
func (w *workload) onNode(port int) (int, bool) {
	for _, k := range w.containers() {
		for _, p := range k.Ports {
			if int(p.HostPort) == port || w.pod.Spec.HostNetwork && int(p.ContainerPort) == port {
				return int(p.ContainerPort), true
			}
		}
	}
	return 0, false
}

// downward is what the downward API gives for a field of the pod, where the manifest tells.
func (w *workload) downward(field string) (value string, ok bool) {
	switch field {
	case "metadata.namespace":
		return w.namespace, true
	case "spec.serviceAccountName":
		return w.account(), true
	case "status.hostIP", "status.hostIPs":
		return nodeAddress, true
	case "status.podIP", "status.podIPs":
		return "127.0.0.1", true // the pod itself
	}
	for prefix, values := range map[string]map[string]string{"metadata.labels": w.pod.Labels, "metadata.annotations": w.pod.Annotations} {
		if rest, found := strings.CutPrefix(field, prefix+"['"); found {
			value, ok = values[strings.TrimSuffix(rest, "']")]
		}
	}
	return value, ok
}
