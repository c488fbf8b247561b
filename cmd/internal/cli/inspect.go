package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"drawbridge/cmd/internal/config"
	"drawbridge/extract"
	"drawbridge/extract/terraform"
	"drawbridge/extract/terraform/eval"
	"drawbridge/extract/terraform/terragrunt"
	"drawbridge/graph"

	"github.com/spf13/cobra"
)

func inspectCommand(p Process) *cobra.Command {
	var in inputFlags
	var format string
	var refs bool
	cmd := &cobra.Command{
		Use:   "inspect [flags] [DIR|PLAN]",
		Short: "Show what the evaluation of a Terraform root module or Terragrunt unit gives",
		Long: `Inspect evaluates the root module in DIR (the working directory if there is none) and
prints its resource instances with their values, and its outputs, in the spelling of
'terraform show -json'. An attribute that is known only after apply is left out.
Values that are marked sensitive are printed, as terraform does there. A plan or state
that 'terraform show -json' wrote is read in place of a directory.

With --refs every attribute says what it derives from: the address and attribute, "?"
behind one that is known only after apply, "possibly" before one that depends on a
condition that can't be known. What can't be known says why.

A directory with a terragrunt.hcl is read as that unit, with the outputs of those that
it depends on. What a root takes from the state of another one (terraform_remote_state) is
not known here, even where the other root lies beside it: only 'scan' reads several roots
together. A state file in the tree is read. Where .drawbridge.yaml gives a root several environments, --environment
chooses.

Modules and files are read from the git repository around DIR; outside of one, from
wherever they are.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains(inspectFormats, format) {
				return fmt.Errorf("--format %q is none of %s", format, strings.Join(inspectFormats, ", "))
			}
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return inspect(p, dir, format, refs, in)
		},
	}
	in.register(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "output `FORMAT`: "+strings.Join(inspectFormats, ", "))
	cmd.Flags().BoolVar(&refs, "refs", false, "tell for each attribute what it derives from, and why it is not known")
	completeWith(cmd, "format", inspectFormats...)
	return cmd
}

var inspectFormats = []string{"json", "text"}

// inspection is the JSON that inspect prints. Its names are a contract.
type inspection struct {
	Resources []inspectedResource        `json:"resources"`
	Outputs   map[string]json.RawMessage `json:"outputs"`
	// OutputRefs and OutputUnknown are by output, with --refs only.
	OutputRefs    map[string][]inspectedRef `json:"output_refs,omitempty"`
	OutputUnknown map[string][]string       `json:"output_unknown,omitempty"`
	Notes         []graph.Note              `json:"notes"`
	// Blocks and Noted count what was read, and in how much of it a note lies.
	Blocks int `json:"blocks"`
	Noted  int `json:"noted"`
}

type inspectedResource struct {
	Address string         `json:"address"`
	Mode    eval.Mode      `json:"mode"`
	Type    string         `json:"type"`
	Values  map[string]any `json:"values"`
	// Many is true for the one instance that stands for a number that is not known.
	Many bool `json:"number_not_known,omitempty"`
	// Refs and Unknown are by attribute, those of nested blocks with the path to them;
	// they are there with --refs only.
	Refs    map[string][]inspectedRef `json:"refs,omitempty"`
	Unknown map[string][]string       `json:"unknown,omitempty"`
	graph.Source
}

func inspect(p Process, dir, format string, refs bool, in inputFlags) error {
	files := make([]string, len(in.files()))
	for i, f := range in.files() {
		files[i] = p.path(f)
		if _, err := os.Stat(files[i]); err != nil {
			return cannotRead("variable file", f, err)
		}
	}
	if in.modules != "" { // the last of the files that the tree must hold
		folder := p.path(in.modules)
		if _, err := os.Stat(folder); err != nil {
			return cannotRead("modules folder", in.modules, err)
		}
		files = append(files, folder)
	}
	target := p.path(dir)
	record := "" // a plan or state
	if info, err := os.Stat(target); err == nil && !info.IsDir() && !eval.IsConfig(target) {
		target, record = filepath.Dir(target), filepath.Base(target)
	}
	tree, err := openModule(target, files)
	if err != nil {
		return cannotRead("directory", dir, err)
	}
	defer tree.close()

	args, err := in.evalArgs(tree.files)
	if err != nil {
		return err
	}
	opt := terraform.Options{Eval: eval.Options{Args: args, Env: p.environ(), Workspace: in.workspace}}
	if in.modules != "" {
		opt.Eval.Modules = tree.files[len(tree.files)-1]
	}
	if err := in.inEnvironment(tree, &opt.Eval); err != nil {
		return err
	}
	res, err := evaluateAny(tree, record, opt)
	if err != nil {
		return cannotRead("plan or state", dir, err)
	}
	out := inspectionOf(res)
	if refs {
		out.explain(res)
	}
	if format == "json" {
		return writeJSON(p.Stdout, out)
	}
	return writeInspection(p.Stdout, out)
}

// evaluateAny evaluates what a directory holds: a Terragrunt unit, else a root module.
// Record is the name of a plan or state in it that is read in their place, "" for none.
func evaluateAny(tree *moduleTree, record string, opt terraform.Options) (*eval.Result, error) {
	if record != "" {
		return terraform.EvaluatePlan(tree.fsys, path.Join(tree.dir, record), tree.dir, opt)
	}
	if _, err := fs.Stat(tree.fsys, path.Join(tree.dir, terragrunt.FileName)); err == nil {
		if unit := terraform.EvaluateUnit(tree.fsys, tree.dir, opt); unit != nil {
			return unit, nil
		}
	}
	return terraform.Evaluate(tree.fsys, tree.dir, opt), nil
}

// inEnvironment adds the inputs of the chosen environment of the root, where the
// configuration gives it several; below those of the command line.
func (in *inputFlags) inEnvironment(tree *moduleTree, opt *eval.Options) error {
	base := "."
	if tree.repository {
		base = tree.dir
	}
	own := extract.Within(tree.fsys, tree.dir)
	c, err := config.Read(own, base)
	if err != nil {
		return err
	}
	found := c.EnvironmentsOf(own, ".")
	if len(found) == 0 {
		return knownEnvironment(c, in.environment)
	}
	i := slices.IndexFunc(found, func(e terraform.Environment) bool { return e.Name == in.environment })
	if in.environment == "" && len(found) == 1 {
		i = 0
	}
	if i < 0 {
		if in.environment == "" {
			return fmt.Errorf("this root has several environments; choose one with --environment: %s", strings.Join(c.EnvironmentNames(), ", "))
		}
		return knownEnvironment(c, in.environment)
	}
	var args []eval.Arg
	for _, a := range found[i].Args {
		if a.File != "" {
			a.File = path.Join(tree.dir, a.File)
		}
		args = append(args, a)
	}
	opt.Args = append(args, opt.Args...)
	opt.Workspace = cmp.Or(opt.Workspace, found[i].Workspace)
	return nil
}

func inspectionOf(res *eval.Result) inspection {
	out := inspection{
		Resources: []inspectedResource{},
		Outputs:   map[string]json.RawMessage{},
		Notes:     make([]graph.Note, len(res.Notes)),
		Blocks:    res.Blocks,
		Noted:     res.Noted,
	}
	// Places are told from the root module, as terraform tells them.
	local := func(s graph.Source) graph.Source {
		s.File = relativeSlash(res.Dir, s.File)
		return s
	}
	for _, r := range res.Resources {
		if r.Mode == eval.MissingModule {
			continue // no resource; a note says that its code is not there
		}
		out.Resources = append(out.Resources, inspectedResource{
			Address: r.Address, Mode: r.Mode, Type: r.Type, Values: blockValues(r.Body), Many: r.Many, Source: local(r.Source),
		})
	}
	for _, o := range res.Outputs {
		if text, ok := planned(eval.Value{V: o.Value}); ok {
			out.Outputs[o.Name] = text
		}
	}
	for i, n := range res.Notes {
		n.Source = local(n.Source)
		out.Notes[i] = n
	}
	return out
}

// blockValues returns the attributes of a block that are known before apply.
// Nested blocks of one type become a list, whatever the provider's schema says
// of their number: without the schema a single one can't be told from a list of one.
func blockValues(b *eval.Block) map[string]any {
	values := map[string]any{}
	if b == nil {
		return values
	}
	for name, v := range b.Attrs {
		if text, ok := planned(v); ok {
			values[name] = text
		}
	}
	nested := map[string][]map[string]any{}
	for _, n := range b.Blocks {
		nested[n.Type] = append(nested[n.Type], blockValues(n))
	}
	for typ, blocks := range nested {
		values[typ] = blocks
	}
	return values
}

// planned returns a value as JSON; false where any part of it is known only after apply.
func planned(v eval.Value) (json.RawMessage, bool) {
	if !v.IsSet() {
		return nil, false
	}
	if slices.ContainsFunc(v.Refs(), func(r eval.Ref) bool { return r.Computed }) {
		return nil, false
	}
	if v.IsNull() {
		return json.RawMessage("null"), true
	}
	text, ok := v.JSON()
	return json.RawMessage(text), ok
}

func writeInspection(w io.Writer, in inspection) error {
	var b strings.Builder
	for _, r := range in.Resources {
		fmt.Fprintf(&b, "%s  %s", r.Address, r.Source)
		if r.Many {
			b.WriteString("  (number not known)")
		}
		b.WriteString("\n")
		for _, name := range slices.Sorted(maps.Keys(r.Values)) {
			text, err := json.Marshal(r.Values[name])
			if err != nil {
				return fmt.Errorf("%s: attribute %s: %w", r.Address, name, err)
			}
			fmt.Fprintf(&b, "    %s = %s\n", name, text)
		}
		for _, name := range slices.Sorted(maps.Keys(r.Refs)) {
			for _, ref := range r.Refs[name] {
				fmt.Fprintf(&b, "    %s from %s\n", name, ref)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(r.Unknown)) {
			fmt.Fprintf(&b, "    %s is not known: %s\n", name, strings.Join(r.Unknown[name], "; "))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in.Outputs)) {
		fmt.Fprintf(&b, "output.%s = %s\n", name, in.Outputs[name])
	}
	for _, name := range slices.Sorted(maps.Keys(in.OutputRefs)) {
		for _, ref := range in.OutputRefs[name] {
			fmt.Fprintf(&b, "output.%s from %s\n", name, ref)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in.OutputUnknown)) {
		fmt.Fprintf(&b, "output.%s is not known: %s\n", name, strings.Join(in.OutputUnknown[name], "; "))
	}
	for _, n := range in.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	if in.Blocks > 0 {
		fmt.Fprintf(&b, "%d of %d blocks evaluated without a note (%.1f%%)\n", in.Blocks-in.Noted, in.Blocks, 100*float64(in.Blocks-in.Noted)/float64(in.Blocks))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// moduleTree is the part of the file system that a root module may read.
type moduleTree struct {
	fsys  fs.FS
	dir   string   // the root module
	files []string // the variable files
	root  *os.Root
	// repository is true where a git repository bounds it.
	repository bool
}

func (t *moduleTree) close() { t.root.Close() }

// openModule opens the tree that a root module at dir lives in: the git
// repository around it, so that ../modules resolves and nothing beyond is read;
// the whole volume where there is none, or where a variable file named by the
// user lies outside.
func openModule(dir string, files []string) (*moduleTree, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, errors.New("it is a file; name the directory that it lies in")
	}
	top := repositoryRoot(dir)
	inRepository := top != ""
	volume := filepath.VolumeName(dir) + string(filepath.Separator)
	if top == "" || slices.ContainsFunc(files, func(f string) bool { return !within(top, f) }) {
		top = volume
	}
	root, err := os.OpenRoot(top)
	if err != nil {
		return nil, err
	}
	t := &moduleTree{fsys: root.FS(), root: root, repository: inRepository}
	if t.dir, err = slashBelow(top, dir); err != nil {
		return nil, err
	}
	for _, f := range files {
		name, err := slashBelow(top, f)
		if err != nil {
			return nil, err
		}
		t.files = append(t.files, name)
	}
	return t, nil
}

// repositoryRoot returns the nearest directory around dir that holds .git (a
// file in work trees and submodules), "" where there is none.
func repositoryRoot(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

func within(dir, name string) bool {
	rel, err := filepath.Rel(dir, name)
	return err == nil && filepath.IsLocal(rel)
}

func slashBelow(dir, name string) (string, error) {
	rel, err := filepath.Rel(dir, name)
	return filepath.ToSlash(rel), err
}

// relativeSlash returns the slash-separated name as seen from the directory
// dir, both below the same root; "" stays "".
func relativeSlash(dir, name string) string {
	if name == "" || dir == "." || dir == "" {
		return name
	}
	up := ""
	for dir != "." {
		if rest, ok := strings.CutPrefix(name, dir+"/"); ok {
			return up + rest
		}
		up += "../"
		dir = path.Dir(dir)
	}
	return up + name
}
