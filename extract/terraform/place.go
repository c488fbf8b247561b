package terraform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// networks holds the boundaries of a root.
type networks struct {
	accounts map[string]*graph.Boundary // by provider and credentials
	byID     map[string]*graph.Boundary
	// subnets by address; several share a tier once placeAll has joined them.
	subnets map[string]*subnet
	// network is the ID of the boundary of each network, by address.
	network map[string]string
	// regions remembers which accounts stand in several regions.
	regions map[string]bool
	// projects remembers the names of the projects that instances stand in.
	projects []string
}

// subnet is one subnet before it is joined with others of its tier.
type subnet struct {
	res      *resource
	network  string // ID of the boundary around it
	public   graph.Truth
	why      graph.Evidence
	filtered bool // its default route leads through an appliance
	// autoAddress is Yes where instances get a public address on launch.
	autoAddress graph.Truth
	tier        *subnet // the first of the tier, itself where it stands alone
	boundary    *graph.Boundary
	// key is its address; for the subnets that a missing module would make, its
	// address and the output that names them.
	key    string
	output string
	// parts are the addresses of what gives it its routes.
	parts []string
}

func (s *subnet) root() *subnet {
	for s.tier != s {
		s = s.tier
	}
	return s
}

// boundaries makes the accounts and networks, and finds the subnets with their routes.
func (b *builder) boundaries() {
	b.nets = &networks{
		accounts: map[string]*graph.Boundary{}, byID: map[string]*graph.Boundary{}, subnets: map[string]*subnet{},
		network: map[string]string{}, regions: map[string]bool{},
	}
	b.organizations()
	for _, r := range b.resources {
		if r.Mode != eval.Data && r.row != nil && (r.row.role == network || r.row.role == grouping) {
			b.makeNetwork(r)
		}
	}
	for _, r := range b.resources {
		if r.Mode != eval.Data && r.row != nil && r.row.role == subnetwork {
			b.makeSubnet(r)
		}
	}
	for _, r := range b.byType["azurerm_virtual_network"] {
		b.inlineSubnets(r)
	}
	b.routes()
	b.networkParts()
}

// networkParts makes what gives a network its ways a part of it.
func (b *builder) networkParts() {
	for _, typ := range []string{"aws_internet_gateway", "aws_egress_only_internet_gateway", "aws_route_table", "aws_default_route_table", "aws_main_route_table_association"} {
		for _, r := range b.byType[typ] {
			b.addPart(b.networkOf(r.uses[placesInNetwork]), r)
			b.addPart(b.networkOf([]eval.Value{r.Body.Get("default_route_table_id")}), r)
		}
	}
	for _, r := range b.byType["aws_route"] {
		for _, table := range b.named(r.Body.Get("route_table_id")) {
			if table.row.role == network {
				b.addPart(b.makeNetwork(table), r)
			}
			b.addPart(b.networkOf(table.uses[placesInNetwork]), r)
			b.addPart(b.networkOf([]eval.Value{table.Body.Get("default_route_table_id")}), r)
		}
	}
}

// addPart adds a resource to the parts of a boundary, which may be "" for none.
func (b *builder) addPart(boundary string, r *resource) {
	if bd := b.nets.byID[boundary]; bd != nil && bd.Address != r.Address {
		bd.Parts = append(bd.Parts, r.Address)
	}
}

func (b *builder) makeNetwork(r *resource) string {
	if id := b.nets.network[r.Address]; id != "" {
		return id
	}
	kind := graph.BoundaryNetwork
	if r.row.role == grouping {
		kind = graph.BoundaryGroup
	}
	bd := &graph.Boundary{
		ID: b.id(r.Address), Kind: kind, Name: b.humanName(r), Label: r.row.label, Address: r.Address,
		Source: r.Source, Attributes: attributes(r.Body),
	}
	b.nets.byID[bd.ID] = bd
	b.nets.network[r.Address] = bd.ID // before its parent, so that a cycle ends here
	bd.Parent = cmp.Or(b.resourceGroup(r), b.account(r))
	b.g.Boundaries = append(b.g.Boundaries, bd)
	return bd.ID
}

