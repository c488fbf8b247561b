package terraform

import (
	"encoding/json"
	"slices"
	"strings"

	"drawbridge/extract/breakout"
	"drawbridge/extract/terraform/eval"
	"drawbridge/extract/terraform/iam"
	"drawbridge/graph"
)

// definition is one of the container definitions of a task:
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
type definition struct {
	Name       string `json:"name"`
	Privileged bool   `json:"privileged"`
	ReadOnly   *bool  `json:"readonlyRootFilesystem"`
	User       string `json:"user"`
	Log        any    `json:"logConfiguration"`
	Linux      struct {
		Capabilities struct {
			Add []string `json:"add"`
		} `json:"capabilities"`
	} `json:"linuxParameters"`
}

// readContainers reads what a task definition says about the powers of its containers:
// the weakest of them decides.
func readContainers(b *builder, r *resource) {
	readTaskHost(r)
	v := r.Body.Get("container_definitions")
	text, ok := v.Text()
	if !ok {
		return
	}
	var containers []definition
	if json.Unmarshal([]byte(text), &containers) != nil || len(containers) == 0 {
		return
	}
	privileged, readOnly, root, logged := graph.No, graph.Yes, graph.Unknown, graph.Yes
	var strong []string
	for _, c := range containers {
		if c.Privileged {
			privileged = graph.Yes
		}
		if c.ReadOnly == nil || !*c.ReadOnly {
			readOnly = graph.No
		}
		if c.User == "root" || c.User == "0" {
			root = graph.Yes
		}
		if c.Log == nil {
			logged = graph.No
		}
		for _, added := range c.Linux.Capabilities.Add {
			if name, leadsOut := breakout.Strong(added); leadsOut && !slices.Contains(strong, name) {
				strong = append(strong, name)
			}
		}
	}
	capabilities := "linuxParameters.capabilities.add"
	if len(strong) > 0 {
		capabilities += " (" + strings.Join(strong, ", ") + ")"
	}
	for _, c := range r.owners {
		for _, f := range []struct {
			property graph.Property
			value    graph.Truth
			key, fix string
		}{
			{graph.PropPrivileged, privileged, "privileged", "set `privileged` to false"},
			{graph.PropReadOnlyRoot, readOnly, "readonlyRootFilesystem", "set `readonlyRootFilesystem` to true for each container"},
			{graph.PropLogged, logged, "logConfiguration", "add `logConfiguration` to each container"},
			{graph.PropCapabilities, graph.Of(len(strong) > 0), capabilities, "take " + strings.Join(strong, ", ") + " out of `linuxParameters.capabilities.add`"},
		} {
			e := atValue(r, v, f.key+" in the container definitions")
			if f.value == f.property.Safe().Not() {
				e.Fix = f.fix + " in the `container_definitions` of " + r.Address
			}
			c.Set(f.property, f.value, e)
		}
		if root == graph.Yes {
			c.Set(graph.PropRootUser, graph.Yes, atValue(r, v, "user in the container definitions is root"))
		}
	}
}

// readTaskHost reads what a task shares with its host. Modes that are not set are those of
// a task of its own.
func readTaskHost(r *resource) {
	set := func(p graph.Property, yes bool, e graph.Evidence, fix string) {
		if yes {
			e.Fix = fix + " " + r.Address
		}
		for _, c := range r.owners {
			c.Set(p, graph.Of(yes), e)
		}
	}
	for _, mode := range []struct {
		property graph.Property
		attr     string
	}{{graph.PropHostPID, "pid_mode"}, {graph.PropHostIPC, "ipc_mode"}, {graph.PropHostNetwork, "network_mode"}} {
		v := r.Body.Get(mode.attr)
		switch text, known := v.Text(); {
		case known:
			set(mode.property, text == "host", atValue(r, v, mode.attr+" is "+text), "take `"+mode.attr+" = \"host\"` out of")
		case !v.IsSet() || v.IsNull():
			set(mode.property, false, at(r, mode.attr+" is not set, so it is the task's own"), "")
		}
	}
	mounts := hostPaths(r)
	if len(mounts) == 0 {
		if len(r.Body.All("volume.host_path")) == 0 {
			set(graph.PropHostPath, false, at(r, "no volume is of the host"), "")
			set(graph.PropEngineSocket, false, at(r, "no volume is of the host"), "")
		}
		return
	}
	set(graph.PropHostPath, true, atValue(r, mounts[0].value, "mounts "+mounts[0].path+" of the host"), "take the `volume` blocks with `host_path` out of")
	i := slices.IndexFunc(mounts, func(m hostPath) bool { return breakout.HoldsEngine(m.path) })
	if i < 0 {
		set(graph.PropEngineSocket, false, at(r, "no volume is a container engine's socket"), "")
		return
	}
	set(graph.PropEngineSocket, true, atValue(r, mounts[i].value, "mounts "+mounts[i].path+" of the host, where its container engine listens"), "take that `volume` out of")
}

