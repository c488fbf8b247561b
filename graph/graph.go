package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Graph is one model: what was read, and after analysis what follows from it.
// All slices are sorted by [Graph.Sort]; identifiers are unique within a slice
// and come from addresses, so that they survive moved lines and renamed files.
type Graph struct {
	Components []*Component `json:"components"`
	Boundaries []*Boundary  `json:"boundaries"`
	Flows      []*Flow      `json:"flows"`
	Grants     []*Grant     `json:"grants"`
	Findings   []*Finding   `json:"findings"`  // made by package analyze
	Paths      []*Path      `json:"paths"`     // made by package analyze
	Questions  []*Question  `json:"questions"` // made by package analyze
	Notes      []Note       `json:"notes"`
	Coverage   []Coverage   `json:"coverage"` // one row for each kind of input ("terraform", "kubernetes")
	// Moved are the moves that the input declares, for [Diff] to follow.
	Moved []Move `json:"moved,omitempty"`
	// Decisions are what people decided on findings.
	Decisions []Decision `json:"decisions,omitempty"`
}

// Move says that what From identified before is what To identifies now. It stands
// for instances and for what lies in a module, too: "module.a" moves "module.a.x".
type Move struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Source is a place in the input. File is slash-separated and relative to the
// scanned directory; Line counts from 1, and 0 means that no line is known.
type Source struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// String returns "file:line", "file" where no line is known, "" for the zero value.
func (s Source) String() string {
	if s.Line == 0 {
		return s.File
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}

// IsZero reports whether no place is known.
func (s Source) IsZero() bool { return s == Source{} }

// Compare orders places by file, then line.
func (s Source) Compare(o Source) int {
	return cmp.Or(strings.Compare(s.File, o.File), cmp.Compare(s.Line, o.Line))
}

// Evidence is one reason for something in the model: a place, the address of
// the resource or object that stands there, and why it matters, as a clause
// without a full stop ("environment variable QUEUE_URL holds the queue's URL").
type Evidence struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Address string `json:"address,omitempty"`
	Why     string `json:"why"`
	// Fix is what to write there, in the input's own words, to turn the fact over ("set
	// `storage_encrypted = true` in aws_db_instance.orders"), a clause; "" where nothing
	// is to be mended or the input can't say it.
	Fix string `json:"fix,omitempty"`
}

// Source returns the place of the evidence.
func (e Evidence) Source() Source { return Source{e.File, e.Line} }

// EvidenceAt makes evidence from a place.
func EvidenceAt(s Source, address, why string) Evidence {
	return Evidence{File: s.File, Line: s.Line, Address: address, Why: why}
}

func compareEvidence(a, b Evidence) int {
	return cmp.Or(a.Source().Compare(b.Source()), strings.Compare(a.Address, b.Address), strings.Compare(a.Why, b.Why), strings.Compare(a.Fix, b.Fix))
}

// Kind is what a component is in a data-flow diagram.
type Kind string

// The kinds: the three of a data-flow diagram, and principals, which are drawn
// only where an attack path needs them.
const (
	Process  Kind = "process"
	Store    Kind = "store"
	External Kind = "external"
	Identity Kind = "identity"
)

// Kinds lists the kinds in their order in documents.
var Kinds = []Kind{External, Process, Store, Identity}

// InternetID is the identifier, address and name of the one external entity
// that stands for the outside world.
const InternetID = "internet"