func (b *builder) makeSubnet(r *resource) *subnet {
	if s := b.nets.subnets[r.Address]; s != nil {
		return s
	}
	s := &subnet{res: r, key: r.Address, autoAddress: r.Body.Get("map_public_ip_on_launch").Truth(graph.No)}
	if r.Mode == eval.Data {
		s.autoAddress = graph.Unknown
	}
	s.tier = s
	s.network = b.networkOf(r.uses[placesInNetwork])
	if s.network == "" {
		for _, path := range []string{"virtual_network_name", "virtual_network.resource_id"} {
			if v := r.Body.Get(path); v.IsSet() && s.network == "" {
				s.network = b.networkOf([]eval.Value{v})
			}
		}
	}
	if s.network == "" && r.Mode == eval.Data {
		s.network = b.networkOf(r.Body.All("filter.values"))
	}
	if own := b.inlineSubnet(s); own != nil {
		return own
	}
	if s.autoAddress == graph.Yes {
		s.public = graph.Yes
		s.why = atValue(r, r.Body.Get("map_public_ip_on_launch"), "instances get a public address on launch")
	}
	b.nets.subnets[r.Address] = s
	return s
}

// inlineSubnets makes the subnets that a network's own blocks describe.
func (b *builder) inlineSubnets(r *resource) {
	if r.Mode != eval.Managed {
		return
	}
	for _, block := range r.Body.BlocksOf("subnet") {
		name, ok := block.Get("name").Text()
		if !ok {
			continue
		}
		res := *r.Resource
		res.Type, res.Name, res.Body = "azurerm_subnet", readable(name), block
		res.Address = inlineAddress(r, name)
		if !block.Source.IsZero() {
			res.Source = block.Source
		}
		s := b.makeSubnet(&resource{Resource: &res, row: b.table[res.Type], uses: findUses(block)})
		s.network = b.nets.network[r.Address]
		for _, g := range b.named(block.Get("security_group")) {
			b.guardsOf[s.key] = append(b.guardsOf[s.key], g.Address)
		}
	}
}

// inlineSubnet returns the subnet of a network's own block that a data source looks up by
// name, nil for none.
func (b *builder) inlineSubnet(s *subnet) *subnet {
	name, ok := s.res.Body.Get("name").Text()
	if !ok || s.network == "" || s.res.Mode != eval.Data {
		return nil
	}
	for _, r := range b.byType["azurerm_virtual_network"] {
		if own := b.nets.subnets[inlineAddress(r, name)]; own != nil && own.network == s.network {
			return own
		}
	}
	return nil
}

func inlineAddress(network *resource, name string) string {
	return fmt.Sprintf("%s.subnet[%q]", network.Address, readable(name))
}

// networkOf returns the ID of the network boundary that values name, "" for none.
func (b *builder) networkOf(values []eval.Value) string {
	for _, v := range values {
		for _, e := range v.Elements() {
			for _, r := range b.named(e) {
				if r.row.role != network {
					continue
				}
				return b.makeNetwork(r)
			}
		}
	}
	return ""
}