// hostPath is a directory or socket of its host that a task mounts.
type hostPath struct {
	path  string
	value eval.Value
}

func hostPaths(r *resource) []hostPath {
	var out []hostPath
	for _, v := range r.Body.All("volume.host_path") {
		if path, ok := v.Text(); ok && path != "" {
			out = append(out, hostPath{path, v})
		}
	}
	return out
}

// containerHosts leads from tasks that share something with their hosts to the machines
// that are known to be these.
func (b *builder) containerHosts() {
	for _, c := range slices.Clone(b.order) {
		var task *resource
		for _, r := range c.resources {
			if r.Type == "aws_ecs_task_definition" {
				task = r
			}
		}
		if task == nil || serverless(c) {
			continue
		}
		for _, h := range b.hostsOf(c) {
			b.reachHost(c, h, task)
		}
	}
}

// serverless tells tasks that run on no machine of the account.
func serverless(c *component) bool {
	for _, r := range c.resources {
		if text, _ := r.Body.Get("launch_type").Text(); text == "FARGATE" {
			return true
		}
		for _, attr := range []string{"requires_compatibilities", "capacity_provider_strategy.capacity_provider"} {
			values := r.Body.All(attr)
			var names []string
			for _, v := range values {
				for _, e := range v.Elements() {
					text, _ := e.Text()
					names = append(names, text)
				}
			}
			if len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return !strings.HasPrefix(n, "FARGATE") }) {
				return true
			}
		}
	}
	return false
}

// hostsOf returns the machines that a task runs on: those of its capacity provider, and
// those whose role registers machines with its cluster, where their start names it or
// there is no other cluster.
func (b *builder) hostsOf(c *component) []*component {
	var hosts []*component
	add := func(h *component) {
		if h != nil && h != c && h.Technology == graph.TechServer && !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	var cluster *resource
	for _, r := range c.resources {
		switch r.Type {
		case "aws_ecs_cluster":
			cluster = r
		case "aws_ecs_capacity_provider":
			for _, h := range b.targets(r.Body.Get("auto_scaling_group_provider.auto_scaling_group_arn")) {
				add(h)
			}
		}
	}
	if cluster == nil {
		return hosts
	}
	alone := len(b.byType["aws_ecs_cluster"]) == 1
	for _, h := range b.order {
		if slices.ContainsFunc(h.roles, b.registersHosts) && (alone || b.startsIn(h, cluster)) {
			add(h)
		}
	}
	return hosts
}

// registersHosts reports whether a role, by its address, makes machines hosts of a cluster.
func (b *builder) registersHosts(role string) bool {
	const action = "ecs:RegisterContainerInstance"
	p := b.principals[role]
	return p != nil && slices.ContainsFunc(p.policies, func(pol policy) bool {
		return pol.doc != nil && slices.ContainsFunc(pol.doc.Statements, func(s iam.Statement) bool {
			return s.Effect == iam.Allow && slices.ContainsFunc(s.Actions, func(a string) bool { return iam.MatchAction(a, action) })
		})
	})
}

// startsIn reports whether the script that a machine starts with names a cluster.
func (b *builder) startsIn(h *component, cluster *resource) bool {
	for _, r := range h.resources {
		for _, attr := range []string{"user_data", "user_data_base64"} {
			if slices.Contains(b.named(r.Body.Get(attr)), cluster) {
				return true
			}
		}
	}
	return false
}

// reachHost draws what a task has of a host: files and sockets by flows, what lets it run
// code there by grants.
func (b *builder) reachHost(c, h *component, task *resource) {
	for _, m := range hostPaths(task) {
		protocol := "file"
		if strings.HasSuffix(m.path, ".sock") {
			protocol = "unix"
		}
		b.flow(c, h, graph.Flow{Protocol: protocol, Basis: graph.Referenced}, atValue(task, m.value, "mounts "+m.path+" of the host"))
	}
	is := func(p graph.Property) bool { return c.Is(p) == graph.Yes }
	for _, way := range []struct {
		open bool
		how  string
		by   graph.Property
	}{
		{is(graph.PropPrivileged), "runs privileged on it", graph.PropPrivileged},
		{is(graph.PropEngineSocket), "commands its container engine", graph.PropEngineSocket},
		{is(graph.PropCapabilities) && is(graph.PropHostPID), "has strong capabilities among its processes", graph.PropCapabilities},
	} {
		if way.open {
			b.grant(c, h, way.how, graph.AbilityExecute, false, c.Properties[way.by].Evidence)
		}
	}
}
