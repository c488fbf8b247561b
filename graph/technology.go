package graph

import "slices"

// Technology says in vendor-neutral words what a component is. Rules look at
// it, so the list is closed: a new entry comes with the rules that need it.
type Technology string

// The technologies. External entities and identities have some of their own.
const (
	TechUnknown Technology = ""

	// Processes.
	TechServer       Technology = "server"    // a virtual or physical machine
	TechContainer    Technology = "container" // a containerised workload
	TechFunction     Technology = "function"  // function as a service
	TechJob          Technology = "job"       // batch or scheduled work
	TechWebApp       Technology = "web-app"   // managed application platform
	TechLoadBalancer Technology = "load-balancer"
	TechGateway      Technology = "api-gateway"
	TechIngress      Technology = "ingress" // cluster ingress, reverse proxy
	TechCDN          Technology = "cdn"
	TechDNS          Technology = "dns"
	TechFirewall     Technology = "firewall" // network or web application firewall
	TechNAT          Technology = "nat"
	TechVPN          Technology = "vpn"
	TechWorkflow     Technology = "workflow" // state machines, orchestration
	TechScheduler    Technology = "scheduler"
	TechCluster      Technology = "cluster"  // the control plane of a container platform
	TechPipeline     Technology = "pipeline" // build and deployment
	TechMonitoring   Technology = "monitoring"
	TechIdentity     Technology = "identity-provider"
	TechML           Technology = "machine-learning"
	TechETL          Technology = "etl" // data movement and transformation

	// Data stores.
	TechSQL       Technology = "sql"
	TechNoSQL     Technology = "nosql"
	TechGraphDB   Technology = "graph-database"
	TechCache     Technology = "cache"
	TechSearch    Technology = "search"
	TechWarehouse Technology = "warehouse"
	TechObject    Technology = "object-storage"
	TechFile      Technology = "file-storage"
	TechBlock     Technology = "block-storage"
	TechSnapshot  Technology = "snapshot" // copies: snapshots, backups, images of machines
	TechQueue     Technology = "queue"
	TechTopic     Technology = "topic"
	TechStream    Technology = "stream"
	TechEventBus  Technology = "event-bus"
	TechBroker    Technology = "broker"
	TechSecret    Technology = "secret-store"
	TechKey       Technology = "key-store"
	TechConfig    Technology = "configuration"
	TechLog       Technology = "log-store"
	TechRegistry  Technology = "registry" // container images and packages
	TechSource    Technology = "source-repository"

	// External entities and identities.
	TechInternet Technology = "internet"
	TechSaaS     Technology = "saas"
	TechAccount  Technology = "foreign-account"
	TechNetwork  Technology = "foreign-network"
	TechHost     Technology = "host" // a machine or platform part outside of the input: node, API server
	TechUser     Technology = "user"
	TechRole     Technology = "role"
	TechGroup    Technology = "group"
	TechModule   Technology = "module" // code that is not there: stands for itself
)

// Technologies lists them all, in the order above.
var Technologies = []Technology{
	TechServer, TechContainer, TechFunction, TechJob, TechWebApp, TechLoadBalancer, TechGateway, TechIngress, TechCDN,
	TechDNS, TechFirewall, TechNAT, TechVPN, TechWorkflow, TechScheduler, TechCluster, TechPipeline, TechMonitoring,
	TechIdentity, TechML, TechETL,
	TechSQL, TechNoSQL, TechGraphDB, TechCache, TechSearch, TechWarehouse, TechObject, TechFile, TechBlock, TechSnapshot,
	TechQueue, TechTopic, TechStream, TechEventBus, TechBroker, TechSecret, TechKey, TechConfig, TechLog, TechRegistry, TechSource,
	TechInternet, TechSaaS, TechAccount, TechNetwork, TechHost, TechUser, TechRole, TechGroup, TechModule,
}