// account returns the ID of the account around an instance: one for each set of
// credentials, with a region inside where the root uses several.
func (b *builder) account(r *resource) string {
	name, alias := provider(r.Type), ""
	if r.Mode == eval.MissingModule {
		name = b.moduleProvider(r.ModuleSource)
	}
	if r.Provider != "" {
		name, alias, _ = strings.Cut(r.Provider, ".")
	}
	label, kind := accountLabel(name)
	if label == "" {
		return ""
	}
	credentials, region := b.credentials(name, alias)
	configured := name
	if own := ownRegion(r); own != "" {
		region = own
	}
	name = platformOf(name)
	if name == "google" {
		if id := b.projectAround(r, kind, b.providerSource(configured, alias)); id != "" {
			return id
		}
	}
	key := name + " " + credentials
	bd := b.nets.accounts[key]
	if made := b.accountOfProvider(configured, alias); bd == nil && made != "" {
		bd = b.nets.byID[made]
		b.nets.accounts[key] = bd
	}
	if bd == nil {
		bd = &graph.Boundary{ID: b.id("provider." + name), Kind: graph.BoundaryAccount, Name: label, Label: kind, Address: "provider." + name}
		if name == "aws" {
			bd.Parent = b.organization()
		}
		if credentials != "" {
			bd.ID, bd.Address = b.id("provider."+name+"."+cmp.Or(alias, credentials)), "provider."+name+"."+cmp.Or(alias, credentials)
			bd.Name = label + " (" + cmp.Or(alias, credentials) + ")"
		}
		if b.result.Environment != "" {
			bd.Name += " (" + b.result.Environment + ")"
		}
		bd.Source = b.providerSource(configured, alias)
		b.nets.accounts[key] = bd
		b.nets.byID[bd.ID] = bd
		b.g.Boundaries = append(b.g.Boundaries, bd)
	}
	if region == "" || !b.severalRegions(configured, credentials) {
		return bd.ID
	}
	id := bd.ID + "/" + region
	if b.nets.byID[id] == nil {
		rb := &graph.Boundary{ID: id, Kind: graph.BoundaryRegion, Name: region, Label: "region", Parent: bd.ID, Address: bd.Address + "/" + region, Source: b.providerSource(configured, alias)}
		b.nets.byID[id] = rb
		b.g.Boundaries = append(b.g.Boundaries, rb)
	}
	return id
}

// sameAccount reports whether two components stand in one account.
func (b *builder) sameAccount(x, y *component) bool {
	account := func(c *component) string {
		if len(c.resources) == 0 {
			return ""
		}
		id := b.account(c.resources[0])
		if bd := b.nets.byID[id]; bd != nil && bd.Kind == graph.BoundaryRegion {
			return bd.Parent
		}
		return id
	}
	return account(x) == account(y)
}

// platformOf returns the provider that one stands beside in the same accounts.
func platformOf(name string) string {
	if name == "google-beta" {
		return "google"
	}
	return name
}

// accountLabel returns what a provider's account is called; "" for providers that
// have none.
func accountLabel(provider string) (name, kind string) {
	switch provider {
	case "aws", "awscc":
		return "AWS account", "account"
	case "google", "google-beta":
		return "Google Cloud project", "project"
	case "azurerm", "azapi":
		return "Azure subscription", "subscription"
	}
	return "", ""
}

// credentials tells provider configurations of different accounts apart: by the
// role assumed, the profile, the project or the subscription. The default
// configuration's are "".
func (b *builder) credentials(name, alias string) (credentials, region string) {
	var base string
	for _, p := range b.result.Providers {
		if p.Name != name || p.Module != "" {
			continue
		}
		if p.Alias == "" {
			base = credentialText(p.Body)
		}
		if p.Alias == alias {
			credentials = credentialText(p.Body)
			region, _ = p.Body.Get("region").Literal()
		}
	}
	if credentials == base {
		credentials = ""
	}
	return credentials, region
}

func credentialText(body *eval.Block) string {
	for _, path := range []string{"assume_role.role_arn", "profile", "project", "subscription_id", "access_key"} {
		if s, ok := body.Get(path).Text(); ok && s != "" {
			return readable(s)
		}
	}
	return ""
}

// severalRegions reports whether resources of one account stand in several regions.
func (b *builder) severalRegions(name, credentials string) bool {
	key := name + " " + credentials
	several, known := b.nets.regions[key]
	if !known {
		several = b.countRegions(name, credentials) > 1
		b.nets.regions[key] = several
	}
	return several
}

