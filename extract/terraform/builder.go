package terraform

import (
	"cmp"
	"slices"
	"strings"

	"drawbridge/extract/carried"
	"drawbridge/extract/terraform/eval"
	"drawbridge/extract/terraform/iam"
	"drawbridge/graph"
)

// builder holds the model of one root while the passes of [Read] make it.
type builder struct {
	table  table
	result *eval.Result
	prefix string // of identifiers
	g      *graph.Graph

	resources []*resource // in the order of addresses
	byAddress map[string]*resource
	byBlock   map[string][]*resource // by address without the last instance key
	byType    map[string][]*resource
	comps     map[string]*component // by ID
	order     []*component          // in the order of their making
	byName    map[string][]*component
	modulesOf map[string][]string // by a block's type and name, see names.go
	nets      *networks
	flows     map[[2]string][]*claim // by the IDs of both ends
	groups    map[string]*targetGroup
	secGroups map[string]*securityGroup
	// firewalls are the rules of whole networks, by the network's ID, and guardsOf the
	// security groups around whole subnets and interfaces, by their address.
	firewalls  map[string][]firewall
	waysOut    map[string][]wayOut // of networks, by their ID
	guardsOf   map[string][]string
	selections []selection
	acls       networkACLs
	// privateEndpoints are the ways to services from inside of networks, nil until asked for.
	privateEndpoints map[*component][]privateEndpoint
	// private are the flows that stay on a private address, by what they lead to.
	private     map[*component]map[[2]string]graph.Evidence
	joined      []joined
	principals  map[string]*principal    // by the address of the identity's resource
	documents   map[string]*iam.Document // by their text, nil for what is none
	grants      map[string]*graph.Grant
	given       []givenRole
	openMethods map[*component][]graph.Evidence // of APIs
	starters    map[*component]bool             // those who may start or change programs, see startsPrograms
	tagActions  []string                        // those that a policy allows by tags, see dependsOnTags; nil before it was asked
	attachedTo  map[string][]*principal         // by the address of a policy
	logsByName  map[string][]*component
	byService   map[string][]*component // by the service part of its ARN
	coverage    coverage
	dangling    []carried.Dangling
	outputs     map[string]eval.Output // of the roots that the result joins, by address
}

// resource is an instance with what the passes found out about it.
type resource struct {
	*eval.Resource
	row *row
	// uses are the attributes with a conventional meaning, found by one walk.
	uses uses
	// self is the component that it became, nil for anything else.
	self *component
	// owners are the components that it belongs to: self, or those of a detail.
	owners []*component
	// adopters are the components that name this detail.
	adopters []*resource
	settled  bool
}

// component is a component in the making.
type component struct {
	*graph.Component
	row *row
	// resources are itself and its details, itself first.
	resources []*resource
	// kept is set for quiet components that something named.
	kept bool
	// groups are the security groups around it, by address, sorted.
	groups []string
	// roles are the addresses of the roles that it runs as, sorted.
	roles []string
	// listeners are the ports that it takes connections at, for load balancers.
	listeners []listener
	// inNetwork is set for what its configuration puts into a network of its own.
	inNetwork bool
	// subnets are the addresses of the subnets that it spans.
	subnets []string
	// speaks is the scheme of the URL that named it, for what is outside of the root.
	speaks string
}

// claim is one reason for a flow, before claims about the same pair are joined.
type claim struct {
	flow graph.Flow
}