// Databases are the technologies that hold records for applications.
var Databases = []Technology{TechSQL, TechNoSQL, TechGraphDB, TechCache, TechSearch, TechWarehouse}

// IsDatabase reports whether t holds records for applications.
func (t Technology) IsDatabase() bool { return slices.Contains(Databases, t) }

// Property names a three-valued fact about a component or boundary.
type Property string

// The properties. Each is phrased so that Yes is the state its name says.
const (
	PropPublic            Property = "public"               // reachable from, or readable by, anyone
	PropEncryptedAtRest   Property = "encrypted_at_rest"    // stored data is encrypted
	PropEncryptedTransit  Property = "encrypted_in_transit" // it accepts encrypted connections only
	PropAuthenticated     Property = "authenticated"        // it asks callers who they are
	PropLogged            Property = "logged"               // access to it is recorded
	PropBackedUp          Property = "backed_up"
	PropVersioned         Property = "versioned"
	PropDeletionProtected Property = "deletion_protected"
	PropKeyRotated        Property = "key_rotated"
	PropMultiZone         Property = "multi_zone"
	PropImmutable         Property = "immutable"        // images or records cannot be replaced
	PropScanned           Property = "scanned"          // images are scanned for vulnerabilities
	PropMetadataGuarded   Property = "metadata_guarded" // the instance metadata service asks for a session token
	PropPublicAddress     Property = "public_address"   // has an address on the internet
	PropFirewalled        Property = "firewalled"       // a web application firewall stands before it
	PropRateLimited       Property = "rate_limited"
	PropPrivileged        Property = "privileged" // runs with the powers of its host
	PropHostNetwork       Property = "host_network"
	PropHostPID           Property = "host_pid"
	PropHostIPC           Property = "host_ipc"
	PropHostPath          Property = "host_path" // mounts a directory of its host
	PropRootUser          Property = "root_user" // runs as root
	PropEscalation        Property = "privilege_escalation"
	PropReadOnlyRoot      Property = "read_only_root"
	PropTokenMounted      Property = "token_mounted"    // the platform's API token lies in it
	PropDefaultIdentity   Property = "default_identity" // runs as the identity that everything gets by default
	PropWildcardPolicy    Property = "wildcard_policy"  // an identity may do anything, or to anything
	PropAdmin             Property = "admin"            // an identity is an administrator of its platform
	PropOverAdmitting     Property = "over_admitting"   // network policy lets in callers that nothing says need it
	PropPolicyPresent     Property = "policy_present"   // a network policy governs it
	PropSecretInConfig    Property = "secret_in_config" // a credential stands in its plain configuration
	PropResourceLimits    Property = "resource_limits"
	PropPinnedImage       Property = "pinned_image"      // runs an image named by digest or fixed version
	PropStaticCredential  Property = "static_credential" // a long-lived access key
	PropMonitored         Property = "monitored"
	PropWildcardPrincipal Property = "wildcard_principal" // its own policy names everybody, and something else keeps them out
	PropSelfSignUp        Property = "self_sign_up"       // anyone may make an account in it
	PropWritableClaims    Property = "writable_claims"    // its users may write what others decide by
	PropSizeLimited       Property = "size_limited"       // the size of a request to it is limited
	PropSecretInState     Property = "secret_in_state"    // the value of a secret stands in the code that makes it
	PropCallersBound      Property = "callers_bound"      // what acts for others is held to those that it is meant to act for
	PropPinnedModule      Property = "pinned_module"      // code taken from elsewhere is named by a fixed version
	PropEngineSocket      Property = "engine_socket"      // the socket of its host's container engine lies in it
	PropCapabilities      Property = "added_capabilities" // it has powers of the kernel that lead out of a container
	PropIdlePolicy        Property = "idle_policy"        // a policy in it selects nothing
	PropIdleOpening       Property = "idle_opening"       // a rule in it that opens to anyone guards nothing
	PropPasswordLogin     Property = "password_login"     // people log in to it by password alone
	PropExpires           Property = "expires"            // what it holds has an end
	PropRetained          Property = "retained"           // its records are kept for 90 days or more
	PropModernTLS         Property = "modern_tls"         // it refuses versions of TLS before 1.2
	PropRoleBased         Property = "role_based"         // roles decide who may do what in it
	PropOwnKey            Property = "own_key"            // it is encrypted with a key that its owner rules
	PropPublicBlocked     Property = "public_blocked"     // a switch keeps its content from becoming public
	PropRedundant         Property = "redundant"          // more than one of it runs
	PropDanglingName      Property = "dangling_name"      // a name in it leads to something that nobody made
	PropRelayed           Property = "relayed"            // what the internet sends reaches it through others that are not in the model
	PropPrivateEndpoint   Property = "private_endpoint"   // it has a private address in the networks of its callers
	PropOpenEgress        Property = "open_egress"        // it, or what lies in it, may call any address outside
)