func (b *builder) countRegions(name, credentials string) int {
	regions := map[string]bool{}
	for _, p := range b.result.Providers {
		if p.Name != name || p.Module != "" {
			continue
		}
		region, ok := p.Body.Get("region").Literal()
		if c, _ := b.credentials(name, p.Alias); !ok || region == "" || c != credentials || !b.providerUsed(name, p.Alias) {
			continue
		}
		regions[region] = true
	}
	for _, r := range b.resources {
		resourceOf, alias, _ := strings.Cut(cmp.Or(r.Provider, provider(r.Type)), ".")
		if own := ownRegion(r); own != "" && resourceOf == name {
			if c, _ := b.credentials(name, alias); c == credentials {
				regions[own] = true
			}
		}
	}
	return len(regions)
}

// ownRegion returns the region that an instance names itself, which AWS's provider
// lets each do since its version 6; "" where it stands in its provider's.
func ownRegion(r *resource) string {
	if r.Body == nil || r.Mode != eval.Managed || provider(r.Type) != "aws" {
		return ""
	}
	region, _ := r.Body.Get("region").Literal()
	return region
}

func (b *builder) providerUsed(name, alias string) bool {
	if alias == "" {
		return true
	}
	for _, r := range b.resources {
		if r.Provider == name+"."+alias {
			return true
		}
	}
	return false
}

func (b *builder) providerSource(name, alias string) graph.Source {
	for _, p := range b.result.Providers {
		if p.Name == name && p.Alias == alias && p.Module == "" {
			return p.Source
		}
	}
	return graph.Source{}
}

// route is a way out of a subnet.
type route struct {
	internet graph.Truth
	why      graph.Evidence
}

// routes finds which subnets the internet reaches: those whose route table has a
// route to an internet gateway. Subnets without an association of their own use
// the network's main table.
func (b *builder) routes() {
	tables := map[string][]route{} // by the address of the route table's resource
	add := func(tableRes *resource, r *resource, block *eval.Block) {
		for _, attr := range []string{"gateway_id", "egress_only_gateway_id"} {
			v := block.Get(attr)
			for _, g := range b.named(v) {
				rt := route{internet: graph.No}
				if g.Type == "aws_internet_gateway" && attr == "gateway_id" {
					rt = route{internet: graph.Yes, why: atValue(r, v, "route to an internet gateway")}
				}
				tables[tableRes.Address] = append(tables[tableRes.Address], rt)
			}
		}
		if tables[tableRes.Address] == nil {
			tables[tableRes.Address] = []route{}
		}
	}
	for _, typ := range []string{"aws_route_table", "aws_default_route_table"} {
		for _, r := range b.byType[typ] {
			tables[r.Address] = []route{}
			for _, block := range r.Body.BlocksOf("route") {
				add(r, r, block)
			}
		}
	}
	main := map[string]string{} // network ID to the main table's address
	for _, r := range b.byType["aws_default_route_table"] {
		if id := b.networkOf([]eval.Value{r.Body.Get("default_route_table_id")}); id != "" {
			main[id] = r.Address
		}
	}
	tableOf := func(v eval.Value) string {
		for _, t := range b.named(v) {
			if _, ok := tables[t.Address]; ok {
				return t.Address
			}
			if t.row.role == network {
				return main[b.nets.network[t.Address]]
			}
		}
		return ""
	}
	for _, r := range b.byType["aws_route"] {
		if t := b.byAddress[tableOf(r.Body.Get("route_table_id"))]; t != nil {
			add(t, r, r.Body)
		}
	}
	for _, r := range b.byType["aws_main_route_table_association"] {
		if id := b.networkOf([]eval.Value{r.Body.Get("vpc_id")}); id != "" {
			if t := tableOf(r.Body.Get("route_table_id")); t != "" {
				main[id] = t
			}
		}
	}
	associated := map[string]bool{}
	apply := func(s *subnet, table string, evidence ...graph.Evidence) {
		for _, rt := range tables[table] {
			if rt.internet == graph.Yes {
				s.public, s.why = graph.Yes, rt.why
			}
		}
		if s.public == graph.Unknown {
			s.public = graph.No
			if len(evidence) > 0 {
				s.why = evidence[0]
			}
		}
	}
	for _, r := range b.byType["aws_route_table_association"] {
		table := tableOf(r.Body.Get("route_table_id"))
		if table == "" {
			continue
		}
		for _, sr := range b.named(r.Body.Get("subnet_id")) {
			if s := b.nets.subnets[sr.Address]; s != nil {
				associated[sr.Address] = true
				s.parts = append(s.parts, r.Address)
				apply(s, table, at(r, "its route table has no route to an internet gateway"))
			}
		}
	}
	for _, addr := range sortedKeys(b.nets.subnets) {
		s := b.nets.subnets[addr]
		if !associated[addr] && main[s.network] != "" {
			apply(s, main[s.network])
		}
	}
}