// Component is an element of the diagram.
type Component struct {
	ID   string `json:"id"`
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
	// Technology is one of the closed list in technology.go.
	Technology Technology `json:"technology"`
	// Label is what the component's own platform calls this kind of thing, for
	// people to read above its name: "S3 bucket", "Deployment". No logic rests on it.
	Label string `json:"label,omitempty"`
	// Address is the resource's or object's address: as terraform prints it
	// (module path and instance keys), or namespace/Kind/name.
	Address string `json:"address"`
	// Parts are the addresses of the resources that are folded into this one, sorted.
	Parts []string `json:"parts"`
	// Boundary is the ID of the innermost trust boundary that holds it, or "" for outside of all.
	Boundary string `json:"boundary"`
	Source   Source `json:"source,omitzero"`
	// Replicas tells how many equal instances the component stands for; 0 and 1
	// mean one, -1 means a number that is not known.
	Replicas int `json:"replicas,omitempty"`
	// Properties holds what was established about the component. A property
	// that is absent is Unknown.
	Properties map[Property]Fact `json:"properties,omitempty"`
	// Attributes are the raw values it was read from, by dotted path, for people
	// and for rules on text (a secret in an environment variable). Values that are
	// not known are left out; what was marked sensitive stands as "(sensitive)".
	Attributes map[string]string `json:"attributes,omitempty"`
	// Tags are the resource's own tags or labels.
	Tags map[string]string `json:"tags,omitempty"`

	// Stated is what people said of it: where, and what. What they say beats what was
	// derived.
	Stated []Evidence `json:"stated,omitempty"`

	// Exposure is filled in by package analyze.
	Exposure Exposure `json:"exposure,omitempty"`
	// ExposedBy is the chain of component IDs from the internet to this one, both
	// included, for the shortest way that made the Exposure. Filled in by package analyze.
	ExposedBy []string `json:"exposed_by,omitempty"`
}

// AttributePolicy begins the names of the attributes that hold a network policy, in the
// platform's own form, which permits what the component needs and no more: "ingress"
// or "egress" follows. They are there where what is in force permits more or less.
const AttributePolicy = "policy_needed."

// Fact is the value of a property with the reason for it. The evidence may be
// without a place where the fact is a provider's default.
type Fact struct {
	Value    Truth    `json:"value"`
	Evidence Evidence `json:"evidence,omitzero"`
	// Also are further reasons for the same value: the other keys without an end of a
	// store of keys.
	Also []Evidence `json:"also,omitempty"`
}

// Evidences returns all reasons for the value, none where there is none.
func (f Fact) Evidences() []Evidence {
	if f.Evidence == (Evidence{}) {
		return f.Also
	}
	return append([]Evidence{f.Evidence}, f.Also...)
}

// and returns the fact with a further reason.
func (f Fact) and(e Evidence) Fact {
	if e != f.Evidence && !slices.Contains(f.Also, e) {
		f.Also = append(slices.Clone(f.Also), e)
	}
	return f
}

// Is returns the value of a property, Unknown where nothing is known.
func (c *Component) Is(p Property) Truth { return c.Properties[p].Value }

// Set records a property. A later call for the same property wins.
func (c *Component) Set(p Property, v Truth, e Evidence) {
	if c.Properties == nil {
		c.Properties = map[Property]Fact{}
	}
	c.Properties[p] = Fact{Value: v, Evidence: e}
}

// Add records a property as Set does, but keeps the reasons of an earlier call for the
// same value beside its own, and lets the value that a defender does not want win.
func (c *Component) Add(p Property, v Truth, e Evidence) {
	switch have := c.Is(p); {
	case have == Unknown:
		c.Set(p, v, e)
	case have == v:
		c.Properties[p] = c.Properties[p].and(e)
	case have == p.Safe():
		c.Set(p, v, e)
	}
}

// Exposure tells how a component can be reached from the internet.
type Exposure string

// Exposures, from worst to best. The zero value means that analysis did not run
// or could not tell.
const (
	ExposureUnknown  Exposure = ""         // also where a way in hangs on ranges that the input does not tell
	ExposureDirect   Exposure = "direct"   // a flow from the internet ends at it
	ExposureIndirect Exposure = "indirect" // reached through other components
	ExposureNone     Exposure = "none"     // no chain of flows leads from the internet to it
)

// Exposures lists the known exposures from worst to best.
var Exposures = []Exposure{ExposureDirect, ExposureIndirect, ExposureNone}

// Basis tells what a flow rests on.
type Basis string

// The bases, from strongest to weakest.
const (
	// Declared: a connector says so (an event source mapping, a listener with its
	// target group, an ingress backend, a subscription).
	Declared Basis = "declared"
	// Referenced: the configuration of one side names the other (environment,
	// arguments, mounted configuration, a policy that names the resource).
	Referenced Basis = "referenced"
	// Permitted: a policy allows it and nothing says that it is used. Kept for
	// analysis, not drawn unless asked for.
	Permitted Basis = "permitted"
)