// properties declares of each property which of its values a defender wants. It holds
// all of them, in the order above: a test compares.
var properties = []struct {
	name Property
	safe Truth
}{
	{PropPublic, No},
	{PropEncryptedAtRest, Yes},
	{PropEncryptedTransit, Yes},
	{PropAuthenticated, Yes},
	{PropLogged, Yes},
	{PropBackedUp, Yes},
	{PropVersioned, Yes},
	{PropDeletionProtected, Yes},
	{PropKeyRotated, Yes},
	{PropMultiZone, Yes},
	{PropImmutable, Yes},
	{PropScanned, Yes},
	{PropMetadataGuarded, Yes},
	{PropPublicAddress, No},
	{PropFirewalled, Yes},
	{PropRateLimited, Yes},
	{PropPrivileged, No},
	{PropHostNetwork, No},
	{PropHostPID, No},
	{PropHostIPC, No},
	{PropHostPath, No},
	{PropRootUser, No},
	{PropEscalation, No},
	{PropReadOnlyRoot, Yes},
	{PropTokenMounted, No},
	{PropDefaultIdentity, No},
	{PropWildcardPolicy, No},
	{PropAdmin, No},
	{PropOverAdmitting, No},
	{PropPolicyPresent, Yes},
	{PropSecretInConfig, No},
	{PropResourceLimits, Yes},
	{PropPinnedImage, Yes},
	{PropStaticCredential, No},
	{PropMonitored, Yes},
	{PropWildcardPrincipal, No},
	{PropSelfSignUp, No},
	{PropWritableClaims, No},
	{PropSizeLimited, Yes},
	{PropSecretInState, No},
	{PropCallersBound, Yes},
	{PropPinnedModule, Yes},
	{PropEngineSocket, No},
	{PropCapabilities, No},
	{PropIdlePolicy, No},
	{PropIdleOpening, No},
	{PropPasswordLogin, No},
	{PropExpires, Yes},
	{PropRetained, Yes},
	{PropModernTLS, Yes},
	{PropRoleBased, Yes},
	{PropOwnKey, Yes},
	{PropPublicBlocked, Yes},
	{PropRedundant, Yes},
	{PropDanglingName, No},
	{PropRelayed, No},
	{PropPrivateEndpoint, Yes},
	{PropOpenEgress, No},
}

// Properties lists them all, in the order above.
var Properties = propertyNames()

func propertyNames() []Property {
	var names []Property
	for _, p := range properties {
		names = append(names, p.name)
	}
	return names
}

// Safe returns the value that a defender wants, Unknown where neither is better.
func (p Property) Safe() Truth {
	for _, x := range properties {
		if x.name == p {
			return x.safe
		}
	}
	return Unknown
}

// Presumed returns the value that a property has on every platform where nothing is said of
// it, Unknown for most: to learn of it is no change for the worse.
func (p Property) Presumed() Truth {
	if p == PropOpenEgress {
		return Yes
	}
	return Unknown
}
