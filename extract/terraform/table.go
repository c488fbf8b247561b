package terraform

import (
	"slices"
	"strings"
	"sync"

	"drawbridge/graph"
)

// role is what a resource type is in the model.
type role int

// The roles.
const (
	process role = iota + 1
	store
	external
	identity
	// administrative types are boundaries around accounts; see organization.go.
	administrative
	// network, subnetwork and grouping types are boundaries; place.go knows how they nest.
	network
	subnetwork
	grouping
	// detail types configure another resource, which they belong to: they give it
	// properties and flows, and their address is among its parts.
	detail
	// connector types lie between two others and become a flow, its evidence, or a permission.
	connector
	// guard types are connectors that say what may reach those around which they stand.
	guard
	// pool types are connectors that load balancers send to and members are attached to.
	pool
	// ignored types have no bearing on a threat model; the row's why says so.
	ignored
)

// row is what is known of one resource type. The zero value of a field says
// that there is nothing of its kind to know.
type row struct {
	typ   string
	role  role
	tech  graph.Technology
	label string
	// name is the attribute that holds its name, where nameAttributes mislead.
	name string
	// why is the reason of an ignored row.
	why string
	// quiet components are kept only where something flows to or from them or a
	// grant names them: they serve others, and are noise on their own.
	quiet bool

	// unless is an attribute that, where it is true, says that there is no such component.
	unless string

	// owner holds the attributes of a detail that name what it belongs to. The
	// first that leads to a component wins. A detail without any is named by its
	// owner: see adopts.
	owner []string
	// adopts holds the attributes of a component that name details of its own.
	adopts []string
	// shared makes or finds the component that stands for all of a detail's type.
	shared func(*builder, *resource) *component
	// alone is the role of a detail that nothing owns or adopts; zero leaves it out.
	alone role

	links []link
	// calls holds the attributes of free configuration: what they name is called.
	calls []string
	props []prop
	also  []semantic

	// arn is the form of the type's ARN after the partition, with %s for the name:
	// "sqs:REGION:ACCOUNT:%s". Empty gives a plausible one.
	arn string
	// shapes are the forms of further computed attributes, where conventions don't do.
	shapes map[string]string
	// engine is the attribute that names a database's engine, which decides its port.
	engine string
	port   int
	// protocol is what its callers speak, "https" where empty for a component.
	protocol string
	// internet is how the internet reaches it; see network.go.
	internet access
}

// link says that data flows between what two attributes name. An empty end is
// the component that the resource is, or belongs to.
type link struct {
	from, to string
	protocol string
	carries  string
	why      string // a clause, for the evidence
	// permitted links are possible and not known to be used.
	permitted bool
}

// prop says that an attribute decides a property.
type prop struct {
	property graph.Property
	attr     string // several, separated by "|": the first that is set counts
	test     test
	want     string // for is and isNot
	// unset is the value where the attribute is not set: the provider's documented
	// default, or Unknown where it has none.
	unset graph.Truth
	// inside is the value where the attribute is not set in a block that is there;
	// where it is Unknown, unset counts there too.
	inside graph.Truth
	// why is the reason of an unset value that is no attribute's default.
	why string
}

// test turns an attribute's value into a property's.
type test int

// The tests.
const (
	flag     test = iota // its boolean value
	notFlag              // the opposite of its boolean value
	set                  // Yes where the attribute or block is there, with anything in it
	positive             // Yes for a number above zero
	is                   // Yes where its text is the wanted one, ignoring case
	isNot                // No where its text is the wanted one, ignoring case
	least                // Yes for a number of at least the wanted one
	among                // No where its text is one of the wanted ones, separated by "|"
	always               // unset, whatever the attribute says
)

// access is how the internet reaches a component where security groups let it.
type access int

// The kinds of access.
const (
	// notFromInternet components have no address of their own on the internet.
	notFromInternet access = iota
	// byAddress: where it has a public address and its subnet a route from the internet.
	byAddress
	// byListener: as byAddress, at the ports of its listeners.
	byListener
	// always: a managed endpoint that stands on the internet whatever the network says.
	managedEndpoint
)

// semantic is knowledge of a type that a row can't say as data.
type semantic func(*builder, *resource)

// table finds rows by type.
type table map[string]*row

// rows returns the tables of all providers.
func rows() [][]row {
	return [][]row{awsRows, azureRows, googleRows, googleMemberRows, otherRows, utilityRows}
}

// newTable returns the index of all rows, which is made once, so that a scan of many roots
// costs no more with more rows. It is not to be changed.
var newTable = sync.OnceValue(func() table {
	t := table{}
	for _, rows := range rows() {
		for i := range rows {
			t[rows[i].typ] = &rows[i]
		}
	}
	return t
})

// provider returns the provider's local name, by convention the type's first word.
func provider(typ string) string {
	name, _, _ := strings.Cut(typ, "_")
	return name
}

// connects reports whether a type lies between others.
func (r role) connects() bool { return r == connector || r == guard || r == pool }

// kind returns the graph's kind for a role, "" for roles that are no component.
func (r role) kind() graph.Kind {
	switch r {
	case process:
		return graph.Process
	case store:
		return graph.Store
	case external:
		return graph.External
	case identity:
		return graph.Identity
	}
	return ""
}

// utilityProviders make values, not infrastructure.
var utilityProviders = []string{
	"archive", "external", "http", "local", "null", "random", "template", "terraform", "time", "tls", "cloudinit", "corefunc", "assert",
	"alz", "azurecaf", "modtm",
}

func isUtility(typ string) bool { return slices.Contains(utilityProviders, provider(typ)) }

// utilityRows holds the types of utility providers that matter all the same: what
// terraform takes in from outside while it runs, see taken.go.
var utilityRows = []row{
	{typ: "external", role: external, tech: graph.TechPipeline, label: "program run by terraform", shapes: map[string]string{"result": ""}},
	{typ: "http", role: external, tech: graph.TechSaaS, label: "content taken in by terraform", shapes: map[string]string{"body": "", "response_body": ""}},
}

// The forms of props that rows use.

func on(p graph.Property, attr string, unset graph.Truth) prop {
	return prop{property: p, attr: attr, test: flag, unset: unset}
}

// inside is for an attribute of a block that as a whole is No where it is not there.
func inside(p graph.Property, attr string, t graph.Truth) prop {
	return prop{property: p, attr: attr, test: flag, unset: graph.No, inside: t}
}

func off(p graph.Property, attr string, unset graph.Truth) prop {
	return prop{property: p, attr: attr, test: notFlag, unset: unset}
}

func given(p graph.Property, attr string) prop {
	return prop{property: p, attr: attr, test: set, unset: graph.No}
}

func above(p graph.Property, attr string, unset graph.Truth) prop {
	return prop{property: p, attr: attr, test: positive, unset: unset}
}

func equal(p graph.Property, attr, want string, unset graph.Truth) prop {
	return prop{property: p, attr: attr, test: is, want: want, unset: unset}
}

func differs(p graph.Property, attr, want string, unset graph.Truth) prop {
	return prop{property: p, attr: attr, test: isNot, want: want, unset: unset}
}

func atLeast(p graph.Property, attr, number string) prop {
	return prop{property: p, attr: attr, test: least, want: number}
}

// noneOf is for attributes of which some values are not wanted; unset is not known.
func noneOf(p graph.Property, attr, values string) prop {
	return prop{property: p, attr: attr, test: among, want: values}
}

func fixed(p graph.Property, t graph.Truth, why string) prop {
	return prop{property: p, test: always, unset: t, why: why}
}
