package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"drawbridge/extract"
	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
	"drawbridge/render"

	"github.com/spf13/cobra"
)

// diffFlags are the flags of diff as they were typed.
type diffFlags struct {
	input      inputFlags
	exclude    []string
	format     string
	output     string
	failOn     []string
	theme      string
	helmValues []string
	helmSet    []string
}

func diffCommand(p Process) *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff [flags] [BASE] [HEAD] [--] [PATH]...",
		Short: "Show what a change does to the threat model",
		Long: `Diff compares two models and says what differs: components, flows, boundaries,
permissions, exposures, attack paths and findings, from what does most to the threat
model to what does least. A verdict in one sentence heads it. Moved lines, renamed files
and moved blocks are no difference.

BASE and HEAD are each a revision of the git repository around the working directory, a
directory, or a model that 'scan --format json' or 'baseline' wrote. Without HEAD it is
the working directory; without BASE it is where the current branch left the default
branch. With PATHs, below the working directory, only these are read on both sides. A
directory that has a revision's name is written as ./NAME.

Revisions are read from the repository's objects: nothing is checked out or fetched.

--fail-on takes what a change must not bring, separated by commas: new (open findings,
or worse ones), new:SEVERITY (of that severity or above), exposure (to the internet),
crossing (of a boundary), path (of an attack), unknown (what is not understood, and a
protection that was known and is no more). Without it the policy of .drawbridge.yaml counts, of both sides: a change that takes out what was
merged is still held to it.

Exit status: 0; 1 if the change brings what --fail-on names; 2 if it could not run.`,
		Example: `  drawbridge diff                          the branch, with what is not committed
  drawbridge diff main feature
  drawbridge diff HEAD~1 HEAD -- terraform/
  drawbridge diff baseline.json --fail-on new:high
  drawbridge diff -o change.md origin/main`,
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := f.parse(p, args, cmd.ArgsLenAtDash())
			if err != nil {
				return err
			}
			d.policySet = cmd.Flags().Changed("fail-on")
			return d.run(cmd.Context(), p)
		},
	}
	f.input.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "", "output `FORMAT`: "+strings.Join(diffFormatNames(), ", ")+" (default text, or what -o says)")
	flags.StringVarP(&f.output, "output", "o", "", "write to this `FILE`, or all formats to this directory")
	flags.StringSliceVar(&f.failOn, "fail-on", nil, "exit with status 1 if the change brings `WHAT`: new, new:SEVERITY, exposure, crossing, path, unknown")
	flags.StringVar(&f.theme, "theme", "light", "`COLOURS` of diagrams: light, dark, print")
	flags.StringArrayVar(&f.exclude, "exclude", nil, "leave out what this `GLOB` matches, from the top of each side (\"**/test/**\"); repeatable")
	flags.StringArrayVar(&f.helmValues, "helm-values", nil, "`FILE` of values for Helm charts, from the top of each side; repeatable, later ones win")
	flags.StringArrayVar(&f.helmSet, "set", nil, "value for Helm charts, as `KEY=VALUE` of helm's --set; repeatable")
	completeWith(cmd, "format", diffFormatNames()...)
	completeWith(cmd, "theme", "light", "dark", "print")
	return cmd
}

// diff is a comparison that can run: its flags made sense.
type diff struct {
	// base and head are as typed, "" where they were left out; paths are in the
	// notation of fs.FS.
	base, head string
	paths      []string
	extract    extract.Options
	input      inputFlags
	options    render.ChangeOptions
	policy     policy
	policySet  bool // by a flag: what the configuration says does not count
	formats    []diffFormat
	dir, file  string
	below      string // where the head lies in its repository
}

func (f *diffFlags) parse(p Process, args []string, dash int) (*diff, error) {
	d := &diff{input: f.input}
	if dash < 0 {
		dash = len(args)
	}
	sides := args[:min(dash, 2)]
	if len(sides) > 0 {
		d.base = sides[0]
	}
	if len(sides) > 1 {
		d.head = sides[1]
	}
	var err error
	if d.paths, err = localNames("PATH", args[len(sides):]); err != nil {
		return nil, err
	}
	if d.policy, err = parsePolicy(f.failOn); err != nil {
		return nil, err
	}
	if err := f.target(p, d); err != nil {
		return nil, err
	}
	return d, f.reading(p, d)
}

// reading settles what is read, and the theme.
func (f *diffFlags) reading(p Process, d *diff) error {
	switch f.theme {
	case "light":
	case "dark":
		d.options.Theme = render.Dark
	case "print":
		d.options.Theme = render.Print
	default:
		return fmt.Errorf("--theme %q is none of light, dark, print", f.theme)
	}
	d.extract.Exclude = f.exclude
	d.extract.Terraform.Eval = eval.Options{Env: p.environ(), Workspace: f.input.workspace}
	varFiles, err := localNames("variable file", f.input.files())
	if err != nil {
		return err
	}
	if d.extract.Terraform.Eval.Args, err = f.input.evalArgs(varFiles); err != nil {
		return err
	}
	if f.input.modules != "" {
		folders, err := localNames("modules folder", []string{f.input.modules})
		if err != nil {
			return err
		}
		d.extract.Terraform.Eval.Modules = folders[0]
	}
	d.extract.Kubernetes.Helm.Set = f.helmSet
	d.extract.Kubernetes.Helm.Files, err = localNames("values file", f.helmValues)
	return err
}