func newBuilder(t table, result *eval.Result) *builder {
	b := &builder{
		table: t, result: result, prefix: idPrefix(result), g: &graph.Graph{},
		byAddress: map[string]*resource{}, byBlock: map[string][]*resource{}, byType: map[string][]*resource{},
		comps: map[string]*component{}, byName: map[string][]*component{}, byService: map[string][]*component{},
		flows: map[[2]string][]*claim{}, groups: map[string]*targetGroup{}, secGroups: map[string]*securityGroup{},
		principals: map[string]*principal{},
		documents:  map[string]*iam.Document{}, attachedTo: map[string][]*principal{}, starters: map[*component]bool{}, openMethods: map[*component][]graph.Evidence{}, firewalls: map[string][]firewall{}, waysOut: map[string][]wayOut{}, private: map[*component]map[[2]string]graph.Evidence{}, guardsOf: map[string][]string{}, acls: newNetworkACLs(),
	}
	for _, r := range result.Resources {
		if provider(r.Type) == "azapi" {
			r = withBody(r)
		}
		res := &resource{Resource: r, row: b.rowOf(r)}
		b.resources = append(b.resources, res)
		b.byAddress[r.Address] = res
		b.byBlock[blockAddress(r.Address)] = append(b.byBlock[blockAddress(r.Address)], res)
		if r.Mode == eval.Managed {
			b.byType[r.Type] = append(b.byType[r.Type], res)
		}
	}
	b.findModules()
	return b
}

func (b *builder) rowOf(r *eval.Resource) *row {
	if r.Mode == eval.MissingModule {
		return moduleRow(r.ModuleSource)
	}
	if row := b.table[r.Type]; row != nil {
		return row
	}
	if _, ok := carriedTypeOf(r.Type); ok {
		return carriedRow
	}
	if r.Type == "azapi_resource" {
		return b.managerRow(r)
	}
	return nil
}

// blockAddress cuts the last instance key off an address.
func blockAddress(address string) string {
	if !strings.HasSuffix(address, "]") {
		return address
	}
	depth := 0
	quoted := false
	for i := len(address) - 1; i >= 0; i-- {
		switch c := address[i]; {
		case c == '"' && (i == 0 || address[i-1] != '\\'):
			quoted = !quoted
		case quoted:
		case c == ']':
			depth++
		case c == '[':
			if depth--; depth == 0 {
				return address[:i]
			}
		}
	}
	return address
}

// id makes an identifier of an address. In a result that joins several roots an
// address has its root's directory already.
func (b *builder) id(address string) string {
	if b.rootOf(address) != "" {
		return address
	}
	return b.prefix + address
}

// idPrefix leads the identifiers of what no address tells the root of, an account for
// one: of several roots it is the first one's, since their directories may lie around
// those of others.
func idPrefix(result *eval.Result) string {
	if len(result.Roots) > 0 {
		return eval.PrefixOf(result.Roots[0])
	}
	return Root{Dir: result.Dir, Environment: Environment{Name: result.Environment}}.prefix()
}

// rootOf returns the root that an identifier or address belongs to, "" where the
// result joins no others or the root is the one at the top.
func (b *builder) rootOf(id string) string {
	if root, _, ok := strings.Cut(id, ":"); ok && slices.Contains(b.result.Roots, root) {
		return root
	}
	return ""
}

// at is evidence at a resource's own block.
func at(r *resource, why string) graph.Evidence {
	return graph.EvidenceAt(r.Source, r.Address, why)
}

// atValue is evidence at an attribute, at its block where the attribute has no place.
func atValue(r *resource, v eval.Value, why string) graph.Evidence {
	place := v.Source
	if place.IsZero() {
		place = r.Source
	}
	return graph.EvidenceAt(place, r.Address, why)
}

func (b *builder) note(n graph.Note) { b.g.Notes = append(b.g.Notes, n) }

// add puts a component into the model.
func (b *builder) add(c *component) *component {
	if have := b.comps[c.ID]; have != nil {
		return have
	}
	b.comps[c.ID] = c
	b.order = append(b.order, c)
	return c
}

// internet is the one component for the outside world.
func (b *builder) internet() *component {
	return b.add(&component{kept: true, Component: &graph.Component{
		ID: graph.InternetID, Kind: graph.External, Name: graph.InternetID, Address: graph.InternetID,
		Technology: graph.TechInternet, Label: "Internet",
	}})
}