// Bases lists the bases from strongest to weakest.
var Bases = []Basis{Declared, Referenced, Permitted}

// Passage tells what network policy makes of a flow.
type Passage string

// The passages. The zero value means that no policy was evaluated.
const (
	PassageUnknown Passage = ""
	Allowed        Passage = "allowed"
	Blocked        Passage = "blocked"
)

// Passages lists the known passages.
var Passages = []Passage{Allowed, Blocked}

// PeersUnknown among a flow's peers stands for address ranges that the input does
// not tell, as those of a variable without a value: they may be the internet. The variables
// themselves may stand beside it, by address.
const PeersUnknown = "unknown"

// Flow is data moving between two components. It points the way the request or
// event travels: from caller to called, from an event's source to its consumer
// (a queue to the function that it triggers, though the function polls).
type Flow struct {
	ID   string `json:"id"`
	From string `json:"from"` // component ID
	To   string `json:"to"`   // component ID
	// Protocol is lower case ("https", "postgres", "grpc", "sqs"), "" where unknown.
	Protocol string `json:"protocol"`
	// Port is 0 where unknown or without meaning. PortEnd is above Port for a range, else 0.
	Port          int     `json:"port"`
	PortEnd       int     `json:"port_end,omitempty"`
	Basis         Basis   `json:"basis"`
	Passage       Passage `json:"passage,omitempty"`
	Encrypted     Truth   `json:"encrypted"`
	Authenticated Truth   `json:"authenticated"`
	// Carries names what moves, where that is known ("access logs", "container image").
	Carries string `json:"carries,omitempty"`
	// Peers are the address ranges that the flow is opened to, where a rule on
	// addresses made it ("0.0.0.0/0"), sorted. PeersUnknown stands for those that the
	// input leaves open.
	Peers    []string   `json:"peers"`
	Evidence []Evidence `json:"evidence"`

	// Crosses lists the trust boundaries that the flow crosses, in the order in
	// which it does. Filled in by package analyze.
	Crosses []Crossing `json:"crosses"`
	// Controls are what is established to stand in the way of a flow that crosses a
	// boundary, in the order of [ControlNames]. Filled in by package analyze.
	Controls []Control `json:"controls,omitempty"`
}

// Control is something that a flow has to pass, with the reason to think so.
type Control struct {
	Name ControlName `json:"name"`
	Evidence
}

// ControlName says in vendor-neutral words what a control is.
type ControlName string

// The controls.
const (
	ControlAuthentication  ControlName = "authentication"   // callers are asked who they are
	ControlEncryption      ControlName = "encryption"       // what travels is encrypted
	ControlFirewall        ControlName = "firewall"         // a web application firewall looks at requests
	ControlRateLimit       ControlName = "rate-limit"       // callers are held to a rate
	ControlNetworkPolicy   ControlName = "network-policy"   // network policy was evaluated and lets this through, and not everything
	ControlAddressList     ControlName = "address-list"     // named addresses only are let in
	ControlPrivateEndpoint ControlName = "private-endpoint" // it travels on a private address of the caller's network
)

// ControlNames lists the controls in the order above.
var ControlNames = []ControlName{
	ControlAuthentication, ControlEncryption, ControlFirewall, ControlRateLimit, ControlNetworkPolicy, ControlAddressList, ControlPrivateEndpoint,
}

// Crossing is a flow's passing of one boundary.
type Crossing struct {
	Boundary string `json:"boundary"` // ID
	// Into is true where the flow enters the boundary, false where it leaves it.
	Into bool `json:"into"`
}

// BoundaryKind is what kind of trust boundary this is.
type BoundaryKind string

// The kinds of boundary, from outermost to innermost.
const (
	BoundaryOrganization BoundaryKind = "organization"
	BoundaryAccount      BoundaryKind = "account" // account, project or subscription
	BoundaryRegion       BoundaryKind = "region"
	BoundaryNetwork      BoundaryKind = "network" // VPC, virtual network
	BoundarySubnet       BoundaryKind = "subnet"
	BoundaryCluster      BoundaryKind = "cluster"
	BoundaryNamespace    BoundaryKind = "namespace"
	BoundaryHost         BoundaryKind = "host"
	BoundaryGroup        BoundaryKind = "group" // resource group, mesh, anything else that separates trust
)

