// Package breakout holds what leads out of a container, whoever runs it.
package breakout

import (
	"slices"
	"strings"
)

// engineSockets are where container engines listen on their host.
var engineSockets = []string{
	"/var/run/docker.sock", "/run/docker.sock", "/var/run/containerd/containerd.sock", "/run/containerd/containerd.sock", "/run/k3s/containerd/containerd.sock",
	"/var/run/crio/crio.sock", "/run/crio/crio.sock", "/run/podman/podman.sock", "/var/run/cri-dockerd.sock", "/run/cri-dockerd.sock",
}

// HoldsEngine reports whether a path of the host is the socket of a container engine or
// a directory around one.
func HoldsEngine(path string) bool {
	path = strings.TrimSuffix(path, "/")
	return slices.ContainsFunc(engineSockets, func(s string) bool { return s == path || strings.HasPrefix(s, path+"/") })
}

// strongCapabilities lead out of a container or into the traffic of others, by
// capabilities(7): https://man7.org/linux/man-pages/man7/capabilities.7.html
var strongCapabilities = []string{
	"ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "SYS_BOOT", "DAC_READ_SEARCH", "NET_ADMIN", "BPF", "PERFMON", "MAC_ADMIN", "SYSLOG",
}

// Strong returns the name of a capability as the kernel's manual has it without its
// prefix, and whether it leads out of a container or into the traffic of others.
func Strong(capability string) (name string, strong bool) {
	name = strings.TrimPrefix(strings.ToUpper(capability), "CAP_")
	return name, slices.Contains(strongCapabilities, name)
}
