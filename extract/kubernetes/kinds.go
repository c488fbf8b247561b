package kubernetes

import (
	"k8s.io/apimachinery/pkg/runtime/schema"

	"drawbridge/extract/kubernetes/manifest"
)

// kind is a row of the table: what a kind of object is to a threat model.
type kind struct {
	group, kind string
	// template is the path to the pod template of a workload; empty but not nil for a Pod.
	template []any
	// read takes an object into the model. A workload needs none; a kind that is
	// no workload and has none is left out on purpose.
	read func(*cluster, *manifest.Object)
	// why is the reason for leaving it out.
	why string
	// clusterWide is true for kinds that live in no namespace.
	clusterWide bool
	// policy is true for kinds that say which connections are permitted.
	policy bool
}

// decides tells whether a folder that holds another variant of an object of
// this kind must be of another cluster: see partition.
func (k kind) decides() bool { return k.template != nil || k.group == core && k.kind == "Service" }

// ignored tells whether the kind is left out on purpose.
func (k kind) ignored() bool { return k.template == nil && k.read == nil }

func fields(elements ...any) []any { return append([]any{}, elements...) }

// table finds the row of a kind. Versions are not told apart: a manifest of an
// old version means what the new one means.
type table map[schema.GroupKind]kind

func (t table) lookup(o *manifest.Object) (kind, bool) {
	k, ok := t[o.GroupKind()]
	return k, ok
}

func newTable() table {
	t := table{}
	for _, k := range kinds() {
		t[schema.GroupKind{Group: k.group, Kind: k.kind}] = k
	}
	return t
}

const (
	core          = ""
	apps          = "apps"
	batch         = "batch"
	oldGroup      = "extensions" // where Deployment, Ingress and NetworkPolicy came from
	netGroup      = "networking.k8s.io"
	rbacGroup     = "rbac.authorization.k8s.io"
	gwGroup       = "gateway.networking.k8s.io"
	istio         = "networking.istio.io"
	istioSecurity = "security.istio.io"
)

