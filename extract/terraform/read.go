package terraform

import (
	"io/fs"

	"drawbridge/extract/carried"
	"drawbridge/extract/terraform/eval"
	"drawbridge/extract/terraform/iam"
	"drawbridge/graph"

	"github.com/zclconf/go-cty/cty"
)

// Options are the inputs of a reading beside the files.
type Options struct {
	// Eval are the variables, variable files, workspace and limits. Shape and
	// Compute are this package's own and need not be set.
	Eval eval.Options
	// Types are what is known of resource types beside the tables, and instead of them.
	Types []Type
}

// Read builds the model of one root module. It always gives a graph: what could
// not be read or understood is a note in it. Identifiers are addresses, led by
// the root's directory and a colon where that is not the top ("envs/prod:aws_vpc.main");
// one of several environments stands behind the directory ("envs/app@prod:aws_vpc.main").
func Read(fsys fs.FS, root string, opt Options) *graph.Graph {
	g, _ := model(fsys, Evaluate(fsys, root, opt), opt.Types)
	return g
}

// model builds the model of what a root was evaluated to, and returns beside it what
// the root puts into Kubernetes clusters, and what others may name.
func model(fsys fs.FS, result *eval.Result, types []Type) (*graph.Graph, *carried.Loose) {
	b := newBuilder(tableWith(types), result)
	// The order matters: each pass reads what those before it made.
	b.classify()     // rows, conventions, what is covered
	b.boundaries()   // accounts, networks, subnets
	b.components()   // one for each instance of a component type
	b.adoptDetails() // what belongs to which component
	b.placeAll()     // subnets are known to be one tier by what spans them
	b.clusterBoundaries()
	b.properties()  // from components, then their details
	b.connect()     // links and semantics of rows
	b.balance()     // listeners, target groups and members become flows
	b.permissions() // roles, policies, trust
	b.containerHosts()
	b.references() // what configuration names, where permissions do not speak against it
	b.serverlessAccess()
	b.securityGroups() // the internet, and ports for what is there
	b.networkEndpoints()
	b.callOpenMethods()
	b.secrets()
	b.providerSecrets()
	b.openings()
	b.codeStores()
	b.contractModules()
	loose := &carried.Loose{Clusters: b.carried(fsys)} // names components, which keeps them
	loose.Spare, loose.Accounts = b.spare(), b.accountNumbers()
	loose.Made, loose.Dangling = b.madeByName(), b.dangling
	return b.finish(), loose
}

// Evaluate evaluates one root module with this package's knowledge of what
// computed attributes look like and of which data sources are pure functions.
func Evaluate(fsys fs.FS, root string, opt Options) *eval.Result {
	return eval.Root(fsys, root, documentsIn(fsys, root, opt.symbolic()))
}

// symbolic completes the evaluator's options with this package's knowledge.
func (opt Options) symbolic() eval.Options {
	o := opt.Eval
	o.Shape = shapes(tableWith(opt.Types))
	o.Compute = map[string]func(*eval.Resource) map[string]cty.Value{
		"aws_availability_zones":  zones("names", "zone_ids", "group_names"),
		"aws_iam_policy_document": iam.DocumentValues,
		"google_compute_zones":    zones("names"),
		"kubectl_file_documents":  fileDocuments,
		"template_file":           templateFile,
	}
	return o
}