// BoundaryKinds lists the kinds from outermost to innermost.
var BoundaryKinds = []BoundaryKind{
	BoundaryOrganization, BoundaryAccount, BoundaryRegion, BoundaryNetwork, BoundarySubnet,
	BoundaryCluster, BoundaryNamespace, BoundaryHost, BoundaryGroup,
}

// Boundary is a trust boundary: the line around components that trust each
// other more than what is outside. Boundaries form a tree; the internet is the
// outside of all and is no boundary.
type Boundary struct {
	ID   string       `json:"id"`
	Kind BoundaryKind `json:"kind"`
	Name string       `json:"name"`
	// Label is what its platform calls it ("VPC", "namespace"), for people to read.
	Label   string `json:"label,omitempty"`
	Parent  string `json:"parent"` // ID, "" at the root
	Address string `json:"address"`
	// Parts are the addresses of further resources that this boundary stands for
	// (the other subnets of a tier), sorted.
	Parts  []string `json:"parts"`
	Source Source   `json:"source,omitzero"`
	// Properties holds what was established about it: PropPublic for a subnet with
	// a route from the internet, PropPolicyPresent for a namespace with network policy.
	Properties map[Property]Fact `json:"properties,omitempty"`
	// Attributes are raw values, as a component's.
	Attributes map[string]string `json:"attributes,omitempty"`

	// Trust is 1 (least) to 5 (most), 0 before analysis. Filled in by package analyze.
	Trust int `json:"trust,omitempty"`
	// TrustWhy is the reason for Trust, one clause.
	TrustWhy string `json:"trust_why,omitempty"`
}

// Is returns the value of a property, Unknown where nothing is known.
func (b *Boundary) Is(p Property) Truth { return b.Properties[p].Value }

// Set records a property. A later call for the same property wins.
func (b *Boundary) Set(p Property, v Truth, e Evidence) {
	if b.Properties == nil {
		b.Properties = map[Property]Fact{}
	}
	b.Properties[p] = Fact{Value: v, Evidence: e}
}

// Add records a property as [Component.Add] does.
func (b *Boundary) Add(p Property, v Truth, e Evidence) {
	switch have := b.Is(p); {
	case have == Unknown:
		b.Set(p, v, e)
	case have == v:
		b.Properties[p] = b.Properties[p].and(e)
	case have == p.Safe():
		b.Set(p, v, e)
	}
}

// Grant is what an identity or a process may do to another component.
type Grant struct {
	ID   string `json:"id"`
	From string `json:"from"` // component ID
	To   string `json:"to"`   // component ID
	// How is the permission in the platform's own words: "sts:AssumeRole", "secrets get,list".
	How string `json:"how"`
	// Does classifies it in vendor-neutral words.
	Does Ability `json:"does,omitempty"`
	// Wildcard is true where the permission or its target holds a wildcard.
	Wildcard bool `json:"wildcard,omitempty"`
	// Scope is the part of To that the permission is limited to, in the platform's own
	// words ("namespace shop"); "" for all of it.
	Scope string `json:"scope,omitempty"`
	// Condition is what must hold besides, in the platform's own words
	// ("StringEquals aws:ResourceTag/team shop"); "" where it always holds.
	Condition string     `json:"condition,omitempty"`
	Evidence  []Evidence `json:"evidence"`
}

// Join adds another grant of the same permission between the same ends: what either
// allows is allowed, so a scope or condition that only one of them has limits nothing.
func (r *Grant) Join(other *Grant) {
	if r.Does == "" {
		r.Does = other.Does
	}
	r.Wildcard = r.Wildcard || other.Wildcard
	if r.Scope != other.Scope {
		r.Scope = ""
	}
	switch {
	case r.Condition == "" || other.Condition == "":
		r.Condition = ""
	case !slices.Contains(strings.Split(r.Condition, orElseIf), other.Condition):
		r.Condition += orElseIf + other.Condition
	}
	r.Evidence = append(r.Evidence, other.Evidence...)
}

// Holds reports whether what the grant gives lies in the configuration of From, as a
// key or a password does, so that whoever reads that has it.
func (r *Grant) Holds() bool {
	return strings.HasPrefix(r.How, "holds its ") && r.Does != AbilityAdminister
}