// localNames turns paths from the command line into names on both sides: a file of
// a revision is nowhere but below its top.
func localNames(what string, args []string) ([]string, error) {
	var names []string
	for _, arg := range args {
		if !filepath.IsLocal(arg) {
			return nil, fmt.Errorf("%s %s does not lie below the working directory; name it from the top of what is compared", what, arg)
		}
		names = append(names, filepath.ToSlash(filepath.Clean(arg)))
	}
	return names, nil
}

// target settles which formats go where, as it does for scan.
func (f *diffFlags) target(p Process, d *diff) error {
	named := func(name string) (diffFormat, bool) {
		i := slices.IndexFunc(diffFormats, func(x diffFormat) bool { return x.name == name })
		return diffFormats[max(i, 0)], i >= 0
	}
	asked, ok := named(f.format)
	if f.format != "" && !ok {
		return fmt.Errorf("--format %q is none of %s", f.format, strings.Join(diffFormatNames(), ", "))
	}
	d.formats = []diffFormat{asked} // the first one, text, where none was asked for
	switch {
	case f.output == "":
	case isDirectory(p, f.output):
		d.dir = p.path(f.output)
		if f.format == "" {
			d.formats = slices.DeleteFunc(slices.Clone(diffFormats), func(x diffFormat) bool { return !x.usual })
		}
	default:
		d.file = p.path(f.output)
		if f.format == "" {
			i := byExtension(f.output, diffFormats, func(x diffFormat) []string { return x.extensions })
			if i < 0 {
				return fmt.Errorf("-o %s: its extension names no format; add --format, or a slash at the end for a directory", f.output)
			}
			d.formats = []diffFormat{diffFormats[i]}
		}
	}
	return nil
}

func (d *diff) run(ctx context.Context, p Process) (err error) {
	s, err := openSides(ctx, p, d.base, d.head)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	for _, line := range s.explain() {
		fmt.Fprintf(p.Stderr, "drawbridge diff: %s\n", line)
	}
	d.extract.Exclude = append(slices.Clone(d.extract.Exclude), s.exclude...)
	opt := d.extract
	opt.Memory = &extract.Memory{}
	base, head, err := d.read(p, s, opt)
	if err != nil {
		return err
	}
	d.below = s.head.below
	d.options.Base, d.options.Head = s.base.name, s.head.name
	c := graph.Diff(base, head)
	d.causes(p, s, opt, c)
	if err := d.write(ctx, p, c); err != nil {
		return err
	}
	if !d.policySet {
		if d.policy, err = policyOf(s.base, s.head); err != nil {
			return err
		}
	}
	if d.policy.fails(c) {
		return errFindings
	}
	return nil
}

// read reads one side after the other, of the second only what differs.
func (d *diff) read(p Process, s *sides, opt extract.Options) (base, head *graph.Graph, err error) {
	defer progress(p.Stderr, "reading "+s.base.name+" and "+s.head.name)()
	if s.base.model == nil && s.head.model == nil {
		if err := s.check(d.paths); err != nil {
			return nil, nil, err
		}
	}
	if base, err = s.base.read(p, d.paths, opt, d.input); err != nil {
		return nil, nil, err
	}
	if head, err = s.head.read(p, d.paths, opt, d.input); err != nil {
		return nil, nil, err
	}
	left, err := s.whole()
	if err != nil {
		return nil, nil, err
	}
	leftOut(p, "diff", left)
	var wg sync.WaitGroup
	for _, side := range []struct {
		*diffSide
		g *graph.Graph
	}{{s.base, base}, {s.head, head}} {
		if side.settings != nil {
			wg.Go(func() { side.settings.analyze(side.g) })
		}
	}
	wg.Wait()
	return base, head, nil
}

// read gives the model of a side, a saved one with its analysis. Of the paths, those that are not there on
// this side are left out: the change may have added them, or removed.
func (s *diffSide) read(p Process, paths []string, opt extract.Options, in inputFlags) (*graph.Graph, error) {
	if s.model != nil {
		return s.model, nil
	}
	starts := []string{"."}
	if len(paths) > 0 {
		if starts = s.present(paths); len(starts) == 0 {
			return &graph.Graph{}, nil
		}
	}
	if !s.exists() {
		return &graph.Graph{}, nil
	}
	settings, err := in.configure(p, s.tree, &opt)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	g, err := extract.Read(s.tree, starts, opt)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	if err := settings.complete(g); err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	s.settings = settings
	return g, nil
}

// write makes the formats and puts them where they belong; once files are written,
// the summary goes to standard output, with their names.
func (d *diff) write(ctx context.Context, p Process, c *graph.Change) error {
	x := &difference{change: c, options: d.options, layouter: p.layouter(), below: d.below}
	x.options.Text = p.textOptions()
	if d.file == "" && d.dir == "" {
		return d.formats[0].write(ctx, p.Stdout, x)
	}
	if d.dir != "" {
		if err := os.MkdirAll(d.dir, 0o777); err != nil {
			return fmt.Errorf("the output cannot be written: %w", err)
		}
	}
	var failures []error
	for _, f := range d.formats {
		name := d.file
		if d.dir != "" {
			name = filepath.Join(d.dir, f.fileName())
		}
		if err := toFile(name, func(w io.Writer) error { return f.write(ctx, w, x) }); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", filepath.Base(name), err))
			continue
		}
		x.options.Text.Files = append(x.options.Text.Files, p.shown(name))
	}
	return errors.Join(errors.Join(failures...), render.ChangeText(p.Stdout, c, x.options))
}
