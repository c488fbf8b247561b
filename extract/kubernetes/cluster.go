package kubernetes

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/carried"
	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// key names a namespaced object whose kind is clear from where the key is used.
type key struct{ namespace, name string }

// cluster reads the objects of one cluster into the graph. It goes over them
// once, by the rows of the table of kinds, and then runs what those rows left
// for the time when all objects are there.
type cluster struct {
	g      *graph.Graph
	set    *objectSet
	table  table
	prefix string // of identifiers, "" where the input holds one cluster only
	// carried is what Terraform puts into the cluster, nil where manifests make it.
	carried *carried.Cluster

	// Objects by kind.
	workloads       []*workload
	byNamespace     map[string][]*workload // filled in by selectPods
	operated        []*workload            // of which an operator makes the pods
	services        map[key]*service
	configs         map[key]*config // ConfigMaps
	secrets         map[key]*config
	accounts        map[key]*account
	bound           map[key]*graph.Component // identities of the service accounts that roles are bound to
	roles           map[key]*role            // without a namespace for a ClusterRole
	bindings        []*binding
	policies        []*policy
	idle            []idlePolicy   // of the policies, those that select nothing
	governing       []graph.Source // where those stand that select something
	namespaces      map[string]*graph.Boundary
	gateways        map[key]*graph.Component // of the Gateway API
	istioGateways   map[key]*istioGateway
	destinations    []destinationRule
	entries         map[string]bool             // hosts of Istio ServiceEntries
	endpoints       map[key][]endpoint          // by Service
	published       map[string]*publicName      // by host name
	referenceGrants map[string][]referenceGrant // by namespace

	secretStores    map[key]*secretStore   // of External Secrets; without a namespace for a ClusterSecretStore
	providerClasses map[key]*providerClass // of the Secrets Store CSI driver
	volumes         map[string]*volume     // PersistentVolumes by name
	claimed         map[key]*volume        // by the claim that they name
	claims          map[key]*claim
	storageClasses  map[string]*manifest.Object
	ingressClasses  map[string]*manifest.Object
	classParams     map[string]*manifest.Object      // of the AWS load balancer controller's classes
	guarded         map[gateControl][]graph.Evidence // the control, or none, before each way in to a gate
	things          []carried.Named                  // that roots may make
	built           map[string]bool                  // images that a build names as it runs them

	meshGates           map[string]bool // IDs of Istio's gateways that are outside of the input
	proxied             map[string]bool // namespaces into whose pods Linkerd puts its proxy
	identified          []identified
	peerAuthentications []peerAuthentication

	// The model so far, by ID.
	components map[string]*graph.Component
	flows      map[string]*graph.Flow
	grants     map[string]*graph.Grant
	deferred   []func()
}

func newCluster(g *graph.Graph, t table, set *objectSet, several bool) *cluster {
	c := &cluster{
		g: g, table: t, set: set,
		byNamespace: map[string][]*workload{}, services: map[key]*service{}, configs: map[key]*config{}, secrets: map[key]*config{},
		accounts: map[key]*account{}, roles: map[key]*role{}, namespaces: map[string]*graph.Boundary{},
		gateways: map[key]*graph.Component{}, istioGateways: map[key]*istioGateway{}, meshGates: map[string]bool{}, proxied: map[string]bool{}, entries: map[string]bool{}, endpoints: map[key][]endpoint{},
		secretStores: map[key]*secretStore{}, providerClasses: map[key]*providerClass{}, volumes: map[string]*volume{}, claimed: map[key]*volume{}, claims: map[key]*claim{},
		storageClasses: map[string]*manifest.Object{}, ingressClasses: map[string]*manifest.Object{}, classParams: map[string]*manifest.Object{}, guarded: map[gateControl][]graph.Evidence{},
		published: map[string]*publicName{}, referenceGrants: map[string][]referenceGrant{},
		components: map[string]*graph.Component{}, flows: map[string]*graph.Flow{}, grants: map[string]*graph.Grant{},
	}
	if several {
		c.prefix = set.folder + ":"
	}
	return c
}

// read returns the number of objects that are repetitions of others.
func (c *cluster) read() (repeated int) {
	var contradicted []*manifest.Object
	for _, o := range c.set.objects {
		if first := c.set.byID[idOf(o)]; first != o {
			repeated++
			if first.Alike(o) {
				continue
			}
			contradicted = append(contradicted, o)
			continue
		}
		if row, _ := c.table.lookup(o); row.read != nil {
			row.read(c, o)
		} else {
			c.addWorkload(o, row.template)
		}
	}
	c.noteContradicted(contradicted)
	for _, link := range []func(*cluster){
		(*cluster).selectPods,
		(*cluster).linkReferences,
		(*cluster).linkAccess,
		(*cluster).linkCloud,
		(*cluster).linkPolicies,
		(*cluster).linkScrapes,
		(*cluster).nameZones,
	} {
		link(c)
	}
	for _, f := range c.deferred {
		f()
	}
	c.comeBackIn()
	c.learnProtocols()
	c.inferStores()
	c.judgeStores()
	c.encryptMesh()
	c.finish()
	return repeated
}