const orElseIf = "; or "

// Ability is what a grant allows, in vendor-neutral words.
type Ability string

// The abilities.
const (
	AbilityRead       Ability = "read"        // read data
	AbilityWrite      Ability = "write"       // change data
	AbilityInvoke     Ability = "invoke"      // call or trigger
	AbilityAssume     Ability = "assume"      // become that identity
	AbilityPass       Ability = "pass"        // hand that identity to a service
	AbilityReadSecret Ability = "read-secret" // read a secret or decrypt with a key
	AbilityExecute    Ability = "execute"     // run code on it
	AbilityAdminister Ability = "administer"  // change its configuration or permissions
	AbilityDelete     Ability = "delete"      // remove or stop it
	AbilityOther      Ability = "other"
)

// Abilities lists the abilities in the order above.
var Abilities = []Ability{
	AbilityRead, AbilityWrite, AbilityInvoke, AbilityAssume, AbilityPass,
	AbilityReadSecret, AbilityExecute, AbilityAdminister, AbilityDelete, AbilityOther,
}

// Severity rates a finding.
type Severity string

// The severities, from least to most.
const (
	Info     Severity = "info"
	Low      Severity = "low"
	Medium   Severity = "medium"
	High     Severity = "high"
	Critical Severity = "critical"
)

// Severities lists the severities from least to most.
var Severities = []Severity{Info, Low, Medium, High, Critical}

// Rank returns the position in Severities, -1 for what is none.
func (s Severity) Rank() int { return slices.Index(Severities, s) }

// Factor is one of the facts that gave a finding its severity.
type Factor struct {
	// Name is a short stable word ("exposure", "crossing", "data", "control").
	Name string `json:"name"`
	// Effect is how many steps it moved likelihood or impact, negative for less.
	Effect int    `json:"effect"`
	Why    string `json:"why"`
}

// Status is where a finding stands.
type Status string

// The statuses. All but the first are people's decisions, or rest on evidence of a
// control that makes the weakness good.
const (
	Open          Status = "open"
	Mitigated     Status = "mitigated"
	Accepted      Status = "accepted"       // the risk is known and taken
	Transferred   Status = "transferred"    // somebody else's to mend
	FalsePositive Status = "false-positive" // it is no weakness here
)

// Statuses lists the statuses in the order above.
var Statuses = []Status{Open, Mitigated, Accepted, Transferred, FalsePositive}

// STRIDE is a threat category of the STRIDE model.
type STRIDE string

// The categories.
const (
	Spoofing              STRIDE = "spoofing"
	Tampering             STRIDE = "tampering"
	Repudiation           STRIDE = "repudiation"
	InformationDisclosure STRIDE = "information-disclosure"
	DenialOfService       STRIDE = "denial-of-service"
	ElevationOfPrivilege  STRIDE = "elevation-of-privilege"
)

// STRIDECategories lists the categories in the order of their initials.
var STRIDECategories = []STRIDE{
	Spoofing, Tampering, Repudiation, InformationDisclosure, DenialOfService, ElevationOfPrivilege,
}

// Finding is a threat in its place. Its ID is made of rule and subject, never of
// a line number: see [FindingID].
type Finding struct {
	ID   string `json:"id"`
	Rule string `json:"rule"` // the rule's ID, "plaintext-crossing"
	// Title is one line that names the thing and the trouble.
	Title string `json:"title"`
	// Subject is the ID of the component, flow, boundary or grant that it is about.
	Subject string `json:"subject"`
	// Address is the address of the resource to change, the subject's where there is no better.
	Address  string   `json:"address"`
	Severity Severity `json:"severity"`
	// Likelihood and Impact are 1 to 5; Severity follows from their product.
	Likelihood int      `json:"likelihood"`
	Impact     int      `json:"impact"`
	Factors    []Factor `json:"factors"`
	STRIDE     []STRIDE `json:"stride"`
	CWE        []int    `json:"cwe"`
	References []string `json:"references"` // identifiers of controls and techniques: "CIS AWS 2.3.1", "ATT&CK T1530"
	// Threat says what could go wrong in this place, with its names.
	Threat      string   `json:"threat"`
	Mitigations []string `json:"mitigations"`
	// Verify is how a tester proves it in this place, FalseIf what would make it no
	// weakness here. Either may be "".
	Verify    string     `json:"verify,omitempty"`
	FalseIf   string     `json:"false_if,omitempty"`
	Evidence  []Evidence `json:"evidence"`
	Status    Status     `json:"status,omitempty"`
	StatusWhy string     `json:"status_why,omitempty"`
}