// outside is an external entity that the configuration names but does not hold.
func (b *builder) outside(id, name, label string, tech graph.Technology, place graph.Source) *component {
	return b.add(&component{kept: true, Component: &graph.Component{
		ID: id, Kind: graph.External, Name: name, Technology: tech, Label: label, Source: place,
	}})
}

// flow claims that data flows. Claims about the same pair are joined at the end.
func (b *builder) flow(from, to *component, f graph.Flow, evidence ...graph.Evidence) {
	if from == nil || to == nil || from == to || from.ID == to.ID {
		return
	}
	if from.Kind == graph.Identity || to.Kind == graph.Identity {
		return
	}
	f.From, f.To = from.ID, to.ID
	f.Evidence = slices.Clone(evidence)
	if f.Basis == "" {
		f.Basis = graph.Declared
	}
	if f.Basis != graph.Permitted {
		from.kept, to.kept = true, true
	}
	key := [2]string{from.ID, to.ID}
	b.flows[key] = append(b.flows[key], &claim{flow: f})
}

// flowing reports whether a flow that is more than permitted was claimed.
func (b *builder) flowing(from, to *component) bool {
	for _, c := range b.flows[[2]string{from.ID, to.ID}] {
		if c.flow.Basis != graph.Permitted {
			return true
		}
	}
	return false
}

// finish joins claims into flows, drops quiet components that nothing named, and
// fills the graph.
func (b *builder) finish() *graph.Graph {
	g := b.g
	for _, c := range b.order {
		if c.row != nil && c.row.quiet && !c.kept {
			delete(b.comps, c.ID)
			continue
		}
		g.Components = append(g.Components, c.Component)
	}
	pairs := make([][2]string, 0, len(b.flows))
	for k := range b.flows {
		pairs = append(pairs, k)
	}
	slices.SortFunc(pairs, func(x, y [2]string) int {
		return cmp.Or(strings.Compare(x[0], y[0]), strings.Compare(x[1], y[1]))
	})
	for _, k := range pairs {
		if b.comps[k[0]] == nil || b.comps[k[1]] == nil {
			continue
		}
		flows := joinClaims(b.flows[k], b.comps[k[1]])
		if len(b.result.Roots) > 0 {
			b.handedOver(flows)
		}
		g.Flows = append(g.Flows, flows...)
	}
	grants := g.Grants[:0]
	for _, gr := range g.Grants {
		if b.comps[gr.From] != nil && b.comps[gr.To] != nil {
			grants = append(grants, gr)
		}
	}
	g.Grants = grants
	g.Notes = append(g.Notes, b.result.Notes...)
	g.Coverage = []graph.Coverage{b.coverage.row(b.result)}
	for _, m := range b.result.Moved {
		g.Moved = append(g.Moved, graph.Move{From: b.id(m.From), To: b.id(m.To)})
	}
	g.Sort()
	return g
}

// joinClaims makes flows of the claims about one pair. Claims with the same
// protocol and port are one flow. A claim that knows neither adds its evidence to
// what others know better. What is merely permitted adds its evidence to a known
// flow that it covers; ports that it opens beside those are flows of their own.
func joinClaims(claims []*claim, to *component) []*graph.Flow {
	var flows, vague, permitted []*graph.Flow
	for _, c := range claims {
		f := c.flow
		switch {
		case f.Basis == graph.Permitted:
			permitted = append(permitted, &f)
		case f.Port == 0 && f.PortEnd == 0:
			vague = append(vague, &f)
		default:
			flows = mergeFlow(flows, &f)
		}
	}
	for _, f := range vague {
		if len(flows) > 0 && (f.Protocol == "" || hasProtocol(flows, f.Protocol)) {
			absorb(bestMatch(flows, f.Protocol), f)
			continue
		}
		complete(f, to)
		flows = mergeFlow(flows, f)
	}
	known := flows
	for _, f := range permitted {
		if covered := coveredBy(f, known); covered != nil {
			covered.Evidence = append(covered.Evidence, f.Evidence...)
			if f.From != graph.InternetID || f.PortEnd == 0 {
				continue
			}
		}
		complete(f, to)
		flows = mergeFlow(flows, f)
	}
	for _, f := range flows {
		complete(f, to)
		f.ID = graph.FlowID(f.From, f.To, f.Protocol, f.Port, f.Basis)
	}
	return sameIdentifier(flows)
}

