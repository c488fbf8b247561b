package eval

import (
	"slices"
	"strings"

	"drawbridge/graph"

	"github.com/zclconf/go-cty/cty"
)

// Result is what one root module holds.
type Result struct {
	Dir string // the root's directory, slash-separated, relative to the file system's root
	// Environment names the inputs that the root was given, "" where it has one set only.
	Environment string
	// Roots are the names of the roots that the result joins, nil for a single
	// one; a name is a directory, with @ and the environment behind it where there are
	// several. Each leads the addresses of its instances, with a colon behind it.
	Roots []string
	// Resources are the resource, data and missing-module instances of the whole
	// module tree, sorted by address.
	Resources []*Resource
	Outputs   []Output // of the root module, sorted by name; see [Join] for several roots
	// Moved holds the moved blocks of all modules.
	Moved []Moved
	// Providers are the provider configurations of the root and its modules.
	Providers []Provider
	Notes     []graph.Note
	// Unset are the names of the root's variables without a value, sorted.
	Unset []string
	// Files and Blocks count what was read, each file and block once however many
	// instances it gave. Blocks are resource, data and module blocks.
	Files, Blocks int
	// Noted counts the blocks among them in which a note lies.
	Noted int

	byAddress map[string]*Resource
	files     *evaluator // reads files, nil for what was read from elsewhere
}

// NewResult puts instances together that were read from elsewhere than
// configuration, from a plan or a state.
func NewResult(dir string, resources []*Resource) *Result {
	r := &Result{Dir: dir, Resources: resources, byAddress: make(map[string]*Resource, len(resources))}
	slices.SortFunc(r.Resources, func(a, b *Resource) int { return strings.Compare(a.Address, b.Address) })
	for _, x := range resources {
		r.byAddress[x.Address] = x
	}
	return r
}

// Lookup returns the instance at an address, nil where there is none.
func (r *Result) Lookup(address string) *Resource { return r.byAddress[address] }

// Mode is what kind of block an instance comes from.
type Mode string

// The modes.
const (
	Managed Mode = "managed"
	Data    Mode = "data"
	// MissingModule is a call of a module whose code is not there. It stands for
	// itself: its arguments are its attributes, and its outputs are tokens.
	MissingModule Mode = "module"
)

// Resource is one instance of a resource, data or missing-module block.
type Resource struct {
	// Address is as terraform prints it: module.a["x"].aws_s3_bucket.b[0].
	Address string
	Mode    Mode
	// Type and Name are the block's labels; a missing module has type "module".
	Type, Name string
	// Module is the address of the module instance that holds it, "" for the root.
	Module string
	// Key is the instance key as terraform prints it in brackets (0 or "x"), "" without.
	Key string
	// Many is true where count or for_each can't be known: the one instance stands for any number.
	Many bool
	// ModuleSource and ModuleVersion are a missing module's source and version.
	ModuleSource, ModuleVersion string
	// Provider is the provider configuration's reference ("aws.west"), "" for the default one.
	Provider string
	Body     *Block
	Source   graph.Source
}

// Output is an output value of the root module.
type Output struct {
	Name      string
	Value     cty.Value // with marks
	Sensitive bool
	Source    graph.Source
}

// Moved is a moved block, with absolute addresses.
type Moved struct {
	From, To string
	Source   graph.Source
}

// Provider is one provider configuration block.
type Provider struct {
	Name, Alias string // "aws", "west"
	Module      string // address of the module instance that holds it
	Body        *Block
	Source      graph.Source
}

// Ref says that a value derives from an attribute of an instance. It is the cty
// mark that values carry.
type Ref struct {
	// Address is the instance's address, "var.name" for a variable without a value, or
	// what AbsentFile knows for a file that is not there.
	Address string
	// Attr is the first step of the path read ("arn"), "" where the whole was read.
	Attr string
	// Computed is true where the attribute is known only after apply, so that a
	// token or an unknown stands for it; false where it was configured.
	Computed bool
	// Possible is true where the value derives from the attribute only if a
	// condition that can't be known says so.
	Possible bool
}

// Sensitive is the cty mark of values that must not be shown.
type Sensitive struct{}

// ephemeral is the mark of values that terraform never stores.
type ephemeral struct{}

const tokenOpen, tokenClose = "⟦", "⟧"

// Token returns the token that stands for an instance within computed strings.
func Token(address string) string {
	return tokenOpen + strings.ReplaceAll(address, `"`, `'`) + tokenClose
}

// TokenPlace is a token found in a string.
type TokenPlace struct {
	Address    string
	Start, End int // byte offsets of the token, brackets included
}

// Tokens returns the tokens in s, in order.
func Tokens(s string) []TokenPlace {
	var out []TokenPlace
	for at := 0; ; {
		i := strings.Index(s[at:], tokenOpen)
		if i < 0 {
			return out
		}
		start := at + i
		j := strings.Index(s[start:], tokenClose)
		if j < 0 {
			return out
		}
		end := start + j + len(tokenClose)
		out = append(out, TokenPlace{
			Address: strings.ReplaceAll(s[start+len(tokenOpen):start+j], `'`, `"`),
			Start:   start, End: end,
		})
		at = end
	}
}
