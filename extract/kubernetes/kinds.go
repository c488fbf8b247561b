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
	for _, k := range allKinds() {
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

	admissionGroup  = "admissionregistration.k8s.io"
	certManager     = "cert-manager.io"
	externalSecrets = "external-secrets.io"
	strimzi         = "kafka.strimzi.io"
	eventing        = "eventing.knative.dev"
	messaging       = "messaging.knative.dev"
)

// allKinds is the table with the rows that operated.go makes.
func allKinds() []kind {
	all := kinds()
	for _, k := range operators() {
		all = append(all, k.row())
	}
	return all
}

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
		{group: "keda.sh", kind: "ScaledJob", template: fields("spec", "jobTargetRef", "template")},
		{group: "apps.openshift.io", kind: "DeploymentConfig", template: fields("spec", "template")},
		{group: "agones.dev", kind: "GameServer", template: fields("spec", "template")},
		{group: "agones.dev", kind: "Fleet", template: fields("spec", "template", "spec", "template")},
		{group: "serving.knative.dev", kind: "Service", template: fields("spec", "template"), read: readKnativeService},

		{group: "serving.knative.dev", kind: "Configuration", template: fields("spec", "template")},
		{group: "serving.knative.dev", kind: "Route", why: "how traffic is split between the versions of a Service"},
		{group: "serving.knative.dev", kind: "DomainMapping", why: "another name of a Service"},

		// What belongs to them.
		{group: core, kind: "Namespace", read: readNamespace, clusterWide: true},
		{group: core, kind: "Service", read: readService},
		{group: core, kind: "ConfigMap", read: readConfigMap},
		{group: core, kind: "Secret", read: readSecret},
		{group: core, kind: "PersistentVolumeClaim", read: readClaim},
		{group: core, kind: "PersistentVolume", read: readVolume, clusterWide: true},
		{group: core, kind: "Endpoints", read: readEndpoints},
		{group: "discovery.k8s.io", kind: "EndpointSlice", read: readEndpointSlice},

		// Ways in.
		{group: netGroup, kind: "Ingress", read: readIngress},
		{group: oldGroup, kind: "Ingress", read: readIngress},
		{group: netGroup, kind: "IngressClass", read: readIngressClass, clusterWide: true},
		{group: "elbv2.k8s.aws", kind: "IngressClassParams", read: readIngressParams, clusterWide: true},
		{group: "eks.amazonaws.com", kind: "IngressClassParams", read: readIngressParams, clusterWide: true},
		{group: "elbv2.k8s.aws", kind: "TargetGroupBinding", why: "the targets of a load balancer that is made elsewhere"},
		{group: gwGroup, kind: "Gateway", read: readGateway},
		{group: gwGroup, kind: "GatewayClass", why: "names a controller; a Gateway says which it uses", clusterWide: true},
		{group: gwGroup, kind: "HTTPRoute", read: readRoute},
		{group: gwGroup, kind: "GRPCRoute", read: readRoute},
		{group: gwGroup, kind: "TLSRoute", read: readRoute},
		{group: gwGroup, kind: "TCPRoute", read: readRoute},
		{group: gwGroup, kind: "UDPRoute", read: readRoute},
		{group: gwGroup, kind: "ReferenceGrant", read: readReferenceGrant},
		{group: "route.openshift.io", kind: "Route", read: readOpenShiftRoute},
		{group: "traefik.io", kind: "IngressRoute", read: readProxyRoute("traefik")},
		{group: "traefik.io", kind: "IngressRouteTCP", read: readProxyRoute("traefik")},
		{group: "traefik.io", kind: "IngressRouteUDP", read: readProxyRoute("traefik")},
		{group: "traefik.containo.us", kind: "IngressRoute", read: readProxyRoute("traefik")},
		{group: "traefik.containo.us", kind: "IngressRouteTCP", read: readProxyRoute("traefik")},
		{group: "traefik.io", kind: "Middleware", why: "tunes calls that a proxy leads on"},
		{group: "traefik.containo.us", kind: "Middleware", why: "tunes calls that a proxy leads on"},
		{group: "projectcontour.io", kind: "HTTPProxy", read: readProxyRoute("contour")},
		{group: istio, kind: "Gateway", read: readIstioGateway},
		{group: istio, kind: "VirtualService", read: readVirtualService},
		{group: istio, kind: "ServiceEntry", read: readServiceEntry},
		{group: istio, kind: "DestinationRule", read: readDestinationRule},
		{group: istio, kind: "Sidecar", why: "which configuration proxies are given: it bars nobody"},
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

		// What the API server calls.
		{group: admissionGroup, kind: "ValidatingWebhookConfiguration", read: readWebhooks, clusterWide: true},
		{group: admissionGroup, kind: "MutatingWebhookConfiguration", read: readWebhooks, clusterWide: true},
		{group: "apiextensions.k8s.io", kind: "CustomResourceDefinition", read: readConversion, clusterWide: true},
		{group: "apiregistration.k8s.io", kind: "APIService", read: readAPIService, clusterWide: true},

		// Operators: what they fetch, and what they make of objects. What they run is in operated.go.
		{group: certManager, kind: "Issuer", read: readIssuer},
		{group: certManager, kind: "ClusterIssuer", read: readIssuer, clusterWide: true},
		{group: externalSecrets, kind: "SecretStore", read: readSecretStore},
		{group: externalSecrets, kind: "ClusterSecretStore", read: readSecretStore, clusterWide: true},
		{group: externalSecrets, kind: "ExternalSecret", read: readExternalSecret},
		{group: externalSecrets, kind: "ClusterExternalSecret", read: readExternalSecret, clusterWide: true},
		{group: externalSecrets, kind: "PushSecret", read: readExternalSecret},
		{group: "secrets-store.csi.x-k8s.io", kind: "SecretProviderClass", read: readProviderClass},
		{group: strimzi, kind: "KafkaNodePool", read: readPartOf("Kafka", "strimzi.io/cluster")},
		{group: strimzi, kind: "KafkaUser", read: readPartOf("Kafka", "strimzi.io/cluster")},
		{group: strimzi, kind: "KafkaTopic", read: readPartOf("Kafka", "strimzi.io/cluster")},
		{group: strimzi, kind: "KafkaConnector", read: readPartOf("KafkaConnect", "strimzi.io/cluster")},
		{group: "keda.sh", kind: "ScaledObject", read: readScaledObject},
		{group: eventing, kind: "Broker", read: readEventBus},
		{group: eventing, kind: "Trigger", read: readTrigger},
		{group: messaging, kind: "Channel", read: readEventBus},
		{group: messaging, kind: "InMemoryChannel", read: readEventBus},
		{group: messaging, kind: "Subscription", read: readSubscription},
		{group: "sources.knative.dev", kind: "ApiServerSource", read: readAPISource},

		// Monitoring.
		{group: "monitoring.coreos.com", kind: "ServiceMonitor", read: readServiceMonitor},
		{group: "monitoring.coreos.com", kind: "PodMonitor", read: readPodMonitor},
		{group: "monitoring.coreos.com", kind: "PrometheusRule", why: "alerts"},
		{group: "monitoring.coreos.com", kind: "Probe", read: readProbe},
		{group: "monitoring.coreos.com", kind: "AlertmanagerConfig", why: "whom alerts are sent to; Alertmanager's own object says that it sends any"},
		{group: "monitoring.coreos.com", kind: "PrometheusAgent", why: "a Prometheus that only sends on"},
		{group: "monitoring.googleapis.com", kind: "PodMonitoring", why: "its collectors are the platform's"},
		{group: "monitoring.googleapis.com", kind: "ClusterPodMonitoring", why: "its collectors are the platform's", clusterWide: true},
		{group: "monitoring.googleapis.com", kind: "Rules", why: "alerts"},

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
		{group: "storage.k8s.io", kind: "StorageClass", read: readStorageClass, clusterWide: true},
		{group: "storage.k8s.io", kind: "CSIDriver", why: "how volumes are made", clusterWide: true},
		{group: "storage.k8s.io", kind: "VolumeAttachment", why: "how volumes are attached", clusterWide: true},
		{group: "snapshot.storage.k8s.io", kind: "VolumeSnapshotClass", why: "how snapshots are made", clusterWide: true},
		{group: "node.k8s.io", kind: "RuntimeClass", why: "how containers are started", clusterWide: true},
		{group: "apps", kind: "ControllerRevision", why: "a record of an earlier state"},
		{group: "coordination.k8s.io", kind: "Lease", why: "an election between replicas"},
		{group: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", why: "a copy of a volume, which is part of the workload that mounts it"},
		{group: "snapshot.storage.k8s.io", kind: "VolumeSnapshotContent", why: "a copy of a volume, which is part of the workload that mounts it", clusterWide: true},
		{group: certManager, kind: "Certificate", why: "fills a Secret, which its users name"},
		{group: certManager, kind: "CertificateRequest", why: "fills a Secret, which its users name"},
		{group: "bitnami.com", kind: "SealedSecret", why: "a Secret in a form that only the cluster can read"},
		{group: strimzi, kind: "KafkaRebalance", why: "moves partitions between brokers"},
		{group: "core.strimzi.io", kind: "StrimziPodSet", why: "what the operator makes of a Kafka"},
		{group: "keda.sh", kind: "TriggerAuthentication", why: "the number of replicas"},
		{group: "keda.sh", kind: "ClusterTriggerAuthentication", why: "the number of replicas", clusterWide: true},
		{group: "argoproj.io", kind: "ApplicationSet", why: "makes Applications of a list that only Argo CD can work out"},
		{group: "image.toolkit.fluxcd.io", kind: "ImageRepository", why: "which version of an image is deployed"},
		{group: "image.toolkit.fluxcd.io", kind: "ImagePolicy", why: "which version of an image is deployed"},
		{group: "image.toolkit.fluxcd.io", kind: "ImageUpdateAutomation", why: "which version of an image is deployed"},
		{group: "source.extensions.fluxcd.io", kind: "ArtifactGenerator", why: "what it takes of the tree is read: gitops.go"},
		{group: "source.toolkit.fluxcd.io", kind: "Bucket", why: "where what is deployed is kept"},
		{group: "source.toolkit.fluxcd.io", kind: "HelmChart", why: "where what is deployed is kept"},
		{group: "notification.toolkit.fluxcd.io", kind: "Alert", why: "what Flux tells about deployments"},
		{group: "notification.toolkit.fluxcd.io", kind: "Provider", why: "what Flux tells about deployments"},
		{group: "notification.toolkit.fluxcd.io", kind: "Receiver", why: "what Flux tells about deployments"},
		{group: "karpenter.sh", kind: "NodePool", why: "the machines of the cluster", clusterWide: true},
		{group: "karpenter.sh", kind: "NodeClaim", why: "the machines of the cluster", clusterWide: true},
		{group: "karpenter.k8s.aws", kind: "EC2NodeClass", why: "the machines of the cluster", clusterWide: true},
		{group: "eks.amazonaws.com", kind: "NodeClass", why: "the machines and load balancers of the cluster", clusterWide: true},
		{group: "skaffold", kind: "Config", why: "how programs are built and deployed while they are developed"},
		{group: "kapp.k14s.io", kind: "Config", why: "how objects are changed on their way to the cluster"},
		{group: "networking.gke.io", kind: "ManagedCertificate", why: "fills a certificate, which an Ingress names"},
		{group: "networking.gke.io", kind: "FrontendConfig", why: "tunes a load balancer that an Ingress makes"},
		{group: "cloud.google.com", kind: "BackendConfig", why: "tunes a load balancer that an Ingress makes"},
		{group: "kind.x-k8s.io", kind: "Cluster", why: "a cluster for tests on one machine"},
		{group: "autoscaling.agones.dev", kind: "FleetAutoscaler", why: "the number of replicas"},
		{group: "allocation.agones.dev", kind: "GameServerAllocation", why: "asks for a game server that runs"},
		{group: "kyverno.io", kind: "ClusterPolicy", why: "what objects the cluster admits", clusterWide: true},
		{group: "kyverno.io", kind: "Policy", why: "what objects the cluster admits"},
		{group: "templates.gatekeeper.sh", kind: "ConstraintTemplate", why: "what objects the cluster admits", clusterWide: true},
		{group: "projectcontour.io", kind: "TLSCertificateDelegation", why: "lets another namespace use a certificate"},
		{group: "caching.internal.knative.dev", kind: "Image", why: "an image that nodes keep"},
		{group: "networking.internal.knative.dev", kind: "Certificate", why: "fills a Secret, which its users name"},
		{group: "kustomize.config.k8s.io", kind: "Kustomization", why: "rendered: what it makes is read"},
		{group: "kustomize.config.k8s.io", kind: "Component", why: "rendered: what it makes is read"},
		{group: "argoproj.io", kind: "Application", why: "what it deploys is read: gitops.go"},
		{group: "argoproj.io", kind: "AppProject", why: "what Applications may deploy"},
		{group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", why: "what it deploys is read: gitops.go"},
		{group: "helm.toolkit.fluxcd.io", kind: "HelmRelease", read: readFluxRelease},
		{group: "source.toolkit.fluxcd.io", kind: "GitRepository", why: "where what is deployed is kept"},
		{group: "source.toolkit.fluxcd.io", kind: "HelmRepository", why: "where what is deployed is kept"},
		{group: "source.toolkit.fluxcd.io", kind: "OCIRepository", why: "where what is deployed is kept"},
	}
}