// subnetsOf resolves place values to subnets, through subnet groups and data sources.
func (b *builder) subnetsOf(values []eval.Value) []*subnet {
	var out []*subnet
	seen := map[string]bool{}
	var visit func(values []eval.Value, depth int)
	visit = func(values []eval.Value, depth int) {
		for _, v := range values {
			for _, e := range v.Elements() {
				for _, ref := range b.direct(e.Refs()) {
					for _, r := range b.at(ref.Address) {
						if s := b.moduleSubnet(r, ref.Attr); s != nil {
							if !seen[s.key] {
								seen[s.key] = true
								out = append(out, s)
							}
							continue
						}
						if r.row == nil || seen[r.Address] {
							continue
						}
						switch {
						case r.row.role == subnetwork:
							seen[r.Address] = true
							out = append(out, b.makeSubnet(r))
						case r.row.role == detail && depth < 3:
							seen[r.Address] = true
							visit(r.uses[placesInSubnet], depth+1)
						}
					}
				}
			}
		}
	}
	visit(values, 0)
	return out
}

// placeAll finds the subnets of each component, joins subnets that are one tier,
// makes their boundaries, and places what stands in them.
func (b *builder) placeAll() {
	spans := map[string][]*subnet{}
	for _, c := range b.order {
		for _, r := range c.resources {
			if r.self == nil && r.row.role == detail && len(r.owners) > 1 {
				continue // a shared detail says nothing of one owner's place
			}
			if r.row.role.connects() {
				continue // it names whom it joins its owner with
			}
			spans[c.ID] = append(spans[c.ID], b.subnetsOf(r.uses[placesInSubnet])...)
		}
	}
	b.joinTiers(spans)
	b.makeTiers()
	b.placeGroups()
	for _, c := range b.order {
		b.place(c, spans[c.ID])
	}
}

// placeGroups puts groups that stand in a subnet into it, now that there are boundaries
// of subnets.
func (b *builder) placeGroups() {
	for _, r := range b.resources {
		bd := b.nets.byID[b.nets.network[r.Address]]
		if r.row == nil || r.row.role != grouping || bd == nil {
			continue
		}
		for _, s := range b.subnetsOf(r.uses[placesInSubnet]) {
			bd.Parent = s.root().boundary.ID
			break
		}
	}
}

// joinTiers joins subnets that stand for one tier: instances of one block, and
// those that a component spans together, where both are public or both are not.
func (b *builder) joinTiers(spans map[string][]*subnet) {
	byBlock := map[string]*subnet{}
	for _, addr := range sortedKeys(b.nets.subnets) {
		s := b.nets.subnets[addr]
		block := blockAddress(addr)
		if spansZones(s) {
			continue
		}
		if first := byBlock[block]; first != nil {
			joinTier(first, s)
		} else {
			byBlock[block] = s
		}
	}
	for _, c := range b.order {
		list := spans[c.ID]
		for i := 1; i < len(list); i++ {
			if spansZones(list[i]) {
				continue
			}
			for _, earlier := range list[:i] {
				if sameTier(earlier, list[i]) {
					joinTier(earlier, list[i])
					break
				}
			}
		}
	}
}

// spansZones reports whether a subnet lies in all zones of its region, so that several
// are several tiers. Azure documentation, "Azure Virtual Network", subnets.
func spansZones(s *subnet) bool {
	return s.res != nil && s.res.row != nil && strings.HasPrefix(s.res.row.typ, "azurerm_")
}