// Settled reports whether nobody has to do anything about it: it was decided, or a
// control makes it good.
func (f *Finding) Settled() bool { return f.Status != Open && f.Status != "" }

// Note says what was not understood, where, and what the reader can do about it.
type Note struct {
	// Code is a short stable word for the kind of trouble ("parse-error", "limit", "unknown-type").
	Code string `json:"code"`
	Source
	Address string `json:"address,omitempty"`
	Message string `json:"message"`
	// Next is what the reader can do, "" where nothing can be done.
	Next string `json:"next,omitempty"`
}

// NoteGrantsCut is the code of notes on what is allowed something on more components than
// grants are listed for.
const NoteGrantsCut = "grants-cut"

// String returns the note as one line: place, message, next step.
func (n Note) String() string {
	s := n.Message
	if !n.Source.IsZero() {
		s = n.Source.String() + ": " + s
	}
	if n.Next != "" {
		s += " (" + n.Next + ")"
	}
	return s
}

// Coverage counts how much of one kind of input was understood. Units are blocks
// for Terraform, objects for Kubernetes.
type Coverage struct {
	Input string `json:"input"`
	Files int    `json:"files"`
	Read  int    `json:"read"`
	// Modelled became a component, flow, boundary, grant, property or evidence.
	Modelled int `json:"modelled"`
	// Ignored was left out on purpose: it has no bearing on a threat model.
	Ignored int `json:"ignored"`
	// Unknown was not understood; UnknownTypes counts it by type.
	Unknown      int            `json:"unknown"`
	UnknownTypes map[string]int `json:"unknown_types,omitempty"`
	// Noted are those of which a part could not be evaluated, or only with a
	// reservation that a note tells, whatever they became.
	Noted int `json:"noted,omitempty"`
}

// Share returns the part of what was read that was understood, 1 where nothing was read.
func (c Coverage) Share() float64 {
	if c.Read == 0 {
		return 1
	}
	return float64(c.Modelled+c.Ignored) / float64(c.Read)
}

// Evaluated tells how much of what was read was evaluated without a note, and its
// share; false for an input that holds nothing to evaluate.
func (c Coverage) Evaluated() (count int, share float64, ok bool) {
	if c.Read == 0 || c.Input != "terraform" {
		return 0, 0, false
	}
	count = c.Read - c.Noted
	return count, float64(count) / float64(c.Read), true
}

// FlowID is the identifier of a flow. Two flows between the same components
// differ by protocol, port or basis.
func FlowID(from, to, protocol string, port int, basis Basis) string {
	id := from + " -> " + to
	if protocol != "" || port != 0 {
		id += " " + protocol
		if port != 0 {
			id += fmt.Sprintf(":%d", port)
		}
	}
	if basis == Permitted {
		id += " (permitted)"
	}
	return id
}

// GrantID is the identifier of a grant.
func GrantID(from, to, how string) string { return from + " => " + to + " " + how }

// FindingID is the identifier of a finding: the rule and what it is about, with a
// detail where one subject can have several ("port 22"), else "".
func FindingID(rule, subject, detail string) string {
	id := rule + "@" + subject
	if detail != "" {
		id += "#" + detail
	}
	return id
}

// PathID is the identifier of an attack path: there is one for an entry and an asset.
func PathID(from, to string) string { return from + " ~> " + to }

// QuestionID is the identifier of a question: the rule that it would decide and
// what it is about.
func QuestionID(rule, subject string) string { return rule + "?" + subject }