// kinds is the table. To add a kind, add a row; a kind with a meaning of its own
// gets a function in a file named after the concept, and a txtar.
func kinds() []kind {
	return []kind{
		// Workloads: a pod template at some path.
		{group: core, kind: "Pod", template: fields()},
		{group: core, kind: "ReplicationController", template: fields("spec", "template")},
		{group: apps, kind: "Deployment", template: fields("spec", "template")},
		{group: apps, kind: "StatefulSet", template: fields("spec", "template")},
		{group: apps, kind: "DaemonSet", template: fields("spec", "template")},
		{group: apps, kind: "ReplicaSet", template: fields("spec", "template")},
		{group: oldGroup, kind: "Deployment", template: fields("spec", "template")},
		{group: oldGroup, kind: "DaemonSet", template: fields("spec", "template")},
		{group: oldGroup, kind: "ReplicaSet", template: fields("spec", "template")},
		{group: batch, kind: "Job", template: fields("spec", "template")},
		{group: batch, kind: "CronJob", template: fields("spec", "jobTemplate", "spec", "template")},
		{group: "argoproj.io", kind: "Rollout", template: fields("spec", "template")},
		{group: "serving.knative.dev", kind: "Service", template: fields("spec", "template"), read: readKnativeService},

		// What belongs to them.
		{group: core, kind: "Namespace", read: readNamespace, clusterWide: true},
		{group: core, kind: "Service", read: readService},
		{group: core, kind: "ConfigMap", read: readConfigMap},
		{group: core, kind: "Secret", read: readSecret},
		{group: core, kind: "PersistentVolumeClaim", why: "a volume is part of the workload that mounts it"},
		{group: core, kind: "PersistentVolume", why: "a volume is part of the workload that mounts it", clusterWide: true},
		{group: core, kind: "Endpoints", why: "the addresses behind a Service without a selector"},
		{group: "discovery.k8s.io", kind: "EndpointSlice", why: "the addresses behind a Service"},

		// Ways in.
		{group: netGroup, kind: "Ingress", read: readIngress},
		{group: oldGroup, kind: "Ingress", read: readIngress},
		{group: netGroup, kind: "IngressClass", why: "names a controller; an Ingress says which it uses", clusterWide: true},
		{group: gwGroup, kind: "Gateway", read: readGateway},
		{group: gwGroup, kind: "GatewayClass", why: "names a controller; a Gateway says which it uses", clusterWide: true},
		{group: gwGroup, kind: "HTTPRoute", read: readRoute},
		{group: gwGroup, kind: "GRPCRoute", read: readRoute},
		{group: gwGroup, kind: "TLSRoute", read: readRoute},
		{group: gwGroup, kind: "TCPRoute", read: readRoute},
		{group: gwGroup, kind: "UDPRoute", read: readRoute},
		{group: gwGroup, kind: "ReferenceGrant", why: "a route says itself what it leads to"},
		{group: istio, kind: "Gateway", read: readIstioGateway},
		{group: istio, kind: "VirtualService", read: readVirtualService},
		{group: istio, kind: "ServiceEntry", read: readServiceEntry},
		{group: istio, kind: "DestinationRule", read: readDestinationRule},
		{group: istio, kind: "Sidecar", why: "tunes the proxies of the mesh"},
		{group: istio, kind: "EnvoyFilter", why: "tunes the proxies of the mesh"},

		// Identity and policy.
		{group: core, kind: "ServiceAccount", read: readServiceAccount},
		{group: rbacGroup, kind: "Role", read: readRole},
		{group: rbacGroup, kind: "ClusterRole", read: readRole, clusterWide: true},
		{group: rbacGroup, kind: "RoleBinding", read: readBinding},
		{group: rbacGroup, kind: "ClusterRoleBinding", read: readBinding, clusterWide: true},
		{group: netGroup, kind: "NetworkPolicy", read: readNetworkPolicy, policy: true},
		{group: oldGroup, kind: "NetworkPolicy", read: readNetworkPolicy, policy: true},
		// Those of the further kinds that are not evaluated make what they may govern unknown.
		{group: "policy.networking.k8s.io", kind: "AdminNetworkPolicy", read: readPolicy, policy: true, clusterWide: true},
		{group: "policy.networking.k8s.io", kind: "BaselineAdminNetworkPolicy", read: readPolicy, policy: true, clusterWide: true},
		{group: "policy.networking.k8s.io", kind: "ClusterNetworkPolicy", read: readPolicy, policy: true, clusterWide: true},
		{group: "cilium.io", kind: "CiliumNetworkPolicy", read: readPolicy, policy: true},
		{group: "cilium.io", kind: "CiliumClusterwideNetworkPolicy", read: readPolicy, policy: true, clusterWide: true},
		{group: "crd.projectcalico.org", kind: "NetworkPolicy", read: readPolicy, policy: true},
		{group: "crd.projectcalico.org", kind: "GlobalNetworkPolicy", read: readPolicy, policy: true, clusterWide: true},
		{group: "projectcalico.org", kind: "NetworkPolicy", read: readPolicy, policy: true},
		{group: "projectcalico.org", kind: "GlobalNetworkPolicy", read: readPolicy, policy: true, clusterWide: true},
		{group: "crd.antrea.io", kind: "NetworkPolicy", read: readPolicy, policy: true},
		{group: "crd.antrea.io", kind: "ClusterNetworkPolicy", read: readPolicy, policy: true, clusterWide: true},
		{group: "k8s.ovn.org", kind: "EgressFirewall", read: readPolicy, policy: true},
		{group: "network.openshift.io", kind: "EgressNetworkPolicy", read: readPolicy, policy: true},
		{group: "networking.gke.io", kind: "FQDNNetworkPolicy", read: readPolicy, policy: true},
		{group: "vpcresources.k8s.aws", kind: "SecurityGroupPolicy", read: readPolicy, policy: true},

		{group: istioSecurity, kind: "AuthorizationPolicy", read: readAuthorizationPolicy, policy: true},
		{group: istioSecurity, kind: "PeerAuthentication", read: readPeerAuthentication},

		// Monitoring.
		{group: "monitoring.coreos.com", kind: "ServiceMonitor", read: readServiceMonitor},
		{group: "monitoring.coreos.com", kind: "PodMonitor", read: readPodMonitor},
		{group: "monitoring.coreos.com", kind: "PrometheusRule", why: "alerts"},

		// Left out: they move no data and stand at no boundary.
		{group: core, kind: "Event", why: "a record of what happened"},
		{group: "events.k8s.io", kind: "Event", why: "a record of what happened"},
		{group: core, kind: "LimitRange", why: "defaults for resources"},
		{group: core, kind: "ResourceQuota", why: "a budget of resources"},
		{group: core, kind: "PodTemplate", why: "nothing runs from it"},
		{group: core, kind: "Node", why: "a machine of the cluster, not of the application", clusterWide: true},
		{group: "policy", kind: "PodDisruptionBudget", why: "availability during maintenance"},
		{group: "policy", kind: "PodSecurityPolicy", why: "removed from Kubernetes in 1.25", clusterWide: true},
		{group: "autoscaling", kind: "HorizontalPodAutoscaler", why: "the number of replicas"},
		{group: "autoscaling.k8s.io", kind: "VerticalPodAutoscaler", why: "the size of replicas"},
		{group: "scheduling.k8s.io", kind: "PriorityClass", why: "the order of scheduling", clusterWide: true},
		{group: "storage.k8s.io", kind: "StorageClass", why: "how volumes are made", clusterWide: true},
		{group: "storage.k8s.io", kind: "CSIDriver", why: "how volumes are made", clusterWide: true},
		{group: "storage.k8s.io", kind: "VolumeAttachment", why: "how volumes are attached", clusterWide: true},
		{group: "snapshot.storage.k8s.io", kind: "VolumeSnapshotClass", why: "how snapshots are made", clusterWide: true},
		{group: "node.k8s.io", kind: "RuntimeClass", why: "how containers are started", clusterWide: true},
		{group: "apps", kind: "ControllerRevision", why: "a record of an earlier state"},
		{group: "coordination.k8s.io", kind: "Lease", why: "an election between replicas"},
		{group: "apiextensions.k8s.io", kind: "CustomResourceDefinition", why: "the definition of a kind, not an object of it", clusterWide: true},
		{group: "apiregistration.k8s.io", kind: "APIService", why: "the registration of an API", clusterWide: true},
		{group: "kustomize.config.k8s.io", kind: "Kustomization", why: "rendered: what it makes is read"},
		{group: "kustomize.config.k8s.io", kind: "Component", why: "rendered: what it makes is read"},
		{group: "argoproj.io", kind: "Application", why: "what it deploys is read: gitops.go"},
		{group: "argoproj.io", kind: "AppProject", why: "what Applications may deploy"},
		{group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", why: "what it deploys is read: gitops.go"},
		{group: "helm.toolkit.fluxcd.io", kind: "HelmRelease", why: "what it deploys is read: gitops.go"},
		{group: "source.toolkit.fluxcd.io", kind: "GitRepository", why: "where what is deployed is kept"},
		{group: "source.toolkit.fluxcd.io", kind: "HelmRepository", why: "where what is deployed is kept"},
	}
}