// sameIdentifier joins flows that differ by the end of their port range only.
func sameIdentifier(flows []*graph.Flow) []*graph.Flow {
	out := flows[:0]
	for _, f := range flows {
		i := slices.IndexFunc(out, func(have *graph.Flow) bool { return have.ID == f.ID })
		if i < 0 {
			out = append(out, f)
			continue
		}
		out[i].PortEnd = max(out[i].PortEnd, f.PortEnd)
		absorb(out[i], f)
	}
	return out
}

// complete fills in what a flow's target speaks.
func complete(f *graph.Flow, to *component) {
	if f.Protocol == "" && f.Port == 0 && f.PortEnd == 0 {
		f.Protocol, f.Port = spoken(to)
	}
	if f.Port == 0 && f.PortEnd == 0 {
		if protocol, port := spoken(to); f.Protocol == protocol {
			f.Port = port
		} else if f.Protocol == "https" {
			f.Port = 443
		}
	}
	if f.Protocol == "" {
		f.Protocol = protocolOfPort(f.Port)
	}
	if f.Encrypted == graph.Unknown {
		f.Encrypted = encryptedProtocol(f.Protocol)
	}
	transit := to.Is(graph.PropEncryptedTransit)
	if f.Encrypted == graph.Unknown && (transit == graph.Yes || to.Technology == graph.TechCache) {
		f.Encrypted = transit // a cache speaks either plain or encrypted, never both
	}
	if f.Authenticated == graph.Unknown {
		f.Authenticated = to.Is(graph.PropAuthenticated)
	}
}

func mergeFlow(flows []*graph.Flow, f *graph.Flow) []*graph.Flow {
	for _, have := range flows {
		if have.Port == f.Port && have.PortEnd == f.PortEnd && (have.Protocol == f.Protocol || f.Protocol == "" || have.Protocol == "") &&
			(have.Basis == graph.Permitted) == (f.Basis == graph.Permitted) {
			absorb(have, f)
			return flows
		}
	}
	return append(flows, f)
}

// absorb adds what f says to have.
func absorb(have, f *graph.Flow) {
	have.Evidence = append(have.Evidence, f.Evidence...)
	have.Peers = append(have.Peers, f.Peers...)
	have.Protocol = cmp.Or(have.Protocol, f.Protocol)
	have.Carries = joinWords(have.Carries, f.Carries)
	if f.Basis == graph.Declared {
		have.Basis = graph.Declared
	}
	if have.Encrypted == graph.Unknown {
		have.Encrypted = f.Encrypted
	}
	if have.Authenticated == graph.Unknown || f.Authenticated == graph.No {
		have.Authenticated = f.Authenticated
	}
}

func joinWords(a, b string) string {
	if a == "" || b == "" || a == b || strings.Contains(a, b) {
		return cmp.Or(a, b)
	}
	return a + ", " + b
}

func hasProtocol(flows []*graph.Flow, protocol string) bool {
	return slices.ContainsFunc(flows, func(f *graph.Flow) bool { return f.Protocol == protocol })
}

func bestMatch(flows []*graph.Flow, protocol string) *graph.Flow {
	for _, f := range flows {
		if f.Protocol == protocol {
			return f
		}
	}
	return flows[0]
}

// coveredBy returns the known flow that a permission covers, nil where it covers
// none. A permission without a port covers them all.
func coveredBy(permitted *graph.Flow, known []*graph.Flow) *graph.Flow {
	last := max(permitted.Port, permitted.PortEnd)
	for _, f := range known {
		if last == 0 || permitted.Port <= f.Port && f.Port <= last {
			return f
		}
	}
	return nil
}