func sameTier(x, y *subnet) bool {
	return x.network == y.network && x.public == y.public
}

func joinTier(x, y *subnet) {
	if !sameTier(x, y) {
		return
	}
	rx, ry := x.root(), y.root()
	if rx == ry {
		return
	}
	if rx.key > ry.key {
		rx, ry = ry, rx
	}
	ry.tier = rx
}

// makeTiers makes one boundary for each tier, named by its subnets.
func (b *builder) makeTiers() {
	names := map[*subnet][]string{}
	for _, addr := range sortedKeys(b.nets.subnets) {
		s := b.nets.subnets[addr]
		top := s.root()
		name := s.output
		if name == "" {
			name = b.humanName(s.res)
		}
		names[top] = append(names[top], name)
		if top != s {
			top.boundary.Parts = append(append(top.boundary.Parts, s.key), s.parts...)
			top.boundary.Name = groupName(names[top])
			s.boundary = top.boundary
			if s.autoAddress == graph.Yes {
				top.autoAddress = graph.Yes
			}
			continue
		}
		label := s.res.row.label
		switch s.public {
		case graph.Yes:
			label = "public " + label
		case graph.No:
			label = "private " + label
		}
		parent := s.network
		if parent == "" {
			parent = cmp.Or(b.resourceGroup(s.res), b.account(s.res))
		}
		s.boundary = &graph.Boundary{
			ID: b.id(addr), Kind: graph.BoundarySubnet, Name: name, Label: label, Parent: parent, Address: addr, Source: s.res.Source,
			Attributes: attributes(s.res.Body), Parts: s.parts,
		}
		if s.output != "" {
			s.boundary.Attributes = nil
		}
		if s.public != graph.Unknown {
			s.boundary.Set(graph.PropPublic, s.public, s.why)
		}
		if s.autoAddress == graph.Yes {
			s.boundary.Set(graph.PropPublicAddress, graph.Yes, atValue(s.res, s.res.Body.Get("map_public_ip_on_launch"), "instances get a public address on launch"))
		}
		if purpose, ok := s.res.Body.Get("purpose").Literal(); s.res.Type == "google_compute_subnetwork" && s.res.Mode == eval.Managed && (!ok || purpose == "" || purpose == "PRIVATE") {
			e := at(s.res, "log_config is not set, which means that its traffic is not recorded")
			e.Fix = "add `log_config` to " + s.res.Address
			logged := len(s.res.Body.BlocksOf("log_config")) > 0
			if logged {
				e = at(s.res, "log_config is set")
			}
			s.boundary.Set(graph.PropLogged, graph.Of(logged), e)
		}
		if v := s.res.Body.Get("default_outbound_access_enabled"); v.IsSet() { // azurerm; true where it is not set, and there is no route of its own
			s.boundary.Set(graph.PropOpenEgress, v.Truth(graph.Unknown), atValue(s.res, v, "the platform's way out is on, or off"))
		}
		b.nets.byID[s.boundary.ID] = s.boundary
		b.g.Boundaries = append(b.g.Boundaries, s.boundary)
	}
}