// noteContradicted notes the objects that the input defines otherwise before: those of one
// folder together where they are many.
func (c *cluster) noteContradicted(objects []*manifest.Object) {
	byFolder := map[string][]*manifest.Object{}
	for _, o := range objects {
		byFolder[path.Dir(o.File)] = append(byFolder[path.Dir(o.File)], o)
	}
	for _, folder := range slices.Sorted(maps.Keys(byFolder)) {
		here := byFolder[folder]
		if len(here) <= fewNotes {
			for _, o := range here {
				first := c.set.byID[idOf(o)]
				c.note("duplicate", o, fmt.Sprintf("defined before in %s:%d: this definition is not in the model", first.File, first.Line()), "")
			}
			continue
		}
		var places []string
		for _, o := range here {
			first := c.set.byID[idOf(o)]
			places = append(places, fmt.Sprintf("%s %s in %s:%d (before in %s:%d)", o.Kind, o.Name, path.Base(o.File), o.Line(), first.File, first.Line()))
		}
		c.g.Notes = append(c.g.Notes, graph.Note{
			Code: "duplicate", Source: at(here[0]), Address: address(here[0]),
			Message: fmt.Sprintf("%d objects of %s are defined before: these definitions are not in the model: %s", len(here), folder, someOf(places)),
			Next:    "scan the folder on its own if it is a deployment of its own, or leave it out with --exclude",
		})
	}
}

// later runs f when all objects were read and services know their workloads.
func (c *cluster) later(f func()) { c.deferred = append(c.deferred, f) }

func (c *cluster) finish() {
	c.foldFlows()
	c.judgePassages()
	c.nameHosts()
	c.markUngoverned()
	for _, id := range slices.Sorted(maps.Keys(c.components)) {
		c.g.Components = append(c.g.Components, c.components[id])
	}
	for _, id := range slices.Sorted(maps.Keys(c.flows)) {
		c.g.Flows = append(c.g.Flows, c.flows[id])
	}
	for _, id := range slices.Sorted(maps.Keys(c.grants)) {
		c.g.Grants = append(c.g.Grants, c.grants[id])
	}
	if len(c.namespaces) == 0 {
		return
	}
	for _, ns := range slices.Sorted(maps.Keys(c.namespaces)) {
		c.g.Boundaries = append(c.g.Boundaries, c.namespaces[ns])
	}
	b := &graph.Boundary{ID: c.boundaryID(), Kind: graph.BoundaryCluster, Name: c.name(), Label: "Kubernetes cluster", Address: c.boundaryID()}
	if c.carried != nil {
		b.Parent, b.Source = c.carried.Parent, c.carried.Source
	} else {
		b.Source = graph.Source{File: c.set.objects[0].File}
	}
	c.g.Boundaries = append(c.g.Boundaries, b)
}

func (c *cluster) name() string {
	if c.carried != nil {
		return cmp.Or(c.carried.Name, "cluster")
	}
	if c.prefix == "" || c.set.folder == "." {
		return "cluster"
	}
	return path.Base(c.set.folder)
}

func (c *cluster) boundaryID() string { return c.prefix + "cluster" }

// namespace returns the boundary of a namespace, which need not be an object of the input.
func (c *cluster) namespace(name string) *graph.Boundary {
	b := c.namespaces[name]
	if b == nil {
		b = &graph.Boundary{
			ID: c.boundaryID() + "/" + name, Kind: graph.BoundaryNamespace, Name: name, Label: "namespace",
			Parent: c.boundaryID(), Address: name,
		}
		c.namespaces[name] = b
	}
	return b
}

func at(o *manifest.Object, path ...any) graph.Source {
	return graph.Source{File: o.File, Line: o.Line(path...)}
}

// because makes evidence from a field of an object.
func because(why string, o *manifest.Object, path ...any) graph.Evidence {
	return graph.EvidenceAt(at(o, path...), address(o), why)
}

// address is namespace/Kind/name, Kind/name for what lives in no namespace.
func address(o *manifest.Object) string {
	if o.Namespace != "" {
		return o.Namespace + "/" + o.Kind + "/" + o.Name
	}
	return o.Kind + "/" + o.Name
}