// Sort puts every slice into its canonical order and removes repeated evidence,
// parts and notes. Findings and questions go from most to least severe, paths
// from the shortest to the longest, of equally long ones to what is worth most first.
func (g *Graph) Sort() {
	for _, c := range g.Components {
		c.Parts = sortedSet(c.Parts)
		c.Stated = sortedEvidence(c.Stated)
	}
	for _, b := range g.Boundaries {
		b.Parts = sortedSet(b.Parts)
	}
	for _, f := range g.Flows {
		f.Evidence = sortedEvidence(f.Evidence)
		f.Peers = sortedSet(f.Peers)
	}
	for _, r := range g.Grants {
		r.Evidence = sortedEvidence(r.Evidence)
	}
	slices.SortStableFunc(g.Components, func(a, b *Component) int { return strings.Compare(a.ID, b.ID) })
	slices.SortStableFunc(g.Boundaries, func(a, b *Boundary) int { return strings.Compare(a.ID, b.ID) })
	slices.SortStableFunc(g.Flows, func(a, b *Flow) int { return strings.Compare(a.ID, b.ID) })
	slices.SortStableFunc(g.Grants, func(a, b *Grant) int { return strings.Compare(a.ID, b.ID) })
	sortFindings(g.Findings)
	slices.SortStableFunc(g.Paths, func(a, b *Path) int {
		return cmp.Or(cmp.Compare(len(a.Steps), len(b.Steps)), -cmp.Compare(a.Worth, b.Worth), strings.Compare(a.ID, b.ID))
	})
	slices.SortStableFunc(g.Questions, func(a, b *Question) int {
		return cmp.Or(-cmp.Compare(a.Severity.Rank(), b.Severity.Rank()), strings.Compare(a.ID, b.ID))
	})
	slices.SortStableFunc(g.Notes, compareNote)
	g.Notes = slices.Compact(g.Notes)
	slices.SortStableFunc(g.Coverage, func(a, b Coverage) int { return strings.Compare(a.Input, b.Input) })
	slices.SortFunc(g.Moved, func(a, b Move) int { return cmp.Or(strings.Compare(a.From, b.From), strings.Compare(a.To, b.To)) })
	g.Moved = slices.Compact(g.Moved)
	slices.SortStableFunc(g.Decisions, compareDecision)
}

func sortFindings(list []*Finding) {
	slices.SortStableFunc(list, func(a, b *Finding) int {
		return cmp.Or(-cmp.Compare(a.Severity.Rank(), b.Severity.Rank()), strings.Compare(a.ID, b.ID))
	})
}

func compareNote(a, b Note) int {
	return cmp.Or(a.Source.Compare(b.Source), strings.Compare(a.Code, b.Code),
		strings.Compare(a.Address, b.Address), strings.Compare(a.Message, b.Message), strings.Compare(a.Next, b.Next))
}

func sortedSet(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

func sortedEvidence(e []Evidence) []Evidence {
	slices.SortFunc(e, compareEvidence)
	return slices.Compact(e)
}

// Index is a set of look-ups into a graph. It is made once and not kept up to
// date: make a new one after the graph changed.
type Index struct {
	Component map[string]*Component
	Boundary  map[string]*Boundary
	Out, In   map[string][]*Flow // by component ID, in the graph's order
}

// NewIndex indexes a graph by identifiers. Cost is linear in the graph.
func NewIndex(g *Graph) *Index {
	ends := min(len(g.Flows), len(g.Components)) // at most, in a whole graph
	x := &Index{
		Component: make(map[string]*Component, len(g.Components)),
		Boundary:  make(map[string]*Boundary, len(g.Boundaries)),
		Out:       make(map[string][]*Flow, ends),
		In:        make(map[string][]*Flow, ends),
	}
	for _, c := range g.Components {
		x.Component[c.ID] = c
	}
	for _, b := range g.Boundaries {
		x.Boundary[b.ID] = b
	}
	for _, f := range g.Flows {
		x.Out[f.From] = append(x.Out[f.From], f)
		x.In[f.To] = append(x.In[f.To], f)
	}
	return x
}

// Ancestors returns the boundaries around a boundary, itself first, the
// outermost last. An unknown ID gives nil; a cycle is cut.
func (x *Index) Ancestors(id string) []*Boundary {
	var out []*Boundary
	for b := x.Boundary[id]; b != nil && !slices.Contains(out, b); b = x.Boundary[b.Parent] {
		out = append(out, b)
	}
	return out
}