// place puts a component into the innermost boundary that holds all of it: its
// tier, the network where it spans several tiers, else its account.
func (b *builder) place(c *component, spanned []*subnet) {
	if len(c.resources) == 0 {
		return
	}
	for _, s := range spanned {
		c.subnets = append(c.subnets, s.key)
	}
	c.groups = b.groupsAround(c)
	switch {
	case c.Kind == graph.Identity:
		c.Boundary = b.account(c.resources[0])
		return
	case c.Kind == graph.External && len(spanned) == 0:
		return // only its description is in the account
	}
	if id := b.groupAround(c); id != "" {
		c.Boundary = id
		return
	}
	if len(spanned) > 0 {
		same, network := true, spanned[0].network
		for _, s := range spanned[1:] {
			same = same && s.root() == spanned[0].root()
			if s.network != network {
				network = ""
			}
		}
		if same {
			c.Boundary = spanned[0].root().boundary.ID
			return
		}
		if network != "" {
			c.Boundary = network
			return
		}
	}
	for _, r := range c.resources {
		if id := b.networkOf(r.uses[placesInNetwork]); id != "" && !r.row.role.connects() {
			c.Boundary = id
			return
		}
	}
	// A security group belongs to one network.
	for _, addr := range c.groups {
		if id := b.networkOf(b.byAddress[addr].uses[placesInNetwork]); id != "" {
			c.Boundary = id
			return
		}
	}
	for _, r := range c.resources { // what it is reached at may be in a network that only its subnet tells
		if id := b.networkOf(r.uses[placesInSubnet]); id != "" && !r.row.role.connects() {
			c.Boundary = id
			return
		}
	}
	if id := b.resourceGroup(c.resources[0]); id != "" {
		c.Boundary = id
		return
	}
	c.Boundary = b.account(c.resources[0])
}

// groupAround returns the boundary of what a component shares with others that stand
// beside it, be it named by what it names: an app's plan names the plan's environment.
func (b *builder) groupAround(c *component) string {
	for _, r := range c.resources {
		for _, v := range r.uses[placesInGroup] {
			for _, g := range b.named(v) {
				switch {
				case g.row.role == grouping && g.Mode != eval.Data:
					return b.makeNetwork(g)
				case g.row.role == connector:
					for _, outer := range g.uses[placesInGroup] {
						for _, o := range b.named(outer) {
							if o.row.role == grouping && o.Mode != eval.Data {
								return b.makeNetwork(o)
							}
						}
					}
				}
			}
		}
	}
	return ""
}

// resourceGroup returns the administrative group that holds an instance, "" where
// its platform has none. One that is only named is a boundary all the same.
func (b *builder) resourceGroup(r *resource) string {
	for _, attr := range []string{"resource_group_name", "parent_id"} {
		v := r.Body.Get(attr)
		for _, g := range b.named(v) {
			if g.row.role == grouping && g != r {
				return b.makeNetwork(g)
			}
		}
		if name, ok := v.Literal(); ok && attr == "resource_group_name" && name != "" {
			return b.groupCalled(name, r)
		}
	}
	return ""
}

// groupCalled returns the ID of the resource group of a name: the root's own, else one
// that is not here.
func (b *builder) groupCalled(name string, r *resource) string {
	for _, g := range b.byType["azurerm_resource_group"] {
		if slices.Contains(literalNames(g), name) {
			return b.makeNetwork(g)
		}
	}
	account := b.account(r)
	address := "resource group " + name
	id := b.id(address)
	if b.nets.byID[id] == nil {
		bd := &graph.Boundary{ID: id, Kind: graph.BoundaryGroup, Name: name, Label: "resource group", Address: address, Parent: account, Source: r.Source}
		b.nets.byID[id] = bd
		b.g.Boundaries = append(b.g.Boundaries, bd)
	}
	return id
}

// publicPlace tells whether the internet has a route to where a component stands.
func (b *builder) publicPlace(c *component) (graph.Truth, graph.Evidence) {
	if len(c.subnets) == 0 {
		return graph.Unknown, graph.Evidence{}
	}
	worst, why := graph.No, graph.Evidence{}
	for _, addr := range c.subnets {
		s := b.nets.subnets[addr]
		if s == nil {
			return graph.Unknown, graph.Evidence{}
		}
		switch s.public {
		case graph.Yes:
			return graph.Yes, s.why
		case graph.Unknown:
			worst = graph.Unknown
		case graph.No:
			why = s.why
		}
	}
	return worst, why
}

// groupsAround returns the addresses of the security groups of a component, sorted.
func (b *builder) groupsAround(c *component) []string {
	var out []string
	for _, r := range c.resources {
		for _, v := range r.uses[guardedBy] {
			for _, e := range v.Elements() {
				for _, g := range b.named(e) {
					if g.row.role == guard {
						out = append(out, g.Address)
					}
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