func (c *cluster) note(code string, o *manifest.Object, message, next string, path ...any) {
	c.g.Notes = append(c.g.Notes, graph.Note{Code: code, Source: at(o, path...), Address: address(o), Message: message, Next: next})
}

// decode fills v from a part of an object; what has the wrong type costs a note.
func (c *cluster) decode(v any, o *manifest.Object, path ...any) {
	if err := o.Decode(v, path...); err != nil {
		c.note("invalid-field", o, fmt.Sprintf("a field has the wrong type and was not read: %v", err), "", path...)
	}
}

// add returns the component of that ID, made by its first caller.
func (c *cluster) add(new graph.Component) *graph.Component {
	if old := c.components[new.ID]; old != nil {
		return old
	}
	c.components[new.ID] = &new
	return &new
}

// internet is the one outside of all clusters.
func (c *cluster) internet() *graph.Component {
	return c.add(graph.Component{ID: graph.InternetID, Kind: graph.External, Name: graph.InternetID, Address: graph.InternetID, Technology: graph.TechInternet})
}

// platform returns a part of the cluster that no manifest defines: the API
// server, the nodes. Its name is fixed.
func (c *cluster) platform(name, label string) *graph.Component {
	return c.add(graph.Component{
		ID: c.prefix + name, Kind: graph.External, Name: name, Address: name, Label: label,
		Technology: graph.TechHost, Boundary: c.boundaryID(),
	})
}

func (c *cluster) apiServer() *graph.Component {
	return c.platform("kubernetes-api", "Kubernetes API server")
}
func (c *cluster) nodeHost() *graph.Component { return c.platform(nodeHost, "cluster node") }

const nodeHost = "node-host"

// flow adds a flow, or its evidence to the same flow found before. Of two bases
// the stronger stays; of two claims on encryption the weaker.
func (c *cluster) flow(f graph.Flow) {
	if f.From == f.To {
		return
	}
	f.ID = graph.FlowID(f.From, f.To, f.Protocol, f.Port, f.Basis)
	old := c.flows[f.ID]
	if old == nil {
		c.flows[f.ID] = &f
		return
	}
	merge(old, &f)
}

func merge(old, f *graph.Flow) {
	if f.Basis == graph.Declared {
		old.Basis = graph.Declared
	}
	if old.Encrypted == graph.Unknown || f.Encrypted == graph.No {
		old.Encrypted = f.Encrypted
	}
	if old.Authenticated == graph.Unknown || f.Authenticated == graph.No {
		old.Authenticated = f.Authenticated
	}
	old.Carries = cmp.Or(old.Carries, f.Carries)
	if len(old.Peers) == 0 || len(f.Peers) == 0 {
		old.Peers = nil // what is open to all in one way is open to all
	} else {
		old.Peers = append(old.Peers, f.Peers...)
	}
	old.Evidence = append(old.Evidence, f.Evidence...)
}

// foldFlows joins a flow that tells less (no protocol, or no port) with one
// between the same components that tells the same and more.
func (c *cluster) foldFlows() {
	byEnds := map[string][]*graph.Flow{}
	for _, id := range slices.Sorted(maps.Keys(c.flows)) {
		f := c.flows[id]
		byEnds[f.From+"\x00"+f.To] = append(byEnds[f.From+"\x00"+f.To], f)
	}
	for _, flows := range byEnds {
		for _, f := range flows {
			for _, other := range flows {
				if f != other && c.flows[other.ID] != nil && (tellsLess(f, other) || onlyPermits(f, other)) {
					merge(other, f)
					delete(c.flows, f.ID)
					break
				}
			}
		}
	}
}

// onlyPermits tells whether a flow that may be used is the same as one that is.
func onlyPermits(f, than *graph.Flow) bool {
	return f.Basis == graph.Permitted && than.Basis != graph.Permitted && (f.Port == than.Port || f.Port == 0 || than.Port == 0)
}

func tellsLess(f, than *graph.Flow) bool {
	if (f.Basis == graph.Permitted) != (than.Basis == graph.Permitted) {
		return false
	}
	protocol := f.Protocol == than.Protocol || f.Protocol == ""
	port := f.Port == than.Port || f.Port == 0
	return protocol && port
}

func (c *cluster) grant(r graph.Grant) {
	r.ID = graph.GrantID(r.From, r.To, r.How)
	if old := c.grants[r.ID]; old != nil {
		old.Join(&r)
		return
	}
	c.grants[r.ID] = &r
}

// sortedKeys gives the order in which a map by key is gone through.
func sortedKeys[V any](m map[key]V) []key {
	return slices.SortedFunc(maps.Keys(m), func(a, b key) int {
		return cmp.Or(strings.Compare(a.namespace, b.namespace), strings.Compare(a.name, b.name))
	})
}
